package warehouse

import (
	"path/filepath"
	"testing"
)

func TestOpeningTwiceMigratesOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.duckdb")
	for range 2 {
		db, err := Open(t.Context(), Options{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if err := db.QueryRow(`SELECT count(*) FROM ledger.completeness`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		db.Close()
	}
}
