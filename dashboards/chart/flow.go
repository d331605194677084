package chart

import (
	"math"
	"strings"

	"osservatorio/queries/release"
)

// FlowInput asks for entries, exits and their balance; Input.Measure is the
// balance.
type FlowInput struct {
	Input
	Geo          string
	Starts, Ends string // measures
}

// Flow draws entries above zero, exits below and the balance as a line, one
// period a column. The headline sums a year, four quarters or twelve months,
// because both follow the seasons.
func Flow(in FlowInput) (Figure, error) {
	s, err := newScene(in.Input)
	if err != nil {
		return Figure{}, err
	}
	fl, err := gatherFlow(s, in)
	if err != nil {
		return Figure{}, err
	}
	f := s.figure("flow", in.Geo)
	f.Period = fl.balance.span()
	s.titled(&f, fl.title(), s.geoName(in.Geo), fl.sentence())
	f.Cells = s.cells("", "", in.Geo)
	f.Cells.Parts = []Part{{in.Starts, ""}, {in.Ends, ""}, {s.Measure, ""}}
	f.Table, f.Legend = fl.table(), fl.legend()
	f.Reading = []string{s.t("flow.read")}
	if key := "flow.read." + s.PeriodType; s.Words.Has("chart." + key) {
		f.Reading = append(f.Reading, s.t(key))
	}
	if fl.balance.has(provisional) {
		f.Reading = append(f.Reading, s.t("flow.read.p"))
	}
	s.noted(&f, fl.balance.own)
	if f.Wide, err = fl.draw(wideFlow).drawing(); err != nil {
		return Figure{}, err
	}
	f.Narrow, err = fl.draw(narrowFlow).drawing()
	return f, err
}

type flow struct {
	scene                 // of the balance
	starts, ends, balance *trend
}

func gatherFlow(s scene, in FlowInput) (*flow, error) {
	fl := &flow{scene: s, balance: gatherTrend(s, TrendInput{Geo: in.Geo})}
	for _, part := range []struct {
		measure string
		into    **trend
	}{{in.Starts, &fl.starts}, {in.Ends, &fl.ends}} {
		one := in.Input
		one.Measure = part.measure
		m, err := newScene(one)
		if err != nil {
			return nil, err
		}
		*part.into = gatherTrend(m, TrendInput{Geo: in.Geo})
		(*part.into).periods = fl.balance.periods
	}
	return fl, nil
}

// year sums a measure over four quarters, or twelve months, up to the last that
// words speak of; ok is false where one of them has no value, or for other kinds
// of period.
func (t *trend) year() (sum float64, ok bool) {
	whole := map[string]int{"quarter": 4, "month": 12}[t.PeriodType]
	_, last, ok := t.told()
	if whole == 0 || !ok {
		return 0, false
	}
	n := 0
	for i := len(t.own) - 1; i >= 0 && n < whole; i-- {
		if t.own[i].Period > last.Period {
			continue
		}
		if markOf(t.own[i]) != shown {
			return 0, false
		}
		sum += *t.own[i].Value
		n++
	}
	return sum, n == whole
}

func (f *flow) title() string {
	geo, starts, ends := f.geoName(f.balance.geo), f.starts.withArticle(), f.ends.withArticle()
	sum, ok := f.balance.year()
	over := f.t("flow.title.over", "geo", geo, "over", f.overWords())
	if !ok { // years, or a season without its value: the last period alone
		_, last, any := f.balance.told()
		if !any {
			return f.t("flow.title.nothing", "geo", geo)
		}
		sum, over = *last.Value, f.t("flow.title.in", "geo", geo, "period", f.Words.Period(last.Period))
	}
	switch {
	case sum > 0:
		return f.t("flow.title.more", "over", over, "starts", starts, "ends", ends, "diff", f.Words.Number(sum, 0))
	case sum < 0:
		return f.t("flow.title.less", "over", over, "starts", starts, "ends", ends, "diff", f.Words.Number(-sum, 0))
	}
	return f.t("flow.title.equal", "over", over, "starts", starts, "ends", ends)
}

