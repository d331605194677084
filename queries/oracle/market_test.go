package oracle

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// tally is a cube of counts by quarter and year, and perhaps totals by month.
type tally struct {
	grid
	months bool
}

func monthOf(d day) string { return d.String()[:len("2022-01")] }

// monthsOf are the months of all deliveries with their last days.
func monthsOf() map[string]day {
	out := map[string]day{}
	for year := firstYear; year <= lastYear; year++ {
		for m := 1; m <= 12; m++ {
			first := dayOf(year, m, 1)
			out[monthOf(first)] = dayOf(year, m+1, 1) - 1
		}
	}
	return out
}

// lines are the rows that a cube of counts must have: every cell asked for,
// zero where nothing falls, provisional after the last settled day.
func (c tally) lines(sums map[cell]parts, settled day) []string {
	line := func(at cell, last day) string {
		state := ","
		if last > settled {
			state = "P,"
		}
		return fmt.Sprintf("%s,,,%v,,,%s", at.line(), sums[at].n, state)
	}
	var out []string
	c.each(func(at cell, _ bool) {
		_, last := ends(at.period)
		out = append(out, line(at, last))
	})
	if !c.months {
		return out
	}
	for geo := range c.list.level {
		for month, last := range monthsOf() {
			for _, m := range c.measures {
				out = append(out, line(cell{geo, month, "", m}, last))
			}
		}
	}
	return out
}

// count sums events into their cells.
func (c tally) count(units []unit) map[cell]parts {
	sums := c.sums(units, everyone)
	for _, u := range units {
		for _, geo := range c.list.above[u.district] {
			for m, p := range u.counts {
				at := cell{geo, monthOf(u.on), "", m}
				sums[at] = parts{sums[at].n + p.n, 0}
			}
		}
	}
	return sums
}

// markets are the lists with the contract groups that employment can have.
func (l lists) markets() lists {
	has := map[string]bool{"agency": true}
	for contract, group := range l.group {
		if l.qualifying[contract] {
			has[group] = true
		}
	}
	l.codes = maps.Clone(l.codes)
	l.codes["contract_group"] = slices.DeleteFunc(slices.Clone(l.codes["contract_group"]), func(g string) bool { return !has[g] })
	return l
}

// placed are the spells that count, with the territory of their workplace.
func (t *truth) placed() []spell {
	var out []spell
	for _, s := range t.spells {
		if s.counts() && t.list.home[s.workplace] != "" {
			out = append(out, s)
		}
	}
	return out
}

// event is one event of a spell on a day.
func (t *truth) event(s spell, on day, counts map[string]parts) unit {
	return unit{person: s.relationship, district: t.list.home[s.workplace], on: on, counts: counts,
		attributes: map[string]string{"contract_group": s.group, "sector": s.sector, "occupation": s.occupation}}
}

// flows: a start on the first day, an end on the last, a transformation on the
// first day on which a running spell became open-ended.
func (t *truth) flows() []unit {
	var out []unit
	for _, s := range t.placed() {
		out = append(out, t.event(s, s.start, map[string]parts{"starts": {1, 0}, "balance": {1, 0}}))
		if s.end != nil {
			out = append(out, t.event(s, *s.end, map[string]parts{"ends": {1, 0}, "balance": {-1, 0}}))
		}
		if s.stabilised != nil && s.covers(*s.stabilised) {
			out = append(out, t.event(s, *s.stabilised, map[string]parts{"transformations": {1, 0}}))
		}
	}
	return out
}

// groupOn is the contract group on a day: open-ended once it became so.
func (s spell) groupOn(at day) string {
	if s.stabilised != nil && *s.stabilised <= at && s.covers(*s.stabilised) {
		return "open_ended"
	}
	return s.group
}

// running counts on the last day of each period what runs on it.
func (t *truth) running(g grid) map[cell]parts {
	out := map[cell]parts{}
	for _, period := range periods() {
		_, last := ends(period)
		for _, s := range t.placed() {
			if !s.covers(last) {
				continue
			}
			for _, geo := range t.list.above[t.list.home[s.workplace]] {
				for _, by := range []string{"", "contract_group=" + s.groupOn(last) + ";", "sector=" + s.sector + ";"} {
					at := cell{geo, period, by, "positions"}
					out[at] = parts{out[at].n + 1, 0}
				}
			}
		}
	}
	return out
}

// mix: each start among all, by its group.
func (t *truth) mix(groups []string) []unit {
	var out []unit
	for _, s := range t.placed() {
		counts := map[string]parts{}
		for _, g := range groups {
			counts[g] = yes(g == s.group)
		}
		out = append(out, t.event(s, s.start, counts))
	}
	return out
}

var durationNames = []string{"d1", "d2_7", "d8_30", "d31_90", "d91_180", "d181_365", "gt365"}

// durations: each ended spell by its days, the first and the last included.
func (t *truth) durations() []unit {
	var out []unit
	for _, s := range t.placed() {
		if s.end == nil {
			continue
		}
		class := "gt365"
		for i, most := range []day{1, 7, 30, 90, 180, 365} {
			if *s.end-s.start+1 <= most {
				class = durationNames[i]
				break
			}
		}
		counts := map[string]parts{}
		for _, name := range durationNames {
			counts[name] = yes(name == class)
		}
		out = append(out, t.event(s, *s.end, counts))
	}
	return out
}

