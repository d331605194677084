package synthetic

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// person is one invented life: what happened, and beside it what the
// archives came to know. One value is reused for all persons of a worker.
type person struct {
	number       uint64
	sex          uint8
	citizenship  uint8
	education    uint8
	birthYear    int
	disability   bool
	district     int
	comune       int
	ability      float64 // log hazard of finding work against the mean
	exit         day     // death, retirement or moving out; none
	exitReason   uint8
	regs         []registration
	svcs         []service
	agrs         []agreement
	events       []event
	convs        []convocation
	bens         []benefit
	trns         []enrolment // by first day
	vacs         []vacancy   // of the employer that is lived in her place
	jobs         []job
	seen         sight
	versions     versions
	observedJobs []spell
	lifeJobs     []spell
}

// job is one relationship of work as it was.
type job struct {
	start, end day // end none: still open
	planned    day
	contract   int
	form       formKind
	employer   int
	comune     int // index of reference.comuni; negative: beyond the region
	sector     string
	occupation string
	stabilised day  // when a fixed term or an apprenticeship became open-ended; none
	ghost      bool // communicated, but it never was
	unreported bool // it was, but never communicated
}

// simulator lives persons, one after another.
type simulator struct {
	w   *world
	pcg rand.PCG
	rng *rand.Rand
	p   person
	bad quality
}

func newSimulator(w *world) *simulator {
	s := &simulator{w: w}
	s.rng = rand.New(&s.pcg)
	return s
}

func (s *simulator) chance(p float64) bool { return s.rng.Float64() < p }

// days draws a whole number of days from low to high.
func (s *simulator) days(low, high int) day { return day(low + s.rng.IntN(high-low+1)) }

// wait draws an exponential number of days of that mean.
func (s *simulator) wait(mean float64) day {
	return day(min(5000, -mean*math.Log(1-s.rng.Float64())))
}

// live invents a person from the seed and her number alone, so neither order
// nor parallel work changes her.
func (s *simulator) live(number uint64) *person {
	s.pcg.Seed(s.w.seed^streamPersons, mix(number, streamPersons))
	p := &s.p
	p.number = number
	p.regs, p.svcs, p.agrs = p.regs[:0], p.svcs[:0], p.agrs[:0]
	p.events, p.jobs = p.events[:0], p.jobs[:0]
	p.convs, p.bens, p.trns = p.convs[:0], p.bens[:0], p.trns[:0]
	s.born()
	if s.chance(.60) {
		s.seek()
	} else {
		s.work(s.w.from-s.days(0, 900), 8)
		s.walkIn()
	}
	s.settle()
	return p
}

func (s *simulator) born() {
	p, w := &s.p, s.w
	p.sex = uint8(s.rng.IntN(2))
	if p.sex == 1 && s.chance(.08) {
		p.sex = 0
	}
	age := 17 + int(47*math.Pow(s.rng.Float64(), 1.1))
	if s.chance(.01) {
		age += 6
	}
	p.birthYear = w.firstYear - age
	p.citizenship = uint8(pick([]float64{.80, .86, 1}, s.rng.Float64()))
	p.education = uint8(pick([]float64{.38, .82, 1}, s.rng.Float64()))
	p.disability = s.chance(.04)
	p.district = pick(w.homes, s.rng.Float64())
	p.comune = w.districts[p.district].comuni[pick(w.comuniCum[p.district], s.rng.Float64())]
	p.ability = .45*w.effects[p.district].fortune + .15*(float64(p.education)-1) + .35*s.rng.NormFloat64()
	if age > 54 {
		p.ability -= .45
	}
	if p.citizenship > 0 {
		p.ability -= .10
	}
	if p.sex == 1 {
		p.ability += .08
	}
	if p.disability {
		p.ability -= .5
	}
	p.exit = none
	if s.chance(.022) {
		p.exit = w.from + s.days(0, int(w.to-w.from))
		p.exitReason = uint8(pick([]float64{.55, .75, 1}, s.rng.Float64())) + reasonMovedOut
		if p.exitReason > reasonDeath {
			p.exitReason = reasonRetirement
		}
		if p.exitReason == reasonRetirement && age < 57 {
			p.exitReason = reasonMovedOut
		}
	}
}

// gone says whether the person has left before that day.
func (s *simulator) gone(d day) bool { return s.p.exit != none && d >= s.p.exit }

// work is a life of jobs without the services: one after another until the
// horizon or until the person leaves.
func (s *simulator) work(t day, most int) {
	if s.chance(.30) {
		t = s.w.from - s.days(200, 9000) // in the same job for long
		t = max(t, newDay(s.w.firstYear, 1, 1)-day(float64(s.w.firstYear-s.p.birthYear-16)*365))
	}
	for range most {
		if t > s.w.horizon || s.gone(t) {
			return
		}
		end := s.takeJob(t)
		if end == none {
			return
		}
		t = end + 1 + s.wait(110)
	}
}

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

// settle puts a finished life in order: what happened after leaving is
// dropped, agreements go by day, jobs become communications.
func (s *simulator) settle() {
	p := &s.p
	for i := range p.jobs {
		s.leave(&p.jobs[i])
	}
	slices.SortStableFunc(p.agrs, func(a, b agreement) int { return cmp.Compare(a.on, b.on) })
	for i := range p.agrs {
		p.agrs[i].seq = i
	}
	p.lifeJobs = p.lifeJobs[:0]
	for i := range p.jobs {
		j := &p.jobs[i]
		s.communicate(i, j)
		if !j.ghost {
			p.lifeJobs = append(p.lifeJobs, s.w.spellOf(j.start, j.end, j.contract, j.form, j.comune, j.sector, j.occupation))
			p.lifeJobs[len(p.lifeJobs)-1].turned = j.stabilised
		}
	}
	s.support()
	s.study()
}

// leave ends a job at death, retirement or moving out.
func (s *simulator) leave(j *job) {
	p := &s.p
	switch {
	case p.exit == none || (j.end != none && j.end <= p.exit):
	case j.start > p.exit:
		j.ghost, j.unreported = true, true // it never came to it
	default:
		j.end = p.exit
	}
}
