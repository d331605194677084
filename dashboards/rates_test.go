package dashboards_test

import (
	"context"
	"strings"
	"testing"

	"osservatorio/dashboards"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// official is a release with nothing but official rates: quarters of the
// region, years of the region and two provinces.
func official() *release.Release {
	text := func(it, en string) release.Text { return release.Text{IT: it, EN: en} }
	h := release.Header{View: "labour_force", Kind: release.Observation, Unit: "percent", Definition: "labour_force@1", Method: "labour_force", Protection: "open",
		Title: text("Tassi", "Rates"), Universe: text("persone", "persons"), Source: text("ISTAT (dati inventati)", "ISTAT (invented data)"),
		Breakdowns: []string{"sex"}, Grain: []string{"geo_level", "geo", "period_type", "period", "sex", "measure"},
		Measures: []release.Measure{
			{Code: "unemployment_rate", Label: text("Tasso di disoccupazione", "Unemployment rate"), Unit: "percent"},
			{Code: "employment_rate", Label: text("Tasso di occupazione", "Employment rate"), Unit: "percent"},
		}}
	var rows []release.Row
	add := func(level, geo, kind, period, sex, measure string, value float64, status release.Status) {
		rows = append(rows, release.Row{GeoLevel: level, Geo: geo, PeriodType: kind, Period: period, By: []string{sex}, Measure: measure, Value: &value, Unit: "percent", Status: status, Definition: h.Definition})
	}
	add("province", "P1", "year", "2025", "_T", "unemployment_rate", 4.1, "A")
	add("province", "P2", "year", "2025", "_T", "unemployment_rate", 6.2, "A")
	add("region", "R", "quarter", "2025-Q1", "F", "unemployment_rate", 5.5, "A")
	add("region", "R", "quarter", "2025-Q1", "M", "unemployment_rate", 4.5, "A")
	add("region", "R", "quarter", "2025-Q1", "_T", "unemployment_rate", 5.0, "A")
	add("region", "R", "quarter", "2025-Q2", "_T", "unemployment_rate", 4.4, "P")
	add("region", "R", "year", "2025", "_T", "employment_rate", 70.5, "A")
	add("region", "R", "year", "2025", "_T", "unemployment_rate", 4.7, "A")
	info := release.Info{ID: "2026-04", ExtractionDate: "2026-03-31", Software: "test",
		Region: release.Region{Name: text("Regione", "Region"), Root: "R", PageLevel: "province", Levels: []release.GeoLevel{
			{Code: "region", Name: text("Regione", "Region"), Plural: text("Regioni", "Regions")},
			{Code: "province", Name: text("Provincia", "Province"), Plural: text("Province", "Provinces")}}}}
	geos := []release.Geo{
		{Code: "R", Level: "region", Name: text("Regione", "Region"), Slug: "r", TileX: -1, TileY: -1},
		{Code: "P1", Level: "province", Name: text("Prima", "First"), Slug: "p1", Parents: []string{"R"}, TileX: -1, TileY: -1},
		{Code: "P2", Level: "province", Name: text("Seconda", "Second"), Slug: "p2", Parents: []string{"R"}, TileX: -1, TileY: -1}}
	lists := map[string]release.CodeList{"sex": {Name: "sex", Codes: []release.Code{{Code: "F", Label: text("Donne", "Women")}, {Code: "M", Label: text("Uomini", "Men")}}}}
	return release.InMemory(info, geos, lists, release.NewFrame(h, rows))
}

func TestOfficialRatesStandOnTheLabourMarketPageWithSourceAndPeriod(t *testing.T) {
	for lang, wants := range map[string][]string{
		"it": {"lavoro", "4,4%", "II trim. 2025", "ISTAT (dati inventati)"},
		"en": {"labour-market", "4.4%", "2025", "ISTAT (invented data)"},
	} {
		w, err := words.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		pages, err := dashboards.Pages(context.Background(), official(), w)
		if err != nil {
			t.Fatal(err)
		}
		if keys := pages[0].Keys; len(keys) != 1 || !strings.HasPrefix(keys[0].ID, "key-rates") {
			t.Errorf("%s: key figures of home: %v, want the rate of unemployment alone", lang, keys)
		}
		var page *dashboards.Page
		for i := range pages {
			if pages[i].ID == "labour-force" {
				page = &pages[i]
			}
		}
		if page == nil {
			t.Fatal("no page of the labour market")
		}
		var figures []string
		said := page.Headline + page.Lead + page.Slug.In(lang)
		for _, s := range page.Sections {
			for _, f := range s.Figures {
				figures = append(figures, f.ID)
				said += f.Source
			}
		}
		for _, want := range wants {
			if !strings.Contains(said, want) {
				t.Errorf("%s: the page does not say %q: %s", lang, want, said)
			}
		}
		got := strings.Join(figures, " ")
		for _, want := range []string{"rates-unemployment-rate-trend", "rates-employment-rate-trend", "rates-unemployment-rate-province", "rates-unemployed-by-sex"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no figure %s: %s", lang, want, got)
			}
		}
	}
}
