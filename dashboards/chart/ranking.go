package chart

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"osservatorio/queries/release"
)

// RankingInput asks how the territories of a level stand to a reference.
type RankingInput struct {
	Input
	Level     string // geo level of the rows
	Reference string // geo code, "" for none
}

// Ranking draws one row a territory, in one period: dot and interval in three
// groups by whether the interval clears the reference's, alphabetical inside a
// group; complete counts without interval in order of value. Rows without a
// value keep their place at the end, with the sign that says why.
func Ranking(in RankingInput) (Figure, error) {
	s, err := newScene(in.Input)
	if err != nil {
		return Figure{}, err
	}
	r, err := gatherRanking(s, in)
	if err != nil {
		return Figure{}, err
	}
	f := s.figure("ranking", in.Reference)
	f.Period = s.Words.Period(r.period)
	s.titled(&f, r.title(), s.count(in.Level, len(r.all)), r.sentence())
	f.Cells = s.cells(in.Level, r.period, in.Reference)
	f.Table = r.table()
	f.Legend, f.Reading = r.legend(), r.reading()
	s.noted(&f, r.all)
	if f.Wide, err = r.draw(wideRanking).drawing(); err != nil {
		return Figure{}, err
	}
	f.Narrow, err = r.draw(narrowRanking).drawing()
	return f, err
}

// ranking is the rows of one level in one period, in the order of drawing.
type ranking struct {
	scene
	level, reference, period string
	all                      []release.Row
	ref                      *release.Row // nil without a shown reference
	groups                   []rankGroup
	sorted                   bool // by value: complete counts without interval
	name                     func(release.Row) string
	refName                  string // label of the reference, "" to name it by its level
}

// rankGroup is one titled block of rows of one side of the reference.
type rankGroup struct {
	side  int // 1, 0, −1; what the colour says
	none  bool
	mixed bool // each row takes the colour of its own side
	title string
	note  string
	rows  []release.Row
}

func gatherRanking(s scene, in RankingInput) (*ranking, error) {
	period, err := s.latest(release.Select{GeoLevel: in.Level})
	if err != nil {
		return nil, err
	}
	return rankingOf(s, in, period), nil
}

// rankingOf reads the rows of one level in one period.
func rankingOf(s scene, in RankingInput, period string) *ranking {
	r := &ranking{scene: s, level: in.Level, reference: in.Reference, period: period}
	r.name = func(row release.Row) string { return s.geoName(row.Geo) }
	r.all = s.where(release.Select{GeoLevel: in.Level, Period: period})
	slices.SortStableFunc(r.all, func(a, b release.Row) int { return compareNames(s.geoName(a.Geo), s.geoName(b.Geo)) })
	if row, ok := s.pick(in.Reference, period); ok && in.Reference != "" && markOf(row) == shown {
		r.ref = &row
	}
	r.sorted = r.ref == nil || !hasInterval(*r.ref)
	r.split()
	return r
}

// compareNames orders as a reader looks names up: accents and case aside.
func compareNames(a, b string) int {
	fold := strings.NewReplacer("à", "a", "è", "e", "é", "e", "ì", "i", "ò", "o", "ù", "u")
	return cmp.Compare(fold.Replace(strings.ToLower(a)), fold.Replace(strings.ToLower(b)))
}

