package chart

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"osservatorio/queries/release"
)

// CurveInput asks how fast something happens to a cohort. The view has one
// measure a published day, "job_30", and Input.Measure may be any of them.
type CurveInput struct {
	Input
	Geo       string
	Reference string   // geo code drawn as the dark line, "" or Geo itself for none
	Event     string   // what happens: the part of the measures before the day, "job"
	Competing []string // what may happen first instead
	Median    string   // measure of the day by which it has happened to half, "" for none
	// AtTheDay tells that the measures are shares of those in a state on the day,
	// which may rise and fall: the line joins them straight, without steps.
	AtTheDay bool
}

// Curve draws the cumulative incidence of an event over the days since the
// start of a cohort, as steps at the published days, with its interval as a
// band and what competes with it as pale lines. A median that is not reached
// is said in words; days not yet observable are a pale block, hidden ones carry
// the sign, days with too few persons an outline.
func Curve(in CurveInput) (Figure, error) {
	s, err := newScene(in.Input)
	if err != nil {
		return Figure{}, err
	}
	c, err := gatherCurve(s, in)
	if err != nil {
		return Figure{}, err
	}
	f := s.figure("curve", in.Geo)
	f.Measure = ""
	f.Period = s.Words.Period(c.period)
	s.titled(&f, c.title(), s.geoName(in.Geo), c.sentence())
	f.Subtitle = s.t("subtitle", "measure", s.header.Title.In(s.Words.Lang), "area", s.geoName(in.Geo), "period", f.Period)
	f.Cells = s.cells("", c.period, in.Geo, c.reference)
	f.Cells.Parts = c.parts()
	f.Table, f.Legend, f.Reading = c.table(), c.legend(), c.reading()
	s.noted(&f, c.event.rows)
	if f.Wide, err = c.draw(wideCurve).drawing(); err != nil {
		return Figure{}, err
	}
	f.Narrow, err = c.draw(narrowTrend).drawing()
	return f, err
}

// incidence is one line of the drawing: what happened by each published day.
type incidence struct {
	scene
	atTheDay bool
	event    string // code, as in the measures
	name     string
	days     []int
	rows     []release.Row // one a day; a day without a row is absent
}

type curve struct {
	scene
	atTheDay               bool
	geo, reference, period string
	event                  incidence
	competing              []incidence
	ref                    *incidence
	median                 *release.Row
	medianScene            scene
}

func gatherCurve(s scene, in CurveInput) (*curve, error) {
	c := &curve{scene: s, geo: in.Geo, reference: in.Reference, atTheDay: in.AtTheDay}
	days := s.daysOf(in.Event)
	if len(days) == 0 {
		return nil, fmt.Errorf("draw %s: view %s: event %q: no measure of a day", s.ID, s.header.View, in.Event)
	}
	var err error
	if c.period, err = s.wholeCurve(in.Event, days, in.Geo); err != nil {
		return nil, err
	}
	c.event = s.incidence(in.Event, days, in.Geo, c.period)
	for _, other := range in.Competing {
		if line := s.incidence(other, s.daysOf(other), in.Geo, c.period); len(line.rows) > 0 {
			c.competing = append(c.competing, line)
		}
	}
	c.event.atTheDay = in.AtTheDay
	if in.Reference == in.Geo {
		c.reference = ""
	}
	if c.reference != "" {
		if line := s.incidence(in.Event, days, c.reference, c.period); line.any() {
			line.atTheDay = in.AtTheDay
			c.ref = &line
		}
	}
	c.medianScene, c.median = s.medianOf(in.Median, in.Geo, c.period)
	return c, nil
}

// medianOf is the row of the median of a place and period, nil where the view
// has none, with the scene that writes it.
func (s scene) medianOf(measure, geo, period string) (scene, *release.Row) {
	m, ok := s.of(measure)
	if !ok {
		return s, nil
	}
	if row, ok := m.pick(geo, period); ok {
		return m, &row
	}
	return m, nil
}

