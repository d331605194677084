package charttest

import (
	"math"

	"osservatorio/queries/release"
)

// National returns an invented release of a country with its regions: views
// gol_takeup (official percentages and counts without interval, one day a
// quarter) and gol_outcomes (percentages by path).
func National() *release.Release {
	b := newBuilder("national")
	info := release.Info{
		ID: "2026-10", ExtractionDate: "2026-10-31", NextRelease: "2027-02-19", Software: "osservatorio test", Synthetic: true,
		Publisher: release.Publisher{Name: "Ente di prova", IPACode: "e_test", Contact: "osservatorio@example.org", PEC: "pec@example.org",
			AccessibilityURL: "https://example.org/accessibilita", BaseURL: "https://example.org", Licence: "CC-BY-4.0"},
		Region: release.Region{Name: text("Italia", "Italy"), Root: "IT", PageLevel: "region",
			Levels: []release.GeoLevel{
				{Code: "country", Name: text("Italia", "Italy"), Plural: text("Italia", "Italy")},
				{Code: "region", Name: text("Regione", "Region"), Plural: text("Regioni", "Regions")},
			}},
	}
	return release.InMemory(info, b.geos, codes(), b.takeup(), b.outcomes())
}

var days = []string{"2024-12-31", "2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30"}

func (b *builder) takeup() *release.Frame {
	h := release.Header{View: "gol_takeup", Kind: release.Observation, Unit: "persons", Definition: "gol_takeup@1", Method: "gol-takeup", Protection: "open",
		Title: text("Prese in carico GOL", "GOL take-up"), Universe: text("persone prese in carico", "people taken in charge"),
		Source: text("Note di monitoraggio (dati inventati)", "Monitoring notes (invented data)"), Grain: []string{"geo_level", "geo", "period_type", "period", "measure"},
		Measures: append(measures("persons", "taken", "Persone prese in carico", "People taken in charge"),
			measures("percent", "reached", "Raggiunte da una politica", "Reached by a measure")...),
	}
	var rows []release.Row
	for k, g := range b.geos {
		size := 20000 + 9000*float64((k*7)%23)
		if g.Level == "country" {
			size = 3200000
		}
		for i, d := range days {
			rows = append(rows,
				observed(h, g, d, "taken", "persons", ptr(math.Round(size*(.6+.07*float64(i))))),
				observed(h, g, d, "reached", "percent", ptr(math.Round(10*(38+math.Mod(float64(k)*5.3, 30)+float64(i)*.8))/10)))
		}
	}
	return arranged(h, rows)
}

func (b *builder) outcomes() *release.Frame {
	h := release.Header{View: "gol_outcomes", Kind: release.Observation, Unit: "percent", Definition: "gol_outcomes@1", Method: "gol-outcomes", Protection: "open",
		Title: text("Occupati 180 giorni dopo la presa in carico", "In work 180 days after take-up"), Universe: text("persone prese in carico", "people taken in charge"),
		Source: text("Note di monitoraggio (dati inventati)", "Monitoring notes (invented data)"), Breakdowns: []string{"path"},
		Grain:    []string{"geo_level", "geo", "period_type", "period", "path", "measure"},
		Measures: measures("percent", "employed_180", "Occupati dopo 180 giorni", "In work after 180 days"),
	}
	var rows []release.Row
	for k, g := range b.geos {
		for _, d := range days[4:] {
			for j, code := range append([]release.Code{{Code: release.Total}}, codes()["path"].Codes[:5]...) {
				r := observed(h, g, d, "employed_180", "percent", ptr(math.Round(10*(48-6*float64(j)+math.Mod(float64(k)*3.7, 16)))/10))
				r.By = []string{code.Code}
				if code.Code == "5" && k%4 == 1 {
					r.Value, r.Status, r.Reason = nil, release.Missing, release.NotPublished
				}
				rows = append(rows, r)
			}
		}
	}
	return arranged(h, rows)
}

func observed(h release.Header, g release.Geo, day, measure string, unit release.Unit, v *float64) release.Row {
	return release.Row{GeoLevel: g.Level, Geo: g.Code, PeriodType: "day", Period: day, Measure: measure, Value: v, Unit: unit,
		Status: release.Normal, Conf: release.Free, Definition: h.Definition}
}