func (r *ranking) split() {
	byside := map[int][]release.Row{}
	var without []release.Row
	for _, row := range r.all {
		if markOf(row) != shown {
			without = append(without, row)
			continue
		}
		side := 0
		if !r.sorted {
			side = against(row, *r.ref)
		}
		byside[side] = append(byside[side], row)
	}
	if r.sorted {
		list := byside[0]
		slices.SortStableFunc(list, func(a, b release.Row) int { return cmp.Compare(*b.Value, *a.Value) })
		r.group(rankGroup{title: r.t("ranking.sorted", "places", r.count(r.level, len(list))), note: r.sortedNote(), rows: list})
	} else {
		the, from := r.refThe(r.reference), r.refFrom(r.reference)
		r.group(rankGroup{side: 1, title: r.t("ranking.above", "the", the, "places", r.count(r.level, len(byside[1]))), note: r.t("ranking.above.note"), rows: byside[1]})
		r.group(rankGroup{title: r.t("ranking.same", "from", from, "places", r.count(r.level, len(byside[0]))), note: r.t("ranking.same.note", "the", the), rows: byside[0]})
		r.group(rankGroup{side: -1, title: r.t("ranking.below", "the", the, "places", r.count(r.level, len(byside[-1]))), note: r.t("ranking.below.note"), rows: byside[-1]})
	}
	r.group(rankGroup{none: true, title: r.t("ranking.without", "places", r.count(r.level, len(without))), rows: without})
}

func (r *ranking) group(g rankGroup) {
	if len(g.rows) > 0 {
		r.groups = append(r.groups, g)
	}
}

// sortedNote says why rows stand in order of value.
func (r *ranking) sortedNote() string {
	switch {
	case r.published():
		return r.t("ranking.sorted.note.published")
	case r.estimated():
		return r.t("ranking.sorted.note.estimate")
	}
	return r.t("ranking.sorted.note")
}

// intervalRead is how to read dots and intervals: that of a share is Wilson's.
func (s scene) intervalRead(key string) string {
	if s.header.Kind == release.Estimate {
		key += ".estimate"
	}
	return s.t(key)
}

func (r *ranking) side(side int, none bool) []release.Row {
	for _, g := range r.groups {
		if g.side == side && g.none == none {
			return g.rows
		}
	}
	return nil
}

func (r *ranking) title() string {
	places := r.levelWord(r.level, len(r.all))
	stated := len(r.side(0, false))
	if r.sorted {
		if stated == 0 {
			return r.t("ranking.title.nothing", "places", r.count(r.level, len(r.all)))
		}
		high, low := r.extremes()
		if high.Geo == low.Geo {
			return r.only(high)
		}
		return r.label() + ": " + lower(r.t("ranking.title.sorted", "low", r.value(*low.Value), "lowest", r.name(low), "high", r.value(*high.Value), "highest", r.name(high)))
	}
	return r.t("ranking.title.about", "measure", r.label(), "period", r.Words.Period(r.period), "said", lower(r.apart(stated, places)))
}

// apart says how many places differ from the reference; the title names measure
// and period before it, since a page has several rankings.
func (r *ranking) apart(stated int, places string) string {
	apart := len(r.side(1, false)) + len(r.side(-1, false))
	total := r.Words.Int(apart + stated)
	from := r.refFrom(r.reference)
	switch apart {
	case 0:
		return r.t("ranking.title.none", "from", from, "total", total, "places", r.levelWord(r.level, stated))
	case 1:
		return r.t("ranking.title.one", "from", from, "total", total, "place", r.singular(apart+stated))
	}
	return r.t("ranking.title.many", "n", r.Words.Int(apart), "from", from, "total", total, "places", places)
}

// singular is the level's word beside "1 … of {total}": Italian counts the one,
// English the whole.
func (r *ranking) singular(total int) string {
	if r.Words.Lang == "en" {
		return r.levelWord(r.level, total)
	}
	return r.levelWord(r.level, 1)
}

// only is the title where one row alone has a value: there is no range.
func (r *ranking) only(row release.Row) string {
	return r.t("only.title", "measure", r.label(), "value", r.value(*row.Value), "name", r.name(row))
}

// extremes are the highest and the lowest row of a sorted ranking.
func (r *ranking) extremes() (high, low release.Row) {
	list := r.side(0, false)
	return list[0], list[len(list)-1]
}

