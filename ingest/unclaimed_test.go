package ingest

import (
	"fmt"
	"testing"
)

func TestAFileThatNoSourceTakesIsNamed(t *testing.T) {
	h := newHouse(t, placements)
	h.put(goodName, many(2))
	h.put("placement_2026-Q3_2026-10-15.csv", many(3))    // a letter is missing
	h.put("placements_2026-Q5_2026-10-15.csv", many(4))   // ours, and refused
	h.put("placements_2026-Q3_2026-10-16.xlsx", "PK\x03") // no table
	h.put("readme.md", "not a delivery")
	r, err := h.run()
	if err == nil {
		t.Error("a quarter that is none was taken")
	}
	if got := fmt.Sprint(r.Unclaimed); got != "[placement_2026-Q3_2026-10-15.csv placements_2026-Q3_2026-10-16.xlsx]" {
		t.Errorf("unclaimed: %s", got)
	}
	if r.Count(Loaded) != 1 {
		t.Errorf("%+v", r)
	}
}
