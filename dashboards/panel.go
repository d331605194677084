package dashboards

import (
	"strconv"
	"strings"

	"osservatorio/dashboards/chart"
	"osservatorio/queries/release"
)

// panel names a published view, a measure and where to look: what a form needs
// to answer its question.
type panel struct {
	id        string // of the figure, without the territory
	view      string
	measure   string
	geo       string            // "" is the whole region
	reference string            // "" compares with nothing
	whom      string            // of whom the figure speaks, before its headline
	among     bool              // a key figure that shows its place among all, not its course
	year      bool              // whole years, where the view is looked at by quarter otherwise
	month     bool              // months, in the views that have them
	by        map[string]string // a category of a breakdown, nil is the total
	page      string            // of a key figure: the page that says more
	parts     bool              // the measures are parts of a whole
}

// as is the panel under another id.
func (p panel) as(id string) panel { p.id = id; return p }

// yearly is the panel by whole years.
func (p panel) yearly() panel { p.year = true; return p }

// steady is the panel by whole years where a quarter shows less than half of the
// territories and a year shows more: many signs and few values are no map.
func (b *book) steady(p panel) panel {
	key := p.view + " " + p.measure
	yearly, known := b.thin[key]
	if !known {
		quarter, year := b.shownPlaces(p), b.shownPlaces(p.yearly())
		yearly = 2*quarter < len(b.rel.AtLevel(b.level())) && year > quarter
		b.thin[key] = yearly
	}
	if yearly {
		return p.yearly()
	}
	return p
}

// shownPlaces is how many territories show a value in the panel's last period.
func (b *book) shownPlaces(p panel) int {
	n := 0
	ref, ok := b.ref(p)
	if !ok {
		return 0
	}
	for _, r := range b.at(p.view, p.measure, ref.Period) {
		if r.Status.Shown() && r.Value != nil {
			n++
		}
	}
	return n
}

// ref is the last row of the region for a panel.
func (b *book) ref(p panel) (release.Row, bool) { return b.lastOf(p, b.root()) }

// lastOf is the last row of a place that carries its value, in the kind of
// period of the panel.
func (b *book) lastOf(p panel, geo string) (release.Row, bool) {
	in, ok := b.shelf().input(p, release.Select{Geo: geo})
	if !ok {
		return release.Row{}, false
	}
	return b.row(p.view, p.measure, geo, in.Period)
}

// on is the panel of a key figure with the page that says more.
func (p panel) on(page string) panel { p.page = page; return p }

// shelf collects the figures of a section. A panel whose view is not published
// or shows no value yet is passed over; the first fault is kept.
type shelf struct {
	b       *book
	figures []chart.Figure
	err     error
}

func (b *book) shelf() *shelf { return &shelf{b: b} }

func (s *shelf) take(f chart.Figure, err error) {
	if err != nil && s.err == nil {
		s.err = err
	}
	if err == nil {
		s.figures = append(s.figures, f)
	}
}

// input is what every form is told; ok is false where nothing can be drawn.
func (s *shelf) input(p panel, shown release.Select) (chart.Input, bool) {
	v, ok := s.b.views[p.view]
	if !ok {
		return chart.Input{}, false
	}
	in := chart.Input{Words: s.b.w, Release: s.b.rel, Frame: v.totals, ID: p.id, Measure: p.measure, Whom: p.whom, PeriodType: v.period, By: p.by}
	if p.year {
		in.PeriodType = "year"
	}
	if p.month {
		in.PeriodType = "month"
	}
	if p.by != nil {
		in.Frame = v.whole
	}
	shown.Measure, shown.PeriodType, shown.By = p.measure, in.PeriodType, p.by
	in.Period, ok = in.Frame.LatestPeriod(shown)
	return in, ok && (s.b.year == "" || liesIn(in.Period, s.b.year))
}

// place is the territory of a panel.
func (s *shelf) place(p panel) string {
	if p.geo != "" {
		return p.geo
	}
	return s.b.root()
}

// beside is the input of what compares places with a reference: of the last
// period that shows both. In one that shows the places alone they would stand in
// an order that their intervals do not bear.
func (s *shelf) beside(p panel) (chart.Input, bool) {
	in, ok := s.input(p, release.Select{GeoLevel: s.b.level()})
	if !ok || p.reference == "" {
		return in, ok
	}
	reference := release.Select{Geo: p.reference, Measure: p.measure, PeriodType: in.PeriodType, By: p.by}
	if !chart.Recent(in.Frame, reference) {
		return in, true
	}
	places := release.Select{GeoLevel: s.b.level(), Measure: p.measure, PeriodType: in.PeriodType, By: p.by}
	if period, both := in.Frame.LatestShared(places, reference); both {
		in.Period = period
	}
	return in, true
}

