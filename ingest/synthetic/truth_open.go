package synthetic

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// What counts no persons (the plan, its money, the sites of providers) is not
// added up life by life: the books work it out at the end, from the world.

// place is a territory with the districts that it holds.
type place struct {
	territory
	districts []int
	root      bool
}

// places are all districts, then what contains them.
func (w *world) places() []place {
	var out []place
	for d := range w.districts {
		out = append(out, place{territory{w.districts[d].code, w.districts[d].level}, []int{d}, false})
	}
	for i, t := range w.wider {
		out = append(out, place{t, w.within(i), i == w.root()})
	}
	return out
}

// accountedTo is the last day of what was accounted for and delivered: the end
// of the last whole year, or of the year before the run.
func (w *world) accountedTo() day {
	return newDay(w.firstYear+len(w.wholeYears()), 1, 1) - 1
}

// calendarPeriods are quarters and years from the January of the run's first
// year on, which is where yearly deliveries begin.
func (w *world) calendarPeriods() []period {
	var out []period
	for year := w.firstYear; year <= w.lastYear; year++ {
		for q := range 4 {
			first, next := newDay(year, time.Month(3*q+1), 1), newDay(year, time.Month(3*q+4), 1)
			if first <= w.to {
				out = append(out, period{periodQuarter, fmt.Sprintf("%d-Q%d", year, q+1), first, next - 1, false})
			}
		}
		out = append(out, period{periodYear, strconv.Itoa(year), newDay(year, 1, 1), newDay(year, 12, 31), false})
	}
	return out
}

// openFigure is one figure of an open view: where and when, by what, and until
// which day it is told and firm.
type openFigure struct {
	view       string
	at         place
	p          period
	c          category
	told, firm day
	numbers    []openNumber
}

// openNumber is one measure: of what it is made, whole, and what it is.
type openNumber struct {
	measure string
	parts   []int
	value   float64
}

func counted(measure string, n int) openNumber { return openNumber{measure, []int{n}, float64(n)} }

// euros are kept in cents.
func euros(measure string, cents int) openNumber {
	return openNumber{measure, []int{cents}, float64(cents) / 100}
}

// open writes the figures of the open views by view, place and period.
func (t *truthWriter) open() {
	w := t.w
	for _, at := range w.places() {
		for _, p := range w.calendarPeriods() {
			if p.kind == periodYear {
				t.money(at, p)
				t.sites(at, p)
			}
			t.plan(at, p)
		}
	}
}

// tell writes all measures of a figure that are not 0.
func (t *truthWriter) tell(f openFigure) {
	for _, n := range f.numbers {
		if n.parts[len(n.parts)-1] == 0 {
			continue
		}
		i := Indicator{View: f.view, Measure: n.measure, GeoLevel: f.at.level, Geo: f.at.code, PeriodType: f.p.kind, Period: f.p.name,
			Breakdown: f.c.breakdown, Category: f.c.code, Life: n.parts}
		switch {
		case f.p.last > f.told:
			i.Reason = ReasonNotObservable
		default:
			i.Observable, i.Value = n.parts, &n.value
			if f.p.last > f.firm {
				i.Status = "P"
			}
		}
		t.put(i)
	}
}

// by are the categories that a place has figures of: all, and for the whole
// region those of some lists.
func (t *truthWriter) by(at place, lists ...string) []category {
	out := []category{{}}
	for _, list := range lists {
		for _, code := range t.w.codes[list] {
			if at.root {
				out = append(out, category{list, code})
			}
		}
	}
	return out
}

// plan tells posts, works, staff trained and euros as they are at the end of a period.
func (t *truthWriter) plan(at place, p period) {
	w := t.w
	end := p.last.time()
	for _, c := range t.by(at, "line", "plan_programme") {
		var posts, works, trained share
		var allocated, committed, paid int
		w.planIn(at, end.Year(), int(end.Month()), func(l *planLine, s state) {
			if c.breakdown == "line" && c.code != l.line || c.breakdown == "plan_programme" && c.code != l.programme {
				return
			}
			posts, works, trained = posts.plus(s.posts), works.plus(s.works), trained.plus(s.trained)
			allocated, committed, paid = allocated+s.allocated, committed+s.committed, paid+s.paid
		})
		t.tell(openFigure{"strengthening", at, p, c, w.accountedTo(), w.accountedTo() - day(w.parameter["centres_lag_days"]), []openNumber{
			counted("posts_assigned", posts.all), counted("posts_filled", posts.done), counted("posts_gap", posts.all-posts.done),
			counted("works_planned", works.all), counted("works_completed", works.done),
			euros("allocated_eur", allocated), euros("committed_eur", committed), euros("paid_eur", paid), counted("staff_trained", trained.done),
		}})
	}
}

