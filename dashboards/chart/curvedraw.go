package chart

import (
	"math"
	"slices"
	"strings"

	"osservatorio/queries/release"
)

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
