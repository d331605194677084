package export

import (
	"container/heap"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// fit writes territories as GeoJSON of at most limit bytes: borders are
// simplified as little as that needs, each shared border once for both sides.
func fit(territories []territory, limit int) ([]byte, error) {
	t := newTopology(territories)
	t.weigh()
	digits := 4 // of a degree: about ten metres
	if t.width() > 5 {
		digits = 3
	}
	low, high := 0.0, 1.0
	data := t.draw(territories, 0, digits)
	if len(data) <= limit {
		return data, nil
	}
	if smallest := t.draw(territories, high, digits); len(smallest) > limit {
		return nil, fmt.Errorf("%d bytes even as triangles: expected at most %d", len(smallest), limit)
	}
	for range 40 {
		middle := (low + high) / 2
		if low == 0 {
			middle = high / 8 // areas of triangles differ by orders of magnitude
		}
		if draft := t.draw(territories, middle, digits); len(draft) > limit {
			low = middle
		} else {
			high, data = middle, draft
			if len(draft) > limit*19/20 {
				break
			}
		}
	}
	if len(data) > limit {
		data = t.draw(territories, high, digits)
	}
	return data, nil
}

func (t *topology) width() float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range t.points {
		low, high = min(low, p[0]), max(high, p[0])
	}
	return high - low
}

// weigh gives every point of every line the area of the triangle that goes
// when it is left out, in the order of Visvalingam: the least first, its
// neighbours anew. Ends weigh infinitely: junctions stay.
func (t *topology) weigh() {
	for i := range t.lines {
		l := &t.lines[i]
		l.weight = make([]float64, len(l.points))
		l.weight[0], l.weight[len(l.points)-1] = math.Inf(1), math.Inf(1)
		if len(l.points) > 2 {
			t.weighLine(l)
		}
	}
}

func (t *topology) weighLine(l *line) {
	n := len(l.points)
	before, after := make([]int, n), make([]int, n)
	q := &queue{}
	triangle := func(k int) float64 {
		a, b, c := t.points[l.points[before[k]]], t.points[l.points[k]], t.points[l.points[after[k]]]
		return math.Abs((b[0]-a[0])*(c[1]-a[1])-(c[0]-a[0])*(b[1]-a[1])) / 2
	}
	for k := range n {
		before[k], after[k] = k-1, k+1
	}
	version := make([]int, n)
	for k := 1; k < n-1; k++ {
		heap.Push(q, corner{k, 0, triangle(k)})
	}
	least := 0.0
	for q.Len() > 0 {
		c := heap.Pop(q).(corner)
		if c.version != version[c.at] {
			continue
		}
		least = max(least, c.area) // a point never goes before one that went
		l.weight[c.at] = least
		version[c.at] = -1
		a, b := before[c.at], after[c.at]
		after[a], before[b] = b, a
		for _, k := range []int{a, b} {
			if k > 0 && k < n-1 {
				version[k]++
				heap.Push(q, corner{k, version[k], triangle(k)})
			}
		}
	}
}

type corner struct {
	at, version int
	area        float64
}

type queue []corner

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if q[i].area != q[j].area {
		return q[i].area < q[j].area
	}
	return q[i].at < q[j].at
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(corner)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// draw writes the territories with all points that weigh at least threshold.
func (t *topology) draw(territories []territory, threshold float64, digits int) []byte {
	kept := t.kept(threshold)
	out := []byte(`{"type":"FeatureCollection","features":[`)
	for i, territory := range territories {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, "\n{\"type\":\"Feature\",\"properties\":{\"code\":"...)
		out = append(out, literal(territory.code)...)
		out = append(out, `,"name":`...)
		out = append(out, literal(territory.name)...)
		out = append(out, `},"geometry":{"type":"MultiPolygon","coordinates":[`...)
		for p, polygon := range nest(t.outlines(i, kept, threshold, digits)) {
			if p > 0 {
				out = append(out, ',')
			}
			out = appendPolygon(out, polygon)
		}
		out = append(out, "]}}"...)
	}
	return append(out, "\n]}\n"...)
}

