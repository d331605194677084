package synthetic

// sight is what the archives know of a person at the end of the run: of each
// row the last valid version that was delivered.
type sight struct {
	regs  []registration
	svcs  []service
	agrs  []agreement
	evs   []event
	convs []convocation
	bens  []benefit
	trns  []enrolment
	vacs  []vacancy
	reg   []bool
	svc   []bool
	agr   []bool
	ev    []bool
	conv  []bool
	ben   []bool
	trn   []bool
	vac   []bool
}

// versions are the states that one row goes through, in order of their stamp.
type versions struct {
	regs  []registration
	svcs  []service
	agrs  []agreement
	evs   []event
	convs []convocation
	bens  []benefit
	trns  []enrolment
	vacs  []vacancy
}

type row interface {
	stamp() day
	line(b []byte, w *world, p *person) []byte
}

// emit delivers all versions of a person's rows into the chunk and fills what
// was seen.
func (s *simulator) emit(c *chunk) {
	p := &s.p
	n := &p.seen
	n.regs, n.reg = n.regs[:0], n.reg[:0]
	for i := range p.regs {
		last, ok := deliver(c, s, registrations, s.registrationVersions(&p.regs[i]))
		n.regs, n.reg = append(n.regs, last), append(n.reg, ok)
	}
	n.agrs, n.agr = n.agrs[:0], n.agr[:0]
	for i := range p.agrs {
		last, ok := deliver(c, s, agreements, s.agreementVersions(&p.agrs[i]))
		n.agrs, n.agr = append(n.agrs, last), append(n.agr, ok)
	}
	s.emitServices(c)
	n.evs, n.ev = n.evs[:0], n.ev[:0]
	for i := range p.events {
		last, ok := deliver(c, s, placements, s.eventVersions(&p.events[i]))
		n.evs, n.ev = append(n.evs, last), append(n.ev, ok)
	}
	s.emitSupport(c)
}

// emitSupport delivers what the regional plans add: calls, income support and
// training.
func (s *simulator) emitSupport(c *chunk) {
	p := &s.p
	n := &p.seen
	n.convs, n.conv = n.convs[:0], n.conv[:0]
	for i := range p.convs {
		last, ok := deliver(c, s, convocations, s.convocationVersions(&p.convs[i]))
		n.convs, n.conv = append(n.convs, last), append(n.conv, ok)
	}
	n.bens, n.ben = n.bens[:0], n.ben[:0]
	for i := range p.bens {
		last, ok := deliver(c, s, benefits, s.benefitVersions(&p.bens[i]))
		n.bens, n.ben = append(n.bens, last), append(n.ben, ok)
	}
	n.trns, n.trn = n.trns[:0], n.trn[:0]
	for i := range p.trns {
		last, ok := deliver(c, s, training, s.enrolmentVersions(&p.trns[i]))
		n.trns, n.trn = append(n.trns, last), append(n.trn, ok)
	}
}

func (s *simulator) emitServices(c *chunk) {
	p := &s.p
	n := &p.seen
	n.svcs, n.svc = n.svcs[:0], n.svc[:0]
	for i := range p.svcs {
		last, ok := deliver(c, s, services, s.serviceVersions(&p.svcs[i]))
		n.svcs, n.svc = append(n.svcs, last), append(n.svc, ok)
	}
}

// deliver writes the versions of one row into the quarters of their stamps:
// of several in one quarter the last, and at times the one before it too,
// which the last supersedes. What is stamped after the run is not delivered.
// It gives the last valid version delivered.
func deliver[T row](c *chunk, s *simulator, src source, all []T) (last T, ok bool) {
	w := s.w
	before := -1
	for i, v := range all {
		q, in := w.delivery(v.stamp())
		if !in {
			break
		}
		if i+1 < len(all) {
			if next, also := w.delivery(all[i+1].stamp()); also && next == q {
				before = i
				continue
			}
		}
		if before >= 0 && before == i-1 && s.chance(.02) {
			c.twice(src, q, all[before].line(c.scratch[:0], w, &s.p), v.line(c.second[:0], w, &s.p))
			last, ok = v, true
			continue
		}
		if c.once(src, q, v.line(c.scratch[:0], w, &s.p)) {
			last, ok = v, true
		}
	}
	return last, ok
}

