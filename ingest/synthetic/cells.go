package synthetic

import "slices"

// pair is a numerator and a denominator; of a count only n is used.
type pair struct{ n, d uint32 }

// dayBins are the days after an event that are kept apart: 0 to 365.
const dayBins = 366

// grid is one view's figures of fixed size: by measure, period and cell. Cells
// are the districts, the territories that contain them, and for the whole
// region the categories of the view's breakdowns.
type grid struct {
	periods, cells int
	local          []int16 // cell of each slot; −1 where the view does not break down so
	pairs          []pair
	sums           []int64  // of estimates: what is added up, and its squares
	lanes          int      // kinds of event whose days are kept
	days           []uint32 // by period, cell, lane and day
}

func newGrid(w *world, v *view, periods int) grid {
	g := grid{periods: periods, cells: len(w.districts) + len(w.wider)}
	for _, c := range w.slot.list {
		at := int16(-1)
		if v.breaksDown(c.breakdown) {
			at = int16(g.cells)
			g.cells++
		}
		g.local = append(g.local, at)
	}
	g.pairs = make([]pair, len(v.measures)*periods*g.cells)
	return g
}

// support makes room for what estimates are computed from.
func (g *grid) support(v *view) {
	if v.sums {
		g.sums = make([]int64, 2*len(g.pairs))
	}
	g.lanes = v.lanes
	g.days = make([]uint32, v.lanes*dayBins*g.periods*g.cells)
}

func (g *grid) index(measure, period, cell int) int {
	return (measure*g.periods+period)*g.cells + cell
}

// lane is how many events of that kind fell on each day.
func (g *grid) lane(period, cell, lane int) []uint32 {
	i := ((period*g.cells+cell)*g.lanes + lane) * dayBins
	return g.days[i : i+dayBins]
}

func (g *grid) merge(o *grid) {
	for i, p := range o.pairs {
		g.pairs[i].n += p.n
		g.pairs[i].d += p.d
	}
	for i, n := range o.sums {
		g.sums[i] += n
	}
	for i, n := range o.days {
		g.days[i] += n
	}
}

// books are the figures of one side: life, or what was observable.
type books struct {
	w       *world
	views   []view
	periods []period // quarters, then years
	months  []period // beside them, in the views that have months
	grids   []grid
	room    []int      // scratch
	touched []int      // scratch
	work    []interval // scratch
	strata  map[stratum]pair
}

// newBooks makes empty books; only those of the archives hold what estimates
// are computed from.
func newBooks(w *world, archives bool) *books {
	b := &books{w: w, views: w.views(), periods: w.periods(), months: w.months(), strata: map[stratum]pair{}}
	for i := range b.views {
		b.grids = append(b.grids, newGrid(w, &b.views[i], len(b.periodsOf(&b.views[i]))))
		if archives {
			b.grids[i].support(&b.views[i])
		}
	}
	return b
}

// periodsOf are the periods of a view in their order.
func (b *books) periodsOf(v *view) []period {
	if !v.months {
		return b.periods
	}
	return slices.Concat(b.periods, b.months)
}

func (b *books) merge(o *books) {
	for i := range b.grids {
		b.grids[i].merge(&o.grids[i])
	}
	for s, p := range o.strata {
		b.strata[s] = pair{b.strata[s].n + p.n, b.strata[s].d + p.d}
	}
}

// cells are those that a unit belongs to, in one view.
func (b *books) cells(g *grid, u *member) []int {
	b.room = append(b.room[:0], u.district)
	for _, wider := range b.w.districts[u.district].wider {
		b.room = append(b.room, len(b.w.districts)+wider)
	}
	for _, s := range u.slots[:u.n] {
		if c := g.local[s]; c >= 0 {
			b.room = append(b.room, int(c))
		}
	}
	return b.room
}

// rate counts one unit of a denominator, and of the numerator if reached.
func (b *books) rate(v viewID, measure, period int, u *member, reached bool) {
	n := uint32(0)
	if reached {
		n = 1
	}
	b.add(v, measure, period, u, n, 1)
}

// count counts one event.
func (b *books) count(v viewID, measure, period int, u *member) {
	b.add(v, measure, period, u, 1, 0)
}

func (b *books) add(v viewID, measure, period int, u *member, n, d uint32) {
	g := &b.grids[v]
	for _, c := range b.cells(g, u) {
		p := &g.pairs[g.index(measure, period, c)]
		p.n += n
		p.d += d
	}
}

// amount adds to the sum of an estimate.
func (b *books) amount(v viewID, measure, period int, u *member, amount int64) {
	g := &b.grids[v]
	if g.sums == nil {
		return
	}
	for _, c := range b.cells(g, u) {
		i := 2 * g.index(measure, period, c)
		g.sums[i] += amount
		g.sums[i+1] += amount * amount
	}
}

// event keeps on which day after its unit's own something happened; later than
// the last bin is not kept.
func (b *books) event(v viewID, period int, u *member, lane int, after day) {
	g := &b.grids[v]
	if after < 0 || after >= dayBins || len(g.days) == 0 {
		return
	}
	for _, c := range b.cells(g, u) {
		g.lane(period, c, lane)[after]++
	}
}
