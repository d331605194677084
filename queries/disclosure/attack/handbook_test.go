package attack

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"osservatorio/queries/disclosure/linked"
	"osservatorio/queries/disclosure/linkedtest"
)

// file reads a table of the handbook: by row, column name to field.
func file(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(linkedtest.Shared(t), name, "cells.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, field := range record {
			row[records[0][i]] = field
		}
		rows = append(rows, row)
	}
	return rows
}

func count(t *testing.T, field string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(field, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// flat is a variable with a total and codes that part it.
func flat(name string, codes ...string) linked.Dim {
	d := linked.Dim{Name: name, Nodes: []linked.Node{{Code: "Total"}}}
	for i, code := range codes {
		d.Nodes[0].Leaves = append(d.Nodes[0].Leaves, int32(i))
		d.Nodes = append(d.Nodes, linked.Node{Code: code, Leaves: []int32{int32(i)}})
	}
	return d
}

func nodeOf(t *testing.T, d linked.Dim, code string) int32 {
	t.Helper()
	for i, node := range d.Nodes {
		if node.Code == code {
			return int32(i)
		}
	}
	t.Fatalf("no code %q in %q", code, d.Name)
	return -1
}

// Two boundaries of one area: nobody publishes what lies between them.
func TestWhatLiesBetweenTwoBoundariesIsListedAndFound(t *testing.T) {
	area := linked.Dim{Name: "area", Nodes: []linked.Node{{Code: "ED1991", Leaves: []int32{0, 1}}, {Code: "OA2001", Leaves: []int32{1}}}}
	implied := Implied(area)
	if len(implied) != 1 || !reflect.DeepEqual(implied[0].Leaves, []int32{0}) {
		t.Fatalf("%v: the remainder expected", implied)
	}
	area.Nodes = append(area.Nodes, implied[0])
	f := &linked.Family{Name: "two boundaries", Dims: []linked.Dim{area, flat("hours", ">30", "16-30", "<=15"), flat("sex", "M", "F")}}
	published := map[[2]string]int64{}
	var known []bool
	for _, r := range file(t, "handbook-geo-differencing") {
		n, at := count(t, r["n"]), [2]string{r["hours"], r["sex"]}
		f.Cells = append(f.Cells, linked.Cell{At: []int32{nodeOf(t, area, r["version"]), nodeOf(t, f.Dims[1], r["hours"]), nodeOf(t, f.Dims[2], r["sex"])}, N: n})
		known = append(known, true)
		if r["version"] == "OA2001" {
			n = -n
		}
		published[at] += n
	}
	for at, n := range published {
		f.Cells = append(f.Cells, linked.Cell{At: []int32{2, nodeOf(t, f.Dims[1], at[0]), nodeOf(t, f.Dims[2], at[1])}, N: n, Need: 3})
		known = append(known, false)
	}
	r, err := Exact(t.Context(), f, known)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{">30 M": 2, ">30 F": 1, "16-30 M": 2, "16-30 F": 0, "<=15 M": 0, "<=15 F": 0}
	got := map[string]int64{}
	for _, found := range r.Breaches() {
		c := f.Cells[found.Cell]
		got[f.Dims[1].Nodes[c.At[1]].Code+" "+f.Dims[2].Nodes[c.At[2]].Code] = found.Low
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v: %v expected", got, want)
	}
}

func TestGroupsTellWhatTheHandbookSays(t *testing.T) {
	by := map[string][]int64{}
	for _, r := range file(t, "handbook-group-disclosure") {
		by[r["marital"]] = append(by[r["marital"]], count(t, r["n"])) // full time, then part time
	}
	for group, want := range map[string]Group{"Married": OneCategory, "Divorced": WithinGroup, "Single": Open} {
		learnt, category := LearntOf(by[group], 1)
		if learnt != want || (want != Open) != (category == 0) {
			t.Errorf("%s, %v: %s, category %d: %s expected", group, by[group], learnt, category, want)
		}
	}
	if learnt, _ := LearntOf(by["Divorced"], 0); learnt != Open {
		t.Errorf("divorced, without insiders: %s: open expected", learnt)
	}
	if learnt, _ := LearntOf(nil, 1); learnt != Open {
		t.Errorf("nobody: %s: open expected", learnt)
	}
}

// Controlled rounding adds up and stays next to each count; conventional
// rounding does not add up, and the attacker says where.
func TestRoundedTablesAddUpOnlyIfTheyAreControlled(t *testing.T) {
	rows := file(t, "handbook-rounding")
	f := &linked.Family{Name: "rounded", Dims: []linked.Dim{flat("area", "A", "B", "C"), flat("sex", "M", "F")}}
	known := make([]bool, len(rows))
	for i, r := range rows {
		known[i] = true
		f.Cells = append(f.Cells, linked.Cell{At: []int32{nodeOf(t, f.Dims[0], r["area"]), nodeOf(t, f.Dims[1], r["sex"])}})
	}
	for column, additive := range map[string]bool{"n": true, "controlled5": true, "conventional5": false} {
		for i, r := range rows {
			f.Cells[i].N = count(t, r[column])
			if off := f.Cells[i].N - count(t, r["n"]); column == "controlled5" && (f.Cells[i].N%5 != 0 || off <= -5 || off >= 5) {
				t.Errorf("%s, %s: %d for %s: a multiple of 5 next to it expected", r["area"], r["sex"], f.Cells[i].N, r["n"])
			}
		}
		_, err := Exact(t.Context(), f, known)
		if (err == nil) != additive {
			t.Errorf("%s: %v: adds up: %v expected", column, err, additive)
		}
		if err != nil && !strings.Contains(err.Error(), "add up") {
			t.Errorf("%s: %v: what does not add up expected", column, err)
		}
	}
}
