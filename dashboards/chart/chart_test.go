package chart_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/chart/charttest"
	"osservatorio/dashboards/render"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

var update = flag.Bool("update", false, "rewrite the golden drawings")

func TestNoFunctionStandsInAnOption(t *testing.T) {
	for _, f := range everyFigure(t) {
		for _, d := range []chart.Drawing{f.Wide, f.Narrow} {
			for _, bad := range []string{"function", "__f__", "=>", "<script"} {
				if bytes.Contains(d.Option, []byte(bad)) {
					t.Errorf("%s: %q stands in the option", f.ID, bad)
				}
			}
		}
	}
}

func TestAValueThatIsNotShownIsNeitherDrawnNorWritten(t *testing.T) {
	const sentinel = 31.4159
	poison := func(r *release.Release) *release.Release {
		return changed(t, r, func(row *release.Row) {
			if !row.Status.Shown() {
				v := sentinel
				row.Value, row.Low, row.High = &v, &v, &v
			}
		})
	}
	for _, lang := range words.Langs {
		for _, f := range figures(t, lang, poison(charttest.Region()), poison(charttest.National())) {
			all, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			if leak := regexp.MustCompile(`[^0-9]31[.,]4`).Find(all); leak != nil { // 731.4 may be a pixel
				t.Errorf("%s: a value that is not shown comes out as %s", f.ID, leak)
			}
		}
	}
}

