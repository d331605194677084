package witness

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// search finds the cheapest swap that lifts one cell. Cost is what the rows
// lose that would have to be hidden and are not yet.
type search struct {
	x      *index
	tags   []tag   // by cell, as things stand
	hidden []bool  // by row, as things stand
	seen   []bool  // by row: paid for in the swap being built
	trail  []int32 // rows seen, in order

	u     int32 // the cell to lift
	by    int64
	over  set // variables that u crosses
	bound float64
	slack float64 // how far cost can still fall, where it can
	best  swap
	found bool
	work  int   // steps left for this cell
	spent int64 // steps so far, each counted by the groups and tables it looks at
	most  int64 // steps after which this swap is sought no further

	cur     swap
	vars    []int
	plan    []planned // groups of the set of variables in turn
	changed []touched
	layouts map[layoutKey]*layout
	parts   []part // of the set of variables in turn
	left    int    // open coordinates that may still be looked at for the swap at hand
	depth   int    // of the part being chosen
	kept    []*kept
	outer   [most][]choice // by variable that u crosses: atoms outside its node, the cheap first
	rank    [][]uint32     // by variable and atom: what the salt prefers
	soft    *mending       // not nil: what cannot be is dear instead
}

// tag is what the search asks of a cell.
type tag struct {
	room   int64   // how far it can fall
	price  float64 // of hiding the rows that show it alone; infinite where it cannot be hidden
	shared bool    // other rows show it too
}

// choice is an atom for the other side of a swap, and what u's own group asks
// for it.
type choice struct {
	atom  int32
	price float64
}

// planned is a group that is settled by u and the atoms of the swap: what of
// its place does not change, and from which step on it counts.
type planned struct {
	group *group
	base  int64
	from  int
	step  [widest][2]int64 // by step: place at the two atoms, -1 outside
}

// lift finds the cheapest swap that adds by to cell u and costs less than bound.
func (s *search) lift(u int32, by int64, bound float64) (swap, float64, bool) {
	s.u, s.by, s.bound, s.found = u, by, bound, false
	s.slack = 0
	if s.soft != nil {
		s.slack = s.soft.owed()
	}
	s.over = 0
	at := s.x.cells[u].at
	for d, n := range at {
		s.cur.at[d] = s.x.dims[d].nodes[n].atoms[0]
		if s.x.dims[d].nodes[n].level != 0 {
			s.over |= 1 << d
			s.list(d)
		}
	}
	s.cur.by = by
	// All subsets, the small ones first: they are looked through fast and cut the
	// rest. None takes more than half of the steps that are left.
	for size := range min(ones(s.over), widest) + 1 {
		for v := s.over; ; v = (v - 1) & s.over {
			if ones(v) == size && s.least(v) < s.bound+s.slack {
				rest, most := s.work/2, s.most
				s.work -= rest
				s.most -= max(0, s.most-s.spent) / 2
				s.subset(v)
				s.work, s.most = rest+max(0, s.work), most
			}
			if v == 0 {
				break
			}
		}
	}
	return s.best, s.bound, s.found
}

// list sorts the atoms outside u's node by what the one cell costs that differs
// from u in this variable alone. It falls in every swap over the variable, so
// atoms where it cannot are left out.
func (s *search) list(d int) {
	x := s.x
	dim := &x.dims[d]
	at := x.cells[s.u].at
	g := &x.groups[x.of[s.u]]
	base, stride := int64(0), int64(0)
	for _, a := range g.axes {
		if a.dim == d {
			stride = a.stride
		} else {
			base += int64(x.dims[a.dim].nodes[at[a.dim]].place) * a.stride
		}
	}
	n := &dim.nodes[at[d]]
	list := s.outer[d][:0]
	for b := int32(0); int(b) < dim.atoms; b++ {
		p := dim.at[int(b)*dim.levels+int(n.level)]
		if p == n.place {
			continue
		}
		price := 0.0
		if p >= 0 {
			if c := g.cell(base + int64(p)*stride); c >= 0 {
				if s.soft != nil {
					list = append(list, choice{b, max(0, s.soft.pay(c, -s.by))})
					continue
				}
				if s.tags[c].room < s.by {
					continue
				}
				if price = s.tags[c].price; math.IsInf(price, 1) {
					continue
				}
				for _, r := range x.cells[c].shared {
					if !s.hidden[r] {
						price += x.rows[r].cost
					}
				}
			}
		}
		list = append(list, choice{b, price})
	}
	rank := s.rank[d]
	slices.SortFunc(list, func(a, b choice) int {
		if a.price != b.price {
			return cmp.Compare(a.price, b.price)
		}
		return cmp.Compare(rank[a.atom], rank[b.atom])
	})
	s.outer[d] = list
}

// least is what a swap over these variables costs at least.
func (s *search) least(v set) float64 {
	sum := 0.0
	for ; v != 0; v &= v - 1 {
		list := s.outer[bits.TrailingZeros64(uint64(v))]
		if len(list) == 0 {
			return math.Inf(1)
		}
		sum += list[0].price
	}
	return sum
}

func ones(v set) int { return bits.OnesCount64(uint64(v)) }

