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
	"strconv"
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
// Both are [numerator, denominator] of a rate and [value] of a count.
// Observable is null where it is not yet known, and reason says why.
type Indicator struct {
	View       string `json:"view"`
	Measure    string `json:"measure"`
	GeoLevel   string `json:"geo_level"`
	Geo        string `json:"geo"`
	Period     string `json:"period"`
	Breakdown  string `json:"breakdown"`
	Category   string `json:"category"`
	Life       []int  `json:"life"`
	Observable []int  `json:"observable"`
	Reason     string `json:"reason"`
}

// ReasonNotObservable says that the window is not yet over.
const ReasonNotObservable = "not_observable"

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

// figure is one measure of one view with its two books.
type figure struct {
	view, measure string
	index         int
	life, seen    *grid
	rate          bool
	slots         []category
	window        day // days that must have passed after the quarter
	limit         day // by this day
}

func (f *figure) observable(lastDay day) bool { return lastDay+f.window <= f.limit }

// extraction is the last complete day of a source, less its lag.
func (w *world) settled(s source) day { return w.to - w.lag[s] }

func (w *world) figures(life, seen *books) []figure {
	var out []figure
	region := w.slot.list
	for n, l := range w.lep {
		if l.measured >= 0 {
			limit := w.settled(registrations)
			if !l.profiling {
				limit = min(limit, w.settled(services))
			}
			if l.rule != ruleEvery {
				limit = min(limit, w.settled(agreements))
			}
			out = append(out, figure{"lep_coverage", l.slug, l.measured, &life.coverage, &seen.coverage, true, region[:w.slot.persons], l.window, limit})
		}
		out = append(out, figure{"lep_activities", l.slug, n, &life.activities, &seen.activities, false,
			[]category{{"provider_kind", providerKinds[0]}, {"provider_kind", providerKinds[1]}}, 0, w.settled(services)})
	}
	signed := min(w.settled(registrations), w.settled(agreements))
	for i, days := range w.timely {
		name := "timely_" + strconv.Itoa(int(days))
		out = append(out, figure{"lep_timely", name, i, &life.timely, &seen.timely, true, region[:w.slot.persons], days, signed},
			figure{"lep_timely", name + "_atrisk", len(w.timely) + i, &life.timely, &seen.timely, true, region[:w.slot.persons], days, signed})
	}
	for i, days := range w.rounds {
		name := "employed_" + strconv.Itoa(int(days))
		out = append(out, figure{"out_employed", name, i, &life.employed, &seen.employed, true, region, days, w.settled(placements)},
			figure{"out_employed_inwork", name, i, &life.inwork, &seen.inwork, true, region, days, w.settled(placements)})
	}
	for i, name := range []string{"starts", "ends"} {
		out = append(out, figure{"flows", name, i, &life.flows, &seen.flows, false, w.slot.flowList, 0, w.to})
	}
	slices.SortFunc(out, func(a, b figure) int { return cmp.Or(cmp.Compare(a.view, b.view), cmp.Compare(a.measure, b.measure)) })
	return out
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
// measure, level, place, quarter, breakdown and category.
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
	for _, fig := range g.world.figures(life, seen) {
		t.figure(&fig)
	}
	t.WriteString("\n]}\n")
	if err := cmp.Or(t.err, t.Flush(), f.Close()); err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	return nil
}

func (t *truthWriter) figure(f *figure) {
	w := t.w
	for d := range w.districts {
		t.place(f, w.districts[d].level, w.districts[d].code, []int{d})
	}
	for i, g := range w.wider {
		t.place(f, g.level, g.code, w.within(i))
	}
	root := w.wider[w.root()]
	for s, c := range f.slots {
		for q := range w.quarters {
			t.put(f.indicator(w, root.level, root.code, q, c, *f.life.slotAt(f.index, q, s), *f.seen.slotAt(f.index, q, s)))
		}
	}
}

func (t *truthWriter) place(f *figure, level, code string, districts []int) {
	for q := range t.w.quarters {
		var life, seen pair
		for _, d := range districts {
			l, s := f.life.at(f.index, q, d), f.seen.at(f.index, q, d)
			life.n, life.d, seen.n, seen.d = life.n+l.n, life.d+l.d, seen.n+s.n, seen.d+s.d
		}
		t.put(f.indicator(t.w, level, code, q, category{}, life, seen))
	}
}

func (f *figure) indicator(w *world, level, code string, q int, c category, life, seen pair) Indicator {
	i := Indicator{
		View: f.view, Measure: f.measure, GeoLevel: level, Geo: code, Period: w.names[q],
		Breakdown: c.breakdown, Category: c.code, Life: f.numbers(life),
	}
	if f.observable(w.lastDay[q]) {
		i.Observable = f.numbers(seen)
	} else {
		i.Reason = ReasonNotObservable
	}
	return i
}

func (f *figure) numbers(p pair) []int {
	if f.rate {
		return []int{int(p.n), int(p.d)}
	}
	return []int{int(p.n)}
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
