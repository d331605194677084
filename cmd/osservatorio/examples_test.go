package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"osservatorio/ingest/sdmx/sdmxtest"
)

// exampleHome is a copy of an example's folder, as a stranger has it.
func exampleHome(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	must(t, os.CopyFS(dir, os.DirFS(filepath.Join("examples", name))))
	return dir
}

// askHere turns the questions of examples/istat to services on this machine that
// answer as ISTAT's does, with a value for each area and year: 5.0 for the first
// area in 2018, 0.1 more each year, 0.5 more each area; the last year provisional.
func askHere(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, "osservatorio.toml")
	raw, err := os.ReadFile(path)
	must(t, err)
	question := regexp.MustCompile(`(?s)\[source\.sdmx\]\nservice = "[^"]*"(.*?)flow = "([^"]*)"(.*?)key = "([^"]*)"(.*?)pause = "12s"`)
	text := question.ReplaceAllStringFunc(string(raw), func(found string) string {
		part := question.FindStringSubmatch(found)
		key := strings.Split(part[4], ".")
		s := &sdmxtest.Service{Agency: "IT1", Flow: part[2], Further: []string{"DATA_TYPE", "SEX", "AGE", "EDU_LEV_HIGHEST", "CITIZENSHIP"}, Most: 60, OneMore: true}
		for i, area := range strings.Split(key[1], "+") {
			for year := 2018; year <= 2025; year++ {
				s.Observations = append(s.Observations, sdmxtest.Observation{Freq: "A", Area: area, Period: fmt.Sprint(year), Value: fmt.Sprintf("%.1f", 5+0.5*float64(i)+0.1*float64(year-2018)),
					Status: map[bool]string{true: "p"}[year == 2025], Further: []string{key[2], "9", key[4], "99", "TOTAL"}})
			}
		}
		return "allow_hosts = [\"127.0.0.1\"]\n\n[source.sdmx]\nservice = \"" + s.Serve(t) + `"` + part[1] + `flow = "` + part[2] + `"` + part[3] + `key = "` + part[4] + `"` + part[5]
	})
	must(t, os.WriteFile(path, []byte(text), 0o600))
}

// Who asks the service and has no file at all gets the page of the labour
// market: rates of Italy, region and provinces with source, date and flags.
func TestTheExampleOfOfficialStatisticsBecomesASiteWithRatesSourceDateAndFlags(t *testing.T) {
	t.Parallel()
	dir := exampleHome(t, "istat")
	askHere(t, dir)
	runs(t, dir, "run")
	for file, want := range map[string][]string{
		"lavoro/index.html":           {"ISTAT, Rilevazione sulle forze di lavoro", "2025", "Emilia-Romagna", "Piacenza", "provvisori"},
		"en/labour-market/index.html": {"ISTAT, labour force survey", "2025", "Emilia-Romagna", "Piacenza", "provisional"},
	} {
		says(t, filepath.Join(dir, "public", filepath.FromSlash(file)), want...)
	}
}

// The tables of the national programme, from files as found to a site.
func TestTheExampleOfTheNationalProgrammeBecomesASite(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("OSSERVATORIO_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	tables, err := filepath.Abs(filepath.Join(shared, "data", "02-lavoro"))
	must(t, err)
	if _, err := os.Stat(tables); err != nil {
		t.Skip("shared data not here: set OSSERVATORIO_SHARED")
	}
	dir := exampleHome(t, "gol")
	runs(t, dir, "run", "--source-dir", tables)
	says(t, filepath.Join(dir, "public", "gol-occupati", "index.html"), "P.A. Bolzano", "INAPP", "31 dicembre 2025")
}

// A region whose extracts come in the layout of its own system, command by
// command as the example's README has them, of fewer persons and quarters.
func TestTheExampleOfARegionalSystemBecomesASite(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	runs(t, home, "init", "my-region")
	dir := filepath.Join(home, "my-region")
	must(t, os.CopyFS(filepath.Join(dir, "mapping"), os.DirFS(filepath.Join("examples", "sil", "mapping"))))
	raw, err := os.ReadFile(filepath.Join("examples", "sil", "osservatorio.toml"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "osservatorio.toml"), raw, 0o600))
	runs(t, home, "generate", "--layout", "sil", "--persons", "1000", "--from", "2025-01", "my-region/inbox")
	runs(t, home, "run", "--config", "my-region/osservatorio.toml")
	says(t, filepath.Join(dir, "public", "index.html"), "dati sintetici", "Emilia-Romagna")
}

// says holds a page to words that must stand on it.
func says(t *testing.T, path string, want ...string) {
	t.Helper()
	page, err := os.ReadFile(path)
	must(t, err)
	for _, w := range want {
		if !strings.Contains(string(page), w) {
			t.Errorf("%s: does not say %q", path, w)
		}
	}
}
