package disclosure

import "testing"

// Of those who answered a all but two answered b, in one district and quarter.
// Who are a and not b are a secret; a and b, each shown by a line of its own,
// would tell them though c, which is b of a, is hidden.
func TestARateIsNotReadOffTheLinesOfItsParts(t *testing.T) {
	s := small(t, "-- population: asked\n-- answers: b within a; c = b of a\n", asIs)
	_, err := s.db.Exec(`
		INSERT INTO raw.cells SELECT * REPLACE ('b' AS measure,
		  greatest(0, numerator - CASE WHEN geo = 'D4' AND period = '2025-Q3' THEN 2 ELSE 10 END) AS numerator)
		FROM raw.cells WHERE sex = '_T' AND geo_level = 'district';
		INSERT INTO raw.cells SELECT b.* REPLACE ('c' AS measure, a.numerator AS denominator)
		FROM raw.cells b JOIN raw.cells a USING (geo, period, sex) WHERE b.measure = 'b' AND a.measure = 'a'`)
	if err != nil {
		t.Fatal(err)
	}
	c := protected(t, s)
	if _, err := c.gate(t.Context()); err != nil {
		t.Fatalf("as protected: %v", err)
	}
	shown := map[string]bool{}
	for i := range c.views[0].lines {
		l := &c.views[0].lines[i]
		if c.geo.codes[l.geo] == "D4" && l.period == "2025-Q3" {
			shown[l.measure] = !l.hidden
		}
	}
	if len(shown) != 3 || shown["c"] {
		t.Fatalf("shown of the two: got %v, want c hidden for itself", shown)
	}
	if shown["a"] && shown["b"] {
		t.Error("a and b are shown: who is a and not b follows")
	}
}
