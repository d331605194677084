package disclosure

import (
	"slices"
	"strings"

	"osservatorio/queries/disclosure/linked"
)

// territorial is what is known at one place of all variables but territory.
type territorial struct {
	at    []int32
	known map[uint64]map[int32]int64 // by answers, by node of territory
}

func (b *builder) byTerritory(s *shape, a *aspect, leaves [][]int32) map[string]*territorial {
	out := map[string]*territorial{}
	for _, c := range s.cells {
		b.place(out, a, leaves, b.family.Cells[c].At, b.family.Cells[c].N, s.asked[c])
	}
	return out
}

// fillPeriods puts everybody into the first codes where a breakdown is not shown
// for a period and the total is: no cell can tell.
func (b *builder) fillPeriods(out map[string]*territorial, s *shape, a *aspect, leaves [][]int32, inside map[int32][]int32) {
	if !s.timed || len(s.lists) == 0 {
		return
	}
	shown := map[int32]bool{}
	for _, c := range s.cells {
		shown[b.family.Cells[c].At[b.time]] = true
	}
	for _, key := range b.order {
		total := b.shapes[key]
		if len(total.lists) > 0 || !slices.Equal(total.nodes, s.nodes) {
			continue
		}
		for _, c := range total.cells {
			at := b.family.Cells[c].At
			if len(total.asked[c]) > 0 || shown[at[b.time]] || inside[at[b.geo]] == nil {
				continue
			}
			at = slices.Clone(at)
			for _, d := range s.lists {
				at[d] = 0
			}
			b.place(out, a, leaves, at, b.family.Cells[c].N, nil)
		}
	}
}

func (b *builder) place(out map[string]*territorial, a *aspect, leaves [][]int32, cell []int32, n int64, asked []int) {
	for _, d := range asked {
		if !slices.Contains(a.dims, d) {
			return
		}
	}
	mask, ok := b.mask(a, leaves, cell)
	if !ok {
		return
	}
	at := slices.Clone(cell)
	at[b.geo] = 0
	for _, d := range a.dims {
		at[d] = b.variables[d].dim.Total
	}
	key := packed(at)
	t := out[key]
	if t == nil {
		t = &territorial{at: at, known: map[uint64]map[int32]int64{}}
		out[key] = t
	}
	if t.known[mask] == nil {
		t.known[mask] = map[int32]int64{}
	}
	t.known[mask][cell[b.geo]] = n
}

// mask is the finest answers of an aspect that a cell counts; false where it
// counts a part of one.
func (b *builder) mask(a *aspect, leaves [][]int32, at []int32) (uint64, bool) {
	var mask uint64
	for i, leaf := range leaves {
		in := true
		for j, d := range a.dims {
			v := b.variables[d].dim
			whole, some := true, false
			for _, l := range v.Nodes[leaf[j]].Leaves {
				has := slices.Contains(v.Nodes[at[d]].Leaves, l)
				whole, some = whole && has, some || has
			}
			if some && !whole {
				return 0, false
			}
			in = in && whole
		}
		if in {
			mask |= 1 << i
		}
	}
	return mask, true
}

// fill adds the counts at one place of all variables but territory.
func (b *builder) fill(t *linked.Table, s *shape, a *aspect, p *territorial, inside map[int32][]int32, leaves int) error {
	atoms := len(t.Axes[0].Nodes)
	of := make([][]known, atoms)
	for _, mask := range sorted2(p.known) {
		found, has, err := solve(atoms, p.known[mask], inside)
		if err != nil {
			return b.refuse("territories, breakdown " + b.crossed(s))
		}
		for i := range found {
			if has[i] {
				of[i] = append(of[i], known{mask, found[i]})
			}
		}
	}
	for i := range of {
		if len(of[i]) == 0 {
			continue
		}
		counts, err := answers(leaves, of[i], a.zero)
		if err != nil {
			return b.refuse("measures, breakdown " + b.crossed(s))
		}
		for j, n := range counts {
			if n > 0 {
				t.Counts = append(t.Counts, linked.Count{At: b.countAt(s, a, p.at, int32(i), j), N: n})
			}
		}
	}
	return nil
}

func (b *builder) crossed(s *shape) string {
	if len(s.lists) == 0 {
		return "_T"
	}
	var names []string
	for _, d := range s.lists {
		names = append(names, b.variables[d].dim.Name)
	}
	return strings.Join(names, "_")
}

// countAt is the place of a count in its table, by axis in the order of
// variables.
func (b *builder) countAt(s *shape, a *aspect, at []int32, geo int32, leaf int) []int32 {
	position := map[int]int32{b.geo: geo}
	dims := []int{b.geo}
	if s.timed {
		position[b.time] = int32(slices.Index(s.nodes, at[b.time]))
		dims = append(dims, b.time)
	}
	for _, d := range s.lists {
		position[d] = at[d]
		dims = append(dims, d)
	}
	for i := len(a.dims) - 1; i >= 0; i-- {
		n := len(a.nodes[i])
		position[a.dims[i]] = int32(leaf % n)
		leaf /= n
		dims = append(dims, a.dims[i])
	}
	slices.Sort(dims)
	out := make([]int32, len(dims))
	for i, d := range dims {
		out[i] = position[d]
	}
	return out
}

// atoms are the finest territories that cells of a shape tell apart, and which
// of them each node of theirs holds.
func (b *builder) atoms(s *shape) ([]int32, map[int32][]int32) {
	nodes := make([]int32, len(s.cells))
	for i, c := range s.cells {
		nodes[i] = b.family.Cells[c].At[b.geo]
	}
	return b.variables[b.geo].atoms(nodes)
}

// atoms are the largest sets of finest codes that none of the nodes parts, and
// which of them each node holds.
func (v *variable) atoms(nodes []int32) ([]int32, map[int32][]int32) {
	nodes = slices.Clone(nodes)
	slices.Sort(nodes)
	nodes = slices.Compact(nodes)
	in := make([][]int32, len(v.dim.Nodes[v.dim.Total].Leaves)) // by finest code: the nodes that hold it
	for _, n := range nodes {
		for _, l := range v.dim.Nodes[n].Leaves {
			in[l] = append(in[l], n)
		}
	}
	groups := map[string][]int32{}
	var order []string
	for l := range in {
		key := packed(in[l])
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], int32(l))
	}
	var atoms []int32
	inside := map[int32][]int32{}
	for i, key := range order {
		atoms = append(atoms, v.node("part of "+v.dim.Nodes[groups[key][0]].Code, groups[key]))
		for _, n := range in[groups[key][0]] {
			inside[n] = append(inside[n], int32(i))
		}
	}
	return atoms, inside
}
