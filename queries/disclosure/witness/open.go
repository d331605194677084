package witness

import (
	"cmp"
	"math/bits"
	"slices"
)

// layout is what the search over a set of variables asks of all cells that lie
// alike in the trees: it is laid out once for them all.
type layout struct {
	plan  []template
	parts []part
}

// template is a group that is settled by u's codes and those of the swap.
type template struct {
	group int32
	from  int // the step from which on one of its corners is sure to be touched
}

// part is a coordinate that u leaves open, the groups and tables that are
// settled once it is chosen, and the parts that can then be chosen each for
// itself: no group and no table hangs on two of them.
type part struct {
	open   int // the variable, -1 where there is nothing to choose, only to check
	groups []int32
	tables []int32
	sub    []part
}

// hanging is a group or a table and the open coordinates it hangs on.
type hanging struct {
	on    set
	group int32 // -1 for a table
	table int32
}

// laid finds the layout of a set of variables for the cell at hand, or makes it.
func (s *search) laid(v set) *layout {
	key := layoutKey{v, s.x.kind[s.u]}
	if l := s.layouts[key]; l != nil {
		return l
	}
	l := &layout{}
	at := s.x.cells[s.u].at
	vars := members(v, nil)
	var items []hanging
next:
	for _, gi := range s.x.crossing(v) {
		g := &s.x.groups[gi]
		on := set(0)
		for _, a := range g.axes {
			if v.has(a.dim) {
				continue
			}
			n := &s.x.dims[a.dim].nodes[at[a.dim]]
			if !n.known.has(a.level) {
				on |= 1 << a.dim
			} else if s.x.dims[a.dim].place(n.atoms[0], a.level) < 0 {
				continue next
			}
		}
		if on != 0 {
			items = append(items, hanging{on: on, group: gi, table: -1})
			continue
		}
		l.plan = append(l.plan, template{gi, s.x.surely(g, vars, at)})
	}
	for t := range s.x.tables {
		if tab := &s.x.tables[t]; tab.axes&v == v {
			on := set(0)
			for rest := tab.axes &^ v; rest != 0; rest &= rest - 1 {
				if d := bits.TrailingZeros64(uint64(rest)); s.x.dims[d].parts(tab.kind[d], at[d]) {
					on |= 1 << d
				}
			}
			items = append(items, hanging{on: on, group: -1, table: int32(t)})
		}
	}
	l.parts = arrange(items)
	if s.layouts == nil {
		s.layouts = map[layoutKey]*layout{}
	}
	s.layouts[key] = l
	return l
}

type layoutKey struct {
	over set
	kind int32
}

// surely is the step from which on a group is touched whatever the later
// variables choose.
func (x *index) surely(g *group, vars []int, at []int32) int {
	from := 0
	for i, d := range vars {
		n := &x.dims[d].nodes[at[d]]
		if l := g.level(d); !n.known.has(l) || !n.inside.has(l) {
			from = i + 1
		}
	}
	return from
}

// arrange makes parts: what hangs on nothing is checked at once; what hangs
// together is chosen by the coordinate that most hang on, and what then still
// hangs together, below it.
func arrange(items []hanging) []part {
	var out []part
	settled := part{open: -1}
	var joined []set
	for _, it := range items {
		if it.on == 0 {
			settled.enter(it)
			continue
		}
		joined = join(joined, it.on)
	}
	if len(settled.groups)+len(settled.tables) > 0 {
		out = append(out, settled)
	}
	for _, of := range joined {
		d := commonest(items, of)
		p := part{open: d}
		var rest []hanging
		for _, it := range items {
			if it.on&of == 0 {
				continue
			}
			if it.on &^= 1 << d; it.on == 0 {
				p.enter(it)
			} else {
				rest = append(rest, it)
			}
		}
		p.sub = arrange(rest)
		out = append(out, p)
	}
	return out
}

func (p *part) enter(it hanging) {
	if it.group >= 0 {
		p.groups = append(p.groups, it.group)
	} else {
		p.tables = append(p.tables, it.table)
	}
}

// join unites a set with those it meets.
func join(joined []set, of set) []set {
	kept := joined[:0]
	for _, j := range joined {
		if j&of != 0 {
			of |= j
		} else {
			kept = append(kept, j)
		}
	}
	return append(kept, of)
}

