package attack

import (
	"slices"
	"testing"

	"osservatorio/queries/disclosure/linked"
)

// halves is one territory of two districts.
func halves() *linked.Family {
	return &linked.Family{
		Name: "halves",
		Dims: []linked.Dim{{Name: "geo", Total: 2, Nodes: []linked.Node{
			{Code: "D1", Leaves: []int32{0}}, {Code: "D2", Leaves: []int32{1}}, {Code: "_T", Leaves: []int32{0, 1}},
		}}},
		Cells: []linked.Cell{{At: []int32{0}, N: 10}, {At: []int32{1}, N: 20}, {At: []int32{2}, N: 30}},
	}
}

func TestARevisionFollowsFromThoseAroundIt(t *testing.T) {
	found, err := Differences(t.Context(), halves(), []int64{4, 0, 5}, []bool{true, false, true})
	if err != nil || !slices.Equal(found, []Difference{{Cell: 1, By: 1}}) {
		t.Errorf("got %v (%v), want that one more came into the second district", found, err)
	}
}

func TestANegativeRevisionFollowsToo(t *testing.T) {
	found, err := Differences(t.Context(), halves(), []int64{4, -3, 0}, []bool{true, true, false})
	if err != nil || !slices.Equal(found, []Difference{{Cell: 2, By: 1}}) {
		t.Errorf("got %v (%v), want that the whole grew by one", found, err)
	}
}

func TestATotalThatStandsSaysNothingOfItsParts(t *testing.T) {
	found, err := Differences(t.Context(), halves(), []int64{0, 0, 0}, []bool{false, false, true})
	if err != nil || len(found) > 0 {
		t.Errorf("got %v (%v): one may have come as another went", found, err)
	}
}
