package disclosure

import (
	"fmt"
	"slices"
	"strings"

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
