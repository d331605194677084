package render

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// cleanVersion names the rules of this file; it is part of every key, so that
// a change here makes kept drawings stale.
const cleanVersion = "3"

// fontStack is written once, on the root; the page's style sheet may override it.
const fontStack = `'Titillium Web',system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif`

// usualSize is the font size of the root in pixels; texts of it do not repeat it.
const usualSize = "14"

// frame is what stands round the marks.
type frame struct {
	ID, Title, Desc string
	Width, Height   int
}

// clean rewrites what ECharts drew: no style attribute (the site's content
// policy forbids them), nothing for pointers, coordinates to a tenth of a
// pixel, ids of our own that do not depend on what was drawn before, a name and a
// description. The name is an attribute: a <title> would hang over the marks as a
// tip of the browser, and readers of pages take it for a title of the page.
func clean(raw string, f frame) ([]byte, error) {
	c := &cleaner{id: f.ID, names: map[string]string{}}
	c.open(f)
	d := xml.NewDecoder(strings.NewReader(raw))
	for depth := 0; ; {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			if depth > 1 {
				c.start(t)
			}
		case xml.EndElement:
			depth--
			if depth > 0 {
				c.end()
			}
		case xml.CharData:
			c.text(string(t))
		}
	}
	c.out.WriteString("</svg>")
	if strings.Contains(c.out.String(), " style=") {
		return nil, errors.New("a style attribute is left")
	}
	return []byte(c.out.String()), nil
}

type cleaner struct {
	out    strings.Builder
	id     string
	names  map[string]string // id given by ECharts → ours
	opened []string          // open elements, "" for one left out
	bare   bool              // the last start tag is not closed yet
	inText bool
}

