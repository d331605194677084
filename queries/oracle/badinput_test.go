package oracle

import (
	"maps"
	"strconv"
	"testing"
)

// bad is a kind of rows that are valid in form and do not fit: the rows, and by
// which rules they must be counted.
type bad struct {
	contract string
	rows     []row
	rules    []string
}

// of is a row with some cells of its own.
func (r row) of(cells row) row {
	out := maps.Clone(r)
	maps.Copy(out, cells)
	return out
}

var (
	someRegistration = row{"sex": "F", "birth_year": "1990", "citizenship": "it", "education": "low", "comune": "054001", "cpi": "x", "updated_on": "2023-12-01"}
	someService      = row{"beneficiary_kind": "person", "person_id": "PX", "registration_id": "RX", "lep": "accompagnamento", "last_event": "10",
		"started_on": "2023-03-01", "provider_kind": "cpi", "provider": "x", "updated_on": "2023-04-10"}
	someEvent = row{"person_id": "PX", "employer_id": "F", "event": "start", "event_on": "2023-06-01", "planned_end_on": "2023-07-01", "contract": "A.02.00",
		"workplace_comune": "054001", "form": "UNILAV", "received_on": "2023-06-01"}
)

func registered(id, person, on string, cells row) row {
	return someRegistration.of(row{"registration_id": id, "person_id": person, "registered_on": on}).of(cells)
}

func happened(id, relationship string, cells row) row {
	return someEvent.of(row{"event_id": id, "relationship_id": relationship}).of(cells)
}

// badInput is one of each kind. Codes of a standard that changed are unknown in
// one version and known in the other, so those of the other stand beside.
var badInput = []bad{
	{"services", []row{someService.of(row{"service_id": "S1", "registration_id": "NOBODY"})}, []string{"service_without_registration"}},
	{"services", []row{someService.of(row{"service_id": "S2", "person_id": "P2", "registration_id": ""})}, []string{"service_without_registration", "activity_without_district"}},
	{"registrations", []row{registered("R3", "P3", "2023-01-01", nil), registered("R3b", "P3", "2023-06-01", nil)}, []string{"registration_overlaps"}},
	{"registrations", []row{registered("R4", "P4", "2023-01-01", row{"closed_on": "2023-03-01", "close_reason": "expired"}), registered("R4b", "P4", "2023-06-01", row{"sex": "M"})},
		[]string{"person_with_two_sexes"}},
	{"registrations", []row{registered("R5", "P5", "2023-01-01", row{"closed_on": "2023-03-01", "close_reason": "expired"}), registered("R5b", "P5", "2023-06-01", row{"birth_year": "1991"})},
		[]string{"person_with_two_birth_years"}},
	{"registrations", []row{registered("R6", "P6", "2023-01-01", row{"profiling_scheme": "2022_3cl", "profiling_class": "4"}),
		registered("R7", "P7", "2023-01-01", row{"profiling_scheme": "2016_4cl", "profiling_class": "4"})}, []string{"unknown_profile"}},
	{"agreements", []row{{"agreement_id": "A8", "person_id": "PX", "registration_id": "RX", "signed_on": "2023-02-09", "programme": "gol", "updated_on": "2023-02-09"}},
		[]string{"agreement_before_registration"}},
	{"agreements", []row{{"agreement_id": "A9", "person_id": "PX", "registration_id": "NOBODY", "signed_on": "2023-05-01", "programme": "gol", "updated_on": "2023-05-01"}},
		[]string{"agreement_without_registration"}},
	{"convocations", []row{{"convocation_id": "C10", "person_id": "PX", "registration_id": "NOBODY", "cpi": "x", "called_for": "2023-05-01", "outcome": "P", "updated_on": "2023-05-01"}},
		[]string{"convocation_without_registration"}},
	{"placements", []row{happened("E11", "J11", row{"event": "end", "planned_end_on": ""})}, []string{"relationship_without_start"}},
	{"placements", []row{happened("E12", "J12", row{"corrects": "NOTHING"})}, []string{"correction_of_unknown_event"}},
	{"placements", []row{happened("E13", "J13", row{"cancelled": "true"}), happened("E13b", "J13", row{"event": "extension"})},
		[]string{"extension_of_cancelled_start", "relationship_without_start"}},
	{"placements", []row{happened("E14", "J14", nil), happened("E14b", "J14", row{"event": "end", "event_on": "2023-05-01", "planned_end_on": ""})},
		[]string{"relationship_ends_before_start"}},
	{"placements", []row{happened("E15", "J15", row{"event_on": "2005-01-01", "planned_end_on": "", "contract": "A.01.00"})}, []string{"stale_spell"}},
	{"placements", []row{happened("E25", "J25", row{"planned_end_on": "", "seasonal": "true"})}, []string{"seasonal_without_end"}},
	{"placements", []row{happened("E16", "J16", row{"workplace_comune": "999999"})}, []string{"workplace_outside_region"}},
	{"placements", []row{happened("E17", "J17", row{"contract": "Z.99.99"})}, []string{"unknown_contract"}},
	{"placements", []row{happened("E18", "J18", row{"working_hours": "ZZ"})}, []string{"unknown_working_hours"}},
	{"placements", []row{happened("E19", "J19", nil), happened("E19b", "J19", row{"event": "transformation", "transformation": "ZZ"})}, []string{"unknown_transformation"}},
	{"placements", []row{happened("E20", "J20", nil), happened("E20b", "J20", row{"event": "end", "planned_end_on": "", "cessation": "ZZ"})}, []string{"unknown_cessation"}},
	{"placements", []row{happened("E21", "J21", row{"sector": "V96", "sector_version": "2007"}), happened("E21b", "J21b", row{"sector": "V96", "sector_version": "2025"})},
		[]string{"unknown_sector"}},
	{"placements", []row{happened("E22", "J22", row{"occupation": "X.1", "occupation_version": "2021"})}, []string{"unknown_occupation"}},
	{"services", []row{someService.of(row{"service_id": "S23", "lep": "lep_of_tomorrow"})}, []string{"unknown_lep"}},
	{"services", []row{someService.of(row{"service_id": "S24", "measure": "zz"})}, []string{"unknown_measure"}},
}

// Rows that fit are counted by no rule; each kind of those that do not by its
// own rule, once, and by no other. What several territories share has none here.
func TestEachKindOfBadInputIsCountedByItsRule(t *testing.T) {
	s := newStage(t, "umbria")
	w, want := empty(s.list).newcomer("2023-05-21", 99), map[string]int{}
	quality := func() map[string]int {
		s.play(w, "marts.quality")
		out := map[string]int{}
		for _, r := range s.rows(`SELECT reason, cases FROM marts.quality`) {
			if n, _ := strconv.Atoi(r[1]); n != 0 {
				out[r[0]] = n
			}
		}
		return out
	}
	if got := quality(); len(got) > 0 {
		t.Fatalf("of rows that fit: %v", got)
	}
	for _, b := range badInput {
		w = w.with(b.contract, "bad "+b.rules[0]+b.rows[0]["service_id"], b.rows...)
		for _, rule := range b.rules {
			want[rule]++
		}
	}
	if got := quality(); !maps.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	all := len(s.rows(`SELECT reason FROM marts.quality`))
	if all != len(want)+1 {
		t.Errorf("%d rules count, %d are tried, and that of shared municipalities elsewhere", all, len(want))
	}
}
