package oracle

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"osservatorio/queries"
)

// protected are the cubes that count persons or establishments: what their
// headers say is what they are held to here, no list of ours.
func (s *stage) protected() []queries.View {
	var out []queries.View
	for _, v := range s.plan.Cubes() {
		if v.Header.Protection != "open" {
			out = append(out, v)
		}
	}
	return out
}

// playAll builds all protected cubes under a world, and what else is named.
func (s *stage) playAll(w world, views ...string) {
	s.t.Helper()
	s.play(w, append(views, qualified(s.protected())...)...)
}

func qualified(views []queries.View) []string {
	var out []string
	for _, v := range views {
		out = append(out, v.Qualified())
	}
	return out
}

// keep remembers the cubes as they are.
func (s *stage) keep() {
	s.t.Helper()
	s.exec(`CREATE SCHEMA IF NOT EXISTS kept`)
	for _, v := range s.protected() {
		s.exec(`CREATE OR REPLACE TABLE kept.` + v.Name + ` AS FROM ` + v.Qualified())
	}
}

// unchanged holds the cubes under a world to those that were kept, row by row.
func (s *stage) unchanged(t *testing.T, what string, w world) {
	t.Helper()
	s.playAll(w, "marts.spells")
	for _, v := range s.protected() {
		rows := s.rows(`SELECT count(*) FROM ` + v.Qualified() + ` WHERE coalesce(denominator, value, 0) > 0`)
		if rows[0][0] == "0" && apart[v.Name] == "" {
			t.Errorf("%s: %s: nothing is counted: nothing was tried", what, v.Name)
		}
		came := s.lines(`SELECT CAST(v AS VARCHAR) FROM (FROM ` + v.Qualified() + ` EXCEPT ALL FROM kept.` + v.Name + ` LIMIT 5) v`)
		gone := s.lines(`SELECT CAST(v AS VARCHAR) FROM (FROM kept.` + v.Name + ` EXCEPT ALL FROM ` + v.Qualified() + ` LIMIT 5) v`)
		if len(came)+len(gone) > 0 {
			t.Errorf("%s: %s: came\n  %s\nand went\n  %s", what, v.Name, strings.Join(came, "\n  "), strings.Join(gone, "\n  "))
		}
	}
}

// with is the world and one more delivery of the last quarter, as a correction
// sent on its own would be.
func (w world) with(contract, sum string, rows ...row) world {
	w.deliveries = append(slices.Clone(w.deliveries), delivery{contract: contract, period: fmt.Sprintf("%d-Q4", lastYear),
		issued: (dayOf(2025, 6, 1) + day(len(w.deliveries))).String(), mode: "incremental", sum: sum, rows: rows})
	return w
}

// Deliveries come in another order, every row comes twice, all valid events are
// corrected and corrected back, and the events of one person come and are
// cancelled: each must change nothing, so all at once change nothing.
func TestResultsDoNotDependOnHowDataCame(t *testing.T) {
	s := newStage(t, "umbria")
	w := fullWorld(300, s.list)
	someone := mostEmployed(know(w, s.list))
	without, cancelled := w.cancel(someone)
	s.playAll(without)
	s.keep()

	again := thereAndBack(twice(without)).with("placements", "cancelled", cancelled...)
	again.deliveries = slices.Clone(again.deliveries)
	r := rand.New(rand.NewPCG(1, 2))
	r.Shuffle(len(again.deliveries), func(i, j int) {
		again.deliveries[i], again.deliveries[j] = again.deliveries[j], again.deliveries[i]
	})
	s.unchanged(t, "shuffled, twice, corrected and corrected back, cancelled", again)
	if n := s.rows(`SELECT count(*) FROM marts.spells WHERE person_id = '` + someone + `'`)[0][0]; n != "0" || len(cancelled) < 5 {
		t.Errorf("%s spells are left of a person with %d events, all cancelled", n, len(cancelled))
	}
}

// mostEmployed is who has most times of employment.
func mostEmployed(known *truth) string {
	out := ""
	for _, person := range slices.Sorted(maps.Keys(known.jobs)) {
		if out == "" || len(known.jobs[person]) > len(known.jobs[out]) {
			out = person
		}
	}
	return out
}

