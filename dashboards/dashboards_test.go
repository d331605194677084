package dashboards_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"osservatorio/dashboards"
	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/chart/charttest"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

func pagesOf(t *testing.T, rel *release.Release, lang string) []dashboards.Page {
	t.Helper()
	w, err := words.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := dashboards.Pages(context.Background(), rel, w)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func figuresOf(p dashboards.Page) []chart.Figure {
	var out []chart.Figure
	for _, s := range p.Sections {
		out = append(out, s.Figures...)
	}
	return out
}

// topics are the pages about a theme, in the order of the menu.
func topics(pages []dashboards.Page) []string {
	var out []string
	for _, p := range pages {
		if p.ID != "home" && p.Geo == "" {
			out = append(out, p.ID)
		}
	}
	return out
}

func TestEveryViewStandsOnAPageOfItsTheme(t *testing.T) {
	rel := charttest.Whole()
	pages := pagesOf(t, rel, "it")
	want := []string{"lep", "outcomes", "take-up", "gol", "inclusion", "training", "benefits", "flows", "demand", "strengthening", "funding"}
	if got := topics(pages); !slices.Equal(got, want) {
		t.Errorf("themes %v, want %v", got, want)
	}
	drawn := map[string]bool{"funnel_days": true} // stands beside the steps
	for _, p := range pages {
		for _, f := range figuresOf(p) {
			drawn[f.View] = true
		}
	}
	for _, h := range rel.Info.Views {
		if !drawn[h.View] {
			t.Errorf("view %s: no figure shows it", h.View)
		}
	}
}

func TestAPageWithoutItsViewIsLeftOutAndASectionToo(t *testing.T) {
	pages := pagesOf(t, charttest.Region(), "it")
	if got, want := topics(pages), []string{"lep", "outcomes", "take-up", "flows"}; !slices.Equal(got, want) {
		t.Errorf("themes %v, want %v", got, want)
	}
	for _, p := range pages {
		for _, s := range p.Sections {
			if len(s.Figures) == 0 || s.ID == "absent" || s.ID == "centres" {
				t.Errorf("page %s: section %q stands without a figure or a view", p.ID, s.ID)
			}
		}
	}
}

func TestBothLanguagesHaveTheSamePagesFiguresAndKeys(t *testing.T) {
	rel := charttest.Whole()
	shape := func(lang string) []string {
		var out []string
		for _, p := range pagesOf(t, rel, lang) {
			out = append(out, p.ID+" "+p.Group)
			for _, k := range p.Keys {
				out = append(out, p.ID+" key "+k.ID+" "+k.Page)
			}
			for _, s := range p.Sections {
				out = append(out, p.ID+" section "+s.ID)
				for _, f := range s.Figures {
					out = append(out, p.ID+" "+s.ID+" "+f.ID)
				}
			}
		}
		return out
	}
	if it, en := shape("it"), shape("en"); !slices.Equal(it, en) {
		t.Error("the languages differ in more than words")
	}
}

func TestFigureIDsAreOneEachOnASite(t *testing.T) {
	seen := map[string]string{}
	for _, p := range pagesOf(t, charttest.Whole(), "en") {
		ids := map[string]bool{}
		for _, f := range figuresOf(p) {
			if other, twice := seen[f.ID]; twice {
				t.Errorf("figure %s: on %s and on %s", f.ID, other, p.ID)
			}
			seen[f.ID], ids[f.ID] = p.ID, true
		}
		sections := map[string]bool{}
		for _, s := range p.Sections {
			if sections[s.ID] || ids[s.ID] {
				t.Errorf("page %s: id %q used twice", p.ID, s.ID)
			}
			sections[s.ID] = true
		}
	}
}

func TestEveryFigureSaysItsKindOfPeriod(t *testing.T) {
	rel := charttest.Whole()
	for _, p := range pagesOf(t, rel, "it") {
		for _, f := range figuresOf(p) {
			if f.Cells.PeriodType == "" {
				t.Errorf("figure %s: no kind of period: quarters and years would mix", f.ID)
			}
			year := strings.Contains(f.ID, "-year")
			if year != (f.Cells.PeriodType == "year") && year {
				t.Errorf("figure %s: period type %s", f.ID, f.Cells.PeriodType)
			}
		}
	}
}

func TestAProfileShowsItsOwnPlaceOnly(t *testing.T) {
	for _, p := range pagesOf(t, charttest.Whole(), "it") {
		if p.Geo == "" {
			continue
		}
		if len(p.Keys) < 4 || len(figuresOf(p)) < 6 {
			t.Errorf("profile %s: %d key figures, %d figures", p.ID, len(p.Keys), len(figuresOf(p)))
		}
		for _, f := range figuresOf(p) {
			if f.Geo != p.Geo && f.Form != "funnel_plot" {
				t.Errorf("profile %s: figure %s is about %s", p.ID, f.ID, f.Geo)
			}
		}
	}
}
