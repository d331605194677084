package attack

import (
	"context"
	"fmt"
	"math"
)

// unbounded stands for no upper bound.
const unbounded = math.MaxInt64 / 4

// mostSteps bounds how often the bounds along one equation are looked at again
// for each term in all of them: narrowing is right wherever it stops.
const mostSteps = 64

// bounds is what each unknown can be, as far as it was worked out: every
// equation leaves a term no more room than the others give it.
type bounds struct {
	system    *System
	low, high []int64
	of        [][]int32 // by unknown: equations it stands in
	waiting   []int32
	queued    []bool
	settled   bool
}

func newBounds(s *System) *bounds {
	b := &bounds{
		system: s, low: make([]int64, len(s.Unknowns)), high: make([]int64, len(s.Unknowns)),
		of: make([][]int32, len(s.Unknowns)), queued: make([]bool, len(s.Equations)), settled: true,
	}
	for i, u := range s.Unknowns {
		b.low[i], b.high[i] = u.Least, unbounded
	}
	for e, equation := range s.Equations {
		for _, t := range equation.Terms {
			b.of[t.Unknown] = append(b.of[t.Unknown], int32(e))
		}
		b.wait(int32(e))
	}
	return b
}

func (b *bounds) wait(equation int32) {
	if !b.queued[equation] {
		b.queued[equation] = true
		b.waiting = append(b.waiting, equation)
	}
}

func (b *bounds) fixed(unknown int32) bool { return b.low[unknown] == b.high[unknown] }

// narrow follows the equations until nothing moves.
func (b *bounds) narrow(ctx context.Context) error {
	most := 0
	for _, e := range b.system.Equations {
		most += mostSteps * len(e.Terms)
	}
	for done := 0; len(b.waiting) > 0; done++ {
		if done%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		e := b.waiting[0]
		b.waiting = b.waiting[1:]
		b.queued[e] = false
		if most -= len(b.system.Equations[e].Terms); most < 0 {
			b.settled = false
			return nil
		}
		if err := b.follow(b.system.Equations[e]); err != nil {
			return err
		}
	}
	return nil
}

// follow gives each term of an equation what the others leave.
func (b *bounds) follow(e Equation) error {
	least, most := int64(0), int64(0) // of the sum; open ends are counted apart
	openLeast, openMost := 0, 0
	for _, t := range e.Terms {
		l, h := b.reach(t)
		if l <= -unbounded {
			openLeast++
		} else {
			least += l
		}
		if h >= unbounded {
			openMost++
		} else {
			most += h
		}
	}
	for _, t := range e.Terms {
		l, h := b.reach(t)
		top, bottom := int64(unbounded), int64(-unbounded)
		if rest, ok := others(least, l, openLeast, l <= -unbounded); ok {
			top = e.Right - rest
		}
		if rest, ok := others(most, h, openMost, h >= unbounded); ok {
			bottom = e.Right - rest
		}
		moved, err := b.limit(t, bottom, top)
		if err != nil {
			return err
		}
		if !moved {
			continue
		}
		// The sums above hold the old ends: look again with the new ones.
		for _, again := range b.of[t.Unknown] {
			b.wait(again)
		}
	}
	return nil
}

// others is the end of the sum without one term, if all others have that end.
func others(sum, own int64, open int, ownOpen bool) (int64, bool) {
	if ownOpen {
		return sum, open == 1
	}
	return sum - own, open == 0
}

// reach is what coefficient times unknown can be.
func (b *bounds) reach(t Term) (int64, int64) {
	l, h := times64(b.low[t.Unknown], t.Coef), times64(b.high[t.Unknown], t.Coef)
	if t.Coef < 0 {
		return h, l
	}
	return l, h
}

func times64(n, coef int64) int64 {
	if n >= unbounded {
		if coef < 0 {
			return -unbounded
		}
		return unbounded
	}
	return n * coef
}

// limit narrows an unknown so that its term stays between bottom and top.
func (b *bounds) limit(t Term, bottom, top int64) (bool, error) {
	if t.Coef < 0 {
		bottom, top = -top, -bottom
	}
	size := t.Coef
	if size < 0 {
		size = -size
	}
	moved := false
	if bottom > -unbounded {
		if n := upward(bottom, size); n > b.low[t.Unknown] {
			b.low[t.Unknown], moved = n, true
		}
	}
	if top < unbounded {
		if n := downward(top, size); n < b.high[t.Unknown] {
			b.high[t.Unknown], moved = n, true
		}
	}
	if b.low[t.Unknown] > b.high[t.Unknown] {
		return false, fmt.Errorf("narrow unknown %d: at least %d and at most %d: counts that one table can hold expected", t.Unknown, b.low[t.Unknown], b.high[t.Unknown])
	}
	return moved, nil
}

func downward(n, d int64) int64 {
	q := n / d
	if n%d != 0 && n < 0 {
		q--
	}
	return q
}

func upward(n, d int64) int64 { return -downward(-n, d) }

// set holds an unknown to a value that follows otherwise.
func (b *bounds) set(unknown int32, value int64) error {
	if value < b.low[unknown] || value > b.high[unknown] {
		return fmt.Errorf("hold unknown %d to %d: between %d and %d expected", unknown, value, b.low[unknown], b.high[unknown])
	}
	if b.fixed(unknown) {
		return nil
	}
	b.low[unknown], b.high[unknown] = value, value
	for _, e := range b.of[unknown] {
		b.wait(e)
	}
	return nil
}
