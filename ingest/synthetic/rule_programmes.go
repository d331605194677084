package synthetic

import "slices"

// Measures of the view of the national programme; their cumulative twins
// follow in the same order.
const (
	golTaken = iota
	golTrained
	golDigital
	golMeasures
)

var golNames = [golMeasures]string{"taken_in_charge", "trained", "trained_digital"}

// national counts each person once in the national programme: by her first
// agreement of it, her first completed course, her first of digital skills.
func (s *simulator) national(a *account) {
	first := a.firstOf(func(ag *agreement) bool { return ag.programme == programmeGOL })
	if first != nil {
		u := s.agreed(a, first)
		s.once(a, golTaken, first.on, &u)
		s.vulnerable(a, first)
	}
	for n := golTrained; n < golMeasures; n++ {
		if e := a.completed(n == golDigital); e != nil {
			if r := a.latest(e.ended); r != nil {
				u := s.registered(r, e.ended)
				u.in(s.w.slot.begin[byPath] + a.golPath(e.ended))
				s.once(a, n, e.ended, &u)
			}
		}
	}
}

// once counts a person in her periods, and from then on in the totals.
func (s *simulator) once(a *account, measure int, on day, u *member) {
	for _, period := range a.books.within(on) {
		if period >= 0 {
			a.books.count(viewGOL, measure, period, u)
		}
	}
	for period, p := range a.books.periods {
		if on <= p.last {
			a.books.count(viewGOL, golMeasures+measure, period, u)
		}
	}
}

// firstOf is the person's first agreement of a kind with a valid registration.
func (a *account) firstOf(kind func(*agreement) bool) *agreement {
	for i := range a.agrs {
		ag := &a.agrs[i]
		if there(a.agr, i) && there(a.reg, ag.registration) && kind(ag) {
			return ag
		}
	}
	return nil
}

// completed is the person's first completed course of the national programme.
func (a *account) completed(digital bool) *enrolment {
	var first *enrolment
	for i := range a.trns {
		e := &a.trns[i]
		if there(a.trn, i) && e.status == trainingCompleted && e.programme == programmeGOL && (e.digital || !digital) &&
			(first == nil || e.ended < first.ended) {
			first = e
		}
	}
	return first
}

// golPath is the path of the person's latest agreement of the national
// programme by that day; 0 without one.
func (a *account) golPath(by day) int {
	for i := len(a.agrs) - 1; i >= 0; i-- {
		ag := &a.agrs[i]
		if there(a.agr, i) && there(a.reg, ag.registration) && ag.programme == programmeGOL && ag.on <= by {
			return int(ag.path)
		}
	}
	return 0
}

// pathOn is the path of the person's latest agreement by that day.
func (a *account) pathOn(by day) int {
	for i := len(a.agrs) - 1; i >= 0; i-- {
		if there(a.agr, i) && there(a.reg, a.agrs[i].registration) && a.agrs[i].on <= by {
			return int(a.agrs[i].path)
		}
	}
	return 0
}

// vulnerableNames are the groups that the programme is for, and their union.
var vulnerableNames = []string{"women", "long_term", "disabled", "under_30", "over_55", "vulnerable"}

func (s *simulator) vulnerable(a *account, ag *agreement) {
	r := &a.regs[ag.registration]
	age := s.w.yearOf(ag.on) - r.birthYear
	groups := []bool{r.sex == 0, duration(r.months) == 2, s.p.disability, age < 30, age >= 55}
	groups = append(groups, slices.Contains(groups, true))
	u := s.agreed(a, ag)
	for _, period := range a.books.within(ag.on) {
		for n, in := range groups {
			if period >= 0 {
				a.books.rate(viewVulnerable, n, period, &u, in)
			}
		}
	}
}

