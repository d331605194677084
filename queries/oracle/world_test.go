package oracle

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// row is one raw row, "" where a cell is NULL.
type row map[string]string

// delivery is one accepted delivery with its rows in the order of their lines.
type delivery struct {
	contract, period, issued, mode, sum string
	rows                                []row
}

// world is what came: deliveries in the order of their arrival, and the
// options under which they are read.
type world struct {
	deliveries []delivery
	parameters map[string]int
}

const (
	persons   = 60
	firstYear = 2022
	lastYear  = 2024
)

// keys are the primary keys of the contracts, latest the column that tells
// which of two versions is the later.
var (
	keys = map[string]string{"registrations": "registration_id", "agreements": "agreement_id", "services": "service_id", "placements": "event_id", "convocations": "convocation_id",
		"benefits": "benefit_id", "training": "enrolment_id", "vacancies": "vacancy_id", "observations": "label_as_published"}
	latest = map[string]string{"registrations": "updated_on", "agreements": "updated_on", "services": "updated_on", "placements": "received_on", "convocations": "updated_on",
		"benefits": "updated_on", "training": "updated_on", "vacancies": "updated_on", "observations": "reference_date"}
)

// contracts in a fixed order: a map would make the random numbers differ from
// run to run.
var contracts = []string{"agreements", "convocations", "placements", "registrations", "services"}

// draw makes worlds: everything follows from its seed.
type draw struct {
	*rand.Rand
	list    lists
	rows    map[string][]row
	numbers map[string]int
	jobs    map[string][]span // person → employment, where what is drawn looks at it
}

// steps are the distances at which rules change their mind.
var steps = []int{-730, -366, -365, -364, -90, -31, -1, 0, 0, 0, 1, 2, 15, 29, 30, 31, 59, 60, 61, 89, 90, 91, 119, 120, 121, 179, 180, 181, 364, 365, 366, 729, 730, 731}

func pick[T any](d *draw, of ...T) T { return of[d.IntN(len(of))] }

func (d *draw) chance(percent int) bool { return d.IntN(100) < percent }

// sometimes returns the text in so many percent of cases, else "".
func (d *draw) sometimes(percent int, text string) string {
	if d.chance(percent) {
		return text
	}
	return ""
}

func (d *draw) id(letter string) string {
	d.numbers[letter]++
	return fmt.Sprintf("%s%05d", letter, d.numbers[letter])
}

func (d *draw) add(contract string, r row) row {
	d.rows[contract] = append(d.rows[contract], r)
	return r
}

// newWorld draws sixty lives and the deliveries that tell them.
func newWorld(seed uint64, list lists) world {
	d := newDraw(seed, 7, list)
	for range persons {
		d.life()
	}
	return d.world(contracts)
}

func newDraw(seed, stream uint64, list lists) *draw {
	return &draw{Rand: rand.New(rand.NewPCG(seed, stream)), list: list, rows: map[string][]row{}, numbers: map[string]int{}}
}

// world delivers what was drawn of some contracts.
func (d *draw) world(contracts []string) world {
	w := world{parameters: map[string]int{}}
	for _, contract := range contracts {
		w.deliveries = append(w.deliveries, d.deliver(contract)...)
	}
	return w
}

func (d *draw) life() {
	person := d.id("P")
	first := dayOf(firstYear, 1, 1) + day(d.IntN(1000))
	birth := pick(d, 1947, 1949, 1951, 1953, 1954, 1960, 1967, 1968, 1969, 1980, 1988, 1998, 2000, 2006)
	sex, citizenship := pick(d, "F", "M"), pick(d, "it", "it", "eu", "non_eu")
	anchors := []day{first}
	for range 1 + d.IntN(3) {
		on := max(first, first+day(pick(d, 0, 0, 20, 90, 365, 400)))
		r := d.registration(person, on)
		r["sex"], r["citizenship"], r["birth_year"] = sex, citizenship, fmt.Sprint(birth)
		for range d.IntN(3) {
			anchors = append(anchors, d.agreement(person, r["registration_id"], on))
		}
		for range d.IntN(3) {
			d.convocation(person, r["registration_id"], on)
		}
	}
	for range 4 + d.IntN(12) {
		d.service(person, pick(d, anchors...))
	}
	for range d.IntN(8) {
		d.job(person, pick(d, anchors...))
	}
}

func (d *draw) registration(person string, on day) row {
	r := row{"registration_id": d.id("R"), "person_id": person, "registered_on": on.String(),
		"education": pick(d, "low", "medium", "high"), "cpi": pick(d, d.list.centres...),
		"months_unemployed": pick(d, "", "0", "5", "6", "11", "12", "13"), "disability": pick(d, "", "true", "false"),
		"profiled_on": d.sometimes(70, (on + day(max(0, pick(d, steps...)))).String()), "updated_on": (on + day(d.IntN(40))).String()}
	r["profiling_scheme"] = pick(d, "2016_4cl", "2022_3cl", "")
	if r["profiling_scheme"] != "" {
		r["profiling_class"] = pick(d, "1", "2", "3")
	}
	if d.chance(50) {
		r["closed_on"] = (on + day(max(0, pick(d, steps...)))).String()
		r["close_reason"] = pick(d, "employed", "employed", "expired", "retirement", "moved_out", "death")
	}
	switch d.IntN(10) {
	case 0:
		r["comune"] = "999999" // out of the territory: the centre tells where
	case 1:
		r["cpi"], r["district"] = "UNKNOWN", pick(d, d.list.districts...)
	default:
		r["comune"] = pick(d, d.list.comuni...)
	}
	return d.add("registrations", r)
}

