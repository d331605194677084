package warehouse

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Names come from contracts, configurations and file names; none of them is
// ever more than a name.
func TestSQLInANameIsNothingButAName(t *testing.T) {
	const evil = `x"; DROP TABLE ledger.deliveries; --'); DELETE FROM ledger.deliveries; `
	table := TableSpec{Name: evil, Key: []string{evil}, Columns: []Column{
		{Name: evil, Type: "string", Enum: []string{evil}, Reference: Reference{}, Random: true},
		{Name: `n'"`, Type: "integer", Minimum: "0"},
	}, Rules: []RowRule{{Name: evil, Kind: "at_least_one", Columns: []string{evil}}}}
	dir := filepath.Join(t.TempDir(), `a'b"; DROP TABLE x; --`)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	db := opened(t, Options{Path: filepath.Join(dir, "w.duckdb"), Temp: filepath.Join(dir, "temp"), Threads: 1})
	if err := CreateRaw(t.Context(), db, []TableSpec{table}); err != nil {
		t.Fatal(err)
	}
	spool := filepath.Join(dir, "spool.csv")
	quoted := `"x""; DROP TABLE ledger.deliveries; --'); DELETE FROM ledger.deliveries; "`
	if err := os.WriteFile(spool, []byte("2,"+quoted+",1\n3,"+quoted+",-1\n4,other,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var o Outcome
	err := db.Tx(t.Context(), func(tx *sql.Tx) (err error) {
		o, err = Stage(t.Context(), tx, table, Spool{Path: spool, Rows: 3}, Delivery{Source: evil, Contract: evil, Protection: "open", Period: evil, IssuedAt: time.Unix(0, 0),
			Mode: "full", File: evil, SHA256: evil}, 1)
		return err
	})
	if err != nil || o.Accepted != 1 || o.Quarantined != 2 {
		t.Fatalf("%+v: %v", o, err)
	}
	if got := asked[string](t, db, `SELECT source FROM ledger.deliveries`); got != evil {
		t.Errorf("the ledger has %q", got)
	}
	if n := asked[int](t, db, `SELECT count(*) FROM raw.`+name(evil)+` WHERE `+name(evil)+` = `+text(evil)); n != 1 {
		t.Errorf("%d rows", n)
	}
	if _, err := ErasePerson(t.Context(), db, evil, evil, erasedOn); err != nil {
		t.Errorf("erased by that name: %v", err)
	}
}
