package witness

import (
	"slices"
	"testing"

	"osservatorio/queries/disclosure/linked"
	"osservatorio/queries/disclosure/linkedtest"
)

// widened adds variables that no table crosses.
func widened(f *linked.Family, by int) *linked.Family {
	out := *f
	out.Dims = slices.Clone(f.Dims)
	for range by {
		out.Dims = append(out.Dims, linked.Dim{Name: "idle", Nodes: []linked.Node{{Code: "T", Leaves: []int32{0}}}})
	}
	out.Cells = slices.Clone(f.Cells)
	for i := range out.Cells {
		out.Cells[i].At = append(slices.Clone(f.Cells[i].At), make([]int32, by)...)
	}
	return &out
}

func TestVariablesThatNothingCrossesChangeNothing(t *testing.T) {
	f := linkedtest.Outcomes(1, 3000)
	narrow, wide := protect(t, f, Options{Salt: "a"}), protect(t, widened(f, most-len(f.Dims)), Options{Salt: "a"})
	if !slices.Equal(narrow.Hidden, wide.Hidden) {
		t.Error("two patterns")
	}
}

func TestOneWitnessGuardsSeveralCells(t *testing.T) {
	p := protect(t, linkedtest.Outcomes(300, 300), Options{})
	states := map[*linked.Change]bool{}
	for _, w := range p.Witnesses {
		states[&w.Changes[0]] = true
	}
	t.Logf("%d witnesses, %d different states", len(p.Witnesses), len(states))
	if 3*len(states) > 2*len(p.Witnesses) {
		t.Errorf("%d different states for %d witnesses: expected two thirds at most", len(states), len(p.Witnesses))
	}
}
