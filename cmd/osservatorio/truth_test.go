package main

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"osservatorio/ingest"
	"osservatorio/ingest/privacy"
	"osservatorio/ingest/synthetic"
	"osservatorio/queries"
	"osservatorio/queries/oracle/ways"
	"osservatorio/warehouse"
)

// The whole confidential side, from files to cubes, is held to two judges who
// have not read its SQL: the generator's own books, and a plain recomputation
// of two headline indicators from the rows that were loaded.

const truthPersons = 3000

func TestCubesEqualTheTruthOfGeneratedRegions(t *testing.T) {
	for _, seed := range []uint64{1, sharedSeed} {
		t.Run("seed "+strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			g := loadRegion(t, seed)
			g.held = seed == 1
			g.compare(t)
		})
	}
}

// compare holds a region to all its judges.
func (g *generated) compare(t *testing.T) {
	t.Run("every row is accounted for", g.compareLedger)
	t.Run("no check fails", g.runChecks)
	t.Run("rows that do not fit are counted", g.compareQuality)
	t.Run("figures are the observable ones", g.compareTruth)
	t.Run("timeliness is what plain Go makes of the rows", g.compareTimeliness)
	t.Run("outcomes are what plain Go makes of the rows", g.compareOutcomes)
}

// generated is a region invented, loaded and computed.
type generated struct {
	db    *warehouse.DB
	plan  queries.Plan
	truth synthetic.Truth
	tally ways.Tally // of figures that are those of the books
	held  bool       // the list of ways says how many
}

// sharedSeed makes the region that is held to the books and, published, to its
// own pages: it is invented once.
const sharedSeed = 7

var sharedRegion made[*generated]

func loadRegion(t *testing.T, seed uint64) *generated {
	t.Helper()
	geography, err := warehouse.GeographyFS("emilia-romagna")
	must(t, err)
	if seed != sharedSeed {
		return loadGeography(t, seed, "emilia-romagna", geography, warehouse.ReferenceFS())
	}
	g := sharedRegion.by(func() *generated {
		return inventGeography(t, seed, "emilia-romagna", geography, warehouse.ReferenceFS())
	})
	return &generated{db: g.db, plan: g.plan, truth: g.truth}
}

// loadGeography invents a region and forgets it after the test.
func loadGeography(t *testing.T, seed uint64, name string, geography, reference fs.FS) *generated {
	t.Helper()
	g := inventGeography(t, seed, name, geography, reference)
	t.Cleanup(func() { g.db.Close() })
	return g
}

// inventGeography invents, loads and computes a region of any geography, by some
// reference data.
func inventGeography(t *testing.T, seed uint64, name string, geography, reference fs.FS) *generated {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	summary, err := synthetic.Generate(ctx, synthetic.Options{
		Persons: truthPersons, Seed: seed, From: "2023-10", To: "2026-03", Dir: dir, BadShare: synthetic.DefaultBadShare,
		Reference: reference, Geography: geography, GeographyName: name,
	})
	must(t, err)
	truth, err := synthetic.ReadTruth(filepath.Join(dir, synthetic.TruthFile))
	must(t, err)
	db, err := warehouse.Open(ctx, warehouse.Options{})
	must(t, err)
	must(t, warehouse.LoadReference(ctx, db, reference, geography))
	key, err := privacy.NewKey(filepath.Join(t.TempDir(), "key"))
	must(t, err)
	_, err = ingest.Run(ctx, ingest.Options{
		DB: db, Sources: sourcesOf(summary), SourceDir: dir, KeepInbox: true, Key: &key, Temp: t.TempDir(),
		Now: func() time.Time { return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC) },
		Log: slog.New(slog.DiscardHandler),
	})
	must(t, err)
	return &generated{db: db, plan: compute(t, ctx, db), truth: truth}
}

