package warehouse

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func TestAWarehouseOfNewerSoftwareIsRefusedAndLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "warehouse.duckdb")
	db, err := Open(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO main.migrations VALUES ('schema/9999_later.sql')`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the refusal changes nothing
		_, err = Open(t.Context(), Options{Path: path})
		if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "9999_later.sql: written by newer software") {
			t.Errorf("opened: %v", err)
		}
	}
}
