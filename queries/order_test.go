package queries_test

import (
	"testing"

	"osservatorio/queries"
	"osservatorio/queries/querytest"
	"osservatorio/queries/scale"
)

// TestNeitherOrderNorOtherDataMoveABit builds the cubes that add up fractions
// along curves twice: the second time by one thread, from rows that lie in
// another order, and without those of half the districts. Not one bit of the
// estimates of the other half may differ.
func TestNeitherOrderNorOtherDataMoveABit(t *testing.T) {
	db, plan := querytest.Open(t, house(t))
	if err := scale.Fill(t.Context(), db, scale.Size{Persons: 15_000, Services: 1000, Events: 40_000}); err != nil {
		t.Fatal(err)
	}
	curves := plan.Only("cubes.lep_wait", "cubes.out_time_to_job")
	run := func(statements ...string) {
		t.Helper()
		for _, s := range statements {
			if _, err := db.ExecContext(t.Context(), s); err != nil {
				t.Fatal(s, err)
			}
		}
	}
	apply := func() {
		t.Helper()
		if err := queries.Apply(t.Context(), db, curves); err != nil {
			t.Fatal(err)
		}
	}
	run(`SET GLOBAL threads = 4`) // of two each maker would have one, as below
	apply()
	run(`CREATE TABLE main.waited AS SELECT * FROM cubes.lep_wait`, `CREATE TABLE main.found AS SELECT * FROM cubes.out_time_to_job`)
	for _, source := range []string{"registrations", "agreements", "placements"} {
		run(`CREATE OR REPLACE TABLE raw.` + source + ` AS SELECT * FROM raw.` + source + ` ORDER BY hash(line)`)
	}
	run(`DELETE FROM raw.registrations WHERE comune NOT IN (SELECT comune FROM reference.comuni WHERE geo < 'ER-D20')`, `SET GLOBAL threads = 1`)
	apply()
	for before, now := range map[string]string{"main.waited": "cubes.lep_wait", "main.found": "cubes.out_time_to_job"} {
		var estimates, moved int
		row := db.QueryRowContext(t.Context(), `
			SELECT (SELECT count(*) FROM `+now+` WHERE geo BETWEEN 'ER-D01' AND 'ER-D19' AND low > 0 AND numerator < denominator),
			       (SELECT count(*) FROM (SELECT * FROM `+now+` WHERE geo BETWEEN 'ER-D01' AND 'ER-D19' EXCEPT ALL SELECT * FROM `+before+`))`)
		if err := row.Scan(&estimates, &moved); err != nil {
			t.Fatal(err)
		}
		if estimates < 300 || moved > 0 {
			t.Errorf("%s: %d of %d estimates moved: expected none, of 300 at least", now, moved, estimates)
		}
	}
}
