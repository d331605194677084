package witness

import (
	"context"
	"reflect"
	"testing"

	"osservatorio/queries/disclosure/linked"
	"osservatorio/queries/disclosure/linkedtest"
	"osservatorio/queries/disclosure/verify"
)

// protect hides, and holds the result against the verifier.
func protect(t testing.TB, f *linked.Family, o Options) linked.Pattern {
	t.Helper()
	p, err := Protect(context.Background(), f, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := verify.Pattern(f, p); err != nil {
		t.Error(err)
	}
	return p
}

func TestInstancesOfOthersAreSafeForNotMuchMoreThanTheyHid(t *testing.T) {
	instances, err := linkedtest.Instances(linkedtest.Shared(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range instances {
		p := protect(t, one.Family, Options{})
		if len(p.Exposed) > 0 {
			t.Errorf("%s: %d cells without a witness", one.Name, len(p.Exposed))
		}
		ours := linkedtest.Count(p.Hidden)
		for _, peer := range one.Peers {
			if !peer.Stated {
				continue
			}
			t.Logf("%-34s %3d hidden, %s %3d", one.Name, ours, peer.Name, peer.Count())
			if 10*ours > 16*peer.Count() {
				t.Errorf("%s: %d hidden, %s %d: expected 1.6 times at most", one.Name, ours, peer.Name, peer.Count())
			}
		}
	}
}

func TestSharedRegionLosesLittle(t *testing.T) {
	dir := linkedtest.Shared(t)
	for shape, most := range map[linkedtest.Shape]float64{linkedtest.TieredYear: 3} {
		f, err := linkedtest.Region(dir, shape, 3)
		if err != nil {
			t.Fatal(err)
		}
		p := protect(t, f, Options{})
		lost := 100 * float64(linkedtest.Count(p.Hidden)) / float64(linkedtest.Nonzero(f))
		t.Logf("%s: %d hidden, %.2f %% of nonzero", shape, linkedtest.Count(p.Hidden), lost)
		if lost > most || len(p.Exposed) > 0 {
			t.Errorf("%s: %.2f %% hidden, %d without a witness: expected %.0f %% at most and none", shape, lost, len(p.Exposed), most)
		}
	}
}

func TestSameFamilyAndSaltGiveTheSamePattern(t *testing.T) {
	for seed := uint64(0); seed < 40; seed++ {
		f := linkedtest.Random(seed, 60)
		one, err := Protect(context.Background(), f, Options{Salt: "a"})
		if err != nil {
			t.Fatal(err)
		}
		two, err := Protect(context.Background(), f, Options{Salt: "a"})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(one, two) {
			t.Fatalf("seed %d: two patterns", seed)
		}
	}
}
