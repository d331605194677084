package chart

import (
	"math"
	"strings"

	"osservatorio/queries/release"
)

// StepsInput asks how many of a cohort reach each step of a path. Each measure
// is a step in the order of the path, a share of the same cohort.
type StepsInput struct {
	Input
	Measures []string
	Geo      string
	// Parts tells that the measures are parts of a whole and no path.
	Parts bool
	// Days is a view whose measures of the same codes are the median days to the
	// step among those who reached it; nil for none.
	Days *release.Frame
}

// Steps draws one bar a step on a pale track that stands for the whole cohort,
// with the persons and the median days beside it. Steps are counted each on its
// own: one may be reached without the one before. Counts and sums are bars on
// the scale of the largest.
func Steps(in StepsInput) (Figure, error) {
	s, err := newScene(in.Input)
	if err != nil {
		return Figure{}, err
	}
	st, err := gatherSteps(s, in)
	if err != nil {
		return Figure{}, err
	}
	f := s.figure("steps", in.Geo)
	f.Measure = ""
	f.Period = s.Words.Period(st.period)
	s.titled(&f, st.title(), st.who(), st.sentence())
	f.Subtitle = s.t("subtitle", "measure", s.header.Title.In(s.Words.Lang), "area", st.who(), "period", f.Period)
	f.Cells = s.cells("", st.period, in.Geo)
	f.Cells.Parts = st.parts()
	f.Table, f.Legend, f.Reading = st.table(), st.legend(), st.reading()
	s.noted(&f, st.rows())
	if f.Wide, err = st.draw(wideSteps).drawing(); err != nil {
		return Figure{}, err
	}
	f.Narrow, err = st.draw(narrowSteps).drawing()
	return f, err
}

type step struct {
	scene
	row  release.Row
	days *release.Row // nil where no days are published
	dayS scene
}

type steps struct {
	scene
	geo, period string
	list        []step
	inParts     bool
}

func gatherSteps(s scene, in StepsInput) (*steps, error) {
	st := &steps{scene: s, geo: in.Geo, inParts: in.Parts}
	var err error
	if st.period, err = s.latest(release.Select{Geo: in.Geo}); err != nil {
		return nil, err
	}
	for _, code := range in.Measures {
		m, ok := s.of(code)
		if !ok {
			continue
		}
		row, ok := m.pick(in.Geo, st.period)
		if !ok {
			continue
		}
		one := step{scene: m, row: row}
		one.daysOf(in.Days, code)
		st.list = append(st.list, one)
	}
	return st, nil
}

// daysOf finds the median days to the step in the view that has them.
func (one *step) daysOf(frame *release.Frame, code string) {
	if frame == nil {
		return
	}
	in := one.Input
	in.Frame, in.Measure = frame, code
	s, err := newScene(in)
	if err != nil {
		return // this step has no days
	}
	if row, ok := s.pick(one.row.Geo, one.row.Period); ok {
		one.days, one.dayS = &row, s
	}
}

// who is the place, and the group of persons where it is not all.
func (st *steps) who() string {
	out := st.geoName(st.geo)
	for by, code := range st.By {
		out += ", " + lower(st.Release.Codes[by].Label(code, st.Words.Lang))
	}
	return out
}

func (st *steps) rows() []release.Row {
	var out []release.Row
	for _, one := range st.list {
		out = append(out, one.row)
	}
	return out
}

func (st *steps) parts() []Part {
	var out []Part
	for _, one := range st.list {
		out = append(out, Part{one.Measure, st.period})
	}
	return out
}

// bounds are the steps that fewest and most reach, and whether anything can be
// said.
func (st *steps) bounds() (low, high step, ok bool) {
	for _, one := range st.list {
		if markOf(one.row) != shown {
			continue
		}
		if !ok {
			low, high, ok = one, one, true
		}
		if *one.row.Value < *low.row.Value {
			low = one
		}
		if *one.row.Value > *high.row.Value {
			high = one
		}
	}
	return low, high, ok
}

// whole is the length of a track: all of the cohort, or the largest count.
func (st *steps) whole() float64 {
	_, high, ok := st.bounds()
	if st.percent() || !ok || *high.row.Value <= 0 {
		return 100
	}
	return *high.row.Value
}

