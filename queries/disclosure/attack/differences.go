package attack

import (
	"context"
	"fmt"

	"osservatorio/queries/disclosure/linked"
)

// Difference is a revision that nobody published and that follows from others.
type Difference struct {
	Cell int32
	By   int64
}

// Differences finds what two releases tell by subtraction: by is how far each
// cell of the family moved between them, known marks those of which both numbers
// stand. The numbers of the family itself are not used. Differences may be
// negative, and one of zero says nothing of its parts, so that nothing but
// addition and subtraction is to be had. Cells are in their order; those that
// did not move are left out.
func Differences(ctx context.Context, f *linked.Family, by []int64, known []bool) ([]Difference, error) {
	if len(by) != len(f.Cells) || len(known) != len(f.Cells) {
		return nil, fmt.Errorf("attack %s: differences: %d and %d cells: %d expected", f.Name, len(by), len(known), len(f.Cells))
	}
	b := &builder{system: &System{}, at: make(map[uint64]int32, 2*len(f.Cells)), zeros: map[uint64]bool{}}
	if err := b.readVariables(f); err != nil {
		return nil, err
	}
	b.readMoves(f, by, known)
	if err := b.close(ctx); err != nil {
		return nil, err
	}
	b.number()
	if err := b.equate(ctx, f); err != nil {
		return nil, err
	}
	which, values, err := newBounds(b.system).solve(ctx)
	if err != nil {
		return nil, fmt.Errorf("attack %s: differences: %w", f.Name, err)
	}
	var found []Difference
	for i := range f.Cells {
		if u := b.system.Of[i]; u >= 0 && which[u] && values[u] != 0 {
			found = append(found, Difference{Cell: int32(i), By: signed(values[u])})
		}
	}
	return found, nil
}

// readMoves puts the moves of known cells where their numbers would be.
func (b *builder) readMoves(f *linked.Family, by []int64, known []bool) {
	sets := make([]int32, len(f.Dims))
	for i, cell := range f.Cells {
		for d, node := range cell.At {
			sets[d] = b.variables[d].set[node]
		}
		at := b.sum(b.key(sets))
		b.of = append(b.of, at)
		s := &b.sums[at]
		if s.listed < 0 {
			s.listed = int32(i)
		}
		if known[i] {
			s.shown, s.n = true, by[i]
		}
	}
}
