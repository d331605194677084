package export

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// point is longitude and latitude in degrees.
type point [2]float64

// ring is a closed line without its last point (which equals the first).
// Rings that bound a territory from outside run counterclockwise, those of
// holes clockwise, as RFC 7946 says.
type ring []point

// shape is one feature of an operator's file.
type shape struct {
	properties map[string]string
	rings      []ring
}

// readShapes reads TopoJSON and GeoJSON files into their objects by name; a
// GeoJSON file is one object named like the file.
func readShapes(files []string) (map[string][]shape, error) {
	objects := map[string][]shape{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		base, _, _ := strings.Cut(filepath.Base(file), ".")
		found, err := parseShapes(base, data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for name, shapes := range found {
			if objects[name] != nil {
				return nil, fmt.Errorf("%s: object %q: in an earlier file too", file, name)
			}
			objects[name] = shapes
		}
	}
	return objects, nil
}

// geometry is a geometry of GeoJSON (coordinates) or TopoJSON (arcs).
type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
	Arcs        json.RawMessage `json:"arcs"`
	Properties  map[string]any  `json:"properties"`
	Geometries  []geometry      `json:"geometries"`
}

type mapFile struct {
	Type      string              `json:"type"`
	Objects   map[string]geometry `json:"objects"`
	Arcs      [][][]float64       `json:"arcs"`
	Transform *struct {
		Scale     point `json:"scale"`
		Translate point `json:"translate"`
	} `json:"transform"`
	Features []struct {
		Geometry   *geometry      `json:"geometry"`
		Properties map[string]any `json:"properties"`
	} `json:"features"`
}

func parseShapes(base string, data []byte) (map[string][]shape, error) {
	var f mapFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("no whole GeoJSON or TopoJSON: %w", err)
	}
	switch f.Type {
	case "Topology":
		return f.topology()
	case "FeatureCollection":
		shapes, err := f.features()
		return map[string][]shape{base: shapes}, err
	}
	return nil, fmt.Errorf("type %q: expected Topology or FeatureCollection", f.Type)
}

func (f mapFile) features() ([]shape, error) {
	var out []shape
	for i, feature := range f.Features {
		if feature.Geometry == nil {
			continue
		}
		rings, err := polygons(*feature.Geometry, feature.Geometry.Coordinates, func(raw json.RawMessage) (ring, error) {
			var points [][]float64
			if err := json.Unmarshal(raw, &points); err != nil {
				return nil, err
			}
			return closed(points)
		})
		if err != nil {
			return nil, fmt.Errorf("feature %d: %w", i+1, err)
		}
		out = append(out, shape{properties: texts(feature.Properties), rings: rings})
	}
	return out, nil
}

func (f mapFile) topology() (map[string][]shape, error) {
	arcs, err := f.decodeArcs()
	if err != nil {
		return nil, err
	}
	objects := map[string][]shape{}
	for name, object := range f.Objects {
		shapes := []shape{}
		for i, g := range object.Geometries {
			if g.Type == "" || g.Arcs == nil {
				continue
			}
			rings, err := polygons(g, g.Arcs, func(raw json.RawMessage) (ring, error) {
				var refs []int
				if err := json.Unmarshal(raw, &refs); err != nil {
					return nil, err
				}
				return stitchRefs(arcs, refs)
			})
			if err != nil {
				return nil, fmt.Errorf("object %s: geometry %d: %w", name, i+1, err)
			}
			shapes = append(shapes, shape{properties: texts(g.Properties), rings: rings})
		}
		objects[name] = shapes
	}
	return objects, nil
}

// decodeArcs undoes quantisation and deltas.
func (f mapFile) decodeArcs() ([][][]float64, error) {
	for i, arc := range f.Arcs {
		x, y := 0.0, 0.0
		for j, p := range arc {
			if len(p) < 2 {
				return nil, fmt.Errorf("arc %d: point %d: expected two numbers", i, j)
			}
			if f.Transform != nil {
				x, y = x+p[0], y+p[1]
				arc[j] = []float64{x*f.Transform.Scale[0] + f.Transform.Translate[0], y*f.Transform.Scale[1] + f.Transform.Translate[1]}
			}
		}
	}
	return f.Arcs, nil
}

