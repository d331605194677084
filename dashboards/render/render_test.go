package render_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/render"
)

const square = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"X1","name":"Uno"},"geometry":{"type":"Polygon","coordinates":[[[9,44],[10,44],[10,45],[9,45],[9,44]]]}}]}`

func TestWarmMachineDrawsTheSameBytesAsAFreshOne(t *testing.T) {
	warm := renderer(t)
	for _, d := range []chart.Drawing{dots("a"), mapped(), dots("b"), dots("a")} {
		got := svg(t, warm, d)
		want := svg(t, renderer(t), d)
		if !bytes.Equal(got, want) {
			t.Fatalf("warm and fresh differ:\n%s\n%s", got, want)
		}
	}
}

func TestSVGHoldsNoStyleScriptOrHandler(t *testing.T) {
	out := string(svg(t, renderer(t), dots("a")))
	for _, bad := range []string{"style=", "<style", "<script", "ecmeta", "zr0", "class=\"zr", "xlink"} {
		if strings.Contains(out, bad) {
			t.Errorf("%q is left in %s", bad, out)
		}
	}
}

func TestTextIsEscapedAndTheSVGIsWellFormed(t *testing.T) {
	r := renderer(t)
	out, err := r.SVG(context.Background(), dots(`<script>alert("x")</script> & co`), `A "title" <b>`, "D & d", "x")
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(bytes.NewReader(out))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "script" {
			t.Fatal("text became an element")
		}
	}
	if !bytes.Contains(out, []byte(` aria-label="A &quot;title&quot; &lt;b&gt;" aria-describedby="x-d"`)) || !bytes.Contains(out, []byte(`<desc id="x-d">D &amp; d</desc>`)) {
		t.Errorf("no title and description in %s", out)
	}
}

func TestIdsStartWithTheIdOfTheDrawing(t *testing.T) {
	out := string(svg(t, renderer(t), dots("a")))
	for _, part := range strings.Split(out, ` id="`)[1:] {
		if !strings.HasPrefix(part, "fig-") {
			t.Errorf("id %.20q does not start with the drawing's id", part)
		}
	}
	if !strings.Contains(out, `fill="url(#fig-1)"`) || !strings.Contains(out, `id="fig-1"`) {
		t.Errorf("the hatch and its pattern do not meet in %s", out)
	}
}

func TestTextIsPlacedWithTheWidthsOfTheFont(t *testing.T) {
	if w := render.TextWidth("0000", 10, 400); w != 22.4 {
		t.Errorf("four digits at 10 px: got %v, want 22.4", w)
	}
	if bold, plain := render.TextWidth("Modena", 14, 700), render.TextWidth("Modena", 14, 400); bold <= plain {
		t.Errorf("bold %v is not wider than plain %v", bold, plain)
	}
}

func TestUnknownMapIsAnError(t *testing.T) {
	d := mapped()
	d.Maps = []string{"moon"}
	if _, err := renderer(t).SVG(context.Background(), d, "t", "d", "id"); err == nil {
		t.Fatal("a map without boundaries was drawn")
	}
}

func TestACancelledDrawingStopsAndTheRendererGoesOn(t *testing.T) {
	r := renderer(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.SVG(ctx, dots("a"), "t", "d", "id"); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want cancelled", err)
	}
	svg(t, r, dots("a"))
}

func TestManyGoroutinesDrawTheSame(t *testing.T) {
	r := renderer(t)
	want := svg(t, r, dots("a"))
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			out, err := r.SVG(context.Background(), dots("a"), "Title", "Description", "fig")
			if err != nil || !bytes.Equal(out, want) {
				t.Errorf("another drawing came out: %v", err)
			}
		})
	}
	wg.Wait()
}

func TestKeyFollowsEverythingThatIsDrawn(t *testing.T) {
	r := renderer(t)
	base := r.Key(dots("a"), "t", "d", "id")
	if base != r.Key(dots("a"), "t", "d", "id") {
		t.Error("equal drawings have different keys")
	}
	wider := dots("a")
	wider.Width++
	for name, other := range map[string]string{
		"option": r.Key(dots("b"), "t", "d", "id"), "title": r.Key(dots("a"), "u", "d", "id"),
		"desc": r.Key(dots("a"), "t", "e", "id"), "id": r.Key(dots("a"), "t", "d", "ie"),
		"width": r.Key(wider, "t", "d", "id"),
	} {
		if other == base {
			t.Errorf("another %s has the same key", name)
		}
	}
}

