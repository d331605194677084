package verify

import (
	"fmt"
	"slices"

	"osservatorio/queries/disclosure/linked"
)

// layout is a table: its counts by place, and for each axis the codes that cells
// may use there with the places below them.
type layout struct {
	table  *linked.Table
	axis   []int       // by variable of the family: number of its axis, -1 for none
	kind   []int       // by axis: which of the variable's ways to part the codes
	above  [][][]int32 // by axis and position: numbers of the codes it belongs to
	nodes  [][]int32   // by axis: the codes that the table can tell
	number [][]int32   // by axis: by code its number in nodes, -1 for none
	alike  []int       // by other table: which of the ways to share axes with this one
	counts map[string]int64
}

// ways are the different ways to part the finest codes of one variable, and for
// each two of them the finest parting that both can tell.
type ways struct {
	axes  [][]int32
	place [][]int32 // by way and finest code: position
	both  map[[2]int][]int32
}

func (v *view) lay() error {
	v.ways = make([]ways, len(v.f.Dims))
	used := v.used()
	for t := range v.f.Tables {
		table := &v.f.Tables[t]
		l := layout{table: table, axis: make([]int, len(v.f.Dims)), counts: make(map[string]int64, len(table.Counts))}
		for d := range l.axis {
			l.axis[d] = -1
		}
		for a, axis := range table.Axes {
			if axis.Dim < 0 || int(axis.Dim) >= len(v.f.Dims) || l.axis[axis.Dim] >= 0 {
				return fmt.Errorf("table %d: axis %d: expected each variable once at most", t, a)
			}
			l.axis[axis.Dim] = a
			k, err := v.ways[axis.Dim].enter(&v.f.Dims[axis.Dim], axis.Nodes)
			if err != nil {
				return fmt.Errorf("table %d: variable %s: %w", t, v.f.Dims[axis.Dim].Name, err)
			}
			l.kind = append(l.kind, k)
			nodes, above := told(&v.f.Dims[axis.Dim], used[axis.Dim], v.ways[axis.Dim].place[k], len(axis.Nodes))
			number := make([]int32, len(v.f.Dims[axis.Dim].Nodes))
			for n := range number {
				number[n] = -1
			}
			for i, n := range nodes {
				number[n] = int32(i)
			}
			l.nodes, l.above, l.number = append(l.nodes, nodes), append(l.above, above), append(l.number, number)
		}
		for _, c := range table.Counts {
			if err := l.within(c.At); err != nil {
				return fmt.Errorf("table %d: %w", t, err)
			}
			l.counts[string(v.codes(c.At))] += c.N
		}
		for _, n := range l.counts {
			if n < 0 {
				return fmt.Errorf("table %d: a count below zero", t)
			}
		}
		v.tables = append(v.tables, l)
	}
	v.compareAxes()
	return nil
}

// compareAxes numbers, for each table, the ways in which others share its axes:
// summed over what they lack, those of one number see the same of it.
func (v *view) compareAxes() {
	for t := range v.tables {
		l := &v.tables[t]
		number := map[string]int{}
		for other := range v.tables {
			key := ""
			for d := range v.f.Dims {
				if a, b := l.axis[d], v.tables[other].axis[d]; a >= 0 && b >= 0 {
					key += fmt.Sprintf(" %d:%d", d, v.tables[other].kind[b])
				}
			}
			if _, ok := number[key]; !ok {
				number[key] = len(number)
			}
			l.alike = append(l.alike, number[key])
		}
	}
}

// used lists by variable the codes that cells have.
func (v *view) used() [][]int32 {
	marks := make([][]bool, len(v.f.Dims))
	for d := range marks {
		marks[d] = make([]bool, len(v.f.Dims[d].Nodes))
		marks[d][v.f.Dims[d].Total] = true
	}
	for _, c := range v.f.Cells {
		for d, n := range c.At {
			marks[d][v.twin[d][n]] = true
		}
	}
	out := make([][]int32, len(marks))
	for d := range marks {
		for n, used := range marks[d] {
			if used {
				out[d] = append(out[d], int32(n))
			}
		}
	}
	return out
}

// enter finds or adds a way to part the codes, which must hold each code once.
func (w *ways) enter(d *linked.Dim, nodes []int32) (int, error) {
	for k, axis := range w.axes {
		if slices.Equal(axis, nodes) {
			return k, nil
		}
	}
	place := make([]int32, len(d.Nodes[d.Total].Leaves))
	for i := range place {
		place[i] = -1
	}
	held := 0
	for p, n := range nodes {
		if n < 0 || int(n) >= len(d.Nodes) {
			return 0, fmt.Errorf("code %d: not there", n)
		}
		for _, leaf := range d.Nodes[n].Leaves {
			if leaf < 0 || int(leaf) >= len(place) || place[leaf] >= 0 {
				return 0, fmt.Errorf("code %s: expected each finest code once", d.Nodes[n].Code)
			}
			place[leaf] = int32(p)
			held++
		}
	}
	if held != len(place) {
		return 0, fmt.Errorf("%d finest codes: expected all %d", held, len(place))
	}
	w.axes, w.place = append(w.axes, nodes), append(w.place, place)
	return len(w.axes) - 1, nil
}

