package synthetic

// The perfect rules: from a person's rows to figures, in plain Go, written
// from the definitions. They are played twice: over what happened, and over
// what the archives know. README.md states each reading.

// account is one side of a person's books.
type account struct {
	regs  []registration
	svcs  []service
	agrs  []agreement
	convs []convocation
	bens  []benefit
	trns  []enrolment
	reg   []bool // nil: all are there
	svc   []bool
	agr   []bool
	conv  []bool
	ben   []bool
	trn   []bool
	jobs  []spell
	work  []interval
	life  bool // what happened, not what the archives know
	books *books
}

func there(ok []bool, i int) bool { return ok == nil || ok[i] }

// tally adds one person to both books.
func (s *simulator) tally(life, seen *books) {
	p := &s.p
	s.observeJobs()
	s.count(&account{
		regs: p.regs, svcs: p.svcs, agrs: p.agrs, convs: p.convs, bens: p.bens, trns: p.trns,
		jobs: p.lifeJobs, books: life, life: true,
	})
	n := &p.seen
	s.count(&account{
		regs: n.regs, svcs: n.svcs, agrs: n.agrs, convs: n.convs, bens: n.bens, trns: n.trns,
		reg: n.reg, svc: n.svc, agr: n.agr, conv: n.conv, ben: n.ben, trn: n.trn,
		jobs: p.observedJobs, books: seen,
	})
}

func (s *simulator) count(a *account) {
	a.books.work = employment(a.books.work, a.jobs, day(s.w.parameter["gap_days"]))
	a.work = a.books.work
	s.coverEvery(a)
	s.coverPlanned(a)
	s.timeliness(a)
	s.outcomes(a)
	s.activities(a)
	s.flows(a)
	s.afterExit(a)
	s.golStock(a)
	s.waits(a)
	s.noShow(a)
	s.funnel(a)
	s.benefitStock(a)
	s.enrolments(a)
	s.national(a)
	s.costs(a)
	s.inclusion(a)
	s.seekers(a)
	s.registrations(a)
}

// known is the last day up to which the side knows what a source tells.
func (s *simulator) known(a *account, sources ...source) day {
	if a.life {
		return s.w.horizon
	}
	return s.w.settled(sources...)
}

// covered says whether the person was in employment on that day.
func (a *account) covered(d day) bool {
	for _, i := range a.work {
		if i.from <= d && (i.to == none || d <= i.to) {
			return true
		}
	}
	return false
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

// entries calls do for each valid registration that is the person's first one
// of a period. Registrations go by day, no two on the same.
func (s *simulator) entries(a *account, do func(r *registration, period int, u *member)) {
	for i := range a.regs {
		if !there(a.reg, i) {
			continue
		}
		r := &a.regs[i]
		for _, period := range a.books.within(r.on) {
			if period < 0 || a.registeredSince(i, a.books.periods[period].first) {
				continue
			}
			u := s.registered(r, r.on)
			do(r, period, &u)
		}
	}
}

// registeredSince says whether a valid registration before i was made on that
// day or after.
func (a *account) registeredSince(i int, first day) bool {
	for j := i - 1; j >= 0 && a.regs[j].on >= first; j-- {
		if there(a.reg, j) {
			return true
		}
	}
	return false
}

// coverEvery counts the LEP to which each registration entitles.
func (s *simulator) coverEvery(a *account) {
	s.entries(a, func(r *registration, period int, u *member) {
		for n := range s.w.lep {
			l := &s.w.lep[n]
			if l.rule != ruleEvery {
				continue
			}
			reached := false
			if l.profiling {
				reached = r.profiled != none && r.profiled >= r.on && r.profiled <= r.on+l.window
			} else {
				reached = a.reached(n, r.on, l.window)
			}
			a.books.rate(viewCoverage, l.measured, period, u, reached)
		}
	})
}

// coverPlanned counts the LEP to which an agreement entitles, by plan or by
// fragility: the first such agreement of each period.
func (s *simulator) coverPlanned(a *account) {
	w := s.w
	for n := range w.lep {
		l := &w.lep[n]
		if l.rule != rulePlanned && l.rule != ruleFragility {
			continue
		}
		last := [2]int{-1, -1}
		for i := range a.agrs {
			ag := &a.agrs[i]
			if !there(a.agr, i) || !there(a.reg, ag.registration) || !w.entitles(l, n, ag) {
				continue
			}
			for kind, period := range a.books.within(ag.on) {
				if period < 0 || period == last[kind] {
					continue
				}
				last[kind] = period
				u := s.agreed(a, ag)
				a.books.rate(viewCoverage, l.measured, period, &u, a.reached(n, ag.on, l.window))
			}
		}
	}
}

func (w *world) entitles(l *lep, n int, ag *agreement) bool {
	if l.rule == ruleFragility {
		return ag.fragility >= w.threshold
	}
	return ag.planned&(1<<n) != 0
}

// timeliness counts the first registration of each period: measures
// timely_N, then their twins among those still at risk.
func (s *simulator) timeliness(a *account) {
	horizons := s.w.horizons["lep_timely"]
	s.entries(a, func(r *registration, period int, u *member) {
		for n, h := range horizons {
			signed := a.signed(r.on, h.days)
			a.books.rate(viewTimely, n, period, u, signed)
			hired := r.closed != none && r.reason == reasonEmployed && r.closed <= r.on+h.days
			if signed || !hired {
				a.books.rate(viewTimely, len(horizons)+n, period, u, signed)
			}
		}
	})
}

func (a *account) signed(from, within day) bool {
	for i := range a.agrs {
		if on := a.agrs[i].on; there(a.agr, i) && on >= from && on <= from+within {
			return true
		}
	}
	return false
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
		district, ok := s.activityDistrict(a, sv)
		if !ok {
			continue
		}
		u := member{district: district}
		u.in(w.slot.begin[byProvider] + kindOf(sv.accredited))
		for _, period := range a.books.within(sv.started) {
			if period >= 0 {
				a.books.count(viewActivities, sv.lep, period, &u)
			}
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
	if r := a.latest(sv.started); r != nil {
		return w.comuni[r.comune].district, true
	}
	return 0, false
}

// latest is the person's last valid registration by that day; nil if none.
func (a *account) latest(by day) *registration {
	for i := len(a.regs) - 1; i >= 0; i-- {
		if there(a.reg, i) && a.regs[i].on <= by {
			return &a.regs[i]
		}
	}
	return nil
}
