package synthetic

// outcomes counts the cohort: agreements with a valid registration and no
// other agreement of the person in the year before; those in work on the day
// of the agreement are a cohort of their own.
func (s *simulator) outcomes(a *account) {
	for i := range a.agrs {
		ag := &a.agrs[i]
		if !there(a.agr, i) || !there(a.reg, ag.registration) || !a.first(i, s.w.first) {
			continue
		}
		if _, counted := s.w.counted(ag.on); counted && !a.covered(ag.on) {
			a.books.standing(ag.on, s.w.comuni[a.regs[ag.registration].comune].district, s.alike(a, ag), a.covered(ag.on+expectedAfter))
		}
		for _, period := range a.books.within(ag.on) {
			if period < 0 {
				continue
			}
			u := s.agreed(a, ag)
			if a.covered(ag.on) {
				s.inwork(a, ag.on, period, &u)
				continue
			}
			s.employed(a, viewEmployed, ag.on, period, &u)
			for n := range a.books.views[viewExpected].measures {
				a.books.rate(viewExpected, n, period, &u, a.covered(ag.on+expectedAfter))
			}
			s.afterAgreement(a, ag.on, period, &u)
			s.timeToJob(a, ag, period, &u)
		}
	}
}

// expectedAfter is the day after the agreement on which observed and expected
// are compared.
const expectedAfter = 180

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

func (s *simulator) employed(a *account, v viewID, t0 day, period int, u *member) {
	for n, h := range s.w.horizons["out_employed"] {
		a.books.rate(v, n, period, u, a.covered(t0+h.days))
	}
}

// inwork counts the twin and, of those whose every job ends by itself or on
// call, who has an open-ended one later.
func (s *simulator) inwork(a *account, t0 day, period int, u *member) {
	s.employed(a, viewInwork, t0, period, u)
	w := s.w
	open, apprentice := w.slot.slot(byGroup, groupOpen), w.slot.slot(byGroup, groupApprentice)
	for i := range a.jobs {
		sp := &a.jobs[i]
		if g := w.contractOn(sp, t0); sp.covers(t0) && (g == open || g == apprentice) {
			return
		}
	}
	for n, h := range w.horizons["out_upgrade"] {
		upgraded := false
		for i := range a.jobs {
			sp := &a.jobs[i]
			upgraded = upgraded || sp.covers(t0+h.days) && w.contractOn(sp, t0+h.days) == open
		}
		a.books.rate(viewUpgrade, n, period, u, upgraded)
	}
}

// nextJob is the first job that begins after a day; nil if none does.
func (a *account) nextJob(after day) *spell {
	var next *spell
	for i := range a.jobs {
		sp := &a.jobs[i]
		if sp.counts() && sp.from > after && (next == nil || sp.from < next.from) {
			next = sp
		}
	}
	return next
}

// afterAgreement counts whether a job came, whether it was a stable one, and
// how many days of the year after were days of work.
func (s *simulator) afterAgreement(a *account, t0 day, period int, u *member) {
	w, next := s.w, a.nextJob(t0)
	for n, h := range w.horizons["out_ever"] {
		a.books.rate(viewEver, n, period, u, next != nil && next.from <= t0+h.days)
	}
	for _, h := range w.horizons["out_stable"] {
		placed := next != nil && next.from <= t0+h.days
		stable := placed && s.beganStable(a, next.from)
		a.books.rate(viewStable, 0, period, u, stable)
		if placed {
			a.books.rate(viewStable, 1, period, u, stable)
		}
	}
	for n, h := range w.horizons["out_days"] {
		days := a.worked(t0+1, t0+h.days)
		a.books.rate(viewDays, n, period, u, days > 0)
		a.books.amount(viewDays, n, period, u, int64(days))
	}
}

// beganStable says whether a stable job began on a day; of several one is enough.
func (s *simulator) beganStable(a *account, on day) bool {
	for i := range a.jobs {
		if sp := &a.jobs[i]; sp.counts() && sp.from == on && s.isStable(a, sp) {
			return true
		}
	}
	return false
}

// isStable says whether a job is open-ended or an apprenticeship, or lasts,
// as far as is known, so many days.
func (s *simulator) isStable(a *account, sp *spell) bool {
	w := s.w
	if sp.group == w.slot.slot(byGroup, groupOpen) || sp.group == w.slot.slot(byGroup, groupApprentice) {
		return true
	}
	to := sp.to
	if to == none {
		to = s.known(a, placements)
	}
	return to-sp.from+1 >= day(w.parameter["stable_days"])
}

