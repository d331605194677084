package attack

import (
	"testing"

	"osservatorio/queries/disclosure/linked"
	"osservatorio/queries/disclosure/linkedtest"
)

// attacked is a family with what the attacker of a peer's pattern knows of
// hidden cells.
func attacked(f *linked.Family, p linkedtest.Peer) (*linked.Family, []bool) {
	same := *f
	same.Cells = append([]linked.Cell(nil), f.Cells...)
	for i := range same.Cells {
		same.Cells[i].Least = p.Least
	}
	return &same, f.Known(p.Hidden)
}

func instances(t *testing.T) []linkedtest.Instance {
	t.Helper()
	all, err := linkedtest.Instances(linkedtest.Shared(t))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryCellThatASourceCallsDeterminedIsFound(t *testing.T) {
	stated := 0
	for _, instance := range instances(t) {
		for _, p := range instance.Peers {
			f, known := attacked(instance.Family, p)
			r, err := Exact(t.Context(), f, known)
			if err != nil {
				t.Fatalf("%s, %s: %v", instance.Name, p.Name, err)
			}
			found := map[int32]Found{}
			for _, d := range r.Determined {
				found[d.Cell] = d
			}
			t.Logf("%s, %s: %d unknowns, %d equations, %d determined, %d known to be small", instance.Name, p.Name, r.Unknowns, r.Equations, len(r.Determined), len(r.Small))
			for _, b := range p.Bounds {
				d, ok := found[b.Cell]
				if b.Low == b.High && f.Cells[b.Cell].N > 0 {
					stated++
					if !ok || d.Low != b.Low {
						t.Errorf("%s, %s: %s: stated to be %d, found %v", instance.Name, p.Name, Name(f, b.Cell), b.Low, d)
					}
				} else if ok && b.Low != b.High {
					t.Errorf("%s, %s: %s: stated to be between %d and %d, found to be %d", instance.Name, p.Name, Name(f, b.Cell), b.Low, b.High, d.Low)
				}
			}
		}
	}
	if stated < 10 {
		t.Errorf("%d cells stated to be determined: 10 or more expected", stated)
	}
}

// Each of two trees over eight regions is safe; both together are not.
func TestTwoTreesOverOneVariableAreSafeAloneAndNotTogether(t *testing.T) {
	for _, instance := range instances(t) {
		if instance.Name != "sdctable-linked-8-regions" {
			continue
		}
		f, known := attacked(instance.Family, instance.Peers[0])
		for _, c := range []struct {
			without  []string
			breaches int
		}{{[]string{"small", "BIG"}, 0}, {[]string{"county-1", "county-2"}, 0}, {nil, 1}} {
			some := append([]bool(nil), known...)
			for _, code := range c.without {
				some[linkedtest.Find(f, code)] = false
			}
			r, err := Exact(t.Context(), f, some)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Breaches()) != c.breaches {
				t.Errorf("without %v: %v: %d breaches expected", c.without, r.Breaches(), c.breaches)
			}
		}
		return
	}
	t.Error("the instance is not there")
}
