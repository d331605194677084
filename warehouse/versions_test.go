package warehouse

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/duckdb/duckdb-go/v2"
)

// testdata/versions holds a small database file as each version of the schema
// left it, named by its last migration, and the checksum of every migration. A
// file once made is never made again: it is what an instance out there has.
var keepVersion = flag.Bool("update", false, "keep a database file of every version of the schema that has none yet")

const versions = "testdata/versions"

func schemaVersions(t *testing.T) []string {
	t.Helper()
	names, err := fs.Glob(migrations, "schema/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func fixtureOf(migration string) string {
	return filepath.Join(versions, strings.TrimSuffix(filepath.Base(migration), ".sql")+".duckdb.gz")
}

func TestEveryEarlierWarehouseBecomesOneOfToday(t *testing.T) {
	t.Parallel()
	today := opened(t, Options{Path: filepath.Join(t.TempDir(), "new.duckdb"), Threads: 1})
	want := columnsOf(contents(t, today))
	for _, migration := range schemaVersions(t) {
		t.Run(filepath.Base(migration), func(t *testing.T) {
			o := Options{Path: filepath.Join(t.TempDir(), "old.duckdb"), Threads: 1}
			unpack(t, fixtureOf(migration), o.Path)
			before := kept(t, o)
			db := opened(t, o)
			after := contents(t, db)
			for table, rows := range before {
				if got := rowsOf(t, db, table, rows.columns); got != rows.sum {
					t.Errorf("%s: %s, was %s", table, got, rows.sum)
				}
			}
			if len(before) < 3 {
				t.Errorf("only %d tables hold anything: this test sees nothing", len(before))
			}
			got := columnsOf(after)
			for table, columns := range want {
				if got[table] != columns {
					t.Errorf("%s: %s; in a new warehouse: %s", table, got[table], columns)
				}
			}
			if n := asked[int](t, db, `SELECT count(*) FROM ledger.current_loads`); n != 2 {
				t.Errorf("%d deliveries count, want 2 of the 3: one was replaced", n)
			}
			if _, err := visit(t, db, 7, "v9 p9"); err != nil {
				t.Errorf("another delivery: %v", err)
			}
		})
	}
}

type heldRows struct{ columns, sum string }

// kept reads what a warehouse holds that no list can give back, before it is
// brought up to date.
func kept(t *testing.T, o Options) map[string]heldRows {
	t.Helper()
	o.ReadOnly = true
	db, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tables, err := column1(context.Background(), db, `SELECT schema_name || '.' || table_name FROM duckdb_tables()
WHERE schema_name IN ('ledger', 'raw', 'released') AND database_name = current_database()`)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]heldRows{}
	for _, table := range tables {
		columns := asked[string](t, db, `SELECT string_agg('"' || column_name || '"', ', ' ORDER BY column_index) FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name || '.' || table_name = `+text(table))
		out[table] = heldRows{columns, rowsOf(t, db, table, columns)}
	}
	return out
}

func rowsOf(t *testing.T, db *DB, table, columns string) string {
	t.Helper()
	return asked[string](t, db, `SELECT count(*) || ' rows: ' || coalesce(bit_xor(hash(r)), 0) FROM (SELECT `+columns+` FROM `+table+`) r`)
}

// columnsOf leaves the rows out; of two migrations in another order, columns of
// a table may stand in another.
func columnsOf(contents map[string]string) map[string]string {
	out := map[string]string{}
	for table, c := range contents {
		columns, _, _ := strings.Cut(c, ": ")
		list := strings.Split(columns, ", ")
		slices.Sort(list)
		if !strings.HasPrefix(table, "raw.") && !strings.HasPrefix(table, "released.") {
			out[table] = strings.Join(list, ", ")
		}
	}
	return out
}

func TestEveryVersionOfTheSchemaIsKeptAndNoneIsChanged(t *testing.T) {
	path := filepath.Join(versions, "SHA256SUMS")
	raw, err := os.ReadFile(path)
	if err != nil && !*keepVersion {
		t.Fatal(err)
	}
	sums := string(raw)
	for i, migration := range schemaVersions(t) {
		script, err := migrations.ReadFile(migration)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(script)
		line := hex.EncodeToString(sum[:]) + "  " + filepath.Base(migration) + "\n"
		_, missing := os.Stat(fixtureOf(migration))
		known := strings.Contains(sums, "  "+filepath.Base(migration)+"\n")
		switch {
		case known && !strings.Contains(sums, line):
			t.Errorf("%s: changed: warehouses out there have run it as it was: expected a new migration", migration)
		case *keepVersion && os.Getenv("CI") == "" && (missing != nil || !known):
			keep(t, schemaVersions(t)[:i+1])
			sums += line
		case missing != nil || !known:
			t.Errorf("%s: not kept: run go test ./warehouse -run KeptAndNone -update and commit %s", migration, versions)
		}
	}
	if *keepVersion && sums != string(raw) {
		if err := os.WriteFile(path, []byte(sums), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// keep makes the database file of a version: its migrations, and invented rows
// in every table that no list fills.
func keep(t *testing.T, names []string) {
	t.Helper()
	o := Options{Path: filepath.Join(t.TempDir(), "kept.duckdb"), Threads: 1}
	db := unmigrated(t, o)
	if _, err := db.Exec(`CREATE TABLE main.migrations (name VARCHAR PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if err := db.migrateOne(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		if fill, err := os.ReadFile(filepath.Join(versions, filepath.Base(n))); err == nil {
			if _, err := db.Exec(string(fill)); err != nil {
				t.Fatalf("%s: %v", n, err)
			}
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	pack(t, o.Path, fixtureOf(names[len(names)-1]))
}

// unmigrated opens a database file without bringing it up to date.
func unmigrated(t *testing.T, o Options) *DB {
	t.Helper()
	connector, err := duckdb.NewConnector(dsn(o), nil)
	if err != nil {
		t.Fatal(err)
	}
	return &DB{DB: sql.OpenDB(connector), path: o.Path}
}

func pack(t *testing.T, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	w, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(raw)
	}
	for _, err := range []error{err, w.Close(), out.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("kept %s: %d bytes", to, len(raw))
}

func unpack(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAContractThatGotAColumnIsTakenInBesideItsOlderRows(t *testing.T) {
	db, _ := visited(t, "v1 p1")
	wider := visits
	wider.Columns = append(slices.Clone(visits.Columns), Column{Name: "room", Type: "string"})
	if err := CreateRaw(t.Context(), db, []TableSpec{wider}); err != nil {
		t.Fatal(err)
	}
	if _, err := visit(t, db, 1, "v2 p2"); err != nil { // of a supplier who knows the older contract
		t.Fatal(err)
	}
	if got := asked[string](t, db, `SELECT string_agg(concat_ws(' ', visit_id, person_id, "on", coalesce(room, 'no room'), load_id, line), ', ' ORDER BY load_id) FROM raw.visits`); got != "v1 p1 2026-01-01 no room 1 2, v2 p2 2026-01-01 no room 2 2" {
		t.Error(got)
	}
	other := visits
	other.Columns = []Column{{Name: "on", Type: "integer"}}
	if err := CreateRaw(t.Context(), db, []TableSpec{other}); err == nil || !strings.Contains(err.Error(), "raw.visits: column on DATE in the warehouse: expected INTEGER") {
		t.Errorf("a column of another type: %v", err)
	}
}
