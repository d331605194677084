package disclosure

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"osservatorio/queries"
)

// collect makes the tables of a mask: the cells that the plan requests, in
// file order, and an empty list of hidden ones. It returns how many cells of
// the cube were left out. Without tiers every cell is requested.
func collect(ctx context.Context, tx *sql.Tx, m Mask, tiers []Tier, asked []Asked) (int64, error) {
	statement := fmt.Sprintf(`
		CREATE OR REPLACE TEMP TABLE %s AS
		SELECT row_number() OVER (ORDER BY %s) AS cell, c.*
		FROM %s c WHERE %s ORDER BY cell;
		CREATE OR REPLACE TEMP TABLE %s (cell BIGINT PRIMARY KEY);
		CREATE OR REPLACE TEMP TABLE %s (cell BIGINT, of_denominator BOOLEAN, need BIGINT)`,
		bare(m.Cells), strings.Join(m.View.Key(), ", "), m.View.Qualified(), requested(m.View, tiers, asked), bare(m.Hidden), bare(m.Needs))
	if _, err := tx.ExecContext(ctx, statement); err != nil {
		return 0, err
	}
	var left int64
	row := tx.QueryRowContext(ctx, fmt.Sprintf(`SELECT (SELECT count(*) FROM %s) - (SELECT count(*) FROM %s)`, m.View.Qualified(), m.Cells))
	return left, row.Scan(&left)
}

// requested is the condition of a cell that the plan asks for. The breakdowns
// of a cell are named in the order of the header, joined by _.
func requested(v queries.View, tiers []Tier, measures []Asked) string {
	if tiers == nil {
		return "true"
	}
	named := crossed(v.Header.Breakdowns)
	var asked []string
	for _, t := range tiers {
		asked = append(asked, fmt.Sprintf(`(%s, %t, %s)`, quoted([]string{t.PeriodType}), t.Finest, quoted([]string{t.Breakdown})))
	}
	if len(asked) == 0 {
		return "false"
	}
	return fmt.Sprintf("(period_type, geo_level IN (%s), %s) IN (%s) AND %s", finestLevels, named, strings.Join(asked, ", "), measured(v, measures))
}

// finestLevels is the SQL of the levels that plans call finest: those that have a
// page for each territory, and below.
const finestLevels = `SELECT level FROM reference.geo_levels WHERE position >= (SELECT coalesce(min(position) FILTER (page), max(position)) FROM reference.geo_levels)`

// crossed is the SQL of what a cell is broken down by: the columns in which it
// names a code, in the order of the header, joined by _; _T where in none.
func crossed(breakdowns []string) string {
	if len(breakdowns) == 0 {
		return "'_T'"
	}
	names := make([]string, len(breakdowns))
	for i, b := range breakdowns {
		names[i] = fmt.Sprintf(`CASE WHEN "%s" <> '_T' THEN %s END`, b, quoted([]string{b}))
	}
	return fmt.Sprintf("coalesce(nullif(concat_ws('_', %s), ''), '_T')", strings.Join(names, ", "))
}

// primaryRules are the steps that judge each number by itself.
func primaryRules() []Step { return []Step{primary{}, dominated{}} }

// primary hides cells that are confidential by themselves: a number n of
// persons, events or employers with 0 < n < threshold, as numerator,
// denominator or, where the policy says so, as their difference. Zero is
// published. Derived measures are judged by their parts alone.
type primary struct{}

func (primary) Hide(ctx context.Context, tx *sql.Tx, m Mask) error {
	_, err := tx.ExecContext(ctx, fmt.Sprintf(`
		INSERT INTO %s SELECT cell FROM %s WHERE %s ON CONFLICT DO NOTHING`, m.Hidden, m.Cells, primaryRule(m)))
	return err
}

func primaryRule(m Mask) string {
	small := func(n string) string {
		return fmt.Sprintf("(abs(%[1]s) > 0 AND abs(%[1]s) < %[2]d)", n, m.Rules.Threshold)
	}
	if m.View.Header.Kind.HasParts() {
		rule := small("numerator") + " OR " + small("denominator")
		if m.Rules.ProtectComplement {
			rule += " OR " + small("(denominator - numerator)")
		}
		return rule
	}
	rule := small("value")
	if derived := derivedMeasures(m.View); len(derived) > 0 {
		rule += " AND measure NOT IN (" + quoted(derived) + ")"
	}
	return rule
}

func derivedMeasures(v queries.View) []string {
	var out []string
	for _, d := range v.Header.Derived {
		out = append(out, d.Measure)
	}
	return out
}

// derived hides a derived measure wherever one of its parts is hidden, for
// otherwise the part could be computed from it.
type derived struct{}

func (derived) Hide(ctx context.Context, tx *sql.Tx, m Mask) error {
	key := slices.DeleteFunc(m.View.Key(), func(c string) bool { return c == "measure" })
	for i, c := range key {
		key[i] = fmt.Sprintf(`d."%[1]s" = p."%[1]s"`, c)
	}
	for _, d := range m.View.Header.Derived {
		_, err := tx.ExecContext(ctx, fmt.Sprintf(`
			INSERT INTO %[1]s
			SELECT DISTINCT d.cell
			FROM %[2]s d JOIN %[2]s p ON %[3]s JOIN %[1]s h ON h.cell = p.cell
			WHERE d.measure = %[4]s AND p.measure IN (%[5]s)
			ON CONFLICT DO NOTHING`, m.Hidden, m.Cells, strings.Join(key, " AND "), quoted([]string{d.Measure}), quoted(d.Parts)))
		if err != nil {
			return err
		}
	}
	return nil
}

// quoted writes texts as a list of SQL literals.
func quoted(texts []string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = "'" + strings.ReplaceAll(t, "'", "''") + "'"
	}
	return strings.Join(out, ", ")
}

// bare is a temporary table's name without its schema, as CREATE TEMP wants it.
func bare(table string) string { return strings.TrimPrefix(table, "temp.") }
