// Package sitetest holds an invented release, invented pages and a renderer that
// draws nothing: what a site can be built from without the other rooms at work.
// For tests.
package sitetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"html"
	"image"
	"image/png"
	"io/fs"
	"maps"
	"slices"
	"testing/fstest"

	"osservatorio/dashboards"
	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// Release is a tiny synthetic release: a region with two districts in one
// province, a view of persons and an official one.
func Release() *release.Release {
	info := release.Info{
		ID: "2026-10", ExtractionDate: "2026-10-31", NextRelease: "2027-02-19", Software: "osservatorio test", Synthetic: true,
		Publisher: release.Publisher{Name: "Ente di prova", Contact: "osservatorio@example.org", PEC: "prova@pec.example.org",
			BaseURL: "https://osservatorio.example.org", Licence: "CC-BY-4.0", AccessibilityURL: "https://form.agid.gov.it/view/prova"},
		Region: release.Region{Name: text("Regione di prova", "Test region"), Root: "R", PageLevel: "district", Levels: []release.GeoLevel{
			{Code: "region", Name: text("Regione", "Region"), Plural: text("Regioni", "Regions")},
			{Code: "province", Name: text("Provincia", "Province"), Plural: text("Province", "Provinces")},
			{Code: "district", Name: text("Distretto", "District"), Plural: text("Distretti", "Districts")},
		}},
		Batches: []release.Batch{
			{Source: "registrations", Period: "2026-Q1", SHA256: fmt.Sprintf("%064x", 1), Rows: 1204},
			{Source: "registrations", Period: "2026-Q2", SHA256: fmt.Sprintf("%064x", 2), Rows: 1310},
		},
		Definitions: []release.Definition{{ID: "lep_coverage", Version: 1, View: "lep_coverage", SQLHash: fmt.Sprintf("%064x", 3)}},
	}
	geos := []release.Geo{
		{Code: "R", Level: "region", Name: text("Regione di prova", "Test region"), Slug: "regione-di-prova"},
		{Code: "P1", Level: "province", Name: text("Provincia Uno", "Province One"), Slug: "uno", Parents: []string{"R"}},
		{Code: "D1", Level: "district", Name: text("Alfa", "Alfa"), Slug: "alfa", Parents: []string{"P1", "R"}},
		{Code: "D2", Level: "district", Name: text("Beta <&>", "Beta <&>"), Slug: "beta", Parents: []string{"P1", "R"}},
	}
	rel := release.InMemory(info, geos, codes(), coverage(), flows())
	rel.Notes = []release.Note{{ID: "n1", Text: text("Una nota sulla fonte.", "A note on the source."), AppliesTo: []string{"lep_coverage"}}}
	folder := Folder()
	for _, name := range slices.Sorted(maps.Keys(folder)) {
		f := folder[name]
		rel.Files = append(rel.Files, release.File{Path: name, Bytes: int64(len(f.Data)), SHA256: fmt.Sprintf("%x", sha256.Sum256(f.Data))})
	}
	return rel
}

// Folder is the release's files, as a release folder would hold them.
func Folder() fstest.MapFS {
	out := fstest.MapFS{}
	for _, view := range []string{"lep_coverage", "co_flows"} {
		for _, suffix := range []string{".parquet", ".csv", ".excel-it.csv", ".schema.json"} {
			out["data/"+view+suffix] = &fstest.MapFile{Data: []byte("invented " + view + suffix)}
		}
	}
	out["codes/sex.csv"] = &fstest.MapFile{Data: []byte("code,it,en\nF,Donne,Women\n")}
	out["datapackage.json"] = &fstest.MapFile{Data: []byte("{}")}
	out["quality.json"] = &fstest.MapFile{Data: []byte(`{"sources":[{"source":"registrations","period":"2026-Q1","rows":1210,"accepted":1204,"quarantined":6}]}`)}
	out["changes.json"] = &fstest.MapFile{Data: []byte(`{"format":1,"release":"2026-10","follows":"2026-07","new":9,"revised":4,"withdrawn":1,"unchanged":80,"views":[{"view":"lep_coverage","definition_before":"lep_coverage@0","definition":"lep_coverage@1","new":9,"revised":4,"withdrawn":1,"unchanged":80,"reasons":[{"kind":"new","reason":"new_period","cells":9}],"revisions":[{"measure":"patto_servizio","unit":"percent","cells":4,"median_absolute":0.25,"largest_absolute":1.5}]}]}`)}
	for _, name := range []string{"catalog.ttl", "catalog.rdf", "catalog.jsonld", "dictionary.it.md", "dictionary.en.md", "CITATION.cff", "SHA256SUMS.sig"} {
		out[name] = &fstest.MapFile{Data: []byte("invented " + name)}
	}
	out["SHA256SUMS"] = &fstest.MapFile{Data: []byte("invented\n")}
	return out
}

