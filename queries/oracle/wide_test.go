package oracle

import (
	"fmt"
	"maps"
	"slices"
)

// wideContracts are all that tell of persons and of establishments;
// openContracts tell of neither.
var (
	wideContracts = slices.Concat(contracts, []string{"benefits", "training", "vacancies"})
	openContracts = []string{"centres", "funding", "observations", "population", "providers"}
)

// wideWorld draws the lives of newWorld and, from other random numbers, what
// else the archives tell: costs and ends of activities, income support,
// courses, vacancies, sites, and services for employers.
func wideWorld(seed uint64, list lists) world {
	d := newDraw(seed, 7, list)
	for range persons {
		d.life()
	}
	more := newDraw(seed, 11, list)
	more.jobs = know(d.world(contracts), list).jobs
	more.rows = d.rows
	more.widen()
	for range 60 {
		more.vacancy()
		more.employerService()
	}
	w := more.world(wideContracts)
	for year := firstYear; year <= lastYear; year++ {
		w = w.yearly("providers", year, sites(list))
	}
	return w
}

// yearly adds the full delivery of a year.
func (w world) yearly(contract string, year int, rows []row) world {
	w.deliveries = append(slices.Clone(w.deliveries), delivery{contract: contract, period: fmt.Sprint(year), issued: dayOf(year+1, 1, 21).String(),
		mode: "full", sum: fmt.Sprint(contract, year), rows: rows})
	return w
}

func (d *draw) widen() {
	var of = map[string][]row{}
	for _, r := range d.rows["registrations"] {
		of[r["person_id"]] = append(of[r["person_id"]], r)
	}
	for _, s := range d.rows["services"] {
		d.widenService(s, of[s["person_id"]])
	}
	for _, a := range d.rows["agreements"] {
		if signed := must(a["signed_on"]); d.chance(20) { // 64, 65 or 66 days before the end of a quarter
			a["signed_on"] = max(signed, quarterEnd(signed+65)-65).String()
		}
		a["team_assessed"] = pick(d, "", "true", "false")
		if d.chance(40) {
			a["programme"] = pick(d, "gol", "gol", "lr14")
		}
		if d.chance(40) {
			closed := must(a["signed_on"]) + day(max(0, pick(d, steps...)))
			a["closed_on"], a["close_reason"] = max(must(a["signed_on"]), pick(d, closed, quarterEnd(closed))).String(), "other"
		}
	}
	of["P99999"] = []row{{"registered_on": "2022-05-01"}} // was never registered
	for _, person := range slices.Sorted(maps.Keys(of)) {
		d.edges(of[person])
		first := must(of[person][0]["registered_on"])
		for range d.IntN(4) {
			d.benefit(person, first)
			d.enrolment(person, first)
		}
	}
}

// edges puts some persons where rules change their mind: by age at 30 and at
// 55, closed around the last day of a quarter.
func (d *draw) edges(of []row) {
	birth := pick(d, "1992", "1993", "1994", "1967", "1968", "1969")
	aged := d.chance(30)
	for _, r := range of {
		if aged && r["birth_year"] != "" {
			r["birth_year"] = birth
		}
		if on, ok := parseDay(r["closed_on"]); ok && d.chance(50) {
			r["closed_on"] = quarterEnd(on).String()
		}
	}
}

// widenService gives an activity its registration, end, measure and cost.
func (d *draw) widenService(s row, of []row) {
	if !d.chance(20) {
		s["registration_id"] = pick(d, of...)["registration_id"]
	} else if d.chance(40) {
		s["registration_id"] = "NOBODY"
	}
	if d.chance(60) {
		s["measure"] = pick(d, d.list.codes["measure_received"]...)
		s["last_event"] = pick(d, "10", "10", s["last_event"])
	}
	s["provider_kind"] = pick(d, "cpi", "accredited")
	if on, ok := parseDay(s["started_on"]); ok {
		s["ended_on"] = d.sometimes(80, d.before(s["person_id"], on, on+day(pick(d, 0, 0, 10, 30, 90, 180))).String())
	}
	s["standard_cost_eur"] = pick(d, "", "0", "37.5", "38.01", "1200.1")
}

