package chart

import (
	"math"
	"strings"

	"osservatorio/queries/release"
)

// MultiplesInput asks how many measures of one place moved, side by side.
type MultiplesInput struct {
	Input
	Measures []string // in the order of drawing
	Geo      string
}

// SmallMultiples draws one small trend a measure, all on the same scale, so
// that slopes and heights compare. Gaps, breaks and waiting periods look as in
// Trend.
func SmallMultiples(in MultiplesInput) (Figure, error) {
	s, err := newScene(in.Input)
	if err != nil {
		return Figure{}, err
	}
	m := &multiples{scene: s, geo: in.Geo}
	for _, code := range in.Measures {
		one := in.Input
		one.Measure = code
		part, err := newScene(one)
		if err != nil {
			return Figure{}, err
		}
		t := gatherTrend(part, TrendInput{Geo: in.Geo})
		m.parts = append(m.parts, t)
		m.rows = append(m.rows, t.own...)
	}
	f := s.figure("small_multiples", in.Geo)
	f.Measure = ""
	if len(m.parts) > 0 {
		f.Period = m.parts[0].span()
	}
	s.titled(&f, m.title(), s.geoName(in.Geo), m.sentence())
	f.Subtitle = s.t("subtitle", "measure", s.t("multiples.same", "view", s.header.Title.In(s.Words.Lang)), "area", s.geoName(in.Geo), "period", f.Period)
	f.Cells = s.cells("", "", in.Geo)
	f.Cells.Parts = nil
	for _, code := range in.Measures {
		f.Cells.Parts = append(f.Cells.Parts, Part{Measure: code})
	}
	f.Table, f.Legend, f.Reading = m.table(), m.legend(), []string{m.reading()}
	s.noted(&f, m.rows)
	if f.Wide, err = m.draw(wideMultiples).drawing(); err != nil {
		return Figure{}, err
	}
	f.Narrow, err = m.draw(narrowMultiples).drawing()
	return f, err
}

// reading says how the panels are read; complete counts have no interval.
func (m *multiples) reading() string {
	if m.estimated() {
		return m.t("multiples.read")
	}
	return m.t("multiples.read.counts")
}

type multiples struct {
	scene
	geo   string
	parts []*trend
	rows  []release.Row
}

// listed is how many measures a headline names one by one.
const listed = 3

func (m *multiples) title() string {
	if len(m.parts) <= listed {
		return m.list(", ")
	}
	up, down, same, open := m.moved()
	n, noun := m.Words.Int(len(m.parts)), m.noun(len(m.parts))
	if up+down+same == 0 {
		if high, low, ok := m.bounds(); ok {
			_, lowest := low.shortLabel()
			_, highest := high.shortLabel()
			return m.t("multiples.title.apart", "n", n, "noun", noun, "low", low.value(*low.lastValue()), "lowest", lower(lowest), "high", high.value(*high.lastValue()), "highest", lower(highest))
		}
	}
	if up+down == 0 && open == 0 {
		return m.t("multiples.title.none", "n", n, "noun", noun)
	}
	return m.t("multiples.title", "n", n, "noun", noun, "list", m.clauses("multiples.title.", map[string]int{"up": up, "down": down, "same": same, "open": open}))
}

// bounds are the measures with the highest and the lowest last value; ok is
// false where no two differ or where not all are written in one unit.
func (m *multiples) bounds() (high, low *trend, ok bool) {
	for _, t := range m.parts {
		v := t.lastValue()
		if v == nil {
			continue
		}
		if t.measure.Unit != m.parts[0].measure.Unit {
			return nil, nil, false
		}
		if high == nil || *v > *high.lastValue() {
			high = t
		}
		if low == nil || *v < *low.lastValue() {
			low = t
		}
	}
	return high, low, high != nil && high.value(*high.lastValue()) != low.value(*low.lastValue())
}

// lastValue is the last value that is shown, nil for none.
func (t *trend) lastValue() *float64 {
	if _, last, ok := t.told(); ok {
		return last.Value
	}
	return nil
}

// clauses says how many are on each side, without the sides where nothing is.
func (s scene) clauses(prefix string, counts map[string]int, args ...any) string {
	var out []string
	for _, side := range []string{"up", "down", "above", "below", "same", "open"} {
		if n := counts[side]; n > 0 {
			key := prefix + side
			if n == 1 && s.Words.Has("chart."+key+".one") {
				key += ".one"
			}
			out = append(out, s.t(key, append([]any{"n", s.Words.Int(n)}, args...)...))
		}
	}
	return strings.Join(out, ", ")
}

// noun is what the measures of a view are called together.
func (s scene) noun(n int) string {
	if key := "noun." + s.header.View; s.Words.Has("chart." + key) {
		return s.t(key)
	}
	if n == 1 {
		return s.t("noun.one")
	}
	return s.t("noun.other")
}

