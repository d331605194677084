package attack

import "math/bits"

// prime is 2^61 − 1. Arithmetic modulo a prime is exact: no rounding decides
// whether a cell is determined.
const prime = 1<<61 - 1

// element is a number modulo prime, from 0 to prime − 1.
type element uint64

func number(n int64) element {
	r := n % prime
	if r < 0 {
		r += prime
	}
	return element(r)
}

// signed is the whole number nearest to zero that e stands for.
func signed(e element) int64 {
	if e > prime/2 {
		return int64(e) - prime
	}
	return int64(e)
}

func sub(a, b element) element { return reduce(uint64(a) + prime - uint64(b)) }

func reduce(n uint64) element {
	if n >= prime {
		n -= prime
	}
	return element(n)
}

func mul(a, b element) element {
	high, low := bits.Mul64(uint64(a), uint64(b))
	// high·2^64 + low = (high·8 + low>>61)·2^61 + (low & prime), and 2^61 = 1.
	return reduce((high<<3 | low>>61) + low&prime)
}

// invert is 1/a by Fermat; a must not be zero.
func invert(a element) element {
	result, power := element(1), a
	for n := uint64(prime - 2); n > 0; n >>= 1 {
		if n&1 == 1 {
			result = mul(result, power)
		}
		power = mul(power, power)
	}
	return result
}
