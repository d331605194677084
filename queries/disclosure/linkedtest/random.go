package linkedtest

import (
	"math/rand/v2"
	"strconv"

	"osservatorio/queries/disclosure/linked"
)

// Random is an invented family, the same for the same seed: at most so many
// finest combinations, trees over one another's codes, cells that no row shows,
// rows that were published before, now and then rates (rows that show a total
// and both answers), now and then several tables that share one variable.
func Random(seed uint64, leaves int) *linked.Family {
	leaves = max(leaves, 2)
	rng := rand.New(rand.NewPCG(seed, 7))
	cube := Cube{Name: "random-" + strconv.FormatUint(seed, 10), Rule: Threshold(3)}
	rates := rng.IntN(3) == 0
	size := 1
	for d := 0; d < 4; d++ {
		n := 2 + rng.IntN(4)
		if d == 0 && rates {
			n = 2
		}
		if size*n > leaves {
			continue
		}
		size *= n
		cube.Variables = append(cube.Variables, trees(rng, "v"+strconv.Itoa(d), n))
	}
	cube.Leaves = skewed(rng, cube.Variables)
	for _, levels := range Everything(cube.Variables) {
		if rng.IntN(4) > 0 && !(rates && levels[0] > 0) {
			cube.Plan = append(cube.Plan, levels)
			if rates {
				cube.Plan = append(cube.Plan, append([]int{1}, levels[1:]...))
			}
		}
	}
	f := cube.Family()
	if rates {
		together(f)
	}
	if !rates && len(cube.Variables) > 2 && rng.IntN(2) == 0 {
		star(f)
	}
	weather(rng, f)
	return f
}

// trees gives a variable its finest codes, and often one or two ways to group
// them.
func trees(rng *rand.Rand, name string, n int) Variable {
	v := Variable{Name: name}
	for i := range n {
		v.Leaves = append(v.Leaves, strconv.Itoa(i))
	}
	v.Levels = []Level{v.Fine()}
	for l := 0; l < rng.IntN(3) && n > 2; l++ {
		groups := make(Level, n)
		for i := range groups {
			groups[i] = "g" + strconv.Itoa(l) + "-" + strconv.Itoa(rng.IntN(2))
		}
		v.Levels = append(v.Levels, groups)
	}
	return v
}

func skewed(rng *rand.Rand, variables []Variable) []Leaf {
	var leaves []Leaf
	at := make([]int32, len(variables))
	var fill func(d int)
	fill = func(d int) {
		if d == len(variables) {
			n := rng.Int64N(3)
			if rng.IntN(3) == 0 {
				n += rng.Int64N(6)
			}
			leaves = append(leaves, Leaf{append([]int32(nil), at...), n})
			return
		}
		for i := range variables[d].Leaves {
			at[d] = int32(i)
			fill(d + 1)
		}
	}
	fill(0)
	return leaves
}

// together makes one row of the total and both answers, as a rate shows them.
// The cells of the first variable stand next to each other in the plan's order.
func together(f *linked.Family) {
	rows := map[string]*linked.Row{}
	var order []string
	for i, c := range f.Cells {
		key := ""
		for _, n := range c.At[1:] {
			key += strconv.Itoa(int(n)) + " "
		}
		if rows[key] == nil {
			rows[key] = &linked.Row{}
			order = append(order, key)
		}
		rows[key].Cells = append(rows[key].Cells, int32(i))
		f.Cells[i].Least = min(1, c.N)
	}
	f.Rows = f.Rows[:0]
	for _, key := range order {
		f.Rows = append(f.Rows, *rows[key])
	}
}

// star keeps, of the table of all variables, those of the first with each of
// the others, and the cells that they hold.
func star(f *linked.Family) {
	whole := f.Tables[0]
	f.Tables = nil
	for d := 1; d < len(whole.Axes); d++ {
		sums := map[[2]int32]int64{}
		table := linked.Table{Axes: []linked.Axis{whole.Axes[0], whole.Axes[d]}}
		for _, c := range whole.Counts {
			sums[[2]int32{c.At[0], c.At[d]}] += c.N
		}
		for a := range whole.Axes[0].Nodes {
			for b := range whole.Axes[d].Nodes {
				if n := sums[[2]int32{int32(a), int32(b)}]; n > 0 {
					table.Counts = append(table.Counts, linked.Count{At: []int32{int32(a), int32(b)}, N: n})
				}
			}
		}
		f.Tables = append(f.Tables, table)
	}
	var cells []linked.Cell
	var rows []linked.Row
	for i, c := range f.Cells {
		crossed := 0
		for d, n := range c.At {
			if d > 0 && n != f.Dims[d].Total {
				crossed++
			}
		}
		if crossed <= 1 {
			rows = append(rows, linked.Row{Cells: []int32{int32(len(cells))}, Forced: f.Rows[i].Forced})
			cells = append(cells, c)
		}
	}
	f.Cells, f.Rows = cells, rows
}

// weather publishes some rows for good, takes others out of the plan (their
// cells still matter), and shows some cells twice.
func weather(rng *rand.Rand, f *linked.Family) {
	var rows []linked.Row
	for _, r := range f.Rows {
		switch rng.IntN(20) {
		case 0:
			r.Forced = true
		case 1:
			for _, c := range r.Cells {
				f.Cells[c].Least = 0
			}
			continue
		case 2:
			rows = append(rows, linked.Row{Cells: r.Cells[:1], Forced: r.Forced})
		}
		rows = append(rows, r)
	}
	f.Rows = rows
}
