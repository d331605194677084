package disclosure

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"osservatorio/queries/release"
)

// across asks the ledger of earlier releases what they have told.
func (p *protection) across(ctx context.Context, tx *sql.Tx) error {
	if !p.policy.Across || len(p.views) == 0 {
		return nil
	}
	u, err := begin(ctx, tx, p.views)
	if u == nil || err != nil {
		return err
	}
	if u.geo, err = readAll(ctx, tx, p.views); err != nil {
		return err
	}
	if err := u.read(ctx, tx); err != nil {
		return err
	}
	u.sort()
	u.hold()
	u.mark()
	p.union = u
	return nil
}

// keep writes what stays: old numbers into the cells that are held, and the
// numbers of those that stay hidden into the list of hidden ones.
func (p *protection) keep(ctx context.Context, tx *sql.Tx, report *Report) error {
	if p.union == nil {
		return nil
	}
	report.Across = p.union.report()
	for i, v := range p.views {
		if err := p.union.keep(ctx, tx, i); err != nil {
			return fmt.Errorf("protect %s: keep what earlier releases said: %w", v.job.cube.Path, err)
		}
	}
	return nil
}

func (u *union) keep(ctx context.Context, tx *sql.Tx, i int) error {
	v := u.views[i]
	kept := fmt.Sprintf("temp.protect_kept_%d", i)
	if _, err := tx.ExecContext(ctx, "CREATE OR REPLACE TEMP TABLE "+bare(kept)+" (cell BIGINT PRIMARY KEY)"); err != nil {
		return err
	}
	var held, hidden []int64
	for j := range v.lines {
		if l := &v.lines[j]; l.keeps {
			held = append(held, l.cell)
		} else if l.sticks {
			hidden = append(hidden, l.cell)
		}
	}
	if err := insert(ctx, tx, v.mask.Hidden, hidden); err != nil {
		return err
	}
	if err := (derived{}).Hide(ctx, tx, v.mask); err != nil {
		return err
	}
	if err := insert(ctx, tx, kept, held); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, strings.NewReplacer("CELLS", v.mask.Cells, "HIDDEN", v.mask.Hidden, "KEPT", kept, "PRIOR", u.priors[i],
		"HELD", "'"+release.RevisionHeld+"'", "OTHER", otherThan(v), "NUMBERS", v.numbersKept()).Replace(`
		DELETE FROM HIDDEN WHERE cell IN (FROM KEPT) AND cell NOT IN (SELECT cell FROM PRIOR WHERE obs_status = 'Q');
		INSERT INTO HIDDEN SELECT cell FROM PRIOR SEMI JOIN KEPT USING (cell) WHERE obs_status = 'Q' ON CONFLICT DO NOTHING;
		UPDATE CELLS AS c SET NUMBERS, reason = CASE WHEN OTHER THEN HELD ELSE nullif(c.reason, HELD) END,
		  obs_status = CASE WHEN OTHER THEN CASE WHEN p.obs_status IN ('P', 'B', 'O', 'U') THEN p.obs_status END ELSE c.obs_status END
		FROM PRIOR p WHERE p.cell = c.cell AND c.cell IN (FROM KEPT) AND p.obs_status NOT IN ('Q', 'O', 'M') OR
		  p.cell = c.cell AND c.cell IN (FROM KEPT) AND p.reason = 'not_reached';
		UPDATE CELLS AS c SET numerator = NULL, denominator = NULL, value = NULL, low = NULL, high = NULL, obs_status = 'O', reason = HELD
		WHERE c.cell IN (FROM KEPT) AND c.cell NOT IN (SELECT cell FROM HIDDEN)
		  AND c.cell NOT IN (SELECT cell FROM PRIOR WHERE obs_status NOT IN ('O', 'M') OR reason = 'not_reached' OR obs_status = 'M' AND coalesce(c.denominator, 0) = 0);
		DROP TABLE KEPT`))
	return err
}

// numbersKept is the SQL that puts the old numbers of p into the cell c.
func (m *masked) numbersKept() string {
	columns := []string{"value"}
	switch m.job.header.Kind {
	case release.Rate:
		columns = []string{"numerator", "denominator"}
	case release.Estimate:
		columns = []string{"numerator", "denominator", "value", "low", "high"}
	}
	sets := make([]string, len(columns))
	for i, c := range columns {
		sets[i] = c + " = p." + c
	}
	return strings.Join(sets, ", ")
}

