package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"

	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/words"
)

// Picturer turns an SVG into a PNG of that width in pixels. Key names the bytes
// that PNG would return, for keeping them between builds. Both must be safe for
// concurrent use.
type Picturer interface {
	PNG(ctx context.Context, svg []byte, width int) ([]byte, error)
	Key(svg []byte, width int) string
}

// Pictures says which figures get a PNG and a card for social networks.
type Pictures string

// PicturesLead are the first drawings of pages, PicturesAll those of all figures.
const (
	PicturesLead Pictures = ""
	PicturesAll  Pictures = "all"
)

// Sizes in pixels.
const (
	pictureWidth = 1600 // of the PNG of a figure
	cardWidth    = 1200 // of a card for social networks
	cardHeight   = 630
)

// pictured tells whether a figure gets a PNG and a card.
func (b *builder) pictured(f placed) bool {
	return b.opt.Picturer != nil && f.drawn && (f.first || b.opt.Pictures == PicturesAll)
}

// pictureSize is the size in pixels of the PNG of a figure.
func pictureSize(f chart.Figure, w *words.Catalogue) (width, height int) {
	x, y := standaloneSize(f, w)
	return pictureWidth, (y*pictureWidth + x/2) / x
}

// cardOf is the picture that stands for a page on social networks and its
// words: the card of its first drawing, or that of the site.
func (b *builder) cardOf(d *doc) (url, alt string) {
	if b.opt.Picturer == nil || b.opt.BaseURL == "" {
		return "", ""
	}
	url, alt = b.opt.BaseURL+cardURL(d.Lang, siteCard), b.words[d.Lang].T("site.name")
	for _, p := range b.dashboards[d.Lang] {
		if p.ID != d.ID {
			continue
		}
		eachFigure(p, func(f chart.Figure) {
			if drawn(f.Wide) && alt == b.words[d.Lang].T("site.name") {
				url, alt = b.opt.BaseURL+cardURL(d.Lang, f.ID), f.Title
			}
		})
	}
	if b.rel.Info.Synthetic {
		alt = b.words[d.Lang].T("site.synthetic.tag") + ". " + alt
	}
	return url, alt
}

func cardURL(lang, id string) string { return "/card/" + lang + "/" + id + ".png" }

// siteCard is the card of pages without a drawing.
const siteCard = "osservatorio"

// writePictures draws the PNG and the card of every figure that gets them, and
// the card of the site.
func (b *builder) writePictures() error {
	if b.opt.Picturer == nil {
		return nil
	}
	for _, lang := range words.Langs {
		if err := b.writePicture(b.siteCard(lang), cardWidth, cardURL(lang, siteCard)); err != nil {
			return err
		}
	}
	var list []placed
	for _, f := range b.placed {
		if b.pictured(f) {
			list = append(list, f)
		}
	}
	return b.parallel("pictures", len(list), func(i int) error { return b.writeFigurePictures(list[i]) })
}

func (b *builder) writeFigurePictures(f placed) error {
	svg, err := b.drawingOf(wideDrawing(f.fig))
	if err != nil {
		return err
	}
	inner, err := grouped(svg)
	if err != nil {
		return fmt.Errorf("picture of figure %s: %w", f.fig.ID, err)
	}
	w := b.words[f.lang]
	if err := b.writePicture(flatStandalone(f.fig, inner, w), pictureWidth, figureURL(f.lang, f.fig.ID, "png")); err != nil {
		return err
	}
	return b.writePicture(b.figureCard(f.fig, inner, w), cardWidth, cardURL(f.lang, f.fig.ID))
}

// writePicture writes a PNG; that of a figure is pinned to its release too.
func (b *builder) writePicture(svg []byte, width int, url string) error {
	png, err := b.png(svg, width)
	if err != nil {
		return fmt.Errorf("picture %s: %w", url, err)
	}
	if err := b.out.plain(file(url), png); err != nil {
		return err
	}
	if width != pictureWidth {
		return nil
	}
	return b.pin(file(b.pinned(url)), png)
}

// png returns the picture from the cache or draws it.
func (b *builder) png(svg []byte, width int) ([]byte, error) {
	key := b.opt.Picturer.Key(svg, width)
	at := filepath.Join(b.opt.CacheDir, key[:2], key+".png")
	if b.opt.CacheDir != "" {
		if png, err := os.ReadFile(at); err == nil && bytes.HasSuffix(png, []byte("IEND\xaeB`\x82")) {
			b.picturesKept.Add(1)
			return png, nil
		}
	}
	png, err := b.opt.Picturer.PNG(b.ctx, svg, width)
	if err != nil {
		return nil, err
	}
	b.picturesMade.Add(1)
	if b.opt.CacheDir == "" {
		return png, nil
	}
	return png, keep(at, png)
}

var (
	clips    = regexp.MustCompile(` clip-path="[^"]*"`)
	clipDefs = regexp.MustCompile(`<clipPath\b.*?</clipPath>`)
	rootFont = regexp.MustCompile(` font-size="[^"]*"`)
	rootFill = regexp.MustCompile(` fill="[^"]*"`)
)

// grouped is a drawing as a group, to be placed by a transformation. Its clips
// go: a drawing keeps inside its frame by itself, and each clip costs a
// rasteriser a picture of its own, ten times the time of all marks.
func grouped(svg []byte) ([]byte, error) {
	start, end := bytes.Index(svg, []byte("<svg")), bytes.IndexByte(svg, '>')
	last := bytes.LastIndex(svg, []byte("</svg>"))
	if start < 0 || end < start || last < end {
		return nil, errors.New("drawing is no <svg> element")
	}
	tag := svg[start:end]
	var out bytes.Buffer
	out.WriteString("<g")
	out.Write(rootFont.Find(tag))
	out.Write(rootFill.Find(tag))
	out.WriteByte('>')
	out.Write(clipDefs.ReplaceAll(clips.ReplaceAll(svg[end+1:last], nil), nil))
	out.WriteString("</g>")
	return out.Bytes(), nil
}

