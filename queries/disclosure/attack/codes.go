package attack

import "math/bits"

// Sets of finest codes as bits.

func mask(leaves []int32, words int) []uint64 {
	m := make([]uint64, words)
	for _, leaf := range leaves {
		m[leaf/64] |= 1 << (leaf % 64)
	}
	return m
}

func size(m []uint64) int {
	n := 0
	for _, w := range m {
		n += bits.OnesCount64(w)
	}
	return n
}

func within(inner, outer []uint64) bool {
	for i, w := range inner {
		if w&^outer[i] != 0 {
			return false
		}
	}
	return true
}

func has(m []uint64, leaf int) bool { return m[leaf/64]>>(leaf%64)&1 == 1 }

func minus(m, other []uint64) []uint64 {
	rest := make([]uint64, len(m))
	for i := range m {
		rest[i] = m[i] &^ other[i]
	}
	return rest
}

func without(m []uint64, leaf int) []uint64 {
	rest := append([]uint64(nil), m...)
	rest[leaf/64] &^= 1 << (leaf % 64)
	return rest
}

// lowest is the smallest finest code in a set, −1 for none.
func lowest(m []uint64) int {
	for i, w := range m {
		if w != 0 {
			return i*64 + bits.TrailingZeros64(w)
		}
	}
	return -1
}
