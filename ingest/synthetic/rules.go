package synthetic

// The perfect rules: from a person's rows to figures, in plain Go, written
// from the definitions. They are played twice: over what happened, and over
// what the archives know. README.md states each reading.

// account is one side of a person's books.
type account struct {
	regs  []registration
	svcs  []service
	agrs  []agreement
	reg   []bool // nil: all are there
	svc   []bool
	agr   []bool
	jobs  []spell
	books *books
}

func there(ok []bool, i int) bool { return ok == nil || ok[i] }

// spell is an interval of work: both days included, to none is open.
type spell struct {
	from, to   day
	qualifying bool
	stale      bool // no employment, because nobody believes that it still lasts
	group      int  // slot of the contract group
	sector     int  // slot of the section
	district   int  // of the workplace; −1 beyond the region
}

func (w *world) spellOf(from, to day, contract int, form formKind, comune int, sector string) spell {
	c := &w.contracts[contract]
	sp := spell{from: from, to: to, qualifying: c.qualifying || form == formUNISOMM,
		group: w.slot.group[c.group], sector: w.slot.sector[sector[0]-'A'], district: w.workplaceDistrict(comune)}
	if form == formUNISOMM {
		sp.group = w.slot.group[groupAgency]
	}
	if c.code[0] == 'C' {
		sp.qualifying = false
	}
	return sp
}

func (sp *spell) covers(d day) bool {
	return sp.qualifying && !sp.stale && sp.from <= d && (sp.to == none || d <= sp.to)
}

func covered(jobs []spell, d day) bool {
	for i := range jobs {
		if jobs[i].covers(d) {
			return true
		}
	}
	return false
}

// tally adds one person to both books.
func (s *simulator) tally(life, seen *books) {
	p := &s.p
	s.observeJobs()
	s.count(&account{regs: p.regs, svcs: p.svcs, agrs: p.agrs, jobs: p.lifeJobs, books: life})
	n := &p.seen
	s.count(&account{
		regs: n.regs, svcs: n.svcs, agrs: n.agrs, reg: n.reg, svc: n.svc, agr: n.agr,
		jobs: p.observedJobs, books: seen,
	})
}

func (s *simulator) count(a *account) {
	s.coverEvery(a)
	s.coverPlanned(a)
	s.timeliness(a)
	s.outcomes(a)
	s.activities(a)
	s.flows(a)
}

// valid says whether a service row is an activity that took place.
func (sv *service) valid() bool {
	switch sv.event {
	case 1, 3, 4, 6, 7, 8:
		return false
	}
	return sv.started != none
}

// reached says whether the person got an activity of that LEP in its window.
func (a *account) reached(lep int, from, window day) bool {
	for i := range a.svcs {
		sv := &a.svcs[i]
		if sv.lep == lep && there(a.svc, i) && sv.valid() && sv.started >= from && sv.started <= from+window {
			return true
		}
	}
	return false
}

// firstInQuarter says whether registration i is the person's first valid one
// of its quarter. Registrations go by day, no two on the same.
func (s *simulator) firstInQuarter(a *account, i int) (quarter int, ok bool) {
	q, in := s.w.counted(a.regs[i].on)
	if !in || !there(a.reg, i) {
		return 0, false
	}
	for j := i - 1; j >= 0; j-- {
		if there(a.reg, j) && s.w.quarterOf(a.regs[j].on) == q {
			return 0, false
		}
	}
	return q, true
}

// coverEvery counts the LEP to which each registration entitles.
func (s *simulator) coverEvery(a *account) {
	var room [8]int
	w := s.w
	for i := range a.regs {
		q, ok := s.firstInQuarter(a, i)
		if !ok {
			continue
		}
		r := &a.regs[i]
		slots := w.slot.of(room[:0], &s.p, r, w.yearOf(r.on))
		for n := range w.lep {
			l := &w.lep[n]
			if l.rule != ruleEvery {
				continue
			}
			reached := false
			if l.profiling {
				reached = r.profiled != none && r.profiled >= r.on && r.profiled <= r.on+l.window
			} else {
				reached = a.reached(n, r.on, l.window)
			}
			a.books.coverage.rate(l.measured, q, w.comuni[r.comune].district, reached, slots)
		}
	}
}

// coverPlanned counts the LEP to which an agreement entitles, by plan or by
// fragility: the first such agreement of each quarter.
func (s *simulator) coverPlanned(a *account) {
	var room [8]int
	w := s.w
	for n := range w.lep {
		l := &w.lep[n]
		if l.rule != rulePlanned && l.rule != ruleFragility {
			continue
		}
		last := -1
		for i := range a.agrs {
			ag := &a.agrs[i]
			q, in := w.counted(ag.on)
			if !in || q == last || !there(a.agr, i) || !there(a.reg, ag.registration) || !w.entitles(l, n, ag) {
				continue
			}
			last = q
			r := &a.regs[ag.registration]
			slots := w.slot.of(room[:0], &s.p, r, w.yearOf(ag.on))
			a.books.coverage.rate(l.measured, q, w.comuni[r.comune].district, a.reached(n, ag.on, l.window), slots)
		}
	}
}

