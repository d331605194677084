package disclosure

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"osservatorio/queries"
	"osservatorio/warehouse"
)

// ReadPlan reads a plan as reference.plan holds it: period_type, finest,
// breakdown. The first line that says what no view can be asked is an error with
// its number.
func ReadPlan(r io.Reader, name string, plan queries.Plan) ([]Tier, error) {
	rows := csv.NewReader(r)
	header := []string{"period_type", "finest", "breakdown"}
	first, err := rows.Read()
	if err != nil || !slices.Equal(first, header) {
		return nil, fmt.Errorf("read plan: %s:1: expected %s", name, strings.Join(header, ","))
	}
	var tiers []Tier
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read plan: %s: %w", name, err)
		}
		line, _ := rows.FieldPos(0)
		t, err := tier(row, plan)
		if err == nil && slices.Contains(tiers, t) {
			err = errors.New("said twice")
		}
		if err != nil {
			return nil, fmt.Errorf("read plan: %s:%d: %w", name, line, err)
		}
		tiers = append(tiers, t)
	}
	if len(tiers) == 0 {
		return nil, fmt.Errorf("read plan: %s: no rows: expected the breakdowns that are published, by period type and level", name)
	}
	return tiers, nil
}

func tier(row []string, plan queries.Plan) (Tier, error) {
	t := Tier{PeriodType: row[0], Breakdown: row[2]}
	if !slices.Contains([]string{"month", "quarter", "year"}, t.PeriodType) {
		return t, fmt.Errorf("period_type %q: expected month, quarter or year", t.PeriodType)
	}
	switch row[1] {
	case "true":
		t.Finest = true
	case "false":
	default:
		return t, fmt.Errorf("finest %q: expected true or false", row[1])
	}
	if t.Breakdown == "_T" || slices.ContainsFunc(plan.Cubes(), func(v queries.View) bool { return crosses(v.Header.Breakdowns, t.Breakdown) }) {
		return t, nil
	}
	return t, fmt.Errorf("breakdown %q: no view has it: expected _T, a breakdown, or several joined by _ in the order of the header", t.Breakdown)
}

// crosses says whether a breakdown names columns of a view in their order.
func crosses(columns []string, breakdown string) bool {
	for i, c := range columns {
		rest, found := strings.CutPrefix(breakdown, c)
		if found && (rest == "" || rest[0] == '_' && crosses(columns[i+1:], rest[1:])) {
			return true
		}
	}
	return false
}

// Loss counts what a plan asks of one view at one level, for one kind of period
// and one breakdown: cells that are not zero, how many of them would not be
// shown, and how many of these for their own numbers alone.
type Loss struct {
	View, Level, PeriodType string
	Breakdown               string // "_T", or columns joined by _
	Requested, Hidden, Own  int64
}

// Plus adds the counts of another to a loss.
func (l Loss) Plus(m Loss) Loss {
	l.Requested, l.Hidden, l.Own = l.Requested+m.Requested, l.Hidden+m.Hidden, l.Own+m.Own
	return l
}

// Share is the part that is lost, in percent.
func (l Loss) Share() string {
	if l.Requested == 0 {
		return "–"
	}
	return strconv.FormatFloat(100*float64(l.Hidden)/float64(l.Requested), 'f', 1, 64)
}

// Preview judges all protected views by a policy and says what it would lose.
// Nothing is written. Cubes hold what the plan in force asks: of more than that
// it cannot tell.
func Preview(ctx context.Context, db *warehouse.DB, plan queries.Plan, policy Policy) ([]Loss, error) {
	jobs, err := prepare(ctx, db, plan)
	if err != nil {
		return nil, err
	}
	jobs = slices.DeleteFunc(jobs, func(j job) bool { return j.rules == nil })
	if err := policy.fill(ctx, db); err != nil {
		return nil, err
	}
	if err := checkAsked(policy.Measures, nil, jobs); err != nil {
		return nil, err
	}
	var losses []Loss
	p := &protection{jobs: jobs, policy: policy, steps: append(primaryRules(), policy.Secondary...)}
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		for i := range p.jobs {
			if err := p.collect(ctx, tx, i); err != nil {
				return fmt.Errorf("preview %s: %w", p.jobs[i].cube.Path, err)
			}
		}
		own, err := p.losses(ctx, tx)
		if err != nil {
			return err
		}
		if policy.Together {
			if err := p.together(ctx, tx, &Report{}); err != nil {
				return err
			}
		}
		if losses, err = p.losses(ctx, tx); err != nil {
			return err
		}
		for i := range losses {
			losses[i].Own = own[i].Hidden // of the same cells, in the same order
		}
		return errLooked
	})
	if !errors.Is(err, errLooked) {
		return nil, err
	}
	return losses, nil
}

// losses counts all views, as things stand.
func (p *protection) losses(ctx context.Context, tx *sql.Tx) ([]Loss, error) {
	var out []Loss
	for i, j := range p.jobs {
		of, err := p.lossesOf(ctx, tx, i)
		if err != nil {
			return nil, fmt.Errorf("preview %s: %w", j.cube.Path, err)
		}
		out = append(out, of...)
	}
	return out, nil
}

func (p *protection) lossesOf(ctx context.Context, tx *sql.Tx, i int) ([]Loss, error) {
	number := "coalesce(value, 0) <> 0"
	if p.jobs[i].header.Kind.HasParts() {
		number = "coalesce(denominator, 0) <> 0 OR coalesce(numerator, 0) <> 0"
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`
		SELECT geo_level, period_type, breakdown, count(*), count(h.cell)
		FROM (SELECT *, %s AS breakdown FROM %s) c LEFT JOIN %s h ON h.cell = c.cell
		WHERE %s GROUP BY geo_level, period_type, breakdown ORDER BY geo_level, period_type, breakdown`,
		crossed(p.jobs[i].header.Breakdowns), p.masks[i].Cells, p.masks[i].Hidden, number))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Loss
	for rows.Next() {
		l := Loss{View: p.jobs[i].header.View}
		if err := rows.Scan(&l.Level, &l.PeriodType, &l.Breakdown, &l.Requested, &l.Hidden); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}
