package linkedtest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"osservatorio/queries/disclosure/linked"
)

// Outcomes is a family as a release has many: one year of invented persons who
// reached something or not, by quarter, by territory (districts, provinces, an
// area over three of them, the region) and by one breakdown at a time above the
// district. Every row shows three cells: all, those who did, those who did not.
// The same for the same seed.
func Outcomes(seed uint64, persons int) *linked.Family {
	rng := rand.New(rand.NewPCG(seed, 3))
	sizes := []int{3, 5, 2, 4, 4, 6, 5, 3} // codes of each breakdown
	f := &linked.Family{Name: fmt.Sprintf("outcomes-%d", seed)}
	district, provinces := territory()
	f.Dims = []linked.Dim{district, flat("quarter", 4), flat("answer", 2)}
	for i, n := range sizes {
		f.Dims = append(f.Dims, flat(fmt.Sprintf("breakdown%d", i+1), n))
	}
	drawn := draw(rng, persons, sizes)
	fine := linked.Axis{Dim: 0, Nodes: numbers(1, 38)}
	coarse := linked.Axis{Dim: 0, Nodes: numbers(39, 9)}
	quarter, answer := linked.Axis{Dim: 1, Nodes: numbers(1, 4)}, linked.Axis{Dim: 2, Nodes: numbers(1, 2)}
	f.Tables = append(f.Tables, tabulate(drawn, nil, fine, quarter, answer))
	places := append(numbers(39, 10), 0) // provinces, the area, the region
	addRates(f, drawn, 0, append(numbers(1, 38), places...), provinces)
	for b, n := range sizes {
		f.Tables = append(f.Tables, tabulate(drawn, provinces, coarse, quarter, answer, linked.Axis{Dim: int32(3 + b), Nodes: numbers(1, n)}))
		addRates(f, drawn, 3+b, places, provinces)
	}
	return f
}

// territory has the districts as nodes 1 to 38, the provinces after them, an
// area over the last three, and says of each district its province.
func territory() (linked.Dim, []int32) {
	d := flat("territory", 38)
	var of []int32
	for p, n := range []int{4, 6, 3, 7, 6, 3, 3, 3, 3} {
		node := linked.Node{Code: fmt.Sprintf("P%d", p+1)}
		for range n {
			node.Leaves = append(node.Leaves, int32(len(of)))
			of = append(of, int32(p))
		}
		d.Nodes = append(d.Nodes, node)
	}
	area := linked.Node{Code: "area"}
	for leaf, p := range of {
		if p >= 6 {
			area.Leaves = append(area.Leaves, int32(leaf))
		}
	}
	d.Nodes = append(d.Nodes, area)
	return d, of
}

// flat is a variable with a total, node 0, and its finest codes after it.
func flat(name string, n int) linked.Dim {
	d := linked.Dim{Name: name, Nodes: []linked.Node{{Code: "Total"}}}
	for i := range n {
		d.Nodes[0].Leaves = append(d.Nodes[0].Leaves, int32(i))
		d.Nodes = append(d.Nodes, linked.Node{Code: fmt.Sprint(i + 1), Leaves: []int32{int32(i)}})
	}
	return d
}

func numbers(first, n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(first + i)
	}
	return out
}

// draw invents persons: by variable of the family a finest code, some codes much
// rarer than others.
func draw(rng *rand.Rand, persons int, sizes []int) [][]int32 {
	rare := func(n int) int32 { return int32(min(n-1, int(float64(n)*math.Pow(rng.Float64(), 1.8)))) }
	out := make([][]int32, persons)
	for i := range out {
		p := []int32{rare(38), int32(rng.IntN(4)), int32(rng.IntN(3) / 2)}
		for _, n := range sizes {
			p = append(p, rare(n))
		}
		out[i] = p
	}
	return out
}

// tabulate counts persons by axes; provinces says which place of the first axis
// a district has, nil for its own.
func tabulate(drawn [][]int32, provinces []int32, axes ...linked.Axis) linked.Table {
	t := linked.Table{Axes: axes}
	at := map[string]int{}
	for _, p := range drawn {
		place := make([]int32, len(axes))
		for i, a := range axes {
			place[i] = p[a.Dim]
		}
		if provinces != nil {
			place[0] = provinces[place[0]]
		}
		key := fmt.Sprint(place)
		i, ok := at[key]
		if !ok {
			i = len(t.Counts)
			at[key] = i
			t.Counts = append(t.Counts, linked.Count{At: place})
		}
		t.Counts[i].N++
	}
	return t
}

// addRates adds a row for every place, quarter or year, and code of a breakdown
// (0: none) at which somebody was; sensitive is each count below 3 in it.
func addRates(f *linked.Family, drawn [][]int32, breakdown int, places, provinces []int32) {
	counts := map[[4]int32]int64{} // place, quarter, answer, code
	for _, p := range drawn {
		code := int32(0)
		if breakdown > 0 {
			code = p[breakdown] + 1
		}
		above := []int32{p[0] + 1, 39 + provinces[p[0]], 0}
		if provinces[p[0]] >= 6 {
			above = append(above, 48)
		}
		for _, place := range above {
			for _, q := range []int32{0, p[1] + 1} {
				counts[[4]int32{place, q, 0, code}]++
				counts[[4]int32{place, q, p[2] + 1, code}]++
			}
		}
	}
	codes := numbers(0, 1)
	if breakdown > 0 {
		codes = numbers(1, len(f.Dims[breakdown].Nodes)-1)
	}
	for _, place := range places {
		for q := int32(0); q <= 4; q++ {
			for _, code := range codes {
				if counts[[4]int32{place, q, 0, code}] > 0 {
					f.Rows = append(f.Rows, rate(f, counts, breakdown, place, q, code))
				}
			}
		}
	}
}

func rate(f *linked.Family, counts map[[4]int32]int64, breakdown int, place, q, code int32) linked.Row {
	var row linked.Row
	for answer := range int32(3) {
		at := make([]int32, len(f.Dims))
		at[0], at[1], at[2] = place, q, answer
		if breakdown > 0 {
			at[breakdown] = code
		}
		cell := linked.Cell{At: at, N: counts[[4]int32{place, q, answer, code}]}
		if answer == 0 {
			cell.Least = 1
		}
		if cell.N > 0 && cell.N < 3 {
			cell.Need = 3
		}
		row.Cells = append(row.Cells, int32(len(f.Cells)))
		f.Cells = append(f.Cells, cell)
	}
	return row
}