func (s *shelf) ranking(p panel) {
	if in, ok := s.beside(p); ok {
		s.take(chart.Ranking(chart.RankingInput{Input: in, Level: s.b.level(), Reference: p.reference}))
	}
}

func (s *shelf) districtMap(p panel) {
	if in, ok := s.beside(p); ok {
		s.take(chart.DistrictMap(chart.MapInput{Input: in, Level: s.b.level(), Reference: p.reference}))
	}
}

func (s *shelf) trend(p panel) {
	if in, ok := s.input(p, release.Select{Geo: s.place(p)}); ok {
		in.Period = ""
		s.take(chart.Trend(chart.TrendInput{Input: in, Geo: s.place(p), Reference: p.reference}))
	}
}

// breakdowns is one figure a characteristic, in that order; those that the
// view does not have, or shows no value of, are passed over.
func (s *shelf) breakdowns(p panel, characteristics ...string) {
	in, ok := s.input(p, release.Select{Geo: s.place(p)})
	if !ok {
		return
	}
	in.Frame = s.b.views[p.view].whole
	for _, by := range characteristics {
		if period, ok := s.brokenDown(in, s.place(p), by); ok {
			one := in
			one.ID, one.Period = p.id+"-by-"+dashed(by), period
			s.take(chart.Breakdown(chart.BreakdownInput{Input: one, Geo: s.place(p), Breakdown: by}))
		}
	}
}

// brokenDown is the latest period in which some category has a value.
func (s *shelf) brokenDown(in chart.Input, geo, by string) (period string, ok bool) {
	has := false
	for _, b := range in.Frame.Header.Breakdowns {
		has = has || b == by
	}
	if !has {
		return "", false
	}
	shown := map[string]bool{}
	rows := release.Select{Geo: geo, Measure: in.Measure, PeriodType: in.PeriodType, AnyBreakdown: true}
	for _, r := range in.Frame.Where(rows) {
		if r.Status.Shown() && r.Value != nil && only(in.Frame, r, by) {
			shown[r.Period] = true
		}
	}
	return in.Frame.LatestPeriodWhere(rows, func(period string) bool { return shown[period] })
}

// only tells whether a row is broken down by that characteristic and no other.
func only(f *release.Frame, r release.Row, by string) bool {
	for i, code := range r.By {
		if (f.Header.Breakdowns[i] == by) == (code == release.Total) {
			return false
		}
	}
	return true
}

// heat is the table of territories by measures.
func (s *shelf) heat(p panel, measures []string) {
	var have []string
	for _, m := range measures {
		p.measure = m
		if _, ok := s.input(p, release.Select{}); ok {
			have = append(have, m)
		}
	}
	if len(have) == 0 {
		return
	}
	p.measure = have[0]
	in, _ := s.input(p, release.Select{})
	in.Period = ""
	s.take(chart.HeatTable(chart.TableInput{Input: in, Measures: have, Level: s.b.level(), Reference: s.b.root(), Parts: p.parts}))
}

// multiples is small trends of several measures of a place on one scale;
// measures without a value there are left out.
func (s *shelf) multiples(p panel, measures []string) {
	have := s.shown(p, measures)
	if len(have) == 0 {
		return
	}
	p.measure = have[0]
	if len(have) == 1 {
		s.trend(p)
		return
	}
	in, _ := s.input(p, release.Select{Geo: s.place(p)})
	in.Period = ""
	s.take(chart.SmallMultiples(chart.MultiplesInput{Input: in, Measures: have, Geo: s.place(p)}))
}

// shown are the measures that have a value at the panel's place.
func (s *shelf) shown(p panel, measures []string) []string {
	var out []string
	for _, m := range measures {
		p.measure = m
		if _, ok := s.input(p, release.Select{Geo: s.place(p)}); ok {
			out = append(out, m)
		}
	}
	return out
}

// curve is how fast something happens at a place; in names what happens, what
// competes and the median.
func (s *shelf) curve(p panel, c chart.CurveInput) {
	in, ok := s.curveInput(p, c.Event)
	if ok {
		c.Input, c.Geo, c.Reference = in, s.place(p), p.reference
		s.take(chart.Curve(c))
	}
}

// curves is one small curve a category of each characteristic that the view
// shows values of.
func (s *shelf) curves(p panel, c chart.CurvesInput, characteristics ...string) {
	in, ok := s.curveInput(p, c.Event)
	if !ok {
		return
	}
	in.Frame = s.b.views[p.view].whole
	for _, by := range characteristics {
		if period, ok := s.brokenDown(in, s.place(p), by); ok {
			c.Input, c.Geo, c.Breakdown = in, s.place(p), by
			c.Input.ID, c.Input.Period = p.id+"-by-"+dashed(by), period
			s.take(chart.Curves(c))
		}
	}
}

