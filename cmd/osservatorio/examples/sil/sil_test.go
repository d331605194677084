// Package sil_test loads the same invented region twice, in the columns of the
// contracts and in the layout of a regional system through the example's
// mappings, and compares what comes out.
package sil_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"osservatorio/ingest"
	"osservatorio/ingest/privacy"
	"osservatorio/ingest/synthetic"
	"osservatorio/queries"
	"osservatorio/warehouse"
)

// sources are those of the example's configuration.
func sources(t *testing.T) []ingest.Source {
	t.Helper()
	var config struct {
		Source []struct{ Name, Contract, Mapping, Mode string }
	}
	text, err := os.ReadFile("osservatorio.toml")
	must(t, err)
	must(t, toml.Unmarshal(text, &config))
	var out []ingest.Source
	for _, s := range config.Source {
		if s.Contract == "" {
			s.Contract = s.Name
		}
		out = append(out, ingest.Source{Name: s.Name, Contract: s.Contract, Mapping: s.Mapping, Mode: s.Mode, Pattern: "{source}_{period}_{issued}.csv", Synthetic: true})
	}
	return out
}

// plain are the same sources in the columns of the contracts.
func plain(t *testing.T) []ingest.Source {
	all := sources(t)
	for i := range all {
		all[i].Name, all[i].Mapping = all[i].Contract, ""
	}
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// region is an invented region, generated, loaded and computed.
func region(t *testing.T, layout string, from []ingest.Source, key *privacy.Key) (*warehouse.DB, ingest.Report) {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	geography, err := warehouse.GeographyFS("emilia-romagna")
	must(t, err)
	_, err = synthetic.Generate(ctx, synthetic.Options{Persons: 400, Seed: 11, From: "2024-01", To: "2024-12", Dir: dir, BadShare: synthetic.MaxBadShare,
		Reference: warehouse.ReferenceFS(), Geography: geography, GeographyName: "emilia-romagna", Layout: layout})
	must(t, err)
	db, err := warehouse.Open(ctx, warehouse.Options{})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	must(t, warehouse.LoadReference(ctx, db, warehouse.ReferenceFS(), geography))
	must(t, ingest.Prepare(ctx, db))
	report, err := ingest.Run(ctx, ingest.Options{DB: db, Sources: from, SourceDir: dir, KeepInbox: true, Key: key, Temp: t.TempDir(), Memory: "1GB",
		Now: func() time.Time { return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC) }, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	views, err := queries.Views()
	must(t, err)
	plan, err := queries.NewPlan(ctx, db, views)
	must(t, err)
	must(t, queries.Apply(ctx, db, plan))
	return db, report
}

// cells are the rows of a cube as text, in order; numbers to nine digits.
func cells(t *testing.T, db *warehouse.DB, cube string) []string {
	t.Helper()
	var out []string
	must(t, db.Tx(context.Background(), func(tx *sql.Tx) error {
		rows, err := tx.Query("SELECT * FROM cubes." + cube + " ORDER BY ALL")
		if err != nil {
			return err
		}
		defer rows.Close()
		names, err := rows.Columns()
		if err != nil {
			return err
		}
		for rows.Next() {
			values, to := make([]any, len(names)), make([]any, len(names))
			for i := range values {
				to[i] = &values[i]
			}
			if err := rows.Scan(to...); err != nil {
				return err
			}
			text := make([]string, len(names))
			for i, v := range values {
				if f, number := v.(float64); number {
					v = fmt.Sprintf("%.9g", f)
				}
				text[i] = fmt.Sprint(v)
			}
			out = append(out, strings.Join(text, " "))
		}
		return errors.Join(rows.Err(), rows.Close())
	}))
	return out
}

func TestCubesOfTheForeignLayoutEqualThoseOfTheContractsCellByCell(t *testing.T) {
	key, err := privacy.NewKey(filepath.Join(t.TempDir(), "key"))
	must(t, err)
	ours, _ := region(t, synthetic.LayoutContracts, plain(t), &key)
	theirs, report := region(t, synthetic.LayoutSIL, sources(t), &key)
	mapped := map[string]int{}
	for _, l := range report.Loads {
		if l.Status != ingest.Loaded {
			t.Errorf("%s %s: %s: %v", l.Source, l.File, l.Status, l.Err)
		}
		mapped[l.Source]++
	}
	for _, name := range []string{"sap_anagrafica", "sap_politiche", "sap_patti", "co_eventi"} {
		if mapped[name] == 0 {
			t.Errorf("no delivery of %s", name)
		}
	}
	views, err := queries.Views()
	must(t, err)
	compared, all := 0, 0
	for _, v := range views {
		if v.Layer != "cubes" {
			continue
		}
		want, got := cells(t, ours, v.Name), cells(t, theirs, v.Name)
		compared, all = compared+1, all+len(want)
		if len(want) != len(got) {
			t.Errorf("%s: %d cells, want %d", v.Name, len(got), len(want))
			continue
		}
		differing := 0
		for i := range want {
			if want[i] != got[i] {
				if differing++; differing <= 3 {
					t.Errorf("%s:\ngot  %s\nwant %s", v.Name, got[i], want[i])
				}
			}
		}
		if differing > 3 {
			t.Errorf("%s: %d cells differ", v.Name, differing)
		}
	}
	if compared < 30 || all < 10000 {
		t.Errorf("%d cubes with %d cells compared: expected all of them", compared, all)
	}
	t.Logf("%d cubes, %d cells", compared, all)
}