func (c *cleaner) open(f frame) {
	fmt.Fprintf(&c.out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="%s" aria-describedby="%s-d" font-family="%s" font-size="%s" fill="#1F2D3A">`,
		f.Width, f.Height, f.Width, f.Height, escape(f.Title), escape(f.ID), escape(fontStack), usualSize)
	fmt.Fprintf(&c.out, `<desc id="%s-d">%s</desc>`, escape(f.ID), escape(f.Desc))
}

func (c *cleaner) start(t xml.StartElement) {
	e := newElement(t)
	if (e.name == "rect" || e.name == "path") && e.attr["fill"] == "none" && e.attr["stroke"] == "" {
		c.opened = append(c.opened, "") // the empty background, the box of a text
		return
	}
	e.settle()
	c.fill()
	c.out.WriteString("<" + e.name)
	for _, name := range e.order {
		v, ok := e.attr[name]
		if !ok {
			continue
		}
		fmt.Fprintf(&c.out, ` %s="%s"`, name, escape(c.ours(name, v)))
	}
	c.bare = true
	c.opened = append(c.opened, e.name)
	c.inText = e.name == "text"
}

func (c *cleaner) end() {
	name := c.opened[len(c.opened)-1]
	c.opened = c.opened[:len(c.opened)-1]
	switch {
	case name == "":
		return
	case c.bare:
		c.out.WriteString("/>")
	default:
		c.out.WriteString("</" + name + ">")
	}
	c.bare, c.inText = false, false
}

func (c *cleaner) text(s string) {
	if c.inText {
		c.fill()
		c.out.WriteString(escape(s))
	}
}

// fill ends the start tag that still waits for what it holds.
func (c *cleaner) fill() {
	if c.bare {
		c.out.WriteString(">")
		c.bare = false
	}
}

var reference = regexp.MustCompile(`zr\d+-\w+`)

// ours replaces ids by <id>-1, <id>-2 … in the order of first mention.
func (c *cleaner) ours(attr, v string) string {
	if attr != "id" && !strings.HasPrefix(v, "url(") && attr != "href" {
		return v
	}
	return reference.ReplaceAllStringFunc(v, func(theirs string) string {
		name, ok := c.names[theirs]
		if !ok {
			name = c.id + "-" + strconv.Itoa(len(c.names)+1)
			c.names[theirs] = name
		}
		return name
	})
}

// element is one SVG element on its way out.
type element struct {
	name  string
	attr  map[string]string
	order []string
}

func newElement(t xml.StartElement) *element {
	e := &element{name: t.Name.Local, attr: map[string]string{}}
	for _, a := range t.Attr {
		if a.Name.Space != "" || strings.HasPrefix(a.Name.Local, "ecmeta_") || a.Name.Local == "pointer-events" || a.Name.Local == "class" {
			continue
		}
		e.set(a.Name.Local, a.Value)
	}
	return e
}

func (e *element) set(name, v string) {
	if _, ok := e.attr[name]; !ok {
		e.order = append(e.order, name)
	}
	e.attr[name] = v
}

func (e *element) drop(name string) { delete(e.attr, name) }

func (e *element) settle() {
	if style, ok := e.attr["style"]; ok {
		e.spread(style)
	}
	switch e.name {
	case "text":
		e.settleText()
	case "path":
		e.settlePath()
	}
	for name, v := range e.attr {
		switch name {
		case "d":
			e.attr[name] = shortPath(v)
		case "x", "y", "width", "height", "cx", "cy", "r", "stroke-width", "fill-opacity", "stroke-opacity", "opacity":
			e.attr[name] = shortNumber(v, 2)
		case "transform", "stroke-dasharray":
			e.attr[name] = numbers.ReplaceAllStringFunc(v, func(n string) string { return shortNumber(n, 2) })
		}
	}
}

// spread turns style declarations into attributes; the font stands on the root.
func (e *element) spread(style string) {
	e.drop("style")
	for _, declaration := range strings.Split(style, ";") {
		name, v, ok := strings.Cut(declaration, ":")
		name, v = strings.TrimSpace(name), strings.TrimSpace(v)
		if !ok || name == "font-family" {
			continue
		}
		if name == "font-size" {
			v = strings.TrimSuffix(v, "px")
			if v == usualSize {
				continue
			}
		}
		e.set(name, v)
	}
}

var translate = regexp.MustCompile(`^translate\(([-\d.e]+)[ ,]([-\d.e]+)\)$`)

// settleText folds the move into x and y and sets text on its baseline: not
// every reader of SVG knows dominant-baseline.
func (e *element) settleText() {
	x, y := number(e.attr["x"]), number(e.attr["y"])
	if m := translate.FindStringSubmatch(e.attr["transform"]); m != nil {
		x, y = x+number(m[1]), y+number(m[2])
		e.drop("transform")
	}
	size := number(e.attr["font-size"])
	if size == 0 {
		size = number(usualSize)
	}
	if e.attr["dominant-baseline"] == "central" {
		y += capHeight / 2 * size
		e.drop("dominant-baseline")
	}
	e.set("x", format(x, 1))
	e.set("y", format(y, 1))
	if e.attr["stroke"] != "" {
		e.drop("stroke-miterlimit")
		e.set("stroke-linejoin", "round")
	}
	if e.attr["text-anchor"] == "start" {
		e.drop("text-anchor")
	}
	if e.attr["fill"] == "#1F2D3A" {
		e.drop("fill")
	}
}

// capHeight of Titillium Web in ems: half of it puts digits and capitals in the middle.
const capHeight = 0.69

const unitCircle = "M1 0A1 1 0 1 1 1 -0.1A1 1 0 0 1 1 0"

var scaled = regexp.MustCompile(`^matrix\(([-\d.e]+),0,0,([-\d.e]+),([-\d.e]+),([-\d.e]+)\)$`)

// settlePath writes a scaled unit circle as the circle it is.
func (e *element) settlePath() {
	m := scaled.FindStringSubmatch(e.attr["transform"])
	if e.attr["d"] != unitCircle || m == nil || m[1] != m[2] {
		return
	}
	r := number(m[1])
	e.name = "circle"
	e.drop("d")
	e.drop("transform")
	if w, ok := e.attr["stroke-width"]; ok {
		e.attr["stroke-width"] = format(number(w)*r, 2)
	} else if e.attr["stroke"] != "" {
		e.set("stroke-width", format(r, 2))
	}
	e.order = append([]string{"cx", "cy", "r"}, e.order...)
	e.attr["cx"], e.attr["cy"], e.attr["r"] = format(number(m[3]), 1), format(number(m[4]), 1), format(r, 2)
}

var numbers = regexp.MustCompile(`-?\d*\.?\d+(e-?\d+)?`)

func shortPath(d string) string {
	d = numbers.ReplaceAllStringFunc(d, func(n string) string { return shortNumber(n, 1) })
	return strings.ReplaceAll(d, " -", "-")
}

func shortNumber(n string, decimals int) string {
	x, err := strconv.ParseFloat(n, 64)
	if err != nil {
		return n
	}
	return format(x, decimals)
}

// format writes x rounded, without needless zeros.
func format(x float64, decimals int) string {
	p := math.Pow10(decimals)
	x = math.Round(x*p) / p
	if x == 0 {
		x = 0 // no negative zero
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

func number(s string) float64 {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return x
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func escape(s string) string { return escaper.Replace(s) }
