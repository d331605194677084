package export

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheCatalogueNamesEveryViewAndFile(t *testing.T) {
	db, o := world(t)
	o.Info.Publisher.Contact, o.Info.Publisher.IPACode = "scrivi@example.org", "r_terra"
	o.HighValue = []string{"figures"}
	unknown := o
	unknown.HighValue = []string{"figure"}
	if err := Write(t.Context(), db, unknown); err == nil || !strings.Contains(err.Error(), `view "figure": no such view`) {
		t.Errorf("a view that is none: got %v", err)
	}
	if err := os.MkdirAll(filepath.Dir(o.Dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), db, o); err != nil {
		t.Fatal(err)
	}
	facts := strings.Join(fromTurtle(t, tree(t, o.Dir)["catalog.ttl"]), "\n")
	dct, dcat := "http://purl.org/dc/terms/", "http://www.w3.org/ns/dcat#"
	at := "https://example.org/catalog#"
	for _, want := range []string{
		fact(at+"catalog", dcat+"dataset", at+"shares", "", "", ""),
		fact(at+"shares", dct+"identifier", "", "r_terra:shares", "", ""),
		fact(at+"shares", dct+"accrualPeriodicity", "http://publications.europa.eu/resource/authority/frequency/QUARTERLY", "", "", ""),
		fact(at+"figures", dct+"accrualPeriodicity", "http://publications.europa.eu/resource/authority/frequency/ANNUAL", "", "", ""),
		fact(at+"shares.period", "http://dati.gov.it/onto/dcatapit#endDate", "", "2025-06-30", "", "http://www.w3.org/2001/XMLSchema#date"),
		fact(at+"shares", dcat+"theme", "http://publications.europa.eu/resource/authority/data-theme/SOCI", "", "", ""),
		fact(at+"shares.parquet", dcat+"downloadURL", "https://example.org/data/shares.parquet", "", "", ""),
		fact(at+"shares.excel-it.csv", dct+"license", "https://creativecommons.org/licenses/by/4.0/", "", "", ""),
		fact(at+"contact", "http://www.w3.org/2006/vcard/ns#hasEmail", "mailto:scrivi@example.org", "", "", ""),
		fact(at+"figures", "http://data.europa.eu/r5r/hvdCategory", "http://data.europa.eu/bna/c_e1da4e07", "", "", ""),
	} {
		if !strings.Contains(facts, want) {
			t.Errorf("the catalogue does not say %q", strings.ReplaceAll(want, "\x00", " "))
		}
	}
	if strings.Contains(facts, at+"shares\x00http://data.europa.eu/r5r/hvdCategory") {
		t.Error("a view that the instance did not name is called of high value")
	}
}

// Without an address of its own the catalogue speaks of files beside it, so
// that it holds wherever the folder is put.
func TestACatalogueWithoutAnAddressIsRelative(t *testing.T) {
	db, o := world(t)
	o.Info.Publisher.BaseURL = ""
	if err := os.MkdirAll(filepath.Dir(o.Dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), db, o); err != nil {
		t.Fatal(err)
	}
	text := string(tree(t, o.Dir)["catalog.ttl"])
	if !strings.Contains(text, "dcat:downloadURL <data/shares.csv>") || strings.Contains(text, "<>") {
		t.Errorf("got %s", text)
	}
}

func TestPeriodsHaveAFirstAndALastDay(t *testing.T) {
	for period, want := range map[string]string{"2024": "2024-01-01 2024-12-31", "2024-Q1": "2024-01-01 2024-03-31", "2024-Q4": "2024-10-01 2024-12-31",
		"2024-02": "2024-02-01 2024-02-29", "2025-12-31": "2025-12-31 2025-12-31"} {
		if first, last, err := daysOf(period); err != nil || first+" "+last != want {
			t.Errorf("%s: got %s to %s, %v", period, first, last, err)
		}
	}
	for _, period := range []string{"", "x", "2024-Q5", "2024-13", "2024-02-30", "2024-Q", "2024-W1"} {
		if _, _, err := daysOf(period); err == nil || !strings.Contains(err.Error(), "expected 2025, 2025-Q3") {
			t.Errorf("%q: got %v", period, err)
		}
	}
}

// A cube has the very values of the view: hidden ones are null, with Q.
func TestACubeHoldsTheCellsOfItsView(t *testing.T) {
	_, o := written(t)
	var doc struct {
		ID     []string
		Size   []int
		Value  map[string]*float64
		Status map[string]string
	}
	if err := json.Unmarshal(tree(t, o.Dir)["data/shares.json"], &doc); err != nil {
		t.Fatal(err)
	}
	if strings.Join(doc.ID, ",") != "geo,period,sex,measure,figure" || len(doc.Size) != 5 || doc.Size[4] != 5 {
		t.Fatalf("got %v of %v", doc.ID, doc.Size)
	}
	if len(doc.Value) != 5*5 || len(doc.Status) != len(doc.Value) {
		t.Errorf("%d values and %d statuses for five rows of five figures", len(doc.Value), len(doc.Status))
	}
	count, shown := map[string]int{}, map[float64]bool{}
	for place, v := range doc.Value {
		count[doc.Status[place]]++
		if v != nil {
			shown[*v] = true
		}
		if v != nil && strings.Contains("QMO", doc.Status[place]) {
			t.Errorf("place %s: %v under status %s", place, *v, doc.Status[place])
		}
	}
	if count["Q"] != 5 || count["A"] != 5 || !shown[40] || !shown[100] || shown[1] || shown[3] {
		t.Errorf("statuses %v, values %v", count, shown)
	}
}

func TestCSVWAndDictionariesSpeakBothLanguages(t *testing.T) {
	_, o := written(t)
	files := tree(t, o.Dir)
	for name, wants := range map[string][]string{
		"data/shares.csv-metadata.json": {`"http://www.w3.org/ns/csvw"`, `"url": "shares.csv"`, `"titles": "obs_status"`, `"datatype": "double"`, `"@value": "Sex"`, `"@value": "Sesso"`},
		"dictionary.it.md":              {"## `shares`: Titolo della vista", "| `sex` | string | Sesso | codes/sex.csv |", "Dati sintetici", "- **Universo**: Tutti", "`codes/obs_status.csv`: Stato dell'osservazione"},
		"dictionary.en.md":              {"## `shares`: Title of the view", "| `sex` | string | Sex | codes/sex.csv |", "Synthetic data", "- **Universe**: All"},
		"CITATION.cff":                  {"cff-version: \"1.2.0\"", "- name: \"Ente d'esempio\"", "license: \"CC-BY-4.0\"", "version: \"2026-01\""},
		"data/shares.dataset.jsonld":    {`"@type": "Dataset"`, `"temporalCoverage": "2025-01-01/2025-06-30"`, `"contentUrl": "https://example.org/data/shares.csv"`, "Ente d'esempio (2025), Titolo della vista, rilascio 2026-01, definizione shares@1"},
		"codes/sex.csv":                 {"code,label_it,label_en,source,verification,valid_from,valid_to\n", "F,Donne,Women,invented,proposal,,\n"},
		"codes/obs_status.csv":          {"code,label_it,label_en,valid_from,valid_to\n"},
	} {
		for _, want := range wants {
			if !strings.Contains(string(files[name]), want) {
				t.Errorf("%s: no %s", name, want)
			}
		}
	}
	if text := marked("a|b\n<i>*c*_d_`e`"); text != "a\\|b &lt;i>\\*c\\*\\_d\\_\\`e\\`" {
		t.Errorf("marks of Markdown pass: %s", text)
	}
}
