package dashboards_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"osservatorio/dashboards"
	"osservatorio/queries/release"
)

func pageAbout(pages []dashboards.Page, geo string) (dashboards.Page, bool) {
	i := slices.IndexFunc(pages, func(p dashboards.Page) bool { return p.Geo == geo })
	if i < 0 {
		return dashboards.Page{}, false
	}
	return pages[i], true
}

func TestEveryTerritoryHasAProfileWithASheet(t *testing.T) {
	rel := invented()
	pages := pagesOf(t, rel, "it")
	for _, g := range rel.Geos {
		p, ok := pageAbout(pages, g.Code)
		if g.Code == rel.Info.Region.Root {
			p, ok = pages[0], true
		}
		switch {
		case !ok:
			t.Errorf("%s %s: no profile", g.Level, g.Code)
		case p.Sheet == nil || len(p.Sheet.Rows) < 6 || len(p.Sheet.Figures) < 3 || len(p.Sheet.Figures) > 4:
			t.Errorf("%s: sheet %+v", g.Code, p.Sheet)
		}
	}
}

func TestSimilarTerritoriesAreTheClosestInSizeAndItIsSaid(t *testing.T) {
	rel := invented()
	for _, p := range pagesOf(t, rel, "en") {
		g, ok := rel.Geo(p.Geo)
		if !ok || g.Level != rel.Info.Region.PageLevel {
			continue
		}
		if len(p.Similar.Geos) != 5 || slices.Contains(p.Similar.Geos, p.Geo) || !strings.Contains(p.Similar.Says, "The choice is ours") {
			t.Fatalf("%s: similar %+v", p.Geo, p.Similar)
		}
		// once more, by hand, from the published rows
		far := func(code string) float64 {
			d := 0.0
			for _, c := range [][2]string{{"demand", "seekers"}, {"flows", "starts"}} {
				d += math.Pow(math.Log(valueAt(t, rel, c[0], c[1], code)/valueAt(t, rel, c[0], c[1], p.Geo)), 2)
			}
			return d
		}
		farthest := 0.0
		for _, code := range p.Similar.Geos {
			farthest = max(farthest, far(code))
		}
		for _, o := range rel.AtLevel(g.Level) {
			if o.Code != p.Geo && !slices.Contains(p.Similar.Geos, o.Code) && far(o.Code) < farthest-1e-9 {
				t.Errorf("%s: %s is closer than one of %v", p.Geo, o.Code, p.Similar.Geos)
			}
		}
	}
}

// valueAt is a yearly total of the invented release.
func valueAt(t *testing.T, rel *release.Release, view, measure, geo string) float64 {
	t.Helper()
	f, err := rel.Frame(t.Context(), view)
	if err != nil {
		t.Fatal(err)
	}
	root, ok := f.LatestPeriod(release.Select{Geo: rel.Info.Region.Root, Measure: measure, PeriodType: "year"})
	r, found := f.One(release.Select{Geo: geo, Measure: measure, Period: root})
	if !ok || !found || r.Value == nil {
		t.Fatalf("%s %s %s: no value", view, measure, geo)
	}
	return *r.Value
}

func TestASheetNeverShowsAHiddenCell(t *testing.T) {
	hiddenPlace := invented().AtLevel("district")[3].Code
	rel := covered(t, func(r release.Row) bool { return r.Geo == hiddenPlace })
	p, ok := pageAbout(pagesOf(t, rel, "it"), hiddenPlace)
	if !ok {
		t.Fatal("a territory whose cells are all confidential has no page that says so")
	}
	if !strings.Contains(p.Headline, "nessuna cifra principale si può mostrare") || len(p.Keys) > 0 {
		t.Errorf("headline %q, %d key figures", p.Headline, len(p.Keys))
	}
	if len(p.Sheet.Rows) == 0 {
		t.Error("the sheet leaves hidden cells out, where it should show their sign")
	}
	for _, r := range p.Sheet.Rows {
		if r.Mark != "hatch" || r.Value != "ris." || r.Interval != "" || strings.ContainsAny(r.Value, "0123456789") {
			t.Errorf("%s: %+v", r.ID, r.Said)
		}
	}
}
