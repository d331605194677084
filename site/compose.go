package site

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"osservatorio/dashboards"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// doc is one page before it is rendered.
type doc struct {
	ID          string
	Lang        string
	Path        string
	Template    string // file in templates, without .html
	Title       string // of the window, without the site's name
	Description string
	Nav         string // id of the page of the menu that this one belongs to
	Crumbs      []crumb
	JSONLD      template.HTML
	NoIndex     bool
	Scripts     []string // of this page alone, by plain name
	Alternates  []alternate
	Body        any
}

// crumb is one step of the way from the home page; the last has no address.
type crumb struct{ Label, Path string }

// compose makes the list of pages with what each will say.
func (b *builder) compose() error {
	for _, lang := range words.Langs {
		c := composer{b, lang, b.words[lang]}
		for _, add := range []func() error{
			c.dashboards, c.sheets, c.reports, c.themes, c.territories, c.compares, c.catalogue, c.dataSets, c.methods, c.method,
			c.releases, c.planned, c.qualityPage, c.texts, c.search, c.sitemap, c.notFound,
		} {
			if err := add(); err != nil {
				return err
			}
		}
	}
	return b.publishes()
}

// composer composes the pages of one language.
type composer struct {
	*builder
	lang string
	w    *words.Catalogue
}

func (c composer) path(id string) string { return c.routes.path(c.lang, id) }

func (c composer) home() crumb { return crumb{c.w.T("site.crumb.home"), c.path(pageHome)} }

// add puts a page on the list; parents are ids of pages above it, below home.
func (c composer) add(d doc, parents ...crumb) {
	d.Lang, d.Path = c.lang, c.path(d.ID)
	if d.ID != pageHome {
		d.Crumbs = append(append([]crumb{c.home()}, parents...), crumb{Label: shortTitle(d)})
	}
	c.builder.docs = append(c.builder.docs, &d)
}

// shortTitle is the last crumb: the name of a territory or theme rather than a
// computed headline.
func shortTitle(d doc) string {
	if body, ok := d.Body.(dashboardBody); ok {
		return body.Name
	}
	return d.Title
}

func (c composer) crumbTo(id string) crumb { return crumb{c.w.T("site.title." + id), c.path(id)} }

// dashboardBody is a dashboard page; Home and Profile are set on those alone.
type dashboardBody struct {
	Page    dashboards.Page
	Name    string
	Home    *homeBody
	Profile *profileBody
}

type homeBody struct {
	Themes   []theme
	Profiles []place
	Release  releaseBody
}

// theme is the card of another page.
type theme struct {
	Path   string
	Teaser dashboards.Teaser
}

// place is a territory with the page it has, if it has one.
type place struct {
	Code, Name, Path string
}

// profileBody is what the site adds to the profile of a territory.
type profileBody struct {
	Geo      release.Geo
	Level    string // word of its level
	Statuses statusCount
	Sets     []*viewFacts // data sets with rows of this territory
	Parents  []place
	Children []place
	Notes    []string // of the instance
	Near     []place  // similar territories
	Compare  string   // address of the ready comparison, "" where there is none
	Extract  extract  // all data of the territory
	Columns  []column // of its files
}

func (c composer) dashboards() error {
	for _, p := range c.builder.dashboards[c.lang] {
		if p.Headline == "" {
			return fmt.Errorf("page %s (%s): no headline", p.ID, c.lang)
		}
		body := dashboardBody{Page: p, Name: pageName(p)}
		d := doc{ID: p.ID, Template: "dashboard", Title: body.Name, Description: firstOf(p.Lead, p.Headline), Nav: p.ID}
		var above []crumb
		switch {
		case p.ID == pageHome:
			home, err := c.homeBody()
			if err != nil {
				return err
			}
			body.Home = home
		case p.Geo != "":
			body.Profile = c.profileBody(p)
			body.Name = body.Profile.Geo.Name.In(c.lang)
			d.Title, d.Nav = body.Name, pageTerritories
			above = append(above, c.crumbTo(pageTerritories))
		case p.Nav == "":
			d.Nav = pageThemes
			above = append(above, c.crumbTo(pageThemes))
		}
		d.Body = body
		c.add(d, above...)
	}
	return nil
}

