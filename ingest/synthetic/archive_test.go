package synthetic_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"osservatorio/ingest/synthetic"
)

// latest reads what an archive knows in the end: of each key the version with
// the latest stamp. It asks for deliveries without bad rows.
func latest(t *testing.T, dir, source, key, stamp string) map[string]map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, source+"_*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d deliveries (%v)", source, len(files), err)
	}
	out := map[string]map[string]string{}
	for _, path := range files {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, values := range rows[1:] {
			row := map[string]string{}
			for i, name := range rows[0] {
				row[name] = values[i]
			}
			if old, known := out[row[key]]; !known || row[stamp] >= old[stamp] {
				out[row[key]] = row
			}
		}
	}
	return out
}

// clean is a region without bad rows over the years in which rules changed.
func clean(t *testing.T) (dir string, truth synthetic.Truth) {
	t.Helper()
	dir, _, truth = region(t, func(o *synthetic.Options) { o.BadShare, o.Persons, o.To = -1, 8000, "2025-12" })
	return dir, truth
}

func TestAnArchiveHoldsWhatItsTruthSays(t *testing.T) {
	dir, truth := clean(t)
	t.Run("codes are of their day", func(t *testing.T) { codesOfTheirDay(t, dir) })
	t.Run("a transfer keeps the relationship and names another employer", func(t *testing.T) { transfers(t, dir) })
	t.Run("quality is what the files hold", func(t *testing.T) { qualityOf(t, dir, truth) })
}

func codesOfTheirDay(t *testing.T, dir string) {
	spans := map[string][2]string{} // first and last day of a code
	see := func(code, day string) {
		if s, known := spans[code]; !known {
			spans[code] = [2]string{day, day}
		} else {
			spans[code] = [2]string{min(s[0], day), max(s[1], day)}
		}
	}
	for _, r := range latest(t, dir, "registrations", "registration_id", "updated_on") {
		if r["profiled_on"] != "" {
			see("profile "+r["profiling_scheme"], r["profiled_on"])
		}
	}
	for _, r := range latest(t, dir, "benefits", "benefit_id", "updated_on") {
		see(r["kind"], r["started_on"])
		if r["ended_on"] != "" {
			see(r["kind"], r["ended_on"])
		}
	}
	for _, r := range latest(t, dir, "agreements", "agreement_id", "updated_on") {
		see(r["programme"], r["signed_on"])
	}
	letters := map[string]bool{}
	for _, r := range latest(t, dir, "vacancies", "vacancy_id", "updated_on") {
		see("sector "+r["sector_version"], r["opened_on"])
		see("occupation "+r["occupation_version"], r["opened_on"])
		letters[r["sector_version"]+" "+r["sector"]] = true
	}
	for code, bounds := range map[string][2]string{
		"profile 2016_4cl": {"", "2022-05-08"}, "profile 2022_3cl": {"2022-05-09", "9"},
		"rdc": {"2019-04-01", "2023-12-31"}, "sfl": {"2023-09-01", "9"}, "adi": {"2024-01-01", "9"}, "naspi": {"", "9"},
		"gol": {"2022-04-01", "9"}, "ordinary": {"", "9"},
		"sector 2007": {"", "2025-03-31"}, "sector 2025": {"2025-04-01", "9"},
		"occupation 2011": {"", "2025-04-01"}, "occupation 2021": {"2025-04-02", "9"},
	} {
		s, there := spans[code]
		if !there || s[0] < bounds[0] || s[1] > bounds[1] {
			t.Errorf("%s from %q to %q (%v): want within %q to %q", code, s[0], s[1], there, bounds[0], bounds[1])
		}
	}
	for _, want := range []string{"2007 C10.5", "2025 C10.5", "2007 J58.1", "2025 J58.1", "2007 J62.0", "2025 K62.0", "2007 Q87.1", "2025 R87.1"} {
		if !letters[want] {
			t.Errorf("no vacancy in %s: want the letters moved from J62 on", want)
		}
	}
	if letters["2025 J62.0"] || letters["2025 Q87.1"] {
		t.Errorf("a vacancy has an old letter under the new list: %v", letters)
	}
}

