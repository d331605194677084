package site

import (
	"html/template"
	"strings"

	"osservatorio/dashboards"
)

// sheetID is the page of the sheet of a dashboard's territory.
func sheetID(page string) string { return "sheet:" + page }

// addressSheets gives every territory the address of its sheet, below its page.
func (b *builder) addressSheets(lang string) error {
	for _, p := range b.dashboards[lang] {
		if p.Sheet == nil {
			continue
		}
		path := b.routes.path(lang, p.ID) + b.words[lang].T("slug.sheet") + "/"
		if err := b.routes.add(lang, sheetID(p.ID), path); err != nil {
			return err
		}
	}
	return nil
}

// sheetBody is a territory on one A4 page.
type sheetBody struct {
	Page     dashboards.Page
	Name     string
	Level    string // word of its level
	Whole    string // name of the whole region, "" on its own sheet
	Figures  []smallFigure
	Near     []place
	Statuses statusCount
	Profile  string // address of the page it sums up
	Public   string // public address of that page, "" without one
	PDF      string // address of the same as a file, "" where none is made
}

// smallFigure is a figure drawn small, with the address where it stands whole.
type smallFigure struct {
	Title, Subtitle, Path string
	View                  string // published view that it stands on
	High                  bool   // takes the height of two
	Drawing               template.HTML
}

func (c composer) sheets() error {
	for _, p := range c.builder.dashboards[c.lang] {
		if p.Sheet == nil {
			continue
		}
		geo, _ := c.rel.Geo(p.Sheet.Geo)
		body := sheetBody{Page: p, Name: geo.Name.In(c.lang), Statuses: c.hidden[geo.Code], Profile: c.path(p.ID), PDF: c.paperOf(sheetID(p.ID))}
		if level, ok := levelOf(c.rel, geo.Level); ok {
			body.Level = level.Name.In(c.lang)
		}
		if geo.Code != c.rel.Info.Region.Root {
			body.Whole = c.rel.Info.Region.Name.In(c.lang)
		}
		if c.opt.BaseURL != "" {
			body.Public = c.opt.BaseURL + body.Profile
		}
		for _, code := range p.Similar.Geos {
			if g, ok := c.rel.Geo(code); ok {
				body.Near = append(body.Near, place{g.Code, g.Name.In(c.lang), c.geoPath(g.Code)})
			}
		}
		for _, id := range p.Sheet.Figures {
			small, ok, err := c.smallFigure(id)
			if err != nil {
				return err
			}
			if ok {
				body.Figures = append(body.Figures, small)
			}
		}
		title := c.w.T("sheet.title", "name", body.Name)
		d := doc{ID: sheetID(p.ID), Template: "factsheet", Title: title, Description: p.Headline, Nav: pageTerritories, Body: body}
		above := []crumb{{body.Name, body.Profile}}
		if p.ID == pageHome {
			d.Nav, above = pageHome, nil
		}
		c.add(d, above...)
	}
	return nil
}

// smallFigure is the narrow drawing of a figure that stands on some page; ok is
// false where no page has it.
func (c composer) smallFigure(id string) (small smallFigure, ok bool, err error) {
	for _, f := range c.placed {
		if f.lang != c.lang || f.fig.ID != id || !drawn(f.fig.Narrow) {
			continue
		}
		svg, err := c.drawingOf(narrowDrawing(f.fig))
		if err != nil {
			return smallFigure{}, false, err
		}
		return smallFigure{f.fig.Title, f.fig.Subtitle, f.page + "#" + id, f.fig.View, f.fig.Form == "steps", template.HTML(svg)}, true, nil
	}
	return smallFigure{}, false, nil
}

// sheetOf is the address of the sheet of a page, "" where it has none.
func (c composer) sheetOf(page string) string { return c.path(sheetID(page)) }

// csvOf is the address of the table of a published view, "" where none is offered.
func (b *builder) csvOf(view string) string {
	if v, ok := b.factsByView(view); ok {
		for _, f := range v.Files {
			if f.Kind == "csv" {
				return f.Path
			}
		}
	}
	return ""
}

// withoutScheme writes a public address as people read it on paper.
func withoutScheme(address string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://"), "/")
}
