package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"osservatorio/ingest/synthetic"
	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// The wall between confidential cubes and public files is tried from outside:
// what must be hidden is found anew in plain Go, then every file that anybody
// can read is searched for it.

// wallConfig is an invented region of few persons, so that many cells are small.
const wallConfig = `
[publisher]
name = "Regione inventata"
[region]
name = "Prova"
geography = %q
synthetic = true
[disclosure]
together = false
[[source]]
name = "registrations"
[[source]]
name = "services"
[[source]]
name = "agreements"
[[source]]
name = "placements"
[[source]]
name = "population"
mode = "full"
[[source]]
name = "providers"
mode = "full"
[[source]]
name = "convocations"
[[source]]
name = "benefits"
[[source]]
name = "training"
[[source]]
name = "vacancies"
[[source]]
name = "centres"
mode = "full"
[[source]]
name = "funding"
mode = "full"
`

// wallRules are the policies of the views that hold persons, as they are
// written down for suppliers: the least number shown, and whether the rest of
// the denominator counts too.
var wallRules = map[string]wallRule{
	"lep_coverage": {least: 3}, "lep_timely": {least: 3}, "lep_activities": {least: 3}, "lep_no_show": {least: 3},
	"funnel": {least: 3}, "funnel_days": {least: 3}, "programme_gol": {least: 3}, "programme_gol_vulnerable": {least: 5, complement: true},
	"flows": {least: 3}, "positions": {least: 3}, "contract_mix": {least: 3}, "contract_durations": {least: 3},
	"demand": {least: 3}, "tightness": {least: 3}, "provider_sites": {least: 3}, "standard_costs": {least: 3},
	"training_completion": {least: 3, complement: true}, "benefits_stock": {least: 5}, "operators_per_1000": {least: 3, open: true},
	"out_employed": {least: 3, complement: true}, "out_employed_inwork": {least: 3, complement: true}, "out_ever": {least: 3, complement: true}, "out_stable": {least: 3, complement: true},
	"out_days": {least: 3, complement: true}, "out_after_exit": {least: 3, complement: true}, "out_upgrade": {least: 3, complement: true}, "gol_stock": {least: 3, complement: true},
	"out_time_to_job": {least: 3, complement: true}, "lep_wait": {least: 3}, "out_expected": {least: 3, complement: true}, "inclusion_lr14": {least: 5, complement: true},
	"lep_centres_meeting": {}, // its cells count services, each of which is shown by itself
}

// wallRule is the least count that is shown, whether what is left of the
// denominator is a count too, and whether numerators are those of an open source:
// no secret, though a line of few is hidden like any other.
type wallRule struct {
	least      float64
	complement bool
	open       bool
}

func TestNothingConfidentialPassesTheWall(t *testing.T) {
	t.Parallel()
	dir := wallInstance(t)
	folder := onlyFolder(t, filepath.Join(dir, "releases"))
	db, err := warehouse.Open(t.Context(), warehouse.Options{Path: filepath.Join(dir, "warehouse.duckdb")})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	g := &generated{db: db}
	rel, err := release.Open(folder)
	must(t, err)
	t.Run("what is shown is what the books have", func(t *testing.T) { comparePublished(t, filepath.Join(dir, "inbox"), rel) })
	searched, views := 0, 0
	for _, header := range rel.Info.Views {
		if header.Protection == "open" {
			continue
		}
		rule, known := wallRules[header.View]
		if !known {
			t.Errorf("%s holds persons and has no rule in this test", header.View)
		}
		secret := g.secrets(t, header)
		if len(secret) == 0 {
			continue
		}
		frame, err := rel.Frame(t.Context(), header.View)
		must(t, err)
		if secret = asked(frame, secret); len(secret) == 0 {
			continue // the plan asks for coarser cells alone, which are not secret
		}
		views++
		searched += len(secret)
		checkFrame(t, frame, secret)
		for _, file := range []struct {
			name  string
			comma rune
		}{{".csv", ','}, {".excel-it.csv", ';'}} {
			checkText(t, filepath.Join(folder, "data", header.View+file.name), file.comma, header, secret)
		}
		g.checkFooter(t, filepath.Join(folder, "data", header.View+".parquet"), rule.least)
	}
	if searched < 1000 || views < 15 {
		t.Fatalf("%d confidential cells of %d views: the test shows little", searched, views)
	}
	g.checkPersons(t, dir, folder, filepath.Join(dir, "public"))
}

