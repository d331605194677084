package chart

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"osservatorio/queries/release"
)

// FunnelInput asks which places lie outside what chance alone would bring,
// given how many were expected there. Input.Measure is the ratio, 100 ·
// observed / expected; the other measures of the view give the expected number
// and the limits at that size.
type FunnelInput struct {
	Input
	Level       string
	Geo         string // the whole, for which no funnel is drawn
	Expected    string // measure
	Limits      FunnelLimits
	Dispersion  string // measure of Geo: the factor by which the limits are widened, "" for none
	Highlighted string // geo code to name whatever it shows, "" for none
}

// FunnelLimits are the measures that hold the limits of the funnel.
type FunnelLimits struct{ Low95, High95, Low998, High998 string }

// FunnelPlot draws the places of a level by expected number and ratio, inside
// two funnels of limits. It ranks nothing and claims no effect: it says who
// lies outside. Places with too few persons, hidden or not observable stand in
// a line of words under the drawing and in the table.
func FunnelPlot(in FunnelInput) (Figure, error) {
	s, err := newScene(in.Input)
	if err != nil {
		return Figure{}, err
	}
	p, err := gatherFunnel(s, in)
	if err != nil {
		return Figure{}, err
	}
	f := s.figure("funnel_plot", in.Geo)
	f.Period = s.Words.Period(p.period)
	s.titled(&f, p.title(), s.count(in.Level, len(p.points)+len(p.without)), p.sentence())
	f.Cells = s.cells(in.Level, p.period)
	f.Cells.Parts = p.parts()
	f.Table, f.Legend, f.Reading = p.table(), p.legend(), p.reading()
	s.noted(&f, p.rows())
	if f.Wide, err = p.draw(wideFunnel).drawing(); err != nil {
		return Figure{}, err
	}
	f.Narrow, err = p.draw(narrowFunnel).drawing()
	return f, err
}

// funnelPoint is one place: limits are low and high of 95 %, then of 99.8 %.
type funnelPoint struct {
	row      release.Row
	expected float64
	limits   [4]float64
}

// side tells which limits a point lies beyond: 2 and −2 the wide ones, 1 and −1
// the narrow ones, 0 none.
func (p funnelPoint) side() int {
	v := *p.row.Value
	switch {
	case v > p.limits[3]:
		return 2
	case v < p.limits[2]:
		return -2
	case v > p.limits[1]:
		return 1
	case v < p.limits[0]:
		return -1
	}
	return 0
}

type funnel struct {
	scene
	in         FunnelInput
	expected   scene
	period     string
	points     []funnelPoint // by expected number
	without    []release.Row
	dispersion *release.Row
}

func gatherFunnel(s scene, in FunnelInput) (*funnel, error) {
	p := &funnel{scene: s, in: in}
	var err error
	if p.period, err = s.latest(release.Select{GeoLevel: in.Level}); err != nil {
		return nil, err
	}
	parts := []scene{}
	for _, code := range []string{in.Expected, in.Limits.Low95, in.Limits.High95, in.Limits.Low998, in.Limits.High998} {
		m, ok := s.of(code)
		if !ok {
			return nil, fmt.Errorf("draw %s: view %s: measure %q: not in its header", s.ID, s.header.View, code)
		}
		parts = append(parts, m)
	}
	p.expected = parts[0]
	for _, row := range s.where(release.Select{GeoLevel: in.Level, Period: p.period}) {
		if point, ok := pointOf(row, parts); ok && markOf(row) == shown {
			p.points = append(p.points, point)
		} else {
			p.without = append(p.without, row)
		}
	}
	slices.SortStableFunc(p.points, func(a, b funnelPoint) int { return cmp.Compare(a.expected, b.expected) })
	slices.SortStableFunc(p.without, func(a, b release.Row) int { return compareNames(s.geoName(a.Geo), s.geoName(b.Geo)) })
	if m, ok := s.of(in.Dispersion); ok {
		if row, ok := m.pick(in.Geo, p.period); ok && markOf(row) == shown {
			p.dispersion = &row
		}
	}
	return p, nil
}

// pointOf reads expected number and limits of a place; ok is false where one
// of them is not shown.
func pointOf(row release.Row, parts []scene) (funnelPoint, bool) {
	var v [5]float64
	for i, m := range parts {
		r, ok := m.pick(row.Geo, row.Period)
		if !ok || markOf(r) != shown {
			return funnelPoint{}, false
		}
		v[i] = *r.Value
	}
	return funnelPoint{row: row, expected: v[0], limits: [4]float64{v[1], v[2], v[3], v[4]}}, true
}

func (p *funnel) rows() []release.Row {
	out := slices.Clone(p.without)
	for _, q := range p.points {
		out = append(out, q.row)
	}
	return out
}

