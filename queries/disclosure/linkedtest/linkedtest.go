// Package linkedtest makes families for the tests of those who hide cells,
// prove that it is enough and try to undo it: invented ones of any size, and
// tables that others wrote, with the outcome they state. It knows no method of
// any of them.
package linkedtest

import (
	"os"
	"path/filepath"
	"sort"
	"testing"

	"osservatorio/queries/disclosure/linked"
)

// Variable is one variable of a cube and its trees: the levels beside the
// total, finest last. A level need not be coarser than the next: province and
// health area stand beside each other over the same districts.
type Variable struct {
	Name   string
	Leaves []string
	Levels []Level
}

// Level is one way to part the finest codes: by finest code the name of its
// group, "" where it has none.
type Level []string

// Fine is the level of the finest codes themselves.
func (v Variable) Fine() Level { return v.Leaves }

// Leaf is a count at one combination of finest codes, by variable of the cube.
type Leaf struct {
	At []int32
	N  int64
}

// Cube is a table of all variables, and what is asked of it.
type Cube struct {
	Name      string
	Variables []Variable
	Leaves    []Leaf
	Plan      [][]int // requested combinations: by variable 0 for the total, else the number of the level from 1
	Rule      func(n int64) (least, need int64)
}

// Threshold is the rule "counts below k are sensitive, zeros are published".
func Threshold(k int64) func(int64) (int64, int64) {
	return func(n int64) (int64, int64) {
		if n > 0 && n < k {
			return 1, k
		}
		return 1, 0
	}
}

// Family is the cube as a family of one table: a row for every requested cell,
// forced where it shows a zero, because zeros are published.
func (c Cube) Family() *linked.Family {
	f := &linked.Family{Name: c.Name}
	nodes := make([][][]int32, len(c.Variables)) // by variable and level: by leaf its node
	var axes []linked.Axis
	for d, v := range c.Variables {
		dim, of := dimension(v)
		f.Dims = append(f.Dims, dim)
		nodes[d] = of
		axes = append(axes, linked.Axis{Dim: int32(d), Nodes: finest(dim, len(v.Leaves))})
	}
	table := linked.Table{Axes: axes}
	for _, l := range c.Leaves {
		if l.N > 0 {
			table.Counts = append(table.Counts, linked.Count{At: l.At, N: l.N})
		}
	}
	f.Tables = []linked.Table{table}
	for _, levels := range c.Plan {
		f.Cells = append(f.Cells, cells(f, c, nodes, levels)...)
	}
	for i, cell := range f.Cells {
		f.Rows = append(f.Rows, linked.Row{Cells: []int32{int32(i)}, Forced: cell.N < cell.Least})
	}
	return f
}

// Find is the number of the cell with these codes by variable, -1 if none; ""
// stands for the total.
func Find(f *linked.Family, codes ...string) int32 {
	for i, c := range f.Cells {
		same := true
		for d, code := range codes {
			dim := f.Dims[d]
			if (code == "" && c.At[d] != dim.Total) || (code != "" && dim.Nodes[c.At[d]].Code != code) {
				same = false
				break
			}
		}
		if same {
			return int32(i)
		}
	}
	return -1
}

// dimension lists the total, then the nodes of all levels, and says by level
// which node a leaf belongs to, -1 for none. Level 0 is the total.
func dimension(v Variable) (linked.Dim, [][]int32) {
	dim := linked.Dim{Name: v.Name}
	all := make([]int32, len(v.Leaves))
	for i := range all {
		all[i] = int32(i)
	}
	dim.Nodes = []linked.Node{{Code: "Total", Leaves: all}}
	of := [][]int32{make([]int32, len(v.Leaves))}
	for _, level := range v.Levels {
		nodeOf := make([]int32, len(v.Leaves))
		seen := map[string]int32{}
		for leaf, code := range level {
			nodeOf[leaf] = -1
			if code == "" {
				continue
			}
			n, ok := seen[code]
			if !ok {
				n = int32(len(dim.Nodes))
				seen[code] = n
				dim.Nodes = append(dim.Nodes, linked.Node{Code: code})
			}
			dim.Nodes[n].Leaves = append(dim.Nodes[n].Leaves, int32(leaf))
			nodeOf[leaf] = n
		}
		of = append(of, nodeOf)
	}
	return dim, of
}

// finest finds for every leaf the node that holds it alone, and adds those that
// no level names.
func finest(dim linked.Dim, leaves int) []int32 {
	at := make([]int32, leaves)
	for i := range at {
		at[i] = -1
	}
	for n, node := range dim.Nodes {
		if len(node.Leaves) == 1 && at[node.Leaves[0]] < 0 {
			at[node.Leaves[0]] = int32(n)
		}
	}
	return at
}

func cells(f *linked.Family, c Cube, nodes [][][]int32, levels []int) []linked.Cell {
	sums := map[string]*linked.Cell{}
	key := make([]byte, 0, 4*len(levels))
	at := make([]int32, len(levels))
	for _, leaf := range c.Leaves {
		key = key[:0]
		outside := false
		for d, l := range levels {
			at[d] = nodes[d][l][leaf.At[d]]
			outside = outside || at[d] < 0
			key = append(key, byte(at[d]>>8), byte(at[d]))
		}
		if outside {
			continue
		}
		cell := sums[string(key)]
		if cell == nil {
			cell = &linked.Cell{At: append([]int32(nil), at...)}
			sums[string(key)] = cell
		}
		cell.N += leaf.N
	}
	keys := make([]string, 0, len(sums))
	for k := range sums {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	out := make([]linked.Cell, 0, len(keys))
	for _, k := range keys {
		cell := *sums[k]
		cell.Least, cell.Need = c.Rule(cell.N)
		out = append(out, cell)
	}
	return out
}

// Everything is the plan that crosses all levels of all variables.
func Everything(variables []Variable) [][]int {
	plan := [][]int{nil}
	for _, v := range variables {
		var longer [][]int
		for _, p := range plan {
			for l := 0; l <= len(v.Levels); l++ {
				longer = append(longer, append(append([]int(nil), p...), l))
			}
		}
		plan = longer
	}
	return plan
}

// Shared is the folder of instances that others wrote; the test is skipped
// where it is not at hand.
func Shared(t testing.TB) string {
	root := os.Getenv("OSSERVATORIO_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "checks", "disclosure-instances")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("shared data not here: set OSSERVATORIO_SHARED")
	}
	return dir
}

// Count is the number of hidden rows.
func Count(hidden []bool) int {
	n := 0
	for _, h := range hidden {
		if h {
			n++
		}
	}
	return n
}

// Nonzero is the number of cells above zero: what a loss is a share of.
func Nonzero(f *linked.Family) int {
	n := 0
	for _, c := range f.Cells {
		if c.N > 0 {
			n++
		}
	}
	return n
}
