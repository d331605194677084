package queries

import (
	"slices"
	"strings"
	"testing"
)

// cubeOf is a cube of cubeHead's header with the rows given as SQL VALUES.
func cubeOf(t *testing.T, rows string) View {
	t.Helper()
	v, err := Parse("cubes/invented.sql", cubeHead+`
SELECT geo_level, geo, period_type, period, sex, measure, CAST(numerator AS DOUBLE) AS numerator, CAST(denominator AS DOUBLE) AS denominator,
  CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
  CAST(obs_status AS VARCHAR) AS obs_status, CAST(reason AS VARCHAR) AS reason, CAST(note_ids AS VARCHAR) AS note_ids
FROM (VALUES `+rows+`) AS r(geo_level, geo, period_type, period, sex, measure, numerator, denominator, obs_status, reason, note_ids)`)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const goodRow = `('region', 'R1', 'quarter', '2025-Q1', 'F', 'a', 1, 2, NULL, NULL, NULL)`

func failuresOf(t *testing.T, views ...View) []Failure {
	t.Helper()
	return findingsOf(t, views...).Failures
}

func findingsOf(t *testing.T, views ...View) Findings {
	t.Helper()
	db := house(t)
	_, err := db.Exec(`
		INSERT INTO reference.geo (code, level, name_it, name_en, slug, position, source) VALUES ('R1', 'region', 'R', 'R', 'r', 1, 'invented');
		INSERT INTO reference.codes VALUES ('sex', 'F', 'Donne', 'Women', 1, 'invented', 'proposal')`)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := NewPlan(t.Context(), db, views)
	if err != nil {
		t.Fatal(err)
	}
	if err := Apply(t.Context(), db, plan); err != nil {
		t.Fatal(err)
	}
	found, err := Inspect(t.Context(), db, plan, Inspection{})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestACubeThatKeepsItsHeaderPasses(t *testing.T) {
	if got := failuresOf(t, cubeOf(t, goodRow)); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

// Of a table without rows nothing is asked that looks at rows: it is told to
// pass all the same, and its columns are looked at.
func TestATableWithoutRowsPassesWhatAViewWithoutRowsPasses(t *testing.T) {
	table, view := cubeOf(t, goodRow), cubeOf(t, goodRow)
	table.Header.Table, view.Header.Table = true, false
	table.Select, view.Select = table.Select+" WHERE false", view.Select+" WHERE false"
	got, want := findingsOf(t, table), findingsOf(t, view)
	if len(got.Failures) > 0 || len(got.Passed) < 8 || !slices.Equal(got.Passed, want.Passed) {
		t.Errorf("got %v %v, want %v", got.Failures, got.Passed, want.Passed)
	}
	table.Select = strings.Replace(table.Select, "AS note_ids", "AS notes", 1)
	if got := findingsOf(t, table).Failures; len(got) != 1 || got[0].Check != "cubes/invented.sql: columns" {
		t.Errorf("without a column: got %v", got)
	}
}

// estimateOf is an invented cube of estimates in percent with the rows given.
func estimateOf(t *testing.T, rows string) View {
	t.Helper()
	v, err := Parse("cubes/invented.sql", strings.Replace(cubeHead, "kind: rate", "kind: estimate", 1)+`
SELECT geo_level, geo, period_type, period, sex, measure, CAST(numerator AS DOUBLE) AS numerator, CAST(denominator AS DOUBLE) AS denominator,
  CAST(value AS DOUBLE) AS value, CAST(low AS DOUBLE) AS low, CAST(high AS DOUBLE) AS high,
  CAST(obs_status AS VARCHAR) AS obs_status, CAST(reason AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS note_ids
FROM (VALUES ('region', 'R1', 'quarter', '2025-Q1', 'F', `+rows+`)) AS r(geo_level, geo, period_type, period, sex, measure, numerator, denominator, value, low, high, obs_status, reason)`)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAnEstimateHasPartsValueAndAStatusThatFits(t *testing.T) {
	const missing, finite, percent = "cubes/invented.sql: missing", "cubes/invented.sql: finite", "cubes/invented.sql: percent"
	cases := []struct{ claim, row, check string }{
		{"a value with its interval", "'b', 1, 2, 50, 40, 60, NULL, NULL", ""},
		{"a value without interval", "'b', 5, 2, 50, NULL, NULL, 'B', NULL", ""},
		{"a median not reached with its parts", "'a', 1, 2, NULL, NULL, NULL, 'O', 'not_reached'", ""},
		{"not observable, without parts", "'a', NULL, NULL, NULL, NULL, NULL, 'O', 'not_observable'", ""},
		{"too thin, with its parts", "'a', 1, 2, NULL, NULL, NULL, 'U', NULL", ""},
		{"impossible", "'a', 0, 0, NULL, NULL, NULL, 'M', NULL", ""},
		{"a measure of another unit beyond 100", "'a', 1, 2, 500, 400, 600, NULL, NULL", ""},
		{"a value without parts", "'b', NULL, NULL, 50, 40, 60, NULL, NULL", missing},
		{"parts without a value", "'b', 1, 2, NULL, NULL, NULL, NULL, NULL", missing},
		{"half a person", "'b', 0.5, 2, 50, NULL, NULL, NULL, NULL", missing},
		{"a median not reached with a value", "'a', 1, 2, 50, NULL, NULL, 'O', 'not_reached'", missing},
		{"a median not reached without parts", "'a', NULL, NULL, NULL, NULL, NULL, 'O', 'not_reached'", missing},
		{"not observable with parts", "'a', 1, 2, NULL, NULL, NULL, 'O', 'not_observable'", missing},
		{"missing without a reason", "'a', NULL, NULL, NULL, NULL, NULL, 'O', NULL", missing},
		{"a reason on a normal cell", "'b', 1, 2, 50, NULL, NULL, NULL, 'not_reached'", missing},
		{"too thin with an interval", "'a', 1, 2, NULL, 40, 60, 'U', NULL", missing},
		{"a status of disclosure control", "'a', 1, 2, NULL, NULL, NULL, 'Q', NULL", missing},
		{"infinity", "'a', 1, 2, 'inf', NULL, NULL, NULL, NULL", finite},
		{"no number", "'a', 1, 2, 'nan', NULL, NULL, NULL, NULL", finite},
		{"an interval beside its value", "'b', 1, 2, 50, 51, 60, NULL, NULL", finite},
		{"more than all", "'b', 1, 2, 101, NULL, NULL, NULL, NULL", percent},
		{"an interval that begins below nothing", "'b', 1, 2, 1, -2, 3, NULL, NULL", percent},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			got := failuresOf(t, estimateOf(t, c.row))
			if len(got) != map[bool]int{true: 1}[c.check != ""] || len(got) == 1 && got[0].Check != c.check {
				t.Errorf("got %v, want %s", got, c.check)
			}
		})
	}
}

func TestACubeMaySayThatACellCannotExistOrBreaksASeries(t *testing.T) {
	for _, status := range []string{"'B'", "'P'"} {
		if got := failuresOf(t, cubeOf(t, strings.Replace(goodRow, "1, 2, NULL", "1, 2, "+status, 1))); len(got) != 0 {
			t.Errorf("status %s: got %v", status, got)
		}
	}
	if got := failuresOf(t, cubeOf(t, strings.Replace(goodRow, "1, 2, NULL", "NULL, NULL, 'M'", 1))); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	if got := failuresOf(t, cubeOf(t, strings.Replace(goodRow, "1, 2, NULL", "1, 2, 'U'", 1))); len(got) != 1 {
		t.Errorf("a rate that calls itself thin: got %v", got)
	}
}

func TestGeneratedChecksFind(t *testing.T) {
	cases := []struct{ claim, rows, check string }{
		{"a key twice", goodRow + ", " + goodRow, "cubes/invented.sql: grain"},
		{"a key without a value", strings.Replace(goodRow, "'2025-Q1'", "CAST(NULL AS VARCHAR)", 1), "cubes/invented.sql: grain not null"},
		{"a kind of period that is not declared", strings.Replace(goodRow, "'quarter'", "'month'", 1), "cubes/invented.sql: periods"},
		{"an undeclared measure", strings.Replace(goodRow, "'a'", "'c'", 1), "cubes/invented.sql: measures"},
		{"an unknown territory", strings.Replace(goodRow, "'R1'", "'R2'", 1), "cubes/invented.sql: territories"},
		{"an unknown code", strings.Replace(goodRow, "'F'", "'X'", 1), "cubes/invented.sql: codes of sex"},
		{"a numerator beyond its denominator", strings.Replace(goodRow, "1, 2", "3, 2", 1), "cubes/invented.sql: missing"},
		{"a missing number without a reason", strings.Replace(goodRow, "1, 2, NULL", "NULL, NULL, 'O'", 1), "cubes/invented.sql: missing"},
		{"an unknown note", strings.Replace(goodRow, "NULL, NULL)", "NULL, 'n1')", 1), "cubes/invented.sql: notes"},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			got := failuresOf(t, cubeOf(t, c.rows))
			if len(got) != 1 || got[0].Check != c.check || got[0].Count == 0 {
				t.Errorf("got %v, want %s", got, c.check)
			}
		})
	}
}

