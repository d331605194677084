package synthetic

// benefitStock counts, on each last day, who receives income support, by its
// kind: the territory and the attributes are those of her latest registration.
func (s *simulator) benefitStock(a *account) {
	for period, p := range a.books.periods {
		var running [len(benefitKinds)]bool
		any := false
		for i := range a.bens {
			b := &a.bens[i]
			if there(a.ben, i) && b.started <= p.last && (b.ended == none || p.last <= b.ended) {
				running[b.kind], any = true, true
			}
		}
		if !any {
			continue
		}
		r := a.latest(p.last)
		if r == nil {
			continue
		}
		u := s.registered(r, p.last)
		for kind, on := range running {
			if on {
				a.books.count(viewBenefits, kind, period, &u)
			}
		}
	}
}

// Measures of the view of training.
const (
	trainedAtAll = iota
	trainedAndEmployed
)

// enrolments counts persons by the first course that they began in a period,
// whether they completed it, and by the first that they completed in it,
// whether they are in work some time after.
func (s *simulator) enrolments(a *account) {
	s.courses(a, trainedAtAll, func(e *enrolment) day { return e.started }, func(e *enrolment) bool { return e.status == trainingCompleted })
	completed := func(e *enrolment) day {
		if e.status != trainingCompleted {
			return none
		}
		return e.ended
	}
	s.courses(a, trainedAndEmployed, completed, func(e *enrolment) bool { return a.covered(e.ended + afterTraining) })
}

// courses counts a person once in each period: by the first course, by its
// day, and whether it reached what the measure asks for. A course whose day is
// none is not counted, nor one before which nothing tells who she is.
func (s *simulator) courses(a *account, measure int, on func(*enrolment) day, reached func(*enrolment) bool) {
	for kind := range 2 {
		for i := range a.trns {
			e := &a.trns[i]
			if !there(a.trn, i) || on(e) == none || a.latest(on(e)) == nil {
				continue
			}
			period := a.books.within(on(e))[kind]
			if period < 0 || a.earlierCourse(i, on, a.books.periods[period].first) {
				continue
			}
			u := s.enrolled(a.latest(on(e)), e, on(e))
			a.books.rate(viewTraining, measure, period, &u, reached(e))
		}
	}
}

// earlierCourse says whether the person has another course with a day since
// the first, before that of course i, or on the same day and before it.
func (a *account) earlierCourse(i int, on func(*enrolment) day, first day) bool {
	t := on(&a.trns[i])
	for j := range a.trns {
		d := on(&a.trns[j])
		if j != i && there(a.trn, j) && d >= first && (d < t || d == t && j < i) && a.latest(d) != nil {
			return true
		}
	}
	return false
}

// afterTraining is how many days after a course its people are looked at.
const afterTraining = 180

// enrolled is the person of an enrolment on a day, as a registration tells.
func (s *simulator) enrolled(r *registration, e *enrolment, on day) member {
	u := s.registered(r, on)
	programme := int(e.programme)
	if programme < 0 {
		programme = len(programmes)
	}
	u.in(s.w.slot.begin[byProgramme] + programme)
	return u
}
