package oracle

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var outcomeBreakdowns = []string{"sex", "age_band", "citizenship", "education", "duration", "profile", "path", "programme"}

// member is one person of a cohort: t0 is the day of her agreement.
type member struct {
	agreement
	inWork bool
}

// cohort are agreements of a known registration without another of the person
// in the 365 days before, of whatever registration; of two such of one day the
// one with the lower id. The words leave open what agreements of unknown
// registrations do: as in the SQL they are earlier agreements all the same, and
// take no place on the day itself.
func (t *truth) cohort() []member {
	var out []member
	for _, a := range t.agreements {
		before := slices.ContainsFunc(t.signed, func(o agreement) bool {
			return o.person == a.person && o.signed >= a.signed-365 && o.signed < a.signed
		})
		twice := slices.ContainsFunc(t.agreements, func(o agreement) bool {
			return o.person == a.person && o.signed == a.signed && o.id < a.id
		})
		if !before && !twice {
			out = append(out, member{a, t.employed(a.person, a.signed)})
		}
	}
	slices.SortFunc(out, func(a, b member) int { return cmp.Or(cmp.Compare(a.signed, b.signed), cmp.Compare(a.id, b.id)) })
	return out
}

func attributes(r registration, on day) map[string]string {
	return map[string]string{"sex": r.sex, "age_band": bandOf(r.birth, on), "citizenship": r.citizenship, "education": r.education,
		"duration": r.duration, "profile": r.profile}
}

// units are the members of one twin with what count says of them.
func (t *truth) units(inWork bool, count func(member) map[string]parts) []unit {
	var out []unit
	for _, m := range t.cohort() {
		if m.inWork != inWork {
			continue
		}
		of := attributes(m.of, m.signed)
		of["path"], of["programme"] = m.path, m.programme
		out = append(out, unit{person: m.person, district: m.of.district, on: m.signed, attributes: of, counts: count(m)})
	}
	return out
}

func yes(b bool) parts {
	if b {
		return parts{1, 1}
	}
	return parts{0, 1}
}

// first are the qualifying spells begun earliest in (t0, t0+days], all on one day.
func (t *truth) first(m member, days day) []spell {
	var out []spell
	for _, s := range t.spells {
		if s.person != m.person || !s.counts() || s.start <= m.signed || s.start > m.signed+days {
			continue
		}
		if len(out) > 0 && s.start < out[0].start {
			out = nil
		}
		if len(out) == 0 || s.start == out[0].start {
			out = append(out, s)
		}
	}
	return out
}

// lasting: open-ended, apprenticeship, or at least 180 days as known.
func (t *truth) lasting(s spell) bool {
	end := t.settled["placements"]
	if s.end != nil {
		end = *s.end
	}
	return s.group == "open_ended" || s.group == "apprenticeship" || end-s.start+1 >= 180
}

// openEnded tells whether an open-ended contract covers a day: from the start,
// or since it became so.
func (s spell) openEnded(at day) bool {
	return s.counts() && s.covers(at) && (s.group == "open_ended" || s.stabilised != nil && *s.stabilised <= at)
}

// precarious: at work on t0, with no contract that lasts.
func (t *truth) precarious(m member) bool {
	return m.inWork && !slices.ContainsFunc(t.spells, func(s spell) bool {
		return s.person == m.person && s.counts() && s.covers(m.signed) && (s.group == "apprenticeship" || s.openEnded(m.signed))
	})
}

// worked counts the days of (t0, t0+365] in employment, one by one.
func (t *truth) worked(m member) float64 {
	days := 0.0
	for d := m.signed + 1; d <= m.signed+365; d++ {
		if t.employed(m.person, d) {
			days++
		}
	}
	return days
}

// after is the number at the end of a measure, "employed_90".
func after(measure string) int {
	n, err := strconv.Atoi(measure[strings.LastIndex(measure, "_")+1:])
	if err != nil {
		return 365 // stable_placed
	}
	return n
}

// rated is a view of rates on cohorts.
type rated struct {
	view     string
	inWork   bool
	measures []string
	count    func(t *truth, m member) map[string]parts
}