// curveInput finds the last day of an event that has a value at a place.
func (s *shelf) curveInput(p panel, event string) (chart.Input, bool) {
	var found chart.Input
	ok, last := false, 0
	for _, m := range s.b.measuresOf(p.view) {
		day, of := strings.CutPrefix(m.Code, event+"_")
		n, err := strconv.Atoi(day)
		if !of || err != nil || ok && n <= last {
			continue
		}
		p.measure = m.Code
		if in, has := s.input(p, release.Select{Geo: s.place(p)}); has {
			found, ok, last = in, true, n
		}
	}
	return found, ok
}

// steps is the measures of a view as bars, from the first to the last; days is
// the view of the median days to each, "" for none.
func (s *shelf) steps(p panel, parts bool, days string, measures ...string) {
	have := s.shown(p, measures)
	if len(have) == 0 {
		return
	}
	p.measure = have[0]
	in, _ := s.input(p, release.Select{Geo: s.place(p)})
	st := chart.StepsInput{Input: in, Geo: s.place(p), Measures: measures, Parts: parts}
	if v, ok := s.b.views[days]; ok {
		st.Days = v.whole
	}
	s.take(chart.Steps(st))
}

// targets is what the plans ask of measures of a view.
func (s *shelf) targets(p panel, goals ...chart.Goal) {
	var have []chart.Goal
	for _, g := range goals {
		if (s.shows(p, g.Measure) || s.shows(p, g.Instead)) && len(s.b.targets(g.Target)) > 0 {
			have = append(have, g)
		}
	}
	if len(have) == 0 {
		return
	}
	p.measure = have[0].Measure
	in, _ := s.input(p, release.Select{Geo: s.place(p)})
	s.take(chart.Targets(chart.TargetsInput{Input: in, Geo: s.place(p), Goals: have}))
}

// shows tells whether a measure has a value in any period of a panel's place.
func (s *shelf) shows(p panel, measure string) bool {
	p.measure = measure
	_, ok := s.input(p, release.Select{Geo: s.place(p)})
	return ok && measure != ""
}

// flow is starts, ends and balance of a place.
func (s *shelf) flow(p panel) {
	p.measure = "balance"
	in, ok := s.input(p, release.Select{Geo: s.place(p)})
	if !ok {
		return
	}
	starts, ends := "starts", "ends"
	if _, ok := in.Frame.Header.Measure("hires"); ok {
		starts, ends = "hires", "terminations"
	}
	in.Period = ""
	s.take(chart.Flow(chart.FlowInput{Input: in, Geo: s.place(p), Starts: starts, Ends: ends}))
}

// levels is a table of the measures of a view at one place beside the whole.
func (s *shelf) levels(p panel, measures []string) {
	have := s.shown(p, measures)
	if len(have) == 0 {
		return
	}
	p.measure = have[0]
	in, _ := s.input(p, release.Select{Geo: s.place(p)})
	in.Period = ""
	s.take(chart.Measures(chart.MeasuresInput{Input: in, Measures: measures, Geo: s.place(p), Reference: s.b.root()}))
}

// key is a key figure of a place; ok is false where it has no value, or none of
// the last year that is known.
func (b *book) key(p panel) (chart.Key, bool, error) {
	s := b.shelf()
	in, ok := s.input(p, release.Select{Geo: s.place(p)})
	if !ok || !chart.Recent(in.Frame, release.Select{Geo: s.place(p), Measure: p.measure, PeriodType: in.PeriodType, By: p.by}) {
		return chart.Key{}, false, nil
	}
	if name := "dash.key." + p.view + "." + p.measure; b.w.Has(name) { // alone it says more than among others
		in.Label = b.w.T(name)
	}
	k, err := chart.Headline(chart.HeadlineInput{Input: in, Geo: s.place(p), Reference: p.reference, Among: p.among})
	if b.built[p.page] {
		k.Page = p.page
	}
	return k, err == nil, err
}

// keys are the key figures that have a value, at most so many.
func (b *book) keys(most int, panels ...panel) ([]chart.Key, error) {
	var out []chart.Key
	for _, p := range panels {
		k, ok, err := b.key(p)
		if err != nil {
			return nil, err
		}
		if ok && len(out) < most {
			out = append(out, k)
		}
	}
	return out, nil
}

// dashed writes a code as part of an id.
func dashed(code string) string { return strings.ReplaceAll(code, "_", "-") }
