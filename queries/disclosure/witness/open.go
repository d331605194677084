package witness

import (
	"cmp"
	"math/bits"
	"slices"
)

// part is a set of coordinates that u leaves open and that must be chosen
// together, with the groups and tables that hang on them. Parts are chosen one
// after another: no group and no table hangs on two.
type part struct {
	vars   []int
	groups []int32
	tables []int32
}

// split finds the parts for a set of variables. Tables whose places are settled
// make a part without variables: there is nothing to choose, only to check.
func (s *search) split(v set) {
	s.frees = s.frees[:0]
	at := s.x.cells[s.u].at
	var joined []set
	open := func(d int) bool { return !v.has(d) && len(s.x.dims[d].nodes[at[d]].atoms) > 1 }
	join := func(of set) {
		kept := joined[:0]
		for _, j := range joined {
			if j&of != 0 {
				of |= j
			} else {
				kept = append(kept, j)
			}
		}
		joined = append(kept, of)
	}
	need := func(g *group) (hang set) {
		for d := range s.x.dims {
			if open(d) && !s.x.dims[d].nodes[at[d]].known.has(int(g.level[d])) {
				hang |= 1 << d
			}
		}
		return hang
	}
	axes := func(t *table) (hang set) {
		for rest := t.axes &^ v; rest != 0; rest &= rest - 1 {
			if d := bits.TrailingZeros16(uint16(rest)); open(d) && s.x.dims[d].parts(t.kind[d], at[d]) {
				hang |= 1 << d
			}
		}
		return hang
	}
	for _, g := range s.later {
		join(need(&s.x.groups[g]))
	}
	for t := range s.x.tables {
		if tab := &s.x.tables[t]; tab.axes&v == v {
			if hang := axes(tab); hang != 0 {
				join(hang)
			} else {
				s.part(0).tables = append(s.part(0).tables, int32(t))
			}
		}
	}
	for _, j := range joined {
		s.part(j)
	}
	for _, g := range s.later {
		p := s.part(need(&s.x.groups[g]))
		p.groups = append(p.groups, g)
	}
	for t := range s.x.tables {
		if tab := &s.x.tables[t]; tab.axes&v == v {
			if hang := axes(tab); hang != 0 {
				p := s.part(hang)
				p.tables = append(p.tables, int32(t))
			}
		}
	}
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

// part finds the part that these variables belong to, or makes it.
func (s *search) part(of set) *part {
	for i := range s.frees {
		var has set
		for _, d := range s.frees[i].vars {
			has |= 1 << d
		}
		if has&of != 0 || (of == 0 && has == 0) {
			return &s.frees[i]
		}
	}
	s.frees = append(s.frees, part{vars: members(of, nil)})
	return &s.frees[len(s.frees)-1]
}

// tries is how many combinations of open coordinates are looked at.
const tries = 600

// choose finds the cheapest feasible atoms for a part and leaves them, paid for,
// in the swap.
func (s *search) choose(p *part, bound float64) (float64, bool) {
	var at [most]int
	var best [most]int32
	least, found := bound, false
	nodes := s.x.cells[s.u].at
	for range tries {
		for i, d := range p.vars {
			s.cur.at[d] = s.x.dims[d].heavy(nodes[d])[at[i]]
		}
		mark := len(s.trail)
		s.work--
		if cost, ok := s.try(p, least); ok && cost < least {
			least, found = cost, true
			best = s.cur.at
		}
		s.back(mark)
		if found && least == 0 && s.soft == nil {
			break
		}
		i := 0
		for ; i < len(p.vars); i++ {
			at[i]++
			if at[i] < len(s.x.dims[p.vars[i]].nodes[nodes[p.vars[i]]].atoms) {
				break
			}
			at[i] = 0
		}
		if i == len(p.vars) {
			break
		}
	}
	if !found {
		return 0, false
	}
	for _, d := range p.vars {
		s.cur.at[d] = best[d]
	}
	cost, _ := s.try(p, bound)
	return cost, true
}

// try checks the places of a part's tables and pays for its cells.
func (s *search) try(p *part, bound float64) (float64, bool) {
	for _, t := range p.tables {
		s.changed = s.x.placesIn(int(t), &s.cur, s.changed[:0])
		for _, place := range s.changed {
			if place.add < 0 && s.x.tables[t].count(place.where)+place.add < 0 {
				return 0, false
			}
		}
	}
	cost := 0.0
	for _, g := range p.groups {
		s.changed = s.x.corners(&s.x.groups[g], &s.cur, s.changed[:0])
		for _, c := range s.changed {
			odd := 0
			if c.add != s.by {
				odd = 1
			}
			more, ok := s.pay(int32(c.where), odd)
			cost += more
			if !ok || cost >= bound+s.slack {
				return cost, false
			}
		}
	}
	return cost, true
}