// Content is a text for every method page of that release that ours do not have.
func Content(rel *release.Release) fs.FS {
	out := fstest.MapFS{}
	for _, v := range rel.Info.Views {
		for _, lang := range words.Langs {
			out[lang+"/method/"+v.Method+".md"] = &fstest.MapFile{Data: []byte("# " + v.Title.In(lang) + "\n\n" + v.Universe.In(lang) + ".\n\n## Text\n\nText.\n")}
		}
	}
	return out
}

func text(it, en string) release.Text { return release.Text{IT: it, EN: en} }

func number(x float64) *float64 { return &x }

func codes() map[string]release.CodeList {
	return map[string]release.CodeList{
		"change": {Name: "change", Codes: []release.Code{{Code: "new_period", Label: text("Periodo nuovo", "New period")}}},
		"sex": {Name: "sex", Codes: []release.Code{
			{Code: "F", Label: text("Donne", "Women"), Extra: map[string]string{"verification": "found", "source": "archivio di prova"}},
			{Code: "M", Label: text("Uomini", "Men"), Extra: map[string]string{"verification": "derived", "source": "archivio di prova"}}}},
		"lep": {Name: "lep", Codes: []release.Code{{Code: "patto_servizio", Label: text("Patto di servizio", "Service agreement"),
			Extra: map[string]string{"letter": "D", "window_days": "60", "entitlement_event": "registration", "entitlement_rule": "every", "verification": "proposal", "source": "DM 4/2018"}}}},
		"parameters": {Name: "parameters", Codes: []release.Code{{Code: "services_lag_days", Label: text("Ritardo", "Lag"),
			Extra: map[string]string{"value": "30", "unit": "days", "verification": "proposal", "source": "progetto"}}}},
	}
}

func coverage() *release.Frame {
	h := release.Header{View: "lep_coverage", Title: text("Copertura dei LEP", "LEP coverage"),
		Description: text("Persone raggiunte fra quelle che ne hanno diritto.", "People reached among those entitled."),
		Universe:    text("Persone iscritte", "People registered"), Kind: release.Rate, Unit: "percent", Definition: "lep_coverage@1", Method: "lep_coverage",
		Numerator: text("Persone raggiunte", "People reached"), Denominator: text("Persone con diritto", "People entitled"),
		Source: text("SIL di prova", "Test information system"), Caveats: []release.Text{text("La formula è nostra.", "The formula is ours.")},
		Protection: "personal", Breakdowns: []string{"sex"}, Grain: []string{"geo", "period", "sex", "measure"}, SQLHash: fmt.Sprintf("%064x", 3),
		Measures: []release.Measure{{Code: "patto_servizio", Label: text("D Patto di servizio", "D Service agreement"), Unit: "percent"}}}
	var rows []release.Row
	for i, g := range []struct{ level, code string }{{"district", "D1"}, {"district", "D2"}, {"region", "R"}} {
		for k, p := range []string{"2025-Q4", "2026-Q1", "2026-Q2"} {
			r := release.Row{GeoLevel: g.level, Geo: g.code, PeriodType: "quarter", Period: p, By: []string{release.Total}, Measure: "patto_servizio",
				Unit: "percent", Status: release.Normal, Conf: release.Free, Definition: h.Definition}
			switch {
			case i == 1 && k == 2:
				r.Status, r.Conf = release.Confidential, release.Hidden
			default:
				r.Numerator, r.Denominator = number(float64(60+5*k+i)), number(100)
				r.Value, r.Low, r.High = number(float64(60+5*k+i)), number(float64(50+5*k+i)), number(float64(70+5*k+i))
			}
			rows = append(rows, r)
		}
	}
	return release.NewFrame(h, rows)
}

