package attack

import "osservatorio/queries/disclosure/linked"

// refine brings in the finest cells of each table below the hidden ones, if
// they are no more than most: all of them or none.
func (b *builder) refine(f *linked.Family, most int) {
	var keys []uint64
	seen := map[uint64]bool{}
	listed := len(b.sums)
	for t := range f.Tables {
		axes := b.axes(f.Tables[t])
		for i := 0; i < listed; i++ {
			if b.sums[i].shown {
				continue
			}
			below := b.below(axes, b.sums[i].key, most)
			if below == nil {
				continue
			}
			for _, key := range below {
				if _, ok := b.at[key]; !ok && !seen[key] {
					seen[key] = true
					keys = append(keys, key)
				}
			}
			if len(keys) > most || len(below) > most {
				return
			}
		}
	}
	for _, key := range keys {
		b.sum(key)
	}
	b.showZeros(listed)
	b.system.Finest = true
}

// axes is by variable the finest sets of a table; nil where it does not cross
// the variable.
func (b *builder) axes(t linked.Table) [][]int32 {
	axes := make([][]int32, len(b.variables))
	for _, axis := range t.Axes {
		v := b.variables[axis.Dim]
		for _, node := range axis.Nodes {
			axes[axis.Dim] = append(axes[axis.Dim], v.set[node])
		}
	}
	return axes
}

// below lists the finest cells of a table that make up a cell; nil when the
// table does not tell it, most of them when there are more.
func (b *builder) below(axes [][]int32, key uint64, most int) []uint64 {
	sets := make([]int32, len(axes))
	b.sets(key, sets)
	keys := []uint64{0}
	for d, v := range b.variables {
		parts := []int32{sets[d]}
		if axes[d] != nil {
			parts = inside(v, axes[d], sets[d])
		} else if sets[d] != v.total {
			return nil
		}
		if parts == nil {
			return nil
		}
		var next []uint64
		for _, k := range keys {
			for _, p := range parts {
				next = append(next, k+uint64(p)*b.radix[d])
			}
			if len(next) > most {
				return next
			}
		}
		keys = next
	}
	return keys
}

// inside lists the finest sets that part a set; nil when they do not.
func inside(v *variable, finest []int32, set int32) []int32 {
	var parts []int32
	n := 0
	for _, s := range finest {
		if within(v.codes[s], v.codes[set]) {
			parts = append(parts, s)
			n += size(v.codes[s])
		}
	}
	if n != size(v.codes[set]) {
		return nil
	}
	return parts
}
