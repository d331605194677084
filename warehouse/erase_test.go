package warehouse

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"time"
)

// visits is a table of invented visits: who came, when.
var visits = TableSpec{Name: "visits", Key: []string{"visit_id"}, Person: "person_id", Columns: []Column{
	{Name: "visit_id", Type: "string", Required: true, Random: true},
	{Name: "person_id", Type: "string", Random: true},
	{Name: "on", Type: "date"},
}}

var erasedOn = Because{Reason: "asked for", On: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}

// visited opens a warehouse in a file with a delivery a line of rows: "v1 p1, v2 p2".
func visited(t *testing.T, deliveries ...string) (*DB, Options) {
	t.Helper()
	o := Options{Path: filepath.Join(t.TempDir(), "warehouse.duckdb"), Threads: 1}
	db := opened(t, o)
	if err := CreateRaw(t.Context(), db, []TableSpec{visits}); err != nil {
		t.Fatal(err)
	}
	for i, rows := range deliveries {
		if _, err := visit(t, db, i, rows); err != nil {
			t.Fatal(err)
		}
	}
	return db, o
}

func opened(t *testing.T, o Options) *DB {
	t.Helper()
	db, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// visit loads delivery i, of the month of that number.
func visit(t testing.TB, db *DB, i int, rows string) (o Outcome, err error) {
	t.Helper()
	var csv strings.Builder
	list := strings.Split(rows, ", ")
	for line, row := range list {
		who := strings.Fields(row)
		fmt.Fprintf(&csv, "%d,%s,%s,2026-01-0%d\n", line+2, who[0], who[1], line+1)
	}
	path := filepath.Join(t.TempDir(), "spool.csv")
	if err := os.WriteFile(path, []byte(csv.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, time.Month(i+1), 1, 0, 0, 0, 0, time.UTC)
	d := Delivery{Source: "visits", Contract: "visits", Protection: "personal", Period: from.Format("2006-01"), PeriodFrom: from, PeriodTo: from.AddDate(0, 1, 0),
		IssuedAt: from.AddDate(0, 1, i), Mode: "incremental", File: "visits.csv", SHA256: fmt.Sprintf("%064d", i+1), LoadedAt: from.AddDate(0, 1, 1)}
	err = db.Tx(t.Context(), func(tx *sql.Tx) error {
		o, err = Stage(t.Context(), tx, visits, Spool{Path: path, Rows: int64(len(list))}, d, 1)
		return err
	})
	return o, err
}

func asked[T any](t *testing.T, db *DB, query string) (v T) {
	t.Helper()
	if err := db.QueryRow(query).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

// What the ledger says was accepted and not erased is what lies in the table.
const rowsMissing = `SELECT (SELECT sum(accepted) FROM ledger.deliveries) - (SELECT coalesce(sum(rows), 0) FROM ledger.erasures) - (SELECT count(*) FROM raw.visits)`

func TestAPersonWhoIsForgottenIsNowhereInTheFileAndIsTurnedAway(t *testing.T) {
	db, o := visited(t, "visit-a1 person-a, visit-b1 person-b", "visit-b2 person-b, visit-a2 person-a, visit-a3 person-a", "visit-b3 person-b")
	if _, err := db.Exec(`CREATE TABLE marts.visits AS FROM raw.visits; CREATE VIEW staging.visits AS FROM raw.visits`); err != nil {
		t.Fatal(err)
	}
	list, err := ErasePerson(t.Context(), db, "person_id", "person-a", erasedOn)
	if err != nil || len(list) != 2 || list[0].Rows != 1 || list[1].Rows != 2 {
		t.Fatalf("erased %+v: %v: want 1 row of the first delivery and 2 of the second", list, err)
	}
	if n := asked[int](t, db, rowsMissing); n != 0 {
		t.Errorf("%d rows that neither the table nor the erasures have", n)
	}
	if n := asked[int](t, db, `SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'marts'`); n != 0 {
		t.Error("a table made of the rows is still there")
	}
	scrubbed(t, db, o)
	for _, text := range []string{"visit-a1", "visit-a2", "visit-a3"} {
		if inFile(t, o.Path, text) {
			t.Errorf("%s still stands in the file", text)
		}
	}
	if !inFile(t, o.Path, "visit-b1") {
		t.Error("this test sees nothing: other rows are not found in the file either")
	}

	again := opened(t, o)
	came, err := visit(t, again, 5, "visit-a4 person-a, visit-c1 person-c")
	if err != nil || came.Accepted != 1 || came.Quarantined != 1 || came.Reasons[0].Rule != "forgotten" {
		t.Errorf("sent again: %+v: %v", came, err)
	}
}

// scrubbed closes the warehouse and has its file written anew.
func scrubbed(t *testing.T, db *DB, o Options) {
	t.Helper()
	if left, err := db.Unscrubbed(t.Context()); err != nil || !left {
		t.Fatalf("nothing to scrub: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Scrub(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	again := opened(t, o)
	if left, err := again.Unscrubbed(t.Context()); err != nil || left {
		t.Errorf("still to scrub: %v", err)
	}
	again.Close()
}

func inFile(t *testing.T, path, text string) bool {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(raw, []byte(text))
}

func TestAWarehouseWrittenAnewIsTheSameWarehouse(t *testing.T) {
	db, o := visited(t, "v1 p1, v2 p2", "v3 p1")
	if err := LoadReference(t.Context(), db, ReferenceFS(), geography(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`CREATE TABLE released.some (cell VARCHAR, release INTEGER); INSERT INTO released.some VALUES ('x', 1); INSERT INTO main.unscrubbed VALUES ('2026-11-22')`); err != nil {
		t.Fatal(err)
	}
	before := contents(t, db)
	scrubbed(t, db, o)
	info, err := os.Stat(o.Path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: %v", info.Mode(), err)
	}
	again := opened(t, o)
	after := contents(t, again)
	delete(before, "main.unscrubbed")
	delete(after, "main.unscrubbed")
	for table, want := range before {
		if after[table] != want {
			t.Errorf("%s: %s, was %s", table, after[table], want)
		}
	}
	if len(after) != len(before) || len(before) < 20 {
		t.Errorf("%d tables and views, were %d", len(after), len(before))
	}
	if _, err := visit(t, again, 3, "v9 p9"); err != nil { // sequence, keys and rules are there
		t.Errorf("another delivery: %v", err)
	}
	if _, err := again.Exec(`INSERT INTO ledger.deliveries SELECT * FROM ledger.deliveries LIMIT 1`); err == nil {
		t.Error("the ledger takes a delivery twice: its keys were lost")
	}
}

// contents are the columns, rows and a sum of every table and view.
func contents(t *testing.T, db *DB) map[string]string {
	t.Helper()
	names, err := column1(context.Background(), db, `SELECT '"' || table_schema || '"."' || table_name || '"' FROM information_schema.tables WHERE table_catalog = current_database()`)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, n := range names {
		columns := asked[string](t, db, `SELECT string_agg(column_name || ' ' || data_type || ' ' || is_nullable, ', ' ORDER BY ordinal_position)
FROM information_schema.columns WHERE table_catalog = current_database() AND '"' || table_schema || '"."' || table_name || '"' = `+text(n))
		out[strings.ReplaceAll(n, `"`, "")] = columns + asked[string](t, db, `SELECT ': ' || count(*) || ' rows, ' || coalesce(bit_xor(hash(t)), 0) FROM `+n+` t`)
	}
	return out
}

func TestADeliveryThatIsErasedCountsNoMore(t *testing.T) {
	db, _ := visited(t, "v1 p1, v2 p2", "v3 p1", "v4 p4")
	second, err := db.BySum(t.Context(), fmt.Sprintf("%064d", 2))
	if err != nil || len(second) != 1 {
		t.Fatalf("%v: %v", second, err)
	}
	list, err := EraseDeliveries(t.Context(), db, second, erasedOn)
	if err != nil || len(list) != 1 || list[0].Rows != 1 {
		t.Fatalf("%+v: %v", list, err)
	}
	if n := asked[int](t, db, rowsMissing); n != 0 {
		t.Errorf("%d rows that neither the table nor the erasures have", n)
	}
	if n := asked[int](t, db, `SELECT count(*) FROM ledger.current_loads`); n != 2 {
		t.Errorf("%d deliveries count, want 2", n)
	}
	if to := asked[string](t, db, `SELECT complete_to::VARCHAR FROM ledger.completeness`); to != "2026-01-31" {
		t.Errorf("complete to %s, want the day before the gap, 2026-01-31", to)
	}
	if _, known, _ := db.KnownBySum(t.Context(), second[0].SHA256); !known {
		t.Error("its bytes would be loaded again")
	}
	if e, err := ErasedOf(t.Context(), db, 1); err != nil || e.Rows != 0 {
		t.Errorf("of the first delivery: %+v: %v", e, err)
	}
	if e, err := ErasedOf(t.Context(), db, 3); err != nil || e.Rows != 1 || e.Times != 1 {
		t.Errorf("of all: %+v: %v", e, err)
	}
	past, err := db.Before(t.Context(), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	if err != nil || len(past) != 1 || past[0].LoadID != 1 {
		t.Errorf("of periods past: %+v: %v: want the first, the second being erased and the third not over", past, err)
	}
}

func TestANewKeyChangesEveryPseudonymAndNothingElse(t *testing.T) {
	db, o := visited(t, "v1 p1, v2 p2", "v3 p1")
	if _, err := ErasePerson(t.Context(), db, "person_id", "p2", erasedOn); err != nil {
		t.Fatal(err)
	}
	n, err := Rekey(t.Context(), db, []TableSpec{visits}, func(s string) string { return "new-" + s }, "fingerprint", erasedOn)
	if err != nil || n != 4 {
		t.Fatalf("%d pseudonyms: %v", n, err)
	}
	const want = "new-v1 new-p1 1 2, new-v3 new-p1 2 2"
	if got := asked[string](t, db, `SELECT string_agg(concat_ws(' ', visit_id, person_id, load_id, line), ', ' ORDER BY rowid) FROM raw.visits`); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := asked[string](t, db, `SELECT person FROM ledger.forgotten`); got != "new-p2" {
		t.Errorf("turned away: %s", got)
	}
	if key, err := db.PseudonymKey(t.Context()); err != nil || key != "fingerprint" {
		t.Errorf("key %q: %v", key, err)
	}
	scrubbed(t, db, o)
	if again := opened(t, o); asked[int](t, again, `SELECT count(*) FROM raw.visits`) != 2 {
		t.Error("rows were lost")
	}
}

func geography(t *testing.T) fs.FS {
	t.Helper()
	g, err := GeographyFS("italia")
	if err != nil {
		t.Fatal(err)
	}
	return g
}
