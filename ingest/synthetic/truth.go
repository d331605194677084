package synthetic

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// TruthFile is the name of the generator's own books beside the deliveries.
const TruthFile = "truth.json"

// Truth is what TruthFile holds.
type Truth struct {
	Seed       uint64            `json:"seed"`
	Persons    int               `json:"persons"`
	From       string            `json:"from"` // month
	To         string            `json:"to"`
	Geography  string            `json:"geography"`
	Extraction map[string]string `json:"extraction"` // last complete day by contract
	Quality    map[string]int    `json:"quality"`    // cases by reason, as in marts.quality
	Deliveries []Delivery        `json:"deliveries"`
	Indicators []Indicator       `json:"indicators"`
}

// Delivery is one file: rows without the header, of which so many must be
// quarantined by rule and superseded, and the others accepted.
type Delivery struct {
	File        string         `json:"file"`
	Source      string         `json:"source"`
	Period      string         `json:"period"`
	Rows        int            `json:"rows"`
	Quarantined map[string]int `json:"quarantined"`
	Superseded  int            `json:"superseded"`
}

// Indicator is one figure twice: life, what happened; observable, what
// perfect rules yield from the valid rows delivered by the extraction date.
// Both are [numerator, denominator] of a rate or an estimate and [value] of a
// count, in cents of an amount that counts no persons; value is the estimate itself, or the rate in percent, with its interval
// at 95 % where it has one; left out where there is none. Observable
// is null where it is not yet known, and reason says why. Figures that are 0 in
// both books are left out. Status is that of a figure that is known: B in the
// first period after a break of its classification, U where too few support an
// estimate, M where nobody does, P while late rows may still come.
type Indicator struct {
	View       string   `json:"view"`
	Measure    string   `json:"measure"`
	GeoLevel   string   `json:"geo_level"`
	Geo        string   `json:"geo"`
	PeriodType string   `json:"period_type"`
	Period     string   `json:"period"`
	Breakdown  string   `json:"breakdown,omitempty"`
	Category   string   `json:"category,omitempty"` // of sex_age_band "F|15-24"
	Life       []int    `json:"life"`
	Observable []int    `json:"observable"`
	Value      *float64 `json:"value,omitempty"`
	Low        *float64 `json:"low,omitempty"`
	High       *float64 `json:"high,omitempty"`
	Reason     string   `json:"reason,omitempty"`
	Status     string   `json:"status,omitempty"`
}

// Why a figure is not known: its window is not yet over; its period begins
// before the sources do.
const (
	ReasonNotObservable = "not_observable"
	ReasonSourceGap     = "source_gap"
)

// ReadTruth reads the books of a generated region.
func ReadTruth(path string) (Truth, error) {
	var t Truth
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &t)
	}
	if err != nil {
		return t, fmt.Errorf("read truth %s: %w", path, err)
	}
	return t, nil
}

// truthWriter writes the books one figure after another.
type truthWriter struct {
	*bufio.Writer
	w     *world
	first bool
	err   error
}

func (t *truthWriter) put(i Indicator) {
	line, err := json.Marshal(i)
	if err != nil && t.err == nil {
		t.err = err
	}
	if !t.first {
		t.WriteString(",")
	}
	t.first = false
	t.WriteString("\n")
	t.Write(line)
}

// writeTruth writes TruthFile: deliveries by file, indicators by view,
// measure, level, place, quarter, breakdown and category; after them those of
// sources that tell of no person, by place and period.
func (g *generator) writeTruth(o Options, life, seen *books) error {
	f, err := os.Create(filepath.Join(o.Dir, TruthFile))
	if err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	defer f.Close()
	t := &truthWriter{Writer: bufio.NewWriterSize(f, 1<<16), w: g.world, first: true}
	head := Truth{Seed: o.Seed, Persons: o.Persons, From: o.From, To: o.To, Geography: o.GeographyName, Extraction: map[string]string{}}
	for _, name := range sourceNames {
		head.Extraction[name] = g.world.to.String()
	}
	slices.SortFunc(g.delivered, func(a, b Delivery) int { return cmp.Compare(a.File, b.File) })
	head.Deliveries, head.Quality = g.delivered, g.quality.byName()
	text, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	t.Write(bytes.TrimSuffix(text, []byte("null}")))
	t.WriteString("[")
	life.standard()
	seen.standard()
	life.operators()
	seen.operators()
	t.books(life, seen)
	t.open()
	t.WriteString("\n]}\n")
	if err := cmp.Or(t.err, t.Flush(), f.Close()); err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	return nil
}

// books writes all views by name.
func (t *truthWriter) books(life, seen *books) {
	order := make([]viewID, views)
	for i := range order {
		order[i] = viewID(i)
	}
	slices.SortFunc(order, func(a, b viewID) int { return cmp.Compare(seen.views[a].name, seen.views[b].name) })
	expected := seen.models()
	for _, v := range order {
		for n := range seen.views[v].measures {
			f := &figure{view: &seen.views[v], measure: n, periods: seen.periodsOf(&seen.views[v]), life: &life.grids[v], seen: &seen.grids[v],
				least: int(t.w.parameter["curve_min_at_risk"]), expected: expected}
			t.figure(f)
		}
	}
}

// figure is one measure of one view with its two books.
type figure struct {
	view       *view
	measure    int
	periods    []period
	life, seen *grid
	least      int // at risk, for a curve to be read
	expected   model
}

