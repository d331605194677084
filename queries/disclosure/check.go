package disclosure

import (
	"slices"

	"osservatorio/queries/disclosure/linked"
)

// check holds every cell to the tables that reach it: it is their sum. So a
// header that claims too much is found out before anything is published.
func (b *builder) check() error {
	f := b.family
	for i := range f.Cells {
		f.Cells[i].Need = max(f.Cells[i].Need, b.needs[int32(i)], 0)
	}
	for i := range f.Tables {
		if err := b.checkTable(&f.Tables[i]); err != nil {
			return err
		}
	}
	return nil
}

// reach is how a variable of a table sums up to the nodes of cells.
type reach struct {
	dim    int
	above  [][]int32 // by position in the axis: nodes that hold it whole
	stride int64
	ok     []bool // by node: a union of the axis' nodes
}

func (b *builder) checkTable(t *linked.Table) error {
	reaches := make([]reach, len(t.Axes))
	stride := int64(1)
	crossed := make([]bool, len(b.variables))
	for i, a := range t.Axes {
		reaches[i] = b.reach(a, stride)
		stride *= int64(len(b.variables[a.Dim].dim.Nodes))
		crossed[a.Dim] = true
	}
	sums := map[int64]int64{}
	for _, c := range t.Counts {
		addUp(sums, reaches, c.At, 0, c.N)
	}
next:
	for i := range b.family.Cells {
		c := &b.family.Cells[i]
		for d, n := range c.At {
			if !crossed[d] && n != b.variables[d].dim.Total {
				continue next
			}
		}
		var key int64
		for _, r := range reaches {
			if !r.ok[c.At[r.dim]] {
				continue next
			}
			key += int64(c.At[r.dim]) * r.stride
		}
		if sums[key] != c.N {
			return b.refuse(b.about(t, c))
		}
	}
	return nil
}

func (b *builder) reach(a linked.Axis, stride int64) reach {
	v := b.variables[a.Dim]
	r := reach{dim: int(a.Dim), stride: stride, above: make([][]int32, len(a.Nodes)), ok: make([]bool, len(v.dim.Nodes))}
	for n, node := range v.dim.Nodes {
		covered := 0
		var parts []int
		for i, p := range a.Nodes {
			part := v.dim.Nodes[p].Leaves
			if len(part) > 0 && !slices.ContainsFunc(part, func(l int32) bool { return !slices.Contains(node.Leaves, l) }) {
				covered += len(part)
				parts = append(parts, i)
			}
		}
		if r.ok[n] = covered == len(node.Leaves); r.ok[n] {
			for _, i := range parts {
				r.above[i] = append(r.above[i], int32(n))
			}
		}
	}
	return r
}

func addUp(sums map[int64]int64, reaches []reach, at []int32, key, n int64) {
	if len(reaches) == 0 {
		sums[key] += n
		return
	}
	r := reaches[0]
	for _, node := range r.above[at[0]] {
		addUp(sums, reaches[1:], at[1:], key+int64(node)*r.stride, n)
	}
}

// about says where sums fail, and never which number.
func (b *builder) about(t *linked.Table, c *linked.Cell) string {
	text := "sums of"
	for _, a := range t.Axes {
		text += " " + b.variables[a.Dim].dim.Name
	}
	text += " at"
	for d, n := range c.At {
		if n != b.variables[d].dim.Total {
			text += " " + b.variables[d].dim.Nodes[n].Code
		}
	}
	return text
}
