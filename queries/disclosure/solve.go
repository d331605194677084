package disclosure

import (
	"cmp"
	"errors"
	"math/bits"
	"slices"
)

var errNegative = errors.New("a part exceeds its whole")

func sorted2[V any](m map[uint64]V) []uint64 {
	keys := make([]uint64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// solve finds the count of each part from those of sets of parts: by
// subtraction, smaller sets first. Parts that no set holds have none.
func solve(parts int, sums map[int32]int64, inside map[int32][]int32) ([]int64, []bool, error) {
	found, has := make([]int64, parts), make([]bool, parts)
	nodes := make([]int32, 0, len(sums))
	for n := range sums {
		nodes = append(nodes, n)
	}
	slices.SortFunc(nodes, func(x, y int32) int {
		return cmp.Or(len(inside[x])-len(inside[y]), int(x-y))
	})
	for _, n := range nodes {
		left, open := sums[n], int32(-1)
		for _, i := range inside[n] {
			left -= found[i]
			if !has[i] {
				open = i
			}
		}
		if open < 0 {
			continue // whether it adds up is checked over all tables
		}
		if left < 0 {
			return nil, nil, errNegative
		}
		for _, i := range inside[n] {
			has[i] = true
		}
		found[open] = left
	}
	return found, has, nil
}

// answers finds the count of each finest answer in the same way; those of zero
// cannot be given.
func answers(leaves int, sums []known, zero uint64) ([]int64, error) {
	found := make([]int64, leaves)
	has := zero
	slices.SortFunc(sums, func(x, y known) int {
		return cmp.Or(bits.OnesCount64(x.leaves)-bits.OnesCount64(y.leaves), cmp.Compare(x.leaves, y.leaves))
	})
	for settled := false; !settled; {
		settled = true
		for _, s := range sums { // where one is left open, it follows
			left, open := s.remains(found, has)
			if bits.OnesCount64(open) == 1 {
				settled = false
				if left < 0 {
					return nil, errNegative
				}
				found[bits.TrailingZeros64(open)] = left
				has |= open
			}
		}
		if !settled {
			continue
		}
		for _, s := range sums { // else the last takes all
			left, open := s.remains(found, has)
			if open != 0 {
				settled = false
				if left < 0 {
					return nil, errNegative
				}
				found[63-bits.LeadingZeros64(open)] = left
				has |= open
				break
			}
		}
	}
	return found, nil
}

func (k known) remains(found []int64, has uint64) (int64, uint64) {
	left := k.n
	for m := k.leaves; m != 0; m &= m - 1 {
		left -= found[bits.TrailingZeros64(m)]
	}
	return left, k.leaves &^ has
}
