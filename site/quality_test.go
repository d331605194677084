package site

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
	"osservatorio/site/output"
	"osservatorio/site/sitetest"
)

// invented holds one of each thing that quality.json can say.
const inventedQuality = `{
  "sources": [{"source": "registrations", "contract": "registrations", "period": "2026-Q1", "rows": 1210, "accepted": 1204, "quarantined": 6}],
  "completeness": [{"contract": "registrations", "complete_to": "2026-09-30", "days_behind": 0}, {"contract": "funding", "complete_to": "2025-12-31", "days_behind": 365}, {"contract": "population", "complete_to": "2026-12-31", "days_behind": 0}],
  "territories": [{"contract": "registrations", "geo": "D1", "last_period": "2026-Q3", "late": false}, {"contract": "registrations", "geo": "D2", "last_period": "2026-Q1", "late": true}],
  "quarantined": [{"source": "registrations", "column": "registered_on", "rule": "required", "rows": null}, {"source": "funding", "rule": "fields", "rows": 4}],
  "unusable": [{"reason": "stale_spell", "cases": 0}, {"reason": "registration_overlaps", "cases": 141}, {"reason": "relationship_ends_before_start", "cases": null}],
  "warnings": [{"check": "source_late", "message": "told to operators"}, {"check": "own_check", "message": "A check of the instance's own."}],
  "overrides": [{"check": "volume_fell", "period": "2026-Q1", "geo": "D2", "reason": "The centre was closed <in March>.", "signed_by": "A. Test", "signed_on": "2026-10-02", "until": "2026-12-31"}]
}`

func qualityPages(t *testing.T) map[string]string {
	t.Helper()
	needAssets(t)
	opt := options()
	folder := sitetest.Folder()
	folder["quality.json"] = &fstest.MapFile{Data: []byte(inventedQuality)}
	opt.ReleaseDir = folder
	out := output.NewMemory()
	if _, err := Build(t.Context(), sitetest.Release(), out, opt); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"it": string(out.Read("rilasci/qualita/index.html")), "en": string(out.Read("en/releases/quality/index.html"))}
}

func TestThePageOfQualitySaysInWordsWhatTheReleaseSaysInCodes(t *testing.T) {
	for lang, page := range qualityPages(t) {
		want := map[string][]string{
			"it": {"I dati di 3 fonti: la più recente arriva al 31 ottobre 2026, la meno recente al 31 dicembre 2025", "Iscrizioni allo stato di disoccupazione", "304 giorni", "manca un valore obbligatorio",
				"iscrizioni che si sovrappongono", "una fonte ha smesso di arrivare", "Cercati e non trovati: rapporti di lavoro mai chiusi", "1 di 2", "Dato riservato", "2 ottobre 2026"},
			"en": {"Data of 3 sources: the newest reaches 31 October 2026, the oldest 31 December 2025", "Unemployment registrations", "a required value is missing",
				"registrations that overlap", "a source has stopped coming", "Looked for and not found: work relationships never closed", "1 of 2", "2 October 2026"},
		}[lang]
		for _, text := range append(want, "The centre was closed &lt;in March&gt;.", "141", "A check of the instance&#39;s own.") {
			if !strings.Contains(page, text) {
				t.Errorf("%s: the page lacks %q", lang, text)
			}
		}
		_, main, _ := strings.Cut(page, "<main")
		main, _, _ = strings.Cut(main, "</main>")
		for _, code := range []string{"stale_spell", "registration_overlaps", "registered_on", "source_late", "volume_fell", "own_check"} {
			if strings.Contains(main, code) {
				t.Errorf("%s: the page shows the code %s", lang, code)
			}
		}
	}
}

func TestAReleaseWithoutAReportOfQualityHasNoPageOfIt(t *testing.T) {
	needAssets(t)
	opt := options()
	rel := sitetest.Release()
	rel.Files = nil
	opt.ReleaseDir = nil
	b := &builder{ctx: t.Context(), rel: rel, opt: opt}
	if b.hasQuality() {
		t.Error("a release without quality.json has a page of quality")
	}
	rel.Files = []release.File{{Path: "quality.json"}}
	if b.opt.ReleaseDir = (fstest.MapFS{}); !b.hasQuality() {
		t.Error("a release with quality.json has no page of quality")
	}
}

// Codes stand in the contracts, in the checks and in the view of quality; a new
// one without words would be shown as it is.
func TestEveryReasonAndCheckHasWordsInBothLanguages(t *testing.T) {
	wanted := map[string]bool{}
	for _, rule := range []string{"required", "type", "minimum", "maximum", "pattern", "enum", "reference", "fields", "encoding", "long", "quote"} {
		wanted["rule."+rule] = true
	}
	for _, path := range matches(t, "../ingest/contract/*.json") {
		contract := struct {
			Name   string
			Fields []struct{ Name string }
			Own    struct{ Rules []struct{ Name string } } `json:"osservatorio"`
		}{}
		if err := json.Unmarshal(readAll(t, path), &contract); err != nil {
			t.Fatal(err)
		}
		wanted["source."+contract.Name] = true
		for _, f := range contract.Fields {
			wanted["column."+f.Name] = true
		}
		for _, r := range contract.Own.Rules {
			wanted["rule."+r.Name] = true
		}
	}
	for _, path := range matches(t, "../queries/checks/*.sql") {
		wanted["check."+strings.TrimSuffix(filepath.Base(path), ".sql")] = true
	}
	sql := string(readAll(t, "../queries/marts/quality.sql"))
	for _, m := range regexp.MustCompile(`(?:SELECT |\()'([a-z]+(?:_[a-z]+)+)'`).FindAllStringSubmatch(sql, -1) {
		wanted["unusable."+m[1]] = true
	}
	if len(wanted) < 150 || !wanted["unusable.stale_spell"] || !wanted["unusable.unknown_lep"] || !wanted["rule.person_or_employer"] {
		t.Fatalf("%d codes found: the test looks in the wrong place", len(wanted))
	}
	for _, lang := range words.Langs {
		w, err := words.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		for key := range wanted {
			if !w.Has("quality." + key) {
				t.Errorf("%s: no words for %s", lang, key)
			}
		}
	}
}

func TestSourcesOfOneContractAreToldApart(t *testing.T) {
	w, err := words.Load("it")
	if err != nil {
		t.Fatal(err)
	}
	c := composer{w: w, lang: "it"}
	for got, want := range map[string]string{
		c.sourceOf("gol_table_2_1", "observations"):  "Osservazioni ufficiali: gol table 2 1",
		c.sourceOf("registrations", "registrations"): "Iscrizioni allo stato di disoccupazione",
		c.sourceOf("some_source", ""):                "some source",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func matches(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.FromSlash(pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(found), err)
	}
	return found
}

func readAll(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
