// Package witness decides which rows of a release are taken away so that no
// sensitive count can be found, and brings for every one of them a witness:
// another state of the same tables that looks the same from outside and in which
// the count is large enough. It knows families of linked tables and nothing of
// where they come from or how they are published.
package witness

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"sort"

	"osservatorio/queries/disclosure/linked"
)

// Options of a run. The same family and options give the same pattern.
type Options struct {
	Salt   string // orders what is otherwise equal; secret, so that nobody can replay the choice
	Passes int    // how often every witness is sought again while others stand; 0 means 3
}

// Protect finds rows to hide and witnesses. Sensitive cells that cannot be
// guarded stand in Exposed: those that a forced row shows, and those for which
// no witness was found; the rows of the latter are hidden all the same.
func Protect(ctx context.Context, f *linked.Family, o Options) (linked.Pattern, error) {
	x, err := newIndex(f)
	if err != nil {
		return linked.Pattern{}, err
	}
	if o.Passes <= 0 {
		o.Passes = 3
	}
	run := newRun(x, o.Salt)
	for pass := range o.Passes {
		for i := range run.guards {
			if err := ctx.Err(); err != nil {
				return linked.Pattern{}, fmt.Errorf("protect family %s: %w", f.Name, err)
			}
			run.seek(&run.guards[i], pass)
		}
	}
	return run.pattern(), nil
}

// run is the state of one search: which rows are hidden and by how many
// witnesses.
type run struct {
	x       *index
	s       search
	holds   []int32 // by row: how many reasons hide it
	guards  []guard
	exposed []int32
	cells   []touched
	places  []touched
}

// guard is a sensitive cell and the witness that stands for it.
type guard struct {
	cell  int32
	swaps []swap
	rows  []int32 // that the witness needs hidden
	found bool
}

func newRun(x *index, salt string) *run {
	r := &run{x: x, holds: make([]int32, len(x.rows))}
	r.s = search{x: x, value: make([]int64, len(x.cells)), hidden: make([]bool, len(x.rows)), seen: make([]bool, len(x.rows))}
	for c := range x.cells {
		r.s.value[c] = x.cells[c].n
	}
	for c := range x.cells {
		if x.same[c] != int32(c) || x.cells[c].need <= 0 {
			continue
		}
		if x.cells[c].fixed {
			r.exposed = append(r.exposed, int32(c))
			continue
		}
		r.guards = append(r.guards, guard{cell: int32(c)})
		r.hold(x.cells[c].rows)
	}
	r.sort(salt)
	return r
}

// sort puts sums of many codes first, for what guards them guards more; the
// rest is left to the salt.
func (r *run) sort(salt string) {
	size, order := make(map[int32]float64), make(map[int32]uint64)
	for _, g := range r.guards {
		hash := fnv.New64a()
		fmt.Fprintf(hash, "%s %d", salt, g.cell)
		order[g.cell] = hash.Sum64()
		for d, n := range r.x.cells[g.cell].at {
			size[g.cell] += math.Log(float64(len(r.x.dims[d].nodes[n].atoms)))
		}
	}
	sort.SliceStable(r.guards, func(i, j int) bool {
		a, b := r.guards[i].cell, r.guards[j].cell
		if d := size[a] - size[b]; d > 1e-9 || d < -1e-9 {
			return d > 0
		}
		return order[a] < order[b]
	})
}

func (r *run) hold(rows []int32) {
	for _, row := range rows {
		r.holds[row]++
		r.s.hidden[row] = true
	}
}

func (r *run) release(rows []int32) {
	for _, row := range rows {
		r.holds[row]--
		r.s.hidden[row] = r.holds[row] > 0
	}
}

// budget is how many steps the search for one swap may take.
const budget = 200000

// seek looks for the witness of one cell that hides least, given all others.
func (r *run) seek(g *guard, pass int) {
	r.release(g.rows)
	old := *g
	g.rows, g.swaps, g.found = nil, nil, false
	missing := r.x.cells[g.cell].need - r.x.cells[g.cell].n
	for missing > 0 {
		s, by := r.step(g.cell, missing)
		if by == 0 {
			break
		}
		g.swaps = append(g.swaps, s)
		r.apply(g, &s, 1)
		missing -= by
	}
	for i := range g.swaps {
		r.apply(nil, &g.swaps[i], -1)
	}
	g.found = missing <= 0
	if !g.found {
		r.release(g.rows)
		*g = old
		r.hold(g.rows)
	}
}

// step finds the largest lift up to missing that one swap can give.
func (r *run) step(u int32, missing int64) (swap, int64) {
	for by := missing; by > 0; by = (by) / 2 {
		r.s.work = budget
		if s, _, ok := r.s.lift(u, by, math.Inf(1)); ok {
			return s, by
		}
	}
	return swap{}, 0
}

// apply changes the state by a swap and hides, for a guard, what it changes.
func (r *run) apply(g *guard, s *swap, sign int64) {
	r.cells = r.x.cellsOf(s, r.cells)
	for _, c := range r.cells {
		r.s.value[c.where] += sign * c.add
		if g != nil {
			for _, row := range r.x.cells[c.where].rows {
				if !slices.Contains(g.rows, row) {
					g.rows = append(g.rows, row)
					r.hold([]int32{row})
				}
			}
		}
	}
	r.places = r.x.placesOf(s, r.places)
	for _, p := range r.places {
		r.x.tables[p.table].add(p.where, sign*p.add)
	}
}

func (r *run) pattern() linked.Pattern {
	x, f := r.x, r.x.family
	out := linked.Pattern{Hidden: slices.Clone(r.s.hidden)}
	by := map[int32]*guard{}
	for i := range r.guards {
		by[r.guards[i].cell] = &r.guards[i]
	}
	for c := range f.Cells {
		if f.Cells[c].Need <= 0 {
			continue
		}
		g := by[x.same[c]]
		if g == nil || !g.found {
			out.Exposed = append(out.Exposed, int32(c))
		}
		if g != nil && g.found {
			out.Witnesses = append(out.Witnesses, linked.Witness{Cell: int32(c), Changes: r.changes(g)})
		}
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
