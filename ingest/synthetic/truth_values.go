package synthetic

import "math"

// z is the 97.5 % quantile of the normal distribution: intervals leave out 2.5
// in 100 cases on each side.
const z = 1.959963984540054

// cellValue is what an estimate is computed from: one cell of one measure and
// period of the archives' book.
type cellValue struct {
	pair         pair
	sum, squares int64
	lanes        [][]uint32
	measure      *measure
	period, cell int
}

// estimate is a number and, where it has one, its interval at 95 %.
type estimate struct {
	value     float64
	low, high *float64
}

// alone is an estimate without an interval.
func alone(value float64) estimate { return estimate{value: value} }

// between is an estimate with its interval.
func between(value, low, high float64) estimate { return estimate{value, &low, &high} }

// meanShare is the mean share of days, in percent, with the interval of a mean
// of so many persons; one alone has none.
func meanShare(c *cellValue) (estimate, bool) {
	n, percent := float64(c.pair.d), 100/float64(c.measure.window)
	if n == 0 {
		return estimate{}, false
	}
	mean := float64(c.sum) / n
	if n == 1 {
		return alone(mean * percent), true
	}
	spread := math.Sqrt(max(0, float64(c.squares)-float64(c.sum)*mean) / (n - 1))
	half := 1.96 * spread / math.Sqrt(n) * percent
	return between(mean*percent, max(0, mean*percent-half), min(100, mean*percent+half)), true
}

// totalEuro is the sum of what was spent.
func totalEuro(c *cellValue) (estimate, bool) { return alone(float64(c.sum) / 100), true }

// ratio is a number of one thing for each of another.
func ratio(c *cellValue) (estimate, bool) {
	if c.pair.d == 0 {
		return estimate{}, false
	}
	return alone(float64(c.pair.n) / float64(c.pair.d)), true
}

// share is that of a rate in percent with Wilson's interval, to the four
// decimals in which it is published; no estimate of nobody.
func (p pair) share() (estimate, bool) {
	if p.d == 0 {
		return estimate{}, false
	}
	four := func(x float64) float64 { return math.Round(1e6*x) / 1e4 }
	n, rate := float64(p.d), float64(p.n)/float64(p.d)
	middle := (rate + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(rate*(1-rate)/n+z*z/(4*n*n))
	return between(four(rate), four(max(0, middle-half)), four(min(1, middle+half))), true
}

// medianStep is the median number of days of those who came to a step, where
// they are enough.
func (w *world) medianStep(c *cellValue) (estimate, bool) {
	if int(c.pair.n) < int(w.parameter["curve_min_at_risk"]) {
		return estimate{}, false
	}
	return alone(medianBin(c.lanes[c.measure.lane])), true
}

// onCurve is the cumulative incidence on a day in percent, where enough are
// still at risk.
func (w *world) onCurve(c *cellValue) (estimate, bool) {
	m := c.measure
	k := newCurve(int(c.pair.d), c.lanes)
	if k.atRisk[m.day] < int(w.parameter["curve_min_at_risk"]) {
		return estimate{}, false
	}
	value := 100 * k.by[m.lane][m.day]
	if low, high, ok := k.limits(m.lane, int(m.day)); ok {
		return between(value, 100*low, 100*high), true
	}
	return alone(value), true
}
