package oracle

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"
)

// exits are the measures that were completed, the latest of a person first.
// Those who had another one on that day, or whose registration is not known,
// count for nothing.
func (t *truth) exits() []unit {
	var done []service
	for _, s := range t.served {
		if s.person != "" && s.measure != "" && s.event == "10" && s.ended != nil {
			done = append(done, s)
		}
	}
	slices.SortFunc(done, func(a, b service) int { return cmp.Or(cmp.Compare(*b.ended, *a.ended), cmp.Compare(a.id, b.id)) })
	var out []unit
	for _, s := range done {
		on := *s.ended
		of, known := t.registration(s.registration)
		another := slices.ContainsFunc(t.services, func(o service) bool {
			return o.person == s.person && o.id != s.id && o.measure != "" && o.started <= on && (o.ended == nil || *o.ended > on)
		})
		u := unit{person: s.person, district: of.district, on: on, attributes: attributes(of, on), counts: map[string]parts{}}
		u.attributes["measure_received"] = s.measure
		if known && !another {
			for _, n := range []day{180, 365} {
				u.counts[fmt.Sprintf("after_exit_%d", n)] = yes(t.employed(s.person, on+n))
			}
		}
		out = append(out, u)
	}
	return out
}

// takenIn are the first GOL agreements of all, with what makes vulnerable.
func (t *truth) takenIn() []unit {
	var events []entitled
	for _, a := range t.agreements {
		if a.programme != "gol" {
			continue
		}
		age, of := a.signed.date().Year()-a.of.birth, attributes(a.of, a.signed)
		conditions := map[string]bool{"women": a.of.sex == "F", "long_term": a.of.duration == "ge12", "disabled": a.of.disabled, "under_30": age < 30, "over_55": age >= 55}
		counts, any := map[string]parts{"taken_in_charge": one}, false
		for name, is := range conditions {
			counts[name], any = yes(is), any || is
		}
		counts["vulnerable"] = yes(any)
		of["path"] = a.path
		events = append(events, entitled{unit{a.person, a.of.district, a.signed, of, counts}, a.id})
	}
	return ever(ordered(events))
}

// ever keeps the first unit of each person.
func ever(units []unit) []unit {
	seen := map[string]bool{}
	return slices.DeleteFunc(units, func(u unit) bool {
		again := seen[u.person]
		seen[u.person] = true
		return again
	})
}

// trained are the first GOL courses that a person completed, all or those of
// digital skills, with her path and her home at their end.
func (t *truth) trained(w world, measure string, digital bool) []unit {
	var events []entitled
	for _, c := range courses(w) {
		if c.programme != "gol" || c.status != "completed" || c.end == nil || digital && !c.digital {
			continue
		}
		u := unit{person: c.person, on: *c.end, counts: map[string]parts{measure: one}, attributes: map[string]string{}}
		if home, known := t.home(c.person, *c.end); known {
			u.district, u.attributes = home.district, attributes(home, *c.end)
		}
		u.attributes["path"] = t.pathBy(c.person, *c.end, "gol")
		events = append(events, entitled{u, c.id})
	}
	return ever(ordered(events))
}

// pathBy is the path of the last agreement of a person by a day, of one
// programme where it is said. Agreements of a registration that is not known
// tell no path.
func (t *truth) pathBy(person string, by day, programme string) string {
	var last agreement
	for _, a := range t.agreements {
		if a.person == person && a.signed <= by && (programme == "" || a.programme == programme) && (last.id == "" || a.signed > last.signed || a.signed == last.signed && a.id > last.id) {
			last = a
		}
	}
	return cmp.Or(last.path, "none")
}

// studied are courses by the day they began, completed or not; after those
// completed by the day they ended.
func (t *truth) studied(w world) (begun, after []unit) {
	var first, second []entitled
	for _, c := range courses(w) {
		add := func(to *[]entitled, on day, measure string, reached bool) {
			home, known := t.home(c.person, on)
			if !known {
				return
			}
			of := attributes(home, on)
			of["programme"] = c.programme
			*to = append(*to, entitled{unit{c.person, home.district, on, of, map[string]parts{measure: yes(reached)}}, c.id})
		}
		add(&first, c.start, "training_completed", c.status == "completed")
		if c.status == "completed" && c.end != nil {
			add(&second, *c.end, "training_employed_180", t.employed(c.person, *c.end+180))
		}
	}
	return ordered(first), ordered(second)
}

