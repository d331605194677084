package chart

import (
	"fmt"
	"math"
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

func (c *curve) draw(l trendLayout) *canvas {
	hi, step := c.extent(l.ticks)
	span := float64(c.event.days[len(c.event.days)-1])
	cv := &canvas{width: int(l.width), height: int(l.height), x: scale{0, math.Max(1, span), l.left, l.right}, y: scale{0, hi, l.bottom, l.top}}
	c.axes(cv, l, hi, step)
	c.signs(cv, l)
	for _, other := range c.competing {
		other.draw(cv, context, 1.75, 0)
	}
	if c.ref != nil {
		c.ref.draw(cv, ink, 1.75, .08)
	}
	c.event.draw(cv, accent, 2.5, .15)
	c.drawMedian(cv, l)
	c.labels(cv, l)
	return cv
}

// extent is the top of the axis and its steps: an incidence begins at zero and
// ends at a hundred at most.
func (c *curve) extent(ticks int) (hi, step float64) {
	lines := append([]incidence{c.event}, c.competing...)
	if c.ref != nil {
		lines = append(lines, *c.ref)
	}
	for _, l := range lines {
		for _, r := range l.rows {
			for _, v := range []*float64{r.Value, r.High} {
				if v != nil && markOf(r) == shown {
					hi = math.Max(hi, *v)
				}
			}
		}
	}
	if hi == 0 {
		hi = 100
	}
	_, hi, step = round(0, hi, ticks)
	return math.Min(hi, 100), step
}

func (c *curve) axes(cv *canvas, l trendLayout, hi, step float64) {
	var grid [][][2]float64
	for v := 0.0; v <= hi+step/1e6; v += step {
		if v > 0 {
			grid = append(grid, [][2]float64{{0, v}, {cv.x.max, v}})
		}
		cv.text(l.left-8, cv.y.at(v), c.event.axisValue(v, v+step > hi+step/1e6), quiet.right())
	}
	cv.lines(grid, stroke{color: gridline, width: 1, z: zGrid})
	cv.rule(l.left, l.bottom, l.right, l.bottom, zGrid, shapeStyle{Stroke: context, LineWidth: 1})
	before := math.Inf(-1)
	for i, day := range c.event.days {
		x := cv.x.at(float64(day))
		last := i == len(c.event.days)-1
		label := c.Words.Int(day)
		if last {
			label = c.t("curve.day", "n", label)
		}
		half := width(label, axisSize) / 2
		at := math.Min(x, l.width-half)
		if !last && (x-before < 44 || cv.x.to-x < 1.3*width(c.t("curve.day", "n", "365"), axisSize)) {
			continue
		}
		before = x
		cv.rule(x, l.bottom, x, l.bottom+5, zGrid, shapeStyle{Stroke: context, LineWidth: 1})
		cv.text(at, l.bottom+18, label, quiet.center())
	}
}

// wideCurve leaves more room at the right than a trend: its lines bear names.
var wideCurve = trendLayout{width: 840, height: 380, left: 48, right: 660, top: 24, bottom: 342, ticks: 5, labels: 8}

// signs marks the days without a value of the event, days of one reason in one
// block; what cannot be observed yet reaches to the end.
func (c *curve) signs(cv *canvas, l trendLayout) {
	if c.event.signs(cv, cv.x, l.top, l.bottom, 16) {
		cv.text(l.right-4, l.bottom-12, c.t("trend.waiting"), quiet.right().haloed())
	}
}

// signs draws the blocks of days without a value, each from the last day before
// it; tall is the height of the signs at the foot. It tells whether some days
// cannot be observed yet.
func (l incidence) signs(cv *canvas, x scale, top, bottom, tall float64) bool {
	from := x.from
	for i := 0; i < len(l.rows); i++ {
		m := markOf(l.rows[i])
		for i+1 < len(l.rows) && m != shown && markOf(l.rows[i+1]) == m {
			i++
		}
		to := x.at(float64(l.days[i]))
		wide := math.Max(4, to-from)
		switch m {
		case shown:
		case hidden:
			cv.hatched(from, bottom-tall, wide, tall)
		case few:
			cv.outlined(from, bottom-tall, wide, tall)
		case waiting:
			cv.awaited(from, top, x.to-from, bottom-top)
			return true
		default:
			cv.rect(from, top, wide, bottom-top, zBlock, shapeStyle{Fill: pending})
		}
		from = to
	}
	return false
}

// draw adds the steps of one line: a value holds until the next published day.
// Stretches that end in a provisional value are dashed.
func (l incidence) draw(cv *canvas, color string, thick float32, band float64) {
	l.drawIn(cv, func(day, value float64) [2]float64 { return [2]float64{day, value} }, color, thick, band)
}

// drawIn is draw where at says where a day and a value stand on the axes.
func (l incidence) drawIn(cv *canvas, at func(day, value float64) [2]float64, color string, thick float32, band float64) {
	var solid, dashed [][][2]float64
	var points []point
	var upper, lower [][2]float64
	flush := func() {
		cv.area(upper, lower, color, band)
		upper, lower = nil, nil
	}
	for i, r := range l.rows {
		if markOf(r) != shown {
			flush()
			continue
		}
		day := float64(l.days[i])
		if i > 0 && markOf(l.rows[i-1]) == shown {
			before := *l.rows[i-1].Value
			step := [][2]float64{at(float64(l.days[i-1]), before), at(day, before), at(day, *r.Value)}
			if l.atTheDay {
				step = slices.Delete(step, 1, 2)
			}
			if provisional(r) {
				dashed = append(dashed, step)
			} else {
				solid = append(solid, step)
			}
		}
		if hasInterval(r) {
			if n := len(upper); n > 0 && !l.atTheDay {
				x := at(day, 0)[0]
				upper, lower = append(upper, [2]float64{x, upper[n-1][1]}), append(lower, [2]float64{x, lower[n-1][1]})
			}
			upper, lower = append(upper, at(day, *r.High)), append(lower, at(day, *r.Low))
		}
		p := at(day, *r.Value)
		points = append(points, dot(p[0], p[1], l.t(l.worded("curve.tip"), "what", sentenceCase(l.name), "days", l.Words.Int(l.days[i]), "value", l.tipValue(r))))
	}
	flush()
	cv.lines(joined(solid), stroke{color: color, width: thick, z: zLine})
	cv.lines(joined(dashed), stroke{color: color, width: thick, dashed: true, z: zLine})
	if thick > 1 { // a line behind others is no reading of its own
		cv.dots(points, color, 4+float64(thick)/2)
	}
}

// joined makes one polyline of steps that continue each other.
func joined(steps [][][2]float64) [][][2]float64 {
	var out [][][2]float64
	for _, s := range steps {
		if n := len(out); n > 0 && out[n-1][len(out[n-1])-1] == s[0] {
			out[n-1] = append(out[n-1], s[1:]...)
			continue
		}
		out = append(out, slices.Clone(s))
	}
	return out
}

func (s scene) tipValue(r release.Row) string {
	if i := s.interval(r); i != "" {
		return s.say(r) + " (" + i + ")"
	}
	return s.say(r)
}

// drawMedian leads from a half on the axis to the day by which it is reached.
func (c *curve) drawMedian(cv *canvas, l trendLayout) {
	if c.median == nil || cv.y.max < 50 || markOf(*c.median) != shown {
		return
	}
	x, y := cv.x.at(math.Min(*c.median.Value, cv.x.max)), cv.y.at(50)
	dots := shapeStyle{Stroke: ink, LineWidth: 1, LineDash: []float64{3, 3}}
	cv.rule(l.left, y, x, y, zBand, dots)
	cv.rule(x, y, x, l.bottom, zBand, dots)
	label := c.t("curve.half.short", "days", c.Words.Number(*c.median.Value, 0))
	if look := quiet.colour(ink).heavy(600).haloed(); l.left+8+width(label, axisSize) < x {
		cv.text(l.left+8, y-11, label, look) // the line is still low there
	} else {
		cv.text(x+8, y+14, label, look)
	}
}

// labels names the lines at their ends; on a narrow drawing above the plot.
func (c *curve) labels(cv *canvas, l trendLayout) {
	type named struct {
		text, color string
		y           float64
	}
	var all []named
	add := func(line incidence, text, color string) {
		if _, row, ok := line.last(); ok {
			all = append(all, named{text + " " + line.say(row), color, cv.y.at(*row.Value)})
		}
	}
	add(c.event, sentenceCase(c.event.name), accent)
	if c.ref != nil {
		add(*c.ref, c.refShort(c.reference), ink)
	}
	for _, other := range c.competing {
		add(other, sentenceCase(other.name), same)
	}
	if l.width < 500 {
		for i, n := range all {
			if i > 1 {
				break // the others stand in the legend
			}
			look := bold.colour(n.color)
			if i == 1 {
				cv.text(l.width, 27, n.text, look.sized(axisSize).right())
				continue
			}
			cv.text(0, 9, n.text, look)
		}
		return
	}
	slices.SortStableFunc(all, func(a, b named) int { return int(math.Copysign(1, a.y-b.y)) })
	for i := 1; i < len(all); i++ { // apart from the one above
		all[i].y = math.Max(all[i].y, all[i-1].y+36)
	}
	foot := l.bottom - 18
	for i, n := range slices.Backward(all) { // and above the axis
		all[i].y = math.Min(n.y, foot)
		foot = all[i].y - 36
	}
	for _, n := range all {
		y := n.y
		for i, line := range inRoom(n.text, .85*(l.width-l.right-12)) {
			cv.text(l.right+12, y+17*float64(i)-6, line, bold.colour(n.color).haloed())
		}
	}
}

// inRoom breaks a label into at most two lines of that room.
func inRoom(text string, room float64) []string {
	if lines, ok := inLines(text, room, textSize); ok {
		return lines
	}
	words := strings.Fields(text)
	half := (len(words) + 1) / 2
	return []string{strings.Join(words[:half], " "), strings.Join(words[half:], " ")}
}
