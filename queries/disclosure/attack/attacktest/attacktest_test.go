package attacktest

import (
	"testing"

	"osservatorio/queries/disclosure/linked"
)

// Two by two with all sums shown: 4 and 3, 2 and 1. One count moves all others,
// so the first is from 3 to 6, and none follows by subtraction.
func TestBruteForceKnowsATableWorkedOutByHand(t *testing.T) {
	code := func(name string) linked.Dim {
		return linked.Dim{Name: name, Nodes: []linked.Node{{Code: "Total", Leaves: []int32{0, 1}}, {Code: "1", Leaves: []int32{0}}, {Code: "2", Leaves: []int32{1}}}}
	}
	f := &linked.Family{Name: "by hand", Dims: []linked.Dim{code("row"), code("column")}}
	var known []bool
	for row, counts := range [][]int64{{10, 6, 4}, {7, 4, 3}, {3, 2, 1}} {
		for column, n := range counts {
			f.Cells = append(f.Cells, linked.Cell{At: []int32{int32(row), int32(column)}, N: n})
			known = append(known, row == 0 || column == 0)
		}
	}
	s := Of(f, known)
	low, high, ok := s.Tables(f, known, 8)
	if !ok {
		t.Fatal("too many tables of two by two")
	}
	for cell, want := range map[int][2]int64{4: {3, 6}, 5: {1, 4}, 7: {0, 3}, 8: {0, 3}, 0: {10, 10}} {
		if low[cell] != want[0] || high[cell] != want[1] {
			t.Errorf("cell %d: %d to %d: %v expected", cell, low[cell], high[cell], want)
		}
	}
	for cell, spanned := range s.Spanned(known) {
		if spanned != known[cell] {
			t.Errorf("cell %d: follows by subtraction: %v, stands: %v", cell, spanned, known[cell])
		}
	}
	known[4] = true
	for cell, spanned := range Of(f, known).Spanned(known) {
		if !spanned {
			t.Errorf("cell %d does not follow from the first", cell)
		}
	}
}
