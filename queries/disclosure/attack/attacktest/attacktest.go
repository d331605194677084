// Package attacktest answers what can be known of a small family by brute
// force: rational elimination over every combination of finest codes, and all
// Tables of whole numbers. It shares nothing with the attackers and is there to
// be held against them.
package attacktest

import (
	"math/big"
	"math/rand/v2"

	"osservatorio/queries/disclosure/linked"
)

// Space is a family over its finest codes: every combination is a leaf, every
// cell a set of leaves. Nothing here is shared with the attacker.
type Space struct {
	leaves int
	cells  [][]int
	empty  []bool // by leaf: a shown zero covers it
}

// Of reads a family, of which known marks the cells that somebody sees.
func Of(f *linked.Family, known []bool) Space {
	s := Space{leaves: 1}
	for _, dim := range f.Dims {
		s.leaves *= len(dim.Nodes[dim.Total].Leaves)
	}
	s.empty = make([]bool, s.leaves)
	for i, c := range f.Cells {
		leaves := []int{0}
		for d, dim := range f.Dims {
			var next []int
			for _, l := range leaves {
				for _, code := range dim.Nodes[c.At[d]].Leaves {
					next = append(next, l*len(dim.Nodes[dim.Total].Leaves)+int(code))
				}
			}
			leaves = next
		}
		s.cells = append(s.cells, leaves)
		for _, l := range leaves {
			s.empty[l] = s.empty[l] || known[i] && c.N == 0
		}
	}
	return s
}

// Spanned says by cell whether it is a rational combination of what is shown.
func (s Space) Spanned(known []bool) []bool {
	var rows [][]*big.Rat
	vector := func(leaves ...int) []*big.Rat {
		v := make([]*big.Rat, s.leaves)
		for i := range v {
			v[i] = new(big.Rat)
		}
		for _, l := range leaves {
			if !s.empty[l] {
				v[l].SetInt64(1)
			}
		}
		return v
	}
	reduce := func(v []*big.Rat) int {
		for _, r := range rows {
			lead := leading(r)
			if v[lead].Sign() != 0 {
				f := new(big.Rat).Quo(v[lead], r[lead])
				for i := range v {
					v[i].Sub(v[i], new(big.Rat).Mul(f, r[i]))
				}
			}
		}
		return leading(v)
	}
	for i, leaves := range s.cells {
		if v := vector(leaves...); known[i] && reduce(v) >= 0 {
			rows = append(rows, v)
		}
	}
	spanned := make([]bool, len(s.cells))
	for i, leaves := range s.cells {
		spanned[i] = reduce(vector(leaves...)) < 0
	}
	return spanned
}

func leading(v []*big.Rat) int {
	for i, x := range v {
		if x.Sign() != 0 {
			return i
		}
	}
	return -1
}

// Tables finds by cell the least and greatest value among all tables of whole
// numbers from zero that show the same; ok is false when there are too many.
// A leaf that nothing shown covers is tried up to open.
func (s Space) Tables(f *linked.Family, known []bool, open int64) (low, high []int64, ok bool) {
	top := make([]int64, s.leaves)
	for l := range top {
		top[l] = -1
	}
	of := make([][]int, s.leaves)
	last := make([][]int, s.leaves)
	left := make([]int64, len(s.cells))
	for i, leaves := range s.cells {
		left[i] = f.Cells[i].N
		end := 0
		for _, l := range leaves {
			end = max(end, l)
			if known[i] {
				if top[l] < 0 || top[l] > f.Cells[i].N {
					top[l] = f.Cells[i].N
				}
				of[l] = append(of[l], i)
			}
		}
		if known[i] {
			last[end] = append(last[end], i)
		}
	}
	for l := range top {
		if top[l] < 0 {
			top[l] = open
		}
	}
	low, high = make([]int64, len(s.cells)), make([]int64, len(s.cells))
	for i := range low {
		low[i], high[i] = 1<<40, -1
	}
	table := make([]int64, s.leaves)
	steps := 0
	var fill func(l int)
	fill = func(l int) {
		if steps++; steps > 300_000 {
			return
		}
		if l == s.leaves {
			s.look(f, known, table, low, high)
			return
		}
	value:
		for n := int64(0); n <= top[l]; n++ {
			for _, c := range of[l] {
				if left[c] < n {
					break value
				}
			}
			for _, c := range of[l] {
				left[c] -= n
			}
			whole := true
			for _, c := range last[l] {
				whole = whole && left[c] == 0
			}
			if table[l] = n; whole {
				fill(l + 1)
			}
			for _, c := range of[l] {
				left[c] += n
			}
		}
	}
	fill(0)
	return low, high, steps <= 300_000
}

func (s Space) look(f *linked.Family, known []bool, table []int64, low, high []int64) {
	sums := make([]int64, len(s.cells))
	for i, leaves := range s.cells {
		for _, l := range leaves {
			sums[i] += table[l]
		}
		if c := f.Cells[i]; !known[i] && c.Least <= c.N && sums[i] < c.Least {
			return
		}
	}
	for i, n := range sums {
		low[i], high[i] = min(low[i], n), max(high[i], n)
	}
}

// Coverless says whether a leaf of a cell is in no shown cell: then the cell
// has no greatest value.
func (s Space) Coverless(cell int, known []bool) bool {
	for _, l := range s.cells[cell] {
		covered := false
		for i, leaves := range s.cells {
			if known[i] {
				for _, other := range leaves {
					covered = covered || other == l
				}
			}
		}
		if !covered {
			return true
		}
	}
	return false
}

// SomeHidden hides rows at random, all that show a sensitive cell among them.
func SomeHidden(f *linked.Family, seed uint64) []bool {
	rng := rand.New(rand.NewPCG(seed, 3))
	hidden := make([]bool, len(f.Rows))
	for r, row := range f.Rows {
		hidden[r] = !row.Forced && rng.IntN(3) == 0
		for _, c := range row.Cells {
			hidden[r] = hidden[r] || !row.Forced && f.Cells[c].Need > 0
		}
	}
	return f.Known(hidden)
}
