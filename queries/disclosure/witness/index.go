package witness

import (
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
