package synthetic

// A row of benefits is one spell of income support. For who counts them:
// running on day d means started ≤ d and (ended is none or d ≤ ended); the kind
// is an index of benefitKinds. In life `ended` may lie in the future of the
// run; the archive learns it only once it has happened.
type benefit struct {
	seq            int
	kind           uint8 // index of benefitKinds
	started, ended day   // both included; ended none: no end is known
	updated        day
	unrecorded     bool
}

var benefitKinds = [...]string{"naspi", "dis_coll", "cig", "rei", "rdc", "adi", "sfl", "adr"}

const (
	benefitNASpI = iota
	benefitDISCOLL
	benefitCIG
	benefitREI
	benefitRDC
	benefitADI
	benefitSFL
	benefitADR
)

// The days on which measures of income support began and ended are facts of
// the field: RdC followed REI in April 2019 and ended with 2023, for those able
// to work already in July; SFL came in September 2023, ADI in January 2024.
var (
	reiBegan    = newDay(2018, 1, 1)
	rdcBegan    = newDay(2019, 4, 1)
	rdcAbleEnds = newDay(2023, 7, 31)
	rdcEnds     = newDay(2023, 12, 31)
	sflBegan    = newDay(2023, 9, 1)
	adiBegan    = newDay(2024, 1, 1)
)

// support gives a finished life its spells of income support.
func (s *simulator) support() {
	p := &s.p
	for i := range p.regs {
		s.insured(&p.regs[i])
	}
	for i := range p.jobs {
		s.shortTime(&p.jobs[i])
	}
	poor := .035 + .02*float64(2-p.education)
	if p.disability || p.ability < -.7 {
		poor += .05
	}
	if s.chance(poor) {
		s.minimumIncome()
	}
}

// insured is NASpI, or DIS-COLL for collaborators, of who registers after a
// job of three months or more.
func (s *simulator) insured(r *registration) {
	job := s.jobBefore(r.on)
	if job == nil || job.end-job.start < 90 || !s.chance(.82) {
		return
	}
	kind, length := uint8(benefitNASpI), min(730, (job.end-job.start)/2)
	if s.w.contracts[job.contract].group == "parasubordinate" {
		kind, length = benefitDISCOLL, min(365, length)
	}
	start := r.on + s.days(1, 8)
	end := start + max(30, length)
	if r.closed != none && r.reason == reasonEmployed {
		end = min(end, max(start, r.closed))
	}
	s.supported(kind, start, end)
	if kind == benefitNASpI && end-start > 150 && s.chance(.02) {
		s.supported(benefitADR, start+125, min(end, start+305))
	}
}

// jobBefore is a dependent job that ended within a month before that day.
func (s *simulator) jobBefore(on day) *job {
	for i := range s.p.jobs {
		j := &s.p.jobs[i]
		if !j.ghost && j.end != none && j.end < on && j.end >= on-30 && s.w.contracts[j.contract].group != groupTrainee {
			return j
		}
	}
	return nil
}

// shortTime is the wage guarantee fund of some workers in industry and
// building, while the job goes on.
func (s *simulator) shortTime(j *job) {
	if j.ghost || (j.sector[0] != 'C' && j.sector[0] != 'F') || !s.chance(.05) {
		return
	}
	end := j.end
	if end == none {
		end = s.w.horizon
	}
	start := max(j.start+60, s.w.from-120+s.days(0, int(s.w.to-s.w.from)+120))
	if start+30 < end {
		s.supported(benefitCIG, start, min(end, start+s.days(14, 200)))
	}
}

// minimumIncome is the support of poor households: REI, then RdC, then SFL for
// those able to work and ADI for the others. A new entrant comes to what is
// there on her day.
func (s *simulator) minimumIncome() {
	w := s.w
	able := s.chance(.55) && !s.p.disability
	t := w.from - 500 + s.days(0, int(w.to-w.from)+500)
	if t < rdcBegan {
		if t >= reiBegan {
			s.supported(benefitREI, t, min(t+s.days(200, 540), rdcBegan+60))
		}
		t = rdcBegan + s.days(0, 200)
	}
	if t <= rdcEnds {
		last := rdcEnds
		if able {
			last = rdcAbleEnds
		}
		if t < last {
			s.supported(benefitRDC, t, min(last, t+s.days(120, 1000)))
		}
		t = max(t, last)
		if !s.chance(.62) {
			return
		}
	}
	if able {
		t = max(t+s.days(5, 120), sflBegan+s.days(0, 60))
		s.supported(benefitSFL, t, t+s.days(60, 365))
		return
	}
	t = max(t+s.days(0, 60), adiBegan+s.days(0, 60))
	s.supported(benefitADI, t, t+s.days(200, 545))
	if s.chance(.6) { // one month of pause, then it is renewed for a year
		s.supported(benefitADI, t+575, t+575+365)
	}
}

// supported adds a spell, which ends with the person's leaving.
func (s *simulator) supported(kind uint8, start, end day) {
	if start > s.w.horizon || s.gone(start) || end < start {
		return
	}
	if s.p.exit != none {
		end = min(end, s.p.exit)
	}
	if end > s.w.horizon {
		end = none
	}
	s.p.bens = append(s.p.bens, benefit{seq: len(s.p.bens), kind: kind, started: start, ended: end, unrecorded: s.chance(.004)})
}

// benefitVersions: the grant, open, and the end once it came.
func (s *simulator) benefitVersions(b *benefit) []benefit {
	v := s.p.versions.bens[:0]
	first := *b
	first.ended, first.updated = none, b.started+s.late(12)
	v = append(v, first)
	if b.ended != none {
		next := *b
		next.updated = max(first.updated+1, b.ended+s.late(20))
		v = append(v, next)
	}
	s.p.versions.bens = v
	if b.unrecorded || s.forgotten(v[len(v)-1].updated, b.ended != none) {
		return nil
	}
	return v
}

func (b benefit) stamp() day { return b.updated }

func (b benefit) line(to []byte, w *world, p *person) []byte {
	to = appendID(to, 'b', p.number, b.seq)
	to = appendCode(append(to, ",p"...), p.number)
	to = append(append(to, ','), benefitKinds[b.kind]...)
	to = w.append(append(to, ','), b.started)
	to = w.append(append(to, ','), b.ended)
	return w.append(append(to, ','), b.updated)
}
