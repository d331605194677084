package synthetic

import (
	"bytes"
	"slices"
	"strings"
)

// flaw is one way to break one rule of a contract, and no other: values that
// replace those of a good row, or the form of the line.
type flaw struct {
	rule   string // as the contract names it
	set    []string
	ragged bool
}

// corrupt breaks a row. With extra the row gets a key of its own, so that the
// good one stays.
func (f flaw) corrupt(header string, line []byte, extra bool) []byte {
	columns := strings.Split(header, ",")
	values := fields(line)
	if extra {
		key := 0
		if columns[0] == "provider" {
			key = slices.Index(columns, "site")
		}
		if !slices.Contains([]string{"comune", "cpi", "programme"}, columns[key]) { // codes, that must stay what they are
			values[key] = append(slices.Clip(values[key]), 'x')
		}
	}
	for i := 0; i < len(f.set); i += 2 {
		values[slices.Index(columns, f.set[i])] = []byte(f.set[i+1])
	}
	if f.ragged {
		values = append(values, []byte("1"))
	}
	return bytes.Join(values, []byte{','})
}

// The names of rules that are not declared by a contract but follow from its
// fields.
const (
	ruleRequired  = "required"
	ruleType      = "type"
	ruleEnum      = "enum"
	rulePattern   = "pattern"
	ruleMinimum   = "minimum"
	ruleMaximum   = "maximum"
	ruleReference = "reference"
	ruleRagged    = "fields"
)

func breaks(rule string, set ...string) flaw { return flaw{rule: rule, set: set} }

