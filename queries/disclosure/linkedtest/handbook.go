package linkedtest

import "path/filepath"

// geurts states two holes by two: the counts below are one of the tables that
// fit, for the source does not give them.
func geurts(dir string) (Instance, error) {
	r := &reader{dir: filepath.Join(dir, "handbook-geurts-interval")}
	rows := r.rows("cells.csv")
	if r.err != nil {
		return Instance{}, r.err
	}
	one := map[string]string{"11": "4", "12": "3", "21": "2", "22": "1"}
	var inner []map[string]string
	for _, row := range rows {
		if n, hidden := one[row["row"]+row["col"]]; hidden {
			row["n"] = n
		}
		if row["row"] != "Total" && row["col"] != "Total" {
			inner = append(inner, row)
		}
	}
	f := r.table("handbook-geurts-interval", inner, "n", 1, func(int64) (int64, int64) { return 0, 0 }, "row", "col").Family()
	out := instance(f)
	out.peer(rows, "source", "suppressed", "", 0, codes("row", "col"))
	out.Peers[0].Bounds = []Bound{
		{Find(f, "1", "1"), 3, 6}, {Find(f, "1", "2"), 1, 4}, {Find(f, "2", "1"), 0, 3}, {Find(f, "2", "2"), 0, 3},
	}
	return out, r.err
}

// single is a row with one hole: 998 is recovered.
func single(dir string) (Instance, error) {
	r := &reader{dir: filepath.Join(dir, "handbook-single-suppression")}
	rows := r.rows("cells.csv")
	if r.err != nil {
		return Instance{}, r.err
	}
	f := r.table("handbook-single-suppression", rows[1:], "value", 1, Threshold(0), "sector").Family()
	exact(f, 0, Find(f, "I"))
	out := instance(f)
	out.peer(rows, "source", "suppressed", "suppressed", 0, codes("sector"))
	out.Peers[0].Bounds = []Bound{{Find(f, "I"), 998, 998}}
	safe := Peer{Name: "one more", Hidden: append([]bool(nil), out.Peers[0].Hidden...), Stated: true}
	safe.Hidden[rowOf(f, Find(f, "III"))] = true
	out.Peers = append(out.Peers, safe)
	return out, r.err
}

// differencing has one area in another: what lies between them is published by
// nobody and known to all.
func differencing(dir string) (Instance, error) {
	r := &reader{dir: filepath.Join(dir, "handbook-geo-differencing")}
	rows := r.rows("cells.csv")
	if r.err != nil {
		return Instance{}, r.err
	}
	cube := r.table("handbook-geo-differencing", rows, "n", 1, Threshold(3), "version", "hours", "sex")
	cube.Variables[0] = Variable{Name: "version", Leaves: []string{"remainder", "OA2001"}, Levels: []Level{{"remainder", "OA2001"}}}
	inside := map[[2]int32]int64{}
	for _, l := range cube.Leaves {
		if l.At[0] == 1 {
			inside[[2]int32{l.At[1], l.At[2]}] = l.N
		}
	}
	for i, l := range cube.Leaves {
		if l.At[0] == 0 {
			cube.Leaves[i].N -= inside[[2]int32{l.At[1], l.At[2]}]
		}
	}
	cube.Plan = [][]int{{0, 1, 1}, {1, 1, 1}}
	f := cube.Family()
	rowsKept := f.Rows[:0]
	for _, row := range f.Rows {
		c := f.Cells[row.Cells[0]]
		if f.Dims[0].Nodes[c.At[0]].Code != "remainder" {
			rowsKept = append(rowsKept, row)
		} else {
			f.Cells[row.Cells[0]].Least = 0
		}
	}
	f.Rows = rowsKept
	out := instance(f)
	for _, at := range [][2]string{{">30", "M"}, {">30", "F"}, {"16-30", "M"}} {
		out.Primary[Find(f, "remainder", at[0], at[1])] = true
	}
	open := Peer{Name: "both published", Hidden: make([]bool, len(f.Rows)), Least: 1}
	for c, cell := range f.Cells {
		if f.Dims[0].Nodes[cell.At[0]].Code == "remainder" {
			open.Bounds = append(open.Bounds, Bound{int32(c), cell.N, cell.N})
		}
	}
	out.Peers = []Peer{open}
	return out, r.err
}

// groups has everybody of one group in one category. The other categories of a
// group must be able to hold one more than the coalition of one.
func groups(dir string) (Instance, error) {
	r := &reader{dir: filepath.Join(dir, "handbook-group-disclosure")}
	rows := r.rows("cells.csv")
	if r.err != nil {
		return Instance{}, r.err
	}
	f := r.table("handbook-group-disclosure", rows, "n", 1, func(int64) (int64, int64) { return 0, 0 }, "marital", "hours").Family()
	out := instance(f)
	for _, group := range []string{"Married", "Divorced"} {
		c := Find(f, group, "Part time")
		f.Cells[c].Need = 2
		out.Primary[c] = true
	}
	return out, r.err
}
