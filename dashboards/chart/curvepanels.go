package chart

import (
	"math"
	"strings"

	"osservatorio/queries/release"
)

// CurvesInput asks how fast something happens to each category of a
// characteristic. Event and Median are as in CurveInput.
type CurvesInput struct {
	Input
	Geo       string
	Event     string
	Median    string
	Breakdown string
}

// Curves draws one small curve a category on one scale, each with the line of
// all behind it, so that categories compare by shape and not by colour.
func Curves(in CurvesInput) (Figure, error) {
	s, err := newScene(in.Input)
	if err != nil {
		return Figure{}, err
	}
	c, err := gatherCurve(s, CurveInput{Input: in.Input, Geo: in.Geo, Event: in.Event, Median: in.Median})
	if err != nil {
		return Figure{}, err
	}
	cs := gatherCurves(c, in)
	f := s.figure("curves", in.Geo)
	f.Period = s.Words.Period(c.period)
	s.titled(&f, cs.title(), s.geoName(in.Geo), cs.sentence())
	f.Subtitle = s.t("subtitle", "measure", s.t("curves.subtitle", "view", s.header.Title.In(s.Words.Lang), "by", s.byWord(in.Breakdown)), "area", s.geoName(in.Geo), "period", f.Period)
	f.Cells = s.cells("", c.period, in.Geo)
	f.Cells.Breakdown, f.Cells.Parts = in.Breakdown, c.parts()
	f.Table, f.Legend, f.Reading = cs.table(), cs.legend(), []string{s.t("curves.read"), s.t("curve.read")}
	s.noted(&f, cs.rows())
	if f.Wide, err = cs.draw(wideMultiples).drawing(); err != nil {
		return Figure{}, err
	}
	f.Narrow, err = cs.draw(narrowMultiples).drawing()
	return f, err
}

// category is the curve of one category.
type category struct {
	name   string
	line   incidence
	median *release.Row
}

type curves struct {
	*curve
	by   string
	list []category
}

func gatherCurves(c *curve, in CurvesInput) *curves {
	out := &curves{curve: c, by: in.Breakdown}
	list := c.Release.Codes[in.Breakdown]
	for _, code := range list.Codes {
		s := c.scene
		s.By = map[string]string{in.Breakdown: code.Code}
		line := s.incidence(in.Event, c.event.days, in.Geo, c.period)
		if len(line.rows) == 0 {
			continue
		}
		one := category{name: list.Label(code.Code, s.Words.Lang), line: line}
		_, one.median = s.medianOf(in.Median, in.Geo, c.period)
		out.list = append(out.list, one)
	}
	return out
}

func (c *curves) rows() []release.Row {
	var out []release.Row
	for _, one := range c.list {
		out = append(out, one.line.rows...)
	}
	return out
}

// bounds are the categories to which it happens most and least by the last day.
func (c *curves) bounds() (high, low category, ok bool) {
	at := func(one category) (release.Row, bool) {
		_, row, ok := one.line.last()
		return row, ok
	}
	for _, one := range c.list {
		row, shown := at(one)
		if !shown {
			continue
		}
		if !ok {
			high, low, ok = one, one, true
		}
		if h, _ := at(high); *row.Value > *h.Value {
			high = one
		}
		if l, _ := at(low); *row.Value < *l.Value {
			low = one
		}
	}
	return high, low, ok
}

func (c *curves) title() string {
	high, low, ok := c.bounds()
	if !ok {
		return c.t("curve.title.nothing", "what", sentenceCase(c.event.name))
	}
	day, h, _ := high.line.last()
	_, l, _ := low.line.last()
	if hasInterval(h) && hasInterval(l) && against(h, l) == 0 {
		return c.t("curves.title.same", "what", sentenceCase(c.event.name), "by", c.byWord(c.by))
	}
	return c.t("curves.title", "what", sentenceCase(c.event.name), "days", c.Words.Int(day), "low", c.event.value(*l.Value), "lowest", lower(low.name), "high", c.event.value(*h.Value), "highest", lower(high.name))
}

