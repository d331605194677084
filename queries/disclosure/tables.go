package disclosure

import (
	"fmt"
	"slices"

	"osservatorio/queries/disclosure/linked"
)

// shape is all counts of a family of one kind of period that cross the same
// breakdowns: they are known for the same territories.
type shape struct {
	timed bool // crosses time
	nodes []int32
	lists []int
	cells []int32
	asked map[int32][]int // by cell: variables of its answers
}

func (b *builder) put(l *line, cell int32, answers []answer) {
	key := l.kind + " " + l.crossing.name()
	s := b.shapes[key]
	if s == nil {
		s = b.newShape(l)
		b.shapes[key] = s
		b.order = append(b.order, key)
	}
	if _, there := s.asked[cell]; there {
		return
	}
	var asked []int
	for _, a := range answers {
		d, _ := b.variable(a)
		asked = append(asked, d)
	}
	s.cells = append(s.cells, cell)
	s.asked[cell] = asked
}

func (b *builder) newShape(l *line) *shape {
	s := &shape{asked: map[int32][]int{}}
	for _, list := range l.crossing.lists {
		s.lists = append(s.lists, b.list[list])
	}
	if b.time < 0 || l.kind == "year" {
		return s
	}
	s.timed = true
	v := b.variables[b.time]
	all := int32(len(v.dim.Nodes[v.dim.Total].Leaves))
	if finest := l.kind == "month" || all == 4; finest {
		for i := range all {
			s.nodes = append(s.nodes, i)
		}
		return s
	}
	for q := range 4 {
		s.nodes = append(s.nodes, b.coded[b.time][fmt.Sprintf("%s-Q%d", b.span, q+1)])
	}
	return s
}

// aspect is one question, or two that are held to each other, at the steps that
// a table tells apart.
type aspect struct {
	dims  []int
	nodes [][]int32 // by dim
	zero  uint64    // finest answers that nobody can give
}

// leaves lists the finest answers, as one node by dim.
func (a *aspect) leaves() [][]int32 {
	out := [][]int32{nil}
	for _, nodes := range a.nodes {
		var next [][]int32
		for _, before := range out {
			for _, n := range nodes {
				next = append(next, append(slices.Clone(before), n))
			}
		}
		out = next
	}
	return out
}

// aspects are those that cells of the shape ask about.
func (b *builder) aspects(s *shape) []aspect {
	var out []aspect
	paired := map[int]bool{}
	for _, r := range b.population.pairs {
		if a, ok := b.pairAspect(r); ok && b.asks(s, &a, true) {
			out = append(out, a)
			for _, d := range a.dims {
				paired[d] = true
			}
		}
	}
	for d, v := range slices.Clone(b.variables) {
		a := aspect{dims: []int{d}}
		if d == b.geo || d == b.time || slices.Contains(s.lists, d) {
			continue
		}
		var nodes []int32
		for _, c := range s.cells {
			if slices.Contains(s.asked[c], d) {
				nodes = append(nodes, b.family.Cells[c].At[d])
			}
		}
		parts, _ := v.atoms(nodes)
		a.nodes = [][]int32{parts}
		if len(a.nodes[0]) == 2 && paired[d] {
			continue
		}
		if b.asks(s, &a, false) {
			out = append(out, a)
		}
	}
	if len(out) == 0 {
		out = append(out, aspect{})
	}
	return out
}

func (b *builder) pairAspect(r pair) (aspect, bool) {
	first, ok := b.question[r.a.question]
	second, also := b.question[r.b.question]
	if !ok || !also {
		return aspect{}, false
	}
	yes := b.node(first, answer{step: r.a})
	of := b.node(second, answer{step: r.b})
	a := aspect{dims: []int{first, second}, nodes: [][]int32{
		{yes, b.variables[first].complement(yes)}, {of, b.variables[second].complement(of)},
	}}
	a.zero = 1 << 1 // the first and not the second
	if r.not {
		a.zero = 1 << 0
	}
	return a, true
}

// asks says whether cells of the shape ask about an aspect: about each of its
// variables at its very step, if all.
func (b *builder) asks(s *shape, a *aspect, all bool) bool {
	found := map[int]bool{}
	for _, c := range s.cells {
		for _, d := range s.asked[c] {
			if i := slices.Index(a.dims, d); i >= 0 && (!all || slices.Contains(a.nodes[i], b.family.Cells[c].At[d])) {
				found[d] = true
			}
		}
	}
	return len(found) == len(a.dims)
}

