package release

import (
	"slices"
	"sync"
)

// Row is one cell of a published view. Numbers are nil where they are not
// shown; Status and Reason say why.
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

// Frame is a published view read whole: its header and rows in file order
// (geo_level, geo, period_type, period, breakdowns, measure).
type Frame struct {
	Header Header
	Rows   []Row

	once  sync.Once
	byGeo map[string][]int // positions in Rows
}

// Select names the rows wanted: an empty field means "any", By holds the
// breakdowns that must have that code; a breakdown not named must be Total.
type Select struct {
	GeoLevel, Geo, PeriodType, Period, Measure string
	By                                         map[string]string
	AnyBreakdown                               bool // do not ask for Total where By is silent
}

// Where returns the rows that match, in file order.
func (f *Frame) Where(s Select) []Row {
	var out []Row
	if s.Geo == "" {
		for _, r := range f.Rows {
			if f.matches(r, s) {
				out = append(out, r)
			}
		}
		return out
	}
	f.once.Do(f.index)
	for _, i := range f.byGeo[s.Geo] {
		if f.matches(f.Rows[i], s) {
			out = append(out, f.Rows[i])
		}
	}
	return out
}

// index finds the rows of each territory: a site asks for them hundreds of times.
func (f *Frame) index() {
	f.byGeo = map[string][]int{}
	for i, r := range f.Rows {
		f.byGeo[r.Geo] = append(f.byGeo[r.Geo], i)
	}
}

// One returns the only row that matches and whether there is exactly one.
func (f *Frame) One(s Select) (Row, bool) {
	rows := f.Where(s)
	if len(rows) != 1 {
		return Row{}, false
	}
	return rows[0], true
}

// Periods returns the periods of that type that appear, in ascending order.
func (f *Frame) Periods(periodType string) []string {
	seen := map[string]bool{}
	for _, r := range f.Rows {
		if r.PeriodType == periodType {
			seen[r.Period] = true
		}
	}
	out := make([]string, 0, len(seen))
	for p := range seen {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// LatestPeriod returns the last period in which at least one matching row
// carries its value, and whether there is one.
func (f *Frame) LatestPeriod(s Select) (string, bool) {
	last := ""
	for _, r := range f.Where(s) {
		if r.Status.Shown() && r.Period > last {
			last = r.Period
		}
	}
	return last, last != ""
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

func (f *Frame) matches(r Row, s Select) bool {
	return (s.GeoLevel == "" || s.GeoLevel == r.GeoLevel) &&
		(s.Geo == "" || s.Geo == r.Geo) &&
		(s.PeriodType == "" || s.PeriodType == r.PeriodType) &&
		(s.Period == "" || s.Period == r.Period) &&
		(s.Measure == "" || s.Measure == r.Measure) &&
		f.breakdownMatches(r, s)
}

func (f *Frame) breakdownMatches(r Row, s Select) bool {
	for i, name := range f.Header.Breakdowns {
		want, named := s.By[name]
		switch {
		case named && r.By[i] != want:
			return false
		case !named && !s.AnyBreakdown && r.By[i] != Total:
			return false
		}
	}
	return true
}
