package verify

import (
	"fmt"
	"maps"

	"osservatorio/queries/disclosure/linked"
)

// witness checks cells that claim one and the same state, and says by cell what
// is wrong.
func (v *view) witness(changes []linked.Change, cells []int32) []error {
	errs := make([]error, len(cells))
	moved, err := v.rebuild(linked.Witness{Cell: cells[0], Changes: changes})
	for i, c := range cells {
		if errs[i] = err; err == nil {
			errs[i] = v.enough(c, moved)
		}
	}
	return errs
}

// rebuild makes the state that a witness claims and looks at it from outside. It
// leaves by how much each cell moved.
func (v *view) rebuild(w linked.Witness) (map[int32]int64, error) {
	changes, err := v.sort(w)
	if err != nil {
		return nil, err
	}
	for t, add := range changes {
		for place, n := range add {
			if v.tables[t].counts[place]+n < 0 {
				return nil, fmt.Errorf("%s: its witness: table %d: a count below zero", v.name(w.Cell), t)
			}
		}
	}
	if err := v.agree(w.Cell, changes); err != nil {
		return nil, err
	}
	moved := map[int32]map[int]int64{}
	for t, add := range changes {
		for place, n := range add {
			v.spread(t, place, n, moved)
		}
	}
	return v.outside(w.Cell, moved)
}

// sort sums the changes by table and place.
func (v *view) sort(w linked.Witness) (map[int]map[string]int64, error) {
	out := map[int]map[string]int64{}
	for _, c := range w.Changes {
		if c.Table < 0 || int(c.Table) >= len(v.tables) {
			return nil, fmt.Errorf("%s: its witness: table %d: not there", v.name(w.Cell), c.Table)
		}
		if err := v.tables[c.Table].within(c.At); err != nil {
			return nil, fmt.Errorf("%s: its witness: table %d: %w", v.name(w.Cell), c.Table, err)
		}
		if out[int(c.Table)] == nil {
			out[int(c.Table)] = map[string]int64{}
		}
		out[int(c.Table)][string(v.codes(c.At))] += c.Add
	}
	return out, nil
}

// agree holds each changed table against every other: summed over what only one
// of them crosses, at the finest codes that both can tell, they changed by the
// same. So the tables of the witness agree wherever the true ones do, also on
// cells that nobody asked for.
func (v *view) agree(c int32, changes map[int]map[string]int64) error {
	margins := map[[2]int]map[string]int64{}
	margin := func(t, other int) map[string]int64 {
		if len(changes[t]) == 0 {
			return nil
		}
		key := [2]int{t, v.tables[t].alike[other]}
		m, ok := margins[key]
		if !ok {
			m = v.margin(changes[t], t, other)
			margins[key] = m
		}
		return m
	}
	for t := range changes {
		for other := range v.tables {
			if other == t || (other < t && changes[other] != nil) {
				continue
			}
			if !maps.Equal(margin(t, other), margin(other, t)) {
				return fmt.Errorf("%s: its witness: tables %d and %d disagree", v.name(c), t, other)
			}
		}
	}
	return nil
}

// margin sums changes of one table over the axes that another lacks.
func (v *view) margin(changes map[string]int64, t, other int) map[string]int64 {
	if len(changes) == 0 {
		return nil
	}
	mine, its := &v.tables[t], &v.tables[other]
	out := map[string]int64{}
	key := make([]byte, 0, 32)
	for place, n := range changes {
		key = key[:0]
		for d := range v.f.Dims {
			a, b := mine.axis[d], its.axis[d]
			if a < 0 || b < 0 {
				continue
			}
			class := v.ways[d].common(mine.kind[a], its.kind[b])[position(place, a)]
			key = append(key, byte(class), byte(class>>8), byte(class>>16))
		}
		out[string(key)] += n
	}
	for key, n := range out {
		if n == 0 {
			delete(out, key)
		}
	}
	return out
}

// position reads a coordinate back from the key of a place.
func position(place string, a int) int32 {
	return int32(place[3*a]) | int32(place[3*a+1])<<8 | int32(place[3*a+2])<<16
}

// common gives by position of way k its class in the finest parting that ways k
// and m can both tell: codes that either holds together are together.
func (w *ways) common(k, m int) []int32 {
	if both, ok := w.both[[2]int{k, m}]; ok {
		return both
	}
	class := make([]int32, len(w.axes[k])+len(w.axes[m]))
	for i := range class {
		class[i] = int32(i)
	}
	root := func(i int32) int32 {
		for class[i] != i {
			i = class[i]
		}
		return i
	}
	for leaf := range w.place[k] {
		a, b := root(w.place[k][leaf]), root(int32(len(w.axes[k]))+w.place[m][leaf])
		class[max(a, b)] = min(a, b)
	}
	for i := range class {
		class[i] = root(int32(i))
	}
	if w.both == nil {
		w.both = map[[2]int][]int32{}
	}
	w.both[[2]int{k, m}] = class[:len(w.axes[k])]
	w.both[[2]int{m, k}] = class[len(w.axes[k]):]
	return class[:len(w.axes[k])]
}

// spread adds the change of one place to every cell above it.
func (v *view) spread(t int, place string, n int64, moved map[int32]map[int]int64) {
	l := &v.tables[t]
	at := make([]int32, len(v.f.Dims))
	for d := range at {
		at[d] = v.f.Dims[d].Total
	}
	var climb func(a int)
	climb = func(a int) {
		if a == len(l.table.Axes) {
			if c, ok := v.cells[string(v.cell(at))]; ok {
				if moved[c] == nil {
					moved[c] = map[int]int64{}
				}
				moved[c][t] += n
			}
			return
		}
		d := l.table.Axes[a].Dim
		for _, i := range l.above[a][position(place, a)] {
			at[d] = l.nodes[a][i]
			climb(a + 1)
		}
	}
	climb(0)
}

// outside compares every cell that moved with what is published and known.
func (v *view) outside(c int32, moved map[int32]map[int]int64) (map[int32]int64, error) {
	out := make(map[int32]int64, len(moved))
	for m, by := range moved {
		var add int64
		for _, n := range by {
			add = n
			break
		}
		for _, t := range v.holders(m) {
			if by[int(t)] != add {
				return nil, fmt.Errorf("%s: its witness: tables disagree on %s", v.name(c), v.name(m))
			}
		}
		if add == 0 {
			continue
		}
		if v.known[m] {
			return nil, fmt.Errorf("%s: its witness changes what is published: %s", v.name(c), v.name(m))
		}
		if v.f.Cells[m].N+add < v.least[m] {
			return nil, fmt.Errorf("%s: its witness has less than everybody knows in %s", v.name(c), v.name(m))
		}
		out[m] = add
	}
	return out, nil
}

// enough asks that a cell is hidden and holds in the state what is needed.
func (v *view) enough(c int32, moved map[int32]int64) error {
	if v.known[c] {
		return fmt.Errorf("%s: has a witness and is shown", v.name(c))
	}
	if own := v.cells[string(v.cell(v.f.Cells[c].At))]; v.f.Cells[c].N+moved[own] < v.f.Cells[c].Need {
		return fmt.Errorf("%s: its witness holds less than is needed", v.name(c))
	}
	return nil
}
