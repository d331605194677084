package linkedtest

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"

	"osservatorio/queries/disclosure/linked"
)

// Instance is a table that others wrote, with what they say of it. Values with
// decimals are counted in the unit that makes them whole.
type Instance struct {
	Name    string
	Family  *linked.Family
	Primary []bool // by cell, as the source states it; the family's own rule must say the same
	Peers   []Peer
}

// Peer is a pattern of another program, or of the source itself.
type Peer struct {
	Name   string
	Hidden []bool // by row
	Least  int64  // what the attacker knows of every hidden cell
	Bounds []Bound
	Stated bool // hides everything it must: ours is held against its count
}

// Bound is what an attacker of a pattern finds out of one cell.
type Bound struct {
	Cell      int32
	Low, High int64
}

// Count is the number of hidden rows.
func (p Peer) Count() int { return Count(p.Hidden) }

// Instances reads all of them but the synthetic region (see Region) and the
// table for rounding, which is not our method.
func Instances(dir string) ([]Instance, error) {
	var out []Instance
	for _, read := range []func(string) (Instance, error){
		geurts, single, differencing, groups, simple, linked8, micro,
		z1, z2, df15, accidents, dominance, few, percent, argus,
	} {
		one, err := read(dir)
		if err != nil {
			return nil, fmt.Errorf("read instance: %w", err)
		}
		out = append(out, one)
	}
	return out, nil
}

// reader reads the csv files of one folder; the first error stays.
type reader struct {
	dir string
	err error
}

func (r *reader) rows(name string) []map[string]string {
	file, err := os.Open(filepath.Join(r.dir, name))
	if err != nil {
		r.err = err
		return nil
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		r.err = fmt.Errorf("%s: %w", name, err)
		return nil
	}
	var out []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, field := range record {
			row[records[0][i]] = field
		}
		out = append(out, row)
	}
	return out
}

// whole reads a decimal number in units of 1/scale.
func (r *reader) whole(field string, scale float64) int64 {
	x, err := strconv.ParseFloat(field, 64)
	if err != nil {
		r.err = err
	}
	return int64(math.Round(x * scale))
}

func (r *reader) tree(name string) map[string][][2]string {
	raw, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		r.err = err
		return nil
	}
	var doc struct {
		Hierarchies map[string][][2]string `json:"hierarchies"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		r.err = err
	}
	return doc.Hierarchies
}

// table makes a cube of the rows of a file: the variables' columns, the count's
// column, everything crossed.
func (r *reader) table(name string, rows []map[string]string, count string, scale float64, rule func(int64) (int64, int64), columns ...string) Cube {
	cube := Cube{Name: name, Rule: rule}
	for _, column := range columns {
		cube.Variables = append(cube.Variables, plain(column, rows))
	}
	sums := map[string]*Leaf{}
	var order []string
	for _, row := range rows {
		leaf := Leaf{N: r.whole(row[count], scale)}
		key := ""
		for d, column := range columns {
			leaf.At = append(leaf.At, position(cube.Variables[d], row[column]))
			key += row[column] + "|"
		}
		if sums[key] == nil {
			sums[key] = &Leaf{At: leaf.At}
			order = append(order, key)
		}
		sums[key].N += leaf.N
	}
	for _, key := range order {
		cube.Leaves = append(cube.Leaves, *sums[key])
	}
	cube.Plan = Everything(cube.Variables)
	return cube
}

// plain is a variable with the codes of one column, in order.
func plain(name string, rows []map[string]string) Variable {
	v := Variable{Name: name}
	seen := map[string]bool{}
	for _, row := range rows {
		if !seen[row[name]] {
			seen[row[name]] = true
			v.Leaves = append(v.Leaves, row[name])
		}
	}
	sort.Strings(v.Leaves)
	v.Levels = []Level{v.Fine()}
	return v
}

func position(v Variable, code string) int32 {
	for i, leaf := range v.Leaves {
		if leaf == code {
			return int32(i)
		}
	}
	return -1
}

// instance fills what can be told from the family.
func instance(f *linked.Family) Instance {
	one := Instance{Name: f.Name, Family: f, Primary: make([]bool, len(f.Cells))}
	return one
}

// peer reads a pattern: the rows of a file with the column that says "TRUE" or
// "1" where hidden, and, if named, the column of primaries.
func (i *Instance) peer(rows []map[string]string, name, hidden, primary string, least int64, codes func(map[string]string) []string) {
	p := Peer{Name: name, Hidden: make([]bool, len(i.Family.Rows)), Least: least}
	for _, row := range rows {
		c := Find(i.Family, codes(row)...)
		if c < 0 {
			continue
		}
		p.Hidden[rowOf(i.Family, c)] = yes(row[hidden]) || (primary != "" && yes(row[primary]))
		if primary != "" {
			i.Primary[c] = yes(row[primary])
		}
	}
	i.Peers = append(i.Peers, p)
}

func yes(field string) bool { return field == "TRUE" || field == "1" }

func rowOf(f *linked.Family, cell int32) int {
	for r, row := range f.Rows {
		for _, c := range row.Cells {
			if c == cell {
				return r
			}
		}
	}
	return -1
}

// codes reads the codes of columns from a row; the word Total is the total.
func codes(columns ...string) func(map[string]string) []string {
	return func(row map[string]string) []string {
		var out []string
		for _, column := range columns {
			code := row[column]
			if code == "Total" {
				code = ""
			}
			out = append(out, code)
		}
		return out
	}
}

// exact makes the given cells sensitive: they may not be recovered exactly.
func exact(f *linked.Family, least int64, cells ...int32) {
	for c := range f.Cells {
		f.Cells[c].Least, f.Cells[c].Need = least, 0
	}
	for _, c := range cells {
		f.Cells[c].Need = f.Cells[c].N + 1
	}
	for r, row := range f.Rows {
		f.Rows[r].Forced = f.Cells[row.Cells[0]].N < least
	}
}
