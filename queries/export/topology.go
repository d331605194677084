package export

import (
	"encoding/binary"
	"slices"
)

// line is a stretch of border between two junctions, as numbers of points; a
// ring that meets no other is one line whose ends are the same point.
type line struct {
	points []int32
	weight []float64 // of each point, see weigh
}

// use is one line of a ring and the way it is walked.
type use struct {
	line      int
	backwards bool
}

// topology holds rings as lines that neighbours share, so that what is done
// to a border is done to both sides of it.
type topology struct {
	points []point
	lines  []line
	rings  [][][]use // territory → ring → lines
}

// newTopology cuts the rings of territories at their junctions.
func newTopology(territories []territory) *topology {
	t := &topology{}
	number := map[point]int32{}
	numbered := make([][][]int32, len(territories))
	for i, territory := range territories {
		for _, r := range territory.rings {
			ids := make([]int32, len(r))
			for k, p := range r {
				id, known := number[p]
				if !known {
					id = int32(len(t.points))
					number[p] = id
					t.points = append(t.points, p)
				}
				ids[k] = id
			}
			numbered[i] = append(numbered[i], ids)
		}
	}
	junction := junctions(numbered, len(t.points))
	known := map[string]int{}
	for _, rings := range numbered {
		var uses [][]use
		for _, ids := range rings {
			uses = append(uses, t.cut(ids, junction, known))
		}
		t.rings = append(t.rings, uses)
	}
	return t
}

// junctions are the points where borders part: those that have other
// neighbours in one ring than in another.
func junctions(rings [][][]int32, points int) []bool {
	out := make([]bool, points)
	first := make([][2]int32, points)
	seen := make([]bool, points)
	for _, territory := range rings {
		for _, ids := range territory {
			for k, id := range ids {
				a, b := ids[(k+len(ids)-1)%len(ids)], ids[(k+1)%len(ids)]
				pair := [2]int32{min(a, b), max(a, b)}
				if seen[id] && first[id] != pair {
					out[id] = true
				}
				first[id], seen[id] = pair, true
			}
		}
	}
	return out
}

// cut writes a ring as uses of lines, adding lines that are new.
func (t *topology) cut(ids []int32, junction []bool, known map[string]int) []use {
	start := slices.IndexFunc(ids, func(id int32) bool { return junction[id] })
	if start < 0 {
		start = slices.Index(ids, slices.Min(ids))
	}
	turned := append(slices.Concat(ids[start:], ids[:start]), ids[start])
	var uses []use
	from := 0
	for k := 1; k < len(turned); k++ {
		if junction[turned[k]] || k == len(turned)-1 {
			uses = append(uses, t.share(turned[from:k+1], known))
			from = k
		}
	}
	return uses
}

// share returns the use of a line, the same for both of its sides.
func (t *topology) share(points []int32, known map[string]int) use {
	reversed := slices.Clone(points)
	slices.Reverse(reversed)
	backwards := slices.Compare(reversed, points) < 0
	if backwards {
		points = reversed
	}
	key := make([]byte, 0, 4*len(points))
	for _, p := range points {
		key = binary.LittleEndian.AppendUint32(key, uint32(p))
	}
	at, there := known[string(key)]
	if !there {
		at = len(t.lines)
		known[string(key)] = at
		t.lines = append(t.lines, line{points: slices.Clone(points)})
	}
	return use{line: at, backwards: backwards}
}

// dissolve joins the shapes of each territory: a line that bounds the
// territory on both of its sides lies inside and goes.
func dissolve(territories []territory) []territory {
	t := newTopology(territories)
	out := make([]territory, len(territories))
	for i, rings := range t.rings {
		count := map[int]int{}
		for _, r := range rings {
			for _, u := range r {
				count[u.line]++
			}
		}
		var outer []use
		for _, r := range rings {
			for _, u := range r {
				if count[u.line] == 1 {
					outer = append(outer, u)
				}
			}
		}
		out[i] = territory{code: territories[i].code, name: territories[i].name, rings: t.join(outer)}
	}
	return out
}

// ends are the first and last point of a use.
func (t *topology) ends(u use) (from, to int32) {
	p := t.lines[u.line].points
	if u.backwards {
		return p[len(p)-1], p[0]
	}
	return p[0], p[len(p)-1]
}

// join puts lines together to rings, each line used once in its direction.
func (t *topology) join(uses []use) []ring {
	starting := map[int32][]int{}
	for i, u := range uses {
		from, _ := t.ends(u)
		starting[from] = append(starting[from], i)
	}
	done := make([]bool, len(uses))
	var out []ring
	for i := range uses {
		if done[i] {
			continue
		}
		var r ring
		first, _ := t.ends(uses[i])
		for at := i; at >= 0; {
			done[at] = true
			r = append(r, t.walk(uses[at])...)
			_, to := t.ends(uses[at])
			at = -1
			if to != first {
				at = nextOf(starting[to], done)
			}
		}
		if len(r) >= 3 {
			out = append(out, r)
		}
	}
	return out
}

func nextOf(candidates []int, done []bool) int {
	for _, c := range candidates {
		if !done[c] {
			return c
		}
	}
	return -1
}

// walk returns the points of a use without its last.
func (t *topology) walk(u use) ring {
	ids := t.lines[u.line].points
	out := make(ring, 0, len(ids))
	for k := range ids {
		at := k
		if u.backwards {
			at = len(ids) - 1 - k
		}
		out = append(out, t.points[ids[at]])
	}
	return out[:len(out)-1]
}
