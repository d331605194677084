// Package verify is the part of the gate that checks witnesses: it rebuilds what
// each of them claims and compares it with everything that is published. It
// shares no code with those who search for witnesses, and trusts nothing that
// they say.
package verify

import (
	"fmt"

	"osservatorio/queries/disclosure/linked"
)

// Pattern says what is wrong with a pattern, nil if nothing. It holds
//
//   - the family to itself: every cell is the sum of its places in every table;
//   - what is hidden to what may be: forced rows stand;
//   - each witness to the world as seen from outside: no place of a table below
//     zero, the tables agree on all that they share, every cell that a row shows
//     unchanged, every other cell at least what everybody knows, its own cell at
//     least what is needed;
//   - and that no sensitive cell is without: it has a witness, or it is named as
//     exposed and a forced row shows it.
//
// The error names codes and never counts, for it may stand in a log; it is
// *Failures where the family itself is sound.
func Pattern(f *linked.Family, p linked.Pattern) error {
	v, err := newView(f, p)
	if err != nil {
		return fmt.Errorf("verify family %s: %w", f.Name, err)
	}
	for i := range v.tables {
		if err := v.sums(i); err != nil {
			return fmt.Errorf("verify family %s: %w", f.Name, err)
		}
	}
	if err := v.orphans(); err != nil {
		return fmt.Errorf("verify family %s: %w", f.Name, err)
	}
	bad, first := 0, error(nil)
	note := func(err error) {
		if err == nil {
			return
		}
		bad++
		if first == nil {
			first = err
		}
	}
	seen := make([]bool, len(f.Cells))
	for _, w := range p.Witnesses {
		if w.Cell < 0 || int(w.Cell) >= len(f.Cells) {
			return fmt.Errorf("verify family %s: witness of cell %d: not there", f.Name, w.Cell)
		}
	}
	for _, one := range states(p.Witnesses) {
		for i, err := range v.witness(one.changes, one.cells) {
			seen[one.cells[i]] = err == nil
			note(err)
		}
	}
	for c := range f.Cells {
		if f.Cells[c].Need > 0 && !seen[c] {
			note(v.unguarded(int32(c)))
		}
	}
	if bad > 0 {
		return &Failures{Family: f.Name, Count: bad, First: first}
	}
	return nil
}

// Failures says how many claims of a pattern are false: witnesses that are none,
// and cells without one.
type Failures struct {
	Family string
	Count  int
	First  error
}

func (e *Failures) Error() string {
	return fmt.Sprintf("verify family %s: %d failures, the first: %v", e.Family, e.Count, e.First)
}

// Unwrap gives the first of them.
func (e *Failures) Unwrap() error { return e.First }

// state is what some witnesses claim, and the cells that they are witnesses of.
type state struct {
	changes []linked.Change
	cells   []int32
}

// states puts witnesses together that are the very same changes in memory, so
// that they are rebuilt once.
func states(witnesses []linked.Witness) []state {
	var out []state
	type slice struct {
		first *linked.Change
		size  int
	}
	at := map[slice]int{}
	for _, w := range witnesses {
		if len(w.Changes) == 0 {
			out = append(out, state{cells: []int32{w.Cell}})
			continue
		}
		key := slice{&w.Changes[0], len(w.Changes)}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, state{changes: w.Changes})
		}
		out[i].cells = append(out[i].cells, w.Cell)
	}
	return out
}

// view is the family as an outsider sees it, with ways from codes to cells.
type view struct {
	f      *linked.Family
	known  []bool // by cell, over all cells that are the same sum
	least  []int64
	fixed  []bool // by cell: a forced row shows it
	named  []bool // by cell: exposed
	cells  map[string]int32
	tables []layout
	held   [][]int32 // by cell: the tables that know it
	ways   []ways
	twin   [][]int32 // by variable and code: the first code that means the same
	key    []byte
}

