package linkedtest

import (
	"math"
	"path/filepath"
	"sort"
	"strconv"
)

// simple has two holes and more in every line, and still one cell is known.
func simple(dir string) (Instance, error) {
	r := &reader{dir: filepath.Join(dir, "sdctable-4x4-simpleheuristic")}
	rows := r.rows("cells.csv")
	if r.err != nil {
		return Instance{}, r.err
	}
	f := r.table("sdctable-4x4-simpleheuristic", rows, "n", 1, Threshold(0), "v1", "v2").Family()
	var primary []int32
	for _, row := range rows {
		if yes(row["primary"]) {
			primary = append(primary, Find(f, row["v1"], row["v2"]))
		}
	}
	exact(f, 0, primary...)
	out := instance(f)
	out.peer(rows, "primaries alone", "primary", "primary", 0, codes("v1", "v2"))
	wb := Find(f, "w", "b")
	out.Peers[0].Bounds = []Bound{{wb, 47, 47}}
	for _, more := range []struct {
		v2   string
		high int64
	}{{"d", 78}, {"b", 141}} {
		p := Peer{Name: "x/" + more.v2 + " too", Hidden: append([]bool(nil), out.Peers[0].Hidden...), Bounds: []Bound{{wb, 0, more.high}}, Stated: true}
		p.Hidden[rowOf(f, Find(f, "x", more.v2))] = true
		out.Peers = append(out.Peers, p)
	}
	return out, r.err
}

// linked8 has two trees over eight regions: safe alone, unsafe together.
func linked8(dir string) (Instance, error) {
	r := &reader{dir: filepath.Join(dir, "sdctable-linked-8-regions")}
	rows := r.rows("cells.csv")
	if r.err != nil {
		return Instance{}, r.err
	}
	rule := func(n int64) (int64, int64) {
		if n <= 3 {
			return 0, 4
		}
		return 0, 0
	}
	cube := r.table("sdctable-linked-8-regions", rows, "n", 1, rule, "region")
	cube.Variables[0] = grouped(cube.Variables[0], rows, "county", "group")
	cube.Plan = Everything(cube.Variables)
	f := cube.Family()
	out := instance(f)
	primaries := Peer{Name: "primaries alone", Hidden: make([]bool, len(f.Rows))}
	for _, code := range []string{"A", "B", "K", "L", "M"} {
		out.Primary[Find(f, code)] = true
		primaries.Hidden[rowOf(f, Find(f, code))] = true
	}
	both := Peer{Name: "N too", Hidden: append([]bool(nil), primaries.Hidden...), Stated: true}
	both.Hidden[rowOf(f, Find(f, "N"))] = true
	primaries.Bounds = []Bound{{Find(f, "K"), 3, 3}}
	out.Peers = []Peer{primaries, both}
	return out, r.err
}

// grouped gives a variable the groups that columns of its rows name.
func grouped(v Variable, rows []map[string]string, columns ...string) Variable {
	for _, column := range columns {
		level := make(Level, len(v.Leaves))
		for _, row := range rows {
			level[position(v, row[v.Name])] = row[column]
		}
		v.Levels = append(v.Levels, level)
	}
	return v
}

// micro is four regions by two: one cell is to be guarded from exact recovery.
func micro(dir string) (Instance, error) {
	r := &reader{dir: filepath.Join(dir, "sdctable-microdata1")}
	rows := r.rows("micro.csv")
	for _, row := range rows {
		row["one"] = "1"
	}
	if r.err != nil {
		return Instance{}, r.err
	}
	f := r.table("sdctable-microdata1", rows, "one", 1, Threshold(0), "region", "gender").Family()
	primary := Find(f, "A", "female")
	exact(f, 0, primary)
	out := instance(f)
	out.Primary[primary] = true
	four := Peer{Name: "a rectangle", Hidden: make([]bool, len(f.Rows)), Stated: true}
	for _, at := range [][2]string{{"A", "female"}, {"A", "male"}, {"B", "female"}, {"B", "male"}} {
		four.Hidden[rowOf(f, Find(f, at[0], at[1]))] = true
	}
	out.Peers = []Peer{four}
	return out, r.err
}

func z1(dir string) (Instance, error) {
	r := &reader{dir: filepath.Join(dir, "ssb-z1")}
	rows, peer := r.rows("inner.csv"), r.rows("peer_zeros_published.csv")
	if r.err != nil {
		return Instance{}, r.err
	}
	f := r.table("ssb-z1", rows, "ant", 1, Threshold(4), "region", "hovedint").Family()
	out := instance(f)
	out.peer(peer, "GaussSuppression", "suppressed", "primary", 1, codes("region", "hovedint"))
	out.Peers[0].Stated = true
	return out, r.err
}

func z2(dir string) (Instance, error) {
	r := &reader{dir: filepath.Join(dir, "ssb-z2")}
	rows, peer := r.rows("inner.csv"), r.rows("peer_zeros_published.csv")
	if r.err != nil {
		return Instance{}, r.err
	}
	cube := r.table("ssb-z2", rows, "ant", 1, Threshold(4), "region", "hovedint")
	cube.Variables[0] = grouped(cube.Variables[0], rows, "fylke", "kostragr")
	cube.Plan = Everything(cube.Variables)
	f := cube.Family()
	out := instance(f)
	out.peer(peer, "GaussSuppression", "suppressed", "primary", 1, codes("region", "hovedint"))
	out.Peers[0].Stated = true
	return out, r.err
}

