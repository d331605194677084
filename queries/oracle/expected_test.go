package oracle

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
)

// empty is a world of deliveries without rows.
func empty(list lists) world {
	w := newWorld(0, list)
	for i := range w.deliveries {
		w.deliveries[i].rows = nil
	}
	return w
}

// crowd draws a thousand agreements of which some strata are large, most are
// small, and one district has too few; who finds work depends on all of it.
func crowd(seed uint64, list lists) world {
	d := newDraw(seed, 17, list)
	for n := range 1000 {
		id := fmt.Sprintf("%04d", n)
		district := pick(d, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3)
		if d.chance(6) {
			district = 4
		}
		birth, path, class := pick(d, 2002, 1990, 1990, 1990, 1970, 1960), pick(d, "1", "1", "1", "2", ""), pick(d, "1", "1", "1", "2", "3", "")
		sex, scheme := pick(d, "F", "M"), pick(d, "2022_3cl", "2022_3cl", "2022_3cl", "2016_4cl")
		switch { // a stratum of each sex by itself, one of both together, one alone in its path, one of all ages
		case n < 420:
			birth, path, class, scheme = 1990, "1", "1", "2022_3cl"
		case n < 600:
			birth, path, class, scheme, sex = 1970, "1", "1", "2022_3cl", pick(d, "F", "F", "F", "M")
		case n < 640:
			path = "5"
		case n < 840:
			path, class, scheme = "2", "2", "2022_3cl"
		}
		signed := dayOf(2022, 1, 15) + day(d.IntN(500))
		r := row{"registration_id": "R" + id, "person_id": "P" + id, "registered_on": signed.String(), "sex": sex, "birth_year": fmt.Sprint(birth),
			"citizenship": "it", "education": "low", "cpi": "x", "district": list.districts[district], "updated_on": signed.String()}
		if class != "" {
			r["profiling_class"], r["profiling_scheme"] = class, scheme
		}
		d.add("registrations", r)
		d.add("agreements", row{"agreement_id": "A" + id, "person_id": "P" + id, "registration_id": "R" + id, "signed_on": signed.String(),
			"programme": "gol", "path": path, "updated_on": signed.String()})
		if d.chance(20 + 10*district + (birth-1960)/2) {
			begun := signed + day(pick(d, 1, 40, 180, 181))
			d.add("placements", row{"event_id": "E" + id, "relationship_id": "J" + id, "person_id": "P" + id, "employer_id": "F" + id, "event": "start",
				"event_on": begun.String(), "contract": "A.02.00", "planned_end_on": d.sometimes(50, (begun + day(pick(d, 100, 139, 140, 400))).String()),
				"workplace_comune": list.comuni[0], "form": "UNILAV", "received_on": begun.String()})
		}
	}
	w := empty(list)
	for _, contract := range []string{"registrations", "agreements", "placements"} {
		w = w.with(contract, contract, d.rows[contract]...)
	}
	return w
}

// strata say of each member in which stratum she is, once the small ones were
// joined: the sexes, then ages of a profile, then profiles of a scheme.
func strata(members []unit) []string {
	out := make([]string, len(members))
	of := func(i int, names ...string) string {
		var keys []string
		for _, name := range names {
			keys = append(keys, members[i].attributes[name])
		}
		return strings.Join(keys, "/")
	}
	for i := range members {
		out[i] = of(i, "path", "profile", "age_band", "sex")
	}
	join := func(small map[string]bool, into func(i int) string) {
		for i := range out {
			if small[out[i]] {
				out[i] = into(i)
			}
		}
	}
	sexes := map[string]bool{} // both, where one is small
	for key := range below(out) {
		pair := strings.TrimSuffix(strings.TrimSuffix(key, "/F"), "/M")
		sexes[pair+"/F"], sexes[pair+"/M"] = true, true
	}
	join(sexes, func(i int) string { return of(i, "path", "profile", "age_band") + "/both" })
	join(below(out), func(i int) string { return of(i, "path", "profile") + "/ages" })
	join(below(out), func(i int) string {
		scheme, _, _ := strings.Cut(members[i].attributes["profile"], "_")
		return of(i, "path") + "/" + scheme + "/profiles"
	})
	return out
}

// below are the strata of fewer than a hundred.
func below(strata []string) map[string]bool {
	sizes := map[string]int{}
	for _, s := range strata {
		sizes[s]++
	}
	out := map[string]bool{}
	for s, n := range sizes {
		if n < 100 {
			out[s] = true
		}
	}
	return out
}

