package queries

import (
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
	db := house(t)
	_, err := db.Exec(`
		INSERT INTO reference.geo (code, level, name_it, name_en, slug, position, source) VALUES ('R1', 'region', 'R', 'R', 'r', 1, 'invented');
		INSERT INTO reference.codes VALUES ('sex', 'F', 'Donne', 'Women', 1, 'invented')`)
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
	failures, err := Check(t.Context(), db, plan)
	if err != nil {
		t.Fatal(err)
	}
	return failures
}

func TestACubeThatKeepsItsHeaderPasses(t *testing.T) {
	if got := failuresOf(t, cubeOf(t, goodRow)); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestGeneratedChecksFind(t *testing.T) {
	cases := []struct{ claim, rows, check string }{
		{"a key twice", goodRow + ", " + goodRow, "cubes/invented.sql: grain"},
		{"a key without a value", strings.Replace(goodRow, "'2025-Q1'", "CAST(NULL AS VARCHAR)", 1), "cubes/invented.sql: grain not null"},
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
