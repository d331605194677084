package oracle

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// truth is a world as the oracle understands it.
type truth struct {
	list          lists
	endRule, gap  int
	registrations []registration
	agreements    []agreement // of a registration that is known
	signed        []agreement // all of them
	services      []service
	served        []service // every row, valid or not, for persons and for employers
	calls         []call
	valid         []event
	spells        []spell
	jobs          map[string][]span // person → employment
	settled       map[string]day    // contract → last settled day
}

type registration struct {
	id, person, reason, district, sex, citizenship, education, duration, profile string
	on                                                                           day
	closed, profiled                                                             *day
	birth                                                                        int
	disabled                                                                     bool
}

type agreement struct {
	id, person, programme, path string
	signed                      day
	assessed, closed            *day
	team                        bool
	leps                        []string
	score                       float64
	of                          registration
}

type service struct {
	id, person, employer, registration, lep, measure, event, provider, kind, cost string
	started                                                                       day
	begun                                                                         bool // it has a start
	ended                                                                         *day
}

// valid tells an activity that took place.
func (s service) valid() bool {
	return s.begun && !slices.Contains([]string{"01", "03", "04", "06", "07", "08"}, s.event)
}

type call struct {
	on      day
	outcome string
	of      registration
}

type event struct {
	id, relationship, person, employer, kind, contract, form, transformation, workplace string
	sector, version, occupation                                                         string
	on, received                                                                        day
	plan                                                                                *day
	corrects                                                                            string
	cancelled                                                                           bool
}

// spell is one relationship as told by its valid events; end nil is open.
type spell struct {
	relationship, person, employer, lastEmployer, contract, form, group, workplace string
	sector, occupation                                                             string
	start, heard                                                                   day // heard: of the last event that is no end
	end, stabilised                                                                *day
	qualifying, stale                                                              bool
}

type span struct {
	start day
	end   *day
}

func (s span) covers(d day) bool { return s.start <= d && (s.end == nil || d <= *s.end) }

func (s spell) covers(d day) bool { return span{s.start, s.end}.covers(d) }

func (s spell) counts() bool { return s.qualifying && !s.stale }

// know reads a world by the words of the definitions.
func know(w world, list lists) *truth {
	t := &truth{list: list, endRule: 1, jobs: map[string][]span{}, settled: map[string]day{}}
	if v, ok := w.parameters["end_rule"]; ok {
		t.endRule = v
	}
	t.gap = w.parameters["gap_days"]
	complete := dayOf(lastYear, 12, 31)
	for contract, lag := range map[string]day{"registrations": 30, "agreements": 30, "services": 30, "convocations": 30, "placements": 45,
		"benefits": 30, "training": 30, "vacancies": 30, "centres": 30} {
		t.settled[contract] = complete - lag
	}
	t.readRegistrations(w)
	t.readAgreements(w)
	t.readServices(w)
	t.readCalls(w)
	t.valid = validEvents(w)
	t.readSpells(complete)
	t.readEmployment()
	return t
}

// current are the rows that count, one a key. Of two deliveries of a source for
// one period the later issued replaces the other; of two rows of a key the one
// with the later date counts, then the later issued, then the later line.
func current(w world, contract string) []row {
	replaced := func(d delivery) bool {
		return slices.ContainsFunc(w.deliveries, func(o delivery) bool {
			return o.contract == d.contract && o.period == d.period && o.mode == "full" && d.mode == "full" && o.issued > d.issued
		})
	}
	var counting []delivery
	for _, d := range w.deliveries {
		if d.contract == contract && !replaced(d) {
			counting = append(counting, d)
		}
	}
	slices.SortFunc(counting, func(a, b delivery) int { return cmp.Or(cmp.Compare(a.issued, b.issued), cmp.Compare(a.sum, b.sum)) })
	last := map[string]row{}
	for _, d := range counting {
		for _, r := range d.rows {
			before, known := last[r[keys[contract]]]
			if !known || r[latest[contract]] >= before[latest[contract]] {
				last[r[keys[contract]]] = r
			}
		}
	}
	var out []row
	for _, key := range slices.Sorted(maps.Keys(last)) {
		out = append(out, last[key])
	}
	return out
}

func must(text string) day {
	d, ok := parseDay(text)
	if !ok {
		panic("no day: " + text)
	}
	return d
}

func maybe(text string) *day {
	if d, ok := parseDay(text); ok {
		return &d
	}
	return nil
}