// judged is a territory of a year: cohort, observed, expected.
type judged struct{ cohort, observed, expected float64 }

// judge gives every territory what it would have at the region's rates.
func (t *truth) judge(members []unit) map[string]judged {
	of := strata(members)
	sizes, placed := map[string]float64{}, map[string]float64{}
	for i, u := range members {
		sizes[of[i]]++
		placed[of[i]] += u.counts["employed_180"].n
	}
	out := map[string]judged{}
	for i, u := range members {
		for _, geo := range t.list.above[u.district] {
			j := out[geo]
			out[geo] = judged{j.cohort + 1, j.observed + u.counts["employed_180"].n, j.expected + placed[of[i]]/sizes[of[i]]}
		}
	}
	for geo, j := range out {
		j.expected = math.Round(j.expected*10) / 10
		out[geo] = j
	}
	return out
}

// dispersion is how much further territories lie from the expected than chance
// has it, 1 at least.
func (t *truth) dispersion(by map[string]judged) float64 {
	sum, n := 0.0, 0.0
	for _, d := range t.list.districts {
		if j := by[d]; j.cohort >= 100 {
			sum += (j.observed - j.expected) * (j.observed - j.expected) / j.expected
			n++
		}
	}
	if n == 0 {
		return 1
	}
	return max(1, sum/n)
}

// atMost is the chance of so many events or fewer where so many are expected.
func atMost(n int, expected float64) float64 {
	sum := 0.0
	for k := 0; k <= n; k++ {
		log, _ := math.Lgamma(float64(k + 1))
		sum += math.Exp(float64(k)*math.Log(expected) - expected - log)
	}
	return sum
}

// exact are the limits of a count after Garwood: those at which so many or
// more, and so many or fewer, come in 2.5 of 100 cases.
func exact(n int) (low, high float64) {
	root := func(chance func(mean float64) float64) float64 { // falls as the mean grows
		from, to := 1e-9, float64(n)+100
		for range 200 {
			if middle := (from + to) / 2; chance(middle) > .025 {
				from = middle
			} else {
				to = middle
			}
		}
		return from
	}
	if n > 0 {
		low = root(func(mean float64) float64 { return .05 - (1 - atMost(n-1, mean)) })
	}
	return low, root(func(mean float64) float64 { return atMost(n, mean) })
}

// expectations are the lines of out_expected of one year.
func (t *truth) expectations(year string, members []unit) []string {
	by := t.judge(members)
	phi := t.dispersion(by)
	var out []string
	for geo, level := range t.list.level {
		j := by[geo]
		line := func(measure, value string) {
			state := ""
			switch {
			case observable(t.settled["placements"], 180, year) != ",":
				out = append(out, geo+","+year+",,"+measure+",,,,,,O,not_observable")
				return
			case j.cohort == 0:
				value, state = ",,", "M"
			case j.cohort < 100:
				value, state = ",,", "U"
			}
			out = append(out, fmt.Sprintf("%s,%s,,%s,%v,%v,%s,%s,", geo, year, measure, j.observed, j.cohort, value, state))
		}
		low, high := exact(int(j.observed))
		percent := func(x float64) string { return fmt.Sprint(math.Round(1e6*x/j.expected) / 1e4) }
		line("ratio", percent(j.observed)+","+percent(low)+","+percent(high))
		line("expected", fmt.Sprint(j.expected)+",,")
		for name, z := range map[string]float64{"95": 1.959963984540054, "998": 3.090232306167813} {
			half := z * math.Sqrt(phi/j.expected)
			line("limit_"+name+"_low", fmt.Sprint(math.Round(1e6*max(0, 1-half))/1e4)+",,")
			line("limit_"+name+"_high", fmt.Sprint(math.Round(1e6*(1+half))/1e4)+",,")
		}
		if level == "region" {
			line("overdispersion", fmt.Sprint(math.Round(1e4*phi)/1e4)+",,")
		}
	}
	return out
}

func TestTheExpectedAreThoseOfTheWords(t *testing.T) {
	s := newStage(t, "umbria")
	for seed := range uint64(seeds) {
		w := crowd(seed, s.list)
		s.play(w, "cubes.out_expected")
		known := know(w, s.list)
		units := known.units(false, func(m member) map[string]parts { return employedAt(known, m) })
		byYear := firsts(units, yearOf)
		var lines []string
		for _, year := range years() {
			lines = append(lines, known.expectations(year, byYear[year])...)
		}
		s.hold(t, fmt.Sprintf("seed %d: ", seed), "out_expected", lines, s.lines(`SELECT geo, period, '', measure, numerator, denominator, round(value, 4), round(low, 4), round(high, 4),
			obs_status, reason FROM cubes.out_expected`))
		kinds := map[string]int{}
		for _, of := range strata(byYear["2022"]) {
			kinds[of[strings.LastIndex(of, "/")+1:]]++
		}
		if len(kinds) < 5 {
			t.Errorf("seed %d: strata of %v: want whole ones, and all that are joined", seed, slices.SortedFunc(maps.Keys(kinds), cmp.Compare[string]))
		}
	}
}

