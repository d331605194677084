package chart

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"osservatorio/queries/release"
)

// MapInput asks where a measure is high and where low.
type MapInput struct {
	Input
	Level     string
	Reference string // geo code named in the sentence, "" for none
}

// DistrictMap colours the territories of a level by five classes, on their
// boundaries where the release has them, else on a map of tiles with name and
// value inside. Confidential is hatched, too few is outlined.
func DistrictMap(in MapInput) (Figure, error) {
	s, err := newScene(in.Input)
	if err != nil {
		return Figure{}, err
	}
	period, err := s.latest(release.Select{GeoLevel: in.Level})
	if err != nil {
		return Figure{}, err
	}
	m := gatherMap(s, in, period)
	f := s.figure("district_map", in.Reference)
	f.Period = s.Words.Period(period)
	s.titled(&f, m.title(), s.count(in.Level, len(m.rows)), m.sentence(in.Reference))
	f.Cells = s.cells(in.Level, period, in.Reference)
	f.Table, f.Legend, f.Reading = m.list.table(), m.legend(), m.reading()
	s.noted(&f, m.rows)
	if f.Wide, err = m.draw(840, 640); err != nil {
		return Figure{}, err
	}
	f.Narrow, err = m.draw(340, 420)
	return f, err
}

type districtMap struct {
	scene
	level, period string
	rows          []release.Row
	classes       classes
	list          *ranking // for its table
	box           bounding // of the boundaries
	bordered      bool
}

func gatherMap(s scene, in MapInput, period string) *districtMap {
	m := &districtMap{scene: s, level: in.Level, period: period}
	s.Period = period
	m.list = rankingOf(s, RankingInput{Level: in.Level, Reference: in.Reference}, period)
	m.rows = m.list.all
	var values []float64
	for _, r := range m.rows {
		if markOf(r) == shown {
			values = append(values, m.shownNumber(*r.Value))
		}
	}
	m.classes = classify(values)
	if b, ok := s.Release.Boundaries(in.Level); ok {
		m.box, m.bordered = boundingOf(b)
	}
	return m
}

func (m *districtMap) title() string {
	rows := m.list.sayable()
	if len(rows) == 0 {
		return m.t("map.title.nothing", "measure", m.label())
	}
	return m.list.ranged("map.title", rows, m.list.name, m.list.places)
}

func (m *districtMap) sentence(reference string) string {
	high, low, ok := m.list.bounds()
	if !ok {
		return m.title() + "."
	}
	var rest []string
	if r := m.list.ref; r != nil {
		rest = append(rest, m.t("trend.reference", "short", m.refShort(reference), "value", m.say(*r)))
	}
	if without := m.list.side(0, true); len(without) > 0 {
		rest = append(rest, m.t("ranking.rest", "places", m.list.counted(without)))
	}
	return strings.TrimSpace(m.t("map.sentence", "measure", m.label(), "period", m.Words.Period(m.period), "places", m.count(m.level, len(m.rows)),
		"high", m.value(*high.Value), "highest", m.geoName(high.Geo), "low", m.value(*low.Value), "lowest", m.geoName(low.Geo), "rest", strings.Join(rest, " ")))
}

func (m *districtMap) legend() []LegendItem {
	var counts [5]int
	for _, r := range m.rows {
		if markOf(r) == shown {
			counts[m.classes.of(m.shownNumber(*r.Value))]++
		}
	}
	var out []LegendItem
	for i, n := range counts {
		out = append(out, LegendItem{Mark: "seq-" + strconv.Itoa(i+1), Label: m.classLabel(m.classes, i), Count: m.Words.Int(n)})
	}
	return append(out, m.legendOf(m.rows)...)
}

func (m *districtMap) reading() []string {
	where := m.t("map.read.tiles")
	if m.bordered {
		where = m.t("map.read.borders")
	}
	if m.estimated() {
		return []string{where, m.t("map.read")}
	}
	return []string{where}
}

func (m *districtMap) draw(w, tallest float64) (Drawing, error) {
	if m.bordered && (w > 500 || !m.tiled()) {
		return m.drawBorders(w, tallest).drawing()
	}
	return m.drawTiles(w).drawing()
}

