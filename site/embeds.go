package site

import (
	"bytes"
	"fmt"
	"math"

	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// Beginnings of the addresses that other sites may frame: the figure as it is
// now, and as one release had it.
const (
	embedRoot  = "/embed/"
	pinnedRoot = "/r/"
)

// EmbedPolicy is the content policy of pages made to be framed.
const EmbedPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'"

// embedPath is the address of a figure alone, in its language.
func embedPath(lang, id string) string {
	if lang == words.Langs[0] {
		return embedRoot + id + "/"
	}
	return embedRoot + id + "/" + lang + "/"
}

// pinned is the address that a file keeps for good, with the numbers of this release.
func (b *builder) pinned(path string) string { return pinnedRoot + b.rel.Info.ID + path }

// placed is a figure and the first page that it stands on.
type placed struct {
	lang string
	fig  chart.Figure
	page string // address
	drawn,
	first bool // has a drawing; is the first drawing of a page
}

// place finds the page of every figure and what earlier builds pinned.
func (b *builder) place() error {
	b.placed = b.placedFigures()
	b.pictures = map[string]bool{}
	for _, f := range b.placed {
		b.pictures[f.lang+" "+f.fig.ID] = b.pictured(f)
	}
	return b.readPinned()
}

// placedFigures lists every figure once a language, in the order of the pages.
func (b *builder) placedFigures() []placed {
	var out []placed
	for _, lang := range words.Langs {
		at := map[string]int{}
		for _, p := range b.dashboards[lang] {
			lead := true
			eachFigure(p, func(f chart.Figure) {
				i, seen := at[f.ID]
				if !seen {
					i = len(out)
					at[f.ID] = i
					out = append(out, placed{lang: lang, fig: f, page: b.routes.path(lang, p.ID), drawn: drawn(f.Wide)})
				}
				if lead && drawn(f.Wide) {
					out[i].first, lead = true, false
				}
			})
		}
	}
	return out
}

// embedPage is what the template of a framed page sees.
type embedPage struct {
	figureView
	Info      release.Info
	Lang      string
	Other     string // the other language
	OtherPath string
	Page      string // address of the page that the figure stands on
	Canonical string // public address of that page, "" without one
	OEmbed    string // public address of its description, "" without one
	Style     string // address of the style sheet
	Script    string // address of the script that tells the height
	Icon      string
	Card      string // public address of its card for social networks, "" without one
	Policy    string
	Standing  *standing // nil on the page that follows the releases
}

// renderEmbeds makes the two pages of every figure: as it is now, and pinned.
func (b *builder) renderEmbeds() ([]*readPage, error) {
	out := make([]*readPage, 2*len(b.placed))
	return out, b.parallel("embeds", len(b.placed), func(i int) error {
		f := b.placed[i]
		now, err := b.renderEmbed(f, embedPath(f.lang, f.fig.ID), nil)
		if err != nil {
			return err
		}
		if out[2*i], err = b.settle(now); err != nil {
			return err
		}
		still, err := b.renderEmbed(f, b.pinned(embedPath(f.lang, f.fig.ID)), b.standing(b.rel.Info.ID, f.lang, embedPath(f.lang, f.fig.ID)))
		if err != nil {
			return err
		}
		out[2*i+1], err = b.settle(still)
		return err
	})
}

func (b *builder) renderEmbed(f placed, path string, s *standing) (rendered, error) {
	h := helper{b, composer{b, f.lang, b.words[f.lang]}}
	figure, err := h.figure(f.fig, false)
	if err != nil {
		return rendered{}, fmt.Errorf("lay out embed %s (%s): %w", f.fig.ID, f.lang, err)
	}
	page := embedPage{figureView: figure, Info: b.rel.Info, Lang: f.lang, Other: otherLang(f.lang), Page: f.page, Policy: EmbedPolicy,
		Style: b.assets.url("style.css"), Script: b.assets.url("frame.js"),
		Icon: b.assets.url("icon.svg"), Standing: s}
	page.OtherPath = embedPath(page.Other, f.fig.ID)
	if s != nil {
		page.OtherPath = b.pinned(page.OtherPath)
		page.Style, page.Script, page.Icon = b.pinned(page.Style), b.pinned(page.Script), b.pinned(page.Icon)
	}
	if b.opt.BaseURL != "" {
		if b.pictures[f.lang+" "+f.fig.ID] {
			page.Card = b.opt.BaseURL + cardURL(f.lang, f.fig.ID)
		}
		page.Canonical, page.OEmbed = b.opt.BaseURL+f.page, b.opt.BaseURL+oembedURL(f.lang, f.fig.ID)
	}
	var buf bytes.Buffer
	if err := execute(b.sheets[f.lang]["embed"], "embed.html", &buf, page); err != nil {
		return rendered{}, fmt.Errorf("lay out embed %s (%s): %w", f.fig.ID, f.lang, err)
	}
	return rendered{file(path), path, buf.Bytes()}, nil
}

func otherLang(lang string) string {
	if lang == words.Langs[0] {
		return words.Langs[1]
	}
	return words.Langs[0]
}

// Sizes of the framed page in CSS pixels, as the style sheet sets them.
const (
	frameMargin   = 32   // left and right together
	frameWidest   = 960  // of the figure
	frameTurn     = 704  // width of the figure from which the wide drawing stands
	frameNarrow   = 480  // greatest width of the narrow drawing
	frameTableRow = 33   // height of a row of a table
	frameFold     = 64   // the closed fold of its table
	frameSlack    = 72   // fonts of other systems are wider than ours; a pinned page has its notice
	frameLetter   = 0.52 // mean advance of a letter, in ems
)

// frameHeight is the height in pixels of a frame that must serve from 320 to
// 800 pixels of width without a script: the greatest that the page needs.
func frameHeight(f chart.Figure) int {
	tallest := 0.0
	for _, width := range []float64{320, 400, 480, 600, 700, 735, 800} {
		tallest = max(tallest, frameHeightAt(f, width))
	}
	return int(math.Ceil(tallest/10) * 10)
}

// frameHeightAt estimates the height of the framed page at one width.
func frameHeightAt(f chart.Figure, width float64) float64 {
	column := min(width-frameMargin, frameWidest)
	lines := func(text string, size float64) float64 {
		if text == "" {
			return 0
		}
		return float64(len(wrapText(text, int(column/(size*frameLetter)))))
	}
	h := 32 + 24*lines(f.Title, 20) + 8 + 25*lines(f.Subtitle, 16)
	switch {
	case !drawn(f.Wide):
		h += 24 + frameTableRow*float64(len(f.Table.Rows)+3)
	case column >= frameTurn || !drawn(f.Narrow):
		h += 24 + column*float64(f.Wide.Height)/float64(f.Wide.Width)
	default:
		h += 24 + min(column, frameNarrow)*float64(f.Narrow.Height)/float64(f.Narrow.Width)
	}
	legend := 0.0
	for _, item := range f.Legend {
		legend += 70 + 8*float64(len([]rune(item.Label+item.Count)))
	}
	h += 26 * math.Ceil(legend/column)
	h += 20 + 21*lines(f.Unit+f.Period+f.Source+f.Extracted+" Dati sintetici Unità: Periodo: Fonte: ", 14)
	if drawn(f.Wide) {
		h += frameFold
	}
	for _, note := range f.Notes {
		h += 5 + 21*lines(note, 14)
	}
	return h + 16 + 28*math.Ceil(520/column) + frameSlack
}