// otherThan is the SQL of whether the old numbers of p are not those of c.
func otherThan(m *masked) string {
	switch m.job.header.Kind {
	case release.Rate:
		return "((c.numerator, c.denominator) IS DISTINCT FROM (p.numerator, p.denominator))"
	case release.Estimate:
		return fmt.Sprintf("((c.numerator, c.denominator, round(c.value, %[1]d), round(c.low, %[1]d), round(c.high, %[1]d)) IS DISTINCT FROM (p.numerator, p.denominator, p.value, p.low, p.high))", decimals)
	}
	return "(c.value IS DISTINCT FROM p.value)"
}

// insert adds numbers of cells to a table.
func insert(ctx context.Context, tx *sql.Tx, table string, cells []int64) error {
	for len(cells) > 0 {
		n := min(len(cells), batch)
		values := make([]string, n)
		for i, c := range cells[:n] {
			values[i] = fmt.Sprintf("(%d)", c)
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO "+table+" VALUES "+strings.Join(values, ", ")+" ON CONFLICT DO NOTHING"); err != nil {
			return err
		}
		cells = cells[n:]
	}
	return nil
}

// judgeRevisions holds what was written to what was released, apart from what
// hid and held: no number may differ by few from the one shown last, except in the
// annual revision, and none may show that was hidden.
func (p *protection) judgeRevisions(ctx context.Context, tx *sql.Tx) error {
	u := p.union
	if u == nil {
		return nil
	}
	defer func() {
		for _, t := range u.priors {
			tx.ExecContext(ctx, "DROP TABLE IF EXISTS "+t)
		}
	}()
	for i, v := range u.views {
		few, err := u.few(ctx, tx, i)
		if err != nil {
			return fmt.Errorf("protect %s: compare with earlier releases: %w", v.job.cube.Path, err)
		}
		if few > 0 {
			return &Refused{Family: v.job.header.View, Cells: few, By: "comparison with earlier releases"}
		}
	}
	return nil
}

// few counts published numbers that differ from those shown last by fewer than
// the policy lets be told, unless they may, and those that were hidden and are shown. Years are
// left out of the latter: they are hidden until all quarters are there.
func (u *union) few(ctx context.Context, tx *sql.Tx, i int) (int, error) {
	v := u.views[i]
	small := func(by string) string {
		return fmt.Sprintf("(abs(%[1]s) > 0 AND abs(%[1]s) < %[2]d)", by, v.mask.Rules.Threshold)
	}
	test := small("n.value - p.last_number")
	if v.job.header.Kind.HasParts() {
		test = small("n.numerator - p.last_number") + " OR " + small("n.denominator - p.last_denominator") +
			" OR " + small("n.denominator - n.numerator - p.last_denominator + p.last_number")
		if v.header().Sums.Of("").Denominators != "" { // numerators are not among them
			test = small("n.numerator - p.last_number") + " OR " + small("n.denominator - p.last_denominator")
		}
	}
	if derived := derivedMeasures(v.job.cube); len(derived) > 0 {
		test = "(" + test + ") AND n.measure NOT IN (" + quoted(derived) + ")"
	}
	if u.annual {
		test = "false"
	}
	shown := "p.obs_status = 'Q'"
	if totals := v.totals(); len(totals) > 0 { // which stand where they are sums of what stands
		shown += " AND n.measure NOT IN (" + quoted(totals) + ")"
	}
	test = "(" + test + ") OR " + shown + " AND n.period_type <> 'year' AND n.obs_status NOT IN ('Q', 'O', 'M')"
	key := make([]string, 0, len(v.job.cube.Key()))
	for _, k := range v.job.cube.Key() {
		key = append(key, `"`+k+`"`)
	}
	var found int
	err := tx.QueryRowContext(ctx, fmt.Sprintf(`
		SELECT count(*) FROM published.%s n JOIN %s c USING (%s) JOIN %s p ON p.cell = c.cell WHERE %s`,
		v.job.header.View, v.mask.Cells, strings.Join(key, ", "), u.priors[i], test)).Scan(&found)
	return found, err
}
