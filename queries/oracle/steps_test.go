package oracle

import (
	"fmt"
	"slices"
	"testing"
)

var stepNames = []string{"reception", "did", "profile", "assessment", "agreement", "first_measure", "placement"}

// step notes the days to the first of some days within a year of an event.
type step struct {
	from day
	at   map[string]day
}

func (s step) reach(name string, on *day) {
	if on == nil || *on < s.from || *on > s.from+365 {
		return
	}
	if before, known := s.at[name]; !known || *on-s.from < before {
		s.at[name] = *on - s.from
	}
}

// stepsOf are the days to each step of a registration, and the programme of
// the first agreement.
func (t *truth) stepsOf(r registration) (map[string]day, string) {
	s := step{r.on, map[string]day{"did": 0}}
	s.reach("profile", r.profiled)
	for _, a := range t.services {
		if a.person != r.person {
			continue
		}
		switch a.lep {
		case "accoglienza":
			s.reach("reception", &a.started)
		case "orientamento_base":
			s.reach("assessment", &a.started)
		}
		if a.measure != "" {
			s.reach("first_measure", &a.started)
		}
	}
	programme, chosen := "none", agreement{}
	for _, a := range t.signed {
		if a.person != r.person {
			continue
		}
		s.reach("assessment", a.assessed)
		s.reach("agreement", &a.signed)
		if a.signed >= r.on && a.signed <= r.on+365 && (chosen.id == "" || a.signed < chosen.signed || a.signed == chosen.signed && a.id < chosen.id) {
			programme, chosen = a.programme, a
		}
	}
	for _, j := range t.spells {
		if j.person == r.person && j.counts() && j.start > r.on {
			s.reach("placement", &j.start)
		}
	}
	return s.at, programme
}

// walk gives a unit for every registration, with what count makes of its steps.
func (t *truth) walk(count func(map[string]day) map[string]parts) []unit {
	var out []entitled
	for _, r := range t.registrations {
		at, programme := t.stepsOf(r)
		out = append(out, entitled{unit{r.person, r.district, r.on, map[string]string{"programme": programme}, count(at)}, r.id})
	}
	return ordered(out)
}

// steps are the registrations with the steps that they came to.
func (t *truth) steps() []unit {
	return t.walk(func(at map[string]day) map[string]parts {
		counts := map[string]parts{}
		for _, name := range stepNames {
			_, reached := at[name]
			counts[name] = yes(reached)
		}
		return counts
	})
}

func (t *truth) stepStatus(c cell) string { return observable(t.settled["placements"], 365, c.period) }

// medians are the lines of funnel_days: the middle of the days of those who
// came to a step, the mean of two middles.
func (t *truth) medians(g grid, fewest int) []string {
	const none = -1 // of who did not come
	members := g.members(t.walk(func(at map[string]day) map[string]parts {
		counts := map[string]parts{}
		for _, name := range stepNames {
			counts[name] = parts{none, 1}
			if days, reached := at[name]; reached {
				counts[name] = parts{float64(days), 1}
			}
		}
		return counts
	}), firsts)
	var out []string
	g.each(func(c cell, _ bool) {
		at := c
		at.measure = ""
		var days []float64
		for _, u := range members[at] {
			if d := u.counts[c.measure].n; d != none {
				days = append(days, d)
			}
		}
		slices.Sort(days)
		state, numbers := t.stepStatus(c), ",,,,"
		if state == "," {
			value := ""
			switch n := len(days); {
			case len(members[at]) == 0:
				state = "M,"
			case n < fewest:
				state = "U,"
			default:
				value = number((days[(n-1)/2] + days[n/2]) / 2)
			}
			numbers = fmt.Sprintf("%d,%d,%s,,", len(days), len(members[at]), value)
		}
		out = append(out, c.line()+","+numbers+","+state)
	})
	return out
}

func TestStepsAndTheirDaysAreThoseOfTheWords(t *testing.T) {
	s := newStage(t, "umbria")
	g := grid{s.list, []string{"programme"}, stepNames}
	tried := map[string]float64{}
	for seed := range uint64(seeds) {
		w := newWorld(seed+600, s.list)
		fewest := []int{30, 4, 1}[seed%3]
		w.parameters = map[string]int{"curve_min_at_risk": fewest}
		s.play(w, "cubes.funnel", "cubes.funnel_days")
		known, where := know(w, s.list), fmt.Sprintf("seed %d: ", seed)
		sums := g.sums(known.steps(), firsts)
		s.hold(t, where, "funnel", g.rates(sums, known.stepStatus), s.cube("cubes.funnel", g.breakdowns))
		s.hold(t, where, "funnel_days", known.medians(g, fewest), s.cube("cubes.funnel_days", g.breakdowns))
		for _, name := range stepNames {
			tried[name] += sums[cell{"ITI2", "2022", "", name}].n
		}
	}
	for _, name := range stepNames {
		if tried[name] == 0 {
			t.Errorf("nobody in the region came to %s in a year: nothing was tried", name)
		}
	}
}
