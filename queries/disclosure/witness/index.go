package witness

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sort"

	"osservatorio/queries/disclosure/linked"
)

// most is the number of variables that a family may have, and of levels that one
// variable may have: sets of them are kept in 64 bits.
const most = 64

// widest is over how many variables at once a swap is sought.
const widest = 8

// set is a set of variables, or of levels of one variable.
type set uint64

func (s set) has(i int) bool { return s>>i&1 == 1 }

// index is a family laid out for the search: no matrix, only ways from a
// combination of codes to the cells and places above it.
type index struct {
	family *linked.Family
	dims   []dim
	groups []group
	tables []table
	cells  []cell
	same   []int32 // by cell of the family: the first that is the same sum
	of     []int32 // by cell: its group
	rows   []row
	over   map[set][]int32 // groups that cross at least these variables
	kind   []int32         // by cell: a number for cells whose codes lie alike in all trees
}

// dim is one variable. Codes that no table tells apart are one atom. A level is
// a list of nodes that share no atom; level 0 is the total alone.
type dim struct {
	atoms  int
	levels int
	at     []int32   // by atom and level: number of the node in its level, -1 for none
	size   []int32   // by level: how many nodes
	kinds  [][]int32 // by way to part the codes: by atom its place
	nodes  []node
	weight []int64 // by atom: the counts at it, in some table
}

// node is one code of a variable; those that mean the same atoms are one.
type node struct {
	used   bool
	level  int32
	place  int32
	atoms  []int32
	known  set     // levels in which all its atoms lie in one node, or all in none
	heavy  []int32 // its atoms, once asked for, by falling count
	inside set     // levels whose nodes over its atoms reach no further than it does
}

// group is all cells of one combination of levels.
type group struct {
	axes    []along // by variable that it crosses
	crossed set
	dense   []int32
	sparse  map[int64]int32
}

// along is how a group runs along a variable.
type along struct {
	dim, level int
	stride     int64
}

// axis is the way along a variable that the group crosses.
func (g *group) axis(d int) *along {
	for i := range g.axes {
		if g.axes[i].dim == d {
			return &g.axes[i]
		}
	}
	return nil
}

// level is 0 where the group does not cross a variable.
func (g *group) level(d int) int {
	if a := g.axis(d); a != nil {
		return a.level
	}
	return 0
}

func (d *dim) place(atom int32, level int) int32 { return d.at[int(atom)*d.levels+level] }

func (g *group) cell(at int64) int32 {
	if g.dense != nil {
		return g.dense[at]
	}
	if c, ok := g.sparse[at]; ok {
		return c
	}
	return -1
}

type cell struct {
	n, least, need int64
	at             []int32 // node by variable
	rows           []int32 // that show it
	shared         []int32 // of these, rows that show other cells too
	fixed          bool    // a row that shows it can never be hidden
}

type row struct {
	cost  float64
	fixed bool
	cells []int32 // that it shows, each once
}

// table is a table of the family: the counts at its places.
type table struct {
	axes   set
	kind   [most]int32
	by     []way
	places []int32 // by axis in the family's order of axes: how many
	counts []int64
	sparse map[int64]int64
}

// way is how a table runs along a variable: by atom its position.
type way struct {
	dim    int
	stride int64
	way    []int32
}

func (t *table) count(at int64) int64 {
	if t.counts != nil {
		return t.counts[at]
	}
	return t.sparse[at]
}

func (t *table) add(at, n int64) {
	if t.counts != nil {
		t.counts[at] += n
		return
	}
	t.sparse[at] += n
}

func newIndex(f *linked.Family) (*index, error) {
	if len(f.Dims) > most {
		return nil, fmt.Errorf("protect family %s: %d variables: expected %d at most", f.Name, len(f.Dims), most)
	}
	x := &index{family: f, over: map[set][]int32{}}
	if err := x.addDims(); err != nil {
		return nil, err
	}
	if err := x.addTables(); err != nil {
		return nil, err
	}
	if err := x.addCells(); err != nil {
		return nil, err
	}
	x.addKinds()
	return x, x.addRows()
}

// addDims finds the atoms of every variable: codes that the axes tell apart.
func (x *index) addDims() error {
	f := x.family
	x.dims = make([]dim, len(f.Dims))
	for d := range f.Dims {
		if t := f.Dims[d].Total; t < 0 || int(t) >= len(f.Dims[d].Nodes) {
			return fmt.Errorf("protect family %s: variable %s: total %d: expected a number of its nodes", f.Name, f.Dims[d].Name, t)
		}
	}
	ways := make([][][]int32, len(f.Dims))  // by variable and way: by code its place
	lists := make([][][]int32, len(f.Dims)) // the nodes they come from
	x.tables = make([]table, len(f.Tables))
	for t := range f.Tables {
		for _, axis := range f.Tables[t].Axes {
			d := axis.Dim
			if d < 0 || int(d) >= len(f.Dims) || x.tables[t].axes.has(int(d)) {
				return fmt.Errorf("protect family %s: table %d: variable %d: expected each variable of the family once at most", f.Name, t, d)
			}
			k := slices.IndexFunc(lists[d], func(nodes []int32) bool { return slices.Equal(nodes, axis.Nodes) })
			if k < 0 {
				way, err := parting(&f.Dims[d], axis.Nodes)
				if err != nil {
					return fmt.Errorf("protect family %s: table %d: %w", f.Name, t, err)
				}
				k = len(ways[d])
				ways[d], lists[d] = append(ways[d], way), append(lists[d], axis.Nodes)
			}
			x.tables[t].axes |= 1 << d
			x.tables[t].kind[d] = int32(k)
		}
	}
	for d := range f.Dims {
		x.dims[d] = atoms(&f.Dims[d], ways[d])
	}
	return nil
}

