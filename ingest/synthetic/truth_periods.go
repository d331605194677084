package synthetic

import "strconv"

// The kinds of period that figures are kept for.
const (
	periodQuarter = "quarter"
	periodYear    = "year"
)

// period is a quarter of the run, or a calendar year. A year that begins before
// the run has a gap: it is never known.
type period struct {
	kind, name  string
	first, last day
	gap         bool
}

// periods are the quarters in their order, then the years.
func (c *calendar) periods() []period {
	out := make([]period, 0, c.quarters+c.lastYear-c.firstYear+1)
	first := c.from
	for q := range c.quarters {
		out = append(out, period{periodQuarter, c.names[q], first, c.lastDay[q], false})
		first = c.lastDay[q] + 1
	}
	for year := c.firstYear; year <= c.lastYear; year++ {
		first := newDay(year, 1, 1)
		out = append(out, period{periodYear, strconv.Itoa(year), first, newDay(year, 12, 31), first < c.from})
	}
	return out
}

// within are the periods that a day falls into, its quarter and its year; −1
// where it is not of the run.
func (b *books) within(d day) [2]int {
	q, ok := b.w.counted(d)
	if !ok {
		return [2]int{-1, -1}
	}
	return [2]int{q, b.w.quarters + b.w.yearOf(d) - b.w.firstYear}
}
