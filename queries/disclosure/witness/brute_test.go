package witness

import (
	"slices"

	"osservatorio/queries/disclosure/linked"
)

// brute looks through the nonnegative integer tables of all variables of a small
// family for one in which the known cells are as they are, every other is at
// least what everybody knows, and one cell holds what is needed. It gives up
// after many steps.
type brute struct {
	values []int64
	most   []int64
	sums   []constraint
	over   [][]int // by place: constraints that hold it
	left   int
}

type constraint struct {
	low, high int64 // high < 0: no limit
	sum       int64
	open      int // places not yet settled
}

func newBrute(f *linked.Family, known []bool, cell int32, steps int) *brute {
	b := &brute{left: steps}
	at := [][]int32{nil}
	for _, d := range f.Dims {
		var longer [][]int32
		for _, a := range at {
			for _, leaf := range d.Nodes[d.Total].Leaves {
				longer = append(longer, append(slices.Clone(a), leaf))
			}
		}
		at = longer
	}
	b.values, b.most, b.over = make([]int64, len(at)), make([]int64, len(at)), make([][]int, len(at))
	for i := range b.most {
		b.most[i] = 12
	}
	for c := range f.Cells {
		low, high := f.Cells[c].Least, int64(-1)
		if known[c] {
			low, high = f.Cells[c].N, f.Cells[c].N
		}
		if int32(c) == cell {
			low = max(low, f.Cells[c].Need)
		}
		if low <= 0 && high < 0 {
			continue
		}
		one := constraint{low: low, high: high}
		for p, leaves := range at {
			inside := true
			for d, n := range f.Cells[c].At {
				inside = inside && slices.Contains(f.Dims[d].Nodes[n].Leaves, leaves[d])
			}
			if inside {
				one.open++
				b.over[p] = append(b.over[p], len(b.sums))
				if high >= 0 {
					b.most[p] = min(b.most[p], high)
				}
			}
		}
		b.sums = append(b.sums, one)
	}
	return b
}

func (b *brute) possible(p int) bool {
	if p == len(b.values) {
		return true
	}
	b.left--
	if b.left < 0 {
		return false
	}
	for v := int64(0); v <= b.most[p]; v++ {
		ok := true
		for _, s := range b.over[p] {
			one := &b.sums[s]
			one.sum += v
			one.open--
			ok = ok && (one.high < 0 || one.sum <= one.high) && (one.open > 0 || one.sum >= one.low)
		}
		ok = ok && b.possible(p+1)
		for _, s := range b.over[p] {
			b.sums[s].sum -= v
			b.sums[s].open++
		}
		if ok {
			return true
		}
	}
	return false
}