// late draws the days from something that happened to its row: mostly a few,
// some weeks, rarely months.
func (s *simulator) late(usual int) day {
	switch u := s.rng.Float64(); {
	case u < .93:
		return s.days(0, usual)
	case u < .993:
		return s.days(usual, 60)
	}
	return s.days(60, 300)
}

// forgotten says that a row was over before the run and never delivered.
func (s *simulator) forgotten(last day, over bool) bool { return over && last < s.w.from }

func (s *simulator) registrationVersions(r *registration) []registration {
	v := s.p.versions.regs[:0]
	r.updated = r.on + s.late(4)
	first := *r
	first.closed, first.profiled = none, none
	v = append(v, first)
	if r.profiled != none {
		next := v[len(v)-1]
		next.profiled, next.class, next.index = r.profiled, r.class, r.index
		next.updated = max(next.updated+1, r.profiled+s.late(5))
		v = append(v, next)
	}
	if r.closed != none {
		next := v[len(v)-1]
		next.closed, next.reason = r.closed, r.reason
		next.updated = max(next.updated+1, r.closed+s.late(20))
		v = append(v, next)
	}
	s.p.versions.regs = v
	if r.unrecorded || s.forgotten(v[len(v)-1].updated, r.closed != none) {
		return nil
	}
	return v
}

func (s *simulator) agreementVersions(a *agreement) []agreement {
	v := s.p.versions.agrs[:0]
	first := *a
	first.closed = none
	first.updated = a.on + s.late(6)
	v = append(v, first)
	if a.closed != none {
		next := *a
		next.updated = max(first.updated+1, a.closed+s.late(20))
		v = append(v, next)
	}
	s.p.versions.agrs = v
	if a.unrecorded || s.forgotten(v[len(v)-1].updated, a.closed != none) {
		return nil
	}
	return v
}

// serviceVersions are the proposal (of some), the start and the end.
func (s *simulator) serviceVersions(sv *service) []service {
	v := s.p.versions.svcs[:0]
	stamp := none
	if sv.started != none && sv.proposed < sv.started && s.chance(.25) {
		first := *sv
		first.event, first.started, first.ended, first.hours, first.costCents = 1, none, none, 0, 0
		stamp = sv.proposed + s.late(3)
		first.updated = stamp
		v = append(v, first)
	}
	if sv.started != none && (sv.ended == none || sv.ended > sv.started+5) {
		next := *sv
		next.event, next.ended, next.costCents = 2, none, 0
		stamp = max(stamp+1, sv.started+s.late(9))
		next.updated = stamp
		v = append(v, next)
	}
	if sv.event != 2 {
		next := *sv
		next.updated = max(stamp+1, max(sv.proposed, sv.started, sv.ended)+s.late(15))
		v = append(v, next)
	}
	s.p.versions.svcs = v
	if len(v) == 0 || sv.unrecorded || s.forgotten(v[len(v)-1].updated, true) {
		return nil
	}
	return v
}

// eventVersions are the event and, for some, its cancellation. Of jobs that
// were over before the run nothing is delivered.
func (s *simulator) eventVersions(e *event) []event {
	j := &s.p.jobs[e.relationship]
	if e.lost || j.end != none && j.end < s.w.from {
		return nil
	}
	v := append(s.p.versions.evs[:0], *e)
	if e.cancelOn != none {
		next := *e
		next.cancelled, next.received = true, max(e.cancelOn, e.received+1)
		v = append(v, next)
	}
	s.p.versions.evs = v
	return v
}