func TestColumnsInAnotherOrderAreFound(t *testing.T) {
	v := cubeOf(t, goodRow)
	v.Select = strings.Replace(v.Select, "SELECT geo_level, geo,", "SELECT geo, geo_level,", 1)
	got := failuresOf(t, v)
	if len(got) != 1 || got[0].Check != "cubes/invented.sql: columns" || got[0].Count != 2 {
		t.Errorf("got %v", got)
	}
	v = cubeOf(t, goodRow)
	v.Select = strings.Replace(v.Select, "CAST(numerator AS DOUBLE)", "CAST(numerator AS HUGEINT)", 1)
	if got := failuresOf(t, v); len(got) != 1 || !strings.Contains(got[0].String(), "column=numerator type=HUGEINT expected=DOUBLE") {
		t.Errorf("got %v", got)
	}
}

func TestAFailureShowsNoPersonAndNoCount(t *testing.T) {
	check, err := Parse("checks/c.sql", "-- Too many.\nSELECT 'p1' AS person_id, 7 AS persons, 3 AS line, 1 AS load_id FROM range(9)")
	if err != nil {
		t.Fatal(err)
	}
	got := failuresOf(t, check)
	if len(got) != 1 || got[0].Count != 9 || len(got[0].Rows) != offendersShown {
		t.Fatalf("got %v", got)
	}
	text := got[0].String()
	if !strings.Contains(text, "checks/c.sql: Too many. (9 rows)\n  line=3 load_id=1") || strings.Contains(text, "p1") || strings.Contains(text, "persons") {
		t.Errorf("got %s", text)
	}
}