// of is the scene of another measure of the view.
func (s scene) of(measure string) (scene, bool) {
	m, ok := s.header.Measure(measure)
	if !ok {
		return s, false
	}
	if m.Unit == "" {
		m.Unit = s.header.Unit
	}
	s.measure, s.Measure = m, measure
	return s, true
}

// daysOf are the days at which an event is published, in order.
func (s scene) daysOf(event string) []int {
	var out []int
	for _, m := range s.header.Measures {
		if day, ok := strings.CutPrefix(m.Code, event+"_"); ok {
			if n, err := strconv.Atoi(day); err == nil {
				out = append(out, n)
			}
		}
	}
	slices.Sort(out)
	return out
}

// wholeCurve is the last period of which the last day is shown, else the last
// that shows anything of the curve.
func (s scene) wholeCurve(event string, days []int, geo string) (string, error) {
	if s.Period != "" {
		return s.Period, nil
	}
	for _, day := range slices.Backward(days) {
		m, _ := s.of(event + "_" + strconv.Itoa(day))
		if p, ok := s.Frame.LatestPeriod(m.ask(release.Select{Geo: geo})); ok && day > 0 {
			return p, nil
		}
	}
	return s.latest(release.Select{Geo: geo, GeoLevel: s.geoLevel(geo)})
}

func (s scene) incidence(event string, days []int, geo, period string) incidence {
	out := incidence{scene: s, event: event, name: event}
	for _, key := range []string{"curve.name." + s.header.View + "." + event, "curve.name." + event} {
		if s.Words.Has("chart." + key) {
			out.name = s.t(key)
			break
		}
	}
	for _, day := range days {
		m, ok := s.of(event + "_" + strconv.Itoa(day))
		if !ok {
			continue
		}
		if row, ok := m.pick(geo, period); ok {
			out.scene.measure.Unit = m.measure.Unit
			out.days, out.rows = append(out.days, day), append(out.rows, row)
		}
	}
	return out
}

func (l incidence) any() bool {
	return slices.ContainsFunc(l.rows, func(r release.Row) bool { return markOf(r) == shown })
}

// last is the last day with a value.
func (l incidence) last() (day int, row release.Row, ok bool) {
	for i, r := range l.rows {
		if markOf(r) == shown {
			day, row, ok = l.days[i], r, true
		}
	}
	return day, row, ok
}

// worded is the key of a message: what holds on a day is not said like what
// has happened by then.
func (c *curve) worded(key string) string { return c.event.worded(key) }

func (l incidence) worded(key string) string {
	if l.atTheDay {
		return key + ".at"
	}
	return key
}

func (c *curve) title() string {
	day, row, ok := c.event.last()
	if !ok {
		return c.t("curve.title.nothing", "what", sentenceCase(c.event.name))
	}
	key := c.worded("curve.title")
	if own := key + "." + c.event.event; c.Words.Has("chart." + own) {
		key = own
	}
	return joinShown([]string{c.t(key, "what", sentenceCase(c.event.name), "days", c.Words.Int(day), "value", c.event.value(*row.Value)), c.half()}, "; ")
}

// half says by which day it has happened to half of the cohort, or that it has
// not in the days observed; empty where the view does not tell.
func (c *curve) half() string { return c.medianScene.halfWords(c.median, c.event) }

func (s scene) halfWords(median *release.Row, l incidence) string {
	if median == nil {
		return ""
	}
	switch markOf(*median) {
	case shown:
		return s.t("curve.half", "days", s.Words.Number(*median.Value, 0))
	case beyond:
		if day, _, ok := l.last(); ok {
			return s.t("curve.half.beyond", "days", s.Words.Int(day))
		}
	}
	return ""
}

// namedDays are the days that a sentence names.
func namedDays() []int { return []int{30, 90, 180, 365} }

func (l incidence) list() string {
	var out []string
	for i, day := range l.days {
		if slices.Contains(namedDays(), day) {
			value := l.say(l.rows[i])
			if m := markOf(l.rows[i]); m != shown && m != few {
				value = l.why(m)
			}
			out = append(out, l.t(l.worded("curve.by"), "days", l.Words.Int(day), "value", value))
		}
	}
	return strings.Join(out, ", ")
}

