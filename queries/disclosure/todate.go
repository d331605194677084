package disclosure

import (
	"cmp"
	"maps"
	"slices"
)

// A running total adds up counts since the start. With one of them hidden two
// totals around it would tell it, so the total goes with it. But where periods
// that all stand cover the whole time without gap, such as the first year and
// the quarters after it, the total is their sum: everybody can compute it, and it
// tells nothing beside them.

// toDate says that a line is a running total.
func (l *line) toDate() bool { return l.view.header().Sums.Formulas[l.measure].ToDate }

// totals are the measures of a view that are running totals.
func (m *masked) totals() []string {
	var out []string
	for _, measure := range slices.Sorted(maps.Keys(m.header().Sums.Formulas)) {
		if m.header().Sums.Formulas[measure].ToDate {
			out = append(out, measure)
		}
	}
	return out
}

// addsUp says that a running total is the sum of counts that stand, of those that
// it adds up.
func (l *line) addsUp(counts []*line) bool {
	if len(counts) == 0 {
		return false
	}
	order := slices.Clone(counts)
	slices.SortStableFunc(order, func(a, b *line) int { return cmp.Compare(firstMonth(a.period), firstMonth(b.period)) })
	sums := map[int]int64{firstMonth(order[0].period): 0} // by month: of all before it
	for _, count := range order {
		before, reached := sums[firstMonth(count.period)]
		if reached && !count.hidden {
			sums[month(lastMonth(count.period))+1] = before + count.n
		}
	}
	sum, reached := sums[month(lastMonth(l.period))+1]
	return reached && sum == l.n
}

// month numbers the months written as 2024-01.
func month(period string) int {
	n := 0
	for _, digit := range period[:4] {
		n = 10*n + int(digit-'0')
	}
	return 12*n + 10*int(period[5]-'0') + int(period[6]-'0')
}

// firstMonth is the number of the first month of a period.
func firstMonth(period string) int {
	last := month(lastMonth(period))
	switch len(period) {
	case len("2024"):
		return last - 11
	case len("2024-Q1"):
		if period[5] == 'Q' {
			return last - 2
		}
	}
	return last
}
