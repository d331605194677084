package synthetic

// waits counts on which day after a registration the first agreement was
// signed, or the registration was closed before, by work or otherwise. Its events
// are in this order: agreement, employed, closed, not seen any more.
func (s *simulator) waits(a *account) {
	s.entries(a, func(r *registration, period int, u *member) {
		signed, employed, closed := never, never, never
		for i := range a.agrs {
			if ag := &a.agrs[i]; there(a.agr, i) && ag.on >= r.on {
				signed = min(signed, ag.on-r.on)
			}
		}
		switch {
		case r.closed == none:
		case r.reason == reasonEmployed:
			employed = r.closed - r.on
		default:
			closed = r.closed - r.on
		}
		a.books.course(viewWait, period, u, s.known(a, registrations, agreements)-r.on, signed, employed, closed)
	})
}

// noShow counts calls to appear: of those that have an outcome and were not
// called off, who stayed away without a reason.
func (s *simulator) noShow(a *account) {
	for i := range a.convs {
		c := &a.convs[i]
		if !there(a.conv, i) || c.outcome > convocationAbsent || !there(a.reg, c.registration) {
			continue
		}
		u := s.registered(&a.regs[c.registration], c.on)
		for _, period := range a.books.within(c.on) {
			if period >= 0 {
				a.books.rate(viewNoShow, 0, period, &u, c.outcome == convocationAbsent)
			}
		}
	}
}

// The steps from a registration to work, in their order.
const (
	stepReception = iota
	stepDID
	stepProfile
	stepAssessment
	stepAgreement
	stepMeasure
	stepPlacement
	steps
)

var stepNames = [steps]string{"reception", "did", "profile", "assessment", "agreement", "first_measure", "placement"}

// funnel counts which steps each registration came to within the window, each
// by itself, and after how many days.
func (s *simulator) funnel(a *account) {
	window := day(s.w.parameter["funnel_days"])
	s.entries(a, func(r *registration, period int, u *member) {
		after, programme := s.stepsAfter(a, r, window)
		by := *u
		by.in(s.w.slot.begin[byProgramme] + programme)
		for step, n := range after {
			reached := n <= window
			a.books.rate(viewFunnel, step, period, &by, reached)
			a.books.rate(viewFunnelDays, step, period, &by, reached)
			if reached {
				a.books.event(viewFunnelDays, period, &by, step, n)
			}
		}
	})
}

// stepsAfter gives the days to the first time of each step, never where it did
// not come within the window, and the programme of the first agreement.
func (s *simulator) stepsAfter(a *account, r *registration, window day) (after [steps]day, programme int) {
	w := s.w
	programme = len(programmes) // none
	for i := range after {
		after[i] = never
	}
	reach := func(step int, on day) {
		if on != none && on >= r.on && on <= r.on+window {
			after[step] = min(after[step], on-r.on)
		}
	}
	reach(stepDID, r.on)
	reach(stepProfile, r.profiled)
	for i := range a.svcs {
		sv := &a.svcs[i]
		if !there(a.svc, i) || !sv.valid() {
			continue
		}
		switch w.lep[sv.lep].slug {
		case "accoglienza":
			reach(stepReception, sv.started)
		case "orientamento_base":
			reach(stepAssessment, sv.started)
		}
		if w.measureSlot(sv) >= 0 {
			reach(stepMeasure, sv.started)
		}
	}
	for i := range a.agrs {
		ag := &a.agrs[i]
		if !there(a.agr, i) {
			continue
		}
		reach(stepAssessment, ag.assessed)
		if ag.on >= r.on && ag.on <= r.on+window && ag.on-r.on < after[stepAgreement] {
			programme = int(ag.programme)
		}
		reach(stepAgreement, ag.on)
	}
	if next := a.nextJob(r.on); next != nil {
		reach(stepPlacement, next.from)
	}
	return after, programme
}