// costs adds up the standard costs of valid activities, and counts the
// activities and the persons, each once in each cell of her territory.
func (s *simulator) costs(a *account) {
	b := a.books
	b.touched = b.touched[:0]
	settled := s.settlers(a)
	for i := range a.svcs {
		sv := &a.svcs[i]
		if !sv.costed(a, i) {
			continue
		}
		home, ok := settled[s.w.yearOf(sv.started)]
		if _, placed := s.activityDistrict(a, sv); !ok || !placed {
			continue
		}
		u := member{district: home.district}
		u.in(s.w.slot.begin[byProvider] + kindOf(sv.accredited))
		u.in(s.w.slot.begin[byPath] + a.pathOn(sv.started))
		for _, period := range b.within(sv.started) {
			if period < 0 {
				continue
			}
			b.add(viewCosts, sv.lep, period, &u, 1, 0)
			b.amount(viewCosts, sv.lep, period, &u, int64(sv.costCents))
			b.person(viewCosts, sv.lep, period, &u)
		}
	}
}

// costed says whether the account's i-th activity stands with a standard cost.
func (sv *service) costed(a *account, i int) bool {
	return there(a.svc, i) && sv.valid() && sv.costCents != 0
}

// settler is where a person's first costed activity of a year was.
type settler struct {
	on       day
	district int
}

// settlers gives by year the district of the first costed activity; of several
// on that day the first by code.
func (s *simulator) settlers(a *account) map[int]settler {
	out := map[int]settler{}
	for i := range a.svcs {
		sv := &a.svcs[i]
		if !sv.costed(a, i) {
			continue
		}
		district, ok := s.activityDistrict(a, sv)
		if !ok {
			continue
		}
		year, now := s.w.yearOf(sv.started), settler{sv.started, district}
		if was, there := out[year]; !there || s.before(now, was) {
			out[year] = now
		}
	}
	return out
}

func (s *simulator) before(a, b settler) bool {
	if a.on != b.on {
		return a.on < b.on
	}
	return s.w.districts[a.district].code < s.w.districts[b.district].code
}

// person counts the person in the denominators of cells where she is not yet.
func (b *books) person(v viewID, measure, period int, u *member) {
	g := &b.grids[v]
	for _, c := range b.cells(g, u) {
		if i := g.index(measure, period, c); !slices.Contains(b.touched, i) {
			b.touched = append(b.touched, i)
			g.pairs[i].d++
		}
	}
}

// Measures of the view of the regional law on fragility; one for each of its
// measures of active policy stands between.
const (
	lawProfiled = iota
	lawAbove
	lawTeam
	lawMeasures
)

// lawWindow is how many days after the agreement what follows counts.
const lawWindow = 365

// inclusion counts who is intercepted: the first agreement in each period that
// has a score of fragility or is of the regional law.
func (s *simulator) inclusion(a *account) {
	last := [2]int{-1, -1}
	for i := range a.agrs {
		ag := &a.agrs[i]
		if !there(a.agr, i) || !there(a.reg, ag.registration) || ag.programme != programmeLR14 && ag.fragility < 0 {
			continue
		}
		for kind, period := range a.books.within(ag.on) {
			if period < 0 || period == last[kind] {
				continue
			}
			last[kind] = period
			s.intercepted(a, ag, period)
		}
	}
}

func (s *simulator) intercepted(a *account, ag *agreement, period int) {
	u := s.agreed(a, ag)
	count := func(n int, reached bool) { a.books.rate(viewInclusion, n, period, &u, reached) }
	count(lawProfiled, ag.fragility >= 0)
	count(lawAbove, ag.fragility >= s.w.threshold)
	count(lawTeam, ag.programme == programmeLR14 && ag.team)
	for m := measureLR14Training; m <= measureLR14Support; m++ {
		count(lawMeasures+m-measureLR14Training, a.received(uint8(m), ag.on, lawWindow))
	}
	next := a.nextJob(ag.on)
	count(lawMeasures+measureLR14Support-measureLR14Training+1, next != nil && next.from <= ag.on+lawWindow)
}

// received says whether a valid activity of that measure began in the window.
func (a *account) received(measure uint8, from, window day) bool {
	for i := range a.svcs {
		sv := &a.svcs[i]
		if there(a.svc, i) && sv.measure == measure && sv.valid() && sv.started >= from && sv.started <= from+window {
			return true
		}
	}
	return false
}