// told lists the codes that are made of whole positions of an axis, and by
// position those that hold it.
func told(d *linked.Dim, used, place []int32, positions int) (nodes []int32, above [][]int32) {
	size := make([]int, positions)
	for _, p := range place {
		size[p]++
	}
	above = make([][]int32, positions)
	inside := make([]int, positions)
	for _, n := range used {
		clear(inside)
		for _, leaf := range d.Nodes[n].Leaves {
			inside[place[leaf]]++
		}
		whole := true
		for p, k := range inside {
			whole = whole && (k == 0 || k == size[p])
		}
		if !whole {
			continue
		}
		for p, k := range inside {
			if k > 0 {
				above[p] = append(above[p], int32(len(nodes)))
			}
		}
		nodes = append(nodes, n)
	}
	return nodes, above
}

func (l *layout) within(at []int32) error {
	if len(at) != len(l.table.Axes) {
		return fmt.Errorf("a place of %d coordinates: expected %d", len(at), len(l.table.Axes))
	}
	for a, p := range at {
		if p < 0 || int(p) >= len(l.table.Axes[a].Nodes) {
			return fmt.Errorf("coordinate %d of axis %d: not there", p, a)
		}
	}
	return nil
}

// holds says whether a table knows a cell: it crosses all that the cell crosses,
// and its positions make up the cell's codes.
func (v *view) holds(l *layout, c int32) bool {
	for d, n := range v.f.Cells[c].At {
		a := l.axis[d]
		if a < 0 {
			if v.twin[d][n] != v.f.Dims[d].Total {
				return false
			}
			continue
		}
		if l.number[a][v.twin[d][n]] < 0 {
			return false
		}
	}
	return true
}

// holders lists the tables that know a cell.
func (v *view) holders(c int32) []int32 {
	if v.held[c] == nil {
		for t := range v.tables {
			if v.holds(&v.tables[t], c) {
				v.held[c] = append(v.held[c], int32(t))
			}
		}
	}
	return v.held[c]
}

// sums adds a table up along one axis after the other, over all its codes, and
// compares with every cell that it holds.
func (v *view) sums(t int) error {
	l := &v.tables[t]
	size := 1
	for a := range l.table.Axes {
		size *= len(l.table.Axes[a].Nodes)
		if size > 1<<27 {
			return fmt.Errorf("table %d: more than %d places", t, 1<<27)
		}
	}
	cube := make([]int64, size)
	for _, c := range l.table.Counts {
		at := 0
		for a, p := range c.At {
			at = at*len(l.table.Axes[a].Nodes) + int(p)
		}
		cube[at] += c.N
	}
	before, after := 1, size
	for a := range l.table.Axes {
		positions, nodes := len(l.table.Axes[a].Nodes), len(l.nodes[a])
		after /= positions
		if before*after > (1<<28)/max(1, nodes) {
			return fmt.Errorf("table %d: more sums than can be held", t)
		}
		rolled := make([]int64, before*nodes*after)
		for b := range before {
			for p, above := range l.above[a] {
				from := cube[(b*positions+p)*after:][:after]
				for _, n := range above {
					to := rolled[(b*nodes+int(n))*after:][:after]
					for i, value := range from {
						to[i] += value
					}
				}
			}
		}
		cube, before = rolled, before*nodes
	}
	return v.compare(t, cube)
}

func (v *view) compare(t int, cube []int64) error {
	l := &v.tables[t]
	for c := range v.f.Cells {
		if !v.holds(l, int32(c)) {
			continue
		}
		at := 0
		for a, axis := range l.table.Axes {
			at = at*len(l.nodes[a]) + int(l.number[a][v.twin[axis.Dim][v.f.Cells[c].At[axis.Dim]]])
		}
		if cube[at] != v.f.Cells[c].N {
			return fmt.Errorf("%s: table %d: its places do not add up to it", v.name(int32(c)), t)
		}
	}
	return nil
}

// orphans finds cells that no table holds: nothing can be said of them.
func (v *view) orphans() error {
	for c := range v.f.Cells {
		if len(v.holders(int32(c))) > 0 {
			continue
		}
		return fmt.Errorf("%s: expected a table that crosses its variables as deep", v.name(int32(c)))
	}
	return nil
}