// cancel is the world without the events of a person, and those events
// cancelled.
func (w world) cancel(person string) (without world, cancelled []row) {
	for _, e := range current(w, "placements") {
		if e["person_id"] == person {
			e = maps.Clone(e)
			e["cancelled"], e["received_on"] = "true", "2099-12-31"
			cancelled = append(cancelled, e)
		}
	}
	without = w
	without.deliveries = nil
	for _, d := range w.deliveries {
		if d.contract == "placements" {
			d.rows = slices.DeleteFunc(slices.Clone(d.rows), func(r row) bool { return r["person_id"] == person })
		}
		without.deliveries = append(without.deliveries, d)
	}
	return without, cancelled
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

// newcomer is one person with one of everything: registered in Assisi on 10
// February 2023, called and received two days later, agreed on the 20th, trained
// from March to April by a measure and a course, supported, and at work once.
func (w world) newcomer(job string, lasts day) world {
	start := must(job)
	w = w.with("registrations", "her", row{"registration_id": "RX", "person_id": "PX", "registered_on": "2023-02-10", "sex": "F", "birth_year": "1990",
		"citizenship": "eu", "education": "high", "comune": "054001", "cpi": "x", "months_unemployed": "12", "profiling_scheme": "2022_3cl",
		"profiling_class": "2", "profiled_on": "2023-02-15", "updated_on": "2023-02-10"})
	w = w.with("agreements", "her agreement", row{"agreement_id": "AX", "person_id": "PX", "registration_id": "RX", "signed_on": "2023-02-20",
		"programme": "gol", "path": "2", "fragility_score": "60", "planned_leps": "accompagnamento", "updated_on": "2023-02-20"})
	w = w.with("convocations", "her call", row{"convocation_id": "CX", "person_id": "PX", "registration_id": "RX", "cpi": "x", "called_for": "2023-02-12",
		"outcome": "AI", "updated_on": "2023-02-12"})
	w = w.with("services", "her measure", row{"service_id": "SX", "beneficiary_kind": "person", "person_id": "PX", "registration_id": "RX", "lep": "accompagnamento",
		"measure": "lr14_formazione", "last_event": "10", "started_on": "2023-03-01", "ended_on": "2023-04-10", "provider_kind": "cpi", "provider": "x",
		"standard_cost_eur": "37.5", "updated_on": "2023-04-10"})
	w = w.with("benefits", "her support", row{"benefit_id": "BX", "person_id": "PX", "kind": "naspi", "started_on": "2023-03-01", "ended_on": "2023-12-30", "updated_on": "2023-03-01"})
	w = w.with("training", "her course", row{"enrolment_id": "TX", "person_id": "PX", "course": "x", "started_on": "2023-03-01", "ended_on": "2023-04-10",
		"status": "completed", "digital": "true", "programme": "gol", "updated_on": "2023-04-10"})
	return w.with("placements", "her job", row{"event_id": "EX", "relationship_id": "JX", "person_id": "PX", "employer_id": "FX", "event": "start",
		"event_on": start.String(), "planned_end_on": (start + lasts).String(), "contract": "A.02.00", "workplace_comune": "054001", "form": "UNILAV", "received_on": start.String()})
}

// apart are views of which each cell rests on the whole region, or on cells of
// another view, and why that is so.
var apart = map[string]string{
	"out_expected":        "what is expected follows the rates of all",
	"lep_centres_meeting": "it judges the cells of lep_coverage",
}

// moved are the cells of a view that are not as they were kept, with by how
// much: parts, or the value of a count.
func (s *stage) moved(v queries.View) map[cell]parts {
	s.t.Helper()
	keys := append([]string{"geo", "period", "measure"}, v.Header.Breakdowns...)
	less := func(column string) string { return fmt.Sprintf("coalesce(a.%[1]s, 0) - coalesce(b.%[1]s, 0)", column) }
	n, d := less("numerator"), less("denominator")
	if v.Header.Kind == "count" {
		n, d = less("value"), "0"
	}
	numbers := func(t string) string {
		return "row(" + t + ".numerator, " + t + ".denominator, " + t + ".value, " + t + ".low, " + t + ".high, " + t + ".obs_status, " + t + ".reason)"
	}
	out := map[cell]parts{}
	for _, r := range s.rows(fmt.Sprintf(`SELECT geo, period, %s, measure, %s, %s
		FROM %s a FULL JOIN kept.%s b USING (%s) WHERE %s IS DISTINCT FROM %s`, broken(v.Header.Breakdowns), n, d, v.Qualified(), v.Name,
		strings.Join(keys, ", "), numbers("a"), numbers("b"))) {
		var p parts
		fmt.Sscan(r[4], &p.n)
		fmt.Sscan(r[5], &p.d)
		out[cell{r[0], r[1], r[2], r[3]}] = p
	}
	return out
}

func TestOnePersonMoreIsOneMoreInHerCellsAlone(t *testing.T) {
	s := newStage(t, "umbria")
	w := fullWorld(302, s.list)
	s.playAll(w)
	s.keep()
	touched := map[string]int{}
	for _, story := range []struct {
		claim, job string
		lasts      day
		views      []string // all where none is named
	}{
		{"who finds work 90 days after the agreement", "2023-05-21", 99, nil},
		{"who is at work on the day of the agreement", "2023-02-01", 40, []string{"out_employed", "out_employed_inwork", "out_upgrade"}},
	} {
		held := s.protected()
		if story.views != nil {
			held = slices.DeleteFunc(held, func(v queries.View) bool { return !slices.Contains(story.views, v.Name) })
		}
		s.play(w.newcomer(story.job, story.lasts), qualified(held)...)
		for _, v := range held {
			touched[v.Name] += s.holdNewcomer(t, story.claim+": "+v.Name, v)
		}
	}
	for view, n := range touched {
		if n < 3 && view != "lep_centres_meeting" {
			t.Errorf("%s: she moves %d cells: nothing was tried", view, n)
		}
	}
}

// holdNewcomer holds what one person more did to a view: one at most in each
// part, the same in every territory that contains her, nothing elsewhere, and
// in each breakdown what is in its total.
func (s *stage) holdNewcomer(t *testing.T, what string, v queries.View) int {
	t.Helper()
	moved, hers := s.moved(v), s.list.above["UM-C02"]
	derived := map[string]bool{}
	for _, d := range v.Header.Derived {
		derived[d.Measure] = true
	}
	sums := map[cell]parts{} // by the names of the breakdowns alone
	for c, p := range moved {
		if apart[v.Name] != "" || strings.HasSuffix(c.measure, "_median") {
			continue
		}
		least := 0.0
		if derived[c.measure] {
			least = -1
		}
		if !slices.Contains(hers, c.geo) {
			t.Errorf("%s: %s: moved where she is not", what, c.line())
		}
		if p.n < least || p.n > 1 || p.d < 0 || p.d > 1 {
			t.Errorf("%s: %s: %+v more, want none or one", what, c.line(), p)
		}
		at := c
		at.breakdown = names(c.breakdown)
		sums[at] = parts{sums[at].n + p.n, sums[at].d + p.d}
		if c.breakdown == "" {
			for _, geo := range hers {
				if at.geo = geo; moved[at] != p {
					t.Errorf("%s: %s: %+v more, but %+v in %s", what, c.line(), p, moved[at], geo)
				}
			}
		}
	}
	for c, p := range sums {
		at := c
		at.breakdown = ""
		if moved[at] != p {
			t.Errorf("%s: %s,%s,%s: %+v more by %s, %+v in all", what, c.geo, c.period, c.measure, p, c.breakdown, moved[at])
		}
	}
	return len(moved)
}

// names are the breakdowns of a cell without their codes.
func names(breakdown string) string {
	var out []string
	for _, pair := range strings.Split(breakdown, ";") {
		name, _, _ := strings.Cut(pair, "=")
		out = append(out, name)
	}
	return strings.Join(out, ";")
}

func TestTerritoriesAreTheSumOfTheirDistricts(t *testing.T) {
	s := newStage(t, "emilia-romagna")
	s.playAll(fullWorld(303, s.list))
	s.exec(`CREATE TEMP TABLE within (district VARCHAR, geo VARCHAR)`)
	for _, district := range s.list.districts {
		for _, geo := range s.list.above[district][1:] {
			s.exec(`INSERT INTO within VALUES ('` + district + `', '` + geo + `')`)
		}
	}
	for _, v := range s.protected() {
		if v.Name == "lep_centres_meeting" {
			continue // above are territories in the place of LEP
		}
		s.holdSums(t, v)
	}
	if s.list.level["ER-A08"] != "ausl" {
		t.Error("no AUSL of several provinces: nothing was tried")
	}
}

// holdSums holds the parts of every territory, or the value of counts, to the
// sum over its districts, wherever all of them have one. Days and amounts of
// estimates do not add up, nor do those who came to a median.
func (s *stage) holdSums(t *testing.T, v queries.View) {
	t.Helper()
	what := map[bool]string{true: "value", false: "numerator, denominator"}[v.Header.Kind == "count"]
	key := strings.Join(append([]string{"period", "measure"}, v.Header.Breakdowns...), ", ")
	pick := func(of string) string {
		if v.Header.Kind == "count" {
			return "row(" + of + ".value)"
		}
		return "row(" + of + ".numerator, " + of + ".denominator)"
	}
	rows := s.rows(fmt.Sprintf(`WITH sums AS (
			SELECT w.geo, %[1]s, %[2]s FROM %[3]s c JOIN within w ON w.district = c.geo GROUP BY w.geo, %[1]s
		)
		SELECT geo, period, %[4]s, measure, CAST(%[5]s AS VARCHAR), CAST(%[6]s AS VARCHAR), %[5]s IS DISTINCT FROM %[6]s
		FROM %[3]s u JOIN sums d USING (geo, %[1]s)
		WHERE measure NOT LIKE '%%\_median' ESCAPE '\' AND coalesce(%[7]s) > 0`,
		key, summed(what), v.Qualified(), broken(v.Header.Breakdowns), pick("u"), pick("d"), prefixed("u", what)))
	for _, r := range rows {
		if r[6] == "true" {
			t.Errorf("%s: %s: %s, but its districts sum to %s", v.Name, strings.Join(r[:4], ","), r[4], r[5])
		}
	}
	if len(rows) < 5 {
		t.Errorf("%s: %d cells above zero: nothing was tried", v.Name, len(rows))
	}
}

func summed(columns string) string {
	var out []string
	for _, c := range strings.Split(columns, ", ") {
		out = append(out, fmt.Sprintf("CASE WHEN count(*) = count(%[1]s) THEN sum(%[1]s) END AS %[1]s", c))
	}
	return strings.Join(out, ", ")
}

func prefixed(table, columns string) string {
	var out []string
	for _, c := range strings.Split(columns, ", ") {
		out = append(out, table+"."+c)
	}
	return strings.Join(out, ", ")
}
