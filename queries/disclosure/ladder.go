package disclosure

import (
	"context"

	"osservatorio/queries/disclosure/linked"
	"osservatorio/queries/disclosure/witness"
)

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
		if len(f.rows[r]) == 0 {
			f.Rows = append(f.Rows, row)
			continue
		}
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
		if f.standsWith(r, func(l *line) bool { return l.stands(gone) }) {
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
