package synthetic

// cellValue is what an estimate is computed from: one cell of one measure and
// period of the archives' book.
type cellValue struct {
	pair    pair
	sum     int64
	lanes   [][]uint32
	measure *measure
}

// meanShare is the mean share of days, in percent.
func meanShare(c *cellValue) (float64, bool) {
	if c.pair.d == 0 {
		return 0, false
	}
	return 100 * float64(c.sum) / float64(c.pair.d) / float64(c.measure.window), true
}

// totalEuro is the sum of what was spent.
func totalEuro(c *cellValue) (float64, bool) { return float64(c.sum) / 100, true }

// ratio is a number of one thing for each of another.
func ratio(c *cellValue) (float64, bool) {
	if c.pair.d == 0 {
		return 0, false
	}
	return float64(c.pair.n) / float64(c.pair.d), true
}

// medianStep is the median number of days of those who came to a step, where
// they are enough.
func (w *world) medianStep(c *cellValue) (float64, bool) {
	if int(c.pair.n) < int(w.parameter["curve_min_at_risk"]) {
		return 0, false
	}
	return medianBin(c.lanes[c.measure.lane]), true
}

// onCurve is the cumulative incidence on a day in percent, where enough are
// still at risk.
func (w *world) onCurve(c *cellValue) (float64, bool) {
	by, atRisk := incidence(int(c.pair.d), c.lanes)
	if atRisk[c.measure.day] < int(w.parameter["curve_min_at_risk"]) {
		return 0, false
	}
	return 100 * by[c.measure.lane][c.measure.day], true
}