func (w *world) entitles(l *lep, n int, ag *agreement) bool {
	if l.rule == ruleFragility {
		return ag.fragility >= w.threshold
	}
	return ag.planned&(1<<n) != 0
}

// timeliness counts the first registration of each quarter: measures
// timely_N, then their twins among those still at risk.
func (s *simulator) timeliness(a *account) {
	var room [8]int
	w := s.w
	for i := range a.regs {
		q, ok := s.firstInQuarter(a, i)
		if !ok {
			continue
		}
		r := &a.regs[i]
		slots := w.slot.of(room[:0], &s.p, r, w.yearOf(r.on))
		d := w.comuni[r.comune].district
		for n, within := range w.timely {
			signed := a.signed(r.on, within)
			a.books.timely.rate(n, q, d, signed, slots)
			hired := r.closed != none && r.reason == reasonEmployed && r.closed <= r.on+within
			if signed || !hired {
				a.books.timely.rate(len(w.timely)+n, q, d, signed, slots)
			}
		}
	}
}

func (a *account) signed(from, within day) bool {
	for i := range a.agrs {
		if on := a.agrs[i].on; there(a.agr, i) && on >= from && on <= from+within {
			return true
		}
	}
	return false
}

// outcomes counts the cohort: agreements with a valid registration and no
// other agreement of the person in the year before.
func (s *simulator) outcomes(a *account) {
	var room [8]int
	w := s.w
	for i := range a.agrs {
		ag := &a.agrs[i]
		q, in := w.counted(ag.on)
		if !in || !there(a.agr, i) || !there(a.reg, ag.registration) || !a.first(i, w.first) {
			continue
		}
		r := &a.regs[ag.registration]
		slots := append(w.slot.of(room[:0], &s.p, r, w.yearOf(ag.on)), slotPath+int(ag.path))
		g := &a.books.employed
		if covered(a.jobs, ag.on) {
			g = &a.books.inwork
		}
		for n, t := range w.rounds {
			g.rate(n, q, w.comuni[r.comune].district, covered(a.jobs, ag.on+t), slots)
		}
	}
}

// first says whether agreement i is the first of a year; of several on one
// day, the one with the lowest place that has a valid registration.
func (a *account) first(i int, year day) bool {
	t0 := a.agrs[i].on
	for j := range a.agrs {
		if j == i || !there(a.agr, j) {
			continue
		}
		on := a.agrs[j].on
		if on >= t0-year && on < t0 {
			return false
		}
		if on == t0 && j < i && there(a.reg, a.agrs[j].registration) {
			return false
		}
	}
	return true
}

// activities counts valid activities by the territory of the registration
// that they name, else of the person's latest one by that day.
func (s *simulator) activities(a *account) {
	w := s.w
	for i := range a.svcs {
		sv := &a.svcs[i]
		if !there(a.svc, i) || !sv.valid() {
			continue
		}
		q, in := w.counted(sv.started)
		if !in {
			continue
		}
		d, ok := s.activityDistrict(a, sv)
		if ok {
			a.books.activities.count(sv.lep, q, d, kindOf(sv.accredited))
		}
	}
}

func (s *simulator) activityDistrict(a *account, sv *service) (district int, ok bool) {
	w := s.w
	if sv.employer >= 0 {
		seat, ok := w.providers[sv.provider].seat(sv.started)
		if !ok {
			return 0, false
		}
		d := w.workplaceDistrict(seat)
		return d, d >= 0
	}
	if sv.registration >= 0 && there(a.reg, sv.registration) {
		return w.comuni[a.regs[sv.registration].comune].district, true
	}
	for i := len(a.regs) - 1; i >= 0; i-- {
		if there(a.reg, i) && a.regs[i].on <= sv.started {
			return w.comuni[a.regs[i].comune].district, true
		}
	}
	return 0, false
}

// flows counts starts (measure 0) and ends (measure 1) of qualifying spells by
// district of the workplace; work beyond the region is employment, but no flow
// of it.
func (s *simulator) flows(a *account) {
	for i := range a.jobs {
		sp := &a.jobs[i]
		if !sp.qualifying || sp.district < 0 {
			continue
		}
		if q, in := s.w.counted(sp.from); in {
			a.books.flows.count(0, q, sp.district, sp.group, sp.sector)
		}
		if sp.to == none {
			continue
		}
		if q, in := s.w.counted(sp.to); in {
			a.books.flows.count(1, q, sp.district, sp.group, sp.sector)
		}
	}
}