func transfers(t *testing.T, dir string) {
	events := latest(t, dir, "placements", "event_id", "received_on")
	employers := map[string]string{}
	for _, e := range events {
		if e["event"] == "start" {
			employers[e["relationship_id"]] = e["employer_id"]
		}
	}
	moved, planned := 0, 0
	for _, e := range events {
		if e["form"] != "VARDATORI" {
			continue
		}
		moved++
		first, known := employers[e["relationship_id"]]
		if e["event"] != "transformation" || known && first == e["employer_id"] {
			t.Fatalf("%v: want a transformation to another employer than %s", e, first)
		}
		if e["planned_end_on"] != "" {
			planned++
		}
	}
	if moved < 100 || planned == 0 || planned > moved/2 {
		t.Errorf("%d transfers, %d with a planned end: want 100 or more, some with one", moved, planned)
	}
}

// recount counts the flaws of rows again, from the files alone.
type recount struct {
	registrations map[string]map[string]string
	found         map[string]int
}

func qualityOf(t *testing.T, dir string, truth synthetic.Truth) {
	r := recount{latest(t, dir, "registrations", "registration_id", "updated_on"), map[string]int{}}
	r.persons()
	for _, a := range latest(t, dir, "agreements", "agreement_id", "updated_on") {
		switch reg, known := r.registrations[a["registration_id"]]; {
		case !known:
			r.found["agreement_without_registration"]++
		case a["signed_on"] < reg["registered_on"]:
			r.found["agreement_before_registration"]++
		}
	}
	for _, c := range latest(t, dir, "convocations", "convocation_id", "updated_on") {
		if _, known := r.registrations[c["registration_id"]]; !known {
			r.found["convocation_without_registration"]++
		}
	}
	for _, s := range latest(t, dir, "services", "service_id", "updated_on") {
		if _, known := r.registrations[s["registration_id"]]; s["beneficiary_kind"] == "person" && !known {
			r.found["service_without_registration"]++
		}
	}
	r.events(latest(t, dir, "placements", "event_id", "received_on"))
	for name, want := range truth.Quality {
		if name == "workplace_of_several_territories" {
			continue // jobs, not rows, and no municipality here has several
		}
		if r.found[name] != want || want == 0 {
			t.Errorf("%s: %d in the files, %d in the truth: want as many, one or more", name, r.found[name], want)
		}
	}
	if len(truth.Quality) != 11 {
		t.Errorf("quality %v: want eleven counts", truth.Quality)
	}
}

func (r recount) persons() {
	of := map[string][]map[string]string{}
	for _, reg := range r.registrations {
		of[reg["person_id"]] = append(of[reg["person_id"]], reg)
	}
	for _, regs := range of {
		sexes, years := map[string]bool{}, map[string]bool{}
		for _, a := range regs {
			sexes[a["sex"]], years[a["birth_year"]] = true, true
			if slices.ContainsFunc(regs, func(b map[string]string) bool {
				return b["registered_on"] < a["registered_on"] && (b["closed_on"] == "" || a["registered_on"] < b["closed_on"])
			}) {
				r.found["registration_overlaps"]++
			}
		}
		if len(sexes) > 1 {
			r.found["person_with_two_sexes"]++
		}
		if len(years) > 1 {
			r.found["person_with_two_birth_years"]++
		}
	}
}

func (r recount) events(events map[string]map[string]string) {
	corrected := map[string]bool{}
	for _, e := range events {
		corrected[e["corrects"]] = true
		if _, known := events[e["corrects"]]; e["corrects"] != "" && !known {
			r.found["correction_of_unknown_event"]++
		}
	}
	states := map[string]string{} // by relationship: what there is of it
	for id, e := range events {
		switch {
		case e["cancelled"] == "true" && e["event"] == "start":
			states[e["relationship_id"]] += " cancelled"
		case e["cancelled"] != "true" && !corrected[id]:
			states[e["relationship_id"]] += " " + e["event"]
		}
	}
	for _, state := range states {
		if strings.Contains(state, "start") || strings.Trim(strings.ReplaceAll(state, "cancelled", ""), " ") == "" {
			continue
		}
		r.found["relationship_without_start"]++
		if strings.Contains(state, "cancelled") {
			r.found["extension_of_cancelled_start"] += strings.Count(state, "extension")
		}
	}
}