// wallInstance makes, loads, releases and builds the invented region.
func wallInstance(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "l'istanza [1]") // neither SQL nor a pattern
	territory, err := filepath.Abs("../../ingest/synthetic/testdata/geography")
	must(t, err)
	must(t, initInstance(dir, fmt.Appendf(nil, wallConfig, territory)))
	_, err = synthetic.Generate(t.Context(), synthetic.Options{
		Persons: 600, Seed: 3, From: "2025-01", To: "2026-03", Dir: filepath.Join(dir, "inbox"),
		Reference: warehouse.ReferenceFS(), Geography: os.DirFS(territory), GeographyName: "prova",
	})
	must(t, err)
	var out, faults bytes.Buffer
	if code := Main([]string{"run", "--config", filepath.Join(dir, "osservatorio.toml")}, &out, &faults); code != exitDone {
		t.Fatalf("run ended with %d: %s", code, faults.String())
	}
	return dir
}

func onlyFolder(t *testing.T, dir string) string {
	t.Helper()
	found, err := fs.Glob(os.DirFS(dir), "*/release.json")
	if err != nil || len(found) != 1 {
		t.Fatalf("releases %v, %v: want one", found, err)
	}
	return filepath.Join(dir, filepath.Dir(found[0]))
}

// secrets finds the cells of a cube that nobody may see, by their keys.
func (g *generated) secrets(t *testing.T, header release.Header) map[string]bool {
	t.Helper()
	secret, parts, rule := map[string]bool{}, map[string]bool{}, wallRules[header.View]
	small := func(text string) bool {
		n, err := strconv.ParseFloat(text, 64)
		return err == nil && n != 0 && math.Abs(n) < rule.least
	}
	var derived []record
	g.read(t, "SELECT * FROM cubes."+header.View, func(r record) {
		hide := false
		switch {
		case r["obs_status"] == "O" && r["numerator"] == "":
		case header.Kind == release.Count && r["measure"] == "balance":
			derived = append(derived, r)
		case header.Kind == release.Count:
			hide = small(r["value"])
		default:
			hide = small(r["numerator"]) || small(r["denominator"])
			if n, err := strconv.ParseFloat(r["numerator"], 64); err == nil && rule.complement {
				d, _ := strconv.ParseFloat(r["denominator"], 64)
				hide = hide || small(fmt.Sprint(d-n))
			}
		}
		if hide {
			secret[wallKey(header, r)] = true
			if slices.Contains([]string{"starts", "ends"}, r["measure"]) {
				parts[wallKey(header, r, "measure")] = true // of the balance
			}
		}
	})
	for _, r := range derived {
		if parts[wallKey(header, r, "measure")] {
			secret[wallKey(header, r)] = true
		}
	}
	return secret
}

// asked keeps the secrets of levels and kinds of period of which some cell is
// published: the plan does not ask for the others.
func asked(frame *release.Frame, secret map[string]bool) map[string]bool {
	tiers := map[[2]string]bool{}
	for row := range frame.All() {
		tiers[[2]string{row.GeoLevel, row.PeriodType}] = true
	}
	out := map[string]bool{}
	for key := range secret {
		if parts := strings.SplitN(key, "|", 4); tiers[[2]string{parts[0], parts[2]}] {
			out[key] = true
		}
	}
	return out
}

// wallKey joins the key of a row, but for the columns left out.
func wallKey(header release.Header, r record, without ...string) string {
	var key []string
	for _, c := range append([]string{"geo_level", "geo", "period_type", "period", "measure"}, header.Breakdowns...) {
		if !slices.Contains(without, c) {
			key = append(key, r[c])
		}
	}
	return strings.Join(key, "|")
}

func checkFrame(t *testing.T, frame *release.Frame, secret map[string]bool) {
	t.Helper()
	found := 0
	for row := range frame.All() {
		r := record{"geo_level": row.GeoLevel, "geo": row.Geo, "period_type": row.PeriodType, "period": row.Period, "measure": row.Measure}
		for i, b := range frame.Header.Breakdowns {
			r[b] = row.By[i]
		}
		if !secret[wallKey(frame.Header, r)] {
			continue
		}
		found++
		if waits(row.Measure, string(row.Status), row.Reason) && row.Numerator == nil && row.Denominator == nil && row.Value == nil && row.Low == nil && row.High == nil {
			continue
		}
		if row.Status != release.Confidential || row.Conf != release.Hidden || row.Reason != "" || len(row.Notes) > 0 ||
			row.Numerator != nil || row.Denominator != nil || row.Value != nil || row.Low != nil || row.High != nil {
			t.Errorf("%s: %s is shown: %+v", frame.Header.View, wallKey(frame.Header, r), row)
		}
	}
	if found == 0 {
		t.Errorf("%s: none of %d confidential cells has a row: hidden cells must be seen to be hidden", frame.Header.View, len(secret))
	}
}

// waits says that a median is not observable: it is left out until its curve is,
// of few and of many alike.
func waits(measure, status, reason string) bool {
	return strings.HasSuffix(measure, "_median") && status == "O" && reason == "not_observable"
}