// parting gives by finest code the place on an axis.
func parting(d *linked.Dim, nodes []int32) ([]int32, error) {
	way := make([]int32, len(d.Nodes[d.Total].Leaves))
	for i := range way {
		way[i] = -1
	}
	for p, n := range nodes {
		if n < 0 || int(n) >= len(d.Nodes) {
			return nil, fmt.Errorf("variable %s: node %d: not there", d.Name, n)
		}
		for _, leaf := range d.Nodes[n].Leaves {
			if leaf < 0 || int(leaf) >= len(way) || way[leaf] >= 0 {
				return nil, fmt.Errorf("variable %s: code %s: expected nodes of an axis to hold each finest code once", d.Name, d.Nodes[n].Code)
			}
			way[leaf] = int32(p)
		}
	}
	if slices.Contains(way, -1) {
		return nil, fmt.Errorf("variable %s: expected the nodes of an axis to hold every finest code", d.Name)
	}
	return way, nil
}

func atoms(d *linked.Dim, ways [][]int32) dim {
	class := make([]int32, len(d.Nodes[d.Total].Leaves))
	count := min(1, len(class))
	for _, way := range ways {
		finer := map[[2]int32]int32{}
		for leaf := range class {
			key := [2]int32{class[leaf], way[leaf]}
			c, ok := finer[key]
			if !ok {
				c = int32(len(finer))
				finer[key] = c
			}
			class[leaf] = c
		}
		count = len(finer)
	}
	out := dim{atoms: count, nodes: make([]node, len(d.Nodes))}
	size := make([]int32, count)
	for _, c := range class {
		size[c]++
	}
	for _, way := range ways {
		kind := make([]int32, count)
		for leaf, c := range class {
			kind[c] = way[leaf]
		}
		out.kinds = append(out.kinds, kind)
	}
	out.fill(d, class, size)
	return out
}

// fill lists the atoms of every node; a node that cuts an atom has none, for no
// table can tell its counts.
func (d *dim) fill(of *linked.Dim, class, size []int32) {
	inside := make([]int32, len(size))
	for n := range of.Nodes {
		clear(inside)
		for _, leaf := range of.Nodes[n].Leaves {
			if leaf >= 0 && int(leaf) < len(class) {
				inside[class[leaf]]++
			}
		}
		var list []int32
		for a, k := range inside {
			if k > 0 && k < size[a] {
				list = nil
				break
			}
			if k > 0 {
				list = append(list, int32(a))
			}
		}
		d.nodes[n].atoms = list
	}
}

// addTables lays out the counts.
func (x *index) addTables() error {
	f := x.family
	for t := range f.Tables {
		from, to := &f.Tables[t], &x.tables[t]
		size := int64(1)
		for _, axis := range from.Axes {
			n := int64(len(axis.Nodes))
			to.places = append(to.places, int32(n))
			to.by = append(to.by, way{int(axis.Dim), size, x.dims[axis.Dim].kinds[to.kind[axis.Dim]]})
			if size > math.MaxInt64/max(n, 1) {
				return fmt.Errorf("protect family %s: table %d: too many places to number", f.Name, t)
			}
			size *= n
		}
		if size <= 1<<16 || size <= 16*int64(len(from.Counts)) {
			to.counts = make([]int64, size)
		} else {
			to.sparse = make(map[int64]int64, len(from.Counts))
		}
		for _, c := range from.Counts {
			at, err := to.place(from, c.At)
			if err != nil || c.N < 0 {
				return fmt.Errorf("protect family %s: table %d: count %d at %v: expected a place of the table and no negative number", f.Name, t, c.N, c.At)
			}
			to.add(at, c.N)
		}
		x.weigh(from, to)
	}
	return nil
}

// weigh sums a table by the atoms of each of its variables that has no weights
// yet.
func (x *index) weigh(from *linked.Table, to *table) {
	for i, axis := range from.Axes {
		d := &x.dims[axis.Dim]
		if d.weight != nil {
			continue
		}
		sums := make([]int64, len(axis.Nodes))
		for _, c := range from.Counts {
			sums[c.At[i]] += c.N
		}
		d.weight = make([]int64, d.atoms)
		for a, p := range d.kinds[to.kind[axis.Dim]] {
			d.weight[a] = sums[p]
		}
	}
}

func (t *table) place(of *linked.Table, at []int32) (int64, error) {
	if len(at) != len(of.Axes) {
		return 0, fmt.Errorf("%d coordinates: expected %d", len(at), len(of.Axes))
	}
	p := int64(0)
	for i := range of.Axes {
		if at[i] < 0 || at[i] >= t.places[i] {
			return 0, fmt.Errorf("coordinate %d: not there", at[i])
		}
		p += t.by[i].stride * int64(at[i])
	}
	return p, nil
}

// coordinates is the way back from a place.
func (t *table) coordinates(of *linked.Table, place int64) []int32 {
	at := make([]int32, len(of.Axes))
	for i := range of.Axes {
		n := int64(t.places[i])
		at[i] = int32(place % n)
		place /= n
	}
	return at
}

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
