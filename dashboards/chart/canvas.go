package chart

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// The colours of the figures, by role. Nothing is told by colour alone.
const (
	accent    = "#0066CC" // the value the figure is about, "above"
	ink       = "#17324D" // the reference, headings, outlines
	context   = "#7A8CA3" // the past, the others
	same      = "#5F738A" // not distinguishable
	below     = "#CC7A00" // "below"; never decoration
	belowInk  = "#8A5200" // the same as text, breaks
	textInk   = "#1F2D3A"
	soft      = "#4C5F73" // second text, axes
	gridline  = "#E4E9EF"
	pending   = "#EEF1F5"
	delay     = "#FFF3DC" // behind values that late deliveries may still change
	ghost     = "#E1E8F0"
	white     = "#FFFFFF"
	fontNamed = "Titillium Web"
)

// sequential is the scale of five classes, light to dark; onClass is the text
// colour that reads on each.
var (
	sequential = [5]string{"#D6E6F6", "#A9CDEF", "#6FABE3", "#0066CC", "#17324D"}
	onClass    = [5]string{ink, ink, "#0B1F33", white, white}
)

// Sizes of text in pixels.
const (
	textSize = 14
	axisSize = 13
)

// scale maps a value onto pixels.
type scale struct{ min, max, from, to float64 }

func (s scale) at(v float64) float64 {
	if s.max == s.min {
		return (s.from + s.to) / 2
	}
	return s.from + (v-s.min)/(s.max-s.min)*(s.to-s.from)
}

// canvas collects the marks of one drawing. Series stand in the units of the
// axes, the graphic elements round them in pixels.
type canvas struct {
	width, height int
	x, y          scale
	series        []series
	elements      []element
	maps          []string
}

// series is go-echarts' series and the keys it lacks.
type series struct {
	charts.SingleSeries
	Z            int        `json:"z"`
	Silent       bool       `json:"silent,omitempty"`
	Clip         bool       `json:"clip"`
	NameProperty string     `json:"nameProperty,omitempty"`
	AspectScale  float64    `json:"aspectScale,omitempty"`
	Style        *itemStyle `json:"itemStyle,omitempty"`
	Dimensions   []any      `json:"dimensions,omitempty"`
	Encode       any        `json:"encode,omitempty"`
}

// item is one datum with its own look; go-echarts' data types carry no label
// and no style.
type item struct {
	Name       string     `json:"name,omitempty"`
	Value      any        `json:"value"`
	Symbol     string     `json:"symbol,omitempty"`
	SymbolSize any        `json:"symbolSize,omitempty"`
	ItemStyle  *itemStyle `json:"itemStyle,omitempty"`
	Label      *inner     `json:"label,omitempty"`
	Tooltip    *told      `json:"tooltip,omitempty"`
}

// inner is a label inside a territory; go-echarts' Label has no number for
// the weight.
type inner struct {
	Show       bool    `json:"show"`
	Formatter  string  `json:"formatter"`
	Color      string  `json:"color"`
	FontSize   float64 `json:"fontSize"`
	FontWeight int     `json:"fontWeight"`
}

// told is what a pointer is told of one datum whose name is a code.
type told struct {
	Formatter string `json:"formatter"`
}

// itemStyle allows a pattern where go-echarts allows a colour only.
type itemStyle struct {
	Color       any     `json:"color,omitempty"`
	AreaColor   any     `json:"areaColor,omitempty"`
	BorderColor string  `json:"borderColor,omitempty"`
	BorderWidth float64 `json:"borderWidth,omitempty"`
	Opacity     float64 `json:"opacity,omitempty"`
}

// element is one shape of ECharts' graphic component.
type element struct {
	Type   string  `json:"type"`
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Z      int     `json:"z"`
	Silent bool    `json:"silent"`
	Shape  any     `json:"shape,omitempty"`
	Style  any     `json:"style"`
}