func sourcesOf(s synthetic.Summary) []ingest.Source {
	names := map[string]bool{}
	for _, d := range s.Deliveries {
		names[d.Source] = true
	}
	var out []ingest.Source
	for _, name := range slices.Sorted(maps.Keys(names)) {
		out = append(out, ingest.Source{Name: name, Contract: name, Pattern: "{source}_{period}_{issued}.csv", Synthetic: true})
	}
	return out
}

func compute(t *testing.T, ctx context.Context, db *warehouse.DB) queries.Plan {
	t.Helper()
	views, err := queries.Views()
	must(t, err)
	plan, err := queries.NewPlan(ctx, db, views)
	must(t, err)
	must(t, queries.Apply(ctx, db, plan))
	return plan
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (g *generated) compareLedger(t *testing.T) {
	type count struct{ rows, quarantined, superseded int }
	got := map[string]count{}
	g.read(t, "SELECT file, rows, quarantined, superseded FROM ledger.deliveries", func(r record) {
		got[r["file"]] = count{r.number(t, "rows"), r.number(t, "quarantined"), r.number(t, "superseded")}
	})
	for _, d := range g.truth.Deliveries {
		want := count{rows: d.Rows, superseded: d.Superseded}
		for _, n := range d.Quarantined {
			want.quarantined += n
		}
		if got[d.File] != want {
			t.Errorf("%s: rows, quarantined, superseded: got %v, want %v", d.File, got[d.File], want)
		}
	}
}

func (g *generated) runChecks(t *testing.T) {
	failures, err := queries.Check(t.Context(), g.db, g.plan)
	must(t, err)
	for _, f := range failures {
		t.Error(f)
	}
}

// silent are measures that the books leave out, and why.
var silent = map[string]map[string]string{
	"flows":        {"balance": "starts less ends"},
	"lep_coverage": noRule,
}

// repeated are cubes that repeat figures of others: no generator has them.
var repeated = []string{"co_flows", "gol_employed", "gol_policies", "gol_taken_in_charge", "gol_targets", "labour_force"}

const withoutRule = "nobody is entitled: the LEP has no rule"

var noRule = map[string]string{
	"incentivi_autonomo": withoutRule, "mobilita": withoutRule, "conciliazione": withoutRule, "graduatorie_pa": withoutRule,
	"lsu": withoutRule, "collocamento_mirato_persona": withoutRule, "autoimpiego": withoutRule,
}

// cell is where one figure stands.
type cell struct{ view, geo, periodType, period, measure, breakdown, code string }

// figure is what stands there: numbers as the cube has them, or the reason for
// there being none.
type figure struct {
	numerator, denominator, value float64
	low, high                     float64 // 0 where there is no interval
	reason, status                string
}

// off is how far the numbers of a figure lie from those of another, at most.
func (f figure) off(o figure) float64 {
	return max(math.Abs(f.numerator-o.numerator), math.Abs(f.denominator-o.denominator), math.Abs(f.value-o.value), math.Abs(f.low-o.low), math.Abs(f.high-o.high))
}

func (f figure) empty() bool { return f == figure{status: f.status} }

// compareTruth holds every view to the books, both ways: what they have the
// cube has, and what they leave out is nothing there.
func (g *generated) compareTruth(t *testing.T) {
	byView := map[string][]synthetic.Indicator{}
	for _, i := range g.truth.Indicators {
		byView[i.View] = append(byView[i.View], i)
	}
	for _, view := range slices.Sorted(maps.Keys(byView)) {
		t.Run(view, func(t *testing.T) {
			g.compareView(t, view, byView[view])
		})
	}
	for _, v := range g.plan.Cubes() {
		if byView[v.Name] == nil && !slices.Contains(repeated, v.Name) {
			t.Errorf("%s: the books do not have it, and nothing says why", v.Name)
		}
	}
	if !t.Failed() && g.held {
		if err := g.tally.Hold(filepath.Join("..", "..", "queries", "oracle", "testdata", "ways.csv"), ways.Truth, *update); err != nil {
			t.Error(err)
		}
	}
}

func (g *generated) compareView(t *testing.T, view string, books []synthetic.Indicator) {
	header, ok := g.plan.Find("cubes." + view)
	if !ok {
		t.Fatalf("no cube %s", view)
	}
	root, measures := "", map[string]bool{}
	for _, i := range books {
		measures[i.Measure] = true
		if i.Breakdown != "" {
			root = i.Geo
		}
	}
	cube := g.cube(t, view, root)
	faults := faults{t: t}
	above := g.matchBooks(&faults, header, cube, books)
	for at, got := range cube {
		switch {
		case got.value == 0 && strings.HasSuffix(at.measure, "_median"):
			// half of the persons did not come to it: the books are silent
		case !measures[at.measure] && silent[view][at.measure] == "":
			faults.add("%v: a measure that the books do not know", at)
		case measures[at.measure] && !got.empty():
			faults.add("%v: got %v, want nothing", at, got)
		}
	}
	faults.end()
	if few := map[string]int{"lep_centres_meeting": 1, "out_expected": 10, "operators_per_1000": 5, "provider_sites": 10, "funding_execution": 20}[view]; above < cmp.Or(few, 50) {
		t.Errorf("only %d figures above zero to compare", above)
	}
	t.Logf("%d figures above zero; life and archives differ by %s", above, archivesMiss(books))
}

// matchBooks takes the figures of the books out of a cube that has them, and
// counts those above zero.
func (g *generated) matchBooks(faults *faults, view queries.View, cube map[cell]figure, books []synthetic.Indicator) (above int) {
	kind, has := string(view.Header.Kind), map[string]bool{}
	for at := range cube {
		has[at.measure+" "+at.period], has[at.breakdown+" "+at.code] = true, true
	}
	for _, i := range books {
		if !broken(view.Header.Breakdowns, i.Breakdown) {
			continue
		}
		at := cell{i.View, i.Geo, i.PeriodType, i.Period, i.Measure, i.Breakdown, i.Category}
		got, asked := cube[at]
		delete(cube, at)
		if !asked && i.Reason == "" && slices.Max(i.Observable) == 0 {
			continue // a category that the view leaves out must be empty
		}
		if !asked && i.Reason != "" && (!has[i.Measure+" "+i.Period] || !has[i.Breakdown+" "+i.Category]) {
			continue // a view may leave out years that are not whole, and empty categories
		}
		want := wanted(kind, i)
		if !asked || !equal(kind, got, want) {
			faults.add("%v: got %v (a row: %v), want %v", at, got, asked, want)
			continue
		}
		some := want.reason == "" && want.numerator+want.value > 0
		if some {
			above++
		}
		g.tally.Equal(ways.Key{View: view.Name, Measure: at.measure}, some, got.off(want))
	}
	return above
}

// archivesMiss is by how much what happened differs from what the archives tell
// of it, over the totals of all territories and of all periods that are known.
func archivesMiss(books []synthetic.Indicator) string {
	off, all := 0, 0
	for _, i := range books {
		if i.Breakdown == "" && i.Reason == "" {
			off, all = off+max(i.Life[0]-i.Observable[0], i.Observable[0]-i.Life[0]), all+i.Life[0]
		}
	}
	return fmt.Sprintf("%d of %d", off, all)
}

// broken says whether a view has the columns of a breakdown of the books.
func broken(breakdowns []string, breakdown string) bool {
	switch breakdown {
	case "":
		return true
	case "sex_age_band":
		return slices.Contains(breakdowns, "sex") && slices.Contains(breakdowns, "age_band")
	}
	return slices.Contains(breakdowns, breakdown)
}

// faults reports the first twenty and counts the others.
type faults struct {
	t *testing.T
	n int
}

func (f *faults) add(format string, args ...any) {
	if f.n++; f.n <= 20 {
		f.t.Errorf(format, args...)
	}
}

func (f *faults) end() {
	if f.n > 20 {
		f.t.Errorf("and %d more", f.n-20)
	}
}

// wanted is what a cube must have of a figure of the books. Cubes of rates have
// the parts: what a rate is and its interval, publication computes.
func wanted(kind string, i synthetic.Indicator) figure {
	f := figure{reason: i.Reason, status: i.Status}
	if i.Reason != "" {
		f.status = "O"
	}
	switch len(i.Observable) {
	case 1:
		f.value = float64(i.Observable[0])
	case 2:
		if kind == "count" { // a ratio of what counts no persons is its value alone
			break
		}
		f.numerator, f.denominator = float64(i.Observable[0]), float64(i.Observable[1])
	}
	if kind == "rate" {
		return f
	}
	for _, n := range []struct {
		from *float64
		to   *float64
	}{{i.Value, &f.value}, {i.Low, &f.low}, {i.High, &f.high}} {
		if n.from != nil {
			*n.to = *n.from
		}
	}
	return f
}

// equal compares exactly, and estimates and their intervals within a billionth.
func equal(kind string, got, want figure) bool {
	if kind == "estimate" {
		got.value, got.low, got.high = near(got.value, want.value), near(got.low, want.low), near(got.high, want.high)
	}
	return got == want
}

// near is the number that is wanted, where the one that came is it but for a
// billionth.
func near(got, want float64) float64 {
	if math.Abs(got-want) <= 1e-9*max(1, math.Abs(want)) {
		return want
	}
	return got
}

// cube reads a cube: all totals, and by breakdown the given territory, all of
// them where none is named.
func (g *generated) cube(t *testing.T, view, broken string) map[cell]figure {
	t.Helper()
	header, ok := g.plan.Find("cubes." + view)
	if !ok {
		t.Fatalf("no cube %s", view)
	}
	query := "SELECT * FROM cubes." + view
	if broken != "" && len(header.Header.Breakdowns) > 0 {
		query += " WHERE geo = '" + broken + "' OR (" + strings.Join(header.Header.Breakdowns, " = '_T' AND ") + " = '_T')"
	}
	out := map[cell]figure{}
	g.read(t, query, func(r record) {
		at := cell{view: view, geo: r["geo"], periodType: r["period_type"], period: r["period"], measure: r["measure"]}
		for _, b := range header.Header.Breakdowns {
			if r[b] == "_T" {
				continue
			}
			switch {
			case at.breakdown == "":
				at.breakdown, at.code = b, r[b]
			case r["sex"] != "_T" && r["age_band"] != "_T" && at.breakdown != "sex_age_band":
				at.breakdown, at.code = "sex_age_band", r["sex"]+"|"+r["age_band"]
			default:
				t.Fatalf("%s: a cell of too many breakdowns: %v", view, r)
			}
		}
		if _, twice := out[at]; twice {
			t.Fatalf("%s: two rows for %v", view, at)
		}
		out[at] = figure{r.float(t, "numerator"), r.float(t, "denominator"), r.float(t, "value"), r.float(t, "low"), r.float(t, "high"), r["reason"], r["obs_status"]}
	})
	return out
}

// record is a row as text; NULL is "".
type record map[string]string

func (r record) number(t *testing.T, column string) int { return int(r.float(t, column)) }

func (r record) float(t *testing.T, column string) float64 {
	t.Helper()
	if r[column] == "" {
		return 0
	}
	f, err := strconv.ParseFloat(r[column], 64)
	must(t, err)
	return f
}

// day is a date as days since 1970; none is no date.
type day int

const none day = -1 << 30

func (r record) day(t *testing.T, column string) day {
	t.Helper()
	if r[column] == "" {
		return none
	}
	d, err := time.Parse(time.DateOnly, r[column])
	must(t, err)
	return day(d.Unix() / 86400)
}

func (d day) time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }
func (d day) quarter() string {
	return fmt.Sprintf("%d-Q%d", d.time().Year(), (int(d.time().Month())+2)/3)
}