func commonest(items []hanging, of set) int {
	best, most := -1, 0
	for rest := of; rest != 0; rest &= rest - 1 {
		d := bits.TrailingZeros64(uint64(rest))
		n := 0
		for _, it := range items {
			if it.on.has(d) {
				n++
			}
		}
		if n > most {
			best, most = d, n
		}
	}
	return best
}

// parts says whether an axis tells atoms of a node apart.
func (d *dim) parts(kind, n int32) bool {
	way := d.kinds[kind]
	first := way[d.nodes[n].atoms[0]]
	for _, a := range d.nodes[n].atoms {
		if way[a] != first {
			return true
		}
	}
	return false
}

// heavy lists the atoms of a node, those with the highest counts first: from
// them there is something to take.
func (d *dim) heavy(n int32) []int32 {
	node := &d.nodes[n]
	if node.heavy == nil {
		node.heavy = slices.Clone(node.atoms)
		slices.SortStableFunc(node.heavy, func(a, b int32) int { return cmp.Compare(d.weight[b], d.weight[a]) })
	}
	return node.heavy
}

// tries is how many open coordinates are looked at for one swap.
const tries = 600

// choose finds the cheapest feasible atoms for a part and leaves them, paid for,
// in the swap.
func (s *search) choose(p *part, bound float64) (float64, bool) {
	if p.open < 0 {
		return s.try(p, bound)
	}
	least, found := bound, false
	best := s.keep()
	defer func() { s.depth-- }()
	for _, a := range s.x.dims[p.open].heavy(s.x.cells[s.u].at[p.open]) {
		if s.left--; s.left < 0 || s.spent > s.most {
			break
		}
		s.cur.at[p.open] = a
		mark := len(s.trail)
		if cost, ok := s.below(p, least); ok && cost < least {
			least, found = cost, true
			best.at, best.rows = s.cur.at, append(best.rows[:0], s.trail[mark:]...)
		}
		s.back(mark)
		if found && least == 0 && s.soft == nil {
			break
		}
	}
	if !found {
		return 0, false
	}
	s.cur.at = best.at
	for _, r := range best.rows {
		s.seen[r] = true
		s.trail = append(s.trail, r)
	}
	return least, true
}

// below checks what is settled by the coordinate of a part and chooses the
// others.
func (s *search) below(p *part, bound float64) (float64, bool) {
	cost, ok := s.try(p, bound)
	if !ok {
		return 0, false
	}
	for i := range p.sub {
		more, ok := s.choose(&p.sub[i], bound-cost)
		if !ok {
			// What failed is likely to fail the next time too.
			p.sub[0], p.sub[i] = p.sub[i], p.sub[0]
			return 0, false
		}
		cost += more
	}
	return cost, true
}

// kept is the best choice of a part so far, and the rows paid for in it.
type kept struct {
	at   [most]int32
	rows []int32
}

// keep gives the place for the best choice on this depth.
func (s *search) keep() *kept {
	if s.depth == len(s.kept) {
		s.kept = append(s.kept, &kept{})
	}
	s.depth++
	return s.kept[s.depth-1]
}

// try checks the places of a part's tables and pays for its cells.
func (s *search) try(p *part, bound float64) (float64, bool) {
	s.work--
	s.spent++
	for i, t := range p.tables {
		if s.spent++; !s.holds(int(t)) {
			if i > 0 { // What failed is likely to fail the next time too.
				p.tables[i], p.tables[i/2] = p.tables[i/2], p.tables[i]
			}
			return 0, false
		}
	}
	cost := 0.0
	for i, g := range p.groups {
		s.spent++
		s.changed = s.x.corners(&s.x.groups[g], &s.cur, s.changed[:0])
		for _, c := range s.changed {
			odd := 0
			if c.add != s.by {
				odd = 1
			}
			more, ok := s.pay(int32(c.where), odd)
			cost += more
			if !ok || cost >= bound+s.slack {
				if i > 0 {
					p.groups[i], p.groups[i/2] = p.groups[i/2], p.groups[i]
				}
				return cost, false
			}
		}
	}
	return cost, true
}

// holds says whether no count of a table falls below zero.
func (s *search) holds(t int) bool {
	s.changed = s.x.placesIn(t, &s.cur, s.changed[:0])
	for _, place := range s.changed {
		if place.add < 0 && s.x.tables[t].count(place.where)+place.add < 0 {
			return false
		}
	}
	return true
}
