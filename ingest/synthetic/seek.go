package synthetic

import "math"

// seek is a life with spells of unemployment, services and jobs.
func (s *simulator) seek() {
	w := s.w
	t := s.rush(w.from - 540 + s.days(0, int(w.to-w.from)+540))
	if s.chance(.65) {
		s.pastJob(t)
	}
	if s.chance(.05) {
		s.sideJob(t - s.days(0, 60))
	}
	for range 6 {
		if t > w.to || s.gone(t) {
			return
		}
		after := s.unemployed(t)
		if after == none {
			return
		}
		t = after
	}
}

// rush moves some registrations to the days when many come: after the holidays,
// at the end of the school year and of the summer.
func (s *simulator) rush(t day) day {
	if !s.chance(.22) {
		return t
	}
	year := s.w.yearOf(t)
	switch u := s.rng.Float64(); {
	case u < .35:
		return newDay(year, 1, 2) + s.days(0, 20)
	case u < .60:
		return newDay(year, 7, 1) + s.days(0, 14)
	}
	return newDay(year, 9, 16) + s.days(0, 30)
}

// pastJob is a job that ended shortly before the registration.
func (s *simulator) pastJob(t day) {
	end := t - s.days(1, 25)
	start := end - 5 - s.wait(420)
	group := groupFixed
	if s.chance(.3) {
		group = groupOpen
	}
	start = max(start, newDay(max(2008, s.p.birthYear+16), 1, 2))
	j, ok := s.offer(start, group)
	if !ok || j.start > end {
		return
	}
	j.end = end
	if group == groupFixed {
		j.planned = end
	}
	s.p.jobs = append(s.p.jobs, j)
}

// sideJob is a small job beside the search: in work at the time of the
// agreement, without leaving unemployment.
func (s *simulator) sideJob(start day) {
	groups := []string{"intermittent", "parasubordinate", groupFixed}
	j, ok := s.offer(start, groups[s.rng.IntN(len(groups))])
	if !ok || s.gone(start) {
		return
	}
	j.end = start + s.days(3, 240)
	j.planned = j.end
	s.p.jobs = append(s.p.jobs, j)
}

// unemployed lives one registration from its day on and gives the day of the
// next one; none when there is no other.
func (s *simulator) unemployed(t day) day {
	p, w := &s.p, s.w
	if len(p.regs) > 0 && s.chance(.10) { // she moved meanwhile
		p.district = pick(w.homes, s.rng.Float64())
		p.comune = w.districts[p.district].comuni[pick(w.comuniCum[p.district], s.rng.Float64())]
	}
	if len(p.regs) > 0 && p.education < 2 && s.chance(.03) {
		p.education++
	}
	found := s.search(t)
	r := registration{
		seq: len(p.regs), on: t, closed: none, profiled: none, sex: p.sex, birthYear: p.birthYear, education: p.education,
		comune: p.comune, districtOnly: s.chance(.03), months: s.monthsOut(), unrecorded: s.chance(.004),
	}
	if s.chance(.09) {
		s.sideJob(t - 5 + s.days(0, 60))
	}
	signed := s.signing(t, found)
	if signed != none && s.chance(.012) {
		found = signed // hired on the very day of the agreement
	}
	s.profile(&r, found)
	s.close(&r, found)
	s.mistype(&r)
	p.regs = append(p.regs, r)
	s.serve(len(p.regs)-1, signed)
	s.registerTwice(r, found)
	return s.afterwards(t, found)
}

// mistype writes another sex or year of birth than the person's, in a
// registration that is not her first.
func (s *simulator) mistype(r *registration) {
	switch u := s.rng.Float64(); {
	case r.seq == 0 || u > .02:
	case u < .008:
		r.sex = 1 - r.sex
	default:
		r.birthYear += 1 - 2*s.rng.IntN(2)
	}
}

// registerTwice registers some once more while the first registration runs, at
// a centre elsewhere; nothing follows from it.
func (s *simulator) registerTwice(r registration, found day) {
	on := r.on + s.days(1, 80)
	if !s.chance(.008) || found != none && on >= found || r.closed != none && on >= r.closed || s.gone(on) {
		return
	}
	d := pick(s.w.homes, s.rng.Float64())
	r.seq, r.on, r.profiled, r.unrecorded = len(s.p.regs), on, none, false
	r.comune = s.w.districts[d].comuni[pick(s.w.comuniCum[d], s.rng.Float64())]
	s.p.regs = append(s.p.regs, r)
}

// search draws the first day of the next job; none for never within reach.
func (s *simulator) search(t day) day {
	if s.chance(.13) {
		return none
	}
	year := float64(s.w.yearOf(t) - s.w.firstYear)
	hazard := .0040 * math.Exp(s.p.ability+.02*year)
	found := t + 1 + s.wait(1/hazard)
	if found > s.w.horizon || s.gone(found) {
		return none
	}
	return found
}

// monthsOut is how long she has been out of work; −1 where nobody wrote it.
func (s *simulator) monthsOut() int {
	u := s.rng.Float64()
	if u < .03 {
		return -1
	}
	switch u -= .16 * s.p.ability; { // who is far from work has been out of it for longer
	case u < .55:
		return s.rng.IntN(6)
	case u < .72:
		return 6 + s.rng.IntN(6)
	}
	return 12 + int(s.wait(16))
}

// The profiling index goes with how far a person is from work: its mean and
// spread among those registered.
const (
	indexMean   = 52
	indexSpread = 20
)

func (s *simulator) profile(r *registration, found day) {
	q := s.w.effects[s.p.district].quality
	if !s.chance(.94 + .04*q) {
		return
	}
	d := r.on + s.wait(11-8*q+7*s.queue(r.on))
	if found != none && d > found && s.chance(.7) {
		return
	}
	r.profiled = d
	r.index = uint8(max(3, min(98, indexMean-34*s.p.ability+11*s.rng.NormFloat64())))
	classes := 3
	if s.w.profiling(d) == "2016_4cl" {
		classes = 4
	}
	r.class = uint8(1 + int(r.index)*classes/100)
}

// close ends a registration: by work, by leaving, by expiry; short jobs only
// suspend it.
func (s *simulator) close(r *registration, found day) {
	p := &s.p
	switch {
	case found != none && s.chance(.86):
		r.closed, r.reason = found+s.days(0, 6), reasonEmployed
	case s.chance(.06):
		r.closed, r.reason = r.on+s.days(45, 300), reasonCancelled
	case s.chance(.55):
		r.closed, r.reason = r.on+s.days(380, 900), reasonExpired
	case s.chance(.03):
		r.closed, r.reason = r.on+s.days(20, 500), reasonOther
	}
	if p.exit != none && p.exit >= r.on && (r.closed == none || p.exit < r.closed) {
		r.closed, r.reason = p.exit, p.exitReason
	}
	if r.profiled != none && r.closed != none && r.profiled > r.closed {
		r.profiled = none
	}
}

// afterwards lives the job that was found and says when the person comes back.
func (s *simulator) afterwards(t, found day) day {
	if found == none {
		return none
	}
	end := s.takeJob(found)
	if end == none {
		return none
	}
	if s.chance(.08) && !s.gone(end-3) {
		s.sideJob(end - s.days(0, 20)) // two jobs at once
	}
	if s.chance(.55) {
		return max(t+1, end+s.days(1, 22))
	}
	s.work(end+2+s.wait(90), 4)
	return none
}
