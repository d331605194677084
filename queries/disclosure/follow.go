package disclosure

import (
	"slices"
)

// follow hides what goes with hidden lines: lines tied to them, what is drawn
// from them, running totals of them, and measures derived from them.
func (c *complement) follow() {
	places := c.byPlace()
	for again := true; again; {
		again = false
		for _, v := range c.views {
			for i := range v.lines {
				l := &v.lines[i]
				for _, other := range c.leads(l, places) {
					if other.hidden && !l.hidden {
						l.hidden, again = true, true
					}
					if l.hidden && !other.hidden && l.tied(other) {
						other.hidden, again = true, true
					}
				}
			}
		}
	}
}

// spot is where a line stands, whatever it measures.
type spot struct {
	view         string
	geo          int32
	kind, period string
	crossing     *crossing
}

func (l *line) spot() spot {
	return spot{l.view.job.header.View, l.geo, l.kind, l.period, l.crossing}
}

// byPlace finds the lines of the views that others follow.
func (c *complement) byPlace() map[spot][]*line {
	out := map[spot][]*line{}
	wanted := map[string]bool{}
	for _, v := range c.views {
		s := v.header().Sums
		for _, name := range s.Tied {
			wanted[name] = true
		}
		for _, f := range s.Formulas {
			if f.AfterOthers || f.ToDate {
				wanted[v.job.header.View] = true
			}
		}
	}
	for _, v := range c.views {
		if wanted[v.job.header.View] {
			for i := range v.lines {
				at := v.lines[i].spot()
				out[at] = append(out[at], &v.lines[i])
			}
		}
	}
	return out
}

// leads are the lines that hide a line when they are hidden.
func (c *complement) leads(l *line, places map[spot][]*line) []*line {
	s := l.view.header().Sums
	f := s.Formulas[l.measure]
	var out []*line
	if f.AfterOthers {
		out = append(out, places[l.spot()]...)
	}
	if f.ToDate {
		if counts := c.summed(l, places); !l.addsUp(counts) {
			out = append(out, counts...)
		}
	}
	for _, view := range s.Tied {
		at := l.spot()
		at.view = view
		for _, other := range places[at] {
			if other.measure == l.measure {
				out = append(out, other)
			}
		}
	}
	return out
}

func (l *line) tied(other *line) bool {
	return slices.Contains(l.view.header().Sums.Tied, other.view.job.header.View)
}

// summed are the counts that a running total has added up.
func (c *complement) summed(l *line, places map[spot][]*line) []*line {
	of := l.view.header().Sums.Formulas[l.measure].Answer
	var out []*line
	for _, period := range c.periods(l) {
		at := l.spot()
		at.kind, at.period = period.kind, period.name
		for _, other := range places[at] {
			if other.measure == of {
				out = append(out, other)
			}
		}
	}
	return out
}

type period struct{ kind, name string }

// periods are those that end no later than that of a line.
func (c *complement) periods(l *line) []period {
	end := lastMonth(l.period)
	var out []period
	for _, p := range l.view.periods() {
		if lastMonth(p.name) <= end {
			out = append(out, p)
		}
	}
	return out
}

// periods are all that lines of the view have.
func (m *masked) periods() []period {
	if m.seen == nil {
		known := map[period]bool{}
		for i := range m.lines {
			p := period{m.lines[i].kind, m.lines[i].period}
			if !known[p] {
				known[p] = true
				m.seen = append(m.seen, p)
			}
		}
	}
	return m.seen
}
