package site

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"strings"

	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/words"
)

// Sizes of the image file of a figure, in pixels.
const (
	aloneMargin   = 24
	aloneTitle    = 22
	aloneText     = 14
	aloneLine     = 1.35 // line height
	aloneEm       = 0.5  // mean advance of a letter, in ems
	aloneTitleEm  = 0.53
	aloneMinWidth = 640
)

// standalone makes of a figure's drawing an image that carries its own title,
// subtitle and source line, for files that travel without the page.
func standalone(f chart.Figure, svg []byte, w *words.Catalogue) ([]byte, error) {
	inner, err := nested(svg)
	if err != nil {
		return nil, err
	}
	body, width, height := layStandalone(f, w, func(y float64) string {
		return fmt.Sprintf(`<svg x="%d" y="%.0f" width="%d" height="%d"%s`, aloneMargin, y, f.Wide.Width, f.Wide.Height, inner)
	})
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="%d" height="%d" viewBox="0 0 %d %d" font-family="%s" lang="%s">`,
		width, height, width, height, aloneFont, w.Lang)
	fmt.Fprintf(&out, `<title>%s</title><rect width="%d" height="%d" fill="#fff"/>`, html.EscapeString(f.Title), width, height)
	out.Write(body)
	out.WriteString("</svg>\n")
	return out.Bytes(), nil
}

const aloneFont = "Titillium Web, Roboto, Helvetica Neue, Arial, sans-serif"

// standaloneSize is the size in pixels of the image of a figure.
func standaloneSize(f chart.Figure, w *words.Catalogue) (width, height int) {
	_, width, height = layStandalone(f, w, func(float64) string { return "" })
	return width, height
}

// layStandalone sets title, drawing and source under each other; drawing writes
// the marks for the y of their upper edge.
func layStandalone(f chart.Figure, w *words.Catalogue, drawing func(y float64) string) (marks []byte, width, height int) {
	width = max(f.Wide.Width+2*aloneMargin, aloneMinWidth)
	column := float64(width - 2*aloneMargin)
	var body bytes.Buffer
	y := float64(aloneMargin)
	y = textLines(&body, f.Title, y, aloneTitle, "700", "#17324d", column, aloneTitleEm)
	y = textLines(&body, f.Subtitle, y+4, aloneText, "400", "#4c5f73", column, aloneEm)
	y += 12
	body.WriteString(drawing(y))
	y = textLines(&body, sourceLine(f, w), y+float64(f.Wide.Height)+14, 12, "400", "#4c5f73", column, aloneEm)
	return body.Bytes(), width, int(y) + aloneMargin
}

// sourceLine says where the numbers of a figure come from, and first of all
// whether they are invented.
func sourceLine(f chart.Figure, w *words.Catalogue) string {
	if f.Synthetic {
		return w.T("site.synthetic.tag") + ". " + extracted(f, w)
	}
	return extracted(f, w)
}

// extracted is the source of a figure with the day of its extraction.
func extracted(f chart.Figure, w *words.Catalogue) string {
	if f.Extracted == "" {
		return f.Source
	}
	return w.T("site.figure.source_extracted", "source", strings.TrimRight(f.Source, ". "), "date", f.Extracted)
}

// nested returns an SVG element from after its start tag's size, so that a new
// start tag can place it: its viewBox and role stay, width and height go.
func nested(svg []byte) ([]byte, error) {
	start := bytes.Index(svg, []byte("<svg"))
	end := bytes.IndexByte(svg, '>')
	if start < 0 || end < start {
		return nil, errors.New("drawing is no <svg> element")
	}
	tag := string(svg[start+len("<svg") : end])
	for _, drop := range []string{"width", "height", "x", "y", "class"} {
		tag = dropAttr(tag, drop)
	}
	return append([]byte(tag), svg[end:]...), nil
}

func dropAttr(tag, name string) string {
	i := strings.Index(tag, " "+name+`="`)
	if i < 0 {
		return tag
	}
	rest := tag[i+len(name)+3:]
	end := strings.IndexByte(rest, '"')
	return tag[:i] + rest[end+1:]
}

// textLines writes text broken to fit the column and returns the y below it.
func textLines(out *bytes.Buffer, text string, y, size float64, weight, fill string, column, em float64) float64 {
	for _, line := range wrapText(text, int(column/(size*em))) {
		y += size * aloneLine
		fmt.Fprintf(out, `<text x="%d" y="%.1f" font-size="%.0f" font-weight="%s" fill="%s">%s</text>`,
			aloneMargin, y-size*(aloneLine-1), size, weight, fill, html.EscapeString(line))
	}
	return y
}

func wrapText(text string, most int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > most {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
