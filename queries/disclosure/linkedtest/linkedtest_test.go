package linkedtest

import (
	"reflect"
	"testing"

	"osservatorio/queries/disclosure/linked"
)

func TestShapesHoldTheCellsTheyAreKnownFor(t *testing.T) {
	for shape, want := range map[Shape]int{FullYear: 49248, LinkedQuarters: 75760, TieredYear: 48136} {
		f := Made(shape, 3, 1)
		if len(f.Cells) != want || len(f.Rows) != want {
			t.Errorf("%s: %d cells, %d rows, want %d", shape, len(f.Cells), len(f.Rows), want)
		}
	}
}

func TestSharedRegionHasTheMeasuredPrimaries(t *testing.T) {
	dir := Shared(t)
	for shape, want := range map[Shape]int{FullYear: 1918, LinkedQuarters: 925, TieredYear: 48} {
		f, err := Region(dir, shape, 3)
		if err != nil {
			t.Fatal(err)
		}
		if got := sensitive(f); got != want {
			t.Errorf("%s: %d primaries, want %d", shape, got, want)
		}
	}
}

func TestPrimariesOfInstancesAreThoseTheirSourcesState(t *testing.T) {
	instances, err := Instances(Shared(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range instances {
		for c, cell := range one.Family.Cells {
			if (cell.Need > 0) != one.Primary[c] {
				t.Errorf("%s: cell %v: N %d, need %d, source says %v", one.Name, cell.At, cell.N, cell.Need, one.Primary[c])
			}
		}
		for _, p := range one.Peers {
			t.Logf("%-28s %4d cells %3d primary, %s hides %d", one.Name, len(one.Family.Cells), sensitive(one.Family), p.Name, p.Count())
		}
	}
}

func TestRandomFamilyIsTheSameForTheSameSeed(t *testing.T) {
	tables, rates := 0, 0
	for seed := uint64(0); seed < 200; seed++ {
		f := Random(seed, 12)
		if !reflect.DeepEqual(f, Random(seed, 12)) {
			t.Fatalf("seed %d: two families", seed)
		}
		if len(f.Tables) > 1 {
			tables++
		}
		for _, r := range f.Rows {
			if len(r.Cells) == 3 {
				rates++
				break
			}
		}
	}
	if tables < 5 || rates < 5 {
		t.Errorf("of 200 families %d have several tables, %d rates", tables, rates)
	}
}

func sensitive(f *linked.Family) int {
	n := 0
	for _, c := range f.Cells {
		if c.Need > 0 {
			n++
		}
	}
	return n
}