func (g *generated) read(t *testing.T, query string, each func(record)) {
	t.Helper()
	rows, err := g.db.QueryContext(t.Context(), "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ("+query+")")
	must(t, err)
	defer rows.Close()
	names, err := rows.Columns()
	must(t, err)
	cells := make([]sql.NullString, len(names))
	into := make([]any, len(names))
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		must(t, rows.Scan(into...))
		r := record{}
		for i, name := range names {
			r[name] = cells[i].String
		}
		each(r)
	}
	must(t, rows.Err())
}

// latest reads the rows of a contract that count: of each key the last version
// by the supplier's date, then by date of issue, checksum and line.
func (g *generated) latest(t *testing.T, contract, key, stamp string) map[string]record {
	t.Helper()
	out := map[string]record{}
	newer := func(a, b record) bool {
		for _, column := range []string{stamp, "issued_at"} {
			if a[column] != b[column] {
				return a[column] > b[column]
			}
		}
		if a["sha256"] != b["sha256"] {
			return a["sha256"] > b["sha256"]
		}
		return a.number(t, "line") > b.number(t, "line")
	}
	g.read(t, "SELECT r.*, l.issued_at, l.sha256 FROM raw."+contract+" r JOIN ledger.deliveries l ON l.load_id = r.load_id JOIN ledger.current_loads c ON c.load_id = r.load_id", func(r record) {
		if old, known := out[r[key]]; !known || newer(r, old) {
			out[r[key]] = r
		}
	})
	return out
}

