package disclosure

import (
	"slices"

	"osservatorio/queries/disclosure/linked"
)

// addWithin holds it to be known that everybody of one answer is among those of
// another, as headers say: nobody in the whole region is of the first and not of
// the second. So a rate of some among others is no secret where both are shown
// elsewhere.
func (b *builder) addWithin() {
	for _, r := range b.population.pairs {
		a, ok := b.pairAspect(r)
		if !ok {
			continue
		}
		at := make([]int32, len(b.variables))
		for d, v := range b.variables {
			at[d] = v.dim.Total
		}
		at[a.dims[0]], at[a.dims[1]] = a.nodes[0][0], a.nodes[1][1]
		if r.not {
			at[a.dims[1]] = a.nodes[1][0]
		}
		if b.told(at, a.dims) {
			b.give(at)
		}
	}
}

// told says whether some table tells the codes of a place apart in those variables.
func (b *builder) told(at []int32, dims []int) bool {
	for i := range b.family.Tables {
		found := 0
		for _, axis := range b.family.Tables[i].Axes {
			if slices.Contains(dims, int(axis.Dim)) && b.parts(axis, at[axis.Dim]) {
				found++
			}
		}
		if found == len(dims) {
			return true
		}
	}
	return false
}

// parts says whether every code of an axis lies in a node or beside it.
func (b *builder) parts(axis linked.Axis, node int32) bool {
	nodes := b.variables[axis.Dim].dim.Nodes
	for _, n := range axis.Nodes {
		in := 0
		for _, leaf := range nodes[n].Leaves {
			if slices.Contains(nodes[node].Leaves, leaf) {
				in++
			}
		}
		if in != 0 && in != len(nodes[n].Leaves) {
			return false
		}
	}
	return true
}

// give adds a count of nobody that needs no line to be known.
func (b *builder) give(at []int32) int32 {
	c := int32(len(b.family.Cells))
	b.cells[packed(at)] = c
	b.family.Cells = append(b.family.Cells, linked.Cell{At: at})
	b.family.Rows = append(b.family.Rows, linked.Row{Cells: []int32{c}, Forced: true})
	b.family.rows = append(b.family.rows, nil)
	b.family.kept = append(b.family.kept, false)
	return c
}
