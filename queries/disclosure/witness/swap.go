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
	var from, to [most]int64
	vars := 0
	for d := range x.dims {
		dim := &x.dims[d]
		l := int(g.level[d])
		a := int64(dim.at[int(s.at[d])*dim.levels+l])
		if !s.vars.has(d) {
			if a < 0 {
				return into
			}
			base += a * g.stride[d]
			continue
		}
		b := int64(dim.at[int(s.to[d])*dim.levels+l])
		if a == b {
			return into
		}
		from[vars], to[vars] = outside(a, g.stride[d]), outside(b, g.stride[d])
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
	var from, to [most]int64
	vars := 0
	for d := range x.dims {
		if !table.axes.has(d) {
			continue
		}
		kind := x.dims[d].kinds[table.kind[d]]
		a, b := kind[s.at[d]], kind[s.to[d]]
		if !s.vars.has(d) {
			base += int64(a) * table.stride[d]
			continue
		}
		if a == b {
			return into
		}
		from[vars], to[vars] = int64(a)*table.stride[d], int64(b)*table.stride[d]
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
