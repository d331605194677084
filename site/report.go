package site

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"osservatorio/dashboards"
	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// pageReports lists the annual reports; each has a page of its own below it.
const pageReports = "reports"

func reportID(year string) string { return "report:" + year }

// readReports fills the annual reports; both languages have the same ones.
func (b *builder) readReports() error {
	b.reports = map[string][]dashboards.Report{}
	if b.opt.Reports == nil {
		return nil
	}
	for _, lang := range words.Langs {
		list, err := b.opt.Reports(b.ctx, b.rel, b.words[lang])
		if err != nil {
			return fmt.Errorf("fill annual reports (%s): %w", lang, err)
		}
		b.reports[lang] = list
	}
	first := words.Langs[0]
	for _, lang := range words.Langs[1:] {
		if have, want := reportShape(b.reports[lang]), reportShape(b.reports[first]); have != want {
			return fmt.Errorf("fill annual reports: %s and %s differ in more than words: %s, %s", first, lang, want, have)
		}
	}
	return nil
}

// reportShape is what must not differ between languages.
func reportShape(list []dashboards.Report) string {
	var out strings.Builder
	for _, r := range list {
		fmt.Fprintf(&out, "%s[", r.Year)
		for _, c := range r.Chapters {
			fmt.Fprintf(&out, "%s %d %d %d", c.ID, len(c.Sentences), len(c.Keys), len(c.Table))
			for _, f := range c.Figures {
				fmt.Fprintf(&out, " %s", f.ID)
			}
			out.WriteByte(';')
		}
		fmt.Fprintf(&out, "-%s] ", strings.Join(r.Absent, ","))
	}
	return out.String()
}

func (b *builder) addressReports(lang, root string) error {
	if len(b.reports[lang]) == 0 {
		return nil
	}
	at := root + b.words[lang].T("slug.report") + "/"
	if err := b.routes.add(lang, pageReports, at); err != nil {
		return err
	}
	for _, r := range b.reports[lang] {
		if err := b.routes.add(lang, reportID(r.Year), at+r.Year+"/"); err != nil {
			return err
		}
	}
	return nil
}

// reportBody is one annual report as the templates see it.
type reportBody struct {
	Year     string
	Title    string
	Intro    prose
	Method   prose
	Chapters []reportChapter
	Absent   string // sentence about chapters without data, "" where there are none
	Others   []crumb
	Cite     string
	PDF      string // address of the same as a file, "" where none is made
	Live     string // address that follows the releases
	Pinned   string // address of this edition for good
	Standing *standing
}

// reportChapter is a chapter with its text and what the site adds.
type reportChapter struct {
	dashboards.Chapter
	Text    prose
	Figures []reportFigure
	Sets    []*viewFacts
}

// reportFigure is a figure of the site in a report, as the year left it, with the
// address where it goes on to the last period.
type reportFigure struct {
	chart.Figure
	Path         string
	PinnedPath   string // address of the same figure for good
	Wide, Narrow template.HTML
	Heat         bool // its table is coloured
}

// unlinked is a table whose cells lead nowhere: what one release keeps links to
// nothing that changes.
func unlinked(t chart.Table) chart.Table {
	rows := make([][]chart.Cell, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = slices.Clone(row)
		for j := range rows[i] {
			rows[i][j].Geo = ""
		}
	}
	t.Rows = rows
	return t
}

// mostInChapter is how many figures a chapter shows.
const mostInChapter = 2

func (c composer) reports() error {
	list := c.builder.reports[c.lang]
	if len(list) == 0 {
		return nil
	}
	var years []crumb
	for _, r := range list {
		years = append(years, crumb{r.Year, c.path(reportID(r.Year))})
	}
	for _, r := range list {
		body, err := c.reportBody(r, years)
		if err != nil {
			return err
		}
		d := doc{ID: reportID(r.Year), Template: "report", Title: body.Title, Description: r.Chapters[0].Sentences[0], Nav: pageReports, Body: body}
		c.add(d, crumb{c.w.T("report.index.title"), c.path(pageReports)})
	}
	c.add(doc{ID: pageReports, Template: "reports", Title: c.w.T("report.index.title"), Description: c.w.T("report.index.lead"), Nav: pageReports, Body: list})
	return nil
}

func (c composer) reportBody(r dashboards.Report, years []crumb) (reportBody, error) {
	info, region := c.rel.Info, c.rel.Info.Region.Name.In(c.lang)
	body := reportBody{Year: r.Year, Title: c.w.T("report.title", "year", r.Year, "region", region), PDF: c.paperOf(reportID(r.Year)),
		Live: c.path(reportID(r.Year)), Pinned: c.pinned(c.path(reportID(r.Year)))}
	body.Cite = c.w.T("report.cite", "publisher", info.Publisher.Name, "published", year(info.ExtractionDate), "year", r.Year, "region", region,
		"release", info.ID, "date", c.w.Date(info.ExtractionDate), "licence", licenceName(info.Publisher.Licence))
	if c.opt.BaseURL != "" {
		body.Cite += " " + c.opt.BaseURL + body.Pinned
	}
	for _, y := range years {
		if y.Label != r.Year {
			body.Others = append(body.Others, y)
		}
	}
	var err error
	if body.Intro, err = c.prose(c.lang, "report/intro"); err != nil {
		return body, err
	}
	if body.Method, err = c.prose(c.lang, "report/method"); err != nil {
		return body, err
	}
	for _, ch := range r.Chapters {
		chapter, err := c.reportChapter(ch, r.Year)
		if err != nil {
			return body, err
		}
		body.Chapters = append(body.Chapters, chapter)
	}
	var absent []string
	for _, id := range r.Absent {
		text, err := c.prose(c.lang, "report/"+id)
		if err != nil {
			return body, err
		}
		absent = append(absent, lowerFirst(text.Title))
	}
	if len(absent) > 0 {
		body.Absent = c.w.T("report.absent", "list", strings.Join(absent, ", "))
	}
	return body, nil
}