// oracle recomputes cubes in plain Go.
type oracle struct {
	t             *testing.T
	place         map[string]string   // comune → district
	centre        map[string]string   // job centre → district
	above         map[string][]string // district → territories that contain it
	registrations map[string]record
	agreements    map[string]record
	signed        map[string][]day // by person
	complete      day              // last complete day, of every source
	figures       map[cell]figure
	known         map[cell]bool // views, measures and breakdowns of the figures
}

func (g *generated) oracle(t *testing.T) *oracle {
	t.Helper()
	o := &oracle{t: t, place: map[string]string{}, centre: map[string]string{}, above: map[string][]string{}, signed: map[string][]day{}, figures: map[cell]figure{}}
	g.read(t, "FROM reference.comuni", func(r record) { o.place[r["comune"]] = r["geo"] })
	g.read(t, "FROM reference.cpi", func(r record) { o.centre[r["cpi"]] = r["geo"] })
	g.read(t, "FROM reference.geo_parent", func(r record) { o.above[r["code"]] = append(o.above[r["code"]], r["parent"]) })
	o.registrations = g.latest(t, "registrations", "registration_id", "updated_on")
	o.agreements = g.latest(t, "agreements", "agreement_id", "updated_on")
	for _, a := range o.agreements {
		o.signed[a["person_id"]] = append(o.signed[a["person_id"]], a.day(t, "signed_on"))
	}
	o.complete = record{"to": g.truth.Extraction["placements"]}.day(t, "to")
	return o
}

