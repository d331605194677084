package oracle

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// parts are what a cell counts.
type parts struct{ n, d float64 }

// unit is one person (or event) of one period with what she counts for.
type unit struct {
	person, district string
	on               day
	attributes       map[string]string
	counts           map[string]parts // measure → what she adds
}

// cell is one territory, period, breakdown and measure: "geo,period,sex=F;,measure".
type cell struct{ geo, period, breakdown, measure string }

// grid asks for cells: territories × periods × breakdowns × measures.
type grid struct {
	list       lists
	breakdowns []string
	measures   []string
}

// periods are the quarters and years of all deliveries.
func periods() []string {
	var out []string
	for year := firstYear; year <= lastYear; year++ {
		out = append(out, fmt.Sprint(year))
		for q := 1; q <= 4; q++ {
			out = append(out, fmt.Sprintf("%d-Q%d", year, q))
		}
	}
	return out
}

// ofYear tells lines of cells of years.
func ofYear(line string) bool { return isYear(strings.Split(line, ",")[1]) }

func isYear(period string) bool { return len(period) == 4 }

// ends returns the first and the last day of a period.
func ends(period string) (first, last day) {
	year, _ := strconv.Atoi(period[:4])
	if isYear(period) {
		return dayOf(year, 1, 1), dayOf(year, 12, 31)
	}
	first = dayOf(year, int(period[len(period)-1]-'0')*3-2, 1)
	return first, nextQuarter(first) - 1
}

// asked tells whether a breakdown ("", one, "sex+age_band") is requested: at
// the finest level of territories quarters come without any, two at once only
// by year.
func asked(finest bool, period string, breakdown []string) bool {
	switch len(breakdown) {
	case 0:
		return true
	case 1:
		return !finest || isYear(period)
	}
	return isYear(period)
}

// kinds are the breakdowns of a view: none, each one, sex with age.
func (g grid) kinds() [][]string {
	out := [][]string{{}}
	for _, b := range g.breakdowns {
		out = append(out, []string{b})
	}
	if slices.Contains(g.breakdowns, "sex") && slices.Contains(g.breakdowns, "age_band") {
		out = append(out, []string{"age_band", "sex"})
	}
	return out
}

// values are all codes of a breakdown, written "sex=F".
func (g grid) values(kind []string) []string {
	out := []string{""}
	for _, b := range kind {
		var longer []string
		for _, before := range out {
			for _, code := range g.list.codes[b] {
				longer = append(longer, before+b+"="+code+";")
			}
		}
		out = longer
	}
	return out
}

// each calls do for every cell asked for.
func (g grid) each(do func(c cell, finest bool)) {
	for geo, level := range g.list.level {
		finest := level == g.list.finest
		for _, period := range periods() {
			for _, kind := range g.kinds() {
				if !asked(finest, period, kind) {
					continue
				}
				for _, value := range g.values(kind) {
					for _, m := range g.measures {
						do(cell{geo, period, value, m}, finest)
					}
				}
			}
		}
	}
}

// firsts keeps of each person and period the first unit: the units come in
// their order.
func firsts(units []unit, period func(day) string) map[string][]unit {
	out, seen := map[string][]unit{}, map[string]bool{}
	for _, u := range units {
		p := period(u.on)
		if !seen[u.person+" "+p] {
			seen[u.person+" "+p] = true
			out[p] = append(out[p], u)
		}
	}
	return out
}

// everyone keeps all units of a period.
func everyone(units []unit, period func(day) string) map[string][]unit {
	out := map[string][]unit{}
	for _, u := range units {
		out[period(u.on)] = append(out[period(u.on)], u)
	}
	return out
}

type choice func([]unit, func(day) string) map[string][]unit

// members sorts the units of quarters and years into their cells, measure
// left out.
func (g grid) members(units []unit, choose choice) map[cell][]unit {
	out := map[cell][]unit{}
	for _, period := range []func(day) string{quarterOf, yearOf} {
		for p, chosen := range choose(units, period) {
			for _, u := range chosen {
				for _, geo := range g.list.above[u.district] {
					for _, kind := range g.kinds() {
						value := ""
						for _, b := range kind {
							value += b + "=" + u.attributes[b] + ";"
						}
						c := cell{geo: geo, period: p, breakdown: value}
						out[c] = append(out[c], u)
					}
				}
			}
		}
	}
	return out
}

