package chart

import "math"

// round widens lo…hi to multiples of a round step, with at most about n steps.
func round(lo, hi float64, n int) (from, to, step float64) {
	if hi <= lo {
		hi = lo + 1
	}
	step = roundStep((hi - lo) / float64(n))
	return math.Floor(lo/step+1e-9) * step, math.Ceil(hi/step-1e-9) * step, step
}

// roundStep is the smallest of 1, 2, 5 · 10^k that is not under raw.
func roundStep(raw float64) float64 {
	p := math.Pow10(int(math.Floor(math.Log10(raw))))
	for _, m := range []float64{1, 2, 5, 10} {
		if raw <= m*p*(1+1e-9) {
			return m * p
		}
	}
	return 10 * p
}

// width is about how wide text is in pixels: enough to keep labels apart. The
// renderer knows the real widths; forms must not depend on it.
func width(text string, size float64) float64 {
	em := 0.0
	for _, r := range text {
		switch {
		case r == ' ' || r == '.' || r == ',' || r == 'i' || r == 'l' || r == 'I' || r == '\'' || r == '’':
			em += .24
		case r == 'm' || r == 'w' || r == 'M' || r == 'W':
			em += .84
		case r >= 'A' && r <= 'Z':
			em += .62
		default:
			em += .53
		}
	}
	return em * size
}

// roomFor is where a plot begins whose ticks, right-aligned so far before it, say
// these values: what the layout asks for, or more where numbers are long.
func roomFor(least, gap float64, lo, hi, step float64, tick func(v float64) string) float64 {
	left := least
	for v := lo; v <= hi+step/1e6 && step > 0; v += step {
		left = math.Max(left, width(tick(v), axisSize)+gap+tickSpare)
	}
	return math.Ceil(left)
}

// tickSpare is what a text may be wider than width says: digits are.
const tickSpare = 3