func TestAHiddenRowKeepsItsPlaceAndIsNeverZero(t *testing.T) {
	f := byID(t, "it", "ranking")
	for name, want := range map[string]chart.Cell{
		"Valli Taro e Ceno":    {Text: "ris.", Mark: "hatch"},
		"Appennino Bolognese":  {Text: "ris.", Mark: "hatch"},
		"Castelnovo ne' Monti": {Text: "22 su 27", Mark: "few"},
	} {
		if got := cellOf(t, f, name); got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	if len(f.Table.Rows) != 39 {
		t.Errorf("%d rows, want 38 districts and the region", len(f.Table.Rows))
	}
	if bytes.Contains(f.Wide.Option, []byte("null,")) && bytes.Contains(f.Wide.Option, []byte(`"value":[null`)) {
		t.Error("a hidden row became a datum")
	}
}

func TestRankingNamesThreeGroupsAndNoOrderInsideThem(t *testing.T) {
	f := byID(t, "it", "ranking")
	if want := ": 18 distretti su 35 si distinguono dalla regione"; !strings.HasSuffix(f.Title, want) || !strings.Contains(f.Title, ", ") {
		t.Errorf("title %q, want %q", f.Title, want)
	}
	for _, heading := range []string{"Sopra la regione: 8 distretti", "Non distinguibili dalla regione: 17 distretti", "Sotto la regione: 10 distretti", "Senza valore: 3 distretti"} {
		if !bytes.Contains(f.Wide.Option, []byte(heading)) || !bytes.Contains(f.Narrow.Option, []byte(heading)) {
			t.Errorf("no heading %q", heading)
		}
	}
}

func TestACompleteCountIsInOrderOfValueAndSaysSo(t *testing.T) {
	f := byID(t, "en", "ranking-taken")
	if !bytes.Contains(f.Wide.Option, []byte("complete count, no interval")) {
		t.Error("the drawing does not say that the counts have no interval")
	}
	if !strings.HasPrefix(f.Title, "People taken in charge: from") {
		t.Errorf("title %q", f.Title)
	}
}

func TestTrendCutsTheLineAtABreakAndComparesNothingAcrossIt(t *testing.T) {
	f := byID(t, "it", "trend-break")
	before, after := byID(t, "it", "trend"), f
	if n, whole := thickLines(after), thickLines(before); !bytes.Contains(f.Wide.Option, []byte("nuova definizione")) || n != whole+1 {
		t.Errorf("the line is not cut: %d pieces, %d without a break", n, whole)
	}
	if len(f.Notes) == 0 || !strings.Contains(f.Notes[0], "nuove classi") {
		t.Errorf("the note of the break is missing: %q", f.Notes)
	}
}

func TestFigureIsWholeInBothLanguages(t *testing.T) {
	it := figures(t, "it", charttest.Region(), charttest.National())
	en := figures(t, "en", charttest.Region(), charttest.National())
	for i, f := range it {
		g := en[i]
		if f.ID != g.ID || len(f.Table.Rows) != len(g.Table.Rows) || len(f.Legend) != len(g.Legend) {
			t.Errorf("%s: the languages differ in more than words", f.ID)
		}
		for _, x := range []chart.Figure{f, g} {
			if x.Title == "" || x.Subtitle == "" || x.Sentence == "" || x.Source == "" || x.Extracted == "" || len(x.Table.Columns) == 0 {
				t.Errorf("%s (%s): something is not said: %+v", x.ID, x.Lang, x.Title)
			}
			for _, row := range x.Table.Rows {
				if row[0].Group && len(row) == 1 {
					continue
				}
				if len(row) != len(x.Table.Columns) || !row[0].Header {
					t.Errorf("%s (%s): row %v does not fit its columns", x.ID, x.Lang, row)
				}
			}
		}
	}
}

func TestTheSameReleaseGivesTheSameFigures(t *testing.T) {
	a, _ := json.Marshal(figures(t, "it", charttest.Region(), charttest.National()))
	b, _ := json.Marshal(figures(t, "it", charttest.Region(), charttest.National()))
	if !bytes.Equal(a, b) {
		t.Error("two runs differ")
	}
}

func TestKeyFigureSaysChangeIntervalAndReference(t *testing.T) {
	in := input(t, "it", charttest.Region(), "lep_coverage", "patto_servizio", "key")
	in.Period = charttest.LastShown
	k, err := chart.Headline(chart.HeadlineInput{Input: in, Geo: charttest.Ordinary, Reference: charttest.Root})
	if err != nil {
		t.Fatal(err)
	}
	if k.Value != "85,4" || k.Unit != "%" || !strings.HasPrefix(k.Interval, "Intervallo 95%: ") {
		t.Errorf("got %+v", k)
	}
	if want := "9,0 punti in più della regione, non distinguibile da un anno prima"; k.Change != want {
		t.Errorf("change %q, want %q", k.Change, want)
	}
}

func TestAKeyFigureAmongOthersSaysWhen(t *testing.T) {
	in := chart.HeadlineInput{Input: input(t, "it", charttest.Region(), "lep_coverage", "patto_servizio", "key"), Geo: charttest.Ordinary, Reference: charttest.Root, Among: true}
	k, err := chart.Headline(in)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^Intervallo 95%: .*%, [IV]+ trim\. 20\d\d$`).MatchString(strings.ReplaceAll(k.Interval, "\u00a0", " ")) {
		t.Errorf("interval %q: want it to end with its period", k.Interval)
	}
}

func TestGoldenDrawings(t *testing.T) {
	r := renderer(t)
	for _, id := range []string{"trend-hidden", "breakdown", "flow-hidden", "curve", "curve-hidden", "funnel-plot", "steps-hidden"} {
		f := byID(t, "it", id)
		got, err := r.SVG(context.Background(), f.Narrow, f.Title, f.Sentence, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", id+".svg")
		if *update {
			if os.Getenv("CI") != "" {
				t.Fatal("goldens are not rewritten in CI")
			}
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: the drawing changed: look at it, then run with -update", id)
		}
	}
}

func TestARankingOfAllDistrictsIsSmall(t *testing.T) {
	f := byID(t, "it", "ranking")
	out, err := renderer(t).SVG(context.Background(), f.Wide, f.Title, f.Sentence, f.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(out) > 25_000 {
		t.Errorf("%d bytes, want at most 25000", len(out))
	}
}

// BenchmarkSVG draws every figure in a warm machine.
func BenchmarkSVG(b *testing.B) {
	r := renderer(b)
	list := figures(b, "it", charttest.Region(), charttest.National())
	for _, f := range list {
		for name, d := range map[string]chart.Drawing{"wide": f.Wide, "narrow": f.Narrow} {
			if d.Width == 0 {
				continue
			}
			b.Run(f.ID+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if _, err := r.SVG(context.Background(), d, f.Title, f.Sentence, f.ID); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func renderer(t testing.TB) *render.Renderer {
	t.Helper()
	r, err := render.New(render.Options{Boundaries: squares})
	var missing *render.MissingAssets
	if errors.As(err, &missing) {
		t.Skip(missing.Hint())
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// invented is a release whose territories tests read but do not change.
var invented = sync.OnceValue(charttest.Region)

// squares makes a square of each territory, where its tile stands.
func squares(level string) (json.RawMessage, bool) {
	var features []string
	for _, g := range invented().AtLevel(level) {
		x, y := 9+0.3*float64(g.TileX), 45-0.2*float64(g.TileY)
		features = append(features, fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name":%q},"geometry":{"type":"Polygon","coordinates":[[[%g,%g],[%g,%g],[%g,%g],[%g,%g],[%g,%g]]]}}`,
			g.Code, g.Name.IT, x, y, x+.3, y, x+.3, y-.2, x, y-.2, x, y))
	}
	return json.RawMessage(`{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`), len(features) > 0
}

