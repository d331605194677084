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
	"math/rand/v2"
	"sort"

	"osservatorio/queries/disclosure/linked"
)

// Options of a run. The same family and options give the same pattern.
type Options struct {
	Salt   string // orders what is otherwise equal; secret, so that nobody can replay the choice
	Passes int    // how often every witness is sought again while others stand; 0 means 2
	Steps  int64  // how many steps the search takes in all; 0: as many as it needs. Too few for every cell to be tried once: *Spent
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
		o.Passes = 2
	}
	run := newRun(x, o.Salt)
	run.steps = o.Steps
	for pass := range o.Passes {
		run.share = pass == 0
		if pass == 1 {
			run.again()
		}
		for i := range run.guards {
			run.left = len(run.guards) - i
			if err := ctx.Err(); err != nil {
				return linked.Pattern{}, fmt.Errorf("protect family %s: %w", f.Name, err)
			}
			if run.over() && pass == 0 {
				return linked.Pattern{}, &Spent{Family: f.Name, Reached: i, Cells: len(run.guards)}
			}
			if run.over() {
				return run.pattern(), nil
			}
			run.seek(&run.guards[i])
		}
	}
	if err := run.reroute(ctx); err != nil {
		return linked.Pattern{}, fmt.Errorf("protect family %s: %w", f.Name, err)
	}
	return run.pattern(), nil
}

// Spent says that the steps did not suffice to try every cell once.
type Spent struct {
	Family         string
	Reached, Cells int // sensitive cells that were tried, and all
}

func (e *Spent) Error() string {
	return fmt.Sprintf("protect family %s: steps spent after %d of %d cells: less detail or more steps expected", e.Family, e.Reached, e.Cells)
}

// run is the state of one search: which rows are hidden and by how many
// witnesses.
type run struct {
	x       *index
	s       search
	holds   []int32 // by row: how many reasons hide it
	guards  []guard
	guardOf []int32 // by cell: number of its guard, -1 for none
	exposed []int32
	steps   int64 // that may be spent; 0: any number
	share   bool  // cells are tried for the first time: none takes what others need
	left    int   // cells still to be tried in this pass
	cells   []touched
	places  []touched
	inside  []int32 // by row: the turn in which a guard took it
	turn    int32
	moved   []int64 // by cell: scratch of undo
	mended  *mending
	chains  struct{ sought, found int } // of swaps, in this search
}

// guard is a sensitive cell and the witness that stands for it.
type guard struct {
	cell  int32
	swaps []swap
	rows  []int32  // that the witness needs hidden
	lifts []lifted // other sensitive cells that the witness lifts
	found bool
	lost  bool // nothing was found, nor will be: what is hidden beside does not matter for that
}

// lifted is a cell and by how much a witness lifts it.
type lifted struct {
	cell int32
	by   int64
}

func newRun(x *index, salt string) *run {
	r := &run{x: x, holds: make([]int32, len(x.rows)), inside: make([]int32, len(x.rows)), moved: make([]int64, len(x.cells))}
	r.s = search{x: x, tags: make([]tag, len(x.cells)), hidden: make([]bool, len(x.rows)), seen: make([]bool, len(x.rows))}
	for c := range x.cells {
		r.s.tags[c] = tag{room: x.cells[c].n - x.cells[c].least, shared: len(x.cells[c].shared) > 0}
		r.price(int32(c))
	}
	r.rank(salt)
	for c := range x.cells {
		if x.same[c] != int32(c) || x.cells[c].need <= 0 {
			continue
		}
		if x.cells[c].fixed {
			r.exposed = append(r.exposed, int32(c))
			continue
		}
		r.guards = append(r.guards, guard{cell: int32(c)})
		r.hold(x.cells[c].rows...)
	}
	r.sort(salt)
	r.guardOf = make([]int32, len(x.cells))
	for c := range r.guardOf {
		r.guardOf[c] = -1
	}
	for i := range r.guards {
		r.guardOf[r.guards[i].cell] = int32(i)
	}
	return r
}