func (c *curve) sentence() string {
	out := c.t("curve.sentence", "geo", c.geoName(c.geo), "period", c.Words.Period(c.period), "what", c.event.name, "list", c.event.list())
	if half := c.half(); half != "" {
		out += " " + sentenceCase(half) + "."
	}
	for _, other := range c.competing {
		if day, row, ok := other.last(); ok {
			out += " " + c.t("curve.instead", "what", sentenceCase(other.name), "days", c.Words.Int(day), "value", other.say(row))
		}
	}
	if c.ref != nil {
		if day, row, ok := c.ref.last(); ok {
			out += " " + c.t(c.worded("curve.reference"), "short", c.refShort(c.reference), "days", c.Words.Int(day), "value", c.ref.say(row))
		}
	}
	return out
}

func (c *curve) parts() []Part {
	var out []Part
	for _, l := range append([]incidence{c.event}, c.competing...) {
		for _, r := range l.rows {
			out = append(out, Part{r.Measure, c.period})
		}
	}
	if c.median != nil {
		out = append(out, Part{c.median.Measure, c.period})
	}
	return out
}

func (c *curve) table() Table {
	t := Table{Caption: c.header.Title.In(c.Words.Lang) + ", " + c.geoName(c.geo) + ", " + c.Words.Period(c.period), Columns: []Column{{Label: c.t("column.days")},
		{Label: sentenceCase(c.event.name), Numeric: true}, {Label: c.t("column.interval"), Numeric: true}, {Label: c.t("column.numerator"), Numeric: true}}}
	for _, other := range c.competing {
		t.Columns = append(t.Columns, Column{Label: sentenceCase(other.name), Numeric: true})
	}
	if c.ref != nil {
		t.Columns = append(t.Columns, Column{Label: c.geoName(c.reference), Numeric: true})
	}
	for i, day := range c.event.days {
		r := c.event.rows[i]
		row := []Cell{{Text: c.t("curve.day", "n", c.Words.Int(day)), Header: true}, c.event.cell(r), {Text: c.event.interval(r)}, c.part(r.Numerator)}
		for _, other := range c.competing {
			row = append(row, other.cellAt(day))
		}
		if c.ref != nil {
			row = append(row, c.ref.cellAt(day))
		}
		t.Rows = append(t.Rows, row)
	}
	if c.median != nil {
		row := []Cell{{Text: c.t("curve.median"), Header: true}, c.medianScene.cell(*c.median), {Text: c.medianScene.interval(*c.median)}}
		for len(row) < len(t.Columns) {
			row = append(row, Cell{})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (l incidence) cellAt(day int) Cell {
	if i := slices.Index(l.days, day); i >= 0 {
		return l.cell(l.rows[i])
	}
	return Cell{}
}

func (c *curve) legend() []LegendItem {
	out := []LegendItem{{Mark: "accent", Label: c.event.name}, {Mark: "band", Label: c.t("legend.band")}}
	for _, other := range c.competing {
		out = append(out, LegendItem{Mark: "context", Label: other.name})
	}
	if c.ref != nil {
		out = append(out, LegendItem{Mark: "reference", Label: c.geoName(c.reference) + ": " + c.event.name})
	}
	if slices.ContainsFunc(c.event.rows, provisional) {
		out = append(out, LegendItem{Mark: "dashed", Label: c.t("legend.curve.provisional")})
	}
	for _, l := range c.legendOf(c.event.rows) {
		l.Count = ""
		out = append(out, l)
	}
	return out
}

func (c *curve) reading() []string {
	out := []string{c.t(c.worded("curve.read"))}
	if len(c.competing) > 0 {
		out = append(out, c.t("curve.read.competing"))
	}
	if c.median != nil && markOf(*c.median) == beyond {
		out = append(out, c.t("curve.read.beyond"))
	}
	return out
}