var ratedViews = []rated{
	{"out_employed", false, employedMeasures, employedAt},
	{"out_employed_inwork", true, employedMeasures, employedAt},
	{"out_ever", false, []string{"ever_90", "ever_180", "ever_365"}, func(t *truth, m member) map[string]parts {
		out := map[string]parts{}
		for _, days := range []day{90, 180, 365} {
			out[fmt.Sprintf("ever_%d", days)] = yes(len(t.first(m, days)) > 0)
		}
		return out
	}},
	{"out_stable", false, []string{"stable_365", "stable_placed"}, func(t *truth, m member) map[string]parts {
		first := t.first(m, 365)
		stable := slices.ContainsFunc(first, t.lasting) // of several begun on one day one is enough
		out := map[string]parts{"stable_365": yes(stable)}
		if len(first) > 0 {
			out["stable_placed"] = yes(stable)
		}
		return out
	}},
	{"out_upgrade", true, []string{"upgrade_180", "upgrade_365"}, func(t *truth, m member) map[string]parts {
		out := map[string]parts{}
		if !t.precarious(m) {
			return out
		}
		for _, days := range []day{180, 365} {
			out[fmt.Sprintf("upgrade_%d", days)] = yes(slices.ContainsFunc(t.spells, func(s spell) bool { return s.person == m.person && s.openEnded(m.signed+days) }))
		}
		return out
	}},
}

var employedMeasures = []string{"employed_30", "employed_90", "employed_180", "employed_365", "employed_730"}

func employedAt(t *truth, m member) map[string]parts {
	out := map[string]parts{}
	for _, measure := range employedMeasures {
		out[measure] = yes(t.employed(m.person, m.signed+day(after(measure))))
	}
	return out
}

func (t *truth) rated(v rated) (grid, map[cell]parts) {
	g := grid{t.list, outcomeBreakdowns, v.measures}
	return g, g.sums(t.units(v.inWork, func(m member) map[string]parts { return v.count(t, m) }), firsts)
}

func (t *truth) outcomeStatus(c cell) string {
	return breaks(c, observable(t.settled["placements"], after(c.measure), c.period))
}

func TestOutcomesAreThoseOfTheWords(t *testing.T) {
	s := newStage(t, "umbria")
	views := []string{"cubes.out_days"}
	for _, v := range ratedViews {
		views = append(views, "cubes."+v.view)
	}
	tried := map[string]float64{}
	for seed := range uint64(seeds) {
		w := newWorld(seed+100, s.list)
		w.parameters = []map[string]int{{}, {"end_rule": 0}, {"gap_days": 10}}[seed%3]
		s.play(w, views...)
		known := know(w, s.list)
		for _, v := range ratedViews {
			g, sums := known.rated(v)
			tried[v.view] += sums[cell{"ITI2", "2022", "", v.measures[0]}].n + sums[cell{"ITI2", "2023", "", v.measures[0]}].n
			s.hold(t, fmt.Sprintf("seed %d, %v: ", seed, w.parameters), v.view, g.rates(sums, known.outcomeStatus), s.cube("cubes."+v.view, outcomeBreakdowns))
		}
		s.hold(t, fmt.Sprintf("seed %d, %v: ", seed, w.parameters), "out_days", known.days(), s.cube("cubes.out_days", outcomeBreakdowns))
	}
	for _, v := range ratedViews {
		if tried[v.view] == 0 {
			t.Errorf("%s: nobody counts in the region in two years: nothing was tried", v.view)
		}
	}
}

// days are the lines of out_days: mean share of 365 days at work, and the
// interval of the mean from the standard deviation of the sample.
func (t *truth) days() []string {
	g := grid{t.list, outcomeBreakdowns, []string{"days_365"}}
	members := g.members(t.units(false, func(m member) map[string]parts {
		return map[string]parts{"days_365": {n: t.worked(m)}}
	}), firsts)
	var out []string
	g.each(func(c cell, _ bool) {
		at := c
		at.measure = ""
		state, numbers := t.outcomeStatus(c), ",,,,"
		if !strings.HasPrefix(state, "O") {
			if numbers = meanOf(members[at]); len(members[at]) == 0 {
				state = "M,"
			}
		}
		out = append(out, c.line()+","+numbers+","+state)
	})
	return out
}

func meanOf(members []unit) string {
	var n, sum, squares, worked float64 = float64(len(members)), 0, 0, 0
	for _, u := range members {
		x := 100 * u.counts["days_365"].n / 365
		sum += x
		if x > 0 {
			worked++
		}
	}
	if n == 0 {
		return "0,0,,," // of nobody: the cube says M
	}
	for _, u := range members {
		squares += math.Pow(100*u.counts["days_365"].n/365-sum/n, 2)
	}
	numbers := fmt.Sprintf("%v,%v,%s,", worked, n, number(sum/n))
	if n == 1 {
		return numbers + ","
	}
	half := 1.96 * math.Sqrt(squares/(n-1)) / math.Sqrt(n)
	return numbers + number(max(0, sum/n-half)) + "," + number(min(100, sum/n+half))
}
