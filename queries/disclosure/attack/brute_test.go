package attack

import (
	"testing"

	"osservatorio/queries/disclosure/attack/attacktest"
	"osservatorio/queries/disclosure/linkedtest"
)

func TestACellIsLinearExactlyIfItIsACombinationOfWhatStands(t *testing.T) {
	linear := 0
	for seed := uint64(1); seed <= 300; seed++ {
		f := linkedtest.Random(seed, 24)
		known := attacktest.SomeHidden(f, seed)
		r, err := Exact(t.Context(), f, known)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		found := map[int32]bool{}
		for _, d := range r.Determined {
			found[d.Cell] = d.Linear
		}
		for i, spanned := range attacktest.Of(f, known).Spanned(known) {
			if known[i] || f.Cells[i].N == 0 && f.Cells[i].Need == 0 {
				continue
			}
			if spanned != found[int32(i)] {
				t.Fatalf("%s: %s: is a combination: %v, found so: %v", f.Name, Name(f, int32(i)), spanned, found[int32(i)])
			}
			if spanned {
				linear++
			}
		}
	}
	if linear < 150 {
		t.Fatalf("only %d cells followed by subtraction: 150 expected, else this shows nothing", linear)
	}
}

func TestEveryTableOfWholeNumbersKeepsWithinWhatTheAttackerFinds(t *testing.T) {
	compared, bounded := 0, 0
	for seed := uint64(1); seed <= 120; seed++ {
		f := linkedtest.Random(seed, 12)
		known := attacktest.SomeHidden(f, seed)
		r, err := Exact(t.Context(), f, known)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		s := attacktest.Of(f, known)
		low, high, ok := s.Tables(f, known, 8)
		if !ok {
			continue
		}
		compared++
		for _, d := range append(r.Determined, r.Small...) {
			if low[d.Cell] < d.Low || high[d.Cell] > d.High {
				t.Fatalf("%s: %s: a table holds %d to %d, the attacker says %d to %d", f.Name, Name(f, d.Cell), low[d.Cell], high[d.Cell], d.Low, d.High)
			}
			if !d.Linear {
				bounded++
			}
		}
	}
	if compared < 50 || bounded < 10 {
		t.Fatalf("%d families compared and %d cells by bounds: 50 and 10 expected, else this shows nothing", compared, bounded)
	}
}
