package attack

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sort"
)

// echelon brings sparse equations modulo the prime into a form in which each
// row gives one unknown by others that were chosen later or not at all. Unknowns
// that stand in one row only are chosen first, for that costs nothing; then
// short rows, and in them unknowns that stand in few others.
type echelon struct {
	rows    []row
	alive   []bool
	of      [][]int32 // by unknown: rows that hold or held it
	count   []int32   // by unknown: living rows that hold it
	single  []int32   // unknowns that may stand in one row only
	byTerms [][]int32 // by number of terms: rows that may have so many
	order   []pivot
	scratch row
}

type row struct {
	terms []entry // by unknown, ascending
	right element
}

type entry struct {
	unknown int32
	value   element
}

type pivot struct {
	row     int32
	unknown int32
}

func newEchelon(unknowns int) *echelon {
	return &echelon{of: make([][]int32, unknowns), count: make([]int32, unknowns)}
}

// insert adds an equation in which each unknown stands once at most.
func (e *echelon) insert(terms []Term, right int64) {
	r := row{right: number(right)}
	for _, t := range terms {
		r.terms = append(r.terms, entry{t.Unknown, number(t.Coef)})
	}
	sort.Slice(r.terms, func(i, j int) bool { return r.terms[i].unknown < r.terms[j].unknown })
	at := int32(len(e.rows))
	for _, t := range r.terms {
		e.of[t.unknown] = append(e.of[t.unknown], at)
		e.count[t.unknown]++
	}
	e.rows = append(e.rows, r)
	e.alive = append(e.alive, true)
	e.file(at)
}

func (e *echelon) file(at int32) {
	n := len(e.rows[at].terms)
	for len(e.byTerms) <= n {
		e.byTerms = append(e.byTerms, nil)
	}
	e.byTerms[n] = append(e.byTerms[n], at)
}

// reduce chooses unknowns until every equation gave one or became empty.
func (e *echelon) reduce(ctx context.Context) error {
	for u, n := range e.count {
		if n == 1 {
			e.single = append(e.single, int32(u))
		}
	}
	for step := 0; ; step++ {
		if step%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if e.takeSingle() {
			continue
		}
		at := e.shortest()
		if at < 0 {
			return nil
		}
		if len(e.rows[at].terms) == 0 {
			e.alive[at] = false
			if e.rows[at].right != 0 {
				return fmt.Errorf("solve equations: they contradict each other: tables that add up expected")
			}
			continue
		}
		e.eliminate(at)
	}
}

// takeSingle lets an unknown that stands in one living row be given by it.
func (e *echelon) takeSingle() bool {
	for len(e.single) > 0 {
		u := e.single[len(e.single)-1]
		e.single = e.single[:len(e.single)-1]
		if e.count[u] != 1 {
			continue
		}
		for _, at := range e.of[u] {
			if e.alive[at] && e.rows[at].value(u) != 0 {
				e.choose(at, u)
				return true
			}
		}
	}
	return false
}

// value is how often an unknown counts in a row.
func (r row) value(unknown int32) element {
	i := sort.Search(len(r.terms), func(i int) bool { return r.terms[i].unknown >= unknown })
	if i < len(r.terms) && r.terms[i].unknown == unknown {
		return r.terms[i].value
	}
	return 0
}

// choose sets a row aside: it gives the unknown.
func (e *echelon) choose(at, unknown int32) {
	e.order = append(e.order, pivot{at, unknown})
	e.alive[at] = false
	for _, t := range e.rows[at].terms {
		e.count[t.unknown]--
		if e.count[t.unknown] == 1 {
			e.single = append(e.single, t.unknown)
		}
	}
}

func (e *echelon) shortest() int32 {
	for n := range e.byTerms {
		for len(e.byTerms[n]) > 0 {
			last := len(e.byTerms[n]) - 1
			at := e.byTerms[n][last]
			if e.alive[at] && len(e.rows[at].terms) == n {
				return at
			}
			e.byTerms[n] = e.byTerms[n][:last]
		}
	}
	return -1
}

// eliminate chooses the rarest unknown of a row and takes it out of all others.
func (e *echelon) eliminate(at int32) {
	r := e.rows[at]
	rarest := r.terms[0]
	for _, t := range r.terms {
		if e.count[t.unknown] < e.count[rarest.unknown] {
			rarest = t
		}
	}
	e.choose(at, rarest.unknown)
	scale := invert(rarest.value)
	for _, other := range e.of[rarest.unknown] {
		if !e.alive[other] {
			continue
		}
		if value := e.rows[other].value(rarest.unknown); value != 0 {
			e.takeOut(other, at, mul(value, scale))
		}
	}
	e.of[rarest.unknown] = nil
}

// takeOut subtracts factor times one row from another.
func (e *echelon) takeOut(from, what int32, factor element) {
	a, b := e.rows[from], e.rows[what]
	merged := e.scratch.terms[:0]
	i, j := 0, 0
	for i < len(a.terms) || j < len(b.terms) {
		switch {
		case j == len(b.terms) || i < len(a.terms) && a.terms[i].unknown < b.terms[j].unknown:
			merged = append(merged, a.terms[i])
			i++
		case i == len(a.terms) || a.terms[i].unknown > b.terms[j].unknown:
			u := b.terms[j].unknown
			merged = append(merged, entry{u, sub(0, mul(factor, b.terms[j].value))})
			e.of[u] = append(e.of[u], from)
			e.count[u]++
			j++
		default:
			u := a.terms[i].unknown
			if rest := sub(a.terms[i].value, mul(factor, b.terms[j].value)); rest != 0 {
				merged = append(merged, entry{u, rest})
			} else if e.count[u]--; e.count[u] == 1 {
				e.single = append(e.single, u)
			}
			i, j = i+1, j+1
		}
	}
	e.scratch.terms = merged
	e.rows[from].terms = append(e.rows[from].terms[:0], merged...)
	e.rows[from].right = sub(a.right, mul(factor, b.right))
	e.file(from)
}

// solution gives every unknown a value: those that no row gives come from
// free, the others follow; with homogeneous, all right sides count as zero.
func (e *echelon) solution(free func() element, homogeneous bool) []element {
	values := make([]element, len(e.of))
	given := make([]bool, len(e.of))
	for _, p := range e.order {
		given[p.unknown] = true
	}
	for u := range values {
		if !given[u] {
			values[u] = free()
		}
	}
	for i := len(e.order) - 1; i >= 0; i-- {
		r := e.rows[e.order[i].row]
		rest, own := element(0), element(0)
		if !homogeneous {
			rest = r.right
		}
		for _, t := range r.terms {
			if t.unknown == e.order[i].unknown {
				own = t.value
				continue
			}
			rest = sub(rest, mul(t.value, values[t.unknown]))
		}
		values[e.order[i].unknown] = mul(rest, invert(own))
	}
	return values
}

// determined tells which unknowns have one value in all solutions, and that
// value: those that stay zero in two random solutions of the equations without
// right sides. The chance to err is below the number of unknowns in 2^122.
func (e *echelon) determined() (which []bool, values []element) {
	random := rand.New(rand.NewPCG(0x6f737365727661, 0x746f72696f))
	free := func() element { return element(random.Uint64N(prime)) }
	first, second := e.solution(free, true), e.solution(free, true)
	which = make([]bool, len(first))
	for u := range first {
		which[u] = first[u] == 0 && second[u] == 0
	}
	return which, e.solution(func() element { return 0 }, false)
}
