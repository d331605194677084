package synthetic

import "strconv"

// A row of vacancies is one published vacancy of an employer. For who counts
// them: it is counted in the period of `opened`, with its positions; occupation
// and sector are codes of the older classifications, which the file writes by
// the version of the opening day.
type vacancy struct {
	seq            int
	employer       int
	opened, closed day // closed none: still open
	positions      int
	occupation     string
	sector         string
	comune         int // index of reference.comuni; negative: beyond the region
	contract       int // index of reference.contracts; −1 not stated
	updated        day
	unrecorded     bool
}

// employerVacancies lives the vacancies of one employer; about half ask
// at all, tourism and farming before their season.
func (s *simulator) employerVacancies(number int) {
	w, p := s.w, &s.p
	p.vacs = p.vacs[:0]
	if !s.chance(.62) {
		return
	}
	comune, sector, occupation := w.workplace(number)
	for range 1 + s.rng.IntN(4) + int(w.to-w.from)/160 {
		v := vacancy{
			seq: len(p.vacs), employer: number, comune: comune, sector: sector, occupation: occupation, contract: -1,
			opened: s.opening(w.from-40+s.days(0, int(w.to-w.from)+80), sector), positions: 1, unrecorded: s.chance(.004),
		}
		for v.positions < 12 && s.chance(.28) {
			v.positions++
		}
		v.closed = v.opened + s.days(2, 20) + s.wait(28)
		if s.chance(.06) {
			v.closed = none // forgotten: nobody closes it
		}
		if s.chance(.72) {
			group := groupFixed
			if s.chance(.3) {
				group = groupOpen
			}
			v.contract = w.contractAt(group, v.opened, s.rng.Float64())
		}
		p.vacs = append(p.vacs, v)
	}
}

// opening moves vacancies of seasonal sectors to the weeks before the season.
func (s *simulator) opening(on day, sector string) day {
	year := s.w.yearOf(on)
	switch {
	case sector[0] == 'I' && s.chance(.5):
		return newDay(year, 3, 1) + s.days(0, 75)
	case sector[0] == 'A' && s.chance(.5):
		return newDay(year, 5, 1) + s.days(0, 100)
	case sector[0] == 'P' && s.chance(.6):
		return newDay(year, 8, 20) + s.days(0, 30)
	}
	return on
}

func (s *simulator) emitVacancies(c *chunk) {
	p := &s.p
	n := &p.seen
	n.vacs, n.vac = n.vacs[:0], n.vac[:0]
	for i := range p.vacs {
		last, ok := deliver(c, s, vacancies, s.vacancyVersions(&p.vacs[i]))
		n.vacs, n.vac = append(n.vacs, last), append(n.vac, ok)
	}
}

// vacancyVersions: opened, at times with more positions, and closed.
func (s *simulator) vacancyVersions(v *vacancy) []vacancy {
	all := s.p.versions.vacs[:0]
	first := *v
	first.closed, first.updated = none, v.opened+s.late(3)
	if v.positions > 1 && s.chance(.2) {
		few := first
		few.positions--
		all = append(all, few)
		first.updated += s.days(1, 15)
	}
	all = append(all, first)
	if v.closed != none {
		next := *v
		next.updated = max(first.updated+1, v.closed+s.late(8))
		all = append(all, next)
	}
	s.p.versions.vacs = all
	if v.unrecorded || s.forgotten(all[len(all)-1].updated, v.closed != none) {
		return nil
	}
	return all
}

func (v vacancy) stamp() day { return v.updated }

func (v vacancy) line(b []byte, w *world, _ *person) []byte {
	b = appendID(b, 'w', uint64(v.employer), v.seq)
	b = w.append(append(b, ','), v.opened)
	b = w.append(append(b, ','), v.closed)
	b = strconv.AppendInt(append(b, ','), int64(v.positions), 10)
	b = append(append(b, ','), v.occupation...)
	b = append(append(b, ','), w.occupationVersion(v.opened)...)
	b = w.appendSector(append(b, ','), v.sector, v.opened)
	b = append(append(b, ','), w.sectorVersion(v.opened)...)
	b = append(append(b, ','), w.workplaceCode(v.comune)...)
	b = append(b, ',')
	if v.contract >= 0 {
		b = append(b, w.contracts[v.contract].code...)
	}
	return w.append(append(b, ','), v.updated)
}
