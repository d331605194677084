package disclosure

import (
	"fmt"
	"testing"
)

// twins is the small region with a second answer among the first, told of
// three districts. In the first quarter it is less by a number.
func twins(t *testing.T, less int) set {
	t.Helper()
	s := small(t, "-- population: asked\n-- answers: b within a\n", nearlyAll)
	_, err := s.db.Exec(fmt.Sprintf(`
		INSERT INTO raw.cells SELECT * REPLACE ('b' AS measure, numerator - CASE WHEN period = '2025-Q1' THEN %d ELSE 0 END AS numerator)
		FROM raw.cells WHERE sex = '_T' AND geo IN ('D1', 'D2', 'D3')`, less))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// nearlyAll makes all but two of many answer in the last district for half a
// year: those two are a secret, who was asked and who answered is none.
func nearlyAll(_, geo, period, sex string, n, d int) (int, int) {
	if geo != "D4" && geo != "P2" && geo != "R" || period >= "2025-Q3" {
		return n, d
	}
	if sex == "_T" {
		return n + 38, d + 40
	}
	return n + 19, d + 20
}

func TestACountIsNotReadOffAnotherThatIsTheSameEverywhere(t *testing.T) {
	c := protected(t, twins(t, 0))
	if _, err := c.gate(t.Context()); err != nil {
		t.Fatalf("as protected: %v", err)
	}
	shown := map[spot]map[string]bool{}
	for i := range c.views[0].lines {
		l := &c.views[0].lines[i]
		if shown[l.spot()] == nil {
			shown[l.spot()] = map[string]bool{}
		}
		shown[l.spot()][l.measure] = !l.hidden
	}
	for at, by := range shown {
		if b, told := by["b"]; told && b && !by["a"] {
			t.Errorf("%s in %s: hidden, and shown as another answer that is the same everywhere", c.geo.codes[at.geo], at.period)
		}
	}
}

func TestAnswersThatOftenDifferAreTwoCounts(t *testing.T) {
	for less, want := range []bool{true, false} {
		given := 0
		for _, f := range protected(t, twins(t, less)).families {
			for r := range f.all {
				if len(f.rows[r]) == 0 {
					given++
				}
			}
		}
		if (given > 1) != want { // one in any case: nobody is of the second and not of the first
			t.Errorf("second answer less by %d in a quarter of the places: %d places held to be known, want some: %v", less, given, want)
		}
	}
}

func TestOnlyTheReferenceSaysHowOftenTwinsMayDiffer(t *testing.T) {
	p := &population{pairs: []pair{{a: step{0, 0, 1}, b: step{1, 0, 1}}}}
	for i := range 100 {
		n := int64(10)
		if i < 5 {
			n = 9
		}
		l := &line{view: &masked{}, geo: int32(i), kind: "year", period: "2025"}
		p.entries = append(p.entries, entry{line: l, sums: []sum{
			{answers: []answer{{step: p.pairs[0].a}}, n: n}, {answers: []answer{{step: p.pairs[0].b}}, n: 10},
		}})
	}
	for percent, want := range map[float64]int{0: 0, 4: 0, 5: 1} {
		if p.findAlike(percent); len(p.alike) != want {
			t.Errorf("five of a hundred places differ, %v allowed: %d pairs are alike, want %d", percent, len(p.alike), want)
		}
	}
}
