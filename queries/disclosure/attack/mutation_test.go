package attack

import (
	"testing"

	"osservatorio/queries/disclosure/attack/attacktest"
	"osservatorio/queries/disclosure/linked"
	"osservatorio/queries/disclosure/linkedtest"
)

// breached says whether the attacker finds a sensitive cell, be it that it
// stands.
func breached(t *testing.T, f *linked.Family, hidden []bool) bool {
	t.Helper()
	r, err := Exact(t.Context(), f, f.Known(hidden))
	if err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return len(r.Breaches())+len(r.Shown) > 0
}

// Safety is told by brute force here, not by the attacker that is tried. What it
// misses follows only from signs in several equations at once; the interval
// attacker finds it.
func TestPublishingAHiddenCellOfATightPatternIsFoundInNineOfTenCases(t *testing.T) {
	patterns, mutations, found := 0, 0, 0
	for seed := uint64(1); seed <= 150; seed++ {
		f := linkedtest.Random(seed, 12)
		hidden := attacktest.Tight(f, attacktest.Half(f, seed))
		if hidden == nil {
			continue
		}
		if breached(t, f, hidden) {
			t.Fatalf("%s: a safe pattern is called breached", f.Name)
		}
		patterns++
		for r := range hidden {
			if !hidden[r] || attacktest.ShowsSensitive(f, f.Rows[r]) {
				continue // to find a sensitive cell that stands is no feat
			}
			mutations++
			hidden[r] = false
			if breached(t, f, hidden) {
				found++
			}
			hidden[r] = true
		}
	}
	if patterns < 10 || mutations < 20 {
		t.Errorf("%d patterns and %d mutations: 10 and 20 expected, else this shows nothing", patterns, mutations)
	}
	if found*10 < mutations*9 {
		t.Errorf("%d of %d mutations found: nine of ten expected", found, mutations)
	}
	t.Logf("%d tight patterns, %d of %d mutations found", patterns, found, mutations)
}

// A cell that one release hides and the other does not ask for follows from both.
func TestTwoReleasesTogetherTellWhatEachOfThemHides(t *testing.T) {
	region := linked.Dim{Name: "region", Nodes: []linked.Node{
		{Code: "Total", Leaves: []int32{0, 1, 2}}, {Code: "a", Leaves: []int32{0}}, {Code: "b", Leaves: []int32{1}}, {Code: "c", Leaves: []int32{2}},
		{Code: "b and c", Leaves: []int32{1, 2}},
	}}
	f := &linked.Family{Name: "two releases", Dims: []linked.Dim{region}}
	for node, n := range []int64{12, 2, 4, 6, 10} {
		c := linked.Cell{At: []int32{int32(node)}, N: n, Least: 1}
		if n < 3 {
			c.Need = 3
		}
		f.Cells = append(f.Cells, c)
	}
	first, second := []bool{true, false, false, true, false}, []bool{false, false, false, false, true}
	both := make([]bool, len(first))
	for i := range both {
		both[i] = first[i] || second[i]
	}
	for name, c := range map[string]struct {
		known    []bool
		breaches int
	}{"the first": {first, 0}, "the second": {second, 0}, "both": {both, 1}} {
		r, err := Exact(t.Context(), f, c.known)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Breaches()) != c.breaches {
			t.Errorf("%s: %v: %d breaches expected", name, r.Breaches(), c.breaches)
		}
	}
}

func TestAFamilyThatCannotBeIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*linked.Family){
		"a sum that differs from its parts":       func(f *linked.Family) { f.Cells[0].N++ },
		"one sum with two values":                 func(f *linked.Family) { f.Cells = append(f.Cells, f.Cells[0]); f.Cells[3].N++ },
		"a count below zero":                      func(f *linked.Family) { f.Cells[1].N = -1 },
		"a cell with a code too few":              func(f *linked.Family) { f.Cells[1].At = nil },
		"a cell with a code that is none":         func(f *linked.Family) { f.Cells[1].At = []int32{7} },
		"a code without finest codes":             func(f *linked.Family) { f.Dims[0].Nodes[1].Leaves = nil },
		"a tree that is not over the same leaves": func(f *linked.Family) { f.Dims[0].Nodes[1].Leaves = []int32{5} },
		"a total that is none":                    func(f *linked.Family) { f.Dims[0].Total = 9 },
	} {
		f := &linked.Family{Name: "spoilt", Dims: []linked.Dim{flat("region", "a", "b")}}
		for node, n := range []int64{5, 2, 3} {
			f.Cells = append(f.Cells, linked.Cell{At: []int32{int32(node)}, N: n})
		}
		spoil(f)
		known := make([]bool, len(f.Cells))
		for i := range known {
			known[i] = true
		}
		if _, err := Exact(t.Context(), f, known); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	f := linkedtest.Random(1, 12)
	if _, err := Exact(t.Context(), f, nil); err == nil {
		t.Error("known cells that are not by cell: no error")
	}
}
