package ingest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osservatorio/ingest/fetch/place"
)

const populationHeader = "comune,district,year,sex,age_band,persons\n"

func TestAFetchedDeliveryGoesTheWayOfOneInTheInbox(t *testing.T) {
	body, tag, stamp := populationHeader+"037006,,2025,F,15-24,7\n", `"1"`, "Thu, 15 Oct 2026 08:00:00 GMT"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", tag)
		w.Header().Set("Last-Modified", stamp)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, body)
	}))
	defer server.Close()
	h := newHouse(t, Source{Name: "population", Contract: "population", Period: "2025",
		Place: place.Place{URL: server.URL + "/d/export.csv", AllowHosts: []string{"127.0.0.1"}}})
	h.options.Spool = filepath.Join(t.TempDir(), "spool")
	h.options.Archive, h.options.ArchiveRecipient = filepath.Join(t.TempDir(), "archive"), ""
	var steps []string
	h.options.Progress = func(p Progress) { steps = append(steps, p.Step) }

	if r := h.mustRun(); r.Count(Loaded) != 1 || r.Loads[0].Outcome.Accepted != 1 || steps[0] != "fetch" {
		t.Fatalf("%+v %v", r, steps)
	}
	if got := h.text(`SELECT period, issued_at::DATE, file FROM ledger.deliveries`); got != "2025 2026-10-15 export.csv" {
		t.Error(got)
	}
	if kept, _ := filepath.Glob(filepath.Join(h.options.Archive, "population", "2025", "*-export.csv")); len(kept) != 1 {
		t.Errorf("archived: %v", kept)
	}
	if r := h.mustRun(); len(r.Loads) != 0 {
		t.Errorf("unchanged, and yet: %+v", r.Loads)
	}

	body, tag, stamp = "wrong\nheader\n", `"2"`, "Fri, 16 Oct 2026 08:00:00 GMT"
	spooled := filepath.Join(h.options.Spool, "population", "export.csv")
	for range 2 { // refused, and lying there still
		if r, err := h.run(); err == nil || r.Count(Refused) != 1 {
			t.Fatalf("%+v %v", r, err)
		}
		if _, err := os.Stat(spooled + reportSuffix); err != nil {
			t.Error(err)
		}
	}
	body, tag, stamp = populationHeader+"037006,,2025,F,15-24,8\n", `"3"`, "Sat, 17 Oct 2026 08:00:00 GMT"
	if r := h.mustRun(); r.Count(Loaded) != 1 {
		t.Fatalf("%+v", r)
	}
	for _, gone := range []string{spooled, spooled + reportSuffix} {
		if _, err := os.Stat(gone); err == nil {
			t.Errorf("%s lies there still", gone)
		}
	}
	server.Close()
	h.options.Sources[0].Place.URL = "ftp://nowhere/"
	if _, err := h.run(); err == nil || !strings.Contains(err.Error(), "load population: fetch") {
		t.Error(err)
	}
}

func TestASourceFolderGivenByHandIsReadInsteadOfThePlace(t *testing.T) {
	h := newHouse(t, Source{Name: "population", Contract: "population", Pattern: "{source}_{period}_{issued}.csv", Place: place.Place{URL: "https://unreachable.invalid/d.csv"}})
	h.options.KeepInbox = true
	h.put("population_2025_2026-01-15.csv", populationHeader+"037006,,2025,F,15-24,7\n")
	if r := h.mustRun(); r.Count(Loaded) != 1 {
		t.Errorf("%+v", r)
	}
}
