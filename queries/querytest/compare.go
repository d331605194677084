package querytest

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// compare holds a view to its wanted rows. With -update it writes what came
// into the archive instead and tells that it changed.
func (s *stage) compare(t testing.TB, a *archive, w *want, where string) bool {
	t.Helper()
	got := s.read(t, w, where)
	wanted := make([]string, 0, len(w.table.rows))
	for _, row := range w.table.rows {
		wanted = append(wanted, line(row))
	}
	lines := make([]string, 0, len(got))
	for _, row := range got {
		lines = append(lines, line(row))
	}
	slices.Sort(wanted)
	sorted := slices.Sorted(slices.Values(lines))
	if slices.Equal(sorted, wanted) {
		return false
	}
	if !Updating(t) {
		t.Errorf("%s (%s):\n%s", w.view, strings.Join(w.table.columns, ","), difference(wanted, sorted))
		return false
	}
	a.sections[w.section].data = line(w.table.columns) + "\n" + strings.Join(append(lines, ""), "\n")
	return true
}

// difference lists the lines that only one side has: "-" wanted, "+" got.
func difference(wanted, got []string) string {
	count := map[string]int{}
	for _, l := range wanted {
		count[l]++
	}
	var out []string
	for _, l := range got {
		if count[l] > 0 {
			count[l]--
			continue
		}
		out = append(out, "+ "+l)
	}
	for _, l := range wanted {
		if count[l] > 0 {
			count[l]--
			out = append(out, "- "+l)
		}
	}
	return strings.Join(out, "\n")
}

// line writes a row as CSV, without the noise that floats carry ("3.0").
func line(row []string) string {
	cells := make([]string, len(row))
	for i, cell := range row {
		cells[i] = strings.TrimSuffix(cell, ".0")
	}
	var out strings.Builder
	writer := csv.NewWriter(&out)
	if err := writer.Write(cells); err != nil {
		return err.Error()
	}
	writer.Flush()
	return strings.TrimSuffix(out.String(), "\n")
}

// read returns the wanted columns of a view as text, NULL as "", sorted by
// those columns; fractions are rounded to six places.
func (s *stage) read(t testing.TB, w *want, where string) [][]string {
	t.Helper()
	from := w.view
	if check, ok := s.check(w.view); ok {
		from = "(" + check.Select + ")"
	}
	columns := make([]string, len(w.table.columns))
	for i, c := range w.table.columns {
		columns[i] = fmt.Sprintf(`CASE WHEN typeof("%[1]s") = 'DOUBLE' THEN CAST(round(TRY_CAST("%[1]s" AS DOUBLE), 6) AS VARCHAR) ELSE CAST("%[1]s" AS VARCHAR) END`, c)
	}
	statement := "SELECT " + strings.Join(columns, ", ") + " FROM " + from
	if where != "" {
		statement += " WHERE " + where
	}
	order := make([]string, len(w.table.columns))
	for i, c := range w.table.columns {
		order[i] = fmt.Sprintf(`"%s" NULLS FIRST`, c)
	}
	rows, err := s.db.QueryContext(t.Context(), statement+" ORDER BY "+strings.Join(order, ", "))
	if err != nil {
		t.Fatalf("%s: %v", w.view, err)
	}
	defer rows.Close()
	var out [][]string
	for rows.Next() {
		cells := make([]*string, len(columns))
		targets := make([]any, len(columns))
		for i := range cells {
			targets[i] = &cells[i]
		}
		if err := rows.Scan(targets...); err != nil {
			t.Fatalf("%s: %v", w.view, err)
		}
		row := make([]string, len(cells))
		for i, cell := range cells {
			if cell != nil {
				row[i] = *cell
			}
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", w.view, err)
	}
	return out
}