// Depths, back to front.
const (
	zBlock = iota
	zGrid
	zBand
	zLine
	zDot
	zText
)

type textStyle struct {
	Text          string  `json:"text"`
	FontSize      float64 `json:"fontSize"`
	FontWeight    int     `json:"fontWeight,omitempty"`
	FontFamily    string  `json:"fontFamily"`
	Fill          string  `json:"fill"`
	Align         string  `json:"align"`
	VerticalAlign string  `json:"verticalAlign"`
	Stroke        string  `json:"stroke,omitempty"`
	LineWidth     float64 `json:"lineWidth,omitempty"`
	LineHeight    float64 `json:"lineHeight,omitempty"`
}

type shapeStyle struct {
	Fill      any       `json:"fill"`
	Stroke    string    `json:"stroke,omitempty"`
	LineWidth float64   `json:"lineWidth,omitempty"`
	LineDash  []float64 `json:"lineDash,omitempty"`
	LineJoin  string    `json:"lineJoin,omitempty"`
	Opacity   float64   `json:"opacity,omitempty"`
}

// look of a text.
type look struct {
	fill   string
	size   float64
	weight int
	align  string // left, center, right
	halo   bool
}

var (
	plain = look{fill: textInk, size: textSize, weight: 400}
	quiet = look{fill: soft, size: axisSize, weight: 400}
	bold  = look{fill: ink, size: textSize, weight: 600}
)

func (l look) right() look           { l.align = "right"; return l }
func (l look) center() look          { l.align = "center"; return l }
func (l look) haloed() look          { l.halo = true; return l }
func (l look) colour(c string) look  { l.fill = c; return l }
func (l look) sized(s float64) look  { l.size = s; return l }
func (l look) heavy(weight int) look { l.weight = weight; return l }

// text writes s with its middle at height y.
func (c *canvas) text(x, y float64, s string, l look) {
	if s == "" {
		return
	}
	st := textStyle{Text: s, FontSize: l.size, FontFamily: fontNamed, Fill: l.fill, Align: l.align, VerticalAlign: "middle"}
	if l.weight != 400 {
		st.FontWeight = l.weight
	}
	if st.Align == "" {
		st.Align = "left"
	}
	if l.halo {
		st.Stroke, st.LineWidth = white, 3.5
	}
	c.elements = append(c.elements, element{Type: "text", X: tenth(x), Y: tenth(y), Z: zText, Silent: true, Style: st})
}

type rectShape struct {
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
	R      float64 `json:"r,omitempty"`
}

func (c *canvas) rect(x, y, w, h float64, z int, style shapeStyle) {
	c.elements = append(c.elements, element{Type: "rect", X: tenth(x), Y: tenth(y), Z: z, Silent: true,
		Shape: rectShape{Width: tenth(w), Height: tenth(h)}, Style: style})
}

type lineShape struct {
	X2 float64 `json:"x2"`
	Y2 float64 `json:"y2"`
}

func (c *canvas) rule(x1, y1, x2, y2 float64, z int, style shapeStyle) {
	style.Fill = "none"
	c.elements = append(c.elements, element{Type: "line", X: tenth(x1), Y: tenth(y1), Z: z, Silent: true,
		Shape: lineShape{X2: tenth(x2 - x1), Y2: tenth(y2 - y1)}, Style: style})
}

type polygonShape struct {
	Points [][2]float64 `json:"points"`
}

// area fills between two edges given in the units of the axes.
func (c *canvas) area(upper, lower [][2]float64, fill string, opacity float64) {
	if len(upper) < 2 || opacity == 0 {
		return
	}
	var points [][2]float64
	for _, p := range upper {
		points = append(points, [2]float64{tenth(c.x.at(p[0])), tenth(c.y.at(p[1]))})
	}
	for i := len(lower) - 1; i >= 0; i-- {
		points = append(points, [2]float64{tenth(c.x.at(lower[i][0])), tenth(c.y.at(lower[i][1]))})
	}
	c.elements = append(c.elements, element{Type: "polygon", Z: zBand, Silent: true, Shape: polygonShape{points},
		Style: shapeStyle{Fill: fill, Opacity: opacity}})
}