func df15(dir string) (Instance, error) {
	r := &reader{dir: filepath.Join(dir, "ssb-df15")}
	rows, peer := r.rows("inner.csv"), r.rows("peer_abc.csv")
	if r.err != nil {
		return Instance{}, r.err
	}
	f := r.table("ssb-df15", rows, "values", 1, Threshold(5), "var1", "var2").Family()
	out := instance(f)
	for i, p := range []struct {
		column      string
		least, high int64
	}{{"secA", 0, 1}, {"secB", 1, 1}, {"secC", 1, 5}} {
		out.peer(peer, p.column, p.column, "primary", p.least, codes("var1", "var2"))
		for _, v2 := range []string{"A", "B", "C"} {
			out.Peers[i].Bounds = append(out.Peers[i].Bounds, Bound{Find(f, "1", v2), 1, p.high})
		}
	}
	out.Peers[2].Stated = true
	return out, r.err
}

func accidents(dir string) (Instance, error) {
	r := &reader{dir: filepath.Join(dir, "ssb-mun-accidents")}
	rows, peer := r.rows("inner.csv"), r.rows("peer_small_counts_zeros_published.csv")
	if r.err != nil {
		return Instance{}, r.err
	}
	f := r.table("ssb-mun-accidents", rows, "freq", 1, Threshold(4), "mun", "inj").Family()
	out := instance(f)
	out.peer(peer, "GaussSuppression", "suppressed", "primary", 1, codes("mun", "inj"))
	out.Peers[0].Stated = true
	return out, r.err
}

func dominance(dir string) (Instance, error) {
	return magnitude(dir, "dominance_1_80", func(by []float64, sum float64) float64 {
		return by[0]/0.8 - sum
	})
}

func few(dir string) (Instance, error) {
	return magnitude(dir, "few_contributors_1", func(by []float64, sum float64) float64 {
		if len(by) > 1 {
			return 0
		}
		return 1
	})
}

func percent(dir string) (Instance, error) {
	return magnitude(dir, "p_percent_10", func(by []float64, sum float64) float64 {
		rest := sum - by[0]
		if len(by) > 1 {
			rest -= by[1]
		}
		return 0.1*by[0] - rest
	})
}

// magnitude is twenty records of enterprises in tenths of the unit; missing is
// how much a cell's contributions, largest first, lack to be safe.
func magnitude(dir, name string, missing func(by []float64, sum float64) float64) (Instance, error) {
	r := &reader{dir: filepath.Join(dir, "ssb-magnitude1")}
	rows, peer := r.rows("micro.csv"), r.rows("peer_"+name+".csv")
	if r.err != nil {
		return Instance{}, r.err
	}
	f := r.table("ssb-magnitude1-"+name, rows, "value", 10, Threshold(0), "sector4", "geo").Family()
	for c, cell := range f.Cells {
		by, sum := contributions(rows, f.Dims[0].Nodes[cell.At[0]].Code, f.Dims[1].Nodes[cell.At[1]].Code)
		if lack := missing(by, sum); cell.N > 0 && lack > 1e-9 {
			f.Cells[c].Need = cell.N + int64(math.Ceil(10*lack-1e-6))
		}
	}
	out := instance(f)
	out.peer(peer, "GaussSuppression", "suppressed", "primary", 0, codes("sector4", "geo"))
	out.Peers[0].Stated = true
	return out, r.err
}

// contributions lists the records of a cell, largest first, and their sum.
func contributions(rows []map[string]string, sector, geo string) (by []float64, sum float64) {
	for _, row := range rows {
		if (sector != "Total" && row["sector4"] != sector) || (geo != "Total" && row["geo"] != geo) {
			continue
		}
		x, _ := strconv.ParseFloat(row["value"], 64)
		by = append(by, x)
		sum += x
	}
	sort.Sort(sort.Reverse(sort.Float64Slice(by)))
	return by, sum
}

// argus is turnover by size and region in hundredths. The source gives no
// pattern, only which cells are unsafe: those whose rest, without the two
// largest, is less than 15 % of the largest. Its columns do not always agree: the
// counts are those of the column that adds up, the rule reads the smaller one.
func argus(dir string) (Instance, error) {
	r := &reader{dir: filepath.Join(dir, "tauargus-pp")}
	rows, tree := r.rows("cells.csv"), r.tree("instance.json")["region"]
	if r.err != nil {
		return Instance{}, r.err
	}
	above := Level{}
	parent := map[string]string{}
	for _, pair := range tree {
		parent[pair[1]] = pair[0]
	}
	var inner []map[string]string
	for _, row := range rows {
		if row["size"] != "Total" && isLeaf(row["region"], tree) {
			inner = append(inner, row)
		}
	}
	cube := r.table("tauargus-pp", inner, "shadow", 100, Threshold(0), "size", "region")
	for _, leaf := range cube.Variables[1].Leaves {
		if parent[leaf] == "Total" {
			above = append(above, "")
		} else {
			above = append(above, parent[leaf])
		}
	}
	cube.Variables[1].Levels = append(cube.Variables[1].Levels, above)
	cube.Plan = Everything(cube.Variables)
	f := cube.Family()
	out := instance(f)
	for _, row := range rows {
		c := Find(f, codes("size", "region")(row)...)
		top1, top2 := r.whole(row["top1"], 100), r.whole(row["top2"], 100)
		sum := min(r.whole(row["value"], 100), r.whole(row["shadow"], 100))
		lack := 15*top1/100 - (sum - top1 - top2)
		if lack > 0 {
			f.Cells[c].Need = f.Cells[c].N + lack
		}
		out.Primary[c] = row["status"] == "U"
	}
	return out, r.err
}

func isLeaf(code string, tree [][2]string) bool {
	for _, pair := range tree {
		if pair[0] == code {
			return false
		}
	}
	return code != "Total"
}
