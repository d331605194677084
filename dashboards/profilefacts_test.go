package dashboards_test

import (
	"slices"
	"strings"
	"testing"

	"osservatorio/dashboards"
	"osservatorio/dashboards/chart/charttest"
	"osservatorio/queries/release"
)

// profileOf is the profile of a place, in Italian.
func profileOf(t *testing.T, rel *release.Release, geo string) dashboards.Page {
	t.Helper()
	pages := pagesOf(t, rel, "it")
	i := slices.IndexFunc(pages, func(p dashboards.Page) bool { return p.Geo == geo && strings.HasPrefix(p.ID, "profile-") })
	if i < 0 {
		t.Fatalf("no profile of %s", geo)
	}
	return pages[i]
}

// thinned is the invented region in which a place has too few cases for shares.
func thinned(t *testing.T, geo string) *release.Release {
	t.Helper()
	whole := charttest.Region()
	var frames []*release.Frame
	for _, h := range whole.Info.Views {
		f, err := whole.Frame(t.Context(), h.View)
		if err != nil {
			t.Fatal(err)
		}
		rows := slices.Collect(f.All())
		for i, r := range rows {
			if h.Kind == release.Rate && r.Geo == geo && r.Value != nil {
				n, d := 21.0, 26.0
				rows[i].Status, rows[i].Numerator, rows[i].Denominator = release.LowReliability, &n, &d
				rows[i].Value, rows[i].Low, rows[i].High = nil, nil, nil
				rows[i].PeriodType, rows[i].Period = "year", strings.Split(r.Period, "-")[0]
			}
		}
		frames = append(frames, release.NewFrame(h, rows))
	}
	info := whole.Info
	info.Views = nil
	return release.InMemory(info, whole.Geos, whole.Codes, frames...)
}

func TestAProfileOfFewCasesSaysItsCountsInPlaceOfShares(t *testing.T) {
	p := profileOf(t, thinned(t, charttest.Ordinary), charttest.Ordinary)
	if !strings.Contains(p.Headline, "21 persone su 26") {
		t.Errorf("headline %q does not say the counts", p.Headline)
	}
	if len(p.Few.Items) == 0 || !strings.HasPrefix(p.Few.Items[0].Value, "21 su 26 (20") {
		t.Errorf("counts below the key figures: %+v", p.Few)
	}
	for _, item := range p.Few.Items {
		if strings.Contains(item.Value, "%") {
			t.Errorf("%s: %s states a share of too few cases", item.Label, item.Value)
		}
	}
	if whole := profileOf(t, charttest.Region(), charttest.Ordinary); strings.Contains(whole.Headline, "21 persone su 26") {
		t.Errorf("a place with enough cases is told by counts: %q", whole.Headline)
	}
}

func TestAProfileNamesTheCentresOfItsDistrictWithWhatThePlanGaveThem(t *testing.T) {
	rel := charttest.Whole()
	centre := func(code, name, geo string) release.Code {
		return release.Code{Code: code, Label: release.Text{IT: name, EN: name}, Extra: map[string]string{"geo": geo}}
	}
	rel.Codes["cpi"] = release.CodeList{Name: "cpi", Codes: []release.Code{
		centre("C1", "CPI Uno", charttest.Ordinary), centre("C2", "CPI Due", "ER-D01"), centre("C3", "CPI Tre", "ER-D01"),
	}}
	one := profileOf(t, rel, charttest.Ordinary).Centre
	if one.Title != "Il centro per l’impiego: CPI Uno" {
		t.Errorf("title %q", one.Title)
	}
	if two := profileOf(t, rel, "ER-D01").Centre; two.Title != "I centri per l’impiego: CPI Due, CPI Tre" {
		t.Errorf("title %q", two.Title)
	}
	var labels []string
	for _, f := range one.Items {
		labels = append(labels, f.Label)
	}
	for _, want := range []string{"Posti coperti", "Interventi conclusi", "Risorse pagate"} {
		if !slices.Contains(labels, want) {
			t.Errorf("figures %v lack %s", labels, want)
		}
	}
	if province := profileOf(t, rel, "ITH51").Centre; len(province.Items) > 0 || province.Title != "" {
		t.Errorf("a province has a centre: %+v", province)
	}
}
