package dashboards_test

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"osservatorio/dashboards"
	"osservatorio/dashboards/chart/charttest"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// nameAndNumber is what says nothing: "NASpI: 1.549". After words of the catalogue
// that say which it is, it is a sentence: "La voce più grande è NASpI: 1.549".
var nameAndNumber = regexp.MustCompile(`^[^:]*: [−-]?[\d.,\x{a0}]+(%| €| milioni di euro| million euro)?$`)

// whichItIs are the messages that make a sentence of a name and a number.
var whichItIs = []string{"chart.steps.title.parts", "chart.steps.title.parts.some", "chart.steps.title.some"}

// denial is what a headline without any number says: that nothing is told apart, or
// that there is nothing to show.
var denial = regexp.MustCompile(`(?i)\b(non|nessun|nessuna|no|not|none|nobody)\b`)

// bare tells a headline that is no sentence: a name and a number, or a name alone.
func bare(w *words.Catalogue, title string) bool {
	if !strings.ContainsAny(title, "0123456789") {
		return !denial.MatchString(title)
	}
	if !nameAndNumber.MatchString(title) {
		return false
	}
	for _, key := range whichItIs {
		opening, _, _ := strings.Cut(w.T(key, "most", "{", "value", "", "n", "{", "of", "", "k", "{", "step", "", "share", ""), "{")
		if strings.HasPrefix(title, opening) {
			return false
		}
	}
	return true
}

func TestANameIsNoHeadline(t *testing.T) {
	w, err := words.Load("it")
	if err != nil {
		t.Fatal(err)
	}
	for title, want := range map[string]bool{
		"NASpI: 1.549": true, "Ciò che è pagato: 12,0%": true, "Emilia-Romagna: le attivazioni e le cessazioni": true, "Chi ha un patto: Ordinario": true,
		"La voce più grande è NASpI: 1.549": false, "Fra i passi con un valore (3 su 9) il meno frequente è prima misura: 21,3%": false,
		"Corsi completati: le differenze per sesso non sono distinguibili": false, "Saldo: da −129 (Cesena) a 11 (Imola)": false,
	} {
		if got := bare(w, title); got != want {
			t.Errorf("%q: bare %v, want %v", title, got, want)
		}
	}
}

func TestNoHeadlineIsANameAndANumber(t *testing.T) {
	for _, lang := range words.Langs {
		w, err := words.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pagesOf(t, charttest.Whole(), lang) {
			if bare(w, p.Headline) {
				t.Errorf("%s: page %s: %q", lang, p.ID, p.Headline)
			}
			for _, f := range figuresOf(p) {
				if bare(w, f.Title) {
					t.Errorf("%s: figure %s (%s): %q", lang, f.ID, f.Form, f.Title)
				}
			}
		}
	}
}

func TestPlacesAreComparedInTheLastPeriodThatShowsTheWholeToo(t *testing.T) {
	frame, err := charttest.Whole().Frame(context.Background(), "out_employed")
	if err != nil {
		t.Fatal(err)
	}
	last := map[string]string{}
	for _, kind := range []string{"quarter", "year"} {
		last[kind], _ = frame.LatestPeriod(release.Select{GeoLevel: "district", Measure: "employed_180", PeriodType: kind})
	}
	hidden := covered(t, func(r release.Row) bool {
		return r.Geo == charttest.Root && r.Measure == "employed_180" && r.Period == last[r.PeriodType]
	})
	for _, p := range pagesOf(t, hidden, "it") {
		for _, f := range figuresOf(p) {
			if strings.HasPrefix(f.ID, "outcomes-ranking") && strings.Contains(strings.Join(f.Reading, " "), "in ordine di valore") {
				t.Errorf("%s (%s): places stand in order of value beside no reference", f.ID, f.Period)
			}
		}
	}
}

func TestWhereATotalIsHiddenForGoodThePlanStandsBesideTheLastPeriod(t *testing.T) {
	hidden := covered(t, func(r release.Row) bool {
		return r.Measure == "trained_total" && r.Geo == charttest.Root && r.Period > "2024"
	})
	for lang, want := range map[string]string{"it": "dall’inizio: dato riservato", "en": "since the start: confidential"} {
		for _, p := range pagesOf(t, hidden, lang) {
			for _, f := range figuresOf(p) {
				if f.ID != "gol-targets-table" {
					continue
				}
				row := f.Table.Rows[len(f.Table.Rows)-1]
				if cell := row[2]; !strings.Contains(cell.Text, want) || !strings.ContainsAny(cell.Text[:1], "123456789") || cell.Mark != "words" {
					t.Errorf("%s: %q (%s), want the persons trained in the last period and %q", lang, cell.Text, cell.Mark, want)
				}
				if !strings.Contains(f.Sentence, want) {
					t.Errorf("%s: who does not see the table is not told: %q", lang, f.Sentence)
				}
			}
		}
	}
}

// A release that shows outcomes at maturity ends years before its extraction: the
// page must say that it waits, and for what.
func TestThePageOfOutcomesSaysUntilWhenCohortsAreRipeWhereTheyAreAwaited(t *testing.T) {
	for value, waits := range map[string]bool{"1.0": true, "0.0": false, "": false} {
		rel := *invented()
		rel.Codes = maps.Clone(rel.Codes)
		rel.Codes["parameters"] = release.CodeList{Name: "parameters", Codes: []release.Code{{Code: "outcomes_at_maturity", Extra: map[string]string{"value": value}}}}
		for lang, says := range map[string]string{"it": `patti firmati fino al \d+º? \w+ 202\d\.`, "en": `agreements signed until \d+ \w+ 202\d\.`} {
			w, err := words.Load(lang)
			if err != nil {
				t.Fatal(err)
			}
			pages, err := dashboards.Pages(t.Context(), &rel, w)
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(pages, func(p dashboards.Page) bool { return p.ID == "outcomes" })
			if got := regexp.MustCompile(says).MatchString(pages[at].Lead); got != waits {
				t.Errorf("outcomes_at_maturity %q, %s: %q", value, lang, pages[at].Lead)
			}
		}
	}
}
