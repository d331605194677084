package ingest

import (
	"fmt"
	"strings"
	"testing"
)

func TestAFileThatNoSourceTakesIsNamed(t *testing.T) {
	h := newHouse(t, placements)
	h.put(goodName, many(2))
	h.put("placement_2026-Q3_2026-10-15.csv", many(3))    // a letter is missing
	h.put("placements_2026-Q5_2026-10-15.csv", many(4))   // ours, and refused
	h.put("placements_2026-Q3_2026-10-16.xlsx", "PK\x03") // no table
	h.put("readme.md", "not a delivery")
	h.put("placements_2026-Q2_2026-07-15.csv.manifest.json", "{}") // its file never came
	r, err := h.run()
	if err == nil {
		t.Error("a quarter that is none was taken")
	}
	if got := fmt.Sprint(r.Unclaimed); got != "[placement_2026-Q3_2026-10-15.csv placements_2026-Q2_2026-07-15.csv.manifest.json placements_2026-Q3_2026-10-16.xlsx]" {
		t.Errorf("unclaimed: %s", got)
	}
	if r.Count(Loaded) != 1 {
		t.Errorf("%+v", r)
	}
}

func TestOfAManifestThatCannotBeReadOneSourceTells(t *testing.T) {
	agreements := Source{Name: "agreements", Contract: "agreements", Pattern: "agreements_{period}_{issued}.csv", Synthetic: true}
	h := newHouse(t, placements, agreements)
	h.put(goodName, many(2))
	h.put(goodName+".manifest.json", `{"source": "placements", "period": "../../x", "issued_at": "2026-10-15"}`)
	r, err := h.run()
	if err == nil || strings.Contains(err.Error(), "agreements") || strings.Count(err.Error(), "../../x") != 1 {
		t.Errorf("error: %v", err)
	}
	if len(r.Unclaimed) != 0 {
		t.Errorf("unclaimed though refused: %v", r.Unclaimed)
	}
}

func TestADeliveryIssuedInTheFutureIsRefused(t *testing.T) {
	source := placements
	source.Synthetic = false
	h := newHouse(t, source)
	h.options.Archive = ""
	h.put("placements_2026-Q3_2031-10-15.csv", many(2)) // for 2021 or 2026: it would hold against every correction
	_, err := h.run()
	if err == nil || !strings.Contains(err.Error(), "yet to come") {
		t.Errorf("error: %v", err)
	}
	h.put("placements_2026-Q3_2026-11-23.csv", many(3)) // another time zone
	if r, _ := h.run(); r.Count(Loaded) != 1 {
		t.Errorf("%+v", r)
	}
}