// tiled tells whether the territories have places on a map of tiles: narrow
// screens get it, because it keeps the numbers legible.
func (m *districtMap) tiled() bool {
	for _, r := range m.rows {
		if g, ok := m.Release.Geo(r.Geo); ok && g.TileX >= 0 && g.TileY >= 0 {
			return true
		}
	}
	return false
}

// within is the value as it stands inside a territory: rounded, without unit.
func (m *districtMap) within(r release.Row) string {
	if m.percent() {
		return m.Words.Number(*r.Value, 0)
	}
	v := *r.Value
	if math.Abs(v) >= 10000 {
		return m.Words.Number(v/1000, 0) + "k"
	}
	return m.Words.Number(v, 0)
}

// mapEdge keeps the outermost borders off the edge of the drawing.
const mapEdge = 6.0

func (m *districtMap) drawBorders(w, tallest float64) *canvas {
	scaleX := math.Cos((m.box.south + m.box.north) / 2 * math.Pi / 180)
	tall := (m.box.north - m.box.south) / ((m.box.east - m.box.west) * scaleX) // height of a map one wide
	h := math.Min(tallest, (w-2*mapEdge)*tall+2*mapEdge)
	side := (w - (h-2*mapEdge)/tall) / 2 // ECharts stretches a map to its box: the box has the shape of the map
	c := &canvas{width: int(w), height: int(math.Ceil(h)), x: scale{0, 1, 0, w}, y: scale{0, 1, 0, h}, maps: []string{m.level}}
	var data []item
	for _, r := range m.rows {
		it := item{Name: r.Geo, Tooltip: &told{m.tip(m.geoName(r.Geo), r)}, ItemStyle: &itemStyle{AreaColor: pending, BorderColor: white, BorderWidth: 1.1}}
		switch markOf(r) {
		case shown:
			k := m.classes.of(m.shownNumber(*r.Value))
			it.Value = hundredth(*r.Value)
			it.ItemStyle.AreaColor = sequential[k]
			it.Label = label(m.within(r), onClass[k], w)
		case hidden:
			it.ItemStyle.AreaColor, it.ItemStyle.BorderColor = hatch(), context
		case few:
			it.ItemStyle.AreaColor, it.ItemStyle.BorderColor, it.ItemStyle.BorderWidth = white, ink, 1.8
			it.Label = label(m.say(r), ink, w)
		default:
			it.ItemStyle.BorderColor = context
		}
		data = append(data, it)
	}
	c.series = append(c.series, series{Z: zLine, NameProperty: "code", AspectScale: math.Round(scaleX*1e4) / 1e4,
		Style: &itemStyle{AreaColor: pending, BorderColor: white, BorderWidth: 1.1},
		SingleSeries: charts.SingleSeries{Type: "map", MapType: "map:" + m.level, Left: px(side), Right: px(side), Top: px(mapEdge), Bottom: px(mapEdge),
			Data: data, SelectedMode: opts.Bool(false)}})
	return c
}

// label is what stands inside a territory; on a narrow drawing nothing fits.
func label(text, color string, w float64) *inner {
	if w <= 500 {
		return nil
	}
	return &inner{Show: true, Formatter: text, Color: color, FontSize: axisSize, FontWeight: 600}
}

// drawTiles sets one square a territory at its column and row.
func (m *districtMap) drawTiles(w float64) *canvas {
	columns, lines := 1, 1
	for _, r := range m.rows {
		if g, ok := m.Release.Geo(r.Geo); ok {
			columns, lines = max(columns, g.TileX+1), max(lines, g.TileY+1)
		}
	}
	size := math.Min(w/float64(columns), 76)
	gap := math.Max(1.5, size*.05)
	left := (w - size*float64(columns)) / 2
	height := size * float64(lines)
	c := &canvas{width: int(w), height: int(math.Ceil(height)), x: scale{0, w, 0, w}, y: scale{0, height, 0, height}}
	var told []point
	for _, r := range m.rows {
		g, ok := m.Release.Geo(r.Geo)
		if !ok || g.TileX < 0 || g.TileY < 0 {
			continue
		}
		x, y, side := left+size*float64(g.TileX)+gap/2, size*float64(g.TileY)+gap/2, size-gap
		told = append(told, m.tile(c, r, g, x, y, side))
	}
	c.dots(told, "transparent", size*.8)
	return c
}