func (p *funnel) parts() []Part {
	l := p.in.Limits
	var out []Part
	for _, m := range []string{p.Measure, p.in.Expected, l.Low95, l.High95, l.Low998, l.High998} {
		out = append(out, Part{m, p.period})
	}
	return out
}

// beyondLimits are the points on those sides, by name.
func (p *funnel) beyondLimits(sides ...int) []funnelPoint {
	var out []funnelPoint
	for _, q := range p.points {
		if slices.Contains(sides, q.side()) {
			out = append(out, q)
		}
	}
	slices.SortStableFunc(out, func(a, b funnelPoint) int {
		return compareNames(p.geoName(a.row.Geo), p.geoName(b.row.Geo))
	})
	return out
}

func (p *funnel) named(list []funnelPoint) string {
	if len(list) == 0 {
		return "0"
	}
	var names []string
	for _, q := range list {
		names = append(names, p.geoName(q.row.Geo))
	}
	return p.Words.Int(len(list)) + " (" + strings.Join(names, ", ") + ")"
}

func (p *funnel) title() string {
	all := p.count(p.in.Level, len(p.points))
	switch out := len(p.beyondLimits(2, -2)); {
	case len(p.points) == 0:
		return p.t("funnel.title.nothing", "measure", p.label())
	case out == 0:
		return p.t("funnel.title.none", "places", all)
	case out == 1:
		return p.t("funnel.title.one", "places", all)
	default:
		return p.t("funnel.title.many", "n", p.Words.Int(out), "places", all)
	}
}

func (p *funnel) sentence() string {
	if len(p.points) == 0 {
		return p.title() + "."
	}
	out := p.t("funnel.sentence", "measure", p.label(), "period", p.Words.Period(p.period), "places", p.count(p.in.Level, len(p.points)),
		"above", p.named(p.beyondLimits(2)), "below", p.named(p.beyondLimits(-2)), "between", p.named(p.beyondLimits(1, -1)), "inside", p.Words.Int(len(p.beyondLimits(0))))
	if n := len(p.without); n > 0 {
		out += " " + p.t("ranking.without", "places", p.count(p.in.Level, n)) + "."
	}
	return out
}

func (p *funnel) table() Table {
	t := Table{Caption: p.label() + ", " + p.Words.Period(p.period), Columns: []Column{{Label: p.t("column.place")},
		{Label: p.label(), Numeric: true}, {Label: p.t("column.interval"), Numeric: true}, {Label: p.t("funnel.observed"), Numeric: true},
		{Label: p.t("funnel.expected"), Numeric: true}, {Label: p.t("funnel.column95")}, {Label: p.t("funnel.column998")}, {Label: p.t("column.against")}}}
	points := slices.Clone(p.points)
	slices.SortStableFunc(points, func(a, b funnelPoint) int {
		return compareNames(p.geoName(a.row.Geo), p.geoName(b.row.Geo))
	})
	span := func(lo, hi float64) Cell { return Cell{Text: p.value(lo) + "–" + p.value(hi)} }
	for _, q := range points {
		t.Rows = append(t.Rows, []Cell{{Text: p.geoName(q.row.Geo), Header: true, Geo: q.row.Geo}, p.cell(q.row), {Text: p.interval(q.row)}, p.part(q.row.Numerator),
			{Text: p.Words.Number(q.expected, 1)}, span(q.limits[0], q.limits[1]), span(q.limits[2], q.limits[3]), {Text: p.verdict(q)}})
	}
	for _, r := range p.without {
		t.Rows = append(t.Rows, []Cell{{Text: p.geoName(r.Geo), Header: true, Geo: r.Geo}, p.cell(r), {}, {}, {}, {}, {}, {}})
	}
	return t
}

func (p *funnel) verdict(q funnelPoint) string {
	return p.t(map[int]string{2: "funnel.above", 1: "funnel.between", 0: "funnel.inside", -1: "funnel.between", -2: "funnel.below"}[q.side()])
}

func (p *funnel) legend() []LegendItem {
	n := func(sides ...int) string { return p.Words.Int(len(p.beyondLimits(sides...))) }
	out := []LegendItem{
		{Mark: "accent", Label: p.t("funnel.above"), Count: n(2)},
		{Mark: "context", Label: p.t("funnel.not_beyond"), Count: n(-1, 0, 1)},
		{Mark: "below", Label: p.t("funnel.below"), Count: n(-2)},
		{Mark: "dashed", Label: p.t("funnel.limit95")},
		{Mark: "reference", Label: p.t("funnel.limit998")},
	}
	return append(out, p.legendOf(p.without)...)
}

func (p *funnel) reading() []string {
	out := []string{p.t("funnel.read"), p.t("funnel.read.effect")}
	if p.dispersion != nil {
		out = append(out, p.t("funnel.read.dispersion", "factor", p.Words.Number(*p.dispersion.Value, 2)))
	}
	return out
}