// figure writes every territory, and for the region every category.
func (t *truthWriter) figure(f *figure) {
	w := t.w
	kept := f.view.measures[f.measure].level
	for d := range w.districts {
		if kept != onlyAbove && kept != onlyRoot {
			t.cell(f, w.districts[d].level, w.districts[d].code, d, category{})
		}
	}
	for i, g := range w.wider {
		if kept != onlyPages && (kept != onlyRoot || i == w.root()) {
			t.cell(f, g.level, g.code, len(w.districts)+i, category{})
		}
	}
	root := w.wider[w.root()]
	for s, c := range w.slot.list {
		if cell := f.seen.local[s]; cell >= 0 {
			t.cell(f, root.level, root.code, int(cell), c)
		}
	}
}

func (t *truthWriter) cell(f *figure, level, code string, cell int, c category) {
	m := &f.view.measures[f.measure]
	for p := range f.periods {
		if f.periods[p].kind == periodMonth && c.breakdown != "" {
			continue
		}
		if f.periods[p].kind == periodYear && f.view.noYears || f.periods[p].kind == periodQuarter && f.view.noQuarters || f.periods[p].kind != periodYear && c.breakdown == bySexAge {
			continue
		}
		life, seen := f.life.pairs[f.life.index(f.measure, p, cell)], f.seen.pairs[f.seen.index(f.measure, p, cell)]
		i := Indicator{
			View: f.view.name, Measure: m.name, GeoLevel: level, Geo: code, PeriodType: f.periods[p].kind, Period: f.periods[p].name,
			Breakdown: c.breakdown, Category: c.code, Life: f.numbers(life),
		}
		if m.median && (f.periods[p].gap || !m.observable(&f.periods[p])) {
			continue
		}
		switch {
		case f.periods[p].gap && !m.stock:
			i.Reason = ReasonSourceGap
		case !m.observable(&f.periods[p]):
			i.Reason = ReasonNotObservable
		case life == pair{} && seen == pair{}:
			continue
		case m.median:
			n, e, ok := f.half(p, cell)
			if !ok {
				continue
			}
			i.Observable = []int{n, int(seen.d)}
			i.tell(e)
			i.Status = t.status(f, p, c, seen, day(e.value), false)
		default:
			e, ok := f.value(p, cell)
			thin := f.thin(seen, ok)
			i.Observable = f.numbers(seen)
			if ok && !(thin && f.view.kind == kindEstimate) {
				i.tell(e)
			}
			i.Status = t.status(f, p, c, seen, m.window, thin)
		}
		t.put(i)
	}
}

// status is that of a figure that looks so many days beyond its period.
func (t *truthWriter) status(f *figure, p int, c category, seen pair, ahead day, thin bool) string {
	m, last := &f.view.measures[f.measure], f.periods[p].last
	switch {
	case f.view.kind == kindEstimate && seen.d == 0 && !f.view.amounts:
		return "M"
	case t.w.broken(c.breakdown, f.periods, p):
		return "B"
	case thin:
		return "U"
	case m.fromFirst && last+ahead > m.limit, m.firm != 0 && last > m.firm:
		return "P"
	}
	return ""
}

// tell writes an estimate and its interval.
func (i *Indicator) tell(e estimate) { i.Value, i.Low, i.High = &e.value, e.low, e.high }

// thin says whether too few support an estimate.
func (f *figure) thin(seen pair, estimated bool) bool {
	if f.view.least > 0 {
		return int(seen.d) < f.view.least
	}
	return f.view.lanes > 0 && !estimated
}

// value computes the estimate or the rate of a cell; there is none of a count,
// and where too few support it.
func (f *figure) value(period, cell int) (estimate, bool) {
	i := f.seen.index(f.measure, period, cell)
	c := cellValue{pair: f.seen.pairs[i], measure: &f.view.measures[f.measure], period: period, cell: cell}
	switch {
	case f.view.kind == kindRate:
		return c.pair.share()
	case f.view.modelled:
		return f.expected.of(&c)
	case f.view.value == nil:
		return estimate{}, false
	}
	if f.seen.sums != nil {
		c.sum, c.squares = f.seen.sums[2*i], f.seen.sums[2*i+1]
	}
	for lane := range f.seen.lanes {
		c.lanes = append(c.lanes, f.seen.lane(period, cell, lane))
	}
	return f.view.value(&c)
}

// half is the first day on which half of a cell came to the first event, with
// how many had and the days of its limits; none where that day is not yet known
// for its first members, too few are at risk, or it never comes.
func (f *figure) half(period, cell int) (n int, at estimate, ok bool) {
	var lanes [][]uint32
	for lane := range f.seen.lanes {
		lanes = append(lanes, f.seen.lane(period, cell, lane))
	}
	m := &f.view.measures[f.measure]
	k := newCurve(int(f.seen.pairs[f.seen.index(f.measure, period, cell)].d), lanes)
	for t := range dayBins {
		n += int(lanes[0][t])
		switch {
		case f.periods[period].first+day(t) > m.limit || k.atRisk[t] < f.least:
			return 0, estimate{}, false
		case k.by[0][t] >= .5-1e-9: // a sum of parts that may miss the half by rounding
			low, high := k.whenHalf(0)
			return n, estimate{float64(t), low, high}, true
		}
	}
	return 0, estimate{}, false
}

func (f *figure) numbers(p pair) []int {
	if f.view.kind == kindCount {
		return []int{int(p.n)}
	}
	return []int{int(p.n), int(p.d)}
}

// within are the districts of a wider territory.
func (w *world) within(wider int) []int {
	var out []int
	for d := range w.districts {
		if slices.Contains(w.districts[d].wider, wider) {
			out = append(out, d)
		}
	}
	return out
}

// root is the territory that contains all districts; −1 if there is none.
func (w *world) root() int {
	for i := range w.wider {
		if len(w.within(i)) == len(w.districts) {
			return i
		}
	}
	return -1
}
