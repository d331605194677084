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

// settle puts a finished life in order: what happened after leaving is
// dropped, agreements go by day, jobs become communications.
func (s *simulator) settle() {
	p := &s.p
	for i := range p.jobs {
		s.leave(&p.jobs[i])
		s.apart(i)
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
			s.w.turn(&p.lifeJobs[len(p.lifeJobs)-1], j.stabilised)
		}
	}
	s.support()
	s.study()
}

// apart drops a job that would begin on the day of another: which of two counts
// as the first must not hang on their ids.
func (s *simulator) apart(i int) {
	j := &s.p.jobs[i]
	for k := range i {
		if o := &s.p.jobs[k]; !o.ghost && o.start == j.start {
			j.ghost, j.unreported = true, true
		}
	}
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