func (st *steps) title() string {
	low, high, ok := st.bounds()
	switch {
	case !ok && st.Whom != "":
		return st.t("steps.title.none")
	case !ok:
		return st.t("steps.title.nothing", "measure", st.header.Title.In(st.Words.Lang))
	case st.inParts:
		return st.largest(high)
	case !st.percent():
		return st.done(low, high)
	}
	if n := st.unseen(); n > 0 { // one of these may be reached by fewer
		return st.t("steps.title.some", "share", low.value(*low.row.Value), "step", lower(low.label()), "k", len(st.list)-n, "of", len(st.list))
	}
	return st.t("steps.title", "share", low.value(*low.row.Value), "step", lower(low.label()))
}

// largest says which part is the largest, and of which parts where others show
// no value: one of these may be larger.
func (st *steps) largest(high step) string {
	if n := st.unseen(); n > 0 {
		return st.t("steps.title.parts.some", "most", lower(high.label()), "value", high.counted(), "n", len(st.list)-n, "of", len(st.list))
	}
	key := "steps.title.parts"
	if own := key + "." + st.header.View; st.Words.Has("chart." + own) { // groups that overlap are no parts
		key = own
	}
	return st.t(key, "most", lower(high.label()), "value", high.counted())
}

// counted is the value of a step with what it counts.
func (one step) counted() string {
	value := one.compact(*one.row.Value)
	if one.percent() || one.measure.Unit == "eur" {
		return value
	}
	return value + " " + one.unitWord()
}

// done says which part of the largest count or sum the smallest is.
func (st *steps) done(low, high step) string {
	if *high.row.Value <= 0 || low.Measure == high.Measure {
		return st.t("steps.title.count", "what", high.label(), "value", high.counted())
	}
	return st.t("steps.title.counts", "last", low.label(), "value", low.compact(*low.row.Value),
		"share", st.Words.Percent(100**low.row.Value / *high.row.Value), "of", high.compact(*high.row.Value), "first", lower(high.label()))
}

// unseen is how many steps show no value.
func (st *steps) unseen() (n int) {
	for _, one := range st.list {
		if markOf(one.row) != shown {
			n++
		}
	}
	return n
}

func (st *steps) sentence() string {
	var said []string
	for _, one := range st.list {
		text := lower(one.label()) + " " + one.say(one.row)
		if m := markOf(one.row); m == hidden || m == waiting {
			text = lower(one.label()) + " " + one.why(m)
		}
		if d := one.dayWords(); d != "" {
			text += " (" + d + ")"
		}
		said = append(said, text)
	}
	return st.t("steps.sentence", "who", st.who(), "period", st.Words.Period(st.period), "list", strings.Join(said, "; "))
}

// dayWords is the median in words: "metà entro 34 giorni".
func (one step) dayWords() string {
	if one.days == nil || markOf(*one.days) != shown {
		return ""
	}
	return one.t("steps.days", "n", one.Words.Number(*one.days.Value, 0))
}

// dayCell is the median as it stands in the column of days.
func (one step) dayCell() string {
	if one.days == nil {
		return ""
	}
	return one.dayS.say(*one.days)
}

func (st *steps) hasDays() bool {
	for _, one := range st.list {
		if one.days != nil {
			return true
		}
	}
	return false
}

