package disclosure

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"osservatorio/queries/release"
)

// Rates, estimates and their intervals are published to four decimals, so that the last
// bits of a division never change a file.
const decimals = 4

// z is the 97.5 % quantile of the normal distribution: the Wilson interval
// holds 95 %.
const z = 1.959963984540054

// publish writes published.<view> in file order. status decides everything:
// no number is read past it.
func publish(ctx context.Context, tx *sql.Tx, j job, m Mask) error {
	key := make([]string, 0, len(m.View.Key()))
	for _, c := range m.View.Key() {
		key = append(key, `c."`+c+`"`)
	}
	statement := fmt.Sprintf(`
		CREATE TABLE published.%s AS
		WITH judged AS (
		  SELECT c.*, %s AS status
		  FROM %s c LEFT JOIN %s h ON h.cell = c.cell
		)
		SELECT %s,
		  %s,
		  status AS obs_status,
		  CASE WHEN status = 'Q' THEN 'C' ELSE 'F' END AS conf_status,
		  CASE WHEN status <> 'Q' THEN nullif(reason, '') END AS reason,
		  CASE WHEN status <> 'Q' THEN nullif(note_ids, '') END AS note_ids,
		  %s AS definition
		FROM judged c ORDER BY cell`,
		j.header.View, statusOf(j), m.Cells, m.Hidden, strings.Join(key, ", "), numbersOf(j), quoted([]string{j.header.Definition}))
	if _, err := tx.ExecContext(ctx, statement); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, fmt.Sprintf(`COMMENT ON TABLE published.%s IS %s`, j.header.View, quoted([]string{j.header.Title.EN})))
	return err
}

// statusOf is the SQL of the status of a cell, the strongest reason first:
// missing, confidential, impossible, unreliable, as the cube says, normal.
func statusOf(j job) string {
	if j.header.Kind == release.Observation {
		return "c.obs_status"
	}
	// A median that is not reached tells of its parts: it is confidential with them.
	missing := `c.obs_status = 'O'`
	if j.header.Kind == release.Estimate {
		missing += ` AND c.numerator IS NULL`
	}
	cases := `WHEN ` + missing + ` THEN 'O' WHEN h.cell IS NOT NULL THEN 'Q'`
	if j.header.Kind.HasParts() {
		cases += ` WHEN c.denominator = 0 THEN 'M'`
		if j.rules != nil {
			cases += fmt.Sprintf(` WHEN c.denominator < %d THEN 'U'`, j.rules.MinDenominator)
		}
	}
	return "CASE " + cases + " ELSE coalesce(c.obs_status, 'A') END"
}

// numbersOf is the SQL of numerator, denominator, value, unit, low and high.
func numbersOf(j job) string {
	unit := unitOf(j.header) + " AS unit"
	shown := "status IN ('A', 'P', 'B', 'U')"
	switch j.header.Kind {
	case release.Estimate:
		shown = "(" + shown + " OR status = 'O' AND reason = 'not_reached')"
		return strings.Join([]string{
			"CASE WHEN " + shown + " THEN numerator END AS numerator", "CASE WHEN " + shown + " THEN denominator END AS denominator",
			estimated("value"), unit, estimated("low"), estimated("high"),
		}, ", ")
	case release.Observation:
		return "numerator, denominator, value, " + unit + ", low, high"
	case release.Count:
		return "CAST(NULL AS DOUBLE) AS numerator, CAST(NULL AS DOUBLE) AS denominator, " +
			"CASE WHEN status IN ('A', 'P', 'B') THEN value END AS value, " + unit +
			", CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high"
	}
	return strings.Join([]string{
		"CASE WHEN " + shown + " THEN numerator END AS numerator",
		"CASE WHEN " + shown + " THEN denominator END AS denominator",
		rate("numerator / nullif(denominator, 0)") + " AS value",
		unit,
		rate("greatest("+wilson("-")+", 0)") + " AS low",
		rate("least("+wilson("+")+", 1)") + " AS high",
	}, ", ")
}

// rate is the SQL of a share as percent, for cells whose value is shown.
func rate(share string) string {
	return fmt.Sprintf("CASE WHEN status IN ('A', 'P', 'B') THEN round(100 * %s, %d) END", share, decimals)
}

// estimated is the SQL of a number that the cube computed, for cells whose
// value is shown.
func estimated(column string) string {
	return fmt.Sprintf("CASE WHEN status IN ('A', 'P', 'B') THEN round(%[1]s, %[2]d) END AS %[1]s", column, decimals)
}

// wilson is the SQL of one bound of the Wilson score interval of n out of d.
func wilson(sign string) string {
	const n, d = "numerator", "nullif(denominator, 0)"
	return fmt.Sprintf("(%[1]s + %[3]v / 2 %[4]s %[5]v * sqrt(%[1]s * (1 - %[1]s / %[2]s) + %[3]v / 4)) / (%[2]s + %[3]v)", n, d, z*z, sign, z)
}

// unitOf is the SQL of a cell's unit: that of its measure.
func unitOf(h release.Header) string {
	cases := ""
	for _, m := range h.Measures {
		if m.Unit != h.Unit {
			cases += " WHEN " + quoted([]string{m.Code}) + " THEN " + quoted([]string{string(m.Unit)})
		}
	}
	if cases == "" {
		return quoted([]string{string(h.Unit)})
	}
	return "CASE measure" + cases + " ELSE " + quoted([]string{string(h.Unit)}) + " END"
}
