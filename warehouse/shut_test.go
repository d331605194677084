package warehouse

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
)

func TestNobodyElseMayReadTheWarehouse(t *testing.T) {
	dir := t.TempDir()
	path, temp := filepath.Join(dir, "w.duckdb"), filepath.Join(dir, "temp")
	spilled := filepath.Join(temp, "spill", "duckdb_temp_storage-0.tmp")
	if err := os.MkdirAll(filepath.Dir(spilled), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(spilled, []byte("rows of a killed run"), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), Options{Path: path, Temp: temp})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := os.Stat(spilled); !os.IsNotExist(err) {
		t.Errorf("what a killed run spilled is still there: %v", err)
	}
	err = db.Tx(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`CREATE TABLE main.kept AS SELECT range AS n FROM range(1000)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) < 2 {
		t.Fatalf("files %v, %v: want the database and its log", files, err)
	}
	for _, file := range append(files, filepath.Join(temp, "spill")) {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v: others may read it", filepath.Base(file), info.Mode().Perm())
		}
	}
}
