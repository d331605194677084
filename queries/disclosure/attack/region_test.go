package attack

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"osservatorio/queries/disclosure/linked"
	"osservatorio/queries/disclosure/linkedtest"
)

// swapped hides for each sensitive cell a box around it: by variable the cell's
// node or another one of its size, so that no total over any variable changes.
// It is no good pattern: it only has the shape of one.
func swapped(f *linked.Family, seed uint64) []bool {
	rng := rand.New(rand.NewPCG(seed, seed))
	at := map[string]int{}
	for i, c := range f.Cells {
		at[fmt.Sprint(c.At)] = i
	}
	parent := make([][]int, len(f.Dims))
	for d, dim := range f.Dims {
		for n := range dim.Nodes {
			parent[d] = append(parent[d], smallestAbove(dim, n))
		}
	}
	hidden := make([]bool, len(f.Cells))
	for i, c := range f.Cells {
		if c.Need == 0 {
			continue
		}
		hidden[i] = true
		other := make([]int32, len(c.At))
		for try := 0; try < 200; try++ {
			for d, n := range c.At {
				other[d] = n
				if n != f.Dims[d].Total {
					for {
						other[d] = int32(rng.IntN(len(f.Dims[d].Nodes)))
						if other[d] != n && parent[d][other[d]] == parent[d][n] {
							break
						}
					}
				}
			}
			box := corners(c.At, other)
			full := true
			for _, corner := range box {
				j, ok := at[fmt.Sprint(corner)]
				full = full && ok && f.Cells[j].N > 0
			}
			if !full {
				continue
			}
			for _, corner := range box {
				hidden[at[fmt.Sprint(corner)]] = true
			}
			break
		}
	}
	return hidden
}

func smallestAbove(dim linked.Dim, n int) int {
	best := -1
	for p, node := range dim.Nodes {
		if p == n || len(node.Leaves) <= len(dim.Nodes[n].Leaves) || !inLeaves(dim.Nodes[n].Leaves[0], node.Leaves) {
			continue
		}
		if best < 0 || len(node.Leaves) < len(dim.Nodes[best].Leaves) {
			best = p
		}
	}
	return best
}

func inLeaves(leaf int32, leaves []int32) bool {
	for _, l := range leaves {
		if l == leaf {
			return true
		}
	}
	return false
}

func corners(a, b []int32) [][]int32 {
	all := [][]int32{nil}
	for d := range a {
		var next [][]int32
		for _, c := range all {
			next = append(next, append(append([]int32(nil), c...), a[d]))
			if a[d] != b[d] {
				next = append(next, append(append([]int32(nil), c...), b[d]))
			}
		}
		all = next
	}
	return all
}

// processor is the time that this process has used, in seconds: others may be
// at work on the machine.
func processor(b *testing.B) float64 {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
}

// BenchmarkExact attacks the three shapes of the synthetic region, with boxes
// around every sensitive cell hidden.
func BenchmarkExact(b *testing.B) {
	dir := linkedtest.Shared(b)
	for _, shape := range []linkedtest.Shape{linkedtest.TieredYear, linkedtest.LinkedQuarters, linkedtest.FullYear} {
		b.Run(string(shape), func(b *testing.B) {
			f, err := linkedtest.Region(dir, shape, 3)
			if err != nil {
				b.Fatal(err)
			}
			hidden := swapped(f, 1)
			known := make([]bool, len(f.Cells))
			for i := range known {
				known[i] = !hidden[i]
			}
			b.ReportAllocs()
			before, runs := processor(b), 0
			for b.Loop() {
				runs++
				r, err := Exact(b.Context(), f, known)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(r.Unknowns), "unknowns")
				b.ReportMetric(float64(r.Equations), "equations")
				b.ReportMetric(float64(len(r.Determined)), "determined")
			}
			b.ReportMetric((processor(b)-before)/float64(runs), "processor-s/op")
		})
	}
}
