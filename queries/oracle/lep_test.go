package oracle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
)

var (
	lepBreakdowns    = []string{"sex", "age_band", "citizenship", "education", "duration", "profile"}
	noShowBreakdowns = []string{"sex", "age_band", "citizenship"}
	timelyMeasures   = []string{"timely_30", "timely_60", "timely_90", "timely_30_atrisk", "timely_60_atrisk", "timely_90_atrisk"}
)

// entitled is one event that entitles a person to one LEP.
type entitled struct {
	unit
	id string
}

func ordered(events []entitled) []unit {
	slices.SortFunc(events, func(a, b entitled) int { return cmp.Or(cmp.Compare(a.on, b.on), cmp.Compare(a.id, b.id)) })
	var out []unit
	for _, e := range events {
		out = append(out, e.unit)
	}
	return out
}

// entitlements are the events that entitle to a LEP, by its rule.
func (t *truth) entitlements(lep string) []unit {
	var out []entitled
	add := func(id string, of registration, on day) {
		reached := map[string]parts{lep: yes(t.reached(lep, of, on))}
		out = append(out, entitled{unit{of.person, of.district, on, attributes(of, on), reached}, id})
	}
	for _, r := range t.registrations {
		if t.list.rule[lep] == "every" {
			add(r.id, r, r.on)
		}
	}
	for _, a := range t.agreements {
		switch {
		case t.list.rule[lep] == "planned" && slices.Contains(a.leps, lep), t.list.rule[lep] == "fragility" && a.score >= 50:
			add(a.id, a.of, a.signed)
		}
	}
	return ordered(out)
}

// reached: a valid activity of the LEP begun within the window; for the
// declaration of availability a profiling within it.
func (t *truth) reached(lep string, of registration, on day) bool {
	last := on + day(t.list.window[lep])
	if lep == "did_profilazione" {
		return of.profiled != nil && *of.profiled >= on && *of.profiled <= last
	}
	return slices.ContainsFunc(t.services, func(s service) bool {
		return s.person == of.person && s.lep == lep && s.started >= on && s.started <= last
	})
}

// registered are the registrations with what lep_timely says of each; the
// at-risk twin leaves out who found a job within the days without agreement.
func (t *truth) registered() []unit {
	var out []entitled
	for _, r := range t.registrations {
		counts := map[string]parts{}
		for _, n := range []day{30, 60, 90} {
			signed := slices.ContainsFunc(t.signed, func(a agreement) bool { return a.person == r.person && a.signed >= r.on && a.signed <= r.on+n })
			hired := r.reason == "employed" && r.closed != nil && *r.closed <= r.on+n
			counts[fmt.Sprintf("timely_%d", n)] = yes(signed)
			if signed || !hired {
				counts[fmt.Sprintf("timely_%d_atrisk", n)] = yes(signed)
			}
		}
		out = append(out, entitled{unit{r.person, r.district, r.on, attributes(r, r.on), counts}, r.id})
	}
	return ordered(out)
}

// convoked are the convocations whose outcome counts; AN does not.
func (t *truth) convoked() []unit {
	var out []unit
	for _, c := range t.calls {
		if slices.Contains([]string{"P", "AG", "AI"}, c.outcome) {
			out = append(out, unit{c.of.person, c.of.district, c.on, attributes(c.of, c.on), map[string]parts{"no_show": yes(c.outcome == "AI")}})
		}
	}
	return out
}

func (t *truth) coverage() (grid, map[cell]parts) {
	g, sums := grid{t.list, lepBreakdowns, t.list.leps}, map[cell]parts{}
	for _, lep := range t.list.leps {
		for c, p := range g.sums(t.entitlements(lep), firsts) {
			sums[c] = p
		}
	}
	return g, sums
}

func (t *truth) coverageStatus(c cell) string {
	if t.list.rule[c.measure] == "no_rule" {
		return "O,no_rule"
	}
	return breaks(c, observable(t.settled["services"], t.list.window[c.measure], c.period))
}

func (t *truth) timelyStatus(c cell) string {
	days := 30
	for _, n := range []int{60, 90} {
		if strings.HasPrefix(c.measure, fmt.Sprintf("timely_%d", n)) {
			days = n
		}
	}
	return breaks(c, observable(t.settled["agreements"], days, c.period))
}

func TestCoverageTimelinessAndNoShowsAreThoseOfTheWords(t *testing.T) {
	s := newStage(t, "umbria")
	tried := map[string]float64{}
	for seed := range uint64(seeds) {
		w := newWorld(seed+200, s.list)
		s.play(w, "cubes.lep_coverage", "cubes.lep_timely", "cubes.lep_no_show")
		known := know(w, s.list)
		where := fmt.Sprintf("seed %d: ", seed)
		g, sums := known.coverage()
		for _, lep := range s.list.leps {
			tried[lep] += sums[cell{"ITI2", "2022", "", lep}].n + sums[cell{"ITI2", "2023", "", lep}].n
		}
		s.hold(t, where, "lep_coverage", g.rates(sums, known.coverageStatus), s.cube("cubes.lep_coverage", lepBreakdowns))
		g = grid{s.list, lepBreakdowns, timelyMeasures}
		s.hold(t, where, "lep_timely", g.rates(g.sums(known.registered(), firsts), known.timelyStatus), s.cube("cubes.lep_timely", lepBreakdowns))
		g = grid{s.list, noShowBreakdowns, []string{"no_show"}}
		s.hold(t, where, "lep_no_show", g.rates(g.sums(known.convoked(), everyone), func(c cell) string {
			return observable(known.settled["convocations"], 0, c.period)
		}), s.cube("cubes.lep_no_show", noShowBreakdowns))
	}
	for _, lep := range []string{"accoglienza", "did_profilazione", "accompagnamento", "presa_in_carico_integrata"} {
		if tried[lep] == 0 {
			t.Errorf("nobody in the region was reached by %s in two years: nothing was tried", lep)
		}
	}
}