func (st *steps) table() Table {
	t := Table{Caption: st.header.Title.In(st.Words.Lang) + ", " + st.who() + ", " + st.Words.Period(st.period), Columns: []Column{{Label: st.t("steps.column")}, {Label: st.t("steps.value"), Numeric: true}}}
	if st.percent() {
		t.Columns[1].Label = st.t("steps.share")
	}
	if st.inParts || !st.percent() {
		t.Columns[0].Label = st.t("column.measure")
	}
	if st.estimated() {
		t.Columns = append(t.Columns, Column{Label: st.t("column.interval"), Numeric: true}, Column{Label: st.t("column.numerator"), Numeric: true}, Column{Label: st.t("column.denominator"), Numeric: true})
	}
	if st.hasDays() {
		t.Columns = append(t.Columns, Column{Label: st.t("steps.median")})
	}
	for _, one := range st.list {
		row := []Cell{{Text: one.label(), Header: true}, one.cell(one.row)}
		if st.estimated() {
			row = append(row, Cell{Text: one.interval(one.row)}, one.part(one.row.Numerator), one.part(one.row.Denominator))
		}
		if st.hasDays() {
			row = append(row, Cell{Text: one.dayCell()})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (st *steps) legend() []LegendItem {
	out := []LegendItem{{Mark: "bar", Label: st.t("legend.value")}}
	if st.percent() {
		out = []LegendItem{{Mark: "bar", Label: st.t("steps.legend")}, {Mark: "track", Label: st.t("steps.legend.all")}}
	}
	if st.inParts && st.percent() {
		out = []LegendItem{{Mark: "bar", Label: st.t("steps.legend.part")}, {Mark: "track", Label: st.t("steps.legend.whole")}}
	}
	for _, l := range st.legendOf(st.rows()) {
		l.Count = ""
		out = append(out, l)
	}
	return out
}

func (st *steps) reading() []string {
	key := "steps.read.counts"
	switch {
	case st.Words.Has("chart.steps.read." + st.header.View):
		key = "steps.read." + st.header.View
	case st.inParts && st.percent():
		key = "steps.read.parts"
	case st.percent():
		key = "steps.read"
	}
	out := []string{st.t(key)}
	if st.hasDays() {
		out = append(out, st.t("steps.read.days"))
	}
	return out
}

var (
	wideSteps   = rankLayout{width: 840, left: 224, right: 600, row: 46, nameX: 210, nameRight: true, valueX: 668, personX: 740, ticks: 4}
	narrowSteps = rankLayout{width: 340, left: 0, right: 336, row: 72, markDrop: 20, nameX: 0, valueX: 340, ticks: 4}
)

func (st *steps) draw(l rankLayout) *canvas {
	const top = 34.0
	if l.nameRight && !st.estimated() { // no column of persons: sums need the room
		l.valueX = l.personX
	}
	height := top + float64(len(st.list))*l.row + l.markDrop
	c := &canvas{width: int(l.width), height: int(math.Ceil(height)), x: scale{0, st.whole(), l.left, l.right}, y: scale{0, height, 0, height}}
	if l.nameRight {
		head := st.unitWord()
		if st.percent() {
			head = "%"
		}
		c.text(l.valueX, 12, head, quiet.right())
		if st.estimated() {
			c.text(l.personX, 12, st.partsHead(), quiet.right())
		}
		if st.hasDays() {
			c.text(l.width, 12, st.t("steps.median.short"), quiet.right())
		}
	}
	var bars [][][2]float64
	for i, one := range st.list {
		y := top + float64(i)*l.row
		st.words(c, l, one, y)
		y += l.markDrop
		switch markOf(one.row) {
		case shown:
			c.rect(l.left, y-9, l.right-l.left, 18, zBlock, shapeStyle{Fill: ghost})
			bars = append(bars, [][2]float64{{0, y}, {math.Max(0, *one.row.Value), y}})
		case hidden:
			c.hatched(l.left, y-9, l.right-l.left, 18)
		case few:
			c.outlined(l.left, y-9, l.right-l.left, 18)
		default:
			c.rect(l.left, y-9, l.right-l.left, 18, zBlock, shapeStyle{Fill: pending})
		}
	}
	c.lines(bars, stroke{color: accent, width: 18, z: zLine})
	return c
}

// partsHead is the head of the column of parts: what they count.
func (st *steps) partsHead() string {
	if key := "steps.parts." + st.header.View; st.Words.Has("chart." + key) {
		return st.t(key)
	}
	return st.t("ranking.persons")
}

// words are name, share, persons and days of a step.
func (st *steps) words(c *canvas, l rankLayout, one step, y float64) {
	if l.nameRight {
		lines := inRoom(shorten(one.label(), st.t("and")), l.nameX)
		for i, line := range lines {
			c.text(l.nameX, y+17*(float64(i)-float64(len(lines)-1)/2), line, plain.right())
		}
		m := markOf(one.row)
		switch {
		case m == shown:
			c.text(l.valueX, y, one.compact(*one.row.Value), bold.right())
			if st.estimated() {
				c.text(l.personX, y, one.part(one.row.Numerator).Text, quiet.right())
			}
		case m == few:
			c.text(l.personX, y, one.say(one.row), bold.right())
		default:
			c.text(l.personX, y, one.say(one.row), quiet.right())
		}
		c.text(l.width, y, one.dayCell(), quiet.right())
		return
	}
	c.text(l.nameX, y, shorten(one.label(), st.t("and")), plain)
	value := one.say(one.row)
	if markOf(one.row) == shown {
		value = one.compact(*one.row.Value)
	}
	c.text(l.valueX, y, value, bold.right().haloed())
	c.text(l.nameX, y+l.markDrop+19, one.dayWords(), quiet)
}
