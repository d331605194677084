package witness

import (
	"context"
	"fmt"
	"testing"

	"osservatorio/queries/disclosure/linked"
	"osservatorio/queries/disclosure/linkedtest"
	"osservatorio/queries/disclosure/verify"
)

// The three shapes on invented counts: time and memory of a run, and what it
// costs in cells.
func BenchmarkProtect(b *testing.B) {
	for _, shape := range []linkedtest.Shape{linkedtest.TieredYear, linkedtest.LinkedQuarters, linkedtest.FullYear} {
		f := linkedtest.Made(shape, 3, 1)
		b.Run(string(shape), func(b *testing.B) { benchmark(b, f) })
	}
}

// Small families of several tables, as a release has by the thousand.
func BenchmarkProtectManySmallFamilies(b *testing.B) {
	var families []*linked.Family
	for seed := range uint64(20) {
		families = append(families, linkedtest.Outcomes(seed, 5000))
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, f := range families {
			if _, err := Protect(context.Background(), f, Options{}); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(families)), "µs/family")
}

func benchmark(b *testing.B, f *linked.Family) {
	b.ReportAllocs()
	var p linked.Pattern
	for b.Loop() {
		var err error
		if p, err = Protect(context.Background(), f, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(100*float64(linkedtest.Count(p.Hidden))/float64(linkedtest.Nonzero(f)), "%hidden")
	b.ReportMetric(float64(len(p.Exposed)), "exposed")
}

func BenchmarkVerify(b *testing.B) {
	for _, shape := range []linkedtest.Shape{linkedtest.TieredYear, linkedtest.LinkedQuarters, linkedtest.FullYear} {
		f := linkedtest.Made(shape, 3, 1)
		p, err := Protect(context.Background(), f, Options{Passes: 1})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(shape), func(b *testing.B) {
			for b.Loop() {
				if err := verify.Pattern(f, p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