func flows() *release.Frame {
	h := release.Header{View: "co_flows", Title: text("Flussi ufficiali", "Official flows"), Description: text("Avviamenti per trimestre.", "Starts by quarter."),
		Universe: text("Rapporti di lavoro", "Jobs"), Kind: release.Observation, Unit: "events", Definition: "co_flows@2", Method: "co_flows", Protection: "open",
		Source: text("Fonte pubblica", "Public source"), Grain: []string{"geo", "period", "measure"}, SQLHash: fmt.Sprintf("%064x", 4),
		Measures: []release.Measure{{Code: "starts", Label: text("Avviamenti", "Starts"), Unit: "events"}}}
	return release.NewFrame(h, []release.Row{{GeoLevel: "region", Geo: "R", PeriodType: "quarter", Period: "2026-Q1", Measure: "starts",
		Value: number(12345), Unit: "events", Status: release.Normal, Conf: release.Free, Definition: h.Definition}})
}

// Pages are a home page, a theme and a profile of each territory of the page
// level, with one bar chart each; they fit any release.
func Pages(ctx context.Context, rel *release.Release, w *words.Catalogue) ([]dashboards.Page, error) {
	home := page(rel, w, "home", release.Text{}, "", "La regione", "The region")
	home.Lead = "Lead. " + rel.Info.Region.Name.In(w.Lang)
	home.Keys = []chart.Key{
		{ID: "coverage", Label: say(w, "Persone con patto entro 60 giorni", "People with an agreement within 60 days"), Value: w.Number(77.2, 1), Unit: "%",
			Change: say(w, "+2,9 punti su un anno prima", "+2.9 points on a year before"), Interval: "95%: 76–78", Alt: "76, 77", Spark: bars(220, 60), Page: "lep"},
		{ID: "wait", Label: say(w, "Attesa", "Wait"), Alt: "-"},
	}
	theme := page(rel, w, "lep", text("livelli-essenziali", "essential-levels"), "", "LEP", "LEP")
	theme.Teaser = dashboards.Teaser{Title: say(w, "Livelli essenziali", "Essential levels"), Question: say(w, "Dove si raggiungono?", "Where are they met?"),
		Number: w.Percent(77.2), Says: say(w, "con patto", "with an agreement")}
	theme.Sections[0].Title = say(w, "Due figure", "Two figures")
	theme.Sections[0].Figures = append(theme.Sections[0].Figures, tableFigure(rel, w))
	pages := []dashboards.Page{home, theme}
	for _, g := range rel.AtLevel(rel.Info.Region.PageLevel) {
		p := page(rel, w, "profile-"+g.Slug, text(g.Slug, g.Slug), g.Code, "", "")
		p.Sheet = sheet(w, g.Code)
		p.Similar = dashboards.Similar{Geos: []string{"D1", "D2", "D1", "D2", "D1"}, Says: say(w,
			"Simili sono i 5 distretti più vicini per dimensione, su due conteggi insieme: persone che cercano lavoro (2025) e rapporti iniziati (2025). La distanza è fra i logaritmi dei conteggi, così il doppio è lontano quanto la metà.",
			"Similar are the 5 districts closest in size, by two counts together: job seekers (2025) and jobs begun (2025). The distance is taken between the logarithms of the counts, so that twice as large is as far as half as large.")}
		pages = append(pages, p)
	}
	return pages, ctx.Err()
}