func (d *draw) agreement(person, registration string, on day) day {
	signed := on + day(max(0, pick(d, steps...)))
	a := row{"agreement_id": d.id("A"), "person_id": person, "registration_id": registration, "signed_on": signed.String(),
		"programme": pick(d, "ordinary", "gol", "lr14", "l68"), "path": pick(d, "", "1", "2", "5"),
		"assessed_on":     d.sometimes(50, (on + day(pick(d, steps...))).String()),
		"fragility_score": pick(d, "", "0", "49.9", "50", "80"), "updated_on": (signed + day(d.IntN(30))).String(),
		"planned_leps": pick(d, "", "accompagnamento", "orientamento_specialistico|accompagnamento|ido_persona", "avviamento_formazione|tirocinio_attivazione|mobilita")}
	if d.chance(6) {
		a["registration_id"] = "NOBODY"
	}
	d.add("agreements", a)
	if lep := pick(d, strings.Split(a["planned_leps"], "|")...); lep != "" && d.chance(60) {
		d.keep(d.service(person, signed), lep, signed)
	}
	return signed
}

// keep makes a service one that was planned, where its window opens or closes.
func (d *draw) keep(s row, lep string, from day) {
	window := day(d.list.window[lep])
	s["lep"], s["last_event"] = lep, pick(d, "02", "10")
	s["started_on"] = (from + pick(d, -1, 0, window, window+1)).String()
}

func (d *draw) convocation(person, registration string, on day) {
	called := on + day(d.IntN(200))
	d.add("convocations", row{"convocation_id": d.id("C"), "person_id": person, "registration_id": registration, "cpi": "x",
		"called_for": called.String(), "outcome": pick(d, "P", "P", "AG", "AI", "AN", ""), "updated_on": called.String()})
}

