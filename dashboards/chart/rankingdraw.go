package chart

import (
	"math"
	"strings"

	"osservatorio/queries/release"
)

// rankLayout says where the columns of a ranking stand, in pixels.
type rankLayout struct {
	width           float64
	left, right     float64 // of the plot
	row             float64 // height of a row
	markDrop        float64 // from the middle of the name to the middle of the mark
	nameX           float64
	nameRight       bool
	valueX, personX float64 // right edges; 0 for no column
	ticks           int
}

var (
	wideRanking   = rankLayout{width: 840, left: 204, right: 690, row: 25, nameX: 190, nameRight: true, valueX: 766, personX: 840, ticks: 5}
	narrowRanking = rankLayout{width: 340, left: 4, right: 336, row: 40, markDrop: 17, nameX: 0, valueX: 340, ticks: 4}
)

const (
	rankTop     = 46 // axis labels stand above it
	groupBefore = 42 // from the last row's middle to the next heading
	groupRule   = 13 // from a heading's middle to the rule under it
	groupAfter  = 30 // from a heading's middle to the first row's
)

func (r *ranking) height(l rankLayout) float64 {
	h := float64(rankTop) - 8
	for _, g := range r.groups {
		h += groupBefore + groupAfter + r.span(l, g)
	}
	return h + l.markDrop + 40
}

func (r *ranking) draw(l rankLayout) *canvas {
	height := r.height(l)
	lo, hi, step := r.extent(l.ticks)
	c := &canvas{width: int(l.width), height: int(math.Ceil(height)),
		x: scale{lo, hi, l.left, l.right}, y: scale{0, height, 0, height}}
	bottom := height - 26
	r.axis(c, l, lo, hi, step, bottom)
	y := float64(rankTop) - 8
	for _, g := range r.groups {
		y += groupBefore
		c.text(0, y, g.title, bold.haloed())
		if l.nameRight {
			c.text(l.width, y, g.note, quiet.right().haloed())
		}
		c.rule(0, y+groupRule, l.width, y+groupRule, zGrid, shapeStyle{Stroke: context, LineWidth: 1})
		y += groupAfter
		r.drawGroup(c, l, g, y)
		y += r.span(l, g)
	}
	return c
}

// axis draws gridlines, their labels above and below, and the reference.
func (r *ranking) axis(c *canvas, l rankLayout, lo, hi, step, bottom float64) {
	var grid [][][2]float64
	refX := math.Inf(-1)
	if r.ref != nil {
		refX = c.x.at(*r.ref.Value)
	}
	refLabel := r.referenceLabel()
	half := width(refLabel, textSize) / 2
	end := l.width
	if l.nameRight { // the heads of the columns of numbers stand on the same line
		end = l.valueX - width(r.valueHeading(), axisSize) - 12
	}
	labelX := math.Min(math.Max(refX, half), end-half)
	for v := lo; v <= hi+step/1e6; v += step {
		x := c.x.at(v)
		grid = append(grid, [][2]float64{{v, rankTop}, {v, bottom}})
		tick := r.axisValue(v, true)
		wide := width(tick, axisSize)/2 + tickSpare
		tx := math.Min(math.Max(x, wide), l.width-wide)
		c.text(tx, bottom+13, tick, quiet.center())
		over := l.nameRight && tx+width(tick, axisSize)/2+10 > l.valueX-width(r.valueHeading(), axisSize)
		if !over && (r.ref == nil || math.Abs(tx-labelX) > half+width(tick, axisSize)/2+8) {
			c.text(tx, 31, tick, quiet.center())
		}
	}
	c.lines(grid, stroke{color: gridline, width: 1, z: zGrid})
	if r.ref != nil {
		r.drawReference(c, labelX, refLabel, bottom)
	}
	if l.nameRight {
		c.text(l.valueX, 31, r.valueHeading(), quiet.right())
		if r.rate() {
			c.text(l.personX, 31, r.t("ranking.persons"), quiet.right())
		}
	}
}

func (r *ranking) valueHeading() string {
	head := r.unitWord()
	if r.percent() {
		head = "%"
	}
	if r.allProvisional() {
		head += " (p)"
	}
	return head
}

// allProvisional tells whether every value is provisional: the column's head
// says it once then.
func (r *ranking) allProvisional() bool {
	for _, row := range r.all {
		if markOf(row) == shown && row.Status != release.Provisional {
			return false
		}
	}
	return true
}

// inColumn is the value as it stands in the column of values.
func (r *ranking) inColumn(row release.Row) string {
	out := r.compact(*row.Value)
	if row.Status == release.Provisional && !r.allProvisional() {
		out += " (p)"
	}
	return out
}