func (r *ranking) sentence() string {
	rest := r.t("ranking.rest.none")
	if without := r.side(0, true); len(without) > 0 {
		rest = r.t("ranking.rest", "places", r.counted(without))
	}
	period := r.Words.Period(r.period)
	if r.sorted {
		if len(r.side(0, false)) == 0 {
			return r.t("ranking.title.nothing", "places", r.count(r.level, len(r.all))) + ". " + rest
		}
		high, low := r.extremes()
		if high.Geo == low.Geo {
			return r.only(high) + ", " + period + ". " + rest
		}
		return r.t("ranking.sentence.sorted", "measure", r.label(), "period", period, "places", r.count(r.level, len(r.all)),
			"highest", r.name(high), "high", r.value(*high.Value), "lowest", r.name(low), "low", r.value(*low.Value), "rest", rest)
	}
	return r.t("ranking.sentence", "measure", r.label(), "period", period, "short", r.refShort(r.reference), "value", r.say(*r.ref),
		"above", r.counted(r.side(1, false)), "below", r.counted(r.side(-1, false)), "same", r.Words.Int(len(r.side(0, false))), "rest", rest)
}

// counted writes "8 (Carpi, Faenza, …)".
func (r *ranking) counted(rows []release.Row) string {
	if len(rows) == 0 {
		return "0"
	}
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = r.name(row)
	}
	return r.Words.Int(len(rows)) + " (" + strings.Join(names, ", ") + ")"
}

func (r *ranking) rate() bool { return r.estimated() }

func (r *ranking) table() Table {
	t := Table{Caption: r.label() + ", " + r.Words.Period(r.period)}
	t.Columns = []Column{{Label: r.t("column.place")}, {Label: r.label(), Numeric: true}}
	if !r.sorted {
		t.Columns = append(t.Columns, Column{Label: r.t("column.interval"), Numeric: true})
	}
	if r.rate() {
		t.Columns = append(t.Columns, Column{Label: r.t("column.numerator"), Numeric: true}, Column{Label: r.t("column.denominator"), Numeric: true})
	}
	if !r.sorted {
		t.Columns = append(t.Columns, Column{Label: r.t("column.against")})
	}
	if r.ref != nil {
		t.Rows = append(t.Rows, r.tableRow(*r.ref, ""))
	}
	for _, g := range r.groups {
		for _, row := range g.rows {
			verdict := ""
			if !g.none {
				verdict = r.verdict(g, row)
			}
			t.Rows = append(t.Rows, r.tableRow(row, verdict))
		}
	}
	return t
}

// verdict is the comparison in words, empty where nothing is compared.
func (r *ranking) verdict(g rankGroup, row release.Row) string {
	side := g.side
	if g.mixed {
		if r.sorted || markOf(row) != shown {
			return ""
		}
		side = against(row, *r.ref)
	}
	return r.t("against." + map[int]string{1: "above", 0: "same", -1: "below"}[side])
}

func (r *ranking) tableRow(row release.Row, verdict string) []Cell {
	cells := []Cell{{Text: r.name(row), Header: true}, r.cell(row)}
	if r.level != "" {
		cells[0].Geo = row.Geo
	}
	if !r.sorted {
		cells = append(cells, Cell{Text: r.interval(row)})
	}
	if r.rate() {
		cells = append(cells, r.part(row.Numerator), r.part(row.Denominator))
	}
	if !r.sorted {
		cells = append(cells, Cell{Text: verdict})
	}
	return cells
}

func (s scene) part(v *float64) Cell {
	if v == nil {
		return Cell{}
	}
	return Cell{Text: s.Words.Number(*v, 0)}
}

func (r *ranking) legend() []LegendItem {
	var out []LegendItem
	if r.sorted {
		mark := "accent"
		if r.barred() {
			mark = "bar"
		}
		out = append(out, LegendItem{Mark: mark, Label: r.t("legend.value")})
		if r.ref != nil {
			out = append(out, LegendItem{Mark: "reference", Label: r.t("legend.reference.bare", "name", r.refLabel())})
		}
	} else {
		out = append(out,
			LegendItem{Mark: "accent", Label: r.t("legend.above"), Count: r.sided(1)},
			LegendItem{Mark: "context", Label: r.t("legend.same"), Count: r.sided(0)},
			LegendItem{Mark: "below", Label: r.t("legend.below"), Count: r.sided(-1)},
			LegendItem{Mark: "reference", Label: r.t("legend.reference", "name", r.refLabel())})
	}
	return append(out, r.legendOf(r.all)...)
}

