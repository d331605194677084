package site

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"osservatorio/dashboards"
	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// render turns every doc into HTML and writes it.
func (b *builder) render() ([]*readPage, error) {
	b.paperPages()
	b.sheets = map[string]map[string]*template.Template{}
	for _, lang := range words.Langs {
		t, err := b.parse(lang)
		if err != nil {
			return nil, err
		}
		b.sheets[lang] = t
	}
	pages := make([]*readPage, len(b.docs))
	err := b.parallel("pages", len(b.docs), func(i int) (err error) {
		d := b.docs[i]
		var buf bytes.Buffer
		if err := execute(b.sheets[d.Lang][d.Template], "layout.html", &buf, b.pageView(d)); err != nil {
			return fmt.Errorf("lay out page %s (%s): %w", d.ID, d.Lang, err)
		}
		pages[i], err = b.settle(rendered{file(d.Path), d.Path, buf.Bytes()})
		return err
	})
	return pages, err
}

// execute runs a template; a missing message panics in the catalogue and comes
// back as an error here.
func execute(t *template.Template, name string, buf *bytes.Buffer, data any) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%v", fault)
		}
	}()
	return t.ExecuteTemplate(buf, name, data)
}

// parse reads the templates for one language: each page's file defines "body".
func (b *builder) parse(lang string) (map[string]*template.Template, error) {
	h := helper{b, composer{b, lang, b.words[lang]}}
	shared, err := template.New("").Funcs(h.funcs()).ParseFS(templateFiles, "templates/layout.html", "templates/parts.html", "templates/embedparts.html", "templates/reportparts.html")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	out := map[string]*template.Template{}
	for _, name := range names {
		t, err := shared.Clone()
		if err == nil {
			t, err = t.ParseFS(templateFiles, name)
		}
		if err != nil {
			return nil, fmt.Errorf("read template %s: %w", name, err)
		}
		out[strings.TrimSuffix(path.Base(name), ".html")] = t
	}
	return out, nil
}

// pageView is what the layout sees.
type pageView struct {
	*doc
	Info    release.Info
	Region  string
	Other   string // language of the twin
	Twin    string // its address
	Base    string
	Menu    []menuItem
	CSP     string
	Card    string // public address of the page's picture, "" without one
	CardAlt string
	OEmbed  string // public address of the description of its first figure, "" without one
}

type menuItem struct {
	Label, Path string
	Current     bool
}

// ContentPolicy is the policy that every page lives under; serve sends it as a
// header too, with frame-ancestors, which a page cannot say of itself.
const ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'"

func (b *builder) pageView(d *doc) pageView {
	other := words.Langs[0]
	if d.Lang == other {
		other = words.Langs[1]
	}
	twin := b.routes.path(other, d.ID)
	if twin == "" {
		twin = b.routes.path(other, pageHome)
	}
	v := pageView{doc: d, Info: b.rel.Info, Region: b.rel.Info.Region.Name.In(d.Lang), Other: other,
		Twin: twin, Base: b.opt.BaseURL, Menu: b.menu(d), CSP: ContentPolicy}
	v.Description = b.describe(d)
	v.Card, v.CardAlt = b.cardOf(d)
	v.OEmbed = b.oembedOfPage(d)
	return v
}

// menu lists the dashboards that ask to be in it, then the site's own pages:
// the themes lead to the dashboards that do not.
func (b *builder) menu(d *doc) []menuItem {
	var items []menuItem
	for _, p := range b.dashboards[d.Lang] {
		if p.Nav != "" && (p.Geo == "" || p.ID == pageHome) {
			items = append(items, menuItem{p.Nav, b.routes.path(d.Lang, p.ID), d.Nav == p.ID})
		}
	}
	for _, id := range []string{pageThemes, pageTerritories, pageData, pageMethod} {
		items = append(items, menuItem{b.words[d.Lang].T("site.nav." + id), b.routes.path(d.Lang, id), d.Nav == id})
	}
	return items
}

// helper gives the templates what they may call, in one language.
type helper struct {
	*builder
	c composer
}

func (h helper) funcs() template.FuncMap {
	return template.FuncMap{
		"t":         h.c.w.T,
		"has":       h.c.w.Has,
		"plural":    h.c.w.Plural,
		"num":       h.c.w.Int,
		"num64":     func(n int64) string { return h.c.w.Int(int(n)) },
		"period":    h.c.w.Period,
		"date":      h.c.w.Date,
		"size":      h.size,
		"path":      h.path,
		"asset":     h.assets.url,
		"window":    h.window,
		"signs":     utf8.RuneCountInString,
		"in":        func(t release.Text) string { return t.In(h.c.lang) },
		"figure":    h.figure,
		"spark":     h.spark,
		"geopath":   h.c.geoPath,
		"levelword": h.levelWord,
		"cells":     h.c.compareCells,
		"paper":     withoutScheme,
		"sheet":     h.c.sheetOf,
		"reports":   func() string { return h.c.path(pageReports) },
		"software":  func() string { return h.rel.Info.Software },
		"csvof":     h.csvOf,
		"stop":      func(s string) string { return strings.TrimRight(s, ".") + "." },
		"sum4":      func(y dashboards.YearCells) string { return h.c.w.Int(y.Shown + y.Hidden + y.Few + y.Pending) },
		"wholes":    h.c.wholeFiles,
		"columns":   func(p []place) int { return len(p) + 1 },
		"unit":      h.unit,
		"licence":   licenceName,
		"liclink":   licenceURL,
		"first":     firstOf,
		"lower":     lowerFirst,
		"verified":  h.verified,
		"mail":      h.mail,
		"list":      func(s ...string) []string { return s },
		"join":      strings.Join,
		"alone":     alone,
		"parts":     parts,
		"folds":     folds,
		"few":       fewKeys,
		"rest":      restOfKeys,
		"folded":    h.folded,
		"asunit":    func(s string) release.Unit { return release.Unit(s) },
		"source":    h.c.sourceWord,
		"astext":    asText,
		"release":   func() string { return h.rel.Info.ID },
	}
}