func checkText(t *testing.T, path string, comma rune, header release.Header, secret map[string]bool) {
	t.Helper()
	raw, err := os.ReadFile(path)
	must(t, err)
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff"))))
	reader.Comma = comma
	rows, err := reader.ReadAll()
	must(t, err)
	found := 0
	for _, cells := range rows[1:] {
		r := record{}
		for i, name := range rows[0] {
			r[name] = cells[i]
		}
		if !secret[wallKey(header, r)] {
			continue
		}
		found++
		if waits(r["measure"], r["obs_status"], r["reason"]) && r["numerator"]+r["denominator"]+r["value"]+r["low"]+r["high"] == "" {
			continue
		}
		if r["obs_status"] != "Q" || r["conf_status"] != "C" || r["numerator"]+r["denominator"]+r["value"]+r["low"]+r["high"]+r["reason"]+r["note_ids"] != "" {
			t.Errorf("%s: a confidential cell is shown: %v", filepath.Base(path), cells)
		}
	}
	if found == 0 {
		t.Errorf("%s: no confidential cell has a row", filepath.Base(path))
	}
}

// checkFooter looks at the statistics of each column chunk: a least value
// between zero and the threshold would tell of a hidden cell.
func (g *generated) checkFooter(t *testing.T, path string, least float64) {
	t.Helper()
	chunks := 0
	g.read(t, `SELECT path_in_schema AS part, coalesce(stats_min_value, stats_min) AS low, coalesce(stats_max_value, stats_max) AS high
		FROM parquet_metadata('`+strings.ReplaceAll(path, "'", "''")+`') WHERE path_in_schema IN ('numerator', 'denominator')`, func(r record) {
		chunks++
		for _, bound := range []string{r["low"], r["high"]} {
			if n, err := strconv.ParseFloat(bound, 64); err == nil && n != 0 && math.Abs(n) < least {
				t.Errorf("%s: the footer tells %s of column %s", filepath.Base(path), bound, r["part"])
			}
		}
	})
	if chunks == 0 {
		t.Errorf("%s: no column chunk was looked at", filepath.Base(path))
	}
}

var (
	wallWords  = regexp.MustCompile(`[0-9A-Za-z_-]+`)
	wallPieces = regexp.MustCompile(`[0-9A-Za-z]+`)
)

// checkPersons searches every byte that goes out for a supplier's key or one
// of our own pseudonyms.
func (g *generated) checkPersons(t *testing.T, dir string, public ...string) {
	t.Helper()
	keys := map[string]bool{}
	for _, column := range []string{"registrations.registration_id", "registrations.person_id", "services.service_id", "services.person_id", "services.employer_id",
		"agreements.agreement_id", "agreements.person_id", "placements.event_id", "placements.relationship_id", "placements.person_id", "placements.employer_id",
		"convocations.convocation_id", "convocations.person_id", "benefits.benefit_id", "benefits.person_id",
		"training.enrolment_id", "training.person_id", "vacancies.vacancy_id"} {
		table, name, _ := strings.Cut(column, ".")
		g.read(t, "SELECT DISTINCT "+name+" AS k FROM raw."+table+" WHERE "+name+" IS NOT NULL", func(r record) { keys[r["k"]] = true })
	}
	supplied := 0
	archive := os.DirFS(filepath.Join(dir, "archive"))
	for _, source := range []string{"registrations", "services", "agreements", "placements"} {
		files, err := fs.Glob(archive, source+"/*/*.csv")
		must(t, err)
		for _, f := range files {
			raw, err := fs.ReadFile(archive, f)
			must(t, err)
			for line := range strings.Lines(string(raw)) {
				for _, cell := range strings.SplitN(line, ",", 5)[:min(4, strings.Count(line, ",")+1)] {
					if len(cell) >= 9 && strings.ContainsAny(cell, "123456789") && strings.ContainsAny(cell[:1], "rpsdeacj") && !strings.Contains(cell, "_") && cell[1] != 'e' {
						keys[cell] = true
						supplied++
					}
				}
			}
		}
	}
	if len(keys) < 1000 || supplied < 1000 {
		t.Fatalf("only %d keys, %d of suppliers: the test shows nothing", len(keys), supplied)
	}
	files := 0
	for _, root := range public {
		must(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			files++
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, form := range []*regexp.Regexp{wallWords, wallPieces} {
				for _, word := range form.FindAll(raw, -1) {
					if len(word) >= 8 && keys[string(word)] {
						t.Errorf("%s: holds %s, the key of somebody", path, word)
						return nil
					}
				}
			}
			return nil
		}))
	}
	if files < 20 {
		t.Errorf("%d public files: want the release and the site", files)
	}
}
