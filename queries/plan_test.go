package queries

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"osservatorio/warehouse"
)

// house is a warehouse with two raw tables and nothing in them.
func house(t *testing.T) *warehouse.DB {
	t.Helper()
	db, err := warehouse.Open(t.Context(), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	_, err = db.Exec(`CREATE TABLE raw.persons (id VARCHAR, sex VARCHAR); CREATE TABLE raw.figures (id VARCHAR, value DOUBLE)`)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func parsed(t *testing.T, files map[string]string) []View {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	views, err := ParseAll(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return views
}

func TestOrderAndLineageComeFromTheSQL(t *testing.T) {
	db := house(t)
	views := parsed(t, map[string]string{
		"marts/a.sql":   "-- grain: id\n\nWITH x AS (SELECT id FROM staging.z JOIN marts.b USING (id)) SELECT id FROM x",
		"marts/b.sql":   "-- grain: id\n\nSELECT id FROM marts.c",
		"marts/c.sql":   "-- grain: id\n\nSELECT id, (SELECT max(value) FROM staging.y) AS m FROM staging.z",
		"staging/y.sql": "SELECT id, value FROM raw.figures",
		"staging/z.sql": "SELECT id FROM raw.persons",
	})
	plan, err := NewPlan(t.Context(), db, views)
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, v := range plan.Views {
		order = append(order, v.Qualified())
	}
	want := []string{"staging.y", "staging.z", "marts.c", "marts.b", "marts.a"}
	if !slices.Equal(order, want) {
		t.Errorf("order: got %v, want %v", order, want)
	}
	if got := plan.Lineage("marts.a"); !slices.Equal(got, []string{"figures", "persons"}) {
		t.Errorf("lineage: got %v", got)
	}
	if got := len(plan.Only("staging.y").Views); got != 1 {
		t.Errorf("only staging.y: got %d views", got)
	}
}

func TestAPlanRefuses(t *testing.T) {
	db := house(t)
	cases := []struct{ claim, sql, want string }{
		{"a circle", "SELECT id FROM marts.b", "in a circle: marts.a → marts.b → marts.a"},
		{"an unknown view", "SELECT id FROM staging.nothing", "reads staging.nothing: no such table or view"},
		{"a table without schema", "SELECT id FROM figures", `table "figures": expected schema.table`},
		{"a file read by name", "SELECT id FROM 'x.csv'", `table "x.csv"`},
		{"a file read by function", "SELECT id FROM read_csv('x.csv')", "table function read_csv"},
		{"a mart that skips staging", "SELECT id FROM raw.persons", "marts reads staging, marts, ledger, reference only"},
		{"a view that reads published tables", "SELECT id FROM published.x", "marts reads staging"},
		{"SQL that is none", "SELEC id", "syntax error"},
		{"two statements", "SELECT 1; SELECT 2", "2 statements"},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			views := parsed(t, map[string]string{
				"marts/a.sql": "-- grain: id\n\n" + c.sql,
				"marts/b.sql": "-- grain: id\n\nSELECT id FROM marts.a",
			})
			_, err := NewPlan(t.Context(), db, views)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func openCube(sql string) string {
	head := strings.Replace(cubeHead, "protection: personal", "protection: open", 1)
	return strings.Replace(head, "-- rules: persons\n", "", 1) + "\n" + sql
}

func TestAnOpenViewMayNotReachPersonalRows(t *testing.T) {
	db := house(t)
	views := parsed(t, map[string]string{
		"cubes/hidden.sql": openCube("SELECT id FROM marts.a"),
		"cubes/plain.sql":  openCube("SELECT id FROM staging.f"),
		"marts/a.sql":      "-- grain: id\n\nSELECT f.id FROM staging.f f LEFT JOIN staging.p p USING (id)",
		"staging/f.sql":    "SELECT id FROM raw.figures",
		"staging/p.sql":    "SELECT id FROM raw.persons",
	})
	plan, err := NewPlan(t.Context(), db, views)
	if err != nil {
		t.Fatal(err)
	}
	err = plan.CheckProtection(map[string]string{"persons": "personal", "figures": "open"})
	if err == nil || !strings.Contains(err.Error(), "contract persons (personal) by way of cubes.hidden → marts.a → staging.p → raw.persons") {
		t.Errorf("got %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "plain") {
		t.Errorf("the innocent view is accused: %v", err)
	}
	if err := plan.CheckProtection(nil); err == nil || !strings.Contains(err.Error(), "plain") {
		t.Errorf("a contract of unknown protection counted as open: %v", err)
	}
}

func TestApplyReplacesViewsInOneTransaction(t *testing.T) {
	db := house(t)
	apply := func(files map[string]string) error {
		plan, err := NewPlan(t.Context(), db, parsed(t, files))
		if err != nil {
			return err
		}
		return Apply(t.Context(), db, plan)
	}
	first := map[string]string{
		"staging/f.sql": "-- title.it: Cifre d'oggi\n-- title.en: Today's figures\n-- column.id.it: Chi\n-- column.id.en: Who\n\nSELECT id FROM raw.figures",
		"marts/a.sql":   "-- grain: id\n-- materialize: table\n\nSELECT id FROM staging.f",
	}
	if err := apply(first); err != nil {
		t.Fatal(err)
	}
	if err := apply(map[string]string{"staging/f.sql": "SELECT nothing FROM raw.figures"}); err == nil {
		t.Fatal("a view of an unknown column was made")
	}
	var comment, kind string
	if err := db.QueryRow(`SELECT comment FROM duckdb_views() WHERE schema_name = 'staging' AND view_name = 'f'`).Scan(&comment); err != nil || comment != "Today's figures" {
		t.Errorf("comment: got %q, %v", comment, err)
	}
	if err := db.QueryRow(`SELECT table_type FROM information_schema.tables WHERE table_schema = 'marts'`).Scan(&kind); err != nil || kind != "BASE TABLE" {
		t.Errorf("the earlier state is gone: %q, %v", kind, err)
	}
	if err := apply(map[string]string{"marts/a.sql": "-- grain: x\n\nSELECT 1 AS x"}); err != nil {
		t.Errorf("a table could not become a view: %v", err)
	}
}
