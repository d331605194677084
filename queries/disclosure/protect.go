package disclosure

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// protection is one run over all views of a release.
type protection struct {
	jobs   []job
	policy Policy
	steps  []Step
	views  []*masked // the protected ones
	masks  []Mask    // by job
	left   []int64   // by job
	union  *union    // nil where no earlier release is asked
}

// run collects the cells of all views and hides what its own number forbids,
// then what could be computed from the rest, over all views together; it writes
// only what has passed the gate.
func (p *protection) run(ctx context.Context, tx *sql.Tx, report *Report) error {
	if _, err := tx.ExecContext(ctx, `DROP SCHEMA IF EXISTS published CASCADE; CREATE SCHEMA published`); err != nil {
		return fmt.Errorf("protect: clear published: %w", err)
	}
	for i := range p.jobs {
		if err := p.collect(ctx, tx, i); err != nil {
			return fmt.Errorf("protect %s: %w", p.jobs[i].cube.Path, err)
		}
	}
	if err := p.mature(ctx, tx, report); err != nil {
		return err
	}
	if err := p.across(ctx, tx); err != nil {
		return err
	}
	if p.policy.Together {
		if err := p.together(ctx, tx, report); err != nil {
			return err
		}
	}
	if err := p.keep(ctx, tx, report); err != nil {
		return err
	}
	for i, j := range p.jobs {
		done := ViewReport{View: j.header.View, Open: j.rules == nil, Rules: j.rules, LeftOut: p.left[i], ByStatus: map[string]int64{}, Tiers: []TierReport{}}
		if err := publish(ctx, tx, j, p.masks[i]); err != nil {
			return fmt.Errorf("protect %s: write: %w", j.cube.Path, err)
		}
		if err := tally(ctx, tx, &done); err != nil {
			return fmt.Errorf("protect %s: %w", j.cube.Path, err)
		}
		if j.rules != nil {
			if err := done.tiers(ctx, tx, j.header.Breakdowns); err != nil {
				return fmt.Errorf("protect %s: %w", j.cube.Path, err)
			}
		}
		report.Views = append(report.Views, done)
	}
	var err error
	if report.Mask, err = maskOf(ctx, tx, p.jobs); err != nil {
		return err
	}
	if err := p.judgeRevisions(ctx, tx); err != nil {
		return err
	}
	return p.drop(ctx, tx)
}

// together hides over all views what sums would tell, and judges the outcome.
func (p *protection) together(ctx context.Context, tx *sql.Tx, report *Report) error {
	c := &complement{views: p.views, salt: p.policy.Salt, steps: p.policy.Steps, tell: p.policy.Tell, union: p.union, intervals: p.policy.Intervals, judges: p.policy.judges}
	if err := c.run(ctx, tx); err != nil {
		return err
	}
	gate, err := c.gate(ctx)
	if err != nil {
		return err
	}
	report.Complementary, report.Gate = "run", gate
	for _, v := range p.views {
		if err := v.write(ctx, tx); err != nil {
			return fmt.Errorf("protect %s: hide cells: %w", v.job.cube.Path, err)
		}
	}
	return nil
}

func (p *protection) collect(ctx context.Context, tx *sql.Tx, i int) error {
	j := p.jobs[i]
	mask := Mask{View: j.cube, Cells: fmt.Sprintf("temp.protect_cells_%d", i), Hidden: fmt.Sprintf("temp.protect_hidden_%d", i), Needs: fmt.Sprintf("temp.protect_needs_%d", i)}
	tiers := p.policy.Plan
	if j.rules == nil {
		tiers = nil
	} else {
		mask.Rules = *j.rules
	}
	left, err := collect(ctx, tx, mask, tiers, of(j.header.View, p.policy.Measures))
	if err != nil {
		return fmt.Errorf("collect cells: %w", err)
	}
	p.masks, p.left = append(p.masks, mask), append(p.left, left)
	if j.rules == nil {
		return nil
	}
	p.views = append(p.views, &masked{job: j, mask: mask})
	if err := awaitCurve(ctx, tx, mask); err != nil {
		return err
	}
	return hide(ctx, tx, mask, p.steps)
}

// drop clears the tables of the run: they hold what must not stay.
func (p *protection) drop(ctx context.Context, tx *sql.Tx) error {
	for _, m := range p.masks {
		if _, err := tx.ExecContext(ctx, "DROP TABLE "+m.Cells+"; DROP TABLE "+m.Hidden+"; DROP TABLE "+m.Needs); err != nil {
			return fmt.Errorf("protect: clear temporary tables: %w", err)
		}
	}
	return nil
}

// batch is how many numbers one statement inserts.
const batch = 10000

// write adds the lines that were hidden to the table of hidden cells, and what
// is derived from them.
func (m *masked) write(ctx context.Context, tx *sql.Tx) error {
	var values []string
	flush := func() error {
		if len(values) == 0 {
			return nil
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO "+m.mask.Hidden+" VALUES "+strings.Join(values, ", ")+" ON CONFLICT DO NOTHING")
		values = values[:0]
		return err
	}
	for i := range m.lines {
		if !m.lines[i].hidden || m.lines[i].before || m.lines[i].keeps {
			continue
		}
		if values = append(values, fmt.Sprintf("(%d)", m.lines[i].cell)); len(values) == batch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	return derived{}.Hide(ctx, tx, m.mask)
}