func (t *truth) provisional(c cell) string {
	if _, last := ends(c.period); last > t.settled["placements"] {
		return "P,"
	}
	return ","
}

func TestTheLabourMarketIsThatOfTheWords(t *testing.T) {
	s := newStage(t, "umbria")
	market, tried := s.list.markets(), map[string]float64{}
	flows := tally{grid{market, []string{"contract_group", "sector", "occupation"}, []string{"starts", "ends", "transformations", "balance"}}, true}
	positions := tally{grid{market, []string{"contract_group", "sector"}, []string{"positions"}}, false}
	mix := grid{market, []string{"sector"}, market.codes["contract_group"]}
	durations := grid{market, []string{"contract_group"}, durationNames}
	for seed := range uint64(seeds) {
		w := newWorld(seed+400, s.list)
		w.parameters = []map[string]int{{}, {"end_rule": 0}, {"gap_days": 10}}[seed%3]
		s.play(w, "cubes.flows", "cubes.positions", "cubes.contract_mix", "cubes.contract_durations")
		known, where := know(w, market), fmt.Sprintf("seed %d, %v: ", seed, w.parameters)
		settled := known.settled["placements"]
		sums := flows.count(known.flows())
		s.hold(t, where, "flows", flows.lines(sums, settled), s.cube("cubes.flows", flows.breakdowns))
		s.hold(t, where, "positions", positions.lines(known.running(positions.grid), settled), s.cube("cubes.positions", positions.breakdowns))
		s.hold(t, where, "contract_mix", mix.rates(mix.sums(known.mix(mix.measures), everyone), known.provisional), s.cube("cubes.contract_mix", mix.breakdowns))
		s.hold(t, where, "contract_durations", durations.rates(durations.sums(known.durations(), everyone), known.provisional), s.cube("cubes.contract_durations", durations.breakdowns))
		for at, p := range sums {
			if strings.HasPrefix(at.geo, "ITI2") {
				tried[at.measure] += p.n
			}
		}
	}
	for _, m := range []string{"starts", "ends", "transformations"} {
		if tried[m] < 20 {
			t.Errorf("%v %s in the region: nothing was tried", tried[m], m)
		}
	}
}

// without leaves out the deliveries of a contract before a period.
func (w world) without(contract, before string) world {
	w.deliveries = slices.DeleteFunc(slices.Clone(w.deliveries), func(d delivery) bool { return d.contract == contract && d.period < before })
	return w
}

// A source that begins later leaves a gap in the periods that begin before it,
// which is no zero; counts of events have no cell there.
func TestPeriodsThatBeginBeforeASourceAreAGap(t *testing.T) {
	s := newStage(t, "umbria")
	begins := dayOf(2022, 7, 1)
	gapOr := func(say status) status {
		return func(c cell) string {
			if first, _ := ends(c.period); first < begins && say(c) != "O,no_rule" {
				return "O,source_gap"
			}
			return say(c)
		}
	}
	for contract, views := range map[string][]string{
		"agreements": {"out_employed", "lep_timely", "funnel"},
		"services":   {"lep_coverage", "funnel"},
		"placements": {"out_employed", "funnel", "flows"},
	} {
		w := newWorld(501, s.list).without(contract, "2022-Q3")
		var cubes []string
		for _, v := range views {
			cubes = append(cubes, "cubes."+v)
		}
		s.play(w, cubes...)
		known, where := know(w, s.list), contract+" from July 2022: "
		for _, v := range views {
			got := func(by []string) []string { return s.cube("cubes."+v, by) }
			switch v {
			case "out_employed":
				g, sums := known.rated(ratedViews[0])
				same(t, where+v, g.rates(sums, gapOr(known.outcomeStatus)), got(outcomeBreakdowns))
			case "lep_timely":
				g := grid{s.list, lepBreakdowns, timelyMeasures}
				same(t, where+v, g.rates(g.sums(known.registered(), firsts), gapOr(known.timelyStatus)), got(lepBreakdowns))
			case "lep_coverage":
				g, sums := known.coverage()
				gap := gapOr(known.coverageStatus)
				same(t, where+v, g.rates(sums, func(c cell) string {
					if c.measure == "did_profilazione" { // registrations alone tell of it
						return known.coverageStatus(c)
					}
					return gap(c)
				}), got(lepBreakdowns))
			case "funnel":
				g := grid{s.list, []string{"programme"}, stepNames}
				same(t, where+v, g.rates(g.sums(known.steps(), firsts), gapOr(known.stepStatus)), got(g.breakdowns))
			case "flows":
				shown := map[string]bool{}
				for _, line := range got([]string{"contract_group", "sector", "occupation"}) {
					shown[strings.Split(line, ",")[1]] = true
				}
				if shown["2022"] || shown["2022-06"] || shown["2022-Q2"] || !shown["2022-07"] || !shown["2022-Q3"] || !shown["2023"] {
					t.Errorf("%sflows of %v: want what begins with the source, and nothing before", where, slices.Sorted(maps.Keys(shown)))
				}
			}
		}
	}
}
