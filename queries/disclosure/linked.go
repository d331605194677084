package disclosure

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"osservatorio/queries/disclosure/linked"
	"osservatorio/queries/disclosure/witness"
)

// guarded is a family with what was found for it.
type guarded struct {
	*family
	all     []linked.Row // rows as built; those of the family are what still stood when it was protected
	pattern linked.Pattern
	wave    int    // families of one population and span follow one another: each learns what those before have hidden
	dropped int    // exposed cells for which a level of detail was given up
	given   int    // tiers that were given up since the search took too long
	rungs   int    // levels of detail that were given up
	loose   bool   // headlines may go too: nothing else guards some cell
	known   []bool // by cell, as the gate has judged it: some line that stands tells it
	carried bool   // all that stands was shown before: it was judged then, and nothing new is told
}

// complement is the protection of all views together.
type complement struct {
	views    []*masked
	geo      *geography
	union    *union // nil where no earlier release is asked
	families []*guarded
	salt     string
	steps    int64
	tell     func(Event)
	mutex    sync.Mutex
	done     int // families that were judged

	intervals     *Intervals // nil: the interval attacker is not asked
	checked, sums int        // families that were built, and their cells
}

// run reads what the views show, adds it up to families and hides what
// sensitive counts could be computed from.
func (c *complement) run(ctx context.Context, tx *sql.Tx) error {
	if err := c.build(ctx, tx); err != nil {
		return err
	}
	for wave := range c.waves() {
		var now []*guarded
		for _, f := range c.families {
			if f.wave == wave {
				now = append(now, f)
			}
		}
		if err := c.protect(ctx, now); err != nil {
			return err
		}
	}
	c.follow()
	return nil
}

func (c *complement) waves() int {
	most := 0
	for _, f := range c.families {
		most = max(most, f.wave+1)
	}
	return most
}

func (c *complement) build(ctx context.Context, tx *sql.Tx) error {
	if c.union != nil {
		c.geo = c.union.geo // it has read the lines
		return c.addUp(ctx)
	}
	var err error
	if c.geo, err = readAll(ctx, tx, c.views); err != nil {
		return err
	}
	return c.addUp(ctx)
}

