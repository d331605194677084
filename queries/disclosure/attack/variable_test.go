package attack

import (
	"strconv"
	"testing"

	"osservatorio/queries/disclosure/linked"
)

// territory is a region with provinces, health areas across them, districts and
// communes.
func territory(communes int) linked.Dim {
	d := linked.Dim{Name: "territory", Nodes: []linked.Node{{Code: "region"}}}
	groups := []struct {
		name string
		size int
	}{{"province", 36}, {"health area", 28}, {"district", 9}, {"commune", 1}}
	at := map[string]int{}
	for leaf := range communes {
		d.Nodes[0].Leaves = append(d.Nodes[0].Leaves, int32(leaf))
		for _, g := range groups {
			code := g.name + " " + strconv.Itoa(leaf/g.size)
			if _, ok := at[code]; !ok {
				at[code] = len(d.Nodes)
				d.Nodes = append(d.Nodes, linked.Node{Code: code})
			}
			d.Nodes[at[code]].Leaves = append(d.Nodes[at[code]].Leaves, int32(leaf))
		}
	}
	return d
}

func TestEveryRelationBetweenCodesIsEmptyAndLeavesAsManyAsThereAreFinestCodes(t *testing.T) {
	v, err := readVariable(territory(324))
	if err != nil {
		t.Fatal(err)
	}
	free := 0
	for s, r := range v.derive {
		if r == nil {
			free++
			continue
		}
		if !v.empty(r) {
			t.Errorf("set %d: %v counts a finest code", s, r)
		}
		own := false
		for _, w := range r {
			own = own || w.set == int32(s)
			if w.set > int32(s) {
				t.Errorf("set %d follows from set %d, which comes later", s, w.set)
			}
		}
		if !own {
			t.Errorf("set %d does not stand in its own relation", s)
		}
	}
	if free != 324 {
		t.Errorf("%d sets are independent: one for each of 324 finest codes expected", free)
	}
}

// Three pairs of three codes: no code parts another, and still each finest code
// follows, by halves.
func TestCodesThatOverlapAreRelatedByWholeWeights(t *testing.T) {
	v, err := readVariable(linked.Dim{Name: "overlapping", Nodes: []linked.Node{
		{Code: "all", Leaves: []int32{0, 1, 2, 3}}, {Code: "01", Leaves: []int32{0, 1}}, {Code: "12", Leaves: []int32{1, 2}}, {Code: "02", Leaves: []int32{0, 2}}, {Code: "0", Leaves: []int32{0}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	r := v.derive[v.set[4]]
	if !v.empty(r) || len(r) != 4 {
		t.Errorf("%v: twice the code in terms of three pairs expected", r)
	}
}

func BenchmarkReadVariable(b *testing.B) {
	d := territory(324)
	for b.Loop() {
		if _, err := readVariable(d); err != nil {
			b.Fatal(err)
		}
	}
}
