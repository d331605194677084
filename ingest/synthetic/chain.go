package synthetic

import "math"

// signing draws the day of the agreement after a registration; none if it is
// never signed. Districts sign within 60 days for roughly 62 to 88 % of
// those registered.
func (s *simulator) signing(t, found day) day {
	w := s.w
	q := w.effects[s.p.district].quality
	years := float64(t-w.from) / 365
	within := .805 + .135*q + .012*(years-2)
	if y := w.yearOf(t); y == 2023 && w.monthOf(t) <= 6 {
		within -= .03 // the programme's rules changed
	}
	queue := s.queue(t)
	within -= .07 * queue
	var signed day
	switch {
	case s.chance(within):
		signed = t + day(61*math.Pow(s.rng.Float64(), 1.25+.45*q-.5*queue))
	case s.chance(.45):
		signed = t + 61 + s.wait(45+40*queue)
	default:
		return none
	}
	if found != none && found < signed && s.chance(.75) || s.gone(signed) {
		return none
	}
	return signed
}

// queue is how crowded the person's centre is on a day, from 0 to 1: its
// capacity is its own, and many come after the holidays and the summer.
func (s *simulator) queue(t day) float64 {
	w := s.w
	season := .35
	switch w.monthOf(t) {
	case 1, 7, 9, 10:
		season = 1
	}
	return season * unit(mix(w.seed^streamProviders, uint64(w.centres[s.p.comune])))
}

// serve lives the services of one registration: those that everybody gets,
// the agreement, and what the agreement plans.
func (s *simulator) serve(reg int, signed day) {
	r := s.p.regs[reg]
	for i := range s.w.lep {
		l := &s.w.lep[i]
		switch {
		case l.employer:
		case l.profiling:
			if r.profiled != none && s.chance(.97) {
				s.deliverAt(reg, i, r.profiled, -1)
			}
		case l.slug == "patto_servizio":
		case l.rule == ruleEvery:
			s.deliver(reg, i, r.on, -1)
		case l.rule == ruleNone && (l.slug != "collocamento_mirato_persona" || !s.p.disability):
			s.deliver(reg, i, r.on+20, -1)
		case l.rule == ruleNone && s.chance(.6):
			s.deliverAt(reg, i, r.on+s.days(5, 90), programmeL68)
		}
	}
	if signed != none && r.closed != none && signed > r.closed && r.reason != reasonEmployed {
		signed = none
	}
	s.convene(reg, signed)
	if signed == none {
		return
	}
	if s.chance(.004) { // dated before the registration that it names
		signed = r.on - s.days(1, 30)
	}
	s.sign(reg, signed)
	switch u := s.rng.Float64(); {
	case u < .004: // signed twice on the same day
		s.sign(reg, signed)
	case u < .05:
		s.sign(reg, signed+s.days(10, 110))
	case u < .10 && (r.closed == none || r.closed > signed+480):
		s.sign(reg, signed+s.days(370, 470))
	}
}

// sign writes one agreement and lives what it plans.
func (s *simulator) sign(reg int, on day) {
	r := s.p.regs[reg]
	if s.gone(on) {
		return
	}
	a := agreement{registration: reg, on: on, assessed: on - s.days(0, 3), fragility: -1, closed: none, unrecorded: s.chance(.004)}
	a.programme, a.path = s.programme(&r, on)
	for i := range s.p.agrs {
		other := &s.p.agrs[i]
		switch {
		case other.on != on:
		case other.registration != reg: // which of two counts must not hang on their ids
			return
		default:
			a.programme, a.path = other.programme, other.path
		}
	}
	if a.programme == programmeLR14 || a.path == 4 || s.chance(.12) {
		a.fragility = int(max(2, min(98, 38+14*s.rng.NormFloat64())))
		a.team = a.path == 4 && s.chance(.3)
		if a.programme == programmeLR14 {
			a.fragility = min(98, a.fragility+18)
			a.team = s.chance(.85)
			if s.chance(.06) { // taken in charge before the profile of fragility is done
				a.fragility = -1
			}
		}
	}
	for i := range s.p.agrs { // of two on one day either may be the first
		if other := &s.p.agrs[i]; other.on == on {
			a.fragility, a.team = other.fragility, other.team
		}
	}
	for i := range s.w.lep {
		if l := &s.w.lep[i]; l.rule == rulePlanned && s.chance(l.behaviour.plan[a.path]) {
			a.planned |= 1 << i
		}
	}
	if r.closed != none && r.closed > on {
		a.closed, a.reason = r.closed+s.days(0, 9), r.reason
	}
	s.p.agrs = append(s.p.agrs, a)
	s.fulfil(reg, a)
}

// The national programme GOL began in the spring of 2022 and took most
// agreements from its second year on.
var golBegan = newDay(2022, 4, 1)

// golShare is the invented share of agreements that GOL takes on a day.
func (s *simulator) golShare(on day) float64 {
	switch {
	case on < golBegan:
		return 0
	case s.w.yearOf(on) < 2023:
		return .15 + .5*float64(on-golBegan)/275
	}
	return .74
}

// programme draws programme and path; the path goes with the profile: who is
// near to work gets the first, who is far from it the third or fourth.
func (s *simulator) programme(r *registration, on day) (programme int8, path uint8) {
	switch u := s.rng.Float64(); {
	case u < .055:
		return programmeLR14, 0
	case s.p.disability && u < .6, u < .07:
		return programmeL68, 0
	case u < .07+s.golShare(on):
		shares := []float64{.507, .761, .960, .995, 1}
		z := 1.4 * s.rng.NormFloat64() / 2
		if r.profiled != none {
			z += .7 * (float64(r.index) - indexMean) / indexSpread
		}
		return programmeGOL, uint8(1 + pick(shares, min(.9999, .5*math.Erfc(-z/math.Sqrt2))))
	}
	return programmeOrdinary, 0
}

