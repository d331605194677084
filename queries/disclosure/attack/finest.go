package attack

import (
	"cmp"
	"slices"

	"osservatorio/queries/disclosure/linked"
)

// fine is a hidden cell that a table tells in parts.
type fine struct {
	sum   int32
	parts tableParts
	n     int // parts in all
}

// refine brings in the finest cells of each table below the hidden ones, as long
// as they are no more than most: below those first that have the fewest, for
// they say most of small counts.
func (b *builder) refine(f *linked.Family, most int) {
	hidden := b.fine(f, most)
	b.system.Finest = true
	before := len(b.sums)
	for _, h := range hidden {
		below := b.below(h.parts, b.sums[h.sum].key)
		if len(b.sums)-before+len(below) > most {
			b.system.Finest = false
			break
		}
		for _, key := range below {
			b.sum(key)
		}
	}
	b.showZeros(before)
}

// fine lists the hidden cells that tables tell in parts, those with few first; of
// those with more than most parts, the number is only known to be more.
func (b *builder) fine(f *linked.Family, most int) []fine {
	var hidden []fine
	sets := make([]int32, len(b.variables))
	for _, t := range f.Tables {
		parts := b.parts(t)
		for i := range b.sums {
			if b.sums[i].shown {
				continue
			}
			b.sets(b.sums[i].key, sets)
			n := 1
			for d := range b.variables {
				if n *= len(parts[d][sets[d]]); n == 0 || n > most {
					break
				}
			}
			if n > 0 {
				hidden = append(hidden, fine{int32(i), parts, n})
			}
		}
	}
	slices.SortStableFunc(hidden, func(x, y fine) int { return cmp.Compare(x.n, y.n) })
	return hidden
}

// tableParts is by variable and set: the finest sets of a table that part it;
// none where they do not.
type tableParts [][][]int32

func (b *builder) parts(t linked.Table) tableParts {
	parts := make(tableParts, len(b.variables))
	for d, v := range b.variables {
		parts[d] = make([][]int32, len(v.codes))
		parts[d][v.total] = []int32{v.total}
	}
	for _, axis := range t.Axes {
		v := b.variables[axis.Dim]
		for set := range v.codes {
			parts[axis.Dim][set] = inside(v, axis.Nodes, int32(set))
		}
	}
	return parts
}

// inside lists the finest sets that part a set; none when they do not.
func inside(v *variable, nodes []int32, set int32) []int32 {
	var parts []int32
	n := 0
	for _, node := range nodes {
		if s := v.set[node]; within(v.codes[s], v.codes[set]) {
			parts = append(parts, s)
			n += size(v.codes[s])
		}
	}
	if n != size(v.codes[set]) {
		return nil
	}
	return parts
}

// below lists the finest cells of a table that make up a cell.
func (b *builder) below(parts tableParts, key uint64) []uint64 {
	sets := make([]int32, len(b.variables))
	b.sets(key, sets)
	keys := []uint64{0}
	for d := range b.variables {
		var next []uint64
		for _, part := range parts[d][sets[d]] {
			for _, k := range keys {
				next = append(next, k+uint64(part)*b.radix[d])
			}
		}
		keys = next
	}
	return keys
}
