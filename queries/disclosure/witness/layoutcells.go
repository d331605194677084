package witness

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sort"
)

func (x *index) addCells() error {
	f := x.family
	for i := range f.Cells {
		c := &f.Cells[i]
		if len(c.At) != len(f.Dims) {
			return fmt.Errorf("protect family %s: cell %d: %d nodes: expected one by variable", f.Name, i, len(c.At))
		}
		for d, n := range c.At {
			if n < 0 || int(n) >= len(x.dims[d].nodes) || len(x.dims[d].nodes[n].atoms) == 0 {
				return fmt.Errorf("protect family %s: cell %d: variable %s: expected a node that the tables can tell", f.Name, i, f.Dims[d].Name)
			}
			x.dims[d].nodes[n].used = true
		}
	}
	for d := range x.dims {
		x.dims[d].nodes[f.Dims[d].Total].used = true
		if err := x.dims[d].addLevels(int(f.Dims[d].Total)); err != nil {
			return fmt.Errorf("protect family %s: variable %s: %w", f.Name, f.Dims[d].Name, err)
		}
	}
	x.cells = make([]cell, len(f.Cells))
	x.same = make([]int32, len(f.Cells))
	byLevels := map[[most]uint8]int32{}
	x.of = make([]int32, len(f.Cells))
	held := make([]int, 0, 16)
	for i := range f.Cells {
		c := &f.Cells[i]
		x.cells[i] = cell{n: c.N, least: c.Least, need: c.Need, at: c.At}
		var levels [most]uint8
		for d, n := range c.At {
			levels[d] = uint8(x.dims[d].nodes[n].level)
		}
		g, ok := byLevels[levels]
		if !ok {
			g = int32(len(x.groups))
			byLevels[levels] = g
			x.groups = append(x.groups, group{})
			for d := range c.At {
				if l := int(levels[d]); l > 0 {
					x.groups[g].axes = append(x.groups[g].axes, along{dim: d, level: l})
				}
			}
			held = append(held, 0)
		}
		x.of[i] = g
		held[g]++
	}
	for g := range x.groups {
		x.layGroup(&x.groups[g], held[g])
	}
	for i := range f.Cells {
		x.place(int32(i), &x.groups[x.of[i]])
	}
	return nil
}

// addKinds numbers cells by how their codes lie in the trees: for those that lie
// alike the same has to be asked, whatever their codes.
func (x *index) addKinds() {
	classes := make([][]uint16, len(x.dims)) // by node
	for d := range x.dims {
		number := map[string]uint16{}
		classes[d] = make([]uint16, len(x.dims[d].nodes))
		for n := range x.dims[d].nodes {
			if !x.dims[d].nodes[n].used {
				continue
			}
			key := x.dims[d].lie(int32(n))
			if _, ok := number[key]; !ok {
				number[key] = uint16(len(number))
			}
			classes[d][n] = number[key]
		}
	}
	number := map[string]int32{}
	key := make([]byte, 2*len(x.dims))
	x.kind = make([]int32, len(x.cells))
	for i := range x.cells {
		for d, n := range x.cells[i].at {
			key[2*d], key[2*d+1] = byte(classes[d][n]), byte(classes[d][n]>>8)
		}
		k, ok := number[string(key)]
		if !ok {
			k = int32(len(number))
			number[string(key)] = k
		}
		x.kind[i] = k
	}
}

// lie says how a node lies among levels and axes.
func (d *dim) lie(n int32) string {
	node := &d.nodes[n]
	covered, parted := set(0), make([]bool, len(d.kinds))
	for l := range d.levels {
		if d.place(node.atoms[0], l) >= 0 {
			covered |= 1 << l
		}
	}
	for k := range d.kinds {
		parted[k] = d.parts(int32(k), n)
	}
	return fmt.Sprint(node.level, node.known, node.inside, covered, parted)
}

// addLevels puts every used node into the first level where it meets no other,
// the larger ones first.
func (d *dim) addLevels(total int) error {
	order := make([]int, 0, len(d.nodes))
	for n := range d.nodes {
		if d.nodes[n].used && n != total {
			order = append(order, n)
		}
	}
	sort.SliceStable(order, func(i, j int) bool { return len(d.nodes[order[i]].atoms) > len(d.nodes[order[j]].atoms) })
	levels := [][]int32{make([]int32, d.atoms)} // by level and atom
	d.size = []int32{1}
	names := [][]int{{total}}
	for _, n := range order {
		node := &d.nodes[n]
		if d.twin(node, levels, names) {
			continue
		}
		l := 1
		for l < len(levels) && !free(levels[l], node.atoms) {
			l++
		}
		if l == len(levels) {
			if l == most {
				return fmt.Errorf("more than %d trees and levels over the same codes", most)
			}
			empty := make([]int32, d.atoms)
			for i := range empty {
				empty[i] = -1
			}
			levels, names, d.size = append(levels, empty), append(names, nil), append(d.size, 0)
		}
		node.level, node.place = int32(l), d.size[l]
		for _, a := range node.atoms {
			levels[l][a] = d.size[l]
		}
		d.size[l]++
		names[l] = append(names[l], n)
	}
	d.levels = len(levels)
	d.at = make([]int32, d.atoms*d.levels)
	for l, level := range levels {
		for a, p := range level {
			d.at[a*d.levels+l] = p
		}
	}
	for n := range d.nodes {
		if d.nodes[n].used {
			d.relate(&d.nodes[n], names)
		}
	}
	return nil
}