// overWords names the year that is summed: "nei quattro trimestri fino al II trim.
// 2026", "" for kinds of period that are not.
func (f *flow) overWords() string {
	key := "flow.over." + f.PeriodType
	_, last, ok := f.balance.told()
	if !ok || !f.Words.Has("chart."+key) {
		return ""
	}
	return f.t(key, "period", f.Words.Period(last.Period))
}

// withArticle is the measure's name inside a sentence: "le attivazioni".
func (t *trend) withArticle() string {
	if key := "flow.the." + t.measure.Code; t.Words.Has("chart." + key) {
		return t.t(key)
	}
	return lower(t.label())
}

func (f *flow) sentence() string {
	_, last, ok := f.balance.told()
	if !ok {
		return f.t("trend.sentence.nothing", "geo", f.geoName(f.balance.geo), "measure", lower(f.label()))
	}
	s, _ := f.starts.pick(f.starts.geo, last.Period)
	e, _ := f.ends.pick(f.ends.geo, last.Period)
	var rest []string
	if sum, ok := f.balance.year(); ok {
		rest = append(rest, f.t("flow.year", "over", f.overWords(), "sum", f.Words.Signed(sum, 0)))
	}
	// the season is taken out by comparing with the same period of the year before
	for _, c := range []struct {
		of  *trend
		now release.Row
	}{{f.starts, s}, {f.ends, e}} {
		if said := c.of.change(c.of.own, c.now); said != "" {
			rest = append(rest, f.t("flow.change", "measure", c.of.label(), "change", said))
		}
	}
	return f.t("flow.sentence", "geo", f.geoName(f.balance.geo), "period", f.Words.Period(last.Period), "starts", lower(f.starts.label()), "s", f.say(s),
		"ends", lower(f.ends.label()), "e", f.say(e), "balance", lower(f.label()), "b", f.signed(last), "rest", strings.Join(rest, " "))
}

// signed writes a balance with its sign.
func (f *flow) signed(r release.Row) string {
	if markOf(r) != shown {
		return f.say(r)
	}
	return f.Words.Signed(*r.Value, 0)
}

func (f *flow) table() Table {
	t := Table{Caption: f.label() + ", " + f.geoName(f.balance.geo), Columns: []Column{{Label: f.t("column.period")},
		{Label: f.starts.label(), Numeric: true}, {Label: f.ends.label(), Numeric: true}, {Label: f.label(), Numeric: true}}}
	for i := len(f.balance.own) - 1; i >= 0; i-- {
		r := f.balance.own[i]
		s, _ := f.starts.pick(f.starts.geo, r.Period)
		e, _ := f.ends.pick(f.ends.geo, r.Period)
		t.Rows = append(t.Rows, []Cell{{Text: f.Words.Period(r.Period), Header: true}, f.cell(s), f.cell(e), {Text: f.signed(r), Mark: markOf(r).legendMark()}})
	}
	return t
}

func (f *flow) legend() []LegendItem {
	out := []LegendItem{{Mark: "bar", Label: f.starts.label()}, {Mark: "bar-context", Label: f.ends.label()}, {Mark: "reference", Label: f.label()}}
	if f.balance.has(provisional) {
		out = append(out, LegendItem{Mark: "delay", Label: f.t("legend.provisional")})
	}
	if f.balance.has(broken) {
		out = append(out, LegendItem{Mark: "break", Label: f.t("legend.break")})
	}
	return append(out, f.legendOf(f.balance.own)...)
}

var (
	wideFlow   = trendLayout{width: 840, height: 380, left: 64, right: 736, top: 24, bottom: 342, ticks: 6, labels: 8}
	narrowFlow = trendLayout{width: 340, height: 290, left: 60, right: 330, top: 40, bottom: 256, ticks: 4, labels: 4}
)