var (
	wideFunnel   = trendLayout{width: 840, height: 440, left: 52, right: 820, top: 28, bottom: 372, ticks: 6, labels: 8}
	narrowFunnel = trendLayout{width: 340, height: 340, left: 40, right: 332, top: 28, bottom: 266, ticks: 4, labels: 4}
)

func (p *funnel) draw(l trendLayout) *canvas {
	lo, hi, step := p.extent(l.ticks)
	most := 1.0
	for _, q := range p.points {
		most = math.Max(most, q.expected)
	}
	_, most, xStep := round(0, most, l.labels)
	left := p.leftOut()
	c := &canvas{width: int(l.width), height: int(l.height) + 18*max(0, len(left)-1), x: scale{0, most, l.left, l.right}, y: scale{lo, hi, l.bottom, l.top}}
	var grid [][][2]float64
	for v := lo; v <= hi+step/1e6; v += step {
		grid = append(grid, [][2]float64{{0, v}, {most, v}})
		c.text(l.left-8, c.y.at(v), p.Words.Number(v, 0), quiet.right())
	}
	c.lines(grid, stroke{color: gridline, width: 1, z: zGrid})
	for v := 0.0; v <= most+xStep/1e6; v += xStep {
		c.rule(c.x.at(v), l.bottom, c.x.at(v), l.bottom+5, zGrid, shapeStyle{Stroke: context, LineWidth: 1})
		label := p.Words.Number(v, 0)
		half := width(label, axisSize) / 2
		c.text(math.Min(c.x.at(v), l.width-half), l.bottom+18, label, quiet.center())
	}
	c.text(l.right, l.bottom+38, p.t("funnel.axis"), quiet.right())
	c.text(0, 10, p.label(), quiet)
	c.rule(l.left, c.y.at(100), l.right, c.y.at(100), zGrid, shapeStyle{Stroke: ink, LineWidth: 1.5})
	p.drawLimits(c)
	p.drawPoints(c, l)
	for i, line := range left {
		c.text(0, l.bottom+58+18*float64(i), line, quiet)
	}
	return c
}

// extent spans every point and the limits of all but the smallest places.
func (p *funnel) extent(ticks int) (lo, hi, step float64) {
	lo, hi = 90, 110
	for _, q := range p.points {
		lo, hi = math.Min(lo, math.Min(*q.row.Value, q.limits[2])), math.Max(hi, math.Max(*q.row.Value, q.limits[3]))
	}
	lo, hi, step = round(lo, hi, ticks)
	return math.Max(lo, 0), hi, step
}

// drawLimits joins the limits of the places, which depend on size alone.
func (p *funnel) drawLimits(c *canvas) {
	line := func(i int) [][2]float64 {
		var out [][2]float64
		for _, q := range p.points {
			if n := len(out); n > 0 && out[n-1][0] == q.expected {
				continue
			}
			out = append(out, [2]float64{q.expected, math.Min(math.Max(q.limits[i], c.y.min), c.y.max)})
		}
		return out
	}
	c.lines([][][2]float64{line(0), line(1)}, stroke{color: same, width: 1.5, dashed: true, z: zBand})
	c.lines([][][2]float64{line(2), line(3)}, stroke{color: ink, width: 1.5, z: zBand})
}

// drawPoints sets a dot a place; those beyond the wide limits are named where
// the names keep off each other.
func (p *funnel) drawPoints(c *canvas, l trendLayout) {
	dots := map[string][]point{}
	var taken [][4]float64
	for _, q := range p.points {
		color := map[int]string{2: accent, -2: below}[q.side()]
		if color == "" {
			color = same
		}
		name := p.geoName(q.row.Geo)
		tip := p.t("funnel.tip", "name", name, "value", p.tipValue(q.row), "expected", p.Words.Number(q.expected, 1))
		dots[color] = append(dots[color], dot(q.expected, *q.row.Value, tip))
		if color == same && q.row.Geo != p.in.Highlighted {
			continue
		}
		x, y, w := c.x.at(q.expected), c.y.at(*q.row.Value), width(name, axisSize)
		at, look := x+9, quiet.colour(ink).heavy(600).haloed()
		if at+w > l.width {
			at = x - 9 - w
		}
		box := [4]float64{at, y - 8, at + w, y + 8}
		if at < l.left || slices.ContainsFunc(taken, func(o [4]float64) bool {
			return box[0] < o[2] && o[0] < box[2] && box[1] < o[3] && o[1] < box[3]
		}) {
			continue // its name stands in the sentence and the table
		}
		taken = append(taken, box)
		c.text(at, y, name, look)
	}
	for _, color := range []string{same, accent, below} {
		c.dots(dots[color], color, 9)
	}
}

// leftOut says how many places are not drawn, a line a reason.
func (p *funnel) leftOut() []string {
	var out []string
	for _, l := range p.legendOf(p.without) {
		out = append(out, p.t("funnel.left_out", "n", l.Count, "why", l.Label))
	}
	return out
}