func newView(f *linked.Family, p linked.Pattern) (*view, error) {
	if len(p.Hidden) != len(f.Rows) {
		return nil, fmt.Errorf("%d rows in the pattern: expected %d", len(p.Hidden), len(f.Rows))
	}
	for r, row := range f.Rows {
		if row.Forced && p.Hidden[r] {
			return nil, fmt.Errorf("row %d: hidden: expected to stand, it was published before", r)
		}
		for _, c := range row.Cells {
			if c < 0 || int(c) >= len(f.Cells) {
				return nil, fmt.Errorf("row %d: cell %d: not there", r, c)
			}
		}
	}
	v := &view{f: f, known: f.Known(p.Hidden), fixed: make([]bool, len(f.Cells)), named: make([]bool, len(f.Cells)),
		held: make([][]int32, len(f.Cells)), least: make([]int64, len(f.Cells)), cells: make(map[string]int32, len(f.Cells))}
	for _, row := range f.Rows {
		for _, c := range row.Cells {
			v.fixed[c] = v.fixed[c] || row.Forced
		}
	}
	for _, c := range p.Exposed {
		if c < 0 || int(c) >= len(f.Cells) {
			return nil, fmt.Errorf("exposed cell %d: not there", c)
		}
		v.named[c] = true
	}
	v.pair()
	if err := v.enter(); err != nil {
		return nil, err
	}
	return v, v.lay()
}

// enter numbers the cells by their codes. Cells that are named twice are one:
// known if either is.
func (v *view) enter() error {
	for i := range v.f.Cells {
		c := &v.f.Cells[i]
		if len(c.At) != len(v.f.Dims) {
			return fmt.Errorf("cell %d: %d codes: expected %d", i, len(c.At), len(v.f.Dims))
		}
		for d, n := range c.At {
			if n < 0 || int(n) >= len(v.f.Dims[d].Nodes) {
				return fmt.Errorf("cell %d: variable %s: code %d: not there", i, v.f.Dims[d].Name, n)
			}
		}
		v.least[i] = c.Least
		first, ok := v.cells[string(v.cell(c.At))]
		if !ok {
			v.cells[string(v.key)] = int32(i)
			continue
		}
		if v.f.Cells[first].N != c.N {
			return fmt.Errorf("%s: two counts for the same cell", v.name(int32(i)))
		}
		v.least[first] = max(v.least[first], c.Least)
		v.known[first] = v.known[first] || v.known[i]
		v.known[i] = v.known[first]
	}
	// A third cell may have made the first known after the second was read.
	for i := range v.f.Cells {
		first := v.cells[string(v.cell(v.f.Cells[i].At))]
		v.known[i], v.least[i] = v.known[first], v.least[first]
	}
	return nil
}

// pair finds codes that mean the same finest codes: cells that differ by them
// alone are one.
func (v *view) pair() {
	for _, d := range v.f.Dims {
		twin := make([]int32, len(d.Nodes))
		first := make(map[string]int32, len(d.Nodes))
		first[string(v.codes(d.Nodes[d.Total].Leaves))] = d.Total
		for n := range d.Nodes {
			key := v.codes(d.Nodes[n].Leaves)
			if _, ok := first[string(key)]; !ok {
				first[string(key)] = int32(n)
			}
			twin[n] = first[string(key)]
		}
		v.twin = append(v.twin, twin)
	}
}

// cell is the key of a cell, the same by all its names.
func (v *view) cell(at []int32) []byte {
	v.key = v.key[:0]
	for d, n := range at {
		n = v.twin[d][n]
		v.key = append(v.key, byte(n), byte(n>>8), byte(n>>16))
	}
	return v.key
}

func (v *view) codes(at []int32) []byte {
	v.key = v.key[:0]
	for _, n := range at {
		v.key = append(v.key, byte(n), byte(n>>8), byte(n>>16))
	}
	return v.key
}

// name is a cell in words: the codes of the variables that it crosses.
func (v *view) name(c int32) string {
	out := "cell"
	for d, n := range v.f.Cells[c].At {
		if n != v.f.Dims[d].Total {
			out += fmt.Sprintf(" %s=%s", v.f.Dims[d].Name, v.f.Dims[d].Nodes[n].Code)
		}
	}
	return out
}

// unguarded says what is wrong with a sensitive cell that has no good witness.
func (v *view) unguarded(c int32) error {
	switch {
	case !v.known[c]:
		return fmt.Errorf("%s: sensitive and hidden: expected a witness", v.name(c))
	case !v.named[c]:
		return fmt.Errorf("%s: sensitive and shown: expected to be hidden, or named as exposed", v.name(c))
	case !v.shownForGood(c):
		return fmt.Errorf("%s: sensitive, named as exposed and shown by rows that could be hidden", v.name(c))
	}
	return nil
}

// shownForGood says whether a forced row shows the cell, by any of its names.
func (v *view) shownForGood(c int32) bool {
	if v.fixed[c] {
		return true
	}
	first := v.cells[string(v.cell(v.f.Cells[c].At))]
	for i := range v.f.Cells {
		if v.fixed[i] && v.cells[string(v.cell(v.f.Cells[i].At))] == first {
			return true
		}
	}
	return false
}
