package attack

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"osservatorio/queries/disclosure/linked"
	"osservatorio/queries/disclosure/linkedtest"
)

// space is a family over its finest codes: every combination is a leaf, every
// cell a set of leaves. Nothing here is shared with the attacker.
type space struct {
	leaves int
	cells  [][]int
	empty  []bool // by leaf: a shown zero covers it
}

func spaceOf(f *linked.Family, known []bool) space {
	s := space{leaves: 1}
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

// spanned says by cell whether it is a rational combination of what is shown.
func (s space) spanned(known []bool) []bool {
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

// tables finds by cell the least and greatest value among all tables of whole
// numbers from zero that show the same; ok is false when there are too many.
// A leaf that nothing shown covers is tried up to open.
func (s space) tables(f *linked.Family, known []bool, open int64) (low, high []int64, ok bool) {
	top := make([]int64, s.leaves)
	for l := range top {
		top[l] = open
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
				top[l] = min(top[l], f.Cells[i].N)
				of[l] = append(of[l], i)
			}
		}
		if known[i] {
			last[end] = append(last[end], i)
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

func (s space) look(f *linked.Family, known []bool, table []int64, low, high []int64) {
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

// coverless says whether a leaf of a cell is in no shown cell: then the cell
// has no greatest value.
func (s space) coverless(cell int, known []bool) bool {
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

// someHidden hides rows at random, all that show a sensitive cell among them.
func someHidden(f *linked.Family, seed uint64) []bool {
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

func TestACellIsLinearExactlyIfItIsACombinationOfWhatStands(t *testing.T) {
	linear := 0
	for seed := uint64(1); seed <= 600; seed++ {
		f := linkedtest.Random(seed, 24)
		known := someHidden(f, seed)
		r, err := Exact(t.Context(), f, known)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		found := map[int32]bool{}
		for _, d := range r.Determined {
			found[d.Cell] = d.Linear
		}
		for i, spanned := range spaceOf(f, known).spanned(known) {
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
	if linear < 200 {
		t.Fatalf("only %d cells followed by subtraction: 200 expected, else this shows nothing", linear)
	}
}

func TestEveryTableOfWholeNumbersKeepsWithinWhatTheAttackerFinds(t *testing.T) {
	compared, bounded := 0, 0
	for seed := uint64(1); seed <= 400; seed++ {
		f := linkedtest.Random(seed, 12)
		known := someHidden(f, seed)
		r, err := Exact(t.Context(), f, known)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		s := spaceOf(f, known)
		low, high, ok := s.tables(f, known, 8)
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
	if compared < 100 || bounded < 20 {
		t.Fatalf("%d families compared and %d cells by bounds: 100 and 20 expected, else this shows nothing", compared, bounded)
	}
}