func (s share) plus(o share) share { return share{s.all + o.all, s.done + o.done} }

// planIn calls do with the state of each line of each centre in a place.
func (w *world) planIn(at place, year, month int, do func(l *planLine, s state)) {
	for i := range w.providers {
		if w.providers[i].accredited || !at.holds(w.centreDistrict(i)) {
			continue
		}
		for n := range planLines {
			do(&planLines[n], w.planned(i, n, year, month))
		}
	}
}

func (at place) holds(district int) bool {
	return slices.Contains(at.districts, district)
}

// money tells what was allocated, committed and paid in a year, and the shares
// of it in percent to four decimals.
func (t *truthWriter) money(at place, p period) {
	w := t.w
	for _, c := range t.by(at, "plan_programme") {
		var sum [3]int
		for i, fund := range fundings {
			for _, d := range at.districts {
				amounts, _ := w.funded(i, d, p.first.time().Year())
				for n, amount := range amounts {
					if c.breakdown == "" || c.code == fund.programme {
						sum[n] += amount
					}
				}
			}
		}
		share := func(measure string, n int) openNumber {
			return openNumber{measure, []int{n, sum[0]}, math.Round(1e6*float64(n)/float64(sum[0])) / 1e4}
		}
		t.tell(openFigure{"funding_execution", at, p, c, w.accountedTo(), w.accountedTo() - day(w.parameter["funding_lag_days"]), []openNumber{
			euros("allocated", 100*sum[0]), euros("committed", 100*sum[1]), euros("paid", 100*sum[2]),
			share("committed_share", sum[1]), share("paid_share", sum[2]),
		}})
	}
}

// sites tells the sites open on the last day of a year, and for 10,000
// residents. What lies where several territories share a municipality is of none.
func (t *truthWriter) sites(at place, p period) {
	w := t.w
	residents := 0
	for _, r := range w.population(p.first.time().Year()) {
		for _, d := range at.districts {
			if w.districts[d].code == r.District {
				residents += r.Persons
			}
		}
	}
	for _, c := range t.by(at, byProvider) {
		open := 0
		for i := range w.providers {
			provider := &w.providers[i]
			if c.breakdown != "" && c.code != providerKinds[kindOf(provider.accredited)] {
				continue
			}
			for _, s := range provider.sites {
				if at.holds(w.workplaceDistrict(s.comune)) && s.from <= p.last && (s.to == none || p.last <= s.to) {
					open++
				}
			}
		}
		t.tell(openFigure{"provider_sites", at, p, c, p.last, p.last, []openNumber{
			counted("sites", open), {"sites_per_10000", []int{open, residents}, 10000 * float64(open) / float64(residents)},
		}})
	}
}

// operators adds to the registrations of each year the staff posts that are
// filled at its end: what is told of those who work on the plan.
func (b *books) operators() {
	for n, p := range b.periods {
		if p.kind != periodYear {
			continue
		}
		for d := range b.w.districts {
			b.w.planIn(place{districts: []int{d}}, p.last.time().Year(), 12, func(l *planLine, s state) {
				if l.line == "staff" {
					b.add(viewOperators, 0, n, &member{district: d}, uint32(s.posts.done), 0)
				}
			})
		}
	}
}

// registrations counts the registrations of each year, all of a person's.
func (s *simulator) registrations(a *account) {
	for i := range a.regs {
		if year := a.books.within(a.regs[i].on)[1]; year >= 0 && there(a.reg, i) {
			a.books.add(viewOperators, 0, year, &member{district: s.w.comuni[a.regs[i].comune].district}, 0, 1)
		}
	}
}

// perThousand is a number of one thing for a thousand of another.
func perThousand(c *cellValue) (estimate, bool) {
	if c.pair.d == 0 {
		return estimate{}, false
	}
	return alone(1000 * float64(c.pair.n) / float64(c.pair.d)), true
}