// attributes are the breakdowns of a registration for an event of that day.
func (o *oracle) attributes(r record, on day) map[string]string {
	age := on.time().Year() - r.number(o.t, "birth_year")
	band := "55+"
	for _, b := range []struct {
		under int
		code  string
	}{{25, "15-24"}, {35, "25-34"}, {45, "35-44"}, {55, "45-54"}} {
		if age < b.under {
			band = b.code
			break
		}
	}
	duration := "nd"
	if r["months_unemployed"] != "" {
		switch months := r.number(o.t, "months_unemployed"); {
		case months >= 12:
			duration = "ge12"
		case months >= 6:
			duration = "6_11"
		default:
			duration = "lt6"
		}
	}
	return map[string]string{"sex": r["sex"], "age_band": band, "citizenship": r["citizenship"], "education": r["education"], "duration": duration}
}

// add counts one unit in its district and, by each breakdown too, above it.
func (o *oracle) add(view, measure string, r record, on day, reached bool, attributes map[string]string) {
	district := cmp.Or(o.place[r["comune"]], o.centre[r["cpi"]], r["district"])
	at := cell{view: view, geo: district, periodType: "quarter", period: on.quarter(), measure: measure}
	o.count(at, reached)
	for _, geo := range o.above[district] {
		at.geo, at.breakdown, at.code = geo, "", ""
		o.count(at, reached)
		for b, code := range attributes {
			at.breakdown, at.code = b, code
			o.count(at, reached)
		}
	}
}