func (r *ranking) referenceLabel() string {
	if r.ref == nil {
		return ""
	}
	return r.refLabel() + " " + r.value(*r.ref.Value)
}

func (r *ranking) refLabel() string {
	if r.refName != "" {
		return r.refName
	}
	return r.refShort(r.reference)
}

func (r *ranking) drawReference(c *canvas, labelX float64, label string, bottom float64) {
	x := c.x.at(*r.ref.Value)
	if hasInterval(*r.ref) {
		lo, hi := c.x.at(*r.ref.Low), c.x.at(*r.ref.High)
		c.rect(lo, rankTop, math.Max(1, hi-lo), bottom-rankTop, zGrid, shapeStyle{Fill: ink, Opacity: .1})
	}
	c.rule(x, rankTop-4, x, bottom, zBand, shapeStyle{Stroke: ink, LineWidth: 1.5})
	c.text(labelX, 30, label, bold.center().haloed())
}

func (r *ranking) drawGroup(c *canvas, l rankLayout, g rankGroup, y float64) {
	bars, dots := map[string][][][2]float64{}, map[string][]point{}
	var outlines, blocks []float64 // middles of the rows that bear these signs
	for _, row := range g.rows {
		name := r.nameLines(l, row)
		more := float64(len(name)-1) * nameLine
		at := y
		if l.nameRight {
			at += more / 2
		}
		r.rowWords(c, l, row, name, y, at)
		if !l.nameRight { // the mark stands below its name
			at += more
		}
		at += l.markDrop
		y += more + l.row
		switch markOf(row) {
		case shown:
		case hidden:
			c.hatched(l.left, at-signThick/2, r.signEnd(l)-l.left, signThick)
			continue
		case few:
			outlines = append(outlines, at)
			continue
		default:
			blocks = append(blocks, at)
			continue
		}
		color := r.colour(g, row)
		switch {
		case r.barred():
			bars[color] = append(bars[color], [][2]float64{{math.Max(0, c.x.min), at}, {*row.Value, at}})
		case hasInterval(row):
			bars[color] = append(bars[color], [][2]float64{{*row.Low, at}, {*row.High, at}})
		}
		dots[color] = append(dots[color], dot(*row.Value, at, r.tip(r.name(row), row)))
	}
	r.drawSigns(c, l, outlines, blocks)
	for _, color := range []string{accent, same, below} {
		if r.barred() {
			c.lines(bars[color], stroke{color: color, width: 10, z: zLine})
			continue
		}
		c.lines(bars[color], stroke{color: color, width: 2.5, opacity: .55, z: zLine})
		c.dots(dots[color], color, 10)
	}
}

// barred tells whether values are bars from zero: counts, not shares.
func (r *ranking) barred() bool { return r.sorted && !r.percent() }

func (r *ranking) colour(g rankGroup, row release.Row) string {
	side := g.side
	switch {
	case r.sorted:
		return accent
	case g.mixed:
		side = against(row, *r.ref)
	}
	return map[int]string{1: accent, 0: same, -1: below}[side]
}

// tip is what a pointer is told: "Faenza: 84,5% (81,3–87,2%)".
func (s scene) tip(name string, row release.Row) string {
	out := name + ": " + s.say(row)
	if i := s.interval(row); i != "" {
		out += " (" + i + ")"
	}
	return out
}

// rowWords writes a row's name from y downward and what it shows beside at.
func (r *ranking) rowWords(c *canvas, l rankLayout, row release.Row, name []string, y, at float64) {
	style := plain
	if l.nameRight {
		style = style.right()
	} else {
		style = style.haloed()
	}
	for i, line := range name {
		c.text(l.nameX, y+float64(i)*nameLine, line, style)
	}
	if m := markOf(row); m != shown {
		r.signWords(c, l, row, m, at)
		return
	}
	c.text(l.valueX, at, r.inColumn(row), bold.right().haloed())
	if l.personX > 0 && row.Denominator != nil {
		c.text(l.personX, at, r.Words.Number(*row.Denominator, 0), quiet.right())
	}
}

// nameLine is from the middle of a line of a name to that of the next.
const nameLine = 17

// nameLines is a row's name on as many lines as it needs, whole.
func (r *ranking) nameLines(l rankLayout, row release.Row) []string {
	if l.nameRight {
		return wrapped(r.name(row), l.nameX, l.nameX)
	}
	// the first line shares its height with the value
	return wrapped(r.name(row), (l.valueX-width(r.atTheEnd(row), textSize)-10)/1.1, l.width/1.1)
}

