package chart

import (
	"math"
	"strconv"
	"strings"

	"osservatorio/queries/release"
)

// trendLayout is the frame of a line chart in pixels.
type trendLayout struct {
	width, height, left, right, top, bottom float64 // the last four of the plot
	ticks, labels                           int     // at most so many gridlines and period labels
}

var (
	wideTrend   = trendLayout{width: 840, height: 380, left: 48, right: 700, top: 24, bottom: 342, ticks: 5, labels: 8}
	narrowTrend = trendLayout{width: 340, height: 270, left: 40, right: 330, top: 40, bottom: 236, ticks: 4, labels: 4}
)

func (t *trend) draw(l trendLayout) *canvas {
	lo, hi, step := t.extent(l.ticks)
	l.left = roomFor(l.left, 8, lo, hi, step, func(v float64) string { return t.axisValue(v, v+step > hi+step/1e6) })
	c := &canvas{width: int(l.width), height: int(l.height),
		x: scale{0, math.Max(1, float64(len(t.periods)-1)), l.left, l.right}, y: scale{lo, hi, l.bottom, l.top}}
	t.late(c, c.x, l.left, l.right, l.top, l.bottom)
	t.axes(c, l, lo, hi, step)
	t.blocks(c, l)
	if len(t.ref) > 0 {
		t.line(c, t.ref, ink, 1.75, .1)
	}
	t.line(c, t.own, accent, 2.5, .15)
	t.labels(c, l)
	return c
}

func (t *trend) extent(ticks int) (lo, hi, step float64) {
	for _, r := range append(append([]release.Row{}, t.own...), t.ref...) {
		for _, v := range []*float64{r.Value, r.High, r.Low} {
			if v != nil && markOf(r) == shown {
				lo, hi = math.Min(lo, *v), math.Max(hi, *v)
			}
		}
	}
	if hi == 0 && lo == 0 {
		hi = 1
		if t.percent() {
			hi = 100
		}
	}
	lo, hi, step = round(lo, hi, ticks)
	if t.percent() {
		hi = math.Min(hi, 100)
	}
	return lo, hi, step
}

func (t *trend) axes(c *canvas, l trendLayout, lo, hi, step float64) {
	var grid [][][2]float64
	last := float64(len(t.periods) - 1)
	for v := lo; v <= hi+step/1e6; v += step {
		if math.Abs(v) > step/1e6 {
			grid = append(grid, [][2]float64{{0, v}, {math.Max(1, last), v}})
		}
		c.text(l.left-8, c.y.at(v), t.axisValue(v, v+step > hi+step/1e6), quiet.right())
	}
	c.lines(grid, stroke{color: gridline, width: 1, z: zGrid})
	c.rule(l.left, c.y.at(0), l.right, c.y.at(0), zGrid, shapeStyle{Stroke: context, LineWidth: 1})
	for i, p := range t.periods {
		if label := t.tick(i, p, l.labels); label != "" {
			x := c.x.at(float64(i))
			c.rule(x, l.bottom, x, l.bottom+5, zGrid, shapeStyle{Stroke: context, LineWidth: 1})
			half := width(label, axisSize)/2 + tickSpare
			c.text(math.Min(math.Max(x, half), l.width-half), l.bottom+18, label, quiet.center())
		}
	}
}

// tick is the label of a period on the axis: years where there are many
// periods, else each period, never more than fit.
func (t *trend) tick(i int, period string, most int) string {
	n := len(t.periods)
	if n > most && len(period) > 4 && yearsOpened(t.periods) < 3 {
		return t.fewYears(i, most/2)
	}
	if n > most && len(period) > 4 {
		first, now, end := yearOf(t.periods[0]), yearOf(period), yearOf(t.periods[n-1])
		every := (end-first)/most + 1
		opens := i == 0 && opensYear(period) || i > 0 && yearOf(t.periods[i-1]) != now
		if !opens || (now-first)%every != 0 {
			return ""
		}
		return period[:4]
	}
	every := (n-1)/most + 1
	if (n-1-i)%every != 0 {
		return ""
	}
	return t.shortPeriod(period)
}

// yearsOpened counts the years of which the first period is there.
func yearsOpened(periods []string) int {
	n := 0
	for i, p := range periods {
		if i == 0 && opensYear(p) || i > 0 && yearOf(periods[i-1]) != yearOf(p) {
			n++
		}
	}
	return n
}

