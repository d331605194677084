package queries

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"osservatorio/warehouse"
)

// sourcesHouse is a warehouse with two sources, a and b, one row and one load
// each for quarter 1.
func sourcesHouse(t *testing.T) *warehouse.DB {
	t.Helper()
	db, err := warehouse.Open(t.Context(), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := db.Exec(`CREATE TABLE raw.a (id INTEGER, load_id INTEGER); CREATE TABLE raw.b (id INTEGER, load_id INTEGER)`); err != nil {
		t.Fatal(err)
	}
	load(t, db, "a", 1)
	load(t, db, "b", 1)
	return db
}

// load adds a delivery of a quarter with one row.
func load(t *testing.T, db *warehouse.DB, contract string, quarter int) {
	t.Helper()
	_, err := db.Exec(fmt.Sprintf(`
		INSERT INTO ledger.deliveries SELECT coalesce(max(load_id), 0) + 1, '%[1]s', '%[1]s', 'open', '2025-Q%[2]d', DATE '2025-01-01' + INTERVAL (%[2]d * 3 - 3) MONTH,
		  DATE '2025-01-01' + INTERVAL (%[2]d * 3) MONTH, TIMESTAMP '2026-01-01', 'full', true, 'f', '%[1]s%[2]d' || count(*), 1, 1, 1, 0, 0, TIMESTAMP '2026-01-01' FROM ledger.deliveries;
		INSERT INTO raw.%[1]s SELECT %[2]d, max(load_id) FROM ledger.deliveries`, contract, quarter))
	if err != nil {
		t.Fatal(err)
	}
}

// sourcesViews are two sources, what they reach, and a cube-like table each; c
// reads both by way of a small table.
func sourcesViews() map[string]string {
	return map[string]string{
		"staging/a.sql":    "SELECT d.id FROM raw.a d JOIN ledger.current_loads l ON l.load_id = d.load_id",
		"staging/b.sql":    "SELECT d.id FROM raw.b d JOIN ledger.current_loads l ON l.load_id = d.load_id",
		"marts/reach.sql":  "-- grain: contract\n-- materialize: table\n\nSELECT contract, complete_to FROM ledger.completeness",
		"marts/newest.sql": "-- grain: day\n-- materialize: table\n\nSELECT max(complete_to) AS day FROM marts.reach",
		"marts/ta.sql":     "-- grain: id\n-- materialize: table\n\nSELECT s.id, r.complete_to FROM staging.a s JOIN marts.reach r ON r.contract = 'a'",
		"marts/tb.sql":     "-- grain: id\n-- materialize: table\n\nSELECT s.id FROM staging.b s",
		"marts/c.sql":      "-- grain: n\n-- materialize: table\n\nSELECT count(*) AS n, (SELECT count(*) FROM marts.tb) AS m FROM marts.ta CROSS JOIN marts.newest",
		"marts/geo.sql":    "-- grain: code\n-- materialize: table\n\nSELECT code FROM reference.geo",
	}
}

func updated(t *testing.T, db *warehouse.DB, files map[string]string) Built {
	t.Helper()
	plan, err := NewPlan(t.Context(), db, parsed(t, files))
	if err != nil {
		t.Fatal(err)
	}
	built, err := Update(t.Context(), db, plan)
	if err != nil {
		t.Fatal(err)
	}
	if all := len(built.Kept) + len(built.Made); all != strings.Count(fmt.Sprint(files), "materialize: table") {
		t.Errorf("%d tables kept or made: %+v", all, built)
	}
	slices.Sort(built.Made)
	return built
}

func TestADeliveryMakesAnewOnlyWhatReadsIt(t *testing.T) {
	db, views := sourcesHouse(t), sourcesViews()
	expect := func(claim string, want ...string) {
		t.Helper()
		if got := updated(t, db, views); !slices.Equal(got.Made, want) {
			t.Errorf("%s: made %v, want %v", claim, got.Made, want)
		}
	}
	expect("the first time", "marts.c", "marts.geo", "marts.newest", "marts.reach", "marts.ta", "marts.tb")
	expect("nothing changed")
	load(t, db, "a", 2)
	expect("a came: the newest day moves", "marts.c", "marts.newest", "marts.reach", "marts.ta")
	load(t, db, "b", 2)
	expect("b came: ta reads only the reach of a, the newest day stays", "marts.c", "marts.newest", "marts.reach", "marts.tb")
	if _, err := db.Exec(`INSERT INTO reference.geo (code, level, name_it, name_en, slug, position, source) VALUES ('R1', 'region', 'R', 'R', 'r', 1, 'invented')`); err != nil {
		t.Fatal(err)
	}
	expect("a territory more", "marts.geo")
	views["marts/tb.sql"] = strings.Replace(views["marts/tb.sql"], "SELECT s.id", "-- why\nSELECT  s.id", 1)
	expect("a comment")
	views["staging/b.sql"] = strings.Replace(views["staging/b.sql"], "d.id FROM", "d.id + 0 AS id FROM", 1)
	expect("other SQL with the same result", "marts.tb")
	views["marts/geo.sql"] = strings.Replace(views["marts/geo.sql"], "table", "view", 1)
	delete(views, "marts/newest.sql")
	views["marts/c.sql"] = strings.Replace(views["marts/c.sql"], " CROSS JOIN marts.newest", "", 1)
	expect("a table becomes a view, another goes", "marts.c")
	var left int
	if err := db.QueryRow(`SELECT count(*) FROM information_schema.tables WHERE table_schema = 'marts' AND (table_name = 'newest' OR table_name = 'geo' AND table_type <> 'VIEW')`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d objects stayed that the plan does not have, %v", left, err)
	}
	if err := Apply(t.Context(), db, must(NewPlan(t.Context(), db, parsed(t, views)))); err != nil {
		t.Fatal(err)
	}
	expect("after all was made anew by other means", "marts.c", "marts.reach", "marts.ta", "marts.tb")
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestAFailedUpdateLeavesWhatStood(t *testing.T) {
	db, views := sourcesHouse(t), sourcesViews()
	updated(t, db, views)
	load(t, db, "a", 2)
	views["marts/tb.sql"] = "-- grain: id\n-- materialize: table\n\nSELECT nothing AS id FROM staging.b"
	plan, err := NewPlan(t.Context(), db, parsed(t, views))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Update(t.Context(), db, plan); err == nil || !strings.Contains(err.Error(), "update views: marts/tb.sql") {
		t.Fatalf("got %v", err)
	}
	var rows int
	if err := db.QueryRow(`SELECT count(*) FROM marts.ta`).Scan(&rows); err != nil || rows != 1 {
		t.Errorf("got %d rows, %v", rows, err)
	}
	if got := updated(t, db, sourcesViews()); !slices.Equal(got.Made, []string{"marts.c", "marts.newest", "marts.reach", "marts.ta"}) {
		t.Errorf("made %v", got.Made)
	}
}

func TestAViewNarrowsWhatItReadsOnlyWhereNothingElseCanCount(t *testing.T) {
	db := sourcesHouse(t)
	cases := []struct{ sql, want string }{
		{"SELECT complete_to FROM ledger.completeness WHERE contract = 'a'", "[a]"},
		{"SELECT complete_to FROM ledger.completeness c WHERE complete_to > '2025-01-01' AND 'b' = c.contract", "[b]"},
		{"SELECT complete_to FROM ledger.completeness WHERE contract IN ('b', 'a')", "[a b]"},
		{"SELECT 1 AS x FROM raw.a s JOIN ledger.completeness c ON c.contract = 'a' AND s.id > 1", "[a]"},
		{"SELECT 1 AS x FROM raw.a s LEFT JOIN ledger.completeness c ON c.contract = 'a'", "[a]"},
		{"SELECT (SELECT complete_to FROM ledger.completeness WHERE contract = 'a') AS x FROM raw.a", "[a]"},
		{"SELECT 1 AS x FROM ledger.completeness a JOIN ledger.completeness b ON b.contract = 'b' WHERE a.contract = 'a'", "[a b]"},
		{"SELECT 1 AS x FROM ledger.completeness a JOIN ledger.completeness b ON b.contract = 'b'", "[]"},
		{"SELECT 1 AS x FROM ledger.completeness c LEFT JOIN raw.a s ON c.contract = 'a'", "[]"},
		{"SELECT 1 AS x FROM ledger.completeness c FULL JOIN raw.a s ON c.contract = 'a'", "[]"},
		{"SELECT complete_to FROM ledger.completeness WHERE contract = 'a' OR contract = 'b'", "[]"},
		{"SELECT complete_to FROM ledger.completeness WHERE NOT contract = 'a'", "[]"},
		{"SELECT complete_to FROM ledger.completeness WHERE contract <> 'a'", "[]"},
		{"SELECT 1 AS x FROM ledger.completeness c JOIN raw.a s ON c.contract = CAST(s.id AS VARCHAR)", "[]"},
		{"SELECT max(complete_to) AS x FROM ledger.completeness", "[]"},
		{"WITH t AS (SELECT complete_to FROM ledger.completeness WHERE contract = 'a') SELECT * FROM t UNION ALL SELECT complete_to FROM ledger.completeness", "[]"},
	}
	for _, c := range cases {
		got, err := tablesOf(t.Context(), db, c.sql)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got.narrow["ledger.completeness"]) != c.want {
			t.Errorf("%s: got %v, want %s", c.sql, got.narrow, c.want)
		}
	}
}