func (o *oracle) count(at cell, reached bool) {
	f := o.figures[at]
	f.denominator++
	if reached {
		f.numerator++
	}
	o.figures[at] = f
}

// recomputes says whether the oracle knows the measure and the breakdown.
func (o *oracle) recomputes(at cell) bool {
	if o.known == nil {
		o.known = map[cell]bool{}
		for f := range o.figures {
			o.known[cell{view: f.view, measure: f.measure, breakdown: f.breakdown}] = true
		}
	}
	return o.known[cell{view: at.view, measure: at.measure, breakdown: at.breakdown}]
}

// compare holds every quarter of a cube to the oracle: a cell it knows nothing of
// is empty, and one whose window is not over has no number.
func (o *oracle) compare(cube map[cell]figure, notOver func(cell) bool) {
	o.t.Helper()
	faults, above := 0, 0
	for at, got := range cube {
		if at.periodType != "quarter" || !o.recomputes(at) {
			continue
		}
		want := o.figures[at]
		if notOver(at) {
			want = figure{reason: "not_observable", status: "O"}
		}
		if want.numerator > 0 {
			above++
		}
		if got != want {
			if faults++; faults <= 10 {
				o.t.Errorf("%v: got %v, want %v", at, got, want)
			}
		}
	}
	if above < 100 {
		o.t.Errorf("only %d figures above zero to compare", above)
	}
}

