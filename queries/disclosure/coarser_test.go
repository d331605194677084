package disclosure

import "testing"

// A search that may take no steps gives up all detail, and what is left passes
// the gate: nothing is published without a witness.
func TestASearchCutShortPublishesLess(t *testing.T) {
	s := small(t, "", asIs)
	hidden := map[int64]int64{}
	for _, steps := range []int64{0, 1} {
		report, err := Protect(t.Context(), s.db, s.plan, Policy{Together: true, Steps: steps})
		if err != nil {
			t.Fatalf("%d steps: %v", steps, err)
		}
		hidden[steps] = report.Views[0].ByStatus["Q"]
		if gave := report.Gate.TooLong > 0; gave != (steps == 1) {
			t.Errorf("%d steps: tiers given up: got %d", steps, report.Gate.TooLong)
		}
	}
	if hidden[1] <= hidden[0] {
		t.Errorf("hidden: got %d of a search cut short and %d of a whole one, want more", hidden[1], hidden[0])
	}
}
