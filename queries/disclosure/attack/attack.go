// Package attack tries to find out what a release hides. It knows what an
// outsider knows: the codes, which cells stand and what they hold, that counts
// are whole numbers from zero, and what is said of every hidden cell. It must
// not know how cells were hidden.
package attack

import (
	"context"
	"fmt"

	"osservatorio/queries/disclosure/linked"
)

// Result is what the exact attacker found in one family.
type Result struct {
	Unknowns   int     // sums that nothing shows: hidden cells and what the equations need besides
	Equations  int     // between them; those that imply all others
	Finest     bool    // that the finest cells are not negative was used of all below hidden ones; else there were too many
	Settled    bool    // bounds were narrowed to the end; else cut short, which finds less
	Shown      []int32 // sensitive cells that stand, in the order of cells
	Determined []Found // hidden cells with somebody in them, or sensitive, that have one possible value
	Small      []Found // sensitive cells, not determined, that cannot hold what they need
}

// Found is a hidden cell and what it is known to be between.
type Found struct {
	Cell      int32
	Low, High int64
	Linear    bool // by subtraction alone; else because counts are whole and not negative
	Sensitive bool
	Need      int64 // what it needed to be able to hold
}

// Breaches lists what a release must be refused for: sensitive cells that are
// determined or known to be small.
func (r Result) Breaches() []Found {
	var breaches []Found
	for _, found := range r.Determined {
		if found.Sensitive {
			breaches = append(breaches, found)
		}
	}
	return append(breaches, r.Small...)
}

// mostRounds bounds how often subtraction and bounds are tried in turn on what
// the other has found.
const mostRounds = 32

// Exact finds the hidden cells of a family that follow from those that known
// marks (by cell; see linked.Family.Known; for several releases, what any of
// them shows). Every cell that follows by addition and subtraction is found;
// of those that follow only because counts are not negative, the ones that
// bounds reach equation by equation.
func Exact(ctx context.Context, f *linked.Family, known []bool) (Result, error) {
	system, err := Equations(ctx, f, known, MostFinest)
	if err != nil {
		return Result{}, err
	}
	b := newBounds(system)
	linear, err := b.attack(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("attack %s: %w", f.Name, err)
	}
	return report(f, known, b, linear)
}

// attack subtracts first, so that it is known what needs no bounds; then bounds
// and subtraction go on with what the other has fixed.
func (b *bounds) attack(ctx context.Context) ([]bool, error) {
	linear, err := b.subtract(ctx)
	if err != nil {
		return nil, err
	}
	solved := b.fixedCount()
	for round := 0; round < mostRounds; round++ {
		if err := b.narrow(ctx); err != nil {
			return nil, err
		}
		if b.fixedCount() == solved {
			return linear, nil
		}
		if _, err := b.subtract(ctx); err != nil {
			return nil, err
		}
		solved = b.fixedCount()
	}
	b.settled = false
	return linear, nil
}

func (b *bounds) fixedCount() int {
	n := 0
	for u := range b.low {
		if b.fixed(int32(u)) {
			n++
		}
	}
	return n
}

// subtract finds what the plain equations determine beyond what is fixed.
func (b *bounds) subtract(ctx context.Context) ([]bool, error) {
	determined, values, err := b.solve(ctx)
	if err != nil {
		return nil, err
	}
	for u := range determined {
		if !determined[u] {
			continue
		}
		if err := b.set(int32(u), signed(values[u])); err != nil {
			return nil, err
		}
	}
	return determined, nil
}

// solve brings the plain equations into echelon form, without the unknowns that
// are fixed.
func (b *bounds) solve(ctx context.Context) ([]bool, []element, error) {
	e := newEchelon(len(b.system.Unknowns))
	var terms []Term
	for _, equation := range b.system.Equations {
		if !equation.Plain {
			continue
		}
		terms = terms[:0]
		right := equation.Right
		for _, t := range equation.Terms {
			if b.fixed(t.Unknown) {
				right -= t.Coef * b.low[t.Unknown]
			} else {
				terms = append(terms, t)
			}
		}
		if len(terms) > 0 {
			e.insert(terms, right)
		}
	}
	if err := e.reduce(ctx); err != nil {
		return nil, nil, err
	}
	which, values := e.determined()
	for u := range which {
		if b.fixed(int32(u)) {
			which[u] = false // not by these equations
		}
	}
	return which, values, nil
}

// report lists what was found by cell of the family, and holds it against what
// the cells hold: an attacker that errs must not pass for one that fails.
func report(f *linked.Family, known []bool, b *bounds, linear []bool) (Result, error) {
	r := Result{Unknowns: len(b.system.Unknowns), Finest: b.system.Finest, Settled: b.settled}
	for _, e := range b.system.Equations {
		if e.Plain {
			r.Equations++
		}
	}
	for i, cell := range f.Cells {
		if known[i] {
			if cell.Need > 0 {
				r.Shown = append(r.Shown, int32(i))
			}
			continue
		}
		found := Found{Cell: int32(i), Low: cell.N, High: cell.N, Linear: true, Sensitive: cell.Need > 0, Need: cell.Need}
		if u := b.system.Of[i]; u >= 0 {
			found.Low, found.High, found.Linear = b.low[u], b.high[u], linear[u]
		}
		if cell.N < found.Low || cell.N > found.High {
			return Result{}, fmt.Errorf("attack %s: cell %s: found between %d and %d, holds %d: tables that add up expected", f.Name, Name(f, int32(i)), found.Low, found.High, cell.N)
		}
		switch {
		case found.Low == found.High && (cell.N > 0 || found.Sensitive):
			r.Determined = append(r.Determined, found)
		case found.Sensitive && found.High < cell.Need:
			r.Small = append(r.Small, found)
		}
	}
	return r, nil
}