func pageName(p dashboards.Page) string {
	return firstOf(p.Nav, p.Teaser.Title, p.Headline)
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func (c composer) homeBody() (*homeBody, error) {
	about, err := c.releaseBody()
	if err != nil {
		return nil, err
	}
	h := &homeBody{Release: about, Themes: c.themesOf(func(dashboards.Page) bool { return true })}
	h.Profiles = c.places(c.rel.AtLevel(c.rel.Info.Region.PageLevel))
	slices.SortStableFunc(h.Profiles, func(a, b place) int { return strings.Compare(a.Name, b.Name) })
	return h, nil
}

// themesOf are the cards of the dashboards about a theme that keep is true of.
func (c composer) themesOf(keep func(dashboards.Page) bool) []theme {
	var out []theme
	for _, p := range c.builder.dashboards[c.lang] {
		if p.ID != pageHome && p.Geo == "" && p.Teaser.Title != "" && keep(p) {
			out = append(out, theme{c.path(p.ID), p.Teaser})
		}
	}
	return out
}

// themeGroup is the cards of one group of themes.
type themeGroup struct {
	Title  string
	Themes []theme
}

type themesBody struct {
	Lead   string
	Groups []themeGroup
}

// themes composes the page of all dashboards, by group in the order in which
// the first of each appears; those without a group stand first, untitled.
func (c composer) themes() error {
	body := themesBody{Lead: c.w.T("site.themes.lead")}
	groups := []string{""}
	for _, p := range c.builder.dashboards[c.lang] {
		if !slices.Contains(groups, p.Group) {
			groups = append(groups, p.Group)
		}
	}
	for _, code := range groups {
		g := themeGroup{Themes: c.themesOf(func(p dashboards.Page) bool { return p.Group == code })}
		if code != "" {
			g.Title = c.w.T("dash.group." + code)
		}
		if len(g.Themes) > 0 {
			body.Groups = append(body.Groups, g)
		}
	}
	c.add(doc{ID: pageThemes, Template: "themes", Title: c.w.T("site.title.themes"), Description: body.Lead, Nav: pageThemes, Body: body})
	return nil
}

// places turns territories into places, with the address of their page.
func (c composer) places(geos []release.Geo) []place {
	var out []place
	for _, g := range geos {
		out = append(out, place{g.Code, g.Name.In(c.lang), c.geoPath(g.Code)})
	}
	return out
}

// geoPath is the address of the profile of a territory; the whole region's is
// the home page; "" where a territory has none.
func (c composer) geoPath(code string) string {
	for _, p := range c.builder.dashboards[c.lang] {
		if p.Geo == code && p.ID != pageHome {
			return c.path(p.ID)
		}
	}
	if code == c.rel.Info.Region.Root {
		return c.path(pageHome)
	}
	return ""
}

func (c composer) profileBody(p dashboards.Page) *profileBody {
	geo, _ := c.rel.Geo(p.Geo)
	body := &profileBody{Geo: geo, Statuses: c.hidden[geo.Code], Notes: c.notesOn(geo.Code), Extract: c.extracts[geo.Code], Columns: c.extractColumns()}
	if level, ok := levelOf(c.rel, geo.Level); ok {
		body.Level = level.Name.In(c.lang)
	}
	body.Compare = c.path("compare:" + geo.Code)
	for _, code := range p.Similar.Geos {
		if g, ok := c.rel.Geo(code); ok {
			body.Near = append(body.Near, c.places([]release.Geo{g})...)
		}
	}
	for _, v := range c.views {
		if slices.Contains(v.Levels, geo.Level) {
			body.Sets = append(body.Sets, v)
		}
	}
	for _, g := range c.rel.Geos {
		if slices.Contains(geo.Parents, g.Code) && g.Code != c.rel.Info.Region.Root {
			body.Parents = append(body.Parents, c.places([]release.Geo{g})...)
		}
		if slices.Contains(g.Parents, geo.Code) && geo.Code != c.rel.Info.Region.Root {
			body.Children = append(body.Children, c.places([]release.Geo{g})...)
		}
	}
	return body
}

// placeGroup is the territories below one territory.
type placeGroup struct {
	Place  place
	Places []place
}

// levelGroups is one way to divide the territories that have pages.
type levelGroups struct {
	Title  string
	Level  string
	Groups []placeGroup
}

type territoriesBody struct {
	Lead   string
	All    []place
	Plural string
	By     []levelGroups
}

func (c composer) territories() error {
	level := c.rel.Info.Region.PageLevel
	geos := c.rel.AtLevel(level)
	body := territoriesBody{All: c.places(geos)}
	if l, ok := levelOf(c.rel, level); ok {
		body.Plural = l.Plural.In(c.lang)
	}
	body.Lead = c.w.T("site.territories.lead", "n", len(geos), "plural", lowerFirst(body.Plural), "region", c.rel.Info.Region.Name.In(c.lang))
	for _, l := range c.rel.Info.Region.Levels {
		if l.Code == level || l.Code == levelOfRoot(c.rel) {
			continue
		}
		by := levelGroups{Title: c.w.T("site.territories.by", "level", lowerFirst(l.Name.In(c.lang))), Level: l.Code}
		for _, parent := range c.rel.AtLevel(l.Code) {
			by.Groups = append(by.Groups, placeGroup{c.places([]release.Geo{parent})[0], c.places(childrenAt(geos, parent.Code))})
		}
		if len(by.Groups) > 0 {
			body.By = append(body.By, by)
		}
	}
	c.add(doc{ID: pageTerritories, Template: "territories", Title: c.w.T("site.title.territories"),
		Description: body.Lead, Nav: pageTerritories, Body: body})
	return nil
}

func levelOfRoot(rel *release.Release) string {
	g, _ := rel.Geo(rel.Info.Region.Root)
	return g.Level
}

func childrenAt(geos []release.Geo, parent string) []release.Geo {
	var out []release.Geo
	for _, g := range geos {
		if slices.Contains(g.Parents, parent) {
			out = append(out, g)
		}
	}
	return out
}

// lowerFirst writes a word as inside a sentence, unless it is an acronym.
func lowerFirst(s string) string {
	if len(s) > 1 && s[1] >= 'A' && s[1] <= 'Z' {
		return s
	}
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func (c composer) texts() error {
	for _, id := range []string{pageAbout, pagePrivacy, pageAccessibility, pageLegal} {
		p, err := c.prose(c.lang, id)
		if err != nil {
			return err
		}
		c.add(doc{ID: id, Template: "text", Title: p.Title, Description: p.Lead, Body: textBody{Prose: p, ID: id}})
	}
	for _, id := range []string{pageDisclosure, pageGlossary} {
		p, err := c.prose(c.lang, id)
		if err != nil {
			return err
		}
		c.add(doc{ID: id, Template: "text", Title: p.Title, Description: p.Lead, Nav: pageMethod,
			Body: textBody{Prose: p, ID: id, Statuses: id == pageDisclosure, Rules: c.rel.Codes["disclosure_rules"].Codes}}, c.crumbTo(pageMethod))
	}
	return nil
}

// textBody is a Markdown page; Statuses puts the rules in force and the table of
// statuses below it.
type textBody struct {
	Prose    prose
	ID       string
	Statuses bool
	Rules    []release.Code
}

type sitemapBody struct {
	Groups []linkGroup
}

type linkGroup struct {
	Title string
	Links []crumb
}

func (c composer) sitemap() error {
	body := sitemapBody{}
	group := func(title string, keep func(d *doc) bool) {
		g := linkGroup{Title: title}
		for _, d := range c.builder.docs {
			if d.Lang == c.lang && keep(d) {
				g.Links = append(g.Links, crumb{shortTitle(*d), d.Path})
			}
		}
		if len(g.Links) > 0 {
			body.Groups = append(body.Groups, g)
		}
	}
	isProfile := func(d *doc) bool {
		b, ok := d.Body.(dashboardBody)
		return ok && b.Profile != nil
	}
	group(c.w.T("site.sitemap.themes"), func(d *doc) bool { return d.Template == "dashboard" && !isProfile(d) })
	group(c.w.T("site.title.territories"), func(d *doc) bool { return d.ID == pageTerritories || d.ID == pageCompare || isProfile(d) })
	group(c.w.T("site.title.data"), func(d *doc) bool { return d.Nav == pageData || d.Nav == pageReports || d.ID == pageReleases })
	group(c.w.T("site.title.method"), func(d *doc) bool { return d.Nav == pageMethod })
	group(c.w.T("site.sitemap.about"), func(d *doc) bool {
		return d.Template == "text" && d.Nav == "" || d.ID == pageSearch
	})
	c.add(doc{ID: pageSitemap, Template: "sitemap", Title: c.w.T("site.title.sitemap"), Description: c.w.T("site.sitemap.lead"), Body: body})
	return nil
}

// notFoundBody holds what the one page of lost readers says in the other language.
type notFoundBody struct {
	Lang, Title, Lead, Home, HomePath string
}

func (c composer) notFound() error {
	if c.lang != words.Langs[0] {
		return nil
	}
	other := words.Langs[1]
	w := c.words[other]
	body := notFoundBody{other, w.T("site.title.404"), w.T("site.404.lead"), w.T("site.404.home"), c.routes.path(other, pageHome)}
	c.add(doc{ID: pageNotFound, Template: "notfound", Title: c.w.T("site.title.404"), Description: c.w.T("site.404.lead"), NoIndex: true, Body: body})
	return nil
}
