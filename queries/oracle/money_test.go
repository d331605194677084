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

// costed are the valid activities with a standard cost, in euro. A person
// belongs for a whole year to the territory of her first one of the year; of
// several of that day to the first by code.
func (t *truth) costed(w world) []unit {
	var out []unit
	for _, s := range t.served {
		euro, err := strconv.ParseFloat(s.cost, 64)
		district := t.whereServed(w, s)
		if err != nil || !s.valid() || s.person == "" || district == "" {
			continue
		}
		out = append(out, unit{person: s.person, district: district, on: s.started, counts: map[string]parts{s.lep: {1, euro}},
			attributes: map[string]string{"path": t.pathBy(s.person, s.started, ""), "provider_kind": s.kind}})
	}
	slices.SortFunc(out, func(a, b unit) int { return cmp.Or(cmp.Compare(a.on, b.on), cmp.Compare(a.district, b.district)) })
	settled := map[string]string{}
	for i, u := range out {
		year := u.person + yearOf(u.on)
		if settled[year] == "" {
			settled[year] = u.district
		}
		out[i].district = settled[year]
	}
	return out
}

// spent are the lines of standard_costs: activities, persons, euro.
func (t *truth) spent(g grid, units []unit) []string {
	members := g.members(units, everyone)
	var out []string
	g.each(func(c cell, _ bool) {
		at, euro, activities, persons := c, 0.0, 0, map[string]bool{}
		at.measure = ""
		for _, u := range members[at] {
			if p, of := u.counts[c.measure]; of {
				euro += p.d
				activities++
				persons[u.person] = true
			}
		}
		state, numbers := observable(t.settled["services"], 0, c.period), ",,,,"
		if state == "," {
			numbers = fmt.Sprintf("%d,%d,%s,,", activities, len(persons), number(euro))
		}
		out = append(out, c.line()+","+numbers+","+state)
	})
	return out
}

// planned draws the plan of a year: centres that tell of a month or do not, in
// lines of posts, of works and of neither.
func (d *draw) planned(year int) []row {
	var out []row
	for _, cpi := range append(slices.Clone(d.list.centres), "NOWHERE") {
		for m := 1; m <= 12; m++ {
			for _, line := range d.list.codes["line"] {
				if year == lastYear && m == 9 || !d.chance(60) { // of one month nobody tells
					continue
				}
				r := row{"cpi": cpi, "month": fmt.Sprintf("%d-%02d", year, m), "plan_line": line, "programme": pick(d, "poc_spao", "pon_inclusione", "piano_straordinario", "pnrr")}
				if line == "staff" {
					r["assigned"], r["filled"] = fmt.Sprint(d.IntN(20)), fmt.Sprint(d.IntN(20))
				} else if d.chance(50) {
					r["planned_works"], r["completed_works"] = fmt.Sprint(d.IntN(9)), fmt.Sprint(d.IntN(9))
				}
				r["allocated_eur"], r["committed_eur"], r["paid_eur"] = d.sometimes(70, "100.1"), d.sometimes(50, "20.2"), d.sometimes(50, "0.05")
				if line == "training" && m != 6 { // of one month nobody tells who was trained
					r["staff_trained"] = d.sometimes(60, fmt.Sprint(d.IntN(30)))
				}
				out = append(out, r)
			}
		}
	}
	return out
}

// funds draws the money of a year: for districts, for the whole region.
func (d *draw) funds(year int) []row {
	var out []row
	for _, geo := range append(slices.Clone(d.list.districts), "ITI2", "ELSEWHERE") {
		for _, kind := range []string{"allocated", "committed", "paid"} {
			for _, fund := range []string{"A", "B"} {
				if d.chance(50) {
					out = append(out, row{"programme": pick(d, "poc_spao", "pnrr", "lr14"), "fund": fund, "year": fmt.Sprint(year), "district": geo, "kind": kind,
						"amount_eur": pick(d, "0", "1000.1", "2000.25", "33.33")})
				}
			}
		}
	}
	return out
}

// residents draws those of every comune and of a year, but of one year none.
func (d *draw) residents(year int) []row {
	var out []row
	for _, comune := range d.list.comuni {
		if year != firstYear+1 {
			out = append(out, row{"comune": comune, "year": fmt.Sprint(year), "sex": "F", "age_band": "25-34", "persons": fmt.Sprint(100 + d.IntN(900))})
		}
	}
	return out
}