// sheet is one page of paper as full as a real one: eight rows with long names,
// one of them hidden, and four figures.
func sheet(w *words.Catalogue, geo string) *dashboards.Sheet {
	out := &dashboards.Sheet{Geo: geo, Figures: []string{"home-bars", "lep-bars", "profile-alfa-bars", "profile-beta-bars"},
		Says: say(w, "La regione e i territori simili nello stesso periodo. Simili: mediana e, fra parentesi, il più basso e il più alto di quelli che mostrano il valore.",
			"The region and similar territories in the same period. Similar: the median and, in brackets, the lowest and the highest of those that show a value.")}
	for i := range 7 {
		out.Rows = append(out.Rows, dashboards.SheetRow{Said: chart.Said{Label: say(w, "Primo lavoro stabile entro un anno, su tutta la coorte", "First stable job within a year, of the whole cohort"),
			Value: w.Percent(float64(71 + i)), Interval: "76,1–78,4%"}, ID: fmt.Sprint("row-", i), Period: w.Period("2026-Q2"), Whole: w.Percent(70), Similar: w.Percent(71) + " (" + w.Percent(64) + "–" + w.Percent(80) + ")"})
	}
	hidden := chart.Said{Label: say(w, "Attesa", "Wait"), Value: say(w, "ris.", "conf."), Why: say(w, "dato riservato", "confidential"), Mark: "hatch"}
	out.Rows = append(out.Rows, dashboards.SheetRow{Said: hidden, ID: "hidden", Period: w.Period("2026-Q2"), Whole: "41", Similar: say(w, "meno di 3", "fewer than 3")})
	return out
}

// Reports is one annual report with a chapter that has numbers and one without.
func Reports(ctx context.Context, rel *release.Release, w *words.Catalogue) ([]dashboards.Report, error) {
	shown := dashboards.ReportRow{Said: chart.Said{Label: say(w, "Patto", "Agreement"), Value: w.Percent(61), Interval: "51–71%", Parts: say(w, "61 su 100", "61 out of 100")}, View: "lep_coverage", Period: w.Period("2025-Q4"),
		Row: release.Row{Measure: "patto_servizio", Period: "2025-Q4"}}
	hidden := shown
	hidden.Said = chart.Said{Label: say(w, "Attesa", "Wait"), Value: say(w, "ris.", "conf."), Why: say(w, "dato riservato", "confidential"), Mark: "hatch"}
	barsOfYear := figure(rel, w, "lep-bars")
	barsOfYear.Title, barsOfYear.Period = say(w, "Nel 2025 due territori si distinguono", "In 2025 two territories differ"), w.Period("2025-Q4")
	return []dashboards.Report{{Year: "2025", Absent: []string{"funding"}, Chapters: []dashboards.Chapter{
		{ID: "lep", Sentences: []string{say(w, "Una frase calcolata.", "A computed sentence.")}, Keys: []dashboards.ReportRow{shown, hidden}, Views: []string{"lep_coverage"},
			Figures: []chart.Figure{barsOfYear}, Cells: dashboards.YearCells{Shown: 3}},
		{ID: "outcomes", Sentences: []string{say(w, "Una seconda frase.", "A second sentence.")}, Keys: []dashboards.ReportRow{shown}, Views: []string{"lep_coverage"}},
	}}}, ctx.Err()
}

func say(w *words.Catalogue, it, en string) string { return text(it, en).In(w.Lang) }

func page(rel *release.Release, w *words.Catalogue, id string, slug release.Text, geo, navIT, navEN string) dashboards.Page {
	f := figure(rel, w, id+"-bars")
	f.Geo = geo
	return dashboards.Page{ID: id, Lang: w.Lang, Slug: slug, Geo: geo, Nav: say(w, navIT, navEN), Kicker: "2026-Q2",
		Headline: say(w, "Titolo calcolato di ", "Computed headline of ") + id, Lead: say(w, "Una frase che lo spiega.", "A sentence that explains it."),
		Sections: []dashboards.Section{{ID: "s-" + id, Figures: []chart.Figure{f}}}}
}

