package render

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// tolerance is how far a simplified border may run from the true one, as a
// share of the map's width: under a pixel on the widest drawing.
const tolerance = 1.0 / 1200

type point [2]float64

// simplify thins the borders of a GeoJSON FeatureCollection arc by arc: a
// border that two territories share is cut at the same joints and thinned the
// same way on both sides, so that no gap opens.
func simplify(raw json.RawMessage) (json.RawMessage, error) {
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("read boundaries: %w", err)
	}
	features, _ := doc["features"].([]any)
	var rings []*[]any
	for _, f := range features {
		feature, _ := f.(map[string]any)
		geometry, _ := feature["geometry"].(map[string]any)
		collect(geometry["coordinates"], &rings)
	}
	joints, eps := jointsOf(rings), width(rings)*tolerance
	for _, ring := range rings {
		thin := thinRing(points(*ring), joints, eps)
		*ring = (*ring)[:0]
		for _, p := range thin {
			*ring = append(*ring, []any{p[0], p[1]})
		}
	}
	for _, f := range features {
		feature, _ := f.(map[string]any)
		if geometry, ok := feature["geometry"].(map[string]any); ok {
			geometry["coordinates"] = rebuild(geometry["coordinates"], &rings)
		}
	}
	return json.Marshal(doc)
}

// isRing tells a list of points from a list of lists.
func isRing(v any) ([]any, bool) {
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return nil, false
	}
	first, ok := list[0].([]any)
	if !ok || len(first) == 0 {
		return nil, false
	}
	_, ok = first[0].(float64)
	return list, ok
}

func collect(v any, rings *[]*[]any) {
	if ring, ok := isRing(v); ok {
		*rings = append(*rings, &ring)
		return
	}
	list, _ := v.([]any)
	for _, inner := range list {
		collect(inner, rings)
	}
}

// rebuild puts the thinned rings back in the order they were collected.
func rebuild(v any, rings *[]*[]any) any {
	if _, ok := isRing(v); ok {
		ring := *(*rings)[0]
		*rings = (*rings)[1:]
		return ring
	}
	list, ok := v.([]any)
	if !ok {
		return v
	}
	for i, inner := range list {
		list[i] = rebuild(inner, rings)
	}
	return list
}

func points(ring []any) []point {
	out := make([]point, 0, len(ring))
	for _, v := range ring {
		if p, ok := v.([]any); ok && len(p) >= 2 {
			x, _ := p[0].(float64)
			y, _ := p[1].(float64)
			out = append(out, point{x, y})
		}
	}
	return out
}

func width(rings []*[]any) float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, ring := range rings {
		for _, p := range points(*ring) {
			lo, hi = math.Min(lo, p[0]), math.Max(hi, p[0])
		}
	}
	return math.Max(0, hi-lo)
}

// jointsOf finds the points where borders meet: those with more than two
// different neighbours.
func jointsOf(rings []*[]any) map[point]bool {
	neighbours := map[point][]point{}
	see := func(a, b point) {
		if a != b && !slices.Contains(neighbours[a], b) {
			neighbours[a] = append(neighbours[a], b)
		}
	}
	for _, ring := range rings {
		list := points(*ring)
		for i := 1; i < len(list); i++ {
			see(list[i-1], list[i])
			see(list[i], list[i-1])
		}
	}
	joints := map[point]bool{}
	for p, n := range neighbours {
		if len(n) > 2 {
			joints[p] = true
		}
	}
	return joints
}

// thinRing thins a closed ring between its joints; one without joints is cut
// at its two outermost points.
func thinRing(ring []point, joints map[point]bool, eps float64) []point {
	if len(ring) < 5 {
		return ring
	}
	open := ring[:len(ring)-1]
	cuts := cutsOf(open, joints)
	var out []point
	for i, from := range cuts {
		to := cuts[(i+1)%len(cuts)]
		arc := walk(open, from, to)
		out = append(out, thinArc(arc, eps)...)
		out = out[:len(out)-1] // the next arc begins there
	}
	if len(out) < 3 {
		return ring // an islet: keep its shape
	}
	return append(out, out[0])
}

func cutsOf(open []point, joints map[point]bool) []int {
	var cuts []int
	for i, p := range open {
		if joints[p] {
			cuts = append(cuts, i)
		}
	}
	if len(cuts) >= 2 {
		return cuts
	}
	west, east := 0, 0
	for i, p := range open {
		if p[0] < open[west][0] || p[0] == open[west][0] && p[1] < open[west][1] {
			west = i
		}
		if p[0] > open[east][0] || p[0] == open[east][0] && p[1] > open[east][1] {
			east = i
		}
	}
	cuts = append(cuts, west, east)
	slices.Sort(cuts)
	return slices.Compact(cuts)
}

func walk(open []point, from, to int) []point {
	arc := []point{open[from]}
	for i := (from + 1) % len(open); ; i = (i + 1) % len(open) {
		arc = append(arc, open[i])
		if i == to {
			return arc
		}
	}
}

// thinArc is Douglas and Peucker's, walked from the same end whichever side
// asks.
func thinArc(arc []point, eps float64) []point {
	first, last := arc[0], arc[len(arc)-1]
	turned := last[0] < first[0] || last[0] == first[0] && last[1] < first[1]
	if turned {
		arc = slices.Clone(arc)
		slices.Reverse(arc)
	}
	keep := make([]bool, len(arc))
	keep[0], keep[len(arc)-1] = true, true
	mark(arc, 0, len(arc)-1, eps, keep)
	var out []point
	for i, p := range arc {
		if keep[i] {
			out = append(out, p)
		}
	}
	if turned {
		slices.Reverse(out)
	}
	return out
}

func mark(arc []point, from, to int, eps float64, keep []bool) {
	far, at := eps, -1
	for i := from + 1; i < to; i++ {
		if d := distance(arc[i], arc[from], arc[to]); d > far {
			far, at = d, i
		}
	}
	if at < 0 {
		return
	}
	keep[at] = true
	mark(arc, from, at, eps, keep)
	mark(arc, at, to, eps, keep)
}

// distance of p from the segment a–b.
func distance(p, a, b point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	if dx == 0 && dy == 0 {
		return math.Hypot(p[0]-a[0], p[1]-a[1])
	}
	t := math.Max(0, math.Min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/(dx*dx+dy*dy)))
	return math.Hypot(p[0]-a[0]-t*dx, p[1]-a[1]-t*dy)
}