func TestSharedBordersStaySharedWhenThinned(t *testing.T) {
	const wavy = `[10,44],[10.00001,44.3],[9.99999,44.6],[10,45]`
	const back = `[10,45],[9.99999,44.6],[10.00001,44.3],[10,44]`
	both := `{"type":"FeatureCollection","features":[
		{"type":"Feature","properties":{"code":"W"},"geometry":{"type":"Polygon","coordinates":[[[9,44],` + wavy + `,[9,45],[9,44]]]}},
		{"type":"Feature","properties":{"code":"E"},"geometry":{"type":"MultiPolygon","coordinates":[[[` + back + `,[11,44],[11,45],[10,45]]]]}}]}`
	r, err := render.New(render.Options{Boundaries: func(string) (json.RawMessage, bool) { return json.RawMessage(both), true }})
	if err != nil {
		t.Skip("run make assets")
	}
	d := mapped()
	d.Option = json.RawMessage(`{"animation":false,"series":[{"type":"map","map":"map:district","nameProperty":"code","left":0,"right":0,"top":0,"bottom":0}]}`)
	out := string(svg(t, r, d))
	if n := strings.Count(out, "L150 "); n < 2 {
		t.Errorf("the shared border stands %d times at x = 150, want on both sides: %s", n, out)
	}
	if n := strings.Count(out, "L"); n > 10 {
		t.Errorf("%d line steps are left of two squares: %s", n, out)
	}
}

func renderer(t testing.TB) *render.Renderer {
	t.Helper()
	r, err := render.New(render.Options{Workers: 2, Boundaries: func(level string) (json.RawMessage, bool) {
		return json.RawMessage(square), level == "district"
	}})
	var missing *render.MissingAssets
	if errors.As(err, &missing) && os.Getenv("CI") == "" {
		t.Skip(missing.Hint())
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func svg(t testing.TB, r *render.Renderer, d chart.Drawing) []byte {
	t.Helper()
	out, err := r.SVG(context.Background(), d, "Title", "Description", "fig")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func dots(label string) chart.Drawing {
	text, _ := json.Marshal(label)
	return chart.Drawing{Width: 400, Height: 200, Option: json.RawMessage(`{"animation":false,
		"graphic":{"elements":[{"type":"text","x":10,"y":20,"style":{"text":` + string(text) + `,"fontSize":14,"fontWeight":600}},
		{"type":"rect","shape":{"x":5,"y":40,"width":50,"height":12},"style":{"fill":{"svgElement":{"tag":"path","attrs":{"d":"M0 0V6","stroke":"#7A8CA3"},"children":[]},"svgWidth":6,"svgHeight":6,"rotation":0.785398}}}]},
		"grid":{"left":40,"top":10,"width":300,"height":160},"xAxis":{"type":"value"},"yAxis":{"type":"value"},
		"series":[{"type":"scatter","symbolSize":10,"data":[[1,2],[3,4]]},{"type":"line","data":[[1,1],[2,5]]}]}`)}
}

// plotted are points and lines on axes that are not drawn. A series with a word
// more than the canvas writes is left to ECharts.
func plotted(word string) chart.Drawing {
	return chart.Drawing{Width: 400, Height: 200, Option: json.RawMessage(`{"animation":false,
		"grid":[{"left":"40px","top":"10px","width":"300px","height":"160px"}],
		"xAxis":[{"type":"value","show":false,"min":-3,"max":11}],"yAxis":[{"type":"value","show":false,"min":2,"max":9,"inverse":true}],
		"series":[{"type":"scatter","symbol":"circle","symbolSize":10,"clip":false,"z":4,"itemStyle":{"color":"#0066CC","opacity":1}` + word + `,
			"dimensions":["x","y",{"name":"name","type":"ordinal"}],"encode":{"x":"x","y":"y","itemName":"name"},"data":[[-3,2,"a"],[1.37,4.21,"b"],[11,9,"c"]]},
		{"type":"line","symbol":"none","clip":false,"z":3,"silent":true,"lineStyle":{"color":"#17324D","width":2,"type":"dashed","opacity":0.6},
			"data":[[-3,3],[2,7.5],[null,null],[4,3],[6.6,5.1],[8,2]]}]}`)}
}

func TestWhatIsDrawnWithoutEChartsStandsWhereItWouldPutIt(t *testing.T) {
	r := renderer(t)
	clipped := regexp.MustCompile(`<g clip-path="[^"]*">|</g>|<defs>.*</defs>`) // ECharts' frame of a line that is not to be clipped
	short, long := string(svg(t, r, plotted(""))), clipped.ReplaceAllString(string(svg(t, r, plotted(`,"name":"a"`))), "")
	if len(short) < 400 || short != long {
		t.Errorf("without ECharts\n%s\nwith it\n%s", short, long)
	}
}

func mapped() chart.Drawing {
	return chart.Drawing{Width: 300, Height: 300, Maps: []string{"district"}, Option: json.RawMessage(`{"animation":false,
		"series":[{"type":"map","map":"map:district","nameProperty":"code","data":[{"name":"X1","value":1,"label":{"show":true,"formatter":"77"}}]}]}`)}
}
