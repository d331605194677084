package oracle

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// support is one spell of income support, course one enrolment, offer one
// vacancy.
type support struct {
	person, kind string
	start        day
	end          *day
}

type course struct {
	id, person, status, programme string
	digital                       bool
	start                         day
	end                           *day
}

func supports(w world) []support {
	var out []support
	for _, r := range current(w, "benefits") {
		out = append(out, support{r["person_id"], r["kind"], must(r["started_on"]), maybe(r["ended_on"])})
	}
	return out
}

func courses(w world) []course {
	var out []course
	for _, r := range current(w, "training") {
		out = append(out, course{r["enrolment_id"], r["person_id"], r["status"], cmp.Or(r["programme"], "ordinary"), r["digital"] == "true", must(r["started_on"]), maybe(r["ended_on"])})
	}
	return out
}

// home is the latest registration of a person by a day, closed or not.
func (t *truth) home(person string, by day) (registration, bool) {
	var out registration
	for _, r := range t.registrations {
		if r.person == person && r.on <= by && (out.id == "" || r.on > out.on || r.on == out.on && r.id > out.id) {
			out = r
		}
	}
	return out, out.id != ""
}

// quarterEnds are the last days of all quarters.
func quarterEnds() []day {
	var out []day
	for _, p := range periods() {
		if _, last := ends(p); !isYear(p) {
			out = append(out, last)
		}
	}
	return out
}

var one = parts{1, 0}

// supported are the persons with each kind of support on the last days.
func (t *truth) supported(w world) []unit {
	var out []unit
	for _, on := range quarterEnds() {
		seen := map[string]bool{}
		for _, b := range supports(w) {
			home, known := t.home(b.person, on)
			if !known || !(span{b.start, b.end}).covers(on) || seen[b.person+b.kind] {
				continue
			}
			seen[b.person+b.kind] = true
			out = append(out, unit{b.person, home.district, on, attributes(home, on), map[string]parts{b.kind: one}})
		}
	}
	return out
}

// inProgramme are the persons in GOL for 65 days on the last days: the first
// of their open agreements tells entry, path and territory.
func (t *truth) inProgramme() []unit {
	var out []unit
	for _, on := range quarterEnds() {
		entries := map[string]agreement{}
		for _, a := range t.agreements {
			open := a.programme == "gol" && a.signed <= on-65 && (a.closed == nil || *a.closed >= on)
			before, known := entries[a.person]
			if open && (!known || a.signed < before.signed || a.signed == before.signed && a.id < before.id) {
				entries[a.person] = a
			}
		}
		for person, a := range entries {
			after := slices.ContainsFunc(t.spells, func(s spell) bool {
				return s.person == person && s.counts() && s.covers(on) && s.start > a.signed
			})
			out = append(out, unit{person, a.of.district, on, map[string]string{"path": a.path},
				map[string]parts{"employed_after_entry": yes(after), "employed_before_entry": yes(!after && t.employed(person, on))}})
		}
	}
	return out
}

// offered are the positions of vacancies, on the day they open.
func (t *truth) offered(w world) []unit {
	var out []unit
	for _, r := range current(w, "vacancies") {
		n, _ := strconv.ParseFloat(r["positions"], 64)
		out = append(out, unit{r["vacancy_id"], t.list.home[r["comune"]], must(r["opened_on"]), map[string]string{"occupation": greatGroup(r["occupation"])},
			map[string]parts{"vacancies": {n, 0}}})
	}
	return out
}

func (t *truth) begun() []unit {
	var out []unit
	for _, s := range t.placed() {
		out = append(out, t.event(s, s.start, map[string]parts{"starts": one}))
	}
	return out
}

// seekers are the persons whose latest registration is open on the last days,
// by the occupation of their last job begun before it.
func (t *truth) seekers() []unit {
	var out []unit
	for _, on := range quarterEnds() {
		seen := map[string]bool{}
		for _, r := range t.registrations {
			home, known := t.home(r.person, on)
			if !known || seen[r.person] || home.closed != nil && *home.closed < on {
				continue
			}
			seen[r.person] = true
			out = append(out, unit{r.person, home.district, on, map[string]string{"occupation": t.occupationBefore(r.person, home.on)}, map[string]parts{"seekers": one}})
		}
	}
	return out
}

// occupationBefore is that of the last job begun before a day; of several of
// one day the lowest, what is not available last.
func (t *truth) occupationBefore(person string, on day) string {
	last, out := day(-1<<30), "nd"
	for _, s := range t.spells {
		if s.person == person && s.counts() && s.start < on && (s.start > last || s.start == last && s.occupation < out) {
			last, out = s.start, s.occupation
		}
	}
	return out
}

// until says "P" of a measure until the last day of its slowest source.
func (t *truth) until(last map[string]string) status {
	return func(c cell) string {
		if _, end := ends(c.period); end > t.settled[last[c.measure]] {
			return "P,"
		}
		return ","
	}
}

// tightnesses are the lines of tightness: positions for each of those who
// seek. That fewer than thirty give no ratio is for disclosure to say.
func (t *truth) tightnesses(g grid, demand map[cell]parts) []string {
	var out []string
	g.each(func(c cell, _ bool) {
		at := c
		at.measure = "vacancies"
		n := demand[at].n
		at.measure = "seekers"
		d := demand[at].n
		value, state := "", strings.TrimSuffix(t.until(map[string]string{"tightness": "placements"})(c), ",")
		if d == 0 {
			state = "M"
		} else {
			value = number(n / d)
		}
		out = append(out, fmt.Sprintf("%s,%v,%v,%s,,,%s,", c.line(), n, d, value, state))
	})
	return out
}
