package witness

import (
	"math"
	"slices"
	"sort"

	"osservatorio/queries/disclosure/linked"
)

// price sums what the rows cost that show this cell alone and stand.
func (r *run) price(c int32) {
	cell := &r.x.cells[c]
	price := 0.0
	for _, row := range cell.rows {
		if len(r.x.rows[row].cells) == 1 && !r.s.hidden[row] {
			price += r.x.rows[row].cost
		}
	}
	if cell.fixed {
		price = math.Inf(1)
	}
	r.s.tags[c].price = price
}

func (r *run) hold(rows ...int32) {
	for _, row := range rows {
		r.holds[row]++
		r.show(row, false)
	}
}

func (r *run) release(rows ...int32) {
	for _, row := range rows {
		r.holds[row]--
		r.show(row, r.holds[row] == 0)
	}
}

func (r *run) show(row int32, shown bool) {
	if r.s.hidden[row] != shown {
		return
	}
	r.s.hidden[row] = !shown
	if cells := r.x.rows[row].cells; len(cells) == 1 {
		r.price(cells[0])
	}
}

// cost is what rows lose that would be hidden for this alone.
func (r *run) cost(rows []int32) float64 {
	cost := 0.0
	for _, row := range rows {
		if r.holds[row] == 0 {
			cost += r.x.rows[row].cost
		}
	}
	return cost
}

// apply changes the state by a swap; what it changed stays in r.cells.
func (r *run) apply(s *swap, sign int64) {
	r.cells = r.x.cellsOf(s, r.cells)
	for _, c := range r.cells {
		r.s.tags[c.where].room += sign * c.add
	}
	r.places = r.x.placesOf(s, r.places)
	for _, p := range r.places {
		r.x.tables[p.table].add(p.where, sign*p.add)
	}
}

// hide hides, for a guard, what the last swap changed.
func (r *run) hide(g *guard) {
	for _, c := range r.cells {
		from := len(g.rows)
		r.take(g, int32(c.where))
		r.hold(g.rows[from:]...)
	}
}

// take adds the rows of a cell to those of a guard, each once a turn.
func (r *run) take(g *guard, c int32) {
	for _, row := range r.x.cells[c].rows {
		if r.inside[row] != r.turn {
			r.inside[row] = r.turn
			g.rows = append(g.rows, row)
		}
	}
}

// undo takes back all swaps of a guard and leaves in it the rows that their sum
// needs: a cell that goes up and down again need not be hidden.
func (r *run) undo(g *guard) {
	r.release(g.rows...)
	g.rows, g.lifts = g.rows[:0], nil
	r.turn++
	var order []int32
	for i := range g.swaps {
		r.apply(&g.swaps[i], -1)
		for _, c := range r.cells {
			if r.moved[c.where] == 0 {
				order = append(order, int32(c.where))
			}
			r.moved[c.where] += c.add
		}
	}
	for _, c := range order {
		if r.moved[c] > 0 && c != g.cell && r.guardOf[c] >= 0 {
			g.lifts = append(g.lifts, lifted{c, r.moved[c]})
		}
		if r.moved[c] != 0 {
			r.take(g, c)
		}
		r.moved[c] = 0
	}
}

func (r *run) pattern() linked.Pattern {
	x, f := r.x, r.x.family
	out := linked.Pattern{Hidden: slices.Clone(r.s.hidden)}
	made := map[*swap][]linked.Change{} // by first swap: guards that share a witness share its changes
	for c := range f.Cells {
		if f.Cells[c].Need <= 0 {
			continue
		}
		i := r.guardOf[x.same[c]]
		if i < 0 || !r.guards[i].found {
			out.Exposed = append(out.Exposed, int32(c))
			continue
		}
		g := &r.guards[i]
		changes, ok := made[&g.swaps[0]]
		if !ok {
			changes = r.changes(g)
			made[&g.swaps[0]] = changes
		}
		out.Witnesses = append(out.Witnesses, linked.Witness{Cell: int32(c), Changes: changes})
	}
	return out
}

// changes sums the swaps of a witness by place.
func (r *run) changes(g *guard) []linked.Change {
	type spot struct {
		table int32
		where int64
	}
	sums := map[spot]int64{}
	for i := range g.swaps {
		r.places = r.x.placesOf(&g.swaps[i], r.places)
		for _, p := range r.places {
			sums[spot{p.table, p.where}] += p.add
		}
	}
	spots := make([]spot, 0, len(sums))
	for at, add := range sums {
		if add != 0 {
			spots = append(spots, at)
		}
	}
	sort.Slice(spots, func(i, j int) bool {
		if spots[i].table != spots[j].table {
			return spots[i].table < spots[j].table
		}
		return spots[i].where < spots[j].where
	})
	out := make([]linked.Change, 0, len(spots))
	for _, s := range spots {
		out = append(out, linked.Change{Table: s.table, At: r.x.tables[s.table].coordinates(&r.x.family.Tables[s.table], s.where), Add: sums[s]})
	}
	return out
}
