package linkedtest

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"osservatorio/queries/disclosure/linked"
)

// Shape is how a region's year is published.
type Shape string

// The three shapes: everything crossed; year and quarters with fewer breakdowns
// the smaller the territory; year, quarters and months with fewer breakdowns the
// smaller territory and period.
const (
	FullYear       Shape = "full-year"
	LinkedQuarters Shape = "linked-quarters"
	TieredYear     Shape = "tiered-year"
)

// Region is a shape filled with the shared counts of a synthetic region.
func Region(dir string, shape Shape, k int64) (*linked.Family, error) {
	leaves, err := regionLeaves(filepath.Join(dir, "synthetic-region", shape.period()+".csv.gz"))
	if err != nil {
		return nil, err
	}
	return shape.cube(leaves, k).Family(), nil
}

// Made is a shape filled with invented counts: skewed, about 600,000 in all,
// the same for the same seed.
func Made(shape Shape, k int64, seed uint64) *linked.Family {
	rng := rand.New(rand.NewPCG(seed, 1))
	variables := shape.variables()
	weights := make([][]float64, len(variables))
	for d, v := range variables {
		weights[d] = make([]float64, len(v.Leaves))
		sum := 0.0
		for i := range weights[d] {
			weights[d][i] = math.Exp(0.65 * rng.NormFloat64())
			sum += weights[d][i]
		}
		for i := range weights[d] {
			weights[d][i] /= sum
		}
	}
	var leaves []Leaf
	at := make([]int32, len(variables))
	var fill func(d int, mean float64)
	fill = func(d int, mean float64) {
		if d == len(variables) {
			n := poisson(rng, mean*math.Exp(rng.NormFloat64()-0.5))
			leaves = append(leaves, Leaf{append([]int32(nil), at...), n})
			return
		}
		for i, w := range weights[d] {
			at[d] = int32(i)
			fill(d+1, mean*w)
		}
	}
	fill(0, 600000)
	return shape.cube(leaves, k).Family()
}

// poisson draws by counting exponential waits, and rounds a normal draw where
// that would take long.
func poisson(rng *rand.Rand, mean float64) int64 {
	if mean > 50 {
		return max(0, int64(math.Round(mean+math.Sqrt(mean)*rng.NormFloat64())))
	}
	var n int64
	for wait := rng.ExpFloat64(); wait < mean; wait += rng.ExpFloat64() {
		n++
	}
	return n
}

func (s Shape) period() string {
	return map[Shape]string{FullYear: "year", LinkedQuarters: "quarter", TieredYear: "month"}[s]
}

func (s Shape) cube(leaves []Leaf, k int64) Cube {
	variables := s.variables()
	plan := Everything(variables)
	if s != FullYear {
		plan = s.narrow(plan)
	}
	return Cube{Name: string(s), Variables: variables, Leaves: leaves, Plan: plan, Rule: Threshold(k)}
}

func (s Shape) variables() []Variable {
	var out []Variable
	switch s {
	case LinkedQuarters:
		quarter := numbered("quarter", 4)
		out = append(out, quarter)
	case TieredYear:
		month := numbered("month", 12)
		quarters := make(Level, 12)
		for i := range quarters {
			quarters[i] = "Q" + strconv.Itoa(i/3+1)
		}
		month.Levels = []Level{quarters, month.Fine()}
		out = append(out, month)
	}
	district := numbered("district", 38)
	var provinces Level
	for p, n := range []int{4, 6, 3, 7, 6, 3, 3, 3, 3} {
		for range n {
			provinces = append(provinces, "P"+strconv.Itoa(p+1))
		}
	}
	district.Levels = []Level{provinces, district.Fine()}
	return append(out, district, numbered("sex", 2), numbered("age", 5), numbered("citizenship", 2), numbered("service", 18))
}

func numbered(name string, n int) Variable {
	v := Variable{Name: name}
	for i := range n {
		v.Leaves = append(v.Leaves, strconv.Itoa(i+1))
	}
	v.Levels = []Level{v.Fine()}
	return v
}

// narrow keeps the combinations that cross no more breakdowns than the sizes of
// period and territory allow.
func (s Shape) narrow(plan [][]int) [][]int {
	allowed := [][]int{{4, 3, 2}, {4, 3, 2}}
	if s == TieredYear {
		allowed = [][]int{{4, 3, 2}, {3, 2, 1}, {2, 1, 1}}
	}
	var kept [][]int
	for _, levels := range plan {
		crossed := 0
		for _, l := range levels[2:] {
			crossed += min(l, 1)
		}
		if crossed <= allowed[levels[0]][levels[1]] {
			kept = append(kept, levels)
		}
	}
	return kept
}

// regionLeaves reads a table whose columns are codes from 1, the count last.
func regionLeaves(path string) ([]Leaf, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("read region: %s: %w", path, err)
	}
	records := csv.NewReader(plain)
	records.ReuseRecord = true
	if _, err := records.Read(); err != nil {
		return nil, fmt.Errorf("read region: %s: %w", path, err)
	}
	var leaves []Leaf
	for {
		record, err := records.Read()
		if err == io.EOF {
			return leaves, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read region: %s: %w", path, err)
		}
		leaf := Leaf{At: make([]int32, len(record)-1)}
		for i, field := range record {
			n, err := strconv.ParseInt(field, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("read region: %s: %w", path, err)
			}
			if i < len(record)-1 {
				leaf.At[i] = int32(n - 1)
			} else {
				leaf.N = n
			}
		}
		leaves = append(leaves, leaf)
	}
}