var lawMeasures = []string{"lr14_formazione", "lr14_formazione_permanente", "lr14_tirocinio", "lr14_orientamento", "lr14_accompagnamento"}

// intercepted are the agreements of law 14 or with a score, and what follows
// in a year.
func (t *truth) intercepted() []unit {
	var out []entitled
	for _, a := range t.agreements {
		if a.programme != "lr14" && a.score < 0 {
			continue
		}
		counts := map[string]parts{"profiled": yes(a.score >= 0), "above_threshold": yes(a.score >= 50), "signed_team": yes(a.programme == "lr14" && a.team),
			"placed": yes(len(t.first(member{agreement: a}, 365)) > 0)}
		for _, m := range lawMeasures {
			counts["measure_"+m] = yes(slices.ContainsFunc(t.services, func(s service) bool {
				return s.person == a.person && s.measure == m && s.started >= a.signed && s.started <= a.signed+365
			}))
		}
		out = append(out, entitled{unit{a.person, a.of.district, a.signed, nil, counts}, a.id})
	}
	return ordered(out)
}

// deeds are the valid activities, where the person lives or the provider works.
func (t *truth) deeds(w world) []unit {
	var out []unit
	for _, s := range t.served {
		if s.valid() {
			out = append(out, unit{person: s.person, district: t.whereServed(w, s), on: s.started, attributes: map[string]string{"provider_kind": s.kind}, counts: map[string]parts{s.lep: one}})
		}
	}
	return out
}

func (t *truth) whereServed(w world, s service) string {
	if s.person == "" {
		return t.siteOf(w, s.provider, s.started)
	}
	of, known := t.registration(s.registration)
	if !known {
		of, _ = t.home(s.person, s.started)
	}
	return of.district
}

// siteOf is where a provider's lowest valid site lies.
func (t *truth) siteOf(w world, provider string, on day) string {
	var best row
	for _, d := range w.deliveries {
		for _, r := range d.rows {
			to, closes := parseDay(r["valid_to"])
			if d.contract == "providers" && r["provider"] == provider && must(r["valid_from"]) <= on && (!closes || to >= on) && (best == nil || r["site"] < best["site"]) {
				best = r
			}
		}
	}
	return t.list.home[best["comune"]]
}

func TestProgrammesStocksAndDemandAreThoseOfTheWords(t *testing.T) {
	s, tried := newStage(t, "umbria"), map[string]float64{}
	for seed := range uint64(seeds) {
		w := wideWorld(seed+900, s.list)
		s.play(w, "cubes.benefits_stock", "cubes.gol_stock", "cubes.demand", "cubes.tightness", "cubes.out_after_exit", "cubes.programme_gol",
			"cubes.programme_gol_vulnerable", "cubes.training_completion", "cubes.inclusion_lr14", "cubes.lep_activities")
		h := held{t, s, know(w, s.list), w, fmt.Sprintf("seed %d: ", seed), tried}
		h.stocks()
		h.demand()
		h.programme()
		h.training()
		h.exits()
		h.inclusion()
		h.activities()
	}
	for what, n := range tried {
		if n < 2 {
			t.Errorf("%s: %v in the region in all worlds: nothing was tried", what, n)
		}
	}
}

// held is a world against which cubes are held.
type held struct {
	t *testing.T
	*stage
	known *truth
	w     world
	where string
	tried map[string]float64 // by view and measure
}

// over says "O,not_observable" of what ends after a source has settled.
func (h held) over(source string, days int) status {
	return func(c cell) string { return observable(h.known.settled[source], days, c.period) }
}

// same holds the lines of a cube to those of the words, and notes what was
// counted of each measure in the region.
func (h held) same(view string, g grid, lines []string, sums map[cell]parts) {
	h.t.Helper()
	h.hold(h.t, h.where, view, lines, h.cube("cubes."+view, g.breakdowns))
	for _, m := range g.measures {
		for _, p := range periods() {
			h.tried[view+" "+m] += sums[cell{"ITI2", p, "", m}].n
		}
	}
}