// flatStandalone is the image of a figure for the rasteriser.
func flatStandalone(f chart.Figure, inner []byte, w *words.Catalogue) []byte {
	body, width, height := layStandalone(f, w, func(y float64) string {
		return fmt.Sprintf(`<g transform="translate(%d,%.0f)">%s</g>`, aloneMargin, y, inner)
	})
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="Titillium Web">%s</svg>`, width, height, width, height, body)
}

// Layout of a card.
const (
	cardMargin = 56
	cardFoot   = 84 // height of the strip with name and source
)

// figureCard shows a figure's headline, its drawing as far as it fits, and whose
// numbers they are.
func (b *builder) figureCard(f chart.Figure, inner []byte, w *words.Catalogue) []byte {
	var out bytes.Buffer
	out.WriteString(cardOpen)
	column := float64(cardWidth - 2*cardMargin)
	y := cardLines(&out, f.Title, 44, 42, "700", "#17324d", column)
	y = cardLines(&out, f.Subtitle, y+6, 24, "400", "#4c5f73", column) + 26
	scale := min(column/float64(f.Wide.Width), max((cardHeight-cardFoot-y)/float64(f.Wide.Height), 0.48*column/float64(f.Wide.Width)))
	x := (cardWidth - scale*float64(f.Wide.Width)) / 2
	fmt.Fprintf(&out, `<g transform="translate(%.1f,%.1f) scale(%.4f)">%s</g>`, x, y, scale, inner)
	b.cardFoot(&out, w, extracted(f, w), f.Synthetic)
	out.WriteString("</svg>")
	return out.Bytes()
}

// siteCard stands for pages without a drawing.
func (b *builder) siteCard(lang string) []byte {
	w := b.words[lang]
	var out bytes.Buffer
	out.WriteString(cardOpen)
	fmt.Fprintf(&out, `<rect width="%d" height="%d" fill="#0066cc"/>`, cardWidth, cardHeight-cardFoot)
	out.WriteString(`<g transform="translate(56,72) scale(3)" fill="#fff"><path d="M6 40H42" stroke="#fff" stroke-width="2" fill="none"/><path d="M11 33V25M19 33V16M27 33V21M35 33V10" stroke="#8ab8e6" stroke-width="2" fill="none"/><circle cx="11" cy="28" r="4"/><circle cx="19" cy="22" r="4"/><circle cx="27" cy="26" r="4"/><circle cx="35" cy="15" r="4"/></g>`)
	column := float64(cardWidth - 2*cardMargin)
	y := cardLines(&out, w.T("site.name"), 260, 60, "700", "#ffffff", column)
	cardLines(&out, w.T("site.tagline", "region", b.rel.Info.Region.Name.In(lang)), y+12, 30, "400", "#ffffff", column)
	b.cardFoot(&out, w, b.rel.Info.Publisher.Name, b.rel.Info.Synthetic)
	out.WriteString("</svg>")
	return out.Bytes()
}

const cardOpen = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" viewBox="0 0 1200 630" font-family="Titillium Web" font-size="14"><rect width="1200" height="630" fill="#fff"/>`

// cardFoot covers what of the drawing did not fit and says whose numbers these
// are: invented ones first of all.
func (b *builder) cardFoot(out *bytes.Buffer, w *words.Catalogue, source string, synthetic bool) {
	top := cardHeight - cardFoot
	fmt.Fprintf(out, `<rect y="%d" width="%d" height="%d" fill="#003366"/>`, top, cardWidth, cardFoot)
	x := cardMargin
	if synthetic {
		tag := w.T("site.synthetic.tag")
		wide := 28 + 13*len([]rune(tag))
		fmt.Fprintf(out, `<rect x="%d" y="%d" width="%d" height="44" fill="#fff6e5"/><text x="%d" y="%d" font-size="24" font-weight="700" fill="#4d3000">%s</text>`,
			x, top+20, wide, x+14, top+51, html.EscapeString(tag))
		x += wide + 20
	}
	most := (cardWidth - cardMargin - x) * 2 / 18
	fmt.Fprintf(out, `<text x="%d" y="%d" font-size="20" font-weight="600" fill="#fff">%s</text>`, x, top+38, html.EscapeString(w.T("site.name")))
	if lines := wrapText(source, most*10/11); len(lines) > 0 {
		text := lines[0]
		if len(lines) > 1 {
			text += " …"
		}
		fmt.Fprintf(out, `<text x="%d" y="%d" font-size="17" fill="#d6e6f6">%s</text>`, x, top+62, html.EscapeString(text))
	}
}

// cardLines writes text, three lines at most, and returns the y below it.
func cardLines(out *bytes.Buffer, text string, y, size float64, weight, fill string, column float64) float64 {
	lines := wrapText(text, int(column/(size*0.5)))
	if len(lines) > 3 {
		lines = append(lines[:2], lines[2]+" …")
	}
	for _, line := range lines {
		y += size * 1.18
		fmt.Fprintf(out, `<text x="%d" y="%.1f" font-size="%.0f" font-weight="%s" fill="%s">%s</text>`, cardMargin, y-size*0.18, size, weight, fill, html.EscapeString(line))
	}
	return y
}