// lastDay is the last day of a quarter such as 2025-Q3.
func lastDay(period string) day {
	var year, quarter int
	fmt.Sscanf(period, "%d-Q%d", &year, &quarter)
	return day(time.Date(year, time.Month(quarter*3+1), 0, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (g *generated) compareTimeliness(t *testing.T) {
	o := g.oracle(t)
	first := map[string]record{} // by person and quarter
	for id, r := range o.registrations {
		key := r["person_id"] + " " + r.day(t, "registered_on").quarter()
		f, known := first[key]
		if !known || r["registered_on"] < f["registered_on"] || (r["registered_on"] == f["registered_on"] && id < f["registration_id"]) {
			first[key] = r
		}
	}
	horizons := map[string]day{"30": 30, "60": 60, "90": 90}
	for _, r := range first {
		on := r.day(t, "registered_on")
		attributes := o.attributes(r, on)
		for name, n := range horizons {
			timely := slices.ContainsFunc(o.signed[r["person_id"]], func(d day) bool { return d >= on && d <= on+n })
			o.add("lep_timely", "timely_"+name, r, on, timely, attributes)
			closed := r.day(t, "closed_on")
			if r["close_reason"] == "employed" && closed != none && closed <= on+n && !timely {
				continue
			}
			o.add("lep_timely", "timely_"+name+"_atrisk", r, on, timely, attributes)
		}
	}
	o.compare(g.cube(t, "lep_timely", ""), func(at cell) bool {
		n := horizons[strings.Split(at.measure, "_")[1]]
		return lastDay(at.period)+n > o.complete-30
	})
}

// job is an interval of qualifying work, both days included.
type job struct{ from, to day }

func (j job) covers(d day) bool { return j.from <= d && (j.to == none || d <= j.to) }

// jobs makes intervals out of communications, as indicators.md tells it.
func (g *generated) jobs(t *testing.T, o *oracle) map[string][]job {
	t.Helper()
	events := g.latest(t, "placements", "event_id", "received_on")
	corrected := map[string]bool{}
	for id, e := range events {
		if e["corrects"] != "" && e["corrects"] != id {
			corrected[e["corrects"]] = true
		}
	}
	chains := map[string][]record{}
	for id, e := range events {
		if e["cancelled"] != "true" && !corrected[id] {
			chains[e["relationship_id"]] = append(chains[e["relationship_id"]], e)
		}
	}
	qualifying := map[string]bool{}
	g.read(t, "FROM reference.contracts", func(r record) { qualifying[r["code"]] = r["qualifying"] == "true" })
	born := map[string]int{}
	for _, r := range o.registrations {
		born[r["person_id"]] = r.number(t, "birth_year")
	}
	out := map[string][]job{}
	for _, chain := range chains {
		person, j, ok := o.chained(chain, qualifying, born)
		if ok {
			out[person] = append(out[person], j)
		}
	}
	return out
}

// stabilises are the transformations after which a job has no planned end.
var stabilises = map[string]bool{"DI": true, "AI": true, "FF": true, "FI": true, "II": true}

func (o *oracle) chained(chain []record, qualifying map[string]bool, born map[string]int) (person string, j job, ok bool) {
	urgentOnly := !slices.ContainsFunc(chain, func(e record) bool { return e["event"] == "start" && e["form"] == "UNILAV" })
	chain = slices.DeleteFunc(chain, func(e record) bool { return e["event"] == "start" && e["form"] == "UNIURG" && !urgentOnly })
	slices.SortFunc(chain, func(a, b record) int {
		return strings.Compare(a["event_on"]+a["received_on"]+a["event_id"], b["event_on"]+b["received_on"]+b["event_id"])
	})
	start := record(nil)
	planned, ceased := none, none
	for _, e := range chain {
		if e["event"] == "end" {
			ceased = e.day(o.t, "event_on")
			continue
		}
		if states := e["planned_end_on"] != ""; states || e["event"] != "transformation" || stabilises[e["transformation"]] {
			planned = e.day(o.t, "planned_end_on")
		}
		if e["event"] == "start" && (start == nil || e["event_on"] == start["event_on"] && e["event_id"] < start["event_id"]) {
			start = e
		}
	}
	if start == nil {
		return "", j, false
	}
	j = job{from: start.day(o.t, "event_on"), to: planned}
	if ceased != none {
		j.to = ceased
	}
	if j.to != none && j.to < j.from {
		return "", j, false
	}
	work := (qualifying[start["contract"]] || start["form"] == "UNISOMM") && !strings.HasPrefix(start["contract"], "C.")
	birth, known := born[start["person_id"]]
	stale := j.to == none && (j.from.time().Year() < 2008 || known && o.complete.time().Year()-birth > 70)
	return start["person_id"], j, work && !stale
}

func (g *generated) compareOutcomes(t *testing.T) {
	o := g.oracle(t)
	jobs := g.jobs(t, o)
	opening := map[string]record{} // by person and day
	for id, a := range o.agreements {
		on := a.day(t, "signed_on")
		if _, valid := o.registrations[a["registration_id"]]; !valid ||
			slices.ContainsFunc(o.signed[a["person_id"]], func(d day) bool { return d >= on-365 && d < on }) {
			continue
		}
		key := a["person_id"] + " " + a["signed_on"]
		if old, known := opening[key]; !known || id < old["agreement_id"] {
			opening[key] = a
		}
	}
	horizons := map[string]day{"employed_90": 90, "employed_180": 180, "employed_365": 365}
	for _, a := range opening {
		on := a.day(t, "signed_on")
		works := func(d day) bool {
			return slices.ContainsFunc(jobs[a["person_id"]], func(j job) bool { return j.covers(d) })
		}
		r := o.registrations[a["registration_id"]]
		attributes := o.attributes(r, on)
		attributes["path"] = a["path"]
		if a["path"] == "" {
			attributes["path"] = "none"
		}
		view := "out_employed"
		if works(on) {
			view = "out_employed_inwork"
		}
		for measure, n := range horizons {
			o.add(view, measure, r, on, works(on+n), attributes)
		}
	}
	for _, view := range []string{"out_employed", "out_employed_inwork"} {
		o.compare(g.cube(t, view, ""), func(at cell) bool { return lastDay(at.period)+horizons[at.measure] > o.complete-45 })
	}
}
