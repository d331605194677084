package witness

import (
	"fmt"
	"math"
	"slices"

	"osservatorio/queries/disclosure/linked"
)

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