// moved counts how the measures stand to a year before; open are those that
// have none to compare with.
func (m *multiples) moved() (up, down, same, open int) {
	for _, t := range m.parts {
		_, last, ok := t.told()
		before, found := release.Row{}, false
		if ok {
			before, found = t.yearBefore(t.own, last)
		}
		switch side := 0; {
		case !found:
			open++
		default:
			if side = against(last, before); !hasInterval(last) || !hasInterval(before) {
				side = signOf(t.shownNumber(*last.Value) - t.shownNumber(*before.Value))
			}
			switch side {
			case 1:
				up++
			case -1:
				down++
			default:
				same++
			}
		}
	}
	return up, down, same, open
}

func signOf(v float64) int {
	switch {
	case v > 1e-9:
		return 1
	case v < -1e-9:
		return -1
	}
	return 0
}

func (m *multiples) list(sep string) string {
	var out []string
	common := len(m.sharedWords())
	for i, t := range m.parts {
		name := t.label()
		if i > 0 {
			name = lower(strings.Join(strings.Fields(name)[common:], " "))
		}
		if _, last, ok := t.told(); ok {
			out = append(out, name+" "+t.value(*last.Value))
		} else {
			out = append(out, name+" "+t.t("say.absent"))
		}
	}
	return strings.Join(out, sep)
}

// sharedWords are those that all names begin with: they are said once.
func (m *multiples) sharedWords() []string {
	var out []string
	for i, t := range m.parts {
		words := strings.Fields(t.label())
		if i == 0 {
			out = words
		}
		n := 0
		for n < len(out) && n < len(words)-1 && out[n] == words[n] {
			n++
		}
		out = out[:n]
	}
	return out
}

func (m *multiples) sentence() string {
	return m.t("measures.sentence", "geo", m.geoName(m.geo), "list", lower(m.list("; ")))
}

func (m *multiples) table() Table {
	out := Table{Caption: m.header.Title.In(m.Words.Lang) + ", " + m.geoName(m.geo), Columns: []Column{{Label: m.t("column.measure")},
		{Label: m.t("column.period")}, {Label: m.geoName(m.geo), Numeric: true}, {Label: m.t("column.interval"), Numeric: true}, {Label: m.t("column.year")}}}
	for _, t := range m.parts {
		_, last, ok := t.told()
		if !ok {
			out.Rows = append(out.Rows, []Cell{{Text: t.label(), Header: true}, {}, {Text: t.t("say.absent"), Mark: "pending"}, {}, {}})
			continue
		}
		out.Rows = append(out.Rows, []Cell{{Text: t.label(), Header: true}, {Text: t.Words.Period(last.Period)}, t.cell(last), {Text: t.interval(last)}, {Text: t.change(t.own, last)}})
	}
	return out
}

func (m *multiples) legend() []LegendItem {
	out := []LegendItem{{Mark: "accent", Label: m.geoName(m.geo)}}
	all := &trend{scene: m.scene, own: m.rows}
	if all.intervals() {
		out = append(out, LegendItem{Mark: "band", Label: m.t("legend.band")})
	}
	if all.has(provisional) {
		out = append(out, LegendItem{Mark: "delay", Label: m.t("legend.provisional")})
	}
	if all.has(broken) {
		out = append(out, LegendItem{Mark: "break", Label: m.t("legend.break")})
	}
	for _, l := range m.legendOf(m.rows) {
		l.Count = "" // of cells of many measures: it would tell nothing
		out = append(out, l)
	}
	return out
}

// multiplesLayout says how many panels stand beside each other, in pixels.
type multiplesLayout struct {
	width, panel, height float64 // of the drawing, of a panel, of a row of panels
	columns              int
}

var (
	wideMultiples   = multiplesLayout{width: 840, panel: 248, height: 176, columns: 3}
	narrowMultiples = multiplesLayout{width: 340, panel: 340, height: 140, columns: 1}
)

func (m *multiples) draw(l multiplesLayout) *canvas {
	rows := (len(m.parts) + l.columns - 1) / l.columns
	height := float64(max(1, rows)) * l.height
	c := &canvas{width: int(l.width), height: int(height), x: scale{0, l.width, 0, l.width}, y: scale{0, height, 0, height}}
	lo, hi := m.extent()
	gap := 0.0
	if l.columns > 1 {
		gap = (l.width - float64(l.columns)*l.panel) / float64(l.columns-1)
	}
	p := panels{canvas: c, lo: lo, hi: hi, left: panelLeft}
	for _, t := range m.parts {
		p.left = roomFor(p.left, 6, lo, hi, (hi-lo)/2, func(v float64) string { return t.axisValue(v, v == hi) })
	}
	for i, t := range m.parts {
		p.add(t, float64(i%l.columns)*(l.panel+gap), float64(i/l.columns)*l.height, l)
	}
	p.finish()
	return c
}

// extent is the one scale of all panels, from zero.
func (m *multiples) extent() (lo, hi float64) {
	for _, r := range m.rows {
		for _, v := range []*float64{r.Value, r.High, r.Low} {
			if v != nil && markOf(r) == shown {
				lo, hi = math.Min(lo, *v), math.Max(hi, *v)
			}
		}
	}
	if m.percent() && hi > 50 || hi == lo {
		return lo, 100
	}
	lo, hi, _ = round(lo, hi, 2)
	return lo, hi
}

