package export

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osservatorio/warehouse"
)

// twoSquares is a TopoJSON of two unit squares with a bent border between
// them, and an island that belongs to the second.
const twoSquares = `{"type":"Topology","arcs":[
  [[1,0],[1.1,0.3],[0.9,0.6],[1,1]],
  [[1,1],[0,1],[0,0],[1,0]],
  [[1,0],[2,0],[2,1],[1,1]],
  [[3,0],[3.5,0],[3.5,0.5],[3,0]]],
 "objects":{"zone":{"type":"GeometryCollection","geometries":[
  {"type":"Polygon","arcs":[[0,1]],"properties":{"code":1}},
  {"type":"MultiPolygon","arcs":[[[-1,2]],[[3]]],"properties":{"code":2}}]}}}`

func squares(t *testing.T, text string) map[string][]shape {
	t.Helper()
	file := filepath.Join(t.TempDir(), "zone.json")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	objects, err := readShapes([]string{file})
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

func walksOf(values ...string) []crosswalk {
	var out []crosswalk
	for _, v := range values {
		code, value, _ := strings.Cut(v, "=")
		out = append(out, crosswalk{code: code, name: "Nome " + code, level: "district", object: "zone", property: "code", value: value})
	}
	return out
}

// outline is what a browser reads.
type outline struct {
	Features []struct {
		Properties struct{ Code, Name string }
		Geometry   struct{ Coordinates [][][]point }
	}
}

func drawn(t *testing.T, territories []territory, limit int) outline {
	t.Helper()
	data, err := fit(territories, limit)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > limit {
		t.Errorf("%d bytes, want at most %d", len(data), limit)
	}
	var o outline
	if err := json.Unmarshal(data, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestShapesBecomeTerritories(t *testing.T) {
	territories, err := match(walksOf("A=1", "B=2"), squares(t, twoSquares))
	if err != nil {
		t.Fatal(err)
	}
	o := drawn(t, territories, 10_000)
	if len(o.Features) != 2 || o.Features[0].Properties.Code != "A" || o.Features[1].Properties.Name != "Nome B" || len(o.Features[1].Geometry.Coordinates) != 2 {
		t.Fatalf("got %+v", o)
	}
	for _, f := range o.Features {
		for _, polygon := range f.Geometry.Coordinates {
			r := polygon[0]
			if r[0] != r[len(r)-1] || ring(r[:len(r)-1]).area() <= 0 {
				t.Errorf("%s: ring %v: expected closed and counterclockwise", f.Properties.Code, r)
			}
		}
	}
}

func TestShapesOfOneTerritoryAreDissolved(t *testing.T) {
	territories, err := match([]crosswalk{
		{code: "A", level: "district", object: "zone", property: "code", value: "1"},
	}, map[string][]shape{"zone": squares(t, strings.ReplaceAll(twoSquares, `"code":2`, `"code":1`))["zone"]})
	if err != nil {
		t.Fatal(err)
	}
	if len(territories[0].rings) != 2 {
		t.Fatalf("got %d rings, want the joined squares and the island: %v", len(territories[0].rings), territories[0].rings)
	}
	total := 0.0
	for _, r := range territories[0].rings {
		total += r.area()
	}
	if math.Abs(total-2.125) > 1e-9 {
		t.Errorf("area: got %v, want 2.125", total)
	}
}

func TestGeoJSONAndTopoJSONAreDrawnAlike(t *testing.T) {
	geo := `{"type":"FeatureCollection","features":[
	  {"type":"Feature","properties":{"code":"1"},"geometry":{"type":"Polygon","coordinates":[[[1,0],[1.1,0.3],[0.9,0.6],[1,1],[0,1],[0,0],[1,0]]]}},
	  {"type":"Feature","properties":{"code":"2"},"geometry":{"type":"MultiPolygon","coordinates":[[[[1,1],[0.9,0.6],[1.1,0.3],[1,0],[2,0],[2,1],[1,1]]],[[[3,0],[3.5,0],[3.5,0.5],[3,0]]]]}}]}`
	var drawings []string
	for _, text := range []string{geo, twoSquares} {
		territories, err := match(walksOf("A=1", "B=2"), squares(t, text))
		if err != nil {
			t.Fatal(err)
		}
		data, err := fit(territories, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		drawings = append(drawings, string(data))
	}
	if drawings[0] != drawings[1] {
		t.Errorf("got\n%s\nand\n%s", drawings[0], drawings[1])
	}
}

func TestBoundariesOfOtherObjectsAreToldWhatIsAskedFor(t *testing.T) {
	err := notNamed([]crosswalk{{object: "distretti"}, {object: "comuni"}, {object: "distretti"}}, map[string][]shape{"zone": nil})
	if want := `holds "zone", and the territories ask for "comuni", "distretti" (`; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestBoundariesAreRefused(t *testing.T) {
	objects := squares(t, twoSquares)
	for claim, c := range map[string]struct {
		walks []crosswalk
		want  string
	}{
		"a shape without a territory":      {walksOf("A=1"), "no territory of reference.geo names it"},
		"a territory without a shape":      {walksOf("A=1", "B=2", "C=3"), "C: no shape with code=3"},
		"an object that the file does not": {[]crosswalk{{code: "A", object: "other"}}, `object "other": not in the files`},
	} {
		if _, err := match(c.walks, objects); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v", claim, err)
		}
	}
	for text, want := range map[string]string{
		`{"type":"Topology","arcs":[],"objects":{"zone":{"geometries":[{"type":"Polygon","arcs":[[7]]}]}}}`: "arc 7: the file has 0",
		`{"type":"Topology","arcs":[[[1]]],"objects":{}}`:                                                   "expected two numbers",
		`{"type":"Polygon"}`: "expected Topology or FeatureCollection",
		`{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}}]}`:                  "feature 1: ring of 3 points: begins at [0 0] and ends at [1 1]",
		`{"type":"Topology","arcs":[[[0,0],[1,1]],[[5,5],[0,0]]],"objects":{"zone":{"geometries":[{"type":"Polygon","arcs":[[0,1]]}]}}}`: "arc 1: begins at [5 5]",
		`{"type":"FeatureCollection"`: "no whole GeoJSON or TopoJSON",
		`{"type":"FeatureCollection","features":[{"geometry":{"type":"Point","coordinates":[1,2]}}]}`:                           `type "Point": expected Polygon`,
		`{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":[[[1],[2],[3]]]}}]}`:               "expected two numbers",
		`{"type":"Topology","arcs":[[[0,0],[1,1]]],"objects":{"zone":{"geometries":[{"type":"Polygon","arcs":[[-9223372036]]}]`: "unexpected end",
	} {
		if _, err := parseShapes("zone", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// borders counts the stretches of a drawing by how many territories share them.
func borders(o outline) map[int]int {
	uses := map[[2]point]int{}
	for _, f := range o.Features {
		for _, polygon := range f.Geometry.Coordinates {
			for _, r := range polygon {
				for i := range len(r) - 1 {
					a, b := r[i], r[i+1]
					if a[0] > b[0] || a[0] == b[0] && a[1] > b[1] {
						a, b = b, a
					}
					uses[[2]point{a, b}]++
				}
			}
		}
	}
	out := map[int]int{}
	for _, n := range uses {
		out[n]++
	}
	return out
}

func TestNeighboursKeepTheirBorderWhenItIsSimplified(t *testing.T) {
	// a border of a thousand small bends between two squares
	var bends []string
	for i := range 1001 {
		bends = append(bends, fmt.Sprintf("[%v,%v]", 1+0.01*math.Sin(float64(i)), float64(i)/1000))
	}
	bends[0], bends[1000] = "[1,0]", "[1,1]"
	text := strings.Replace(twoSquares, "[[1,0],[1.1,0.3],[0.9,0.6],[1,1]]", "["+strings.Join(bends, ",")+"]", 1)
	territories, err := match(walksOf("A=1", "B=2"), squares(t, text))
	if err != nil {
		t.Fatal(err)
	}
	o := drawn(t, territories, 3_000)
	if got := borders(o); got[2] < 5 || got[1] != 9 {
		t.Errorf("got %v, want many shared stretches and the nine outer ones", got)
	}
}

// TestRealBoundariesFitAPage draws the real maps of a region and of Italy.
func TestRealBoundariesFitAPage(t *testing.T) {
	shared := os.Getenv("OSSERVATORIO_SHARED")
	if shared == "" {
		shared = "../../../shared"
	}
	folder := filepath.Join(shared, "data/01-geo/istat-confini-2025")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("shared data not here: set OSSERVATORIO_SHARED")
	}
	for _, c := range []struct {
		geography, file string
		levels          map[string]int
	}{
		{"emilia-romagna", "emilia_romagna_comuni_cpi_distretti.topo.json", map[string]int{"district": 38, "province": 9, "ausl": 8}},
		{"italia", "italia_comuni_2025.topo.json", map[string]int{"region": 21}},
	} {
		t.Run(c.geography, func(t *testing.T) {
			dir := realBoundaries(t, c.geography, filepath.Join(folder, c.file))
			for level, n := range c.levels {
				data, err := os.ReadFile(filepath.Join(dir, "boundaries", level+".geojson"))
				if err != nil {
					t.Fatal(err)
				}
				var o outline
				if err := json.Unmarshal(data, &o); err != nil {
					t.Fatal(err)
				}
				if len(data) > maxBoundary || len(o.Features) != n {
					t.Errorf("%s: %d bytes, %d features; want at most %d and %d", level, len(data), len(o.Features), maxBoundary, n)
				}
				if got := borders(o); got[2] == 0 || len(got) > 2 {
					t.Errorf("%s: stretches by number of neighbours: %v", level, got)
				}
			}
		})
	}
}

func realBoundaries(t *testing.T, geography, file string) string {
	t.Helper()
	db, err := warehouse.Open(t.Context(), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	territory, err := warehouse.GeographyFS(geography)
	if err != nil {
		t.Fatal(err)
	}
	if err := warehouse.LoadReference(t.Context(), db, warehouse.ReferenceFS(), territory); err != nil {
		t.Fatal(err)
	}
	w := &writer{ctx: t.Context(), db: db, o: Options{Boundaries: []string{file}}, dir: t.TempDir()}
	if err := w.writeBoundaries(); err != nil {
		t.Fatal(err)
	}
	return w.dir
}
