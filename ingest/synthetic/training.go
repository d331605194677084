package synthetic

import (
	"cmp"
	"slices"
	"strconv"
)

// A row of training is one enrolment in a course. For who counts them: status
// is an index of trainingStatuses as it was in the end; `ended` is there when
// she completed or dropped out and none while the course runs. In life a course
// may end after the run; the archive then knows it as enrolled.
type enrolment struct {
	seq            int
	registration   int // index of the registration that led to it; no column of the contract
	course         int
	started, ended day
	hours          int
	status         uint8 // index of trainingStatuses
	qualification  uint8 // index of qualifications
	digital        bool
	programme      int8 // index of programmes; −1 none
	provider       int  // index of world.providers
	fund           uint8
	updated        day
	unrecorded     bool
}

var (
	trainingStatuses = [...]string{"enrolled", "completed", "dropped"}
	qualifications   = [...]string{"", "operator", "technician", "licence"}
	funds            = [...]string{"pnrr", "fse_plus", "regional"}
)

const (
	trainingEnrolled = iota
	trainingCompleted
	trainingDropped
)

// courses is how many different courses there are.
const courses = 400

// study enrols in a course who was referred to training and went: the referral
// is an activity, the course itself begins some weeks later.
func (s *simulator) study() {
	for i := range s.p.svcs {
		sv := &s.p.svcs[i]
		if s.w.lep[sv.lep].slug != "avviamento_formazione" || sv.started == none || !sv.valid() || !s.chance(.86) {
			continue
		}
		for t := sv.started + s.days(3, 45); ; t += s.days(15, 70) { // some attend a second course, and a third
			s.enrol(sv, t)
			if !s.chance(.52) {
				break
			}
		}
	}
	slices.SortStableFunc(s.p.trns, func(a, b enrolment) int { return cmp.Compare(a.started, b.started) })
	for i := range s.p.trns {
		s.p.trns[i].seq = i
	}
}

func (s *simulator) enrol(sv *service, start day) {
	if s.gone(start) || start > s.w.horizon {
		return
	}
	e := enrolment{
		registration: max(0, sv.registration), course: s.rng.IntN(courses), started: start, programme: sv.programme,
		provider: sv.provider, qualification: uint8(pick([]float64{.55, .80, .95, 1}, s.rng.Float64())), unrecorded: s.chance(.004),
	}
	e.digital = e.course%10 < 3 // some courses teach digital skills, to whoever attends
	e.hours = 8 * (2 + s.rng.IntN(6))
	if s.chance(.35) {
		e.hours = 40 * (2 + s.rng.IntN(14))
	}
	if sv.programme != programmeGOL {
		e.fund = uint8(1 + s.rng.IntN(2))
	}
	end := start + day(e.hours/5) + s.days(3, 20)
	e.status, e.ended = trainingCompleted, end
	q := s.w.effects[s.w.comuni[s.p.regs[e.registration].comune].district].quality
	if s.chance(.19-.06*q) || s.busy(start+3, end) && s.chance(.55) {
		e.status, e.ended = trainingDropped, start+s.days(1, int(end-start))
	}
	if s.gone(e.ended) {
		e.status, e.ended = trainingDropped, s.p.exit
	}
	if e.ended > s.w.horizon {
		e.status, e.ended = trainingEnrolled, none
	}
	s.p.trns = append(s.p.trns, e)
}

// busy says whether a job began in those days.
func (s *simulator) busy(from, to day) bool {
	return slices.ContainsFunc(s.p.jobs, func(j job) bool { return !j.ghost && j.start >= from && j.start <= to })
}

// enrolmentVersions: enrolled, and how it ended.
func (s *simulator) enrolmentVersions(e *enrolment) []enrolment {
	v := s.p.versions.trns[:0]
	first := *e
	first.status, first.ended, first.updated = trainingEnrolled, none, e.started+s.late(8)
	v = append(v, first)
	if e.ended != none {
		next := *e
		next.updated = max(first.updated+1, e.ended+s.late(25))
		v = append(v, next)
	}
	s.p.versions.trns = v
	if e.unrecorded || s.forgotten(v[len(v)-1].updated, e.ended != none) {
		return nil
	}
	return v
}

func (e enrolment) stamp() day { return e.updated }

func (e enrolment) line(b []byte, w *world, p *person) []byte {
	b = appendID(b, 't', p.number, e.seq)
	b = appendCode(append(b, ",p"...), p.number)
	b = strconv.AppendInt(append(b, ",corso-"...), int64(1000+e.course), 10)
	b = w.append(append(b, ','), e.started)
	b = w.append(append(b, ','), e.ended)
	b = strconv.AppendInt(append(b, ','), int64(e.hours), 10)
	b = append(append(b, ','), trainingStatuses[e.status]...)
	b = append(append(b, ','), qualifications[e.qualification]...)
	b = appendBool(append(b, ','), e.digital)
	b = append(b, ',')
	if e.programme >= 0 {
		b = append(b, programmes[e.programme]...)
	}
	b = append(append(b, ','), w.providers[e.provider].code...)
	b = append(append(b, ','), funds[e.fund]...)
	return w.append(append(b, ','), e.updated)
}