// lend gives a witness to the other cells that it lifts far enough and that have
// none yet: one alternative state guards them all.
func (r *run) lend(g *guard) {
	for _, l := range g.lifts {
		other := &r.guards[r.guardOf[l.cell]]
		cell := &r.x.cells[l.cell]
		if other.found || cell.n+l.by < cell.need {
			continue
		}
		other.swaps, other.rows, other.found = g.swaps, g.rows, true
		r.hold(other.rows...)
	}
	g.lifts = nil
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

// rank draws from the salt which atoms come first among equals.
func (r *run) rank(salt string) {
	hash := fnv.New64a()
	hash.Write([]byte(salt))
	rng := rand.New(rand.NewPCG(hash.Sum64(), 1))
	r.s.rank = make([][]uint32, len(r.x.dims))
	for d := range r.x.dims {
		r.s.rank[d] = make([]uint32, r.x.dims[d].atoms)
		for a := range r.s.rank[d] {
			r.s.rank[d][a] = rng.Uint32()
		}
	}
}

// budget is how many steps the search for one swap may take.
const budget = 50000

// seek looks for the witness of one cell that hides least, given all others. It
// keeps the old one unless the new one is cheaper.
func (r *run) seek(g *guard) {
	r.release(g.rows...)
	bound := math.Inf(1)
	if g.found {
		if bound = r.cost(g.rows) - 1e-9; bound <= 0 {
			r.hold(g.rows...)
			return
		}
	}
	if g.lost {
		return
	}
	best := *g
	if found, _ := r.cheapest(g.cell, bound); found.found {
		best = found
	}
	if !best.found {
		best.lost = r.capped(g.cell)
	}
	if !best.found && !best.lost && r.hopeful() && !r.over() {
		best = r.mend(g.cell)
		r.chains.sought++
		if best.found {
			r.chains.found++
		}
	}
	*g = best
	r.hold(g.rows...)
	r.lend(g)
}

// hopeful says that chains of swaps are worth their time here: in a family of so
// few persons that the first dozen found nothing, nearly all of the others do not
// either, and each costs as much as all other searches of its cell.
func (r *run) hopeful() bool { return r.chains.sought < 12 || 12*r.chains.found >= r.chains.sought }

// over says that the steps are spent.
func (r *run) over() bool { return r.steps > 0 && r.s.spent > r.steps }

// enough is how many steps are always left to the search for one swap: most
// cells need fewer.
const enough = 2000

// allow bounds the search for the next swap, so that every cell is tried before
// the steps are spent: a cell takes a few times its share of what is left, and
// most leave nearly all of theirs to others. Refining has what remains.
func (r *run) allow() int64 {
	if r.steps == 0 {
		return math.MaxInt64
	}
	rest := r.steps - r.s.spent
	if r.share {
		rest -= r.steps / 4
	}
	return r.s.spent + max(enough, 4*rest/int64(max(1, r.left)))
}

// again seeks witnesses for cells whose share of the steps was too small: few, so
// that each may take a good part of what is left.
func (r *run) again() {
	for i := range r.guards {
		g := &r.guards[i]
		if r.steps > 0 && !g.found && !r.over() && !r.capped(g.cell) {
			g.lost, r.left = false, 16
			r.seek(g)
		}
	}
}

// capped says whether a cell lies in a smaller one that stays known: then nothing
// can lift it as far as is needed.
func (r *run) capped(u int32) bool {
	x := r.x
	at := x.cells[u].at
next:
	for i := range x.groups {
		g := &x.groups[i]
		place := int64(0)
		for _, a := range g.axes {
			dim := &x.dims[a.dim]
			node := &dim.nodes[at[a.dim]]
			p := dim.place(node.atoms[0], a.level)
			if !node.known.has(a.level) || p < 0 {
				continue next
			}
			place += int64(p) * a.stride
		}
		if c := g.cell(place); c >= 0 && x.cells[c].fixed && x.cells[c].n < x.cells[u].need {
			return true
		}
	}
	return false
}

// steps are the heights of the steps by which a cell is lifted: at once, by
// halves, by ones. A sum of small swaps can use hidden cells that have little
// to give.
func steps(missing int64) []int64 {
	if missing <= 1 {
		return []int64{missing}
	}
	if missing <= 3 {
		return []int64{missing, 1}
	}
	return []int64{missing, (missing + 1) / 2, (missing + 3) / 4}
}

// climb lifts a cell by steps of the given height, one after the other: each
// from the state that the former left, so that a sum of them is as sound as one.
func (r *run) climb(u int32, missing, by int64, bound float64) (guard, float64) {
	g := guard{cell: u}
	r.turn++
	cost := 0.0
	for missing > 0 {
		r.s.work, r.s.most = budget, r.allow()
		s, more, ok := r.s.lift(u, min(by, missing), bound-cost)
		if !ok {
			break
		}
		cost += more
		missing -= s.by
		g.swaps = append(g.swaps, s)
		r.apply(&s, 1)
		r.hide(&g)
	}
	r.undo(&g)
	g.found = missing <= 0
	return g, cost
}
