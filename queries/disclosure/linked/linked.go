// Package linked describes counts that can be computed from one another: what
// a release asks to publish of one population, over all tables that share it.
// It is the language between who hides cells, who proves that it is enough and
// who tries to undo it; it holds no method of any of them and knows no
// database.
package linked

// Family is all tables of one population whose counts add up: cells of two
// families cannot be computed from each other.
type Family struct {
	Name   string
	Dims   []Dim
	Tables []Table
	Cells  []Cell
	Rows   []Row
}

// Dim is one variable: territory, time, sex, or the answer (those who are in
// the numerator and those who are not). Its nodes are sets of finest codes, so
// several trees over the same codes stand beside each other.
type Dim struct {
	Name  string
	Nodes []Node
	Total int32 // node of all finest codes; what a cell has where a table does not cross the variable
}

// Node is a code of a variable at any level.
type Node struct {
	Code   string
	Leaves []int32 // numbers of the finest codes below it, ascending; a finest code has one, its own
}

// Table is counts by some of the variables, as fine as they are known: all
// cells of the family that cross no other variable and go no deeper are sums of
// them. Tables share those cells that cross only what both of them cross.
type Table struct {
	Axes   []Axis
	Counts []Count // those above zero
}

// Axis is a variable of a table and how deep the table goes in it.
type Axis struct {
	Dim   int32
	Nodes []int32 // the finest nodes of this table: they part the finest codes of the variable
}

// Count is the number at one place of a table.
type Count struct {
	At []int32 // by axis: position in its Nodes
	N  int64
}

// Cell is one sum that matters: it is shown somewhere, or follows from what is.
type Cell struct {
	At    []int32 // node by variable of the family
	N     int64
	Least int64 // what everybody knows it to be at least while nothing shows it
	Need  int64 // 0: not sensitive. Else something that looks the same must hold Need or more here
}

// Row is one line of a published file: cells that are shown together or not at
// all. A cell is known as long as one row that shows it stands.
type Row struct {
	Cells  []int32
	Forced bool    // it cannot be taken away: it was published before
	Cost   float64 // what hiding it loses; 0 stands for 1
}

// Pattern is what is taken away and why that is enough.
type Pattern struct {
	Hidden    []bool    // by row
	Witnesses []Witness // by sensitive cell that is not known for good, in the order of cells
	Exposed   []int32   // sensitive cells for which nothing was found: they must not be published, nor what tells them
}

// Witness is another state of the family that looks the same from outside and
// holds the needed count in a sensitive cell. It is confidential.
type Witness struct {
	Cell    int32
	Changes []Change
}

// Change adds to the count at one place of a table.
type Change struct {
	Table int32
	At    []int32
	Add   int64
}

// Known says of each cell whether a row that stands shows it.
func (f *Family) Known(hidden []bool) []bool {
	known := make([]bool, len(f.Cells))
	for r, row := range f.Rows {
		if hidden[r] {
			continue
		}
		for _, c := range row.Cells {
			known[c] = true
		}
	}
	return known
}
