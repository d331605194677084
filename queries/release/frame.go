package release

import (
	"iter"
	"slices"
	"strconv"
	"sync"
)

// Row is one cell of a published view. Numbers are nil where they are not
// shown; Status and Reason say why. A row of a Frame shares its numbers, By and
// Notes with it: they are read, never written.
type Row struct {
	GeoLevel    string   // country, region, province, ausl, district …
	Geo         string   // code of the geography, e.g. "ER-D21" or "ITH5"
	PeriodType  string   // year, quarter, month, day
	Period      string   // "2025", "2025-Q3", "2025-03", "2025-12-31"
	By          []string // one code a breakdown column of the header, Total where not broken down
	Measure     string
	Numerator   *float64
	Denominator *float64
	Value       *float64
	Unit        Unit
	Low, High   *float64 // 95 % interval, nil for complete counts
	Status      Status
	Conf        ConfStatus
	Reason      string
	Notes       []string // ids into Release.Notes
	Definition  string
}

// Clone is the row with numbers of its own: one that is kept for long would hold
// on to the numbers of its whole frame.
func (r Row) Clone() Row {
	for _, x := range []**float64{&r.Numerator, &r.Denominator, &r.Value, &r.Low, &r.High} {
		if *x != nil {
			own := **x
			*x = &own
		}
	}
	return r
}

// Frame is a published view, or part of one, to be asked for rows: its header
// and its cells in file order (geo_level, geo, period_type, period, breakdowns,
// measure). Cells stand in columns, about sixty bytes each, and become rows when
// asked for. Many goroutines may ask at once.
type Frame struct {
	Header Header

	columns *rowColumns
	rows    []int32 // rows of the columns that belong to the frame, nil for all
	stays   []stay
	totals  func() *Frame
}

// stay is a stretch of rows of one territory: a file has one for each.
type stay struct{ from, to, geo int32 }

// NewFrame makes a frame of rows at hand, in their order.
func NewFrame(h Header, rows []Row) *Frame { return FrameOf(tableOf(h, rows)) }

// FrameOf makes a frame of a table, which must not change afterwards.
func FrameOf(t *Table) *Frame { return newFrame(t.Header, columnsOf(t), nil) }

func newFrame(h Header, columns *rowColumns, rows []int32) *Frame {
	f := &Frame{Header: h, columns: columns, rows: rows}
	f.stays = f.findStays()
	f.totals = sync.OnceValue(f.findTotals)
	return f
}

// Len is the number of rows.
func (f *Frame) Len() int {
	if f.rows != nil {
		return len(f.rows)
	}
	return f.columns.rows
}

// at is the place in the columns of row i of the frame.
func (f *Frame) at(i int) int {
	if f.rows != nil {
		return int(f.rows[i])
	}
	return i
}

// Row returns row i, counted from 0.
func (f *Frame) Row(i int) Row { return f.columns.row(f.at(i)) }

// All goes through the rows in file order.
func (f *Frame) All() iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for i := range f.Len() {
			if !yield(f.Row(i)) {
				return
			}
		}
	}
}

// Totals is the frame of the rows that no column breaks down: most questions ask
// for these alone. It is made once and takes four bytes a row.
func (f *Frame) Totals() *Frame { return f.totals() }

func (f *Frame) findTotals() *Frame {
	total := make([]bool, len(f.columns.tuples))
	for i, by := range f.columns.tuples {
		total[i] = !slices.ContainsFunc(by, func(code string) bool { return code != Total })
	}
	rows := []int32{}
	for i := range f.Len() {
		if at := f.at(i); f.columns.tuples == nil || total[f.columns.by.at(at)] {
			rows = append(rows, int32(at))
		}
	}
	if len(rows) == f.Len() {
		return f
	}
	return newFrame(f.Header, f.columns, slices.Clip(rows))
}

// Until is the frame of the rows whose period lies in that year or before it:
// what there was to tell at its end. It takes four bytes a row.
func (f *Frame) Until(year string) *Frame {
	late := make([]bool, len(f.columns.period.words))
	for code, period := range f.columns.period.words {
		late[code] = len(period) >= 4 && period[:4] > year
	}
	rows := []int32{}
	for i := range f.Len() {
		if code := f.columns.period.codes.at(f.at(i)); code < 0 || !late[code] {
			rows = append(rows, int32(f.at(i)))
		}
	}
	return newFrame(f.Header, f.columns, slices.Clip(rows))
}