// flaws are all that is done wrong to the rows of each source, in turn.
var flaws = map[string][]flaw{
	"registrations": {
		breaks(ruleRequired, "registered_on", ""),
		breaks(ruleRequired, "sex", ""),
		breaks(ruleType, "birth_year", "19x5"),
		breaks(ruleType, "updated_on", "2023-02-30"),
		breaks(ruleEnum, "sex", "X"),
		breaks(ruleEnum, "citizenship", "altra"),
		breaks(rulePattern, "comune", "37006"),
		breaks(ruleReference, "comune", "999999"),
		breaks(ruleReference, "comune", "", "district", "ZZ-D99"),
		breaks(ruleReference, "cpi", "Z999C999999"),
		breaks(ruleMinimum, "registered_on", "1900-01-01"),
		breaks(ruleMinimum, "birth_year", "1805"), // 221 years old
		breaks(ruleMaximum, "updated_on", "2201-01-01"),
		breaks("closed_before_registered", "closed_on", "2000-01-01", "close_reason", "expired"),
		breaks("profiled_before_registered", "profiled_on", "2000-01-01"),
		breaks("comune_or_district", "comune", "", "district", ""),
		breaks("closed_without_reason", "closed_on", "2099-12-31", "close_reason", ""),
		{rule: ruleRagged, ragged: true},
	},
	"services": {
		breaks(ruleRequired, "lep", ""),
		breaks(ruleRequired, "provider", ""),
		breaks(ruleType, "hours", "tante"),
		breaks(ruleEnum, "last_event", "16"),
		breaks(rulePattern, "sap_code", "A1"),
		breaks(ruleReference, "lep", "lep_ignoto"),
		breaks(ruleMinimum, "hours", "-5"),
		breaks(ruleMinimum, "proposed_on", "", "started_on", "1900-01-01", "ended_on", ""),
		breaks(ruleMaximum, "standard_cost_eur", "2000000"),
		breaks(ruleMaximum, "updated_on", "2201-01-01"),
		breaks("ended_before_started", "proposed_on", "", "started_on", "2020-01-02", "ended_on", "2020-01-01"),
		breaks("started_before_proposed", "proposed_on", "2020-01-02", "started_on", "2020-01-01", "ended_on", ""),
		breaks("person_or_employer", "person_id", "", "employer_id", ""),
		breaks("person_or_employer", "person_id", "pzz2zz3zz", "employer_id", "ezz2zz3zz"),
		{rule: ruleRagged, ragged: true},
	},
	"agreements": {
		breaks(ruleRequired, "signed_on", ""),
		breaks(ruleRequired, "registration_id", ""),
		breaks(ruleType, "signed_on", "2023-02-30", "closed_on", "", "close_reason", ""),
		breaks(ruleType, "team_assessed", "forse"),
		breaks(ruleEnum, "programme", "altro"),
		breaks(rulePattern, "planned_leps", "Orientamento"),
		breaks(ruleMinimum, "signed_on", "1900-01-01"),
		breaks(ruleMinimum, "fragility_score", "-1"),
		breaks(ruleMaximum, "path", "6"),
		breaks(ruleMaximum, "updated_on", "2201-01-01"),
		breaks("closed_before_signed", "closed_on", "2000-01-01", "close_reason", "expired"),
		breaks("closed_without_reason", "closed_on", "2099-12-31", "close_reason", ""),
		{rule: ruleRagged, ragged: true},
	},
	"placements": {
		breaks(ruleRequired, "received_on", ""),
		breaks(ruleRequired, "relationship_id", ""),
		breaks(ruleType, "event_on", "2023-13-01", "planned_end_on", ""),
		breaks(ruleType, "cancelled", "forse"),
		breaks(ruleEnum, "event", "hire"),
		breaks(ruleEnum, "form", "CARTA"),
		breaks(rulePattern, "workplace_comune", "37006"),
		breaks(rulePattern, "sector", "10.5"),
		breaks(rulePattern, "occupation", "cuoco"),
		breaks(ruleReference, "contract", "Z.99.99"),
		breaks(ruleMinimum, "event_on", "1900-01-01"),
		breaks(ruleMaximum, "event_on", "2201-01-01", "planned_end_on", ""),
		breaks("planned_end_before_event", "planned_end_on", "1951-01-01"),
		{rule: ruleRagged, ragged: true},
	},
	"convocations": {
		breaks(ruleRequired, "registration_id", ""),
		breaks(ruleRequired, "called_for", ""),
		breaks(ruleType, "called_for", "2023-02-30"),
		breaks(ruleEnum, "outcome", "PRESENTE"),
		breaks(ruleReference, "cpi", "Z999C999999"),
		breaks(ruleMinimum, "called_for", "1900-01-01"),
		breaks(ruleMaximum, "updated_on", "2201-01-01"),
		{rule: ruleRagged, ragged: true},
	},
	"benefits": {
		breaks(ruleRequired, "kind", ""),
		breaks(ruleType, "started_on", "2023-13-01", "ended_on", ""),
		breaks(ruleEnum, "kind", "sussidio"),
		breaks(ruleMinimum, "started_on", "1900-01-01"),
		breaks(ruleMaximum, "updated_on", "2201-01-01"),
		breaks("ended_before_started", "started_on", "2020-01-02", "ended_on", "2020-01-01"),
		{rule: ruleRagged, ragged: true},
	},
	"training": {
		breaks(ruleRequired, "course", ""),
		breaks(ruleRequired, "status", ""),
		breaks(ruleType, "hours", "tante"),
		breaks(ruleType, "digital", "forse"),
		breaks(ruleEnum, "status", "sospeso"),
		breaks(ruleEnum, "programme", "altro"),
		breaks(ruleMinimum, "hours", "-5"),
		breaks(ruleMaximum, "hours", "9000"),
		breaks("ended_before_started", "started_on", "2020-01-02", "ended_on", "2020-01-01"),
		{rule: ruleRagged, ragged: true},
	},
	"vacancies": {
		breaks(ruleRequired, "comune", ""),
		breaks(ruleType, "positions", "due"),
		breaks(ruleEnum, "sector_version", "1991"),
		breaks(rulePattern, "comune", "37006"),
		breaks(rulePattern, "occupation", "cuoco"),
		breaks(ruleReference, "contract", "Z.99.99"),
		breaks(ruleMinimum, "positions", "0"),
		breaks(ruleMaximum, "positions", "20000"),
		breaks("closed_before_opened", "opened_on", "2020-01-02", "closed_on", "2020-01-01"),
		breaks("occupation_without_version", "occupation_version", ""),
		breaks("sector_without_version", "sector", ""),
		{rule: ruleRagged, ragged: true},
	},
	"centres": {
		breaks(ruleRequired, "programme", ""),
		breaks(ruleType, "allocated_eur", "molti"),
		breaks(ruleEnum, "plan_line", "altro"),
		breaks(rulePattern, "month", "2023-13"),
		breaks(ruleReference, "cpi", "Z999C999999"),
		breaks(ruleMinimum, "paid_eur", "-1"),
		breaks(ruleMaximum, "allocated_eur", "99999999999"),
		breaks("nothing_stated", "assigned", "", "filled", "", "planned_works", "", "completed_works", "", "allocated_eur", "", "committed_eur", "", "paid_eur", "", "staff_trained", ""),
		breaks("works_without_plan", "planned_works", "", "completed_works", "1"),
		breaks("posts_without_assignment", "assigned", "", "filled", "1"),
		{rule: ruleRagged, ragged: true},
	},
	"funding": {
		breaks(ruleRequired, "fund", ""),
		breaks(ruleType, "amount_eur", "molti"),
		breaks(ruleEnum, "kind", "promised"),
		breaks(ruleReference, "district", "ZZ-D99"),
		breaks(ruleMinimum, "amount_eur", "-1"),
		breaks(ruleMaximum, "year", "2201"),
		{rule: ruleRagged, ragged: true},
	},
	"providers": {
		breaks(ruleRequired, "site", ""),
		breaks(ruleEnum, "kind", "altro"),
		breaks(ruleReference, "comune", "999999"),
		breaks("valid_to_before_from", "valid_to", "2000-01-01"),
	},
	"population": {
		breaks(ruleEnum, "sex", "X"),
		breaks(ruleMinimum, "year", "1990"),
		breaks(ruleReference, "district", "ZZ-D99"),
		breaks("comune_or_district", "district", ""),
	},
}