// tile draws one square and returns the datum a pointer finds over it.
func (m *districtMap) tile(c *canvas, r release.Row, g release.Geo, x, y, side float64) point {
	name, number := bold.center().sized(math.Max(11.5, side*.165)).heavy(400), bold.center().sized(math.Max(12, side*.28))
	under := ""
	switch markOf(r) {
	case shown:
		k := m.classes.of(m.shownNumber(*r.Value))
		c.rect(x, y, side, side, zLine, shapeStyle{Fill: sequential[k]})
		name, number, under = name.colour(onClass[k]), number.colour(onClass[k]), m.within(r)
	case hidden:
		c.rect(x, y, side, side, zLine, shapeStyle{Fill: hatch(), Stroke: context, LineWidth: .75})
		name, number, under = name.haloed(), name.haloed(), m.say(r)
	case few:
		c.rect(x+.75, y+.75, side-1.5, side-1.5, zLine, shapeStyle{Fill: white, Stroke: ink, LineWidth: 1.5})
		if side > 50 {
			number, under = name, m.say(r)
		}
	default:
		c.rect(x, y, side, side, zLine, shapeStyle{Fill: pending})
		number, under = name, m.say(r)
	}
	lines := tileName(m.geoName(r.Geo), g.Short, side-6, name.size)
	for i, line := range lines {
		c.text(x+side/2, y+side*(.32-.2*float64(len(lines)-1)/2+.2*float64(i)), line, name)
	}
	c.text(x+side/2, y+side*.7, under, number)
	return dot(tenth(x+side/2), tenth(y+side/2), m.tip(m.geoName(r.Geo), r))
}

// tileName is a territory's name in one or two lines that fit the room of a
// tile; the short label where it does not.
func tileName(name, short string, room, size float64) []string {
	for _, cut := range []string{" – ", " - ", " ("} {
		if whole, ok := inLines(name, room, size); ok {
			return whole
		}
		name, _, _ = strings.Cut(name, cut)
	}
	if whole, ok := inLines(name, room, size); ok {
		return whole
	}
	return []string{short}
}

// inLines breaks a text at its spaces into at most two lines of that room.
func inLines(text string, room, size float64) ([]string, bool) {
	var out []string
	room /= .9 // width is on the safe side; a name may come close to the edge
	for _, word := range strings.Fields(strings.ReplaceAll(text, "-", "- ")) {
		if n := len(out); n > 0 {
			joined := out[n-1] + " " + word
			if strings.HasSuffix(out[n-1], "-") {
				joined = out[n-1] + word
			}
			if width(joined, size) <= room {
				out[n-1] = joined
				continue
			}
		}
		if width(word, size) > room {
			return nil, false
		}
		out = append(out, word)
	}
	return out, len(out) > 0 && len(out) <= 2
}

// bounding is the box of a set of boundaries, in degrees.
type bounding struct{ west, south, east, north float64 }

// boundingOf reads the box of a GeoJSON FeatureCollection.
func boundingOf(raw json.RawMessage) (bounding, bool) {
	var doc struct {
		Features []struct {
			Geometry struct {
				Coordinates any `json:"coordinates"`
			} `json:"geometry"`
		} `json:"features"`
	}
	if json.Unmarshal(raw, &doc) != nil || len(doc.Features) == 0 {
		return bounding{}, false
	}
	b := bounding{west: math.Inf(1), south: math.Inf(1), east: math.Inf(-1), north: math.Inf(-1)}
	for _, f := range doc.Features {
		b.see(f.Geometry.Coordinates)
	}
	return b, b.east > b.west && b.north > b.south
}

func (b *bounding) see(coordinates any) {
	list, ok := coordinates.([]any)
	if !ok || len(list) == 0 {
		return
	}
	x, ok := list[0].(float64)
	if !ok {
		for _, inner := range list {
			b.see(inner)
		}
		return
	}
	y, _ := list[1].(float64)
	b.west, b.east = math.Min(b.west, x), math.Max(b.east, x)
	b.south, b.north = math.Min(b.south, y), math.Max(b.north, y)
}
