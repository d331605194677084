package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osservatorio/ingest/synthetic"
	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// Somebody who kept both releases subtracts: of every line that both show, the
// difference must be nothing or as many as may be shown, and what the first hid
// the second does not tell.
func TestWhoKeptTheReleaseBeforeLearnsOfNobody(t *testing.T) {
	t.Parallel()
	before, after := twoReleases(t)
	compared, revised, stayed, added := 0, 0, 0, 0
	for _, h := range after.Info.Views {
		rule := wallRules[h.View]
		if h.Protection == "open" || rule.least == 0 || !before.Has(h.View) {
			continue
		}
		old := rowsOf(t, before, h.View)
		for key, row := range rowsOf(t, after, h.View) {
			was, ok := old[key]
			if !ok {
				added++
				continue
			}
			if was.Status == release.Confidential {
				if row.Numerator != nil || row.Denominator != nil || row.Value != nil {
					t.Errorf("%s %s: hidden before, now %s %s with its numbers", h.View, key, row.Status, row.Reason)
				}
				stayed++
				continue
			}
			for part, pair := range partsOf(h, was, row) {
				if pair[0] == nil || pair[1] == nil {
					continue
				}
				compared++
				moved := math.Abs(*pair[1] - *pair[0])
				if moved > 0 {
					revised++
				}
				if part != "rest" || rule.complement {
					if moved > 0 && moved < rule.least {
						t.Errorf("%s %s: %s moved by %v", h.View, key, part, moved)
					}
				}
			}
		}
	}
	t.Logf("%d numbers in both, %d revised, %d lines that stayed hidden, %d new", compared, revised, stayed, added)
	if compared < 1000 || stayed < 100 || added < 100 {
		t.Errorf("%d numbers in both, %d lines hidden in both, %d new: the test shows little", compared, stayed, added)
	}
}

// partsOf pairs the counts of a line in both releases.
func partsOf(h release.Header, was, row release.Row) map[string][2]*float64 {
	if h.Kind == release.Count {
		if row.Measure == "balance" {
			return nil // judged by its parts
		}
		return map[string][2]*float64{"value": {was.Value, row.Value}}
	}
	return map[string][2]*float64{"numerator": {was.Numerator, row.Numerator}, "denominator": {was.Denominator, row.Denominator}, "rest": {rest(was), rest(row)}}
}

func rest(row release.Row) *float64 {
	if row.Numerator == nil || row.Denominator == nil {
		return nil
	}
	left := *row.Denominator - *row.Numerator
	return &left
}

func rowsOf(t *testing.T, rel *release.Release, view string) map[string]release.Row {
	t.Helper()
	frame, err := rel.Frame(t.Context(), view)
	must(t, err)
	out := map[string]release.Row{}
	for row := range frame.All() {
		out[keyOfRow(frame.Header, row)] = row
	}
	return out
}

// twoReleases makes one of what was delivered by July and one of all, held to the
// first. That is then made again, as the ledger was before it.
func twoReleases(t *testing.T) (before, after *release.Release) {
	t.Helper()
	dir, made := t.TempDir(), t.TempDir()
	territory, err := filepath.Abs("../../ingest/synthetic/testdata/geography")
	must(t, err)
	config := strings.Replace(fmt.Sprintf(wallConfig, territory), "together = false", "together = true", 1)
	must(t, initInstance(dir, []byte(config)))
	sameKey(t, dir)
	_, err = synthetic.Generate(t.Context(), synthetic.Options{
		Persons: 200, Seed: 8, From: "2025-01", To: "2025-09", Dir: made,
		Reference: warehouse.ReferenceFS(), Geography: os.DirFS(territory), GeographyName: "prova",
	})
	must(t, err)
	c, err := LoadConfig(filepath.Join(dir, "osservatorio.toml"))
	must(t, err)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	in := &instance{Config: c, now: time.Now, log: log, out: newProgress(io.Discard, log)}
	db, err := in.open(t.Context())
	must(t, err)
	var folders []string
	for _, day := range []string{"2025-07-31", "2025-10-31"} {
		must(t, deliverUpTo(made, filepath.Join(dir, "inbox"), day))
		_, err := in.ingest(t.Context(), db, nil)
		must(t, err)
		folder, err := in.release(t.Context(), db)
		must(t, err)
		folders = append(folders, folder)
	}
	must(t, db.Close())
	var said bytes.Buffer
	if err := in.reproduce(t.Context(), &said, filepath.Base(folders[1])); err != nil || !strings.Contains(said.String(), "the same bytes") {
		t.Errorf("the second release made again from the archive and the ledger: %v %s", err, &said)
	}
	before, err = release.Open(folders[0])
	must(t, err)
	after, err = release.Open(folders[1])
	must(t, err)
	return before, after
}