// readAll reads the territories and the lines of views.
func readAll(ctx context.Context, tx *sql.Tx, views []*masked) (*geography, error) {
	g, p, err := readGeography(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, v := range views {
		if err := p.readLines(ctx, tx, v); err != nil {
			return nil, fmt.Errorf("protect %s: %w", v.job.cube.Path, err)
		}
	}
	return g, nil
}

// addUp builds the families of all lines.
func (c *complement) addUp(ctx context.Context) error {
	hideUnripe(c.views)
	ps, err := gather(c.views)
	if err != nil {
		return fmt.Errorf("protect %w", err)
	}
	built := make([][]*guarded, len(ps.names))
	cells := make([][]int, len(ps.names))
	err = each2(ctx, len(ps.names), func(i int) error {
		fs, err := ps.byName[ps.names[i]].families(c.geo)
		if err == nil {
			err = c.union.compareFamilies(ctx, fs)
		}
		wave, span := 0, ""
		for _, f := range fs {
			cells[i] = append(cells[i], len(f.Cells))
			if wave++; f.span != span {
				wave, span = 0, f.span
			}
			if !slices.ContainsFunc(f.Cells, func(c linked.Cell) bool { return c.Need > 0 }) {
				continue // its sums were checked, and there is nothing to guard
			}
			built[i] = append(built[i], &guarded{family: f, all: f.Rows, wave: wave})
		}
		return err
	})
	if err == nil && c.union.holdMore() {
		return c.addUp(ctx) // with more that is not shown
	}
	c.families = slices.Concat(built...)
	c.checked, c.sums = 0, 0
	for _, n := range slices.Concat(cells...) {
		c.checked++
		c.sums += n
	}
	return err
}

// protect guards families that do not wait for one another, then marks the
// lines that their patterns hide.
func (c *complement) protect(ctx context.Context, families []*guarded) error {
	// the longest first, so that none is left alone at the end
	order := slices.Clone(families)
	slices.SortStableFunc(order, func(a, b *guarded) int { return cmp.Compare(len(b.Cells), len(a.Cells)) })
	err := each2(ctx, len(order), func(i int) error {
		c.say(order[i], Hiding)
		defer c.say(order[i], Hidden)
		return order[i].guard(ctx, witness.Options{Salt: c.salt, Steps: c.stepsFor(order[i])})
	})
	for _, f := range families {
		f.mark()
	}
	return err
}

// each2 runs do for 0 to n-1 on all processors and returns the error of the
// smallest number.
func each2(ctx context.Context, n int, do func(i int) error) error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	work := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range work {
				if errs[i] = ctx.Err(); errs[i] == nil {
					errs[i] = do(i)
				}
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// guard finds rows to hide. Where nothing guards a cell, a level of detail goes
// after the other, until at last no line of the family stands.
func (f *guarded) guard(ctx context.Context, o witness.Options) error {
	if f.carried = f.allKnown(); f.carried {
		return nil
	}
	f.loose = f.sensitiveTotal()
	gone := map[*line]bool{}
	rungs := map[int32]int{} // by cell: levels given up for it
	for turn := 0; ; turn++ {
		built := f.family
		pattern, err := f.search(ctx, o, gone)
		if err != nil {
			return err
		}
		if f.family != built {
			clear(rungs) // its cells have other numbers now
		}
		f.pattern = pattern
		if len(pattern.Exposed) == 0 || f.climb(pattern.Exposed, rungs, turn/patience, gone) {
			f.hideGone(gone)
			return nil
		}
	}
}

// patience is after how many searches of a family no cell stays on its rung: each
// search costs as much as the first.
const patience = 3

// climb gives up a level more for each of the cells that nothing guards, at least
// that which is due; true where there is no further one.
func (f *guarded) climb(exposed []int32, rungs map[int32]int, due int, gone map[*line]bool) bool {
	if f.rungs == 0 {
		f.dropped = len(exposed)
	}
	for _, cell := range exposed {
		if rungs[cell] = max(rungs[cell], due); rungs[cell] > lastRung {
			return true
		}
		if !f.loose && rungs[cell] > territoryRung {
			f.loose = true
			return false // the search may now find what it was denied
		}
		f.drop(cell, rungs[cell], gone)
		rungs[cell]++
		f.rungs = max(f.rungs, rungs[cell])
	}
	return false
}

// search looks for witnesses of what stands, with less and less detail until
// its steps suffice.
func (f *guarded) search(ctx context.Context, o witness.Options, gone map[*line]bool) (linked.Pattern, error) {
	for {
		f.trim(gone)
		pattern, err := witness.Protect(ctx, &f.Family, o)
		spent := spentOn(err)
		if spent == nil {
			return pattern, err
		}
		less, err := f.coarser(spent, gone)
		if err != nil {
			return pattern, err
		}
		if !less {
			o.Steps = 0 // what is left was shown before
		}
	}
}

// territoryRung hides all of a cell's territory and period but headlines.
const territoryRung = 2

// lastRung hides the whole family.
const lastRung = 4

// total says that a cell is about the whole region without any breakdown: only
// headlines can guard it.
func (f *guarded) total(cell int32) bool {
	for d, n := range f.Cells[cell].At {
		if f.kinds[d] == isList && n != f.Dims[d].Total || f.kinds[d] == isGeo && len(f.Dims[d].Nodes[n].Leaves) < f.region.finest {
			return false
		}
	}
	return true
}

// sensitiveTotal says that some cell of the whole region must itself be guarded.
func (f *guarded) sensitiveTotal() bool {
	for c := range f.Cells {
		if f.Cells[c].Need > 0 && f.total(int32(c)) {
			return true
		}
	}
	return false
}

// drop gives up lines around a cell: those of its place; of its breakdown in its
// territory and period; all of its territory and period; all of its period; all.
func (f *guarded) drop(cell int32, rung int, gone map[*line]bool) {
	at := f.Cells[cell].At
	for r := range f.all {
		if f.kept[r] && rung <= territoryRung {
			continue
		}
		for _, c := range f.all[r].Cells {
			if f.near(at, f.Cells[c].At, rung) {
				for _, l := range f.rows[r] {
					gone[l] = gone[l] || !l.known
				}
				break
			}
		}
	}
}

func (f *guarded) near(a, b []int32, rung int) bool {
	for d := range f.Dims {
		same := a[d] == b[d]
		total := f.Dims[d].Total
		switch f.kinds[d] {
		case isGeo:
			if rung <= 2 && !same {
				return false
			}
		case isTime:
			if rung <= 3 && !same {
				return false
			}
		case isList:
			if rung == 0 && !same || rung == 1 && (a[d] == total) != (b[d] == total) {
				return false
			}
		}
	}
	return true
}

// headlineWorth is how many times dearer than other lines a headline is where it
// may be hidden at all: every other way comes first.
const headlineWorth = 20

// trim leaves the rows of which some line stands.
func (f *guarded) trim(gone map[*line]bool) {
	f.Rows = make([]linked.Row, 0, len(f.all))
	for r, row := range f.all {
		standing := 0
		for _, l := range f.rows[r] {
			if l.stands(gone) {
				standing++
			}
		}
		if standing > 0 {
			row.Cost *= float64(standing) / float64(len(f.rows[r]))
			if f.kept[r] {
				row.Forced = row.Forced || !f.loose
				row.Cost *= headlineWorth
			}
			f.Rows = append(f.Rows, row)
		}
	}
	f.standing = f.standing[:0]
	for r := range f.all {
		if slices.ContainsFunc(f.rows[r], func(l *line) bool { return l.stands(gone) }) {
			f.standing = append(f.standing, r)
		}
	}
}

// hideGone remembers the lines that were given up for mark.
func (f *guarded) hideGone(gone map[*line]bool) { f.gone = gone }

// mark hides the lines of hidden rows.
func (f *guarded) mark() {
	for i, hidden := range f.pattern.Hidden {
		if hidden {
			for _, l := range f.rows[f.standing[i]] {
				l.hidden = true
			}
		}
	}
	for l, gone := range f.gone {
		l.hidden = l.hidden || gone
	}
}

// follow hides what goes with hidden lines: lines tied to them, what is drawn
// from them, running totals of them, and measures derived from them.
func (c *complement) follow() {
	places := c.byPlace()
	for again := true; again; {
		again = false
		for _, v := range c.views {
			for i := range v.lines {
				l := &v.lines[i]
				for _, other := range c.leads(l, places) {
					if other.hidden && !l.hidden {
						l.hidden, again = true, true
					}
					if l.hidden && !other.hidden && l.tied(other) {
						other.hidden, again = true, true
					}
				}
			}
		}
	}
}

// spot is where a line stands, whatever it measures.
type spot struct {
	view         string
	geo          int32
	kind, period string
	crossing     *crossing
}

func (l *line) spot() spot {
	return spot{l.view.job.header.View, l.geo, l.kind, l.period, l.crossing}
}

// byPlace finds the lines of the views that others follow.
func (c *complement) byPlace() map[spot][]*line {
	out := map[spot][]*line{}
	wanted := map[string]bool{}
	for _, v := range c.views {
		s := v.header().Sums
		for _, name := range s.Tied {
			wanted[name] = true
		}
		for _, f := range s.Formulas {
			if f.AfterOthers || f.ToDate {
				wanted[v.job.header.View] = true
			}
		}
	}
	for _, v := range c.views {
		if wanted[v.job.header.View] {
			for i := range v.lines {
				at := v.lines[i].spot()
				out[at] = append(out[at], &v.lines[i])
			}
		}
	}
	return out
}

// leads are the lines that hide a line when they are hidden.
func (c *complement) leads(l *line, places map[spot][]*line) []*line {
	s := l.view.header().Sums
	f := s.Formulas[l.measure]
	var out []*line
	if f.AfterOthers {
		out = append(out, places[l.spot()]...)
	}
	if f.ToDate {
		out = append(out, c.summed(l, places)...)
	}
	for _, view := range s.Tied {
		at := l.spot()
		at.view = view
		for _, other := range places[at] {
			if other.measure == l.measure {
				out = append(out, other)
			}
		}
	}
	return out
}

func (l *line) tied(other *line) bool {
	return slices.Contains(l.view.header().Sums.Tied, other.view.job.header.View)
}

// summed are the counts that a running total has added up: with one of them
// hidden, two totals around it would tell it.
func (c *complement) summed(l *line, places map[spot][]*line) []*line {
	of := l.view.header().Sums.Formulas[l.measure].Answer
	var out []*line
	for _, period := range c.periods(l) {
		at := l.spot()
		at.kind, at.period = period.kind, period.name
		for _, other := range places[at] {
			if other.measure == of {
				out = append(out, other)
			}
		}
	}
	return out
}

type period struct{ kind, name string }

// periods are those that end no later than that of a line.
func (c *complement) periods(l *line) []period {
	end := lastMonth(l.period)
	var out []period
	for _, p := range l.view.periods() {
		if lastMonth(p.name) <= end {
			out = append(out, p)
		}
	}
	return out
}

// periods are all that lines of the view have.
func (m *masked) periods() []period {
	if m.seen == nil {
		known := map[period]bool{}
		for i := range m.lines {
			p := period{m.lines[i].kind, m.lines[i].period}
			if !known[p] {
				known[p] = true
				m.seen = append(m.seen, p)
			}
		}
	}
	return m.seen
}