// worked is how many days from the first to the last were days of employment.
func (a *account) worked(first, last day) int {
	n := 0
	for _, i := range a.work {
		to := last
		if i.to != none {
			to = min(to, i.to)
		}
		n += max(0, int(to-max(first, i.from))+1)
	}
	return n
}

// timeToJob counts on which day after the agreement the first job began, or
// the person died or retired; who moves out is not seen any more. Its events
// are in this order: job, left, not seen any more.
func (s *simulator) timeToJob(a *account, ag *agreement, period int, u *member) {
	job, left, until := never, never, s.known(a, placements)-ag.on
	if next := a.nextJob(ag.on); next != nil {
		job = next.from - ag.on
	}
	if r := &a.regs[ag.registration]; r.closed != none && r.closed >= ag.on {
		switch r.reason {
		case reasonDeath, reasonRetirement:
			left = r.closed - ag.on
		case reasonMovedOut:
			until = min(until, r.closed-ag.on)
		}
	}
	a.books.course(viewTimeToJob, period, u, until, job, left)
}

// afterExit counts persons by the last of their measures that ended in each
// period, unless another one was running then.
func (s *simulator) afterExit(a *account) {
	for kind := range 2 {
		for i := range a.svcs {
			sv := &a.svcs[i]
			if !there(a.svc, i) || sv.event != 10 || sv.ended == none || s.w.measureSlot(sv) < 0 {
				continue
			}
			period := a.books.within(sv.ended)[kind]
			if period < 0 {
				continue
			}
			if !s.laterExit(a, i, kind) {
				s.exit(a, i, period)
			}
		}
	}
}

// laterExit says whether another measure ended later in the same period, or
// on the same day and comes first.
func (s *simulator) laterExit(a *account, i, kind int) bool {
	sv := &a.svcs[i]
	period := a.books.within(sv.ended)[kind]
	for j := range a.svcs {
		o := &a.svcs[j]
		if j == i || !there(a.svc, j) || o.event != 10 || o.ended == none || s.w.measureSlot(o) < 0 || a.books.within(o.ended)[kind] != period {
			continue
		}
		if o.ended > sv.ended || o.ended == sv.ended && j < i {
			return true
		}
	}
	return false
}

func (s *simulator) exit(a *account, i, period int) {
	sv := &a.svcs[i]
	if sv.registration < 0 || !there(a.reg, sv.registration) {
		return
	}
	for j := range a.svcs {
		o := &a.svcs[j]
		if j != i && there(a.svc, j) && s.w.measureSlot(o) >= 0 && o.valid() && o.started <= sv.ended && (o.ended == none || o.ended > sv.ended) {
			return
		}
	}
	u := s.registered(&a.regs[sv.registration], sv.ended)
	u.in(s.w.measureSlot(sv))
	for n, h := range s.w.horizons["out_after_exit"] {
		a.books.rate(viewAfterExit, n, period, &u, a.covered(sv.ended+h.days))
	}
}

// measureSlot is the measure of active policy that a service is part of; −1
// where it is none.
func (w *world) measureSlot(sv *service) int {
	return w.slot.slot(byMeasure, measures[sv.measure])
}

// golStock counts, on the last day of each quarter, who has been in the
// programme for long enough: employed by a job begun after entry, or only by one
// begun before.
func (s *simulator) golStock(a *account) {
	w := s.w
	for period := range w.quarters {
		d := a.books.periods[period].last
		for i := range a.agrs {
			ag := &a.agrs[i]
			if ag.programme != programmeGOL || !there(a.agr, i) || !there(a.reg, ag.registration) ||
				ag.on > d-day(w.parameter["gol_stock_days"]) || ag.closed != none && ag.closed < d {
				continue
			}
			after, before := false, false
			for j := range a.jobs {
				sp := &a.jobs[j]
				after = after || sp.covers(d) && sp.from > ag.on
				before = before || sp.covers(d) && sp.from <= ag.on
			}
			before = before && !after
			u := s.agreed(a, ag)
			a.books.rate(viewGolStock, 0, period, &u, after)
			a.books.rate(viewGolStock, 1, period, &u, before)
			break // agreements go by day: the first is the entry
		}
	}
}
