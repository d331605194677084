package synthetic

import "slices"

// Measures of the view of flows.
const (
	flowStarts = iota
	flowEnds
	flowTransformations
)

// flows counts starts, ends and transformations into open-ended jobs by the
// district of the workplace, the positions that run on each last day, and the
// mix and the durations of contracts. Work beyond the region is employment, but
// no flow of it.
func (s *simulator) flows(a *account) {
	for i := range a.jobs {
		sp := &a.jobs[i]
		if !sp.counts() || sp.district < 0 {
			continue
		}
		u := member{district: sp.district}
		u.in(sp.group)
		u.in(sp.sector)
		u.in(sp.occupation)
		s.flow(a, flowStarts, sp.from, &u)
		s.demanded(a, sp.from, &u)
		s.flow(a, flowEnds, sp.to, &u)
		s.flow(a, flowTransformations, sp.turned, &u)
		s.mix(a, sp, &u)
		s.durations(a, sp, &u)
		s.positions(a, sp)
	}
}

// flow counts one event in its periods; none is no event.
func (s *simulator) flow(a *account, measure int, on day, u *member) {
	if on == none {
		return
	}
	for _, period := range a.books.within(on) {
		if period >= 0 {
			a.books.count(viewFlows, measure, period, u)
		}
	}
	if month := a.books.month(on); month >= 0 {
		a.books.count(viewFlows, measure, month, &member{district: u.district})
	}
}

// demanded counts a start beside the vacancies.
func (s *simulator) demanded(a *account, on day, u *member) {
	for _, period := range a.books.within(on) {
		if period >= 0 {
			a.books.count(viewDemand, demandStarts, period, u)
		}
	}
}

// mix counts each start among all, by its contract group.
func (s *simulator) mix(a *account, sp *spell, u *member) {
	group := s.w.slot.list[sp.group].code
	for _, period := range a.books.within(sp.from) {
		for n, m := range a.books.views[viewMix].measures {
			if period >= 0 {
				a.books.rate(viewMix, n, period, u, m.name == group)
			}
		}
	}
}

// durationClasses are the longest durations of each class, in days; the last
// has no bound.
var durationClasses = []struct {
	code string
	most day
}{{"d1", 1}, {"d2_7", 7}, {"d8_30", 30}, {"d31_90", 90}, {"d91_180", 180}, {"d181_365", 365}, {"gt365", never}}

// durations counts ended spells by how long they lasted, both days included.
func (s *simulator) durations(a *account, sp *spell, u *member) {
	if sp.to == none {
		return
	}
	class := slices.IndexFunc(durationClasses, func(c struct {
		code string
		most day
	}) bool {
		return sp.to-sp.from+1 <= c.most
	})
	for _, period := range a.books.within(sp.to) {
		for n := range durationClasses {
			if period >= 0 {
				a.books.rate(viewDurations, n, period, u, n == class)
			}
		}
	}
}

// positions counts a spell on each last day on which it runs, in the contract
// group of that day.
func (s *simulator) positions(a *account, sp *spell) {
	for period, p := range a.books.periods {
		if !sp.covers(p.last) {
			continue
		}
		u := member{district: sp.district}
		u.in(s.w.contractOn(sp, p.last))
		u.in(sp.sector)
		u.in(sp.occupation)
		a.books.count(viewPositions, 0, period, &u)
	}
}