// panels collects the lines of all panels into few series: their coordinates
// are pixels.
type panels struct {
	*canvas
	lo, hi        float64
	left          float64 // room for the ticks, the same in all
	grid          [][][2]float64
	solid, dashed [][][2]float64
	lone, last    []point
}

// The room round a panel's plot: ticks at the left, the last value at the
// right, the name above, years below.
const (
	panelLeft, panelRight  = 34.0, 50.0
	panelTop, panelBottom  = 30.0, 40.0
	panelSign, panelNumber = 12.0, 14.0
)

func (p *panels) add(t *trend, x, y float64, l multiplesLayout) {
	left, right, top, bottom := x+p.left, x+l.panel-panelRight, y+panelTop, y+l.height-panelBottom
	px := scale{0, math.Max(1, float64(len(t.periods)-1)), left, right}
	py := scale{p.lo, p.hi, bottom, top}
	p.text(x, y+10, t.named(), bold)
	mid := (p.lo + p.hi) / 2
	for _, v := range []float64{p.lo, mid, p.hi} {
		p.grid = append(p.grid, [][2]float64{{left, py.at(v)}, {right, py.at(v)}})
		p.text(left-6, py.at(v), t.axisValue(v, v == p.hi), quiet.right())
	}
	if n := len(t.periods); n > 0 {
		p.text(left, bottom+14, yearLabel(t.periods[0]), quiet)
		if last := yearLabel(t.periods[n-1]); last != yearLabel(t.periods[0]) {
			p.text(right, bottom+14, last, quiet.right())
		}
	}
	t.late(p.canvas, px, left, right, top, bottom)
	p.signs(t, px, left, right, top, bottom)
	p.lines(t, px, py)
}

func yearLabel(period string) string {
	if len(period) < 4 {
		return period
	}
	return period[:4]
}

// signs draws what stands where no value does, and the breaks.
func (p *panels) signs(t *trend, px scale, left, right, top, bottom float64) {
	half := (px.at(1) - px.at(0)) / 2
	for i := 0; i < len(t.own); i++ {
		x := px.at(t.at(t.own[i].Period))
		from, to := math.Max(left, x-half), math.Min(right, x+half)
		switch markOf(t.own[i]) {
		case shown:
			if broken(t.own[i]) {
				p.rule(from, top, from, bottom, zGrid, shapeStyle{Stroke: belowInk, LineWidth: 1.25})
			}
		case hidden:
			p.hatched(from, bottom-panelSign, math.Max(3, to-from), panelSign)
		case few:
			p.outlined(from, bottom-panelSign, math.Max(3, to-from), panelSign)
		case waiting:
			end := t.waitingUntil(i)
			p.awaited(from, top, math.Min(right, px.at(t.at(t.own[end].Period))+half)-from, bottom-top)
			i = end
		default:
			p.rect(from, top, to-from, bottom-top, zBlock, shapeStyle{Fill: pending})
		}
	}
}

// lines adds a panel's line, band and last value to those of all panels.
func (p *panels) lines(t *trend, px, py scale) {
	for _, run := range runs(t.own) {
		var firm, upper, lower [][2]float64
		for i, r := range run {
			at := [2]float64{tenth(px.at(t.at(r.Period))), tenth(py.at(*r.Value))}
			if hasInterval(r) {
				upper, lower = append(upper, [2]float64{at[0], py.at(*r.High)}), append(lower, [2]float64{at[0], py.at(*r.Low)})
			}
			if provisional(r) && i > 0 {
				before := run[i-1]
				p.dashed = append(p.dashed, [][2]float64{{tenth(px.at(t.at(before.Period))), tenth(py.at(*before.Value))}, at})
				continue
			}
			firm = append(firm, at)
		}
		p.solid = append(p.solid, firm)
		p.area(upper, lower, accent, .15)
		if len(run) == 1 {
			p.lone = append(p.lone, dot(px.at(t.at(run[0].Period)), py.at(*run[0].Value), t.periodTip(run[0])))
		}
	}
	if _, last, ok := t.ends(); ok {
		x, y := px.at(t.at(last.Period)), py.at(*last.Value)
		p.last = append(p.last, dot(x, y, t.periodTip(last)))
		p.text(x+8, y, t.short(*last.Value), bold.colour(accent).haloed())
	}
}

// short is a value for where there is little room: whole numbers.
func (s scene) short(v float64) string {
	if s.percent() {
		return s.Words.Number(v, 0) + "%"
	}
	return s.value(v)
}

func (p *panels) finish() {
	p.canvas.lines(p.grid, stroke{color: gridline, width: 1, z: zGrid})
	p.canvas.lines(p.solid, stroke{color: accent, width: 2.25, z: zLine})
	p.canvas.lines(p.dashed, stroke{color: accent, width: 2.25, dashed: true, z: zLine})
	p.dots(p.lone, accent, 5)
	p.dots(p.last, accent, 7)
}