// pattern is a fill that ECharts' SVG painter repeats; it needs no image.
type pattern struct {
	SVGElement patternNode `json:"svgElement"`
	SVGWidth   float64     `json:"svgWidth"`
	SVGHeight  float64     `json:"svgHeight"`
	Rotation   float64     `json:"rotation,omitempty"`
}

type patternNode struct {
	Tag      string            `json:"tag"`
	Attrs    map[string]string `json:"attrs"`
	Children []patternNode     `json:"children"`
}

// hatch is the one sign of a confidential value: 45° lines on white.
func hatch() pattern {
	return pattern{SVGWidth: 6, SVGHeight: 6, Rotation: math.Round(1e6*math.Pi/4) / 1e6, SVGElement: patternNode{Tag: "g", Children: []patternNode{
		{Tag: "path", Attrs: map[string]string{"d": "M0 0H6V6H0Z", "fill": white}, Children: []patternNode{}},
		{Tag: "path", Attrs: map[string]string{"d": "M0 0V6", "stroke": context, "stroke-width": "2"}, Children: []patternNode{}},
	}}}
}

// hatched draws the sign of a confidential value.
func (c *canvas) hatched(x, y, w, h float64) {
	c.rect(x, y, w, h, zLine, shapeStyle{Fill: hatch(), Stroke: context, LineWidth: 0.75})
}

// outlined draws the sign of too few persons.
func (c *canvas) outlined(x, y, w, h float64) {
	c.rect(x, y, w, h, zLine, shapeStyle{Fill: white, Stroke: ink, LineWidth: 1.5})
}

// awaited draws the pale block of what cannot be observed yet, with its dotted edge.
func (c *canvas) awaited(x, y, w, h float64) {
	c.rect(x, y, w, h, zBlock, shapeStyle{Fill: pending})
	c.rule(x, y, x, y+h, zGrid, shapeStyle{Stroke: context, LineWidth: 1, LineDash: []float64{2, 3}})
}

// delayed draws the ground behind the periods that late deliveries may still
// change.
func (c *canvas) delayed(x, y, w, h float64) {
	c.rect(x, y, w, h, zBlock, shapeStyle{Fill: delay})
	c.rule(x, y, x, y+h, zGrid, shapeStyle{Stroke: belowInk, LineWidth: 0.75})
}

// stroke is how a line looks.
type stroke struct {
	color   string
	width   float32
	opacity float32
	dashed  bool
	z       int
}

// fewLines is up to how many lines are shapes of their own. A series takes as
// long as ten of them, and has nothing that a line without a pointer needs.
const fewLines = 8

// lines draws polylines in the units of the axes.
func (c *canvas) lines(list [][][2]float64, s stroke) {
	if len(list) > fewLines {
		c.manyLines(list, s)
		return
	}
	for _, l := range list {
		if len(l) < 2 {
			continue
		}
		points := make([][2]float64, len(l))
		for i, p := range l {
			points[i] = [2]float64{tenth(c.x.at(p[0])), tenth(c.y.at(p[1]))}
		}
		c.elements = append(c.elements, element{Type: "polyline", Z: s.z, Silent: true, Shape: polygonShape{points}, Style: s.shape()})
	}
}

// shape is the stroke as a shape wears it: dashes as ECharts' line series has them.
func (s stroke) shape() shapeStyle {
	width := float64(s.width)
	style := shapeStyle{Fill: "none", Stroke: s.color, LineWidth: width, Opacity: tenth(float64(s.opacity)), LineJoin: "bevel"}
	if s.dashed {
		style.LineDash = []float64{4 * width, 2 * width}
	}
	return style
}