func (c *curves) sentence() string {
	var said []string
	for _, one := range c.list {
		day, row, ok := one.line.last()
		if !ok {
			said = append(said, lower(one.name)+": "+one.line.t("curves.nothing"))
			continue
		}
		text := lower(one.name) + ": " + one.line.t("curve.by", "days", c.Words.Int(day), "value", one.line.say(row))
		if half := c.medianScene.halfWords(one.median, one.line); half != "" {
			text += ", " + half
		}
		said = append(said, text)
	}
	return c.t("curve.sentence", "geo", c.geoName(c.geo), "period", c.Words.Period(c.period), "what", c.event.name, "list", strings.Join(said, "; "))
}

func (c *curves) table() Table {
	t := Table{Caption: c.header.Title.In(c.Words.Lang) + ", " + c.geoName(c.geo) + ", " + c.Words.Period(c.period), Columns: []Column{{Label: sentenceCase(c.byWord(c.by))}}}
	var days []int
	for _, day := range c.event.days {
		if day > 0 {
			days = append(days, day)
			t.Columns = append(t.Columns, Column{Label: c.t("curve.day", "n", c.Words.Int(day)), Numeric: true})
		}
	}
	if c.median != nil {
		t.Columns = append(t.Columns, Column{Label: c.t("curve.median"), Numeric: true})
	}
	for _, one := range c.list {
		row := []Cell{{Text: one.name, Header: true}}
		for _, day := range days {
			row = append(row, one.line.cellAt(day))
		}
		if c.median != nil {
			cell := Cell{}
			if one.median != nil {
				cell = c.medianScene.cell(*one.median)
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (c *curves) legend() []LegendItem {
	out := []LegendItem{{Mark: "accent", Label: c.event.name}, {Mark: "band", Label: c.t("legend.band")}, {Mark: "reference", Label: c.t("breakdown.total")}}
	for _, l := range c.legendOf(c.rows()) {
		l.Count = ""
		out = append(out, l)
	}
	return out
}

func (c *curves) draw(l multiplesLayout) *canvas {
	n := max(1, len(c.list))
	height := float64((n+l.columns-1)/l.columns) * l.height
	cv := &canvas{width: int(l.width), height: int(height), x: scale{0, l.width, 0, l.width}, y: scale{0, height, 0, height}}
	gap := 0.0
	if l.columns > 1 {
		gap = (l.width - float64(l.columns)*l.panel) / float64(l.columns-1)
	}
	hi := c.top()
	for i, one := range c.list {
		c.panel(cv, one, float64(i%l.columns)*(l.panel+gap), float64(i/l.columns)*l.height, l, hi)
	}
	return cv
}

// top is the end of the one scale.
func (c *curves) top() float64 {
	hi := 0.0
	for _, r := range append(c.rows(), c.event.rows...) {
		for _, v := range []*float64{r.Value, r.High} {
			if v != nil && markOf(r) == shown {
				hi = math.Max(hi, *v)
			}
		}
	}
	if hi > 50 || hi == 0 {
		return 100
	}
	_, hi, _ = round(0, hi, 2)
	return hi
}

func (c *curves) panel(cv *canvas, one category, x, y float64, l multiplesLayout, hi float64) {
	left, right, top, bottom := x+panelLeft+4, x+l.panel-panelRight, y+panelTop, y+l.height-panelBottom
	span := float64(c.event.days[len(c.event.days)-1])
	px, py := scale{0, math.Max(1, span), left, right}, scale{0, hi, bottom, top}
	at := func(day, v float64) [2]float64 { return [2]float64{tenth(px.at(day)), tenth(py.at(v))} }
	cv.text(x, y+10, one.name, bold)
	var grid [][][2]float64
	for _, v := range []float64{0, hi / 2, hi} {
		grid = append(grid, [][2]float64{{left, py.at(v)}, {right, py.at(v)}})
		cv.text(left-6, py.at(v), c.event.axisValue(v, v == hi), quiet.right())
	}
	cv.lines(grid, stroke{color: gridline, width: 1, z: zGrid})
	cv.text(left, bottom+14, "0", quiet)
	cv.text(right, bottom+14, c.t("curve.day", "n", c.Words.Int(int(span))), quiet.right())
	one.line.signs(cv, px, top, bottom, panelSign)
	c.event.drawIn(cv, at, ink, 1, 0)
	one.line.drawIn(cv, at, accent, 2.25, .15)
	if day, row, ok := one.line.last(); ok {
		p := at(float64(day), *row.Value)
		cv.text(p[0]+8, p[1], c.event.short(*row.Value), bold.colour(accent).haloed())
	}
}