// before moves a day, most times, to half a year or a year before the first or
// the last day of an employment of the person, or a day beside; never below a
// least.
func (d *draw) before(person string, least, on day) day {
	of := d.jobs[person]
	if len(of) == 0 || d.chance(30) {
		return on
	}
	job := pick(d, of...)
	edges := []day{job.start - 1, job.start}
	if job.end != nil {
		edges = []day{*job.end, *job.end + 1}
	}
	return max(least, pick(d, edges...)-day(pick(d, 180, 180, 365)))
}

func (d *draw) benefit(person string, anchor day) {
	start := anchor + day(pick(d, steps...))
	d.add("benefits", row{"benefit_id": d.id("B"), "person_id": person, "kind": pick(d, d.list.codes["benefit_kind"]...), "started_on": start.String(),
		"ended_on": d.sometimes(60, quarterEnd(start+day(d.IntN(300))).String()), "updated_on": (start + day(d.IntN(30))).String()})
}

// quarterEnd is a day around the last one of a quarter, where stocks are told.
func quarterEnd(d day) day { return nextQuarter(d) - 1 + d%3 - 1 }

func (d *draw) enrolment(person string, anchor day) {
	end := d.before(person, anchor, anchor+day(pick(d, steps...)))
	start := end - day(pick(d, 0, 0, 10, 30, 180, 364, 365, 366))
	status := pick(d, "enrolled", "completed", "completed", "completed", "dropped")
	e := row{"enrolment_id": d.id("T"), "person_id": person, "course": "x", "started_on": start.String(), "status": status, "digital": pick(d, "", "true", "false"),
		"programme": pick(d, "", "ordinary", "gol", "gol", "lr14"), "updated_on": (start + day(d.IntN(30))).String()}
	if status != "enrolled" {
		e["ended_on"] = d.sometimes(95, end.String())
	}
	d.add("training", e)
}

func (d *draw) vacancy() {
	opened := dayOf(firstYear, 1, 1) + day(d.IntN(1000))
	d.add("vacancies", row{"vacancy_id": d.id("V"), "opened_on": opened.String(), "closed_on": d.sometimes(50, (opened + 40).String()),
		"positions": pick(d, "1", "1", "3", "20"), "occupation": pick(d, "", "1.1", "2.3", "8.1.2", "0.0"), "occupation_version": "2011",
		"comune": pick(d, append(slices.Clone(d.list.comuni), "999999", "999999", "999999")...), "updated_on": opened.String()})
}

func (d *draw) employerService() {
	started := dayOf(firstYear, 1, 1) + day(d.IntN(1000))
	d.add("services", row{"service_id": d.id("S"), "beneficiary_kind": "employer", "employer_id": d.id("F"), "lep": pick(d, d.list.forEmployers...),
		"last_event": pick(d, "02", "03", "10", "10"), "started_on": d.sometimes(95, started.String()), "provider_kind": pick(d, "cpi", "accredited"),
		"provider": pick(d, "V1", "V2", "V3", "V9"), "updated_on": started.String()})
}

// sites are those of three providers: one site that closes, two at once of
// which the lower code decides, one beyond the region.
func sites(list lists) []row {
	site := func(provider, code, comune, from, to string) row {
		return row{"provider": provider, "site": code, "kind": "cpi", "comune": comune, "valid_from": from, "valid_to": to}
	}
	first, last := list.comuni[0], list.comuni[len(list.comuni)-1]
	return []row{
		site("V1", "1", first, "2020-01-01", "2023-06-30"), site("V1", "1", last, "2023-07-01", "2023-12-31"), site("V1", "3", last, "2024-12-31", ""),
		site("V2", "2", last, "2020-01-01", ""), site("V2", "1", first, "2022-09-01", "2024-02-15"),
		site("V3", "1", "999999", "2020-01-01", ""),
	}
}