func (t *truth) readRegistrations(w world) {
	for _, r := range current(w, "registrations") {
		birth, _ := strconv.Atoi(r["birth_year"])
		t.registrations = append(t.registrations, registration{id: r["registration_id"], person: r["person_id"], reason: r["close_reason"],
			district: t.district(r), sex: r["sex"], citizenship: r["citizenship"], education: r["education"], duration: durationOf(r["months_unemployed"]),
			profile: profileOf(r), on: must(r["registered_on"]), closed: maybe(r["closed_on"]), profiled: maybe(r["profiled_on"]), birth: birth, disabled: r["disability"] == "true"})
	}
}

// district: by the comune, else by the centre, else as told.
func (t *truth) district(r row) string {
	return cmp.Or(t.list.home[r["comune"]], t.list.home[r["cpi"]], r["district"])
}

func durationOf(months string) string {
	n, err := strconv.Atoi(months)
	switch {
	case err != nil:
		return "nd"
	case n < 6:
		return "lt6"
	case n < 12:
		return "6_11"
	}
	return "ge12"
}

func profileOf(r row) string {
	if r["profiling_scheme"] == "" || r["profiling_class"] == "" {
		return "nd"
	}
	return r["profiling_scheme"][:4] + "_" + r["profiling_class"]
}

// bandOf is the age band on 31 December of a day's year.
func bandOf(birth int, on day) string {
	switch age := on.date().Year() - birth; {
	case age < 25:
		return "15-24"
	case age < 35:
		return "25-34"
	case age < 45:
		return "35-44"
	case age < 55:
		return "45-54"
	}
	return "55+"
}

func (t *truth) registration(id string) (registration, bool) {
	for _, r := range t.registrations {
		if r.id == id {
			return r, true
		}
	}
	return registration{}, false
}

func (t *truth) readAgreements(w world) {
	for _, r := range current(w, "agreements") {
		score, err := strconv.ParseFloat(r["fragility_score"], 64)
		if err != nil {
			score = -1
		}
		of, known := t.registration(r["registration_id"])
		a := agreement{id: r["agreement_id"], person: r["person_id"], programme: r["programme"], path: cmp.Or(r["path"], "none"),
			signed: must(r["signed_on"]), assessed: maybe(r["assessed_on"]), closed: maybe(r["closed_on"]), team: r["team_assessed"] == "true", leps: strings.Split(r["planned_leps"], "|"), score: score, of: of}
		t.signed = append(t.signed, a)
		if known {
			t.agreements = append(t.agreements, a)
		}
	}
}

// readServices keeps all rows, and apart the valid activities for persons.
func (t *truth) readServices(w world) {
	for _, r := range current(w, "services") {
		on := maybe(r["started_on"])
		s := service{id: r["service_id"], person: r["person_id"], employer: r["employer_id"], registration: r["registration_id"], lep: r["lep"], measure: r["measure"],
			event: r["last_event"], provider: r["provider"], kind: r["provider_kind"], cost: r["standard_cost_eur"], begun: on != nil, ended: maybe(r["ended_on"])}
		if on != nil {
			s.started = *on
		}
		t.served = append(t.served, s)
		if s.valid() && r["beneficiary_kind"] == "person" {
			t.services = append(t.services, s)
		}
	}
}

func (t *truth) readCalls(w world) {
	for _, r := range current(w, "convocations") {
		if of, known := t.registration(r["registration_id"]); known {
			t.calls = append(t.calls, call{on: must(r["called_for"]), outcome: r["outcome"], of: of})
		}
	}
}

// validEvents are those not cancelled and not corrected by another event, be
// that one cancelled or not.
func validEvents(w world) []event {
	var all []event
	for _, r := range current(w, "placements") {
		all = append(all, event{id: r["event_id"], relationship: r["relationship_id"], person: r["person_id"], employer: r["employer_id"], kind: r["event"],
			contract: r["contract"], form: r["form"], transformation: r["transformation"], workplace: r["workplace_comune"],
			sector: r["sector"], version: r["sector_version"], occupation: r["occupation"], on: must(r["event_on"]),
			received: must(r["received_on"]), plan: maybe(r["planned_end_on"]), corrects: r["corrects"], cancelled: r["cancelled"] == "true"})
	}
	var valid []event
	for _, e := range all {
		corrected := slices.ContainsFunc(all, func(o event) bool { return o.corrects == e.id && o.id != e.id })
		if !e.cancelled && !corrected {
			valid = append(valid, e)
		}
	}
	return valid
}

func (t *truth) readSpells(complete day) {
	byRelationship := map[string][]event{}
	for _, e := range t.valid {
		byRelationship[e.relationship] = append(byRelationship[e.relationship], e)
	}
	for _, id := range slices.Sorted(maps.Keys(byRelationship)) {
		s, ok := t.spellOf(byRelationship[id])
		if !ok || s.end != nil && *s.end < s.start {
			continue
		}
		s.stale = s.end == nil && (s.heard < dayOf(2008, 1, 1) || t.over70(s.person, complete) && !t.over70(s.person, s.heard))
		t.spells = append(t.spells, s)
	}
}

