package oracle

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// shown are the cubes on which properties are tried.
var shown = []string{"cubes.out_employed", "cubes.out_stable", "cubes.out_days", "cubes.lep_coverage", "cubes.lep_timely", "cubes.lep_no_show"}

// results are all rows of the cubes and of the spells under a world.
func (s *stage) results(w world) []string {
	s.t.Helper()
	s.play(w, append([]string{"marts.spells"}, shown...)...)
	var out []string
	for _, view := range append([]string{"marts.spells"}, shown...) {
		out = append(out, s.lines(`SELECT '`+view+` ' || CAST(v AS VARCHAR) FROM `+view+` v`)...)
	}
	if len(out) < 1000 {
		s.t.Fatalf("%d rows: too few to try anything", len(out))
	}
	return out
}

// with is the world and one more delivery of the last quarter, as a correction
// sent on its own would be.
func (w world) with(contract, sum string, rows ...row) world {
	w.deliveries = append(slices.Clone(w.deliveries), delivery{contract: contract, period: fmt.Sprintf("%d-Q4", lastYear),
		issued: (dayOf(2025, 6, 1) + day(len(w.deliveries))).String(), mode: "incremental", sum: sum, rows: rows})
	return w
}

func TestResultsDoNotDependOnHowDataCame(t *testing.T) {
	s := newStage(t, "umbria")
	w := newWorld(300, s.list)
	before := s.results(w)

	shuffled := w
	shuffled.deliveries = slices.Clone(w.deliveries)
	r := rand.New(rand.NewPCG(1, 2))
	r.Shuffle(len(shuffled.deliveries), func(i, j int) {
		shuffled.deliveries[i], shuffled.deliveries[j] = shuffled.deliveries[j], shuffled.deliveries[i]
	})
	same(t, "deliveries in another order", before, s.results(shuffled))

	same(t, "every row delivered twice", before, s.results(twice(w)))

	same(t, "events corrected and corrected back", before, s.results(thereAndBack(w)))
}

// twice sends the content of every delivery that counts a second time.
func twice(w world) world {
	out := w
	for _, d := range w.deliveries {
		again := slices.ContainsFunc(w.deliveries, func(o delivery) bool {
			return o.contract == d.contract && o.period == d.period && o.issued > d.issued
		})
		if !again && len(d.rows) > 0 {
			out = out.with(d.contract, d.sum+" again", d.rows...)
		}
	}
	return out
}

// thereAndBack corrects every valid event to something else and back. The new
// ids sort right after the old one, so that no tie is decided otherwise.
func thereAndBack(w world) world {
	valid := map[string]bool{}
	for _, e := range validEvents(w) {
		valid[e.id] = true
	}
	var more []row
	for _, e := range current(w, "placements") {
		if !valid[e["event_id"]] {
			continue
		}
		wrong, right := maps.Clone(e), maps.Clone(e)
		wrong["event_id"], wrong["corrects"] = e["event_id"]+"~1", e["event_id"]
		wrong["event_on"], wrong["contract"], wrong["planned_end_on"] = "2023-07-01", "C.01.00", ""
		right["event_id"], right["corrects"] = e["event_id"]+"~2", e["event_id"]+"~1"
		more = append(more, wrong, right)
	}
	return w.with("placements", "there and back", more...)
}

func TestAPersonAllOfWhoseEventsAreCancelledNeverWorked(t *testing.T) {
	s := newStage(t, "umbria")
	w := newWorld(301, s.list)
	s.play(w, "marts.employment")
	someone := s.rows(`SELECT person_id FROM marts.employment GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1`)[0][0]

	var cancelled []row
	for _, e := range current(w, "placements") {
		if e["person_id"] == someone {
			e = maps.Clone(e)
			e["cancelled"], e["received_on"] = "true", "2099-12-31"
			cancelled = append(cancelled, e)
		}
	}
	after := s.results(w.with("placements", "cancelled", cancelled...))
	if n := s.rows(`SELECT count(*) FROM marts.spells WHERE person_id = '` + someone + `'`)[0][0]; n != "0" {
		t.Errorf("%s spells are left of a person without a valid event", n)
	}
	without := w
	without.deliveries = nil
	for _, d := range w.deliveries {
		if d.contract == "placements" {
			d.rows = slices.DeleteFunc(slices.Clone(d.rows), func(r row) bool { return r["person_id"] == someone })
		}
		without.deliveries = append(without.deliveries, d)
	}
	same(t, "all events of a person cancelled, or never told", s.results(without), after)
}

// counted reads the parts of a cube that are known.
func (s *stage) counted(view string, breakdowns []string) map[cell]parts {
	s.t.Helper()
	out := map[cell]parts{}
	for _, l := range s.cube(view, breakdowns) {
		cells := strings.Split(l, ",")
		n, err := strconv.ParseFloat(cells[4], 64)
		if err != nil {
			continue
		}
		d, err := strconv.ParseFloat(cells[5], 64)
		if err != nil {
			s.t.Fatalf("%s: %s: a numerator without denominator", view, l)
		}
		out[cell{cells[0], cells[1], cells[2], cells[3]}] = parts{n, d}
	}
	return out
}