func figure(rel *release.Release, w *words.Catalogue, id string) chart.Figure {
	v := rel.Info.Views[0]
	return chart.Figure{ID: id, Form: "ranking", Lang: w.Lang, Title: say(w, "Due territori si distinguono", "Two territories differ"),
		Subtitle: v.Title.In(w.Lang), Sentence: say(w, "Alfa 70, Beta 60 e un segno \" < &.", "Alfa 70, Beta 60 and a sign \" < &."),
		Wide: bars(720, 300), Narrow: bars(360, 320), Legend: []chart.LegendItem{{Mark: "accent", Label: say(w, "sopra", "above"), Count: "1"}, {Mark: "hatch", Label: say(w, "riservato", "confidential")}},
		Reading: []string{say(w, "Il punto è la copertura.", "The dot is the coverage.")}, Table: table(rel, w), Notes: []string{"Nota / note."},
		Unit: "%", Period: w.Period("2026-Q2"), Source: v.Source.In(w.Lang), Extracted: w.Date(rel.Info.ExtractionDate), View: v.View,
		Measure: v.Measures[0].Code, Method: v.Method, Synthetic: rel.Info.Synthetic}
}

func tableFigure(rel *release.Release, w *words.Catalogue) chart.Figure {
	f := figure(rel, w, "lep-table")
	f.Form, f.Wide, f.Narrow = "table", chart.Drawing{}, chart.Drawing{}
	return f
}

func table(rel *release.Release, w *words.Catalogue) chart.Table {
	t := chart.Table{Caption: say(w, "Copertura per territorio", "Coverage by territory"),
		Columns: []chart.Column{{Label: say(w, "Territorio", "Territory")}, {Label: "%", Numeric: true}}}
	marks := []string{"seq-1", "seq-3", "seq-5", "hatch", "few", "pending"}
	for i, g := range rel.AtLevel(rel.Info.Region.PageLevel) {
		t.Rows = append(t.Rows, []chart.Cell{{Text: g.Name.In(w.Lang), Header: true, Geo: g.Code}, {Text: w.Number(60+float64(i), 1), Mark: marks[i%len(marks)]}})
	}
	return t
}

func bars(width, height int) chart.Drawing {
	option := map[string]any{"animation": false, "grid": map[string]any{"left": 40, "right": 20, "top": 20, "bottom": 30},
		"xAxis": map[string]any{"type": "category", "data": []string{"A", "B", "C"}}, "yAxis": map[string]any{"type": "value"},
		"series": []any{map[string]any{"type": "bar", "data": []int{70, 60, 50}, "itemStyle": map[string]any{"color": "#0066CC"}}}}
	raw, err := json.Marshal(option)
	if err != nil {
		panic(err) // the map above is fixed
	}
	return chart.Drawing{Option: raw, Width: width, Height: height}
}

// Renderer draws a rectangle for any option.
type Renderer struct{}

// SVG returns an SVG that says its title and description and draws nothing else.
func (Renderer) SVG(_ context.Context, d chart.Drawing, title, desc, id string) ([]byte, error) {
	e := html.EscapeString
	return []byte(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="%s" aria-describedby="%s-d"><desc id="%s-d">%s</desc><rect width="9" height="9"/></svg>`,
		d.Width, d.Height, d.Width, d.Height, e(title), id, id, e(desc))), nil
}

// Key names the drawing.
func (Renderer) Key(d chart.Drawing, title, desc, id string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(fmt.Sprint(d.Width, d.Height, string(d.Option), title, desc, id))))
}

// Picturer makes an empty PNG of any SVG.
type Picturer struct{}

// PNG returns a picture of one pixel.
func (Picturer) PNG(context.Context, []byte, int) ([]byte, error) {
	var out bytes.Buffer
	err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 1, 1)))
	return out.Bytes(), err
}

// Key names the picture.
func (Picturer) Key(svg []byte, width int) string {
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, width, svg)))
}