// longestTitle is what search engines and tabs show of a title, in signs.
const longestTitle = 90

// window is the title of a page's window: with the name of the site where both fit.
func (h helper) window(title string) string {
	if whole := title + " – " + h.c.w.T("site.name"); utf8.RuneCountInString(whole) <= longestTitle {
		return whole
	}
	return title
}

func (h helper) path(id string) (string, error) {
	p := h.routes.path(h.c.lang, id)
	if p == "" {
		return "", fmt.Errorf("link to page %s: no such page", id)
	}
	return p, nil
}

// size writes a number of bytes as kB or MB.
func (h helper) size(n int64) string {
	switch {
	case n < 1000:
		return h.c.w.Int(int(n)) + " B"
	case n < 1_000_000:
		return h.c.w.Number(float64(n)/1000, 0) + " kB"
	}
	return h.c.w.Number(float64(n)/1_000_000, 1) + " MB"
}

func (h helper) levelWord(code string) string {
	if l, ok := levelOf(h.rel, code); ok {
		return l.Plural.In(h.c.lang)
	}
	return code
}

func (h helper) unit(u release.Unit) string { return h.c.term("unit", string(u)) }

// verified returns the class and the word of a verification mark.
func (h helper) verified(mark string) template.HTML {
	word := h.c.term("verification", mark)
	return template.HTML(`<span class="verif verif-` + template.HTMLEscapeString(mark) + `">` + template.HTMLEscapeString(word) + `</span>`)
}

// mail is a link to write about a page.
func (h helper) mail(subject string) string {
	to := h.rel.Info.Publisher.Contact
	if !strings.Contains(to, "@") {
		return ""
	}
	return "mailto:" + to + "?subject=" + strings.ReplaceAll(template.URLQueryEscaper(subject), "+", "%20")
}

// alone tells whether a section is one figure without a title of its own.
func alone(s dashboards.Section) bool { return s.Title == "" }

// figureView is a figure with all that stands around it.
type figureView struct {
	chart.Figure
	Wide, Narrow template.HTML
	Heading      string // h2, or h3 under a section's title
	Side         bool
	Heat         bool
	Data         *viewFacts // nil where the figure shows no published view
	CSV, Parquet string
	SVGFile      string
	PNGFile      string // "" where none is made
	Live         string
	MethodPath   string
	Query        string
	Embed        *embedView
}

func (h helper) figure(f chart.Figure, under bool) (figureView, error) {
	v := figureView{Figure: f, Heading: "h2", Embed: h.embedView(f), Side: len(f.Legend)+len(f.Reading) > 0, Heat: hasMarks(f.Table)}
	if under {
		v.Heading = "h3"
	}
	if drawn(f.Wide) {
		if err := h.drawInto(&v); err != nil {
			return v, err
		}
	}
	if f.Method != "" {
		v.MethodPath = h.routes.path(h.c.lang, "method:"+f.Method)
		if v.MethodPath == "" {
			return v, fmt.Errorf("figure %s: method page %s: no published view has it", f.ID, f.Method)
		}
	}
	if facts, ok := h.factsByView(f.View); ok {
		v.Data = facts
		v.Query = checkQuery(facts.Header, f.Cells, h.fileURL(f.View, ".parquet"))
		for _, d := range facts.Files {
			switch d.Kind {
			case "csv":
				v.CSV = d.Path
			case "parquet":
				v.Parquet = d.Path
			}
		}
	}
	return v, nil
}

// folded is a figure of a folded section; the title of one that stands alone is
// that of its section.
func (h helper) folded(f chart.Figure, titled bool) (figureView, error) {
	v, err := h.figure(f, true)
	if !titled {
		v.Heading = ""
	}
	return v, err
}

func (h helper) drawInto(v *figureView) error {
	wide, err := h.drawingOf(wideDrawing(v.Figure))
	if err != nil {
		return err
	}
	v.Wide, v.Narrow = template.HTML(wide), template.HTML(wide)
	if drawn(v.Figure.Narrow) {
		narrow, err := h.drawingOf(narrowDrawing(v.Figure))
		if err != nil {
			return err
		}
		v.Narrow = template.HTML(narrow)
	}
	v.SVGFile = figureURL(h.c.lang, v.ID, "svg")
	v.Live = figureURL(h.c.lang, v.ID, "json")
	if h.pictures[h.c.lang+" "+v.ID] {
		v.PNGFile = figureURL(h.c.lang, v.ID, "png")
	}
	return nil
}

func hasMarks(t chart.Table) bool {
	return slices.ContainsFunc(t.Rows, func(row []chart.Cell) bool {
		return slices.ContainsFunc(row, func(c chart.Cell) bool { return strings.HasPrefix(c.Mark, "seq-") })
	})
}

// spark is the small drawing of a key figure, empty where it has none.
func (h helper) spark(k chart.Key) (template.HTML, error) {
	if !drawn(k.Spark) {
		return "", nil
	}
	svg, err := h.drawingOf(keyDrawing(k))
	return template.HTML(svg), err
}