// twin finds a node already placed that means the same atoms.
func (d *dim) twin(n *node, levels [][]int32, names [][]int) bool {
	for l, level := range levels {
		p := level[n.atoms[0]]
		if p < 0 {
			continue
		}
		if slices.Equal(d.nodes[names[l][p]].atoms, n.atoms) {
			n.level, n.place = int32(l), p
			return true
		}
	}
	return false
}

func free(level, atoms []int32) bool {
	for _, a := range atoms {
		if level[a] >= 0 {
			return false
		}
	}
	return true
}

// relate fills what a node says of the levels.
func (d *dim) relate(n *node, names [][]int) {
	for l := range d.levels {
		first := d.at[int(n.atoms[0])*d.levels+l]
		known, inside := true, true
		for _, a := range n.atoms {
			p := d.at[int(a)*d.levels+l]
			known = known && p == first
			if p >= 0 {
				inside = inside && within(d.nodes[names[l][p]].atoms, n.atoms)
			}
		}
		if known {
			n.known |= 1 << l
		}
		if inside {
			n.inside |= 1 << l
		}
	}
}

// within says whether the ascending list a holds nothing that is not in b.
func within(a, b []int32) bool {
	j := 0
	for _, v := range a {
		for j < len(b) && b[j] < v {
			j++
		}
		if j == len(b) || b[j] != v {
			return false
		}
	}
	return true
}

func (x *index) layGroup(g *group, held int) {
	size := int64(1)
	for i := range g.axes {
		a := &g.axes[i]
		a.stride = size
		g.crossed |= 1 << a.dim
		if n := int64(x.dims[a.dim].size[a.level]); size < math.MaxInt64/max(1, n) {
			size *= n
		}
	}
	if size <= int64(8*held+64) {
		g.dense = make([]int32, size)
		for i := range g.dense {
			g.dense[i] = -1
		}
		return
	}
	g.sparse = make(map[int64]int32, held)
}

// place enters a cell, or finds that it is there under other names.
func (x *index) place(i int32, g *group) {
	at := int64(0)
	for _, a := range g.axes {
		at += a.stride * int64(x.dims[a.dim].nodes[x.cells[i].at[a.dim]].place)
	}
	x.same[i] = i
	if first := g.cell(at); first >= 0 {
		x.same[i] = first
		c := &x.cells[first]
		c.least, c.need = max(c.least, x.cells[i].least), max(c.need, x.cells[i].need)
		return
	}
	if g.dense != nil {
		g.dense[at] = i
	} else {
		g.sparse[at] = i
	}
}

// addRows says what hiding costs and what cannot be hidden: rows that were
// published before, and rows with a cell below what everybody knows of hidden
// ones, which would be told by being hidden.
func (x *index) addRows() error {
	f := x.family
	x.rows = make([]row, len(f.Rows))
	count := make([]int32, len(f.Cells)+1)
	for r := range f.Rows {
		for _, c := range f.Rows[r].Cells {
			if c < 0 || int(c) >= len(f.Cells) {
				return fmt.Errorf("protect family %s: row %d: cell %d: not there", f.Name, r, c)
			}
			count[x.same[c]]++
		}
	}
	total := 0
	for _, n := range count {
		total += int(n)
	}
	pool := make([]int32, total)
	for c := range f.Cells {
		n := int(count[c])
		x.cells[c].rows, pool = pool[:0:n], pool[n:]
	}
	for r := range f.Rows {
		from, to := &f.Rows[r], &x.rows[r]
		to.cost, to.fixed = from.Cost, from.Forced
		largest := int64(0)
		for _, i := range from.Cells {
			c := &x.cells[x.same[i]]
			if k := len(c.rows); k == 0 || c.rows[k-1] != int32(r) {
				c.rows = append(c.rows, int32(r))
			}
			largest = max(largest, c.n)
			to.fixed = to.fixed || c.n < c.least
		}
		if to.cost <= 0 {
			to.cost = 1 + 0.2*math.Log2(float64(max(1, largest)))
		}
	}
	for i := range x.cells {
		for _, r := range x.cells[i].rows {
			x.rows[r].cells = append(x.rows[r].cells, int32(i))
			x.cells[i].fixed = x.cells[i].fixed || x.rows[r].fixed
		}
	}
	for i := range x.cells {
		for _, r := range x.cells[i].rows {
			if len(x.rows[r].cells) > 1 {
				x.cells[i].shared = append(x.cells[i].shared, r)
			}
		}
	}
	for i := range x.cells {
		if c := &x.cells[i]; x.same[i] == int32(i) && len(c.rows) == 0 && c.n < c.least {
			return fmt.Errorf("protect family %s: cell %d: %d: expected at least %d, as everybody knows", f.Name, i, c.n, c.least)
		}
	}
	return nil
}

// crossing lists the groups that cross at least these variables.
func (x *index) crossing(v set) []int32 {
	list, ok := x.over[v]
	if !ok {
		for g := range x.groups {
			if x.groups[g].crossed&v == v {
				list = append(list, int32(g))
			}
		}
		x.over[v] = list
	}
	return list
}

// members lists the variables of a set.
func members(s set, into []int) []int {
	into = into[:0]
	for ; s != 0; s &= s - 1 {
		into = append(into, bits.TrailingZeros64(uint64(s)))
	}
	return into
}