func (h held) stocks() {
	g := grid{h.list, []string{"sex", "age_band"}, h.list.codes["benefit_kind"]}
	sums := g.sums(h.known.supported(h.w), standing)
	h.same("benefits_stock", g, g.counts(sums, h.over("benefits", 0)), sums)
	g = grid{h.list, []string{"path"}, []string{"employed_after_entry", "employed_before_entry"}}
	sums = g.sums(h.known.inProgramme(), standing)
	h.same("gol_stock", g, slices.DeleteFunc(g.rates(sums, h.over("placements", 0)), ofYear), sums)
}

func (h held) demand() {
	g, k := grid{h.list, []string{"occupation"}, []string{"vacancies", "starts", "seekers"}}, h.known
	sums := g.sums(slices.Concat(k.offered(h.w), k.begun()), everyone)
	for c, p := range g.sums(k.seekers(), standing) {
		sums[c] = p
	}
	late := k.until(map[string]string{"vacancies": "vacancies", "starts": "placements", "seekers": "placements"})
	h.same("demand", g, g.counts(sums, late), sums)
	g.measures = []string{"tightness"}
	h.hold(h.t, h.where, "tightness", k.tightnesses(g, sums), h.cube("cubes.tightness", g.breakdowns))
}

func (h held) programme() {
	names := []string{"taken_in_charge", "trained", "trained_digital"}
	g := grid{h.list, []string{"path", "sex", "age_band"}, slices.Clone(names)}
	taken := h.known.takenIn()
	units := slices.Concat(taken, h.known.trained(h.w, "trained", false), h.known.trained(h.w, "trained_digital", true))
	sums := g.sums(units, everyone)
	for c, p := range g.sums(units, toDate) {
		c.measure += "_total"
		sums[c] = p
	}
	for _, name := range names {
		g.measures = append(g.measures, name+"_total")
	}
	h.same("programme_gol", g, g.counts(sums, h.over("agreements", 0)), sums)
	g = grid{h.list, nil, []string{"women", "long_term", "disabled", "under_30", "over_55", "vulnerable"}}
	sums = g.sums(taken, everyone)
	h.same("programme_gol_vulnerable", g, g.rates(sums, h.over("agreements", 0)), sums)
}

func (h held) training() {
	list := h.list
	list.codes = maps.Clone(list.codes)
	list.codes["programme"] = slices.DeleteFunc(slices.Clone(list.codes["programme"]), func(code string) bool { return code == "none" })
	g := grid{list, []string{"sex", "age_band", "citizenship", "education", "programme"}, []string{"training_completed", "training_employed_180"}}
	begun, after := h.known.studied(h.w)
	sums := g.sums(begun, firsts)
	for c, p := range g.sums(after, firsts) {
		if p.d > 0 && c.measure == "training_employed_180" {
			sums[c] = p
		}
	}
	h.same("training_completion", g, g.rates(sums, func(c cell) string {
		if c.measure == "training_completed" {
			return observable(h.known.settled["training"], 365, c.period)
		}
		return observable(h.known.settled["placements"], 180, c.period)
	}), sums)
}

func (h held) exits() {
	g := grid{h.list, []string{"measure_received", "sex", "age_band"}, []string{"after_exit_180", "after_exit_365"}}
	sums := g.sums(h.known.exits(), firsts)
	h.same("out_after_exit", g, g.rates(sums, func(c cell) string {
		return observable(h.known.settled["placements"], after(c.measure), c.period)
	}), sums)
}

func (h held) inclusion() {
	g := grid{h.list, nil, []string{"profiled", "above_threshold", "signed_team", "placed"}}
	for _, m := range lawMeasures {
		g.measures = append(g.measures, "measure_"+m)
	}
	sums := g.sums(h.known.intercepted(), firsts)
	h.same("inclusion_lr14", g, g.rates(sums, func(c cell) string {
		switch c.measure {
		case "profiled", "above_threshold", "signed_team":
			return observable(h.known.settled["agreements"], 0, c.period)
		case "placed":
			return observable(h.known.settled["placements"], 365, c.period)
		}
		return observable(h.known.settled["services"], 365, c.period)
	}), sums)
}

func (h held) activities() {
	g := grid{h.list, []string{"provider_kind"}, slices.Concat(h.list.leps, h.list.forEmployers)}
	sums := g.sums(h.known.deeds(h.w), everyone)
	h.same("lep_activities", g, g.counts(sums, h.over("services", 0)), sums)
}
