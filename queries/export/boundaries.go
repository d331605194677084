package export

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxBoundary is the largest file of boundaries, in bytes: what a page may
// load for one map.
const maxBoundary = 60_000

// crosswalk says which shapes of the operator's files make a territory: those
// of an object whose property has that value, as in
// reference.geo.boundary = "distretti:cod_distretto=5".
type crosswalk struct {
	code, name, level       string
	object, property, value string
}

// writeBoundaries writes boundaries/<level>.geojson for each level that has
// shapes in the operator's files; without files there is nothing to write.
func (w *writer) writeBoundaries() error {
	if len(w.o.Boundaries) == 0 {
		return nil
	}
	objects, err := readShapes(w.o.Boundaries)
	if err != nil {
		return fmt.Errorf("read boundaries: %w", err)
	}
	walks, err := w.crosswalks()
	if err != nil {
		return fmt.Errorf("read boundaries: %w", err)
	}
	written, all := 0, walks
	for len(walks) > 0 {
		level := walks[0].level
		n := slices.IndexFunc(walks, func(c crosswalk) bool { return c.level != level })
		if n < 0 {
			n = len(walks)
		}
		done, err := w.writeLevel(level, walks[:n], objects)
		if err != nil {
			return fmt.Errorf("boundaries of level %s: %w", level, err)
		}
		written += done
		walks = walks[n:]
	}
	if written == 0 {
		return fmt.Errorf("read boundaries: %s: %w", strings.Join(w.o.Boundaries, ", "), notNamed(all, objects))
	}
	return nil
}

// notNamed tells objects that no territory asks for beside those that they ask for.
func notNamed(walks []crosswalk, objects map[string][]shape) error {
	var asked []string
	for _, c := range walks {
		asked = append(asked, c.object)
	}
	slices.Sort(asked)
	return fmt.Errorf("holds %s, and the territories ask for %s (column boundary of geo.csv, as object:property=value; the object of a GeoJSON file is its name)",
		quoted(slices.Sorted(maps.Keys(objects))), quoted(slices.Compact(asked)))
}

// quoted lists names: "comuni", "distretti"; no object where there are none.
func quoted(names []string) string {
	if len(names) == 0 {
		return "no object"
	}
	return `"` + strings.Join(names, `", "`) + `"`
}

func (w *writer) crosswalks() ([]crosswalk, error) {
	rows, err := w.rows(`
		SELECT g.code, g.name_it, g.level, g.boundary FROM reference.geo g JOIN reference.geo_levels l USING (level)
		WHERE g.boundary IS NOT NULL AND g.boundary <> '' ORDER BY l.position, g.position, g.code`)
	if err != nil {
		return nil, err
	}
	var out []crosswalk
	for _, r := range rows {
		object, condition, ok := strings.Cut(r[3], ":")
		property, value, ok2 := strings.Cut(condition, "=")
		if !ok || !ok2 {
			return nil, fmt.Errorf("reference.geo: %s: boundary %q: expected object:property=value", r[0], r[3])
		}
		out = append(out, crosswalk{code: r[0], name: r[1], level: r[2], object: object, property: property, value: value})
	}
	return out, nil
}

// writeLevel writes one level, unless the files hold none of its objects.
func (w *writer) writeLevel(level string, walks []crosswalk, objects map[string][]shape) (int, error) {
	if !slices.ContainsFunc(walks, func(c crosswalk) bool { return objects[c.object] != nil }) {
		return 0, nil
	}
	territories, err := match(walks, objects)
	if err != nil {
		return 0, err
	}
	data, err := fit(territories, maxBoundary)
	if err != nil {
		return 0, err
	}
	return 1, w.create("boundaries/"+level+".geojson", data)
}

// territory is one code with the rings that bound it.
type territory struct {
	code, name string
	rings      []ring
}

// match gives every shape its territory and dissolves the shapes of one
// territory into one. A shape without a territory, and a territory without a
// shape, are errors: a map with holes would look finished.
func match(walks []crosswalk, objects map[string][]shape) ([]territory, error) {
	out := make([]territory, len(walks))
	for i, c := range walks {
		out[i] = territory{code: c.code, name: c.name}
	}
	var asked []string
	for _, c := range walks {
		if objects[c.object] == nil {
			return nil, fmt.Errorf("%s: object %q: not in the files", c.code, c.object)
		}
		if !slices.Contains(asked, c.object) {
			asked = append(asked, c.object)
		}
	}
	for _, object := range asked {
		for n, s := range objects[object] {
			i := slices.IndexFunc(walks, func(c crosswalk) bool { return c.object == object && s.properties[c.property] == c.value })
			if i < 0 {
				return nil, fmt.Errorf("object %s: shape %d %v: no territory of reference.geo names it", object, n+1, s.properties)
			}
			out[i].rings = append(out[i].rings, s.rings...)
		}
	}
	for i, t := range out {
		if len(t.rings) == 0 {
			return nil, fmt.Errorf("%s: no shape with %s=%s in object %s", t.code, walks[i].property, walks[i].value, walks[i].object)
		}
	}
	return dissolve(out), nil
}