func (t *truth) over70(person string, at day) bool {
	return slices.ContainsFunc(t.registrations, func(r registration) bool { return r.person == person && at.date().Year()-r.birth > 70 })
}

// told orders events as they decide: day, day of receipt, id.
func told(a, b event) int {
	return cmp.Or(cmp.Compare(a.on, b.on), cmp.Compare(a.received, b.received), cmp.Compare(a.id, b.id))
}

func (t *truth) spellOf(events []event) (spell, bool) {
	unilav := slices.ContainsFunc(events, func(e event) bool { return e.kind == "start" && e.form == "UNILAV" })
	events = slices.DeleteFunc(slices.Clone(events), func(e event) bool { return e.kind == "start" && e.form == "UNIURG" && unilav })
	slices.SortFunc(events, told)
	var first *event
	for i, e := range events {
		if e.kind == "start" && (first == nil || e.on == first.on && e.id < first.id) {
			first = &events[i]
		}
	}
	if first == nil {
		return spell{}, false
	}
	s := spell{relationship: first.relationship, person: first.person, employer: first.employer, lastEmployer: first.employer, contract: first.contract,
		form: first.form, workplace: first.workplace, start: first.on, heard: first.on, group: t.list.group[first.contract],
		sector: t.list.sectorOf(first.sector, first.version, first.on), occupation: greatGroup(first.occupation)}
	if s.form == "UNISOMM" {
		s.group = "agency"
	}
	s.qualifying = (t.list.qualifying[s.contract] || s.form == "UNISOMM") && !strings.HasPrefix(s.contract, "C.")
	t.finish(&s, events)
	return s, true
}

// sectorOf is the group of a code of economic activity, by the version told or
// that of the day.
func (l lists) sectorOf(code, version string, on day) string {
	if version == "" {
		version = "2007"
		if on >= dayOf(2025, 4, 1) {
			version = "2025"
		}
	}
	if code == "" || l.sector[version+code[:1]] == "" {
		return "nd"
	}
	return l.sector[version+code[:1]]
}

// greatGroup is the first digit of an occupation.
func greatGroup(code string) string {
	if code == "" || code[0] < '1' || code[0] > '9' {
		return "nd"
	}
	return code[:1]
}

// finish tells end, employer and kind of a spell by its events in their order.
func (t *truth) finish(s *spell, events []event) {
	var cessation, plan *day
	for _, e := range events {
		takeover := e.kind == "transformation" && e.form == "VARDATORI"
		stabilises := e.kind == "transformation" && !takeover && t.list.stabilises[e.transformation]
		if e.kind != "end" && e.kind != "start" {
			s.heard = max(s.heard, e.on)
		}
		if stabilises && s.stabilised == nil && s.form != "UNISOMM" {
			s.stabilised = &e.on
		}
		if takeover {
			s.lastEmployer = e.employer
		}
		switch {
		case e.kind == "end":
			cessation = &e.on
		case e.kind == "start", e.kind == "extension", stabilises, e.plan != nil:
			plan = e.plan
		}
	}
	if s.end = cessation; cessation == nil && t.endRule == 1 {
		s.end = plan
	}
}

// readEmployment joins the qualifying spells of a person where no more than
// the tolerated days lie between.
func (t *truth) readEmployment() {
	byPerson := map[string][]span{}
	for _, s := range t.spells {
		if s.counts() {
			byPerson[s.person] = append(byPerson[s.person], span{s.start, s.end})
		}
	}
	for person, spans := range byPerson {
		slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
		var joined []span
		for _, s := range spans {
			last := len(joined) - 1
			switch {
			case last < 0 || joined[last].end != nil && s.start > *joined[last].end+1+day(t.gap):
				joined = append(joined, s)
			case joined[last].end != nil && (s.end == nil || *s.end > *joined[last].end):
				joined[last].end = s.end
			}
		}
		t.jobs[person] = joined
	}
}

func (t *truth) employed(person string, at day) bool {
	return slices.ContainsFunc(t.jobs[person], func(s span) bool { return s.covers(at) })
}

func text(d *day) string {
	if d == nil {
		return ""
	}
	return d.String()
}

func (s spell) line() string {
	return fmt.Sprint(strings.Join([]string{s.relationship, s.person, s.employer, s.lastEmployer, s.start.String(), text(s.end), s.contract, s.form, s.group, s.workplace,
		text(s.stabilised)}, ","), ",", s.qualifying, ",", s.stale)
}