// subset searches the swaps over exactly these variables.
func (s *search) subset(v set) {
	s.vars = members(v, s.vars)
	s.cur.vars = v
	s.prepare(v)
	s.step(0, 0)
}

// prepare places the groups that are settled by u's codes.
func (s *search) prepare(v set) {
	l := s.laid(v)
	at := s.x.cells[s.u].at
	s.plan, s.parts = s.plan[:0], l.parts
	for _, t := range l.plan {
		g := &s.x.groups[t.group]
		p := planned{group: g, from: t.from}
		for _, a := range g.axes {
			dim := &s.x.dims[a.dim]
			place := int64(dim.place(dim.nodes[at[a.dim]].atoms[0], a.level))
			if !v.has(a.dim) {
				p.base += place * a.stride
				continue
			}
			p.step[slices.Index(s.vars, a.dim)][0] = outside(place, a.stride)
		}
		s.plan = append(s.plan, p)
	}
}

// step settles the atoms of variable m and goes on while the swap can still be
// cheaper than the best.
func (s *search) step(m int, cost float64) {
	s.work--
	s.spent += int64(len(s.plan)) + 1
	if s.work < 0 || s.spent > s.most {
		return
	}
	mark := len(s.trail)
	if more, ok := s.touch(m, s.bound-cost); !ok {
		s.back(mark)
		return
	} else {
		cost += more
	}
	if m == len(s.vars) {
		s.finish(cost)
		s.back(mark)
		return
	}
	d := s.vars[m]
	rest := 0.0
	for _, e := range s.vars[m+1:] {
		rest += s.outer[e][0].price
	}
	for _, b := range s.outer[d] {
		if cost+b.price+rest >= s.bound+s.slack {
			break
		}
		s.cur.to[d] = b.atom
		for _, a := range s.x.dims[d].nodes[s.x.cells[s.u].at[d]].atoms {
			s.cur.at[d] = a
			s.step(m+1, cost)
		}
	}
	s.back(mark)
}

func (s *search) back(mark int) {
	for _, r := range s.trail[mark:] {
		s.seen[r] = false
	}
	s.trail = s.trail[:mark]
}

// touch pays for the corners that variable m-1 adds (for m = 0: the one corner
// at u's own codes), in the groups where they are sure to be touched whatever
// the later variables choose.
func (s *search) touch(m int, bound float64) (float64, bool) {
	cost := 0.0
	for i := range s.plan {
		p := &s.plan[i]
		if m > 0 && !s.enter(p, m-1) {
			continue
		}
		if p.from > m {
			continue
		}
		first := 0
		if m > 0 && p.from < m {
			first = 1 << (m - 1)
		}
		for corner := first; corner < 1<<m; corner++ {
			c := s.corner(p, corner, m)
			if c < 0 {
				continue
			}
			more, ok := s.pay(c, corner)
			cost += more
			if !ok || cost >= bound+s.slack {
				return cost, false
			}
		}
	}
	return cost, true
}

// enter notes where the two atoms of a step lie in a group, and says whether
// the swap still changes it.
func (s *search) enter(p *planned, i int) bool {
	d := s.vars[i]
	dim := &s.x.dims[d]
	axis := p.group.axis(d)
	a := outside(int64(dim.place(s.cur.at[d], axis.level)), axis.stride)
	b := outside(int64(dim.place(s.cur.to[d], axis.level)), axis.stride)
	p.step[i] = [2]int64{a, b}
	for j := 0; j <= i; j++ {
		if p.step[j][0] == p.step[j][1] {
			return false
		}
	}
	return true
}

func (s *search) corner(p *planned, corner, m int) int32 {
	at := p.base
	for i := range s.vars {
		side := 0
		if i < m && corner>>i&1 == 1 {
			side = 1
		}
		step := p.step[i][side]
		if step < 0 {
			return -1
		}
		at += step
	}
	return p.group.cell(at)
}

// pay says what it costs to change a cell, by the parity of its corner; not ok
// where it cannot be.
func (s *search) pay(c int32, corner int) (float64, bool) {
	x := &s.tags[c]
	odd := bits.OnesCount(uint(corner))&1 == 1
	if s.soft != nil {
		if odd {
			return s.soft.pay(c, -s.by), true
		}
		return s.soft.pay(c, s.by), true
	}
	if odd && x.room < s.by {
		return 0, false
	}
	if !x.shared {
		return x.price, true
	}
	cost := x.price
	for _, r := range s.x.cells[c].shared {
		if !s.hidden[r] && !s.seen[r] {
			s.seen[r] = true
			s.trail = append(s.trail, r)
			cost += s.x.rows[r].cost
		}
	}
	return cost, true
}

// finish chooses the coordinates that u leaves open and keeps the swap if it is
// the cheapest.
func (s *search) finish(cost float64) {
	s.left = tries
	for i := range s.parts {
		more, ok := s.choose(&s.parts[i], s.bound-cost)
		if !ok {
			// What failed is likely to fail the next time too.
			s.parts[0], s.parts[i] = s.parts[i], s.parts[0]
			return
		}
		cost += more
	}
	if cost < s.bound && !math.IsInf(cost, 1) {
		s.best, s.bound, s.found = s.cur, cost, true
	}
}
