package synthetic

import (
	"slices"
	"strconv"
	"time"
)

// The kinds of period that figures are kept for.
const (
	periodQuarter = "quarter"
	periodYear    = "year"
	periodMonth   = "month"
)

// period is a quarter or a month of the run, or a calendar year. A year that begins before
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

// broken says whether a period is the first of its kind to hold or follow the
// day on which the classification of a breakdown changed, within the run.
func (w *world) broken(breakdown string, periods []period, p int) bool {
	on, changes := w.breaks[breakdown]
	if !changes || on <= w.from || periods[p].last < on {
		return false
	}
	return !slices.ContainsFunc(periods[:p], func(o period) bool { return o.kind == periods[p].kind && o.last >= on })
}

// months are the months of the run in their order.
func (c *calendar) months() []period {
	var out []period
	for first := c.from; first <= c.to; {
		next := newDay(c.yearOf(first), time.Month(c.monthOf(first)+1), 1)
		out = append(out, period{periodMonth, first.String()[:len("2006-01")], first, next - 1, false})
		first = next
	}
	return out
}

// month is the month that a day falls into; −1 where it is not of the run.
func (b *books) month(d day) int {
	if _, ok := b.w.counted(d); !ok {
		return -1
	}
	first := b.w.from
	return len(b.periods) + (b.w.yearOf(d)-b.w.yearOf(first))*12 + b.w.monthOf(d) - b.w.monthOf(first)
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