func (s *simulator) fulfil(reg int, a agreement) {
	for i := range s.w.lep {
		l := &s.w.lep[i]
		switch {
		case l.slug == "patto_servizio" && s.chance(l.behaviour.share):
			s.deliverAt(reg, i, a.on, a.programme)
		case l.rule == rulePlanned && a.planned&(1<<i) != 0, l.rule == ruleFragility && a.fragility >= s.w.threshold:
			s.deliver(reg, i, a.on, a.programme)
		}
	}
}

// deliver proposes a LEP after an event: it may never come, come late, be
// missed, or begin.
func (s *simulator) deliver(reg, lep int, event day, programme int8) {
	b := &s.w.lep[lep].behaviour
	q := s.w.effects[s.p.district].quality
	if !s.chance(b.share + b.reach*q) {
		return
	}
	start := event + s.wait(b.delay*(1-.3*q))
	if s.chance(.10 - .03*q) { // not shown, refused, withdrawn
		s.missed(reg, lep, start, programme)
		if s.chance(.5) {
			return
		}
		start += s.days(7, 45)
	}
	r := &s.p.regs[reg]
	if r.closed != none && start > r.closed && s.chance(.75) {
		return
	}
	s.deliverAt(reg, lep, start, programme)
	if s.chance(b.again) {
		s.deliverAt(reg, lep, start+s.days(5, 60), programme)
	}
}

// walkIn is information that some get who never register: a service of nobody's
// registration, which no territory can be told of.
func (s *simulator) walkIn() {
	w, on := s.w, s.w.from+s.days(0, int(s.w.to-s.w.from))
	if !s.chance(.015) || s.gone(on) {
		return
	}
	for i := range w.lep {
		if w.lep[i].slug != "accoglienza" {
			continue
		}
		s.p.svcs = append(s.p.svcs, service{
			seq: len(s.p.svcs), employer: -1, registration: -1, lep: i, event: 10, programme: -1, hours: 1,
			proposed: on, started: on, ended: on, provider: w.centres[s.p.comune], channel: uint8(s.rng.IntN(3)),
		})
	}
}

// missed is a proposal that never began: last event 01, 03, 04 or 06.
func (s *simulator) missed(reg, lep int, proposed day, programme int8) {
	if s.gone(proposed) {
		return
	}
	sv := s.service(reg, lep, programme)
	sv.event = []uint8{1, 3, 4, 6}[pick([]float64{.25, .40, .80, 1}, s.rng.Float64())]
	sv.proposed, sv.started, sv.ended = proposed, none, none
	s.p.svcs = append(s.p.svcs, sv)
}

// lastEvents is the distribution of the last event of an activity that began
// and is over: mostly terminated, some abandoned, a few undone as mistakes.
var lastEvents = []struct {
	event uint8
	cum   float64
}{{10, .76}, {5, .845}, {11, .895}, {9, .91}, {12, .925}, {13, .94}, {14, .955}, {15, .965}, {7, .982}, {8, 1}}

func (s *simulator) deliverAt(reg, lep int, start day, programme int8) {
	if s.gone(start) {
		return
	}
	sv := s.service(reg, lep, programme)
	b := &s.w.lep[lep].behaviour
	sv.started, sv.proposed = start, start-s.days(0, 12)
	if r := s.p.regs[reg]; sv.proposed < r.on {
		sv.proposed = min(start, r.on)
	}
	sv.ended = start + s.days(0, b.length)
	for sv.measure != measureNone && s.endsOn(sv.ended) {
		sv.ended++
	}
	u := s.rng.Float64()
	for _, e := range lastEvents {
		if sv.event = e.event; u < e.cum {
			break
		}
	}
	if sv.ended > s.w.to+60 {
		sv.event, sv.ended = 2, none
	}
	s.finishService(&sv, b)
	s.p.svcs = append(s.p.svcs, sv)
}

// endsOn says whether a measure of the person ends on that day: which of two
// was her last must not hang on their ids.
func (s *simulator) endsOn(d day) bool {
	for i := range s.p.svcs {
		if sv := &s.p.svcs[i]; sv.measure != measureNone && sv.ended == d {
			return true
		}
	}
	return false
}

func (s *simulator) finishService(sv *service, b *behaviour) {
	if b.hours > 0 {
		sv.hours = 1 + s.rng.IntN(b.hours)
		sv.costCents = b.cost * sv.hours
	}
}

// service is the part that does not depend on how it went. Some rows do not
// say their registration, a few were never written.
func (s *simulator) service(reg, lep int, programme int8) service {
	b := &s.w.lep[lep].behaviour
	sv := service{
		seq: len(s.p.svcs), employer: -1, registration: reg, lep: lep, programme: programme,
		measure: measureOf(s.w.lep[lep].slug, programme, s.rng.Float64()),
		channel: uint8(pick([]float64{.68, .88, 1}, s.rng.Float64())), unrecorded: s.chance(.009),
	}
	r := &s.p.regs[reg]
	sv.provider = s.w.centres[r.comune]
	if bodies := s.w.bodies[s.w.comuni[r.comune].district]; len(bodies) > 0 && s.chance(b.accredited) {
		sv.accredited, sv.provider = true, bodies[s.rng.IntN(len(bodies))]
	}
	if s.chance(.05) {
		sv.registration = -1
	}
	return sv
}