func literal(text string) []byte {
	data, err := json.Marshal(text)
	if err != nil {
		return []byte(`""`)
	}
	return data
}

// kept thins every line. A line that closes on itself keeps a triangle, and so
// do rings of two lines: each keeps its heaviest point.
func (t *topology) kept(threshold float64) [][]int32 {
	need := make([]int, len(t.lines))
	for _, rings := range t.rings {
		for _, r := range rings {
			for _, u := range r {
				need[u.line] = max(need[u.line], 3-len(r))
			}
		}
	}
	out := make([][]int32, len(t.lines))
	for i, l := range t.lines {
		limit := threshold
		if inner := len(l.points) - 2; need[i] > 0 && inner > 0 {
			weights := slices.Clone(l.weight[1 : len(l.weight)-1])
			slices.Sort(weights)
			limit = min(limit, weights[max(0, inner-need[i])])
		}
		for k, id := range l.points {
			if l.weight[k] >= limit {
				out[i] = append(out[i], id)
			}
		}
	}
	return out
}

// outlines are the rings of a territory, thinned and rounded. Islands smaller
// than what is thinned away go, but never the largest ring.
func (t *topology) outlines(i int, kept [][]int32, threshold float64, digits int) []ring {
	var out []ring
	largest := 0.0
	for _, uses := range t.rings[i] {
		var r ring
		for _, u := range uses {
			ids := slices.Clone(kept[u.line])
			if u.backwards {
				slices.Reverse(ids)
			}
			for _, id := range ids[:len(ids)-1] {
				p := point{rounded(t.points[id][0], digits), rounded(t.points[id][1], digits)}
				if len(r) == 0 || r[len(r)-1] != p {
					r = append(r, p)
				}
			}
		}
		for len(r) > 1 && r[0] == r[len(r)-1] {
			r = r[:len(r)-1]
		}
		if len(r) >= 3 {
			out = append(out, r)
			largest = max(largest, math.Abs(r.area()))
		}
	}
	return slices.DeleteFunc(out, func(r ring) bool {
		area := math.Abs(r.area())
		return area < largest && area < 4*threshold
	})
}

func rounded(v float64, digits int) float64 {
	scale := math.Pow10(digits)
	return math.Round(v*scale) / scale
}

// nest puts every hole into the smallest ring that holds it.
func nest(rings []ring) [][]ring {
	var out [][]ring
	for _, r := range rings {
		if r.area() > 0 {
			out = append(out, []ring{r})
		}
	}
	for _, r := range rings {
		if r.area() > 0 {
			continue
		}
		best := -1
		for i, polygon := range out {
			if polygon[0].contains(inside(r)) && (best < 0 || polygon[0].area() < out[best][0].area()) {
				best = i
			}
		}
		if best >= 0 {
			out[best] = append(out[best], r)
		}
	}
	return out
}

// inside is a point of a hole that is not a corner, for corners may lie on the
// ring around it.
func inside(r ring) point {
	a, b, c := r[0], r[1], r[2]
	return point{(a[0] + b[0] + c[0]) / 3, (a[1] + b[1] + c[1]) / 3}
}

func appendPolygon(out []byte, polygon []ring) []byte {
	out = append(out, '[')
	for i, r := range polygon {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, '[')
		for k := range len(r) + 1 {
			p := r[k%len(r)]
			if k > 0 {
				out = append(out, ',')
			}
			out = append(out, '[')
			out = strconv.AppendFloat(out, p[0], 'f', -1, 64)
			out = append(out, ',')
			out = strconv.AppendFloat(out, p[1], 'f', -1, 64)
			out = append(out, ']')
		}
		out = append(out, ']')
	}
	return append(out, ']')
}