// openCells calls do for every territory, the periods, and one breakdown at a
// time.
func (g grid) openCells(periods []string, do func(c cell)) {
	for geo := range g.list.level {
		for _, p := range periods {
			for _, kind := range g.kinds() {
				for _, value := range g.values(kind) {
					for _, m := range g.measures {
						do(cell{geo, p, value, m})
					}
				}
			}
		}
	}
}

// amount adds what the rows of a source say of a cell.
func (t *truth) amount(rows []row, c cell, place func(row) []string, fits func(row) bool, value func(row) string) float64 {
	sum := 0.0
	for _, r := range rows {
		if !fits(r) || !slices.Contains(place(r), c.geo) {
			continue
		}
		if x, err := strconv.ParseFloat(value(r), 64); err == nil {
			sum += x
		}
	}
	return sum
}

// rowsOf are all rows of a source.
func (w world) rowsOf(contract string) []row {
	var out []row
	for _, d := range w.deliveries {
		if d.contract == contract {
			out = append(out, d.rows...)
		}
	}
	return out
}

// lastMonth is the last month of a period.
func lastMonth(period string) string {
	_, last := ends(period)
	return monthOf(last)
}

var planned = map[string]string{"posts_assigned": "assigned", "posts_filled": "filled", "works_planned": "planned_works", "works_completed": "completed_works",
	"allocated_eur": "allocated_eur", "committed_eur": "committed_eur", "paid_eur": "paid_eur", "staff_trained": "staff_trained"}

func (h held) aboveCentre(r row) []string { return h.list.above[h.list.home[r["cpi"]]] }

func (h held) plan() {
	k, rows := h.known, h.w.rowsOf("centres")
	g := grid{h.list, []string{"line", "plan_programme"}, []string{"posts_assigned", "posts_filled", "posts_gap", "works_planned", "works_completed", "allocated_eur", "committed_eur", "paid_eur", "staff_trained"}}
	var shown []string
	for _, p := range periods() {
		if slices.ContainsFunc(rows, func(r row) bool { return r["month"] == lastMonth(p) && h.list.home[r["cpi"]] != "" }) {
			shown = append(shown, p)
		}
	}
	var lines []string
	g.openCells(shown, func(c cell) {
		month := lastMonth(c.period)
		if c.measure == "staff_trained" && !slices.ContainsFunc(rows, func(r row) bool {
			return r["month"] == month && h.list.home[r["cpi"]] != "" && r["staff_trained"] != ""
		}) {
			return // nobody records it
		}
		of := func(m string) float64 {
			return k.amount(rows, c, h.aboveCentre, func(r row) bool {
				return r["month"] == month && (c.breakdown == "" || c.breakdown == "line="+r["plan_line"]+";" || c.breakdown == "plan_programme="+r["programme"]+";")
			}, func(r row) string { return r[planned[m]] })
		}
		value := of(c.measure)
		if c.measure == "posts_gap" {
			value = of("posts_assigned") - of("posts_filled")
		}
		lines = append(lines, fmt.Sprintf("%s,,,%s,,,%s", c.line(), number(value), k.until(map[string]string{c.measure: "centres"})(c)))
	})
	h.hold(h.t, h.where, "strengthening", lines, h.cube("cubes.strengthening", g.breakdowns))
	h.operators(rows)
}

// operators are the lines of operators_per_1000: staff posts filled in
// December for a thousand registrations of the year.
func (h held) operators(rows []row) {
	k := h.known
	g := grid{h.list, nil, []string{"operators_per_1000"}}
	var lines []string
	g.openCells(years(), func(c cell) {
		posts := k.amount(rows, c, h.aboveCentre, func(r row) bool { return r["month"] == lastMonth(c.period) && r["plan_line"] == "staff" },
			func(r row) string { return r["filled"] })
		n := 0.0
		for _, r := range k.registrations {
			if yearOf(r.on) == c.period && slices.Contains(h.list.above[r.district], c.geo) {
				n++
			}
		}
		state, numbers := observable(k.settled["registrations"], 0, c.period), ",,,,"
		switch {
		case state != ",":
		case n == 0:
			state, numbers = "M,", fmt.Sprintf("%v,0,,,", posts)
		default:
			numbers = fmt.Sprintf("%v,%v,%s,,", posts, n, number(1000*posts/n))
		}
		lines = append(lines, c.line()+","+numbers+","+state)
	})
	h.hold(h.t, h.where, "operators_per_1000", lines, h.cube("cubes.operators_per_1000", nil))
}

