package synthetic

// Measures of the view of demand, and of the two sides of tightness.
const (
	demandVacancies = iota
	demandStarts
	demandSeekers
)

// seekers counts persons, on each last day, whose latest registration is not
// closed before it, by the occupation of the last job before she registered.
func (s *simulator) seekers(a *account) {
	for period, p := range a.books.periods {
		r := a.latest(p.last)
		if r == nil || r.closed != none && r.closed < p.last {
			continue
		}
		u := member{district: s.w.comuni[r.comune].district}
		u.in(s.lastOccupation(a, r.on))
		a.books.count(viewDemand, demandSeekers, period, &u)
		a.books.add(viewTightness, 0, period, &u, 0, 1)
	}
}

// lastOccupation is that of the last job begun before a day.
func (s *simulator) lastOccupation(a *account, before day) int {
	var last *spell
	for i := range a.jobs {
		sp := &a.jobs[i]
		if sp.counts() && sp.from < before && (last == nil || sp.from > last.from) {
			last = sp
		}
	}
	if last == nil {
		return s.w.slot.slot(byOccupation, notSaid)
	}
	return last.occupation
}

// vacancies counts the positions of the vacancies of one employer, where they
// are of the region.
func (s *simulator) vacancies(b *books, vacs []vacancy, valid []bool) {
	for i := range vacs {
		v := &vacs[i]
		district := s.w.workplaceDistrict(v.comune)
		if !there(valid, i) || district < 0 {
			continue
		}
		u := member{district: district}
		u.in(s.w.occupationSlot(v.occupation))
		for _, period := range b.within(v.opened) {
			if period >= 0 {
				b.add(viewDemand, demandVacancies, period, &u, uint32(v.positions), 0)
				b.add(viewTightness, 0, period, &u, uint32(v.positions), 0)
			}
		}
	}
}