func TestOnePersonMoreIsOneMoreInHerCellsAlone(t *testing.T) {
	s := newStage(t, "umbria")
	w := newWorld(302, s.list)
	s.play(w, "cubes.out_employed", "cubes.lep_coverage")
	outcomes, coverage := s.counted("cubes.out_employed", outcomeBreakdowns), s.counted("cubes.lep_coverage", lepBreakdowns)

	// Registered in Assisi on 10 February 2023, received two days later, agreed
	// on the 20th, at work from the 90th day after for a hundred days.
	w = w.with("registrations", "she", row{"registration_id": "RX", "person_id": "PX", "registered_on": "2023-02-10", "sex": "F", "birth_year": "1990",
		"citizenship": "eu", "education": "high", "comune": "054001", "cpi": "x", "months_unemployed": "7", "profiling_scheme": "2022_3cl",
		"profiling_class": "2", "updated_on": "2023-02-10"})
	w = w.with("agreements", "her agreement", row{"agreement_id": "AX", "person_id": "PX", "registration_id": "RX", "signed_on": "2023-02-20",
		"programme": "gol", "path": "2", "updated_on": "2023-02-20"})
	w = w.with("services", "her reception", row{"service_id": "SX", "beneficiary_kind": "person", "person_id": "PX", "registration_id": "RX", "lep": "accoglienza",
		"last_event": "10", "started_on": "2023-02-12", "provider_kind": "cpi", "provider": "x", "updated_on": "2023-02-12"})
	w = w.with("placements", "her job", row{"event_id": "EX", "relationship_id": "JX", "person_id": "PX", "employer_id": "FX", "event": "start",
		"event_on": "2023-05-21", "planned_end_on": "2023-08-28", "contract": "A.02.00", "workplace_comune": "054001", "form": "UNILAV", "received_on": "2023-05-21"})
	s.play(w, "cubes.out_employed", "cubes.lep_coverage")

	of := map[string]string{"sex": "F", "age_band": "25-34", "citizenship": "eu", "education": "high", "duration": "6_11", "profile": "2022_2", "path": "2", "programme": "gol"}
	job := unit{"PX", "UM-C02", must("2023-02-20"), of, map[string]parts{"employed_30": {0, 1}, "employed_90": {1, 1}, "employed_180": {1, 1}, "employed_365": {0, 1}, "employed_730": {0, 1}}}
	leps := unit{"PX", "UM-C02", must("2023-02-10"), of, map[string]parts{"accoglienza": {1, 1}, "did_profilazione": {0, 1}, "orientamento_base": {0, 1}, "patto_servizio": {0, 1}}}
	adds(t, "out_employed", outcomes, s.counted("cubes.out_employed", outcomeBreakdowns), grid{s.list, outcomeBreakdowns, nil}.sums([]unit{job}, firsts))
	adds(t, "lep_coverage", coverage, s.counted("cubes.lep_coverage", lepBreakdowns), grid{s.list, lepBreakdowns, nil}.sums([]unit{leps}, firsts))
}

// adds holds a cube to what it was and what is told to come on top of it, in
// all cells that are asked for and observable.
func adds(t *testing.T, what string, before, after map[cell]parts, more map[cell]parts) {
	t.Helper()
	moved := 0
	for c, p := range after {
		b, m := before[c], more[c]
		if m.d > 0 {
			moved++
		}
		if want := (parts{b.n + m.n, b.d + m.d}); p != want {
			t.Errorf("%s: %s: %v of %v, want %v of %v", what, c.line(), p.n, p.d, want.n, want.d)
		}
	}
	if moved < 20 || len(before) != len(after) {
		t.Errorf("%s: she counts in %d cells, cells known %d before and %d after: expected more than 20, and no cell to come or go", what, moved, len(before), len(after))
	}
}

func TestTerritoriesAreTheSumOfTheirDistricts(t *testing.T) {
	s := newStage(t, "emilia-romagna")
	s.play(newWorld(303, s.list), "cubes.out_employed", "cubes.lep_coverage")
	for view, breakdowns := range map[string][]string{"cubes.out_employed": outcomeBreakdowns, "cubes.lep_coverage": lepBreakdowns} {
		counted, tried := s.counted(view, breakdowns), 0.0
		sums := map[cell]parts{}
		for c, p := range counted {
			for _, geo := range s.list.above[c.geo] { // of districts only
				at := c
				at.geo = geo
				sums[at] = parts{sums[at].n + p.n, sums[at].d + p.d}
			}
		}
		for c, sum := range sums {
			tried += sum.n
			if p := counted[c]; p != sum {
				t.Errorf("%s: %s: %v of %v, but its districts sum to %v of %v", view, c.line(), p.n, p.d, sum.n, sum.d)
			}
		}
		if tried < 100 || s.list.level["ER-A08"] != "ausl" {
			t.Errorf("%s: nothing was tried", view)
		}
	}
}