func frame(t testing.TB, r *release.Release, view string) *release.Frame {
	t.Helper()
	f, err := r.Frame(context.Background(), view)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// changed is a release with what change makes of each of its rows.
func changed(t testing.TB, r *release.Release, change func(*release.Row)) *release.Release {
	t.Helper()
	var frames []*release.Frame
	for _, h := range r.Info.Views {
		rows := slices.Collect(frame(t, r, h.View).All())
		for i := range rows {
			change(&rows[i])
		}
		frames = append(frames, release.NewFrame(h, rows))
	}
	info := r.Info
	info.Views = nil
	out := release.InMemory(info, r.Geos, r.Codes, frames...)
	out.Notes = r.Notes
	return out
}

func input(t testing.TB, lang string, r *release.Release, view, measure, id string) chart.Input {
	t.Helper()
	w, err := words.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	return chart.Input{Words: w, Release: r, Frame: frame(t, r, view), ID: id, Measure: measure}
}

// figures is one of each form and of each turn it may take.
func figures(t testing.TB, lang string, reg, nat *release.Release) []chart.Figure {
	t.Helper()
	var out []chart.Figure
	add := func(f chart.Figure, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	in := func(r *release.Release, view, measure, id string) chart.Input {
		return input(t, lang, r, view, measure, id)
	}
	// of the last quarter, provisional as it is: in it some are hidden or few
	newest := func(view, measure, id string) chart.Input {
		i := in(reg, view, measure, id)
		i.Period = charttest.LastShown
		return i
	}
	add(chart.Ranking(chart.RankingInput{Input: newest("lep_coverage", "patto_servizio", "ranking"), Level: "district", Reference: charttest.Root}))
	add(chart.Ranking(chart.RankingInput{Input: in(reg, "lep_coverage", "incentivi_autonomo", "ranking-norule"), Level: "district", Reference: charttest.Root}))
	add(chart.Ranking(chart.RankingInput{Input: in(nat, "gol_takeup", "reached", "ranking-reached"), Level: "region", Reference: "IT"}))
	add(chart.Ranking(chart.RankingInput{Input: in(nat, "gol_takeup", "taken", "ranking-taken"), Level: "region", Reference: "IT"}))
	add(chart.Trend(chart.TrendInput{Input: in(reg, "lep_coverage", "patto_servizio", "trend"), Geo: charttest.Ordinary, Reference: charttest.Root}))
	add(chart.Trend(chart.TrendInput{Input: in(reg, "lep_coverage", "did_profilazione", "trend-break"), Geo: charttest.HiddenOne, Reference: charttest.Root}))
	add(chart.Trend(chart.TrendInput{Input: in(reg, "lep_coverage", "presa_in_carico_integrata", "trend-hidden"), Geo: charttest.HiddenOne, Reference: charttest.Root}))
	add(chart.Trend(chart.TrendInput{Input: in(nat, "gol_takeup", "reached", "trend-days"), Geo: "ITC4", Reference: "IT"}))
	reg.SetBoundaries("district", nil)
	add(chart.DistrictMap(chart.MapInput{Input: newest("lep_coverage", "patto_servizio", "tiles"), Level: "district", Reference: charttest.Root}))
	b, _ := squares("district")
	reg.SetBoundaries("district", b)
	add(chart.DistrictMap(chart.MapInput{Input: newest("lep_coverage", "patto_servizio", "map"), Level: "district", Reference: charttest.Root}))
	breakdown := in(reg, "out_employed", "employed_180", "breakdown")
	breakdown.Period = "2025-Q4"
	add(chart.Breakdown(chart.BreakdownInput{Input: breakdown, Geo: charttest.Root, Breakdown: "path"}))
	add(chart.Breakdown(chart.BreakdownInput{Input: in(reg, "flows", "starts", "breakdown-count"), Geo: charttest.Root, Breakdown: "contract_group"}))
	add(chart.Breakdown(chart.BreakdownInput{Input: in(nat, "gol_outcomes", "employed_180", "breakdown-observed"), Geo: "ITC4", Breakdown: "path"}))
	add(chart.Flow(chart.FlowInput{Input: in(reg, "flows", "balance", "flow"), Geo: charttest.Root, Starts: "starts", Ends: "ends"}))
	add(chart.Flow(chart.FlowInput{Input: in(reg, "flows", "balance", "flow-hidden"), Geo: charttest.HiddenOne, Starts: "starts", Ends: "ends"}))
	add(chart.HeatTable(chart.TableInput{Input: in(reg, "lep_coverage", "patto_servizio", "heat"), Measures: []string{"accoglienza", "patto_servizio", "presa_in_carico_integrata", "incentivi_autonomo"}, Level: "district", Reference: charttest.Root}))
	add(chart.SmallMultiples(chart.MultiplesInput{Input: in(reg, "lep_coverage", "patto_servizio", "multiples"), Measures: []string{"accoglienza", "did_profilazione", "patto_servizio", "presa_in_carico_integrata"}, Geo: charttest.HiddenOne}))
	add(chart.Measures(chart.MeasuresInput{Input: in(reg, "lep_coverage", "patto_servizio", "measures"), Measures: []string{"accoglienza", "patto_servizio", "incentivi_autonomo"}, Geo: charttest.HiddenOne, Reference: charttest.Root}))
	curve := chart.CurveInput{Event: "job", Competing: []string{"left"}, Median: "job_median", Reference: charttest.Root}
	for _, c := range []struct{ id, geo, period string }{{"curve", charttest.Ordinary, ""}, {"curve-slow", charttest.SlowOne, ""}, {"curve-hidden", charttest.HiddenOne, ""},
		{"curve-few", charttest.Few, ""}, {"curve-young", charttest.Root, "2026-Q2"}} {
		curve.Input, curve.Geo = in(reg, "out_time_to_job", "job_365", c.id), c.geo
		curve.Input.Period = c.period
		add(chart.Curve(curve))
	}
	add(chart.Curve(chart.CurveInput{Input: in(reg, "lep_wait", "agreement_365", "curve-two"), Geo: charttest.Root, Event: "agreement", Competing: []string{"employed", "closed"}, Median: "agreement_median"}))
	add(chart.Curves(chart.CurvesInput{Input: in(reg, "out_time_to_job", "job_365", "curves"), Geo: charttest.Root, Event: "job", Median: "job_median", Breakdown: "age_band"}))
	add(chart.FunnelPlot(chart.FunnelInput{Input: in(reg, "out_expected", "ratio", "funnel-plot"), Level: "district", Geo: charttest.Root, Expected: "expected", Dispersion: "overdispersion",
		Limits: chart.FunnelLimits{Low95: "limit_95_low", High95: "limit_95_high", Low998: "limit_998_low", High998: "limit_998_high"}}))
	steps := []string{"reception", "did", "profile", "assessment", "agreement", "first_measure", "placement"}
	add(chart.Steps(chart.StepsInput{Input: in(reg, "funnel", "did", "steps"), Geo: charttest.Root, Measures: steps, Days: frame(t, reg, "funnel_days")}))
	add(chart.Steps(chart.StepsInput{Input: in(reg, "funnel", "did", "steps-hidden"), Geo: charttest.HiddenOne, Measures: steps, Days: frame(t, reg, "funnel_days")}))
	add(chart.Steps(chart.StepsInput{Input: in(reg, "funnel", "did", "steps-few"), Geo: charttest.Few, Measures: steps}))
	year := in(reg, "lep_coverage", "patto_servizio", "ranking-year")
	year.PeriodType = "year"
	add(chart.Ranking(chart.RankingInput{Input: year, Level: "district", Reference: charttest.Root}))
	add(chart.Ranking(chart.RankingInput{Input: in(reg, "out_time_to_job", "job_median", "ranking-median"), Level: "district"}))
	return out
}

func everyFigure(t testing.TB) []chart.Figure {
	var out []chart.Figure
	for _, lang := range words.Langs {
		out = append(out, figures(t, lang, charttest.Region(), charttest.National())...)
	}
	return out
}

func byID(t testing.TB, lang, id string) chart.Figure {
	t.Helper()
	for _, f := range figures(t, lang, charttest.Region(), charttest.National()) {
		if f.ID == id {
			return f
		}
	}
	t.Fatalf("no figure %q", id)
	return chart.Figure{}
}

func cellOf(t testing.TB, f chart.Figure, name string) chart.Cell {
	t.Helper()
	for _, row := range f.Table.Rows {
		if row[0].Text == name {
			return row[1]
		}
	}
	t.Fatalf("%s: no row %q", f.ID, name)
	return chart.Cell{}
}

// thickLines counts the lines of a drawing in the colour of the value it is about.
func thickLines(f chart.Figure) int {
	var option struct {
		Graphic struct {
			Elements []struct {
				Type  string
				Style struct{ Stroke string }
			}
		}
	}
	if err := json.Unmarshal(f.Wide.Option, &option); err != nil {
		return -1
	}
	n := 0
	for _, e := range option.Graphic.Elements {
		if e.Type == "polyline" && e.Style.Stroke == "#0066CC" {
			n++
		}
	}
	return n
}