// reception draws cohorts of some forty in each district and two quarters, of
// whom each LEP reaches all, none, four of five to the head, or about so many.
func reception(seed uint64, list lists) world {
	d := newDraw(seed, 19, list)
	for q, from := range []day{dayOf(2022, 1, 1), dayOf(2022, 4, 1)} {
		for i, district := range list.districts {
			n := pick(d, 29, 30, 35, 40, 45)
			reached := map[string]int{}
			for _, lep := range []string{"did", "accoglienza", "orientamento_base", "patto_servizio"} {
				reached[lep] = max(0, pick(d, n, n, n, n-1, n-2, n-3, 0, 1, 3, n*4/5, n*4/5, n*4/5+1, n*4/5-1))
			}
			for p := range n {
				id, on := fmt.Sprintf("%d-%d-%02d", q, i, p), from+day(p)
				r := row{"registration_id": "R" + id, "person_id": "P" + id, "registered_on": on.String(), "sex": "F", "birth_year": "1990", "citizenship": "it",
					"education": "low", "cpi": "x", "district": district, "updated_on": on.String()}
				if p < reached["did"] {
					r["profiled_on"] = on.String()
				}
				d.add("registrations", r)
				for _, lep := range []string{"accoglienza", "orientamento_base", "patto_servizio"} {
					if p < reached[lep] {
						d.add("services", row{"service_id": d.id("S"), "beneficiary_kind": "person", "person_id": "P" + id, "registration_id": "R" + id, "lep": lep,
							"last_event": "10", "started_on": on.String(), "provider_kind": "cpi", "provider": "x", "updated_on": on.String()})
					}
				}
			}
		}
	}
	return empty(list).with("registrations", "r", d.rows["registrations"]...).with("services", "s", d.rows["services"]...)
}

// standards are the lines of lep_centres_meeting: LEP met among those that can
// be measured, and above, territories that meet all of theirs.
func (t *truth) standards(coverage map[cell]parts) []string {
	var out []string
	for _, period := range periods() {
		state, all := observable(t.settled["services"], 180, period), map[string]parts{}
		add := func(geo, measure string, p parts) {
			numbers := fmt.Sprintf("%v,%v,,,", p.n, p.d)
			if state != "," {
				numbers = ",,,,"
			}
			out = append(out, fmt.Sprintf("%s,%s,,%s,%s,%s", geo, period, measure, numbers, state))
		}
		for _, district := range t.list.districts {
			met := parts{}
			for _, lep := range t.list.leps {
				p := coverage[cell{district, period, "", lep}]
				if small := func(n float64) bool { return n == 1 || n == 2 }; p.d < 30 || small(p.n) || small(p.d-p.n) {
					continue
				}
				met = parts{met.n + yes(100*p.n >= 80*p.d).n, met.d + 1}
			}
			add(district, "lep_met", met)
			for _, geo := range t.list.above[district] {
				if met.d > 0 {
					all[geo] = parts{all[geo].n + yes(met.n == met.d).n, all[geo].d + 1}
				}
			}
		}
		for geo, level := range t.list.level {
			if level != t.list.finest {
				add(geo, "centres_all", all[geo])
			}
		}
	}
	return out
}

func TestTerritoriesThatMeetTheStandardAreThoseOfTheWords(t *testing.T) {
	s := newStage(t, "umbria")
	tried := map[string]bool{}
	for seed := range uint64(4) {
		w := reception(seed, s.list)
		s.play(w, "cubes.lep_centres_meeting")
		known := know(w, s.list)
		_, coverage := known.coverage()
		lines := known.standards(coverage)
		s.hold(t, fmt.Sprintf("seed %d: ", seed), "lep_centres_meeting", lines, s.cube("cubes.lep_centres_meeting", nil))
		for _, line := range lines {
			tried[line[strings.Index(line, ","):]] = true
		}
	}
	if len(tried) < 40 {
		t.Errorf("%d different cells: too few to try anything", len(tried))
	}
}