// span is from the first row of a group to its last, in pixels.
func (r *ranking) span(l rankLayout, g rankGroup) float64 {
	h := float64(len(g.rows)-1) * l.row
	for _, row := range g.rows {
		h += float64(len(r.nameLines(l, row))-1) * nameLine
	}
	return h
}

// atTheEnd is what stands at the end of a row of a narrow drawing.
func (r *ranking) atTheEnd(row release.Row) string {
	if markOf(row) == shown {
		return r.inColumn(row)
	}
	return r.say(row)
}

// wrapped is a name on lines that fit the room of the first and of the others; a
// word that is longer than that stands alone.
func wrapped(name string, first, rest float64) []string {
	var lines []string
	line, room := "", first
	for _, word := range strings.Fields(name) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && width(longer, textSize) > room*1.1 { // width is on the safe side
			lines, room = append(lines, line), rest
			longer = word
		}
		line = longer
	}
	return append(lines, line)
}

func (r *ranking) signWords(c *canvas, l rankLayout, row release.Row, m mark, y float64) {
	switch {
	case m == few && l.nameRight && row.Numerator != nil && row.Denominator != nil:
		c.text(l.width, y, r.t("ranking.few.wide", "n", r.Words.Number(*row.Numerator, 0), "d", r.Words.Number(*row.Denominator, 0)), bold.right())
	case m == few:
		c.text(l.width, y, r.say(row), bold.right())
	case l.nameRight && width(r.why(m), axisSize) < l.width-l.right-14:
		c.text(l.width, y, r.why(m), quiet.right())
	default:
		c.text(l.width, y, r.say(row), quiet.right())
	}
}

// signThick is the height of a sign, in pixels.
const signThick = 12.0

// drawSigns draws the outlines of rows with too few persons and the pale blocks
// of rows without a value as thick lines, one series each: many rectangles take
// ECharts far longer. An outline is a dark line under a white one.
func (r *ranking) drawSigns(c *canvas, l rankLayout, outlines, blocks []float64) {
	perPixel := (c.x.max - c.x.min) / (c.x.to - c.x.from)
	bars := func(middles []float64, wider float64) [][][2]float64 {
		var out [][][2]float64
		for _, y := range middles {
			out = append(out, [][2]float64{{c.x.min + (l.left-wider-c.x.from)*perPixel, y}, {c.x.max + (r.signEnd(l)+wider-c.x.to)*perPixel, y}})
		}
		return out
	}
	c.lines(bars(blocks, 0), stroke{color: pending, width: signThick, z: zLine})
	c.lines(bars(outlines, .75), stroke{color: ink, width: signThick + 1.5, z: zLine})
	c.lines(bars(outlines, -.75), stroke{color: white, width: signThick - 1.5, z: zLine})
}

// mostSigns is how many signs may be as wide as the plot. More of them, in a
// small region or for a rare service, would be all that a reader sees.
const mostSigns, shortSign = 8, 44

// signEnd is where the sign of a row without a value ends.
func (r *ranking) signEnd(l rankLayout) float64 {
	n := 0
	for _, row := range r.all {
		if markOf(row) != shown {
			n++
		}
	}
	if n > mostSigns {
		return l.left + shortSign
	}
	return l.right
}

// extent is the axis: round ends round everything drawn. Counts start at zero.
func (r *ranking) extent(ticks int) (lo, hi, step float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	see := func(v *float64) {
		if v != nil {
			lo, hi = math.Min(lo, *v), math.Max(hi, *v)
		}
	}
	for _, row := range r.all {
		if markOf(row) != shown {
			continue
		}
		see(row.Value)
		see(row.Low)
		see(row.High)
	}
	if r.ref != nil && (r.percent() || !r.sorted) {
		see(r.ref.Value)
	}
	if math.IsInf(lo, 1) {
		lo, hi = 0, 100
	}
	if !r.percent() && r.sorted {
		lo = math.Min(lo, 0)
	}
	if r.percent() { // a tenth of a point must not look like a gulf
		wider := math.Max(0, leastPoints-(hi-lo)) / 2
		lo, hi = lo-wider, hi+wider
	}
	lo, hi, step = round(lo, hi, ticks)
	if r.percent() {
		lo, hi = math.Max(lo, 0), math.Min(hi, 100)
	}
	return lo, hi, step
}

// leastPoints is how many points the axis of a share spans at least: its ticks say
// whole percentages.
const leastPoints = 10
