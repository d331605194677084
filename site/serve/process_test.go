package serve

import "testing"

// One processor of several is left to others; the only one is not.
func TestAServerLeavesOneProcessorToOthers(t *testing.T) {
	for there, want := range map[int]int{1: 1, 2: 1, 3: 2, 16: 15} {
		if got := processors(there); got != want {
			t.Errorf("%d processors there: %d serve, want %d", there, got, want)
		}
	}
}