func years() []string { return slices.DeleteFunc(periods(), func(p string) bool { return !isYear(p) }) }

// money are the lines of funding_execution; the whole of a region has what is
// its own and what is of all below.
func (h held) money() {
	k, rows := h.known, h.w.rowsOf("funding")
	g := grid{h.list, []string{"plan_programme"}, []string{"allocated", "committed", "paid", "committed_share", "paid_share"}}
	place := func(r row) []string {
		if h.list.above[r["district"]] != nil {
			return h.list.above[r["district"]]
		}
		return []string{r["district"]}
	}
	var lines []string
	g.openCells(years(), func(c cell) {
		of := func(kind string) float64 {
			return k.amount(rows, c, place, func(r row) bool {
				return r["year"] == c.period && r["kind"] == kind && (c.breakdown == "" || c.breakdown == "plan_programme="+r["programme"]+";")
			}, func(r row) string { return r["amount_eur"] })
		}
		state, value := k.until(map[string]string{c.measure: "centres"})(c), number(of(c.measure))
		if whole := of("allocated"); strings.HasSuffix(c.measure, "_share") {
			share := 100 * of(strings.TrimSuffix(c.measure, "_share")) / whole
			value = fmt.Sprint(math.Round(share*1e4) / 1e4) // shares are told to four places
			if whole == 0 {
				value, state = "", "M,"
			}
		}
		lines = append(lines, c.line()+",,,"+value+",,,"+state)
	})
	h.hold(h.t, h.where, "funding_execution", lines, h.cube("cubes.funding_execution", g.breakdowns))
}

// providers are the lines of provider_sites: sites valid on the last day, each
// once, and for 10,000 residents.
func (h held) providers() {
	g := grid{h.list, []string{"provider_kind"}, []string{"sites", "sites_per_10000"}}
	population := h.w.rowsOf("population")
	var lines []string
	g.openCells(years(), func(c cell) {
		_, last := ends(c.period)
		sites := map[string]bool{}
		for _, r := range h.w.rowsOf("providers") {
			to, closes := parseDay(r["valid_to"])
			if must(r["valid_from"]) <= last && (!closes || to >= last) && slices.Contains(h.list.above[h.list.home[r["comune"]]], c.geo) &&
				(c.breakdown == "" || c.breakdown == "provider_kind="+r["kind"]+";") {
				sites[r["provider"]+" "+r["site"]] = true
			}
		}
		n := h.known.amount(population, c, func(r row) []string { return h.list.above[h.list.home[r["comune"]]] }, func(r row) bool { return r["year"] == c.period },
			func(r row) string { return r["persons"] })
		state, value := ",", fmt.Sprint(len(sites))
		if c.measure == "sites_per_10000" {
			value = number(10000 * float64(len(sites)) / n)
			if n == 0 {
				state, value = "O,source_gap", ""
			}
		}
		lines = append(lines, c.line()+",,,"+value+",,,"+state)
	})
	h.hold(h.t, h.where, "provider_sites", lines, h.cube("cubes.provider_sites", g.breakdowns))
}

// fullWorld is wideWorld with the plan, the money and the residents of all years.
func fullWorld(seed uint64, list lists) world {
	w, d := wideWorld(seed, list), newDraw(seed, 13, list)
	for year := firstYear; year <= lastYear; year++ {
		w = w.yearly("centres", year, d.planned(year)).yearly("funding", year, d.funds(year)).yearly("population", year, d.residents(year))
	}
	return w
}

func TestCostsPostsAndFundsAreThoseOfTheWords(t *testing.T) {
	s := newStage(t, "umbria")
	for seed := range uint64(seeds) {
		w := fullWorld(seed+1000, s.list)
		s.play(w, "cubes.standard_costs", "cubes.strengthening", "cubes.operators_per_1000", "cubes.funding_execution", "cubes.provider_sites")
		h := held{t, s, know(w, s.list), w, fmt.Sprintf("seed %d: ", seed), nil}
		g := grid{s.list, []string{"path", "provider_kind"}, s.list.leps}
		s.hold(t, h.where, "standard_costs", h.known.spent(g, h.known.costed(w)), s.cube("cubes.standard_costs", g.breakdowns))
		h.plan()
		h.money()
		h.providers()
	}
}