// fewYears labels many periods of few years: the first, the last and some
// between, far enough from the first.
func (t *trend) fewYears(i, most int) string {
	n := len(t.periods)
	every := (n-1)/most + 1
	if i != 0 && ((n-1-i)%every != 0 || i < every*2/3+1) {
		return ""
	}
	return t.shortPeriod(t.periods[i])
}

// opensYear tells whether a period is the first of its year, so that a year's
// label stands where the year begins.
func opensYear(period string) bool {
	rest := period[4:]
	return rest == "-Q1" || rest == "-01" || strings.HasPrefix(rest, "-01-") || rest == "-03-31"
}

// yearOf reads the year of a period, 0 where it has none.
func yearOf(period string) int {
	y, err := strconv.Atoi(period[:4])
	if err != nil {
		return 0
	}
	return y
}

// shortPeriod is a period small enough for an axis.
func (s scene) shortPeriod(period string) string {
	switch {
	case len(period) == 7 && period[5] == 'Q':
		return s.t("axis.quarter."+period[6:], "year", period[:4])
	case len(period) == 10 || len(period) == 7:
		return s.t("axis.month."+period[5:7], "year", period[:4])
	}
	return period
}

// blocks draws what stands where no value does.
func (t *trend) blocks(c *canvas, l trendLayout) {
	last := -1
	for i, r := range t.own {
		if markOf(r) == shown {
			last = i
		}
	}
	half := (c.x.at(1) - c.x.at(0)) / 2
	for i := 0; i < len(t.own); i++ {
		r := t.own[i]
		x := c.x.at(t.at(r.Period))
		from, to := math.Max(l.left, x-half), math.Min(l.right, x+half)
		switch markOf(r) {
		case shown:
			if r.Status == release.SeriesBreak {
				t.breakAt(c, l, x-half)
			}
		case hidden:
			c.hatched(from, l.bottom-16, to-from, 16)
		case few:
			c.outlined(from+2, l.bottom-16, math.Max(4, to-from-4), 16)
		case waiting:
			if i == last+1 || i == 0 {
				end := t.waitingUntil(i)
				x0 := math.Max(l.left, x-half)
				x1 := math.Min(l.right, c.x.at(t.at(t.own[end].Period))+half)
				c.awaited(x0, l.top, x1-x0, l.bottom-l.top)
				c.text(x1-4, l.bottom-12, t.t("trend.waiting"), quiet.right().haloed())
				i = end
			} else {
				c.rect(from, l.top, to-from, l.bottom-l.top, zBlock, shapeStyle{Fill: pending})
			}
		default:
			c.rect(from, l.top, to-from, l.bottom-l.top, zBlock, shapeStyle{Fill: pending})
		}
	}
}

func (t *trend) waitingUntil(i int) int {
	for i+1 < len(t.own) && markOf(t.own[i+1]) == waiting {
		i++
	}
	return i
}

// lateFrom is where the last periods whose values are provisional begin and end,
// -1 where the last value is not provisional.
func (t *trend) lateFrom() (first, last int) {
	first = -1
	for i, r := range t.own {
		switch {
		case provisional(r):
			if first < 0 {
				first = i
			}
			last = i
		case markOf(r) == shown:
			first = -1
		}
	}
	return first, last
}

// late draws the ground behind them between two heights.
func (t *trend) late(c *canvas, x scale, left, right, top, bottom float64) {
	first, last := t.lateFrom()
	if first < 0 {
		return
	}
	half := (x.at(1) - x.at(0)) / 2
	from, to := math.Max(left, x.at(t.at(t.own[first].Period))-half), math.Min(right, x.at(t.at(t.own[last].Period))+half)
	c.delayed(from, top, to-from, bottom-top)
}

func (t *trend) breakAt(c *canvas, l trendLayout, x float64) {
	c.rule(x, l.top, x, l.bottom, zGrid, shapeStyle{Stroke: belowInk, LineWidth: 1.25})
	c.text(x+6, l.bottom-32, t.t("trend.break"), quiet.colour(belowInk).heavy(600).haloed())
}

