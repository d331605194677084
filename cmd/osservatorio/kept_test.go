package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osservatorio/ingest/synthetic"
	"osservatorio/queries"
	"osservatorio/warehouse"
)

// TestTablesThatAreKeptEqualThoseMadeAnew lets the deliveries of an invented
// region come in a random order, a few at a time. Each time the tables that
// were brought up to date must hold what a build from nothing makes of the very
// same warehouse.
func TestTablesThatAreKeptEqualThoseMadeAnew(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 7))
	dir := t.TempDir()
	territory, err := filepath.Abs("../../ingest/synthetic/testdata/geography")
	must(t, err)
	must(t, initInstance(dir, fmt.Appendf(nil, wallConfig, territory)))
	made := t.TempDir()
	_, err = synthetic.Generate(t.Context(), synthetic.Options{
		Persons: 150, Seed: 5, From: "2025-01", To: "2025-09", Dir: made,
		Reference: warehouse.ReferenceFS(), Geography: os.DirFS(territory), GeographyName: "prova",
	})
	must(t, err)
	files, err := filepath.Glob(filepath.Join(made, "*.csv"))
	must(t, err)
	r.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	kept := 0
	for round := 4; round > 0; round-- {
		n := len(files) / round
		for _, file := range files[:n] {
			for _, part := range []string{file, file + ".manifest.json"} {
				if _, err := os.Stat(part); err == nil {
					must(t, os.Rename(part, filepath.Join(dir, "inbox", filepath.Base(part))))
				}
			}
		}
		files = files[n:]
		kept += updateAndCompare(t, dir)
	}
	if kept == 0 {
		t.Error("nothing was ever kept: the test shows nothing")
	}
}

// updateAndCompare loads what came, updates the tables and returns how many of
// them were kept.
func updateAndCompare(t *testing.T, dir string) int {
	t.Helper()
	config := filepath.Join(dir, "osservatorio.toml")
	var out, faults bytes.Buffer
	if code := Main([]string{"ingest", "--config", config}, &out, &faults); code != exitDone {
		t.Fatalf("ingest ended with %d: %s", code, faults.String())
	}
	c, err := LoadConfig(config)
	must(t, err)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	in := &instance{Config: c, now: time.Now, log: log, out: newProgress(io.Discard, log)}
	db, err := in.open(t.Context())
	must(t, err)
	views, err := queries.Views()
	must(t, err)
	plan, err := queries.NewPlan(t.Context(), db, views)
	must(t, err)
	built, err := queries.Update(t.Context(), db, plan)
	must(t, err)
	updated := contents(t, db, plan)
	must(t, db.Close())
	for table, anew := range madeAnew(t, filepath.Join(dir, c.Paths.Warehouse), plan) {
		if updated[table] != anew {
			t.Errorf("%s: updated %s, made anew %s (kept %v)", table, updated[table], anew, built.Kept)
		}
	}
	return len(built.Kept)
}

// madeAnew builds all in a copy of a warehouse, so that the warehouse itself
// goes on with the tables that it kept.
func madeAnew(t *testing.T, file string, plan queries.Plan) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(file)
	must(t, err)
	copied := filepath.Join(t.TempDir(), "copy.duckdb")
	must(t, os.WriteFile(copied, raw, 0o600))
	db, err := warehouse.Open(t.Context(), warehouse.Options{Path: copied})
	must(t, err)
	defer db.Close()
	must(t, queries.Apply(t.Context(), db, plan))
	return contents(t, db, plan)
}

// contents sums up every table of a plan, whatever the order of its rows and
// the last bits of its fractions.
func contents(t *testing.T, db *warehouse.DB, plan queries.Plan) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, v := range plan.Views {
		if !v.Header.Table {
			continue
		}
		rows, err := db.Query(`SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = ? AND table_name = ?`, string(v.Layer), v.Name)
		must(t, err)
		var columns []string
		for rows.Next() {
			var name, kind string
			must(t, rows.Scan(&name, &kind))
			column := `"` + name + `"`
			if kind == "DOUBLE" {
				column = "round(" + column + ", 9)"
			}
			columns = append(columns, column)
		}
		must(t, rows.Err())
		var text string
		must(t, db.QueryRow(fmt.Sprintf(`SELECT concat_ws(' ', count(*), sum(hash(%s))) FROM %s`, strings.Join(columns, ", "), v.Qualified())).Scan(&text))
		out[v.Qualified()] = text
	}
	return out
}