// stitchRefs joins arcs into a ring; ~i is arc i backwards.
func stitchRefs(arcs [][][]float64, refs []int) (ring, error) {
	var points [][]float64
	for _, ref := range refs {
		i, backwards := ref, ref < 0
		if backwards {
			i = ^ref
		}
		if i >= len(arcs) {
			return nil, fmt.Errorf("arc %d: the file has %d", i, len(arcs))
		}
		arc := arcs[i]
		if backwards {
			arc = slices.Clone(arc)
			slices.Reverse(arc)
		}
		if len(points) > 0 && len(arc) > 0 {
			if end := points[len(points)-1]; !slices.Equal(end, arc[0]) {
				return nil, fmt.Errorf("arc %d: begins at %v, and the one before ends at %v: expected the same point", i, arc[0], end)
			}
			arc = arc[1:]
		}
		points = append(points, arc...)
	}
	return closed(points)
}

// polygons reads the rings of a Polygon or MultiPolygon and turns them the way
// rings of their place run.
func polygons(g geometry, raw json.RawMessage, read func(json.RawMessage) (ring, error)) ([]ring, error) {
	var parts [][]json.RawMessage
	switch g.Type {
	case "Polygon":
		parts = make([][]json.RawMessage, 1)
		if err := json.Unmarshal(raw, &parts[0]); err != nil {
			return nil, err
		}
	case "MultiPolygon":
		if err := json.Unmarshal(raw, &parts); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("type %q: expected Polygon or MultiPolygon", g.Type)
	}
	var out []ring
	for _, part := range parts {
		for i, r := range part {
			points, err := read(r)
			if err != nil {
				return nil, err
			}
			if len(points) < 3 {
				continue
			}
			if (points.area() > 0) != (i == 0) {
				slices.Reverse(points)
			}
			out = append(out, points)
		}
	}
	return out, nil
}

// closed makes a ring of points: without repeated points and without the last. One
// that does not end where it begins is broken: closed by us it would draw a border
// that nobody drew.
func closed(points [][]float64) (ring, error) {
	var out ring
	for i, p := range points {
		if len(p) < 2 {
			return nil, fmt.Errorf("point %d: expected two numbers", i)
		}
		if q := (point{p[0], p[1]}); len(out) == 0 || out[len(out)-1] != q {
			out = append(out, q)
		}
	}
	if last := len(out) - 1; last > 0 && out[0] != out[last] {
		return nil, fmt.Errorf("ring of %d points: begins at %v and ends at %v: expected the same point", len(points), out[0], out[last])
	}
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	return out, nil
}

// area is the signed area in square degrees: positive if counterclockwise.
func (r ring) area() float64 {
	sum := 0.0
	for i, p := range r {
		q := r[(i+1)%len(r)]
		sum += (p[0]-r[0][0])*(q[1]-r[0][1]) - (q[0]-r[0][0])*(p[1]-r[0][1])
	}
	return sum / 2
}

// contains tells whether a point lies inside, by counting crossings.
func (r ring) contains(p point) bool {
	inside := false
	for i, a := range r {
		b := r[(i+1)%len(r)]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+(p[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
			inside = !inside
		}
	}
	return inside
}

// texts writes properties as text: 5 is "5", whatever its JSON type.
func texts(properties map[string]any) map[string]string {
	out := map[string]string{}
	for key, value := range properties {
		switch v := value.(type) {
		case string:
			out[key] = v
		case float64:
			out[key] = strconv.FormatFloat(v, 'f', -1, 64)
		case bool:
			out[key] = strconv.FormatBool(v)
		}
	}
	return out
}
