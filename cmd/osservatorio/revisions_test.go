package main

import (
	"bytes"
	"strings"
	"testing"

	"osservatorio/queries/disclosure"
)

// Two releases after a first one: of ten blocks released before, so many are
// held; with two, the choice of the design turns.
func TestOutcomesWaitWhereMoreThanATenthOfBlocksIsHeld(t *testing.T) {
	for held, want := range map[int]string{0: "as soon as they can be observed", 1: "as soon as they can be observed", 2: "outcomes_at_maturity = true"} {
		reports := []disclosure.Report{{},
			{Across: &disclosure.AcrossReport{Releases: 1, Blocks: []disclosure.BlockReport{{Population: "out_of_work", Blocks: 3, Moved: 2, Held: min(held, 1)}}}},
			{Across: &disclosure.AcrossReport{Releases: 2, Blocks: []disclosure.BlockReport{{Population: "out_of_work", Blocks: 7, Moved: 2, Held: held - min(held, 1)}}}}}
		var out bytes.Buffer
		must(t, (&app{stdout: &out}).printRevisions([]string{"2026-01-20", "2026-04-20", "2026-07-20"}, reports))
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if last := lines[len(lines)-1]; !strings.Contains(last, want) {
			t.Errorf("%d of 10 blocks held: got %q, want %q", held, last, want)
		}
		if !strings.Contains(out.String(), "all releases") {
			t.Errorf("no sum over all releases:\n%s", &out)
		}
	}
	var out bytes.Buffer
	must(t, (&app{stdout: &out}).printRevisions([]string{"2026-01-20"}, []disclosure.Report{{}}))
	if !strings.Contains(out.String(), "nothing was released twice") {
		t.Errorf("one release: %s", &out)
	}
}