func (c composer) reportChapter(ch dashboards.Chapter, year string) (reportChapter, error) {
	text, err := c.prose(c.lang, "report/"+ch.ID)
	if err != nil {
		return reportChapter{}, err
	}
	out := reportChapter{Chapter: ch, Text: text}
	for _, view := range ch.Views {
		if v, ok := c.factsByView(view); ok {
			out.Sets = append(out.Sets, v)
		}
	}
	for _, f := range c.figuresIn(c.lang, ch) {
		figure, err := c.reportFigure(f)
		if err != nil {
			return out, err
		}
		out.Figures = append(out.Figures, figure)
	}
	return out, nil
}

// yearFigure is a figure as a year left it, and the page on which it goes on.
type yearFigure struct {
	chart.Figure
	page string
}

// figuresIn are those that a chapter shows: the first that the site draws too.
func (b *builder) figuresIn(lang string, ch dashboards.Chapter) []yearFigure {
	var out []yearFigure
	for _, f := range ch.Figures {
		same := func(p placed) bool { return p.lang == lang && p.fig.ID == f.ID && p.drawn }
		if i := slices.IndexFunc(b.placed, same); i >= 0 && len(out) < mostInChapter {
			out = append(out, yearFigure{f, b.placed[i].page})
		}
	}
	return out
}

func (c composer) reportFigure(f yearFigure) (reportFigure, error) {
	wide, err := c.drawingOf(wideDrawing(f.Figure))
	if err != nil {
		return reportFigure{}, err
	}
	narrow := wide
	if drawn(f.Narrow) {
		if narrow, err = c.drawingOf(narrowDrawing(f.Figure)); err != nil {
			return reportFigure{}, err
		}
	}
	f.Table = unlinked(f.Table)
	return reportFigure{f.Figure, f.page + "#" + f.ID, c.pinned(embedPath(c.lang, f.ID)), template.HTML(wide), template.HTML(narrow), hasMarks(f.Table)}, nil
}

// renderPinnedReports makes the edition of each report that its release keeps
// for good: the same text without the site around it, and with nothing that a
// later build may drop.
func (b *builder) renderPinnedReports() ([]*readPage, error) {
	var out []*readPage
	for _, d := range b.docs {
		body, ok := d.Body.(reportBody)
		if !ok {
			continue
		}
		page, err := b.renderPinnedReport(d, body)
		if err != nil {
			return nil, fmt.Errorf("lay out page %s (%s): %w", body.Pinned, d.Lang, err)
		}
		read, err := b.settle(page)
		if err != nil {
			return nil, err
		}
		out = append(out, read)
	}
	return out, nil
}

// frozenReport is what the template of a pinned report sees.
type frozenReport struct {
	reportBody
	Info             release.Info
	Lang             string
	Other, OtherPath string // the other language and its address
	Canonical        string // public address that follows the releases, "" without one
	Style, Icon      string
	Policy           string
}

func (b *builder) renderPinnedReport(d *doc, body reportBody) (rendered, error) {
	body.Standing = b.standing(b.rel.Info.ID, d.Lang, body.Live)
	page := frozenReport{reportBody: body, Info: b.rel.Info, Lang: d.Lang, Other: otherLang(d.Lang), Policy: EmbedPolicy,
		Style: b.pinned(b.assets.url("style.css")), Icon: b.pinned(b.assets.url("icon.svg"))}
	page.OtherPath = b.pinned(b.routes.path(page.Other, d.ID))
	if b.opt.BaseURL != "" {
		page.Canonical = b.opt.BaseURL + body.Live
	}
	var buf bytes.Buffer
	if err := execute(b.sheets[d.Lang]["pinnedreport"], "pinnedreport.html", &buf, page); err != nil {
		return rendered{}, err
	}
	return rendered{file(body.Pinned), body.Pinned, buf.Bytes()}, nil
}

// Frozen tells the shared template that it stands in a pinned page, from which
// only what is pinned too may be linked.
func (r reportBody) Frozen() bool { return r.Standing != nil }

// findReports are the annual reports for the search.
func (c composer) findReports() []found {
	var out []found
	for _, r := range c.builder.reports[c.lang] {
		title := c.w.T("report.title", "year", r.Year, "region", c.rel.Info.Region.Name.In(c.lang))
		out = append(out, found{c.kind("report"), title, c.path(reportID(r.Year)), r.Chapters[0].Sentences[0], r.Year})
	}
	return out
}