func (b *builder) addTables() error {
	for _, key := range b.order {
		done := map[string]bool{}
		for _, s := range b.depths(b.shapes[key]) {
			for _, a := range b.aspects(s) {
				if name := fmt.Sprint(a.dims, a.nodes); !done[name] {
					done[name] = true
					if err := b.addTable(s, &a); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// depths parts a shape where territories above the finest are asked for answers
// that none of the finest is: nobody knows how those lie over the finest, so each
// depth has tables of its own. The finest come first: what both are asked for is
// one table, theirs. A territory that is both, as a province of one district,
// is in both. What lacks some of the finest only is theirs: the others tell what it lacks.
func (b *builder) depths(s *shape) []*shape {
	both := b.both()
	fine := map[string]bool{} // by place elsewhere: one of the finest is asked for it
	for _, c := range s.cells {
		if geo := b.family.Cells[c].At[b.geo]; b.single(geo) && !both[geo] {
			fine[b.elsewhere(c)] = true
		}
	}
	of, above := *s, *s
	of.cells, above.cells = nil, nil
	for _, c := range s.cells {
		geo := b.family.Cells[c].At[b.geo]
		if fine[b.elsewhere(c)] {
			of.cells = append(of.cells, c)
		}
		if !b.single(geo) || both[geo] {
			above.cells = append(above.cells, c)
		}
	}
	if len(fine) == 0 || len(of.cells) == len(s.cells) {
		return []*shape{s}
	}
	return []*shape{&of, &above}
}

// both are the nodes of territory that are one of the finest and, under another
// name, one above them.
func (b *builder) both() map[int32]bool {
	names := map[int32]int{}
	for t, node := range b.geoNodes {
		if len(b.region.leaves[t]) == 1 {
			names[node]++
		}
	}
	out := map[int32]bool{}
	for node, n := range names {
		out[node] = n > 1
	}
	return out
}

// single says that a node of territory is one of the finest.
func (b *builder) single(geo int32) bool {
	return len(b.variables[b.geo].dim.Nodes[geo].Leaves) == 1
}

// elsewhere is the place of a cell in all variables but territory, of all periods
// of a kind alike: plans ask for kinds, and what is held back from a revision
// must not look like what nobody asks for.
func (b *builder) elsewhere(cell int32) string {
	at := slices.Clone(b.family.Cells[cell].At)
	at[b.geo] = 0
	if b.time >= 0 {
		at[b.time] = int32(len(b.variables[b.time].dim.Nodes[at[b.time]].Leaves))
	}
	return packed(at)
}

// known is a count of some of the finest answers at a place.
type known struct {
	leaves uint64
	n      int64
}

// addTable finds the counts of the finest territories and answers from what the
// cells of a shape tell. Where they leave it open, one way is as good as another:
// no cell can tell them apart.
func (b *builder) addTable(s *shape, a *aspect) error {
	atoms, inside := b.atoms(s)
	leaves := a.leaves()
	byPlace := b.byTerritory(s, a, leaves)
	b.fillPeriods(byPlace, s, a, leaves, inside)
	t := linked.Table{Axes: []linked.Axis{{Dim: int32(b.geo), Nodes: atoms}}}
	if s.timed {
		t.Axes = append(t.Axes, linked.Axis{Dim: int32(b.time), Nodes: s.nodes})
	}
	for _, d := range s.lists {
		v := b.variables[d]
		axis := linked.Axis{Dim: int32(d)}
		for i := range v.dim.Nodes[v.dim.Total].Leaves {
			axis.Nodes = append(axis.Nodes, int32(i))
		}
		t.Axes = append(t.Axes, axis)
	}
	for i, d := range a.dims {
		t.Axes = append(t.Axes, linked.Axis{Dim: int32(d), Nodes: a.nodes[i]})
	}
	for _, key := range sorted(byPlace) {
		if err := b.fill(&t, s, a, byPlace[key], inside, len(leaves)); err != nil {
			return err
		}
	}
	b.addOnce(t)
	return nil
}

// addOnce adds a table unless there is the same one.
func (b *builder) addOnce(t linked.Table) {
	slices.SortFunc(t.Axes, func(x, y linked.Axis) int { return int(x.Dim - y.Dim) })
	b.family.Tables = append(b.family.Tables, t)
}