func (f *flow) draw(l trendLayout) *canvas {
	lo, hi := 0.0, 0.0
	for _, r := range append(append([]release.Row{}, f.starts.own...), f.balance.own...) {
		if markOf(r) == shown {
			lo, hi = math.Min(lo, *r.Value), math.Max(hi, *r.Value)
		}
	}
	for _, r := range f.ends.own {
		if markOf(r) == shown {
			lo = math.Min(lo, -*r.Value)
		}
	}
	lo, hi, step := round(lo, hi, l.ticks)
	l.left = roomFor(l.left, 8, lo, hi, step, f.axisNumber)
	n := float64(max(1, len(f.balance.periods)))
	c := &canvas{width: int(l.width), height: int(l.height), x: scale{-.5, n - .5, l.left, l.right}, y: scale{lo, hi, l.bottom, l.top}}
	f.balance.late(c, c.x, l.left, l.right, l.top, l.bottom)
	f.axes(c, l, lo, hi, step)
	thick := math.Min(28, (l.right-l.left)/n*.62)
	f.bars(c, f.starts, 1, accent, thick)
	f.bars(c, f.ends, -1, context, thick)
	f.signs(c, l, thick)
	f.balance.line(c, f.balance.own, ink, 2, 0)
	f.names(c, l)
	return c
}

// axisNumber is a tick: exits stand below zero, but are no less than nothing.
func (f *flow) axisNumber(v float64) string { return f.Words.Number(math.Abs(v), 0) }

func (f *flow) axes(c *canvas, l trendLayout, lo, hi, step float64) {
	var grid [][][2]float64
	for v := lo; v <= hi+step/1e6; v += step {
		if math.Abs(v) > step/1e6 {
			grid = append(grid, [][2]float64{{c.x.min, v}, {c.x.max, v}})
		}
		c.text(l.left-8, c.y.at(v), f.axisNumber(v), quiet.right())
	}
	c.lines(grid, stroke{color: gridline, width: 1, z: zGrid})
	c.rule(l.left, c.y.at(0), l.right, c.y.at(0), zLine, shapeStyle{Stroke: context, LineWidth: 1})
	for i, p := range f.balance.periods {
		if label := f.balance.tick(i, p, l.labels); label != "" {
			half := width(label, axisSize)/2 + tickSpare
			c.text(math.Min(math.Max(c.x.at(float64(i)), half), l.width-half), l.bottom+18, label, quiet.center())
		}
	}
}

// bars draws a measure as columns from zero, upward or downward; provisional
// ones are pale.
func (f *flow) bars(c *canvas, t *trend, sign float64, color string, thick float64) {
	var firm, pale [][][2]float64
	for _, r := range t.own {
		if markOf(r) != shown {
			continue
		}
		bar := [][2]float64{{t.at(r.Period), 0}, {t.at(r.Period), sign * *r.Value}}
		if provisional(r) {
			pale = append(pale, bar)
			continue
		}
		firm = append(firm, bar)
	}
	c.lines(firm, stroke{color: color, width: float32(tenth(thick)), z: zBand})
	c.lines(pale, stroke{color: color, width: float32(tenth(thick)), opacity: .5, z: zBand})
}

// signs marks the periods without a value at the line of zero, and the breaks.
func (f *flow) signs(c *canvas, l trendLayout, thick float64) {
	for _, r := range f.balance.own {
		x, y := c.x.at(f.balance.at(r.Period)), c.y.at(0)
		switch markOf(r) {
		case shown:
			if broken(r) {
				f.balance.breakAt(c, l, x-(c.x.at(1)-c.x.at(0))/2)
			}
		case hidden:
			c.hatched(x-thick/2, y-24, thick, 48)
		case few:
			c.outlined(x-thick/2, y-24, thick, 48)
		default:
			c.rect(x-thick/2, y-24, thick, 48, zLine, shapeStyle{Fill: pending})
		}
	}
}

func (f *flow) names(c *canvas, l trendLayout) {
	_, last, ok := f.balance.ends()
	if l.width < 500 {
		c.text(0, 12, f.starts.label(), bold.colour(accent))
		c.text(l.width, 12, f.ends.label(), bold.colour(same).right())
		if ok {
			c.text(l.width/2, 12, f.label()+" "+f.signed(last), bold.center())
		}
		return
	}
	c.text(l.right+10, c.y.at(c.y.max*.6), f.starts.label(), bold.colour(accent))
	c.text(l.right+10, c.y.at(c.y.min*.6), f.ends.label(), bold.colour(same))
	if ok {
		at := c.y.at(*last.Value)
		c.dots([]point{dot(f.balance.at(last.Period), *last.Value, f.balance.periodTip(last))}, ink, 8)
		c.text(l.right+10, at-9, f.label(), bold)
		c.text(l.right+10, at+9, f.signed(last), bold)
	}
}
