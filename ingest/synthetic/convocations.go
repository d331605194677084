package synthetic

// A row of convocations is one call to appear at the job centre. For who counts
// them: the day is `on`, the centre is that of the registration's municipality,
// the outcome is an index of convocationOutcomes; convocationOpen (an empty
// field) where the archive has only booked the day.
type convocation struct {
	seq          int
	registration int   // index of the person's registrations
	on           day   // called for
	outcome      uint8 // index of convocationOutcomes
	updated      day
	unrecorded   bool // it happened, but no row was ever written
}

// convocationOutcomes are present, absent with a reason, absent without, called
// off, and not yet known.
var convocationOutcomes = [...]string{"P", "AG", "AI", "AN", ""}

const (
	convocationPresent = iota
	convocationJustified
	convocationAbsent
	convocationCancelled
	convocationOpen
)

// convene calls a registered person: to the day of the agreement, before it to
// days that came to nothing, and to a few interviews later. Districts of good
// quality have fewer absences.
func (s *simulator) convene(reg int, signed day) {
	r := &s.p.regs[reg]
	q := s.w.effects[s.p.district].quality
	for t, n := r.on+s.days(3, 25), 0; n < 3 && s.chance(.26-.08*q); n++ {
		if signed != none && t >= signed {
			break
		}
		if !s.called(reg, t, s.missedCall(q)) {
			break
		}
		t += s.days(6, 30)
	}
	if signed == none {
		if s.chance(.55) {
			s.called(reg, r.on+s.days(10, 60), s.missedCall(q))
		}
		return
	}
	s.called(reg, signed, convocationPresent)
	for t, n := signed+s.days(30, 100), 0; n < 3 && s.chance(.45); n++ {
		outcome := uint8(convocationPresent)
		if s.chance(.16 - .05*q) {
			outcome = s.missedCall(q)
		}
		if !s.called(reg, t, outcome) {
			return
		}
		t += s.days(30, 100)
	}
}

// missedCall is how an appointment came to nothing.
func (s *simulator) missedCall(q float64) uint8 {
	absent := .58 - .12*q
	return uint8(1 + pick([]float64{.24, .24 + absent, 1}, s.rng.Float64()))
}

// called adds a call; false once the registration is over or the person gone.
func (s *simulator) called(reg int, on day, outcome uint8) bool {
	r := &s.p.regs[reg]
	if s.gone(on) || (r.closed != none && on > r.closed) || on > s.w.horizon {
		return false
	}
	s.p.convs = append(s.p.convs, convocation{
		seq: len(s.p.convs), registration: reg, on: on, outcome: outcome, unrecorded: s.chance(.005),
	})
	return true
}

// convocationVersions: some are booked before the day; all are written when the
// outcome is known, and some outcomes are put right later.
func (s *simulator) convocationVersions(c *convocation) []convocation {
	v := s.p.versions.convs[:0]
	next := *c
	if s.chance(.2) {
		booked := *c
		booked.outcome, booked.updated = convocationOpen, c.on-s.days(1, 12)
		v = append(v, booked)
	}
	next.updated = c.on + s.late(4)
	if s.chance(.03) {
		wrong := next
		wrong.outcome = convocationAbsent
		v = append(v, wrong)
		next.updated += s.days(2, 40)
	}
	v = append(v, next)
	s.p.versions.convs = v
	if c.unrecorded || s.forgotten(v[len(v)-1].updated, true) {
		return nil
	}
	return v
}

func (c convocation) stamp() day { return c.updated }

func (c convocation) line(b []byte, w *world, p *person) []byte {
	b = appendID(b, 'v', p.number, c.seq)
	b = appendCode(append(b, ",p"...), p.number)
	b = appendID(append(b, ','), 'r', p.number, c.registration)
	b = append(append(b, ','), w.comuni[p.regs[c.registration].comune].cpi...)
	b = w.append(append(b, ','), c.on)
	b = append(append(b, ','), convocationOutcomes[c.outcome]...)
	return w.append(append(b, ','), c.updated)
}
