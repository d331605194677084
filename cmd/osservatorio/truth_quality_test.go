package main

import "testing"

// compareQuality holds the counts of rows that do not fit to the generator's
// own: those that it counts, each above zero somewhere.
func (g *generated) compareQuality(t *testing.T) {
	got := map[string]int{}
	g.read(t, "FROM marts.quality", func(r record) { got[r["reason"]] = r.number(t, "cases") })
	above := 0
	for reason, want := range g.truth.Quality {
		if n, counted := got[reason]; !counted || n != want {
			t.Errorf("%s: got %d (counted: %v), want %d", reason, n, counted, want)
		}
		if want > 0 {
			above++
		}
	}
	if above < 8 {
		t.Errorf("only %d kinds of flaws above zero: want 8 or more of %v", above, g.truth.Quality)
	}
}