// manyLines draws them as one series.
func (c *canvas) manyLines(list [][][2]float64, s stroke) {
	var data []any
	for _, l := range list {
		if len(l) < 2 {
			continue
		}
		if len(data) > 0 {
			data = append(data, [2]any{nil, nil}) // a gap: ECharts lifts the pen
		}
		for _, p := range l {
			data = append(data, [2]float64{p[0], hundredth(p[1])})
		}
	}
	if len(data) == 0 {
		return
	}
	style := &opts.LineStyle{Color: s.color, Width: s.width}
	if s.opacity != 0 {
		style.Opacity = opts.Float(s.opacity)
	}
	if s.dashed {
		style.Type = "dashed"
	}
	c.series = append(c.series, series{Z: s.z, Silent: true, SingleSeries: charts.SingleSeries{
		Type: "line", Symbol: "none", Data: data, LineStyle: style}})
}

// dots draws points; each item's name is what a reader with a pointer is told.
func (c *canvas) dots(items []point, color string, size float64) {
	if len(items) == 0 {
		return
	}
	c.series = append(c.series, series{Z: zDot, Style: &itemStyle{Color: color, Opacity: 1}, Dimensions: pointDimensions(), Encode: pointEncode{"x", "y", "name"}, SingleSeries: charts.SingleSeries{
		Type: "scatter", Symbol: "circle", SymbolSize: size, Data: items}})
}

// point is one dot: x, y and what a pointer is told. Points are plain arrays:
// ECharts takes twice as long over data that are objects, each with options of
// its own.
type point [3]any

func dot(x, y float64, name string) point {
	return point{hundredth(x), hundredth(y), name}
}

// pointDimensions names the parts of a point, pointEncode says what they are for.
func pointDimensions() []any {
	return []any{"x", "y", map[string]string{"name": "name", "type": "ordinal"}}
}

type pointEncode struct {
	X        string `json:"x"`
	Y        string `json:"y"`
	ItemName string `json:"itemName"`
}

// option is the drawing as ECharts reads it.
func (c *canvas) option() (json.RawMessage, error) {
	base := charts.NewScatter()
	base.SetGlobalOptions(
		charts.WithAnimation(false),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "{b}"}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Show: opts.Bool(false), Min: c.x.min, Max: c.x.max}),
		charts.WithYAxisOpts(opts.YAxis{Type: "value", Show: opts.Bool(false), Min: c.y.min, Max: c.y.max, Inverse: opts.Bool(c.y.from < c.y.to)}),
		charts.WithGridOpts(opts.Grid{Left: px(c.x.from), Top: px(min(c.y.from, c.y.to)), Width: px(c.x.to - c.x.from), Height: px(math.Abs(c.y.to - c.y.from))}),
	)
	o := base.JSON()
	for _, unused := range []string{"title", "legend", "toolbox", "color"} {
		delete(o, unused)
	}
	if c.maps != nil && len(c.series) > 0 && c.series[0].Type == "map" {
		delete(o, "xAxis")
		delete(o, "yAxis")
		delete(o, "grid")
	}
	if len(c.series) == 0 {
		delete(o, "xAxis")
		delete(o, "yAxis")
		delete(o, "grid")
	}
	o["series"] = append([]series{}, c.series...)
	if len(c.elements) > 0 {
		o["graphic"] = map[string]any{"elements": columns(c.elements)}
	}
	o["textStyle"] = opts.TextStyle{FontFamily: fontNamed, FontSize: textSize, Color: textInk}
	out, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("write option: %w", err)
	}
	return out, nil
}

func (c *canvas) drawing() (Drawing, error) {
	o, err := c.option()
	if err != nil {
		return Drawing{}, err
	}
	return Drawing{Option: o, Width: c.width, Height: c.height, Maps: c.maps}, nil
}

func px(v float64) string { return fmt.Sprintf("%gpx", tenth(v)) }

func tenth(v float64) float64 { return math.Round(v*10) / 10 }

func hundredth(v float64) float64 { return math.Round(v*100) / 100 }