func (d *draw) service(person string, on day) row {
	started := on + day(pick(d, steps...))
	s := row{"service_id": d.id("S"), "beneficiary_kind": "person", "person_id": person, "lep": pick(d, "accoglienza", "orientamento_base", "patto_servizio", "orientamento_specialistico", "accompagnamento", "avviamento_formazione", "ido_persona", "presa_in_carico_integrata", pick(d, d.list.leps...)),
		"last_event": pick(d, "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "10", "10", "15"),
		"measure":    pick(d, "", "", d.list.codes["measure_received"][0]),
		"started_on": d.sometimes(90, started.String()), "provider_kind": "cpi", "provider": "x", "updated_on": (started + day(d.IntN(30))).String()}
	return d.add("services", s)
}

// job draws one relationship: a start (or none, or several), and what happens
// to it, in any order and with corrections on top.
func (d *draw) job(person string, anchor day) {
	start := anchor + day(pick(d, steps...))
	if d.chance(4) {
		start = dayOf(2007, 12, 30) + day(d.IntN(4))
	}
	if d.chance(6) {
		start = dayOf(2018, 1, 1) + day(d.IntN(2500)) // long ago for the old
	}
	relationship := d.id("J")
	base := row{"relationship_id": relationship, "person_id": person, "employer_id": d.id("F"), "workplace_comune": pick(d, d.list.comuni...),
		"contract": pick(d, "A.01.00", "A.02.00", "A.02.00", "A.02.00", "A.03.09", "A.04.02", "A.05.02", "A.08.02", "B.01.00", "B.03.00", "C.01.00", "G.03.00"),
		"form":     pick(d, "UNILAV", "UNILAV", "UNILAV", "UNISOMM", "UNIURG"),
		"sector":   pick(d, "", "A01", "C10", "J62", "K64", "L68", "U99", "X00"), "sector_version": pick(d, "2007", "2007", "2025", ""),
		"occupation": pick(d, "", "1.1", "2.3", "8.1.2", "0.0")}
	if d.chance(10) {
		base["workplace_comune"] = "999999" // out of the region
	}
	event := func(kind string, on day) row {
		e := maps.Clone(base)
		e["event_id"], e["event"], e["event_on"] = d.id("E"), kind, on.String()
		e["received_on"] = (on + day(d.IntN(3))).String()
		if d.chance(4) {
			e["cancelled"] = "true"
		}
		return d.add("placements", e)
	}
	plan := func(e row, percent int) {
		on, _ := parseDay(e["event_on"])
		e["planned_end_on"] = d.sometimes(percent, (on + day(max(0, pick(d, steps...)))).String())
	}
	if d.chance(93) {
		plan(event("start", start), map[bool]int{true: 85, false: 15}[base["contract"] == "A.02.00"])
	}
	if d.chance(15) { // a second start, perhaps in another form or the same day
		second := event("start", start+day(pick(d, -1, 0, 0, 1, 5)))
		second["form"], second["contract"] = pick(d, "UNILAV", "UNIURG"), pick(d, "A.01.00", "A.02.00")
		plan(second, 50)
	}
	for range d.IntN(3) {
		d.change(event, plan, start+day(pick(d, 0, 1, 15, 30, 30, 90, 180)))
	}
	for range pick(d, 0, 1, 1, 2) {
		event("end", start+day(pick(d, -1, 0, 0, 1, 14, 29, 30, 90, 178, 179, 180, 365, 400)))
	}
	d.correct(relationship)
}

// change adds an extension, a transformation or a change of employer.
func (d *draw) change(event func(string, day) row, plan func(row, int), on day) {
	switch d.IntN(4) {
	case 0:
		plan(event("extension", on), 80)
	case 1:
		e := event("transformation", on)
		e["form"], e["employer_id"] = "VARDATORI", d.id("F")
		plan(e, 30)
	default:
		e := event("transformation", on)
		e["transformation"] = pick(d, "DI", "DI", "FF", "PP", "DL", "")
		plan(e, 25)
	}
}

// correct adds corrections of events of a relationship: changed, of nothing,
// of a correction, cancelled, of itself.
func (d *draw) correct(relationship string) {
	for _, e := range slices.Clone(d.rows["placements"]) {
		if e["relationship_id"] != relationship || !d.chance(15) {
			continue
		}
		before := e
		for range 1 + d.IntN(2) {
			c := maps.Clone(before)
			c["event_id"], c["corrects"] = d.id("E"), before["event_id"]
			on, _ := parseDay(c["event_on"])
			c["event_on"] = (on + day(pick(d, -1, 0, 1, 30))).String()
			if p, ok := parseDay(c["planned_end_on"]); ok && p < on+30 {
				c["planned_end_on"] = (on + 30).String()
			}
			switch d.IntN(12) {
			case 0:
				c["corrects"] = "NOTHING"
			case 1:
				c["cancelled"] = "true"
			case 2:
				c["corrects"] = c["event_id"]
			}
			d.add("placements", c)
			before = c
		}
	}
}

// deliver spreads the rows of a contract over quarterly deliveries; some rows
// come again changed, some deliveries are issued again and replace the first.
func (d *draw) deliver(contract string) []delivery {
	byPeriod := map[string][]row{}
	for _, r := range d.rows[contract] {
		on, _ := parseDay(r[latest[contract]])
		period := quarterOf(min(max(on, dayOf(firstYear, 1, 1)), dayOf(lastYear, 12, 31)))
		if d.chance(10) { // an older version, told earlier or in the same file above
			old := maps.Clone(r)
			old[latest[contract]] = (on - day(d.IntN(2))).String()
			d.spoil(contract, old)
			byPeriod[period] = append(byPeriod[period], old)
		}
		byPeriod[period] = append(byPeriod[period], r)
	}
	var out []delivery
	for q := dayOf(firstYear, 1, 1); q <= dayOf(lastYear, 12, 31); q = nextQuarter(q) {
		period := quarterOf(q)
		one := delivery{contract: contract, period: period, issued: (nextQuarter(q) + 20).String(), mode: "full", sum: contract + period, rows: byPeriod[period]}
		if d.chance(20) {
			wrong := one
			wrong.issued, wrong.sum, wrong.rows = (nextQuarter(q) + 10).String(), one.sum+"a", nil
			for _, r := range one.rows {
				r = maps.Clone(r)
				d.spoil(contract, r)
				wrong.rows = append(wrong.rows, r)
			}
			out = append(out, wrong)
		}
		out = append(out, one)
	}
	return out
}

// spoil changes what a row tells, as a version that no longer counts would.
func (d *draw) spoil(contract string, r row) {
	move := map[string]string{"registrations": "registered_on", "agreements": "signed_on", "services": "started_on", "placements": "event_on", "convocations": "called_for",
		"benefits": "started_on", "training": "started_on", "vacancies": "opened_on"}[contract]
	if on, ok := parseDay(r[move]); ok {
		r[move] = (on - 40).String()
	}
	if r["value"] != "" {
		r["value"] = "999999"
	}
	delete(r, "corrects")
}

// day counts whole days since 1970-01-01.
type day int

func dayOf(year, month, dayOfMonth int) day {
	return day(time.Date(year, time.Month(month), dayOfMonth, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (d day) date() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

func (d day) String() string { return d.date().Format(time.DateOnly) }

func parseDay(text string) (day, bool) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, false
	}
	return day(t.Unix() / 86400), true
}

func quarterOf(d day) string {
	return fmt.Sprintf("%d-Q%d", d.date().Year(), (int(d.date().Month())+2)/3)
}

func yearOf(d day) string { return fmt.Sprint(d.date().Year()) }

// nextQuarter is the first day of the quarter after that of d.
func nextQuarter(d day) day {
	t := d.date()
	return dayOf(t.Year(), (int(t.Month())-1)/3*3+4, 1)
}
