package synthetic

// workShares are invented shares of new jobs by group of contract.
var workShares = []struct {
	group string
	share float64
}{
	{groupFixed, .52}, {groupOpen, .13}, {groupAgency, .14}, {groupApprentice, .05}, {"intermittent", .06},
	{"domestic", .03}, {"parasubordinate", .02}, {groupTrainee, .035}, {"other", .015},
}

// offer makes a job of that group on that day at some employer near; false
// where the group has no valid code then.
func (s *simulator) offer(start day, group string) (job, bool) {
	w := s.w
	j := job{start: start, end: none, planned: none, stabilised: none}
	code := group
	if group == groupAgency {
		j.form, code = formUNISOMM, groupFixed
		if s.chance(.12) {
			code = groupOpen
		}
	}
	j.contract = w.contractAt(code, start, s.rng.Float64())
	if j.contract < 0 {
		return j, false
	}
	d := s.p.district
	if s.chance(.24) {
		d = pick(w.homes, s.rng.Float64())
	}
	u := s.rng.Float64()
	j.employer = int(u*u*float64(w.employers))*len(w.districts) + d
	j.comune, j.sector, j.occupation = w.workplace(j.employer)
	if away, ok := w.beyondRegion(j.employer, start); ok {
		j.comune = away
	}
	return j, true
}

// takeJob starts a job of some kind and gives its last day; none if it goes
// on beyond the horizon.
func (s *simulator) takeJob(start day) day {
	u, group := s.rng.Float64(), ""
	for _, g := range workShares {
		if group = g.group; u < g.share {
			break
		}
		u -= g.share
	}
	j, ok := s.offer(start, group)
	if !ok {
		if j, ok = s.offer(start, groupOpen); !ok {
			return none
		}
		group = groupOpen
	}
	s.shape(&j, group)
	j.unreported = s.chance(.012)
	s.p.jobs = append(s.p.jobs, j)
	if s.chance(.008) {
		s.ghost(j)
	}
	if j.end == none || j.end > s.w.horizon {
		return none
	}
	return j.end
}

// ghost is a communication of a job that never began; it is cancelled later.
func (s *simulator) ghost(like job) {
	j := like
	j.ghost, j.unreported = true, false
	j.start += s.days(1, 30)
	if j.planned != none {
		j.planned = max(j.planned, j.start) + 10
	}
	j.end = j.planned
	s.p.jobs = append(s.p.jobs, j)
}

// shape gives a job its season, its planned and its real end.
func (s *simulator) shape(j *job, group string) {
	switch group {
	case groupOpen, "domestic":
		s.openEnded(j, 1300)
	case "intermittent":
		s.openEnded(j, 400)
	case groupApprentice:
		s.openEnded(j, 800)
	case groupTrainee:
		j.planned = j.start + s.days(60, 180)
		j.end = j.planned
	default:
		if j.form == formUNISOMM && s.chance(.12) {
			s.openEnded(j, 900)
			return
		}
		s.season(j)
		s.fixedTerm(j)
	}
}

func (s *simulator) openEnded(j *job, mean float64) {
	j.end = j.start + s.wait(mean)
	if j.end > s.w.horizon {
		j.end = none
	}
}

// season moves the start of seasonal work: schools in September, tourism in
// spring.
func (s *simulator) season(j *job) {
	m := s.w.monthOf(j.start)
	year := s.w.yearOf(j.start)
	switch {
	case m == 12 && s.chance(.35): // few begin before the holidays
		j.start = newDay(year+1, 1, 7) + s.days(0, 12)
	case j.sector[0] == 'A' && m >= 10 && s.chance(.5):
		j.start = newDay(year+1, 3, 1) + s.days(0, 100)
	case j.sector[0] == 'P' && (m >= 3 && m <= 8) && s.chance(.75):
		j.start = newDay(year, 9, 1) + s.days(0, 18)
	case j.sector[0] == 'I' && (m >= 9 || m <= 2) && s.chance(.65):
		if m >= 9 {
			year++
		}
		j.start = newDay(year, 4, 1) + s.days(0, 75)
	}
}

// fixedTerm draws a planned end, snapped to the season's; short missions are
// many, some of one day.
func (s *simulator) fixedTerm(j *job) {
	var length day
	switch u := s.rng.Float64(); {
	case u < .05:
		length = 0
	case u < .25:
		length = s.days(1, 30)
	case u < .70:
		length = s.days(31, 182)
	case u < .90:
		length = s.days(183, 365)
	default:
		length = s.days(366, 730)
	}
	j.planned = j.start + length
	year, m := s.w.yearOf(j.start), s.w.monthOf(j.start)
	var snap day = none
	switch {
	case j.sector[0] == 'P' && m >= 9:
		snap = newDay(year+1, 6, 30)
	case j.sector[0] == 'I' && m >= 3 && m <= 7:
		snap = newDay(year, 9, 15) + s.days(0, 15)
	case s.chance(.25):
		snap = newDay(year, 12, 31)
	}
	if snap != none && length > 30 && snap > j.start && s.chance(.7) {
		j.planned = snap
	}
	j.end = j.planned
	if length > 20 && s.chance(.14) { // left early
		j.end = j.start + s.days(1, int(j.planned-j.start))
	}
}