// findStays notes where rows of another territory begin.
func (f *Frame) findStays() []stay {
	var out []stay
	for i := range f.Len() {
		geo := f.columns.geo.codes.at(f.at(i))
		if n := len(out); n > 0 && out[n-1].geo == geo {
			out[n-1].to++
			continue
		}
		out = append(out, stay{int32(i), int32(i) + 1, geo})
	}
	return slices.Clip(out)
}

// Where returns the rows that match, in file order.
func (f *Frame) Where(s Select) []Row {
	var out []Row
	for at := range f.matches(s) {
		out = append(out, f.columns.row(at))
	}
	return out
}

// Has tells whether any row matches.
func (f *Frame) Has(s Select) bool {
	for range f.matches(s) {
		return true
	}
	return false
}

// One returns the only row that matches and whether there is exactly one.
func (f *Frame) One(s Select) (Row, bool) {
	found, n := 0, 0
	for at := range f.matches(s) {
		found = at
		if n++; n > 1 {
			return Row{}, false
		}
	}
	if n == 0 {
		return Row{}, false
	}
	return f.columns.row(found), true
}

// Periods returns the periods of that type that appear, in ascending order.
func (f *Frame) Periods(periodType string) []string {
	seen := make([]bool, len(f.columns.period.words))
	for at := range f.matches(Select{PeriodType: periodType, AnyBreakdown: true}) {
		if code := f.columns.period.codes.at(at); code >= 0 {
			seen[code] = true
		}
	}
	out := []string{}
	for code, there := range seen {
		if there {
			out = append(out, f.columns.period.words[code])
		}
	}
	slices.Sort(out)
	return out
}

// LatestPeriod returns the last period in which at least one matching row
// carries its value, and whether there is one. Of what this observatory counts it
// is, of those within a year of it, the last that shows more than provisional values:
// what comes in late makes these larger, and a reader would take that for a change.
// What is official and provisional is the newest that there is.
func (f *Frame) LatestPeriod(s Select) (string, bool) {
	return f.LatestPeriodWhere(s, func(string) bool { return true })
}

// Settled tells whether a value of that status is shown and is as good as it gets: not
// provisional, or official.
func (h Header) Settled(s Status) bool {
	return s.Shown() && (s != Provisional || h.Kind == Observation)
}

// LatestShared is the latest period of s among those in which with, too, finds a value.
func (f *Frame) LatestShared(s, with Select) (string, bool) {
	shown := map[string]bool{}
	for at := range f.matches(with) {
		if Status(f.columns.status.at(at)).Shown() {
			shown[f.columns.period.at(at)] = true
		}
	}
	return f.LatestPeriodWhere(s, func(period string) bool { return shown[period] })
}

// LatestPeriodWhere is the latest period of s among some.
func (f *Frame) LatestPeriodWhere(s Select, among func(period string) bool) (string, bool) {
	last, settled := "", ""
	for at := range f.matches(s) {
		period, status := f.columns.period.at(at), Status(f.columns.status.at(at))
		if !status.Shown() || !among(period) {
			continue
		}
		last = max(last, period)
		if f.Header.Settled(status) {
			settled = max(settled, period)
		}
	}
	if settled != "" && !YearsApart(settled, last) {
		return settled, true
	}
	return last, last != ""
}

// YearsApart tells whether a period ended more than a year before another of its
// kind: both are years, or years and a part of them (2026, 2026-Q2, 2026-06).
func YearsApart(period, last string) bool {
	if len(period) < 4 || len(last) < 4 {
		return false
	}
	year, err := strconv.Atoi(period[:4])
	return err == nil && last > strconv.Itoa(year+1)+period[4:]
}

// Category returns the code that a row has in a breakdown column, Total where
// the view has no such column.
func (f *Frame) Category(r Row, breakdown string) string {
	i := slices.Index(f.Header.Breakdowns, breakdown)
	if i < 0 || i >= len(r.By) {
		return Total
	}
	return r.By[i]
}