// sums counts the parts of all units in all cells.
func (g grid) sums(units []unit, choose choice) map[cell]parts {
	out := map[cell]parts{}
	for at, members := range g.members(units, choose) {
		for _, u := range members {
			for m, p := range u.counts {
				c := at
				c.measure = m
				out[c] = parts{out[c].n + p.n, out[c].d + p.d}
			}
		}
	}
	return out
}

// status is what a cell says of itself: "O,not_observable", "B,", ",".
type status func(c cell) string

// rates are the lines that a cube of rates must have.
func (g grid) rates(sums map[cell]parts, say status) []string {
	var out []string
	g.each(func(c cell, _ bool) {
		state, p := say(c), sums[c]
		numbers := fmt.Sprintf("%v,%v,,,", p.n, p.d)
		if strings.HasPrefix(state, "O") {
			numbers = ",,,,"
		}
		out = append(out, c.line()+","+numbers+","+state)
	})
	return out
}

// counts are the lines that a cube of counts must have.
func (g grid) counts(sums map[cell]parts, say status) []string {
	var out []string
	g.each(func(c cell, _ bool) {
		state, numbers := say(c), fmt.Sprintf(",,%v,,", sums[c].n)
		if strings.HasPrefix(state, "O") {
			numbers = ",,,,"
		}
		out = append(out, c.line()+","+numbers+","+state)
	})
	return out
}

// standing keeps of units that stand on the last days of quarters those that
// stand on the last day of the period.
func standing(units []unit, period func(day) string) map[string][]unit {
	out := map[string][]unit{}
	for _, u := range units {
		p := period(u.on)
		if _, last := ends(p); u.on == last {
			out[p] = append(out[p], u)
		}
	}
	return out
}

// toDate keeps in every period all units up to its last day.
func toDate(units []unit, period func(day) string) map[string][]unit {
	out := map[string][]unit{}
	for _, p := range periods() {
		_, last := ends(p)
		for _, u := range units {
			if isYear(p) == isYear(period(u.on)) && u.on <= last {
				out[p] = append(out[p], u)
			}
		}
	}
	return out
}

func (c cell) line() string {
	return strings.Join([]string{c.geo, c.period, c.breakdown, c.measure}, ",")
}

// cube reads a cube in the same words.
func (s *stage) cube(view string, breakdowns []string) []string {
	return s.lines(`SELECT geo, period, ` + broken(breakdowns) + `, measure, numerator, denominator,
		round(value, 6), round(low, 6), round(high, 6), obs_status, reason FROM ` + view)
}

// broken is the SQL of the breakdown of a cell: "age_band=25-34;sex=F;".
func broken(breakdowns []string) string {
	var kinds []string
	for _, b := range slices.Sorted(slices.Values(breakdowns)) {
		kinds = append(kinds, fmt.Sprintf("CASE WHEN %[1]s <> '_T' THEN '%[1]s=' || %[1]s || ';' ELSE '' END", b))
	}
	return "concat(" + strings.Join(append(kinds, "''"), ", ") + ")"
}

// told writes a number as the database does, rounded to six places.
func number(x float64) string { return fmt.Sprint(math.Round(x*1e6) / 1e6) }

// breaks marks the first period with the new profile; what is not yet known
// stays so.
func breaks(c cell, state string) string {
	first := c.period == "2022" || c.period == "2022-Q2" // 2022-05-09
	if state == "," && first && strings.HasPrefix(c.breakdown, "profile=") {
		return "B,"
	}
	return state
}

// observable says "O,not_observable" of periods whose last day and so many
// days more are beyond the last settled day.
func observable(settled day, days int, period string) string {
	if _, last := ends(period); last+day(days) > settled {
		return "O,not_observable"
	}
	return ","
}
