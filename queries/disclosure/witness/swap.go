package witness

// swap is a change that leaves all totals over its variables as they are:
//
//	w = by · ⊗ over v in vars of (e at[v] − e to[v]) ⊗ e at[d] elsewhere
//
// over the atoms of all variables of the family at once. What it does to a
// table, or to a cell, is the sum of w over the variables that are not crossed
// there: nothing where one of vars is not crossed or its two atoms lie in one
// node, ±by at the corners otherwise. So all tables are margins of one change of
// one, perhaps unknown, joint table, and agree on whatever they share: two
// margins of one thing have equal margins. That holds for sums of swaps too.
type swap struct {
	vars set
	by   int64
	at   [most]int32
	to   [most]int32
}

// touched is a cell, or a place of a table, and what a swap adds to it.
type touched struct {
	where int64
	table int32
	add   int64
}

// cellsOf lists the cells that a swap changes. A cell is met once: within a
// group corners lie in different nodes.
func (x *index) cellsOf(s *swap, into []touched) []touched {
	into = into[:0]
	for _, g := range x.crossing(s.vars) {
		into = x.corners(&x.groups[g], s, into)
	}
	return into
}

func (x *index) corners(g *group, s *swap, into []touched) []touched {
	var base int64
	var from, to [widest]int64
	vars := 0
	for i := range g.axes {
		axis := &g.axes[i]
		dim := &x.dims[axis.dim]
		a := int64(dim.place(s.at[axis.dim], axis.level))
		if !s.vars.has(axis.dim) {
			if a < 0 {
				return into
			}
			base += a * axis.stride
			continue
		}
		b := int64(dim.place(s.to[axis.dim], axis.level))
		if a == b {
			return into
		}
		from[vars], to[vars] = outside(a, axis.stride), outside(b, axis.stride)
		vars++
	}
	for corner := range 1 << vars {
		at, add := base, s.by
		for i := range vars {
			step := from[i]
			if corner>>i&1 == 1 {
				step, add = to[i], -add
			}
			if step < 0 {
				at = -1
				break
			}
			at += step
		}
		if at < 0 {
			continue
		}
		if c := g.cell(at); c >= 0 {
			into = append(into, touched{where: int64(c), add: add})
		}
	}
	return into
}

// outside keeps the mark of "no node of this level" through the stride.
func outside(place, stride int64) int64 {
	if place < 0 {
		return -1
	}
	return place * stride
}

// placesOf lists the places of tables that a swap changes.
func (x *index) placesOf(s *swap, into []touched) []touched {
	into = into[:0]
	for t := range x.tables {
		into = x.placesIn(t, s, into)
	}
	return into
}

func (x *index) placesIn(t int, s *swap, into []touched) []touched {
	table := &x.tables[t]
	if table.axes&s.vars != s.vars {
		return into
	}
	var base int64
	var from, to [widest]int64
	vars := 0
	for i := range table.by {
		axis := &table.by[i]
		d := axis.dim
		a, b := axis.way[s.at[d]], axis.way[s.to[d]]
		if !s.vars.has(d) {
			base += int64(a) * axis.stride
			continue
		}
		if a == b {
			return into
		}
		from[vars], to[vars] = int64(a)*axis.stride, int64(b)*axis.stride
		vars++
	}
	for corner := range 1 << vars {
		at, add := base, s.by
		for i := range vars {
			if corner>>i&1 == 1 {
				at, add = at+to[i], -add
			} else {
				at += from[i]
			}
		}
		into = append(into, touched{where: at, table: int32(t), add: add})
	}
	return into
}