// line draws the stretches between gaps and breaks; stretches that end in a
// provisional value are dashed.
func (t *trend) line(c *canvas, rows []release.Row, color string, thick float32, band float64) {
	var solid, dashed [][][2]float64
	var points []point
	for _, run := range runs(rows) {
		var upper, lower [][2]float64
		var firm [][2]float64
		for i, r := range run {
			x := t.at(r.Period)
			p := [2]float64{x, *r.Value}
			if hasInterval(r) {
				upper, lower = append(upper, [2]float64{x, *r.High}), append(lower, [2]float64{x, *r.Low})
			}
			if provisional(r) && i > 0 {
				dashed = append(dashed, [][2]float64{{t.at(run[i-1].Period), *run[i-1].Value}, p})
			} else {
				firm = append(firm, p)
			}
		}
		solid = append(solid, firm)
		c.area(upper, lower, color, band)
		if len(run) == 1 {
			points = append(points, dot(t.at(run[0].Period), *run[0].Value, t.periodTip(run[0])))
			t.labelLone(c, run[0], color)
		}
	}
	c.lines(solid, stroke{color: color, width: thick, z: zLine})
	c.lines(dashed, stroke{color: color, width: thick, dashed: true, z: zLine})
	c.dots(points, color, 6)
}

// labelLone writes the value of a point that no line leads to, unless it is the
// last, which has its label.
func (t *trend) labelLone(c *canvas, r release.Row, color string) {
	if _, last, ok := t.ends(); !ok || color != accent || last.Period == r.Period {
		return
	}
	label := t.value(*r.Value)
	half := width(label, axisSize) / 2
	x := math.Min(math.Max(c.x.at(t.at(r.Period)), c.x.from+half+2), c.x.to-half)
	c.text(x, c.y.at(*r.Value)-14, label, quiet.colour(accent).heavy(600).center().haloed())
}

func (t *trend) periodTip(r release.Row) string {
	return t.Words.Period(r.Period) + ", " + t.tip(t.geoName(r.Geo), r)
}

// runs splits rows where the line must be lifted: at rows without a value and
// before a break.
func runs(rows []release.Row) [][]release.Row {
	var out [][]release.Row
	var run []release.Row
	for _, r := range rows {
		if markOf(r) != shown {
			if len(run) > 0 {
				out = append(out, run)
			}
			run = nil
			continue
		}
		if broken(r) && len(run) > 0 {
			out = append(out, run)
			run = nil
		}
		run = append(run, r)
	}
	if len(run) > 0 {
		out = append(out, run)
	}
	return out
}

// labels names the lines at their ends, apart from each other.
func (t *trend) labels(c *canvas, l trendLayout) {
	_, last, ok := t.ends()
	if !ok {
		t.labelReference(c, l)
		return
	}
	x, y := c.x.at(t.at(last.Period)), c.y.at(*last.Value)
	c.dots([]point{dot(t.at(last.Period), *last.Value, t.periodTip(last))}, accent, 9)
	own := t.geoName(t.geo) + " " + t.say(last)
	refLabel, refY := "", 0.0
	if r, ok := t.pick(t.reference, last.Period); ok && len(t.ref) > 0 && markOf(r) == shown {
		refLabel, refY = t.refShort(t.reference)+" "+t.value(*r.Value), c.y.at(*r.Value)
		y, refY = apart(y, refY, 19)
	}
	if l.width < 500 { // no room beside: the labels stand above the plot
		c.text(0, 12, own, bold.colour(accent))
		c.text(l.width, 12, refLabel, bold.right())
		return
	}
	at := x + 12
	if w := math.Max(width(own, textSize), width(refLabel, textSize)); at+w > l.width {
		at = l.width - w
		y, refY = y-16, refY+16
	}
	c.text(at, y, own, bold.colour(accent).haloed())
	c.text(at, refY, refLabel, bold.haloed())
}

// labelReference names the reference's line where it stands alone.
func (t *trend) labelReference(c *canvas, l trendLayout) {
	alone := &trend{scene: t.scene, own: t.ref, periods: t.periods}
	_, last, ok := alone.ends()
	if !ok {
		return
	}
	label := t.refShort(t.reference) + " " + t.value(*last.Value)
	if l.width < 500 {
		c.text(l.width, 12, label, bold.right())
		return
	}
	c.text(c.x.at(t.at(last.Period))+12, c.y.at(*last.Value), label, bold.haloed())
}

// apart moves two heights so that they are at least gap from each other.
func apart(a, b, gap float64) (float64, float64) {
	if math.Abs(a-b) >= gap {
		return a, b
	}
	mid := (a + b) / 2
	if a <= b {
		return mid - gap/2, mid + gap/2
	}
	return mid + gap/2, mid - gap/2
}