// sided counts the rows with a value on one side of the reference.
func (r *ranking) sided(side int) string {
	n := 0
	for _, row := range r.all {
		if markOf(row) == shown && against(row, *r.ref) == side {
			n++
		}
	}
	return r.Words.Int(n)
}

func (r *ranking) reading() []string {
	switch {
	case r.sorted && r.published():
		return []string{r.t("ranking.read.sorted.published")}
	case r.sorted && slices.ContainsFunc(r.all, hasInterval):
		return []string{r.t("ranking.read.sorted.interval")}
	case r.sorted && r.estimated():
		return []string{r.t("ranking.read.sorted.estimate")}
	case r.sorted:
		return []string{r.t("ranking.read.sorted")}
	}
	read := []string{r.intervalRead("ranking.read.interval")}
	if n := len(r.all) - len(r.side(0, true)); n > 1 {
		read = append(read, r.t("ranking.read.chance", "n", r.Words.Int(n)))
	}
	return read
}

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
		h += groupBefore + groupAfter + float64(len(g.rows)-1)*l.row
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
		y += float64(len(g.rows)-1) * l.row
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
	labelX := math.Min(math.Max(refX, half), l.width-half)
	for v := lo; v <= hi+step/1e6; v += step {
		x := c.x.at(v)
		grid = append(grid, [][2]float64{{v, rankTop}, {v, bottom}})
		tick := r.axisValue(v, true)
		tx := math.Min(math.Max(x, width(tick, axisSize)/2), l.width-width(tick, axisSize)/2)
		c.text(tx, bottom+13, tick, quiet.center())
		over := l.nameRight && tx+width(tick, axisSize)/2+10 > l.valueX-width(r.valueHeading(), axisSize)
		if !over && (r.ref == nil || math.Abs(x-labelX) > half+width(tick, axisSize)/2+8) {
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
	for i, row := range g.rows {
		at := y + float64(i)*l.row
		r.rowWords(c, l, row, at)
		at += l.markDrop
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

func (r *ranking) rowWords(c *canvas, l rankLayout, row release.Row, y float64) {
	name := plain
	if l.nameRight {
		name = name.right()
	} else {
		name = name.haloed()
	}
	room := l.nameX
	if !l.nameRight { // the name shares its line with the value
		room = (l.valueX - width(r.atTheEnd(row), textSize) - 10) / 1.1
	}
	c.text(l.nameX, y, fitting(r.name(row), room), name)
	if m := markOf(row); m != shown {
		r.signWords(c, l, row, m, y)
		return
	}
	c.text(l.valueX, y, r.inColumn(row), bold.right().haloed())
	if l.personX > 0 && row.Denominator != nil {
		c.text(l.personX, y, r.Words.Number(*row.Denominator, 0), quiet.right())
	}
}

// atTheEnd is what stands at the end of a row of a narrow drawing.
func (r *ranking) atTheEnd(row release.Row) string {
	if markOf(row) == shown {
		return r.inColumn(row)
	}
	return r.say(row)
}

// fitting is a name cut at a word to fit the room; its whole stands in the table.
func fitting(name string, room float64) string {
	if width(name, textSize) <= room*1.1 { // width is on the safe side
		return name
	}
	words := strings.Fields(name)
	for len(words) > 1 && width(strings.Join(words, " ")+"…", textSize) > room*1.1 {
		words = words[:len(words)-1]
	}
	return strings.TrimRight(strings.Join(words, " "), ",;") + "…"
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
