package dashboards_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"osservatorio/dashboards/chart/charttest"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// nameAndNumber is what says nothing: "NASpI: 1.549". With a verb before it, it is
// a sentence: "La voce più grande è NASpI: 1.549".
var (
	nameAndNumber = regexp.MustCompile(`^[^:]*: [−-]?[\d.,\x{a0}]+(%| €| milioni di euro| million euro)?$`)
	verb          = regexp.MustCompile(` (è|is) `)
)

func bare(title string) bool { return nameAndNumber.MatchString(title) && !verb.MatchString(title) }

func TestNoHeadlineIsANameAndANumber(t *testing.T) {
	for _, lang := range words.Langs {
		for _, p := range pagesOf(t, charttest.Whole(), lang) {
			if bare(p.Headline) {
				t.Errorf("%s: page %s: %q", lang, p.ID, p.Headline)
			}
			for _, f := range figuresOf(p) {
				if bare(f.Title) {
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
