package site

import (
	"fmt"
	"strings"

	"osservatorio/dashboards"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// Pages of the site itself; their address parts stand in the catalogue as slug.<id>.
const (
	pageThemes        = "themes"
	pageTerritories   = "territories"
	pageData          = "data"
	pageMethod        = "method"
	pageDisclosure    = "disclosure"
	pageGlossary      = "glossary"
	pageReleases      = "releases"
	pageAbout         = "about"
	pagePrivacy       = "privacy"
	pageAccessibility = "accessibility"
	pageLegal         = "legal"
	pageSitemap       = "sitemap"
	pageNotFound      = "404"
	pageHome          = "home"
)

// routes knows the address of every page in every language.
type routes struct {
	paths map[string]string // "it home" → "/"
	order []string          // page ids, in the order they were added
}

func newRoutes() *routes { return &routes{paths: map[string]string{}} }

// add gives a page its address in one language; an address may be given once.
func (r *routes) add(lang, id, path string) error {
	key := lang + " " + id
	if _, twice := r.paths[key]; twice {
		return fmt.Errorf("address page %s (%s): the page exists twice", id, lang)
	}
	for k, p := range r.paths {
		if p == path {
			return fmt.Errorf("address page %s (%s): %s is taken by %s", id, lang, path, k)
		}
	}
	r.paths[key] = path
	if lang == words.Langs[0] {
		r.order = append(r.order, id)
	}
	return nil
}

// path returns the address of a page, "" if there is none.
func (r *routes) path(lang, id string) string { return r.paths[lang+" "+id] }

// address fixes the address of every page before anything links to it.
func (b *builder) address() error {
	b.routes = newRoutes()
	for _, lang := range words.Langs {
		if err := b.addressLang(lang); err != nil {
			return err
		}
	}
	if b.routes.path(words.Langs[0], pageHome) == "" {
		return fmt.Errorf("address pages: no page %q among the dashboards", pageHome)
	}
	return nil
}

func (b *builder) addressLang(lang string) error {
	root := "/"
	if lang != words.Langs[0] {
		root = "/" + lang + "/"
	}
	for _, p := range b.dashboards[lang] {
		path, err := b.dashboardPath(lang, root, p)
		if err != nil {
			return err
		}
		if err := b.routes.add(lang, p.ID, path); err != nil {
			return err
		}
	}
	w := b.words[lang]
	if err := b.addressSheets(lang); err != nil {
		return err
	}
	if err := b.addressReports(lang, root); err != nil {
		return err
	}
	for _, id := range []string{pageThemes, pageTerritories, pageCompare, pageSearch, pageData, pageMethod, pageReleases, pageAbout, pagePrivacy, pageAccessibility, pageLegal, pageSitemap} {
		if err := b.routes.add(lang, id, root+w.T("slug."+id)+"/"); err != nil {
			return err
		}
	}
	if err := b.addressCalendar(lang, root); err != nil {
		return err
	}
	if b.hasQuality() {
		if err := b.routes.add(lang, pageQuality, b.routes.path(lang, pageReleases)+w.T("slug."+pageQuality)+"/"); err != nil {
			return err
		}
	}
	method := b.routes.path(lang, pageMethod)
	for _, id := range []string{pageDisclosure, pageGlossary} {
		if err := b.routes.add(lang, id, method+w.T("slug."+id)+"/"); err != nil {
			return err
		}
	}
	for _, slug := range b.methodSlugs() {
		if err := b.routes.add(lang, "method:"+slug, method+strings.ReplaceAll(slug, "_", "-")+"/"); err != nil {
			return err
		}
	}
	for _, g := range b.rel.AtLevel(b.rel.Info.Region.PageLevel) {
		if err := b.routes.add(lang, "compare:"+g.Code, b.routes.path(lang, pageCompare)+g.Slug+"/"); err != nil {
			return err
		}
	}
	for _, v := range b.rel.Info.Views {
		path := b.routes.path(lang, pageData) + strings.ReplaceAll(v.View, "_", "-") + "/"
		if err := b.routes.add(lang, "data:"+v.View, path); err != nil {
			return err
		}
	}
	if lang != words.Langs[0] {
		return nil
	}
	return b.routes.add(lang, pageNotFound, root+"404.html") // one page, in both languages
}

// dashboardPath is "/" for home, /<slug>/ for a theme and
// /<plural of its level>/<slug>/ for the profile of a territory.
func (b *builder) dashboardPath(lang, root string, p dashboards.Page) (string, error) {
	if p.ID == pageHome {
		return root, nil
	}
	slug := p.Slug.In(lang)
	if slug == "" {
		return "", fmt.Errorf("address page %s (%s): no slug", p.ID, lang)
	}
	if p.Geo == "" {
		return root + slug + "/", nil
	}
	geo, ok := b.rel.Geo(p.Geo)
	if !ok {
		return "", fmt.Errorf("address page %s: territory %s: not in the release", p.ID, p.Geo)
	}
	level, ok := levelOf(b.rel, geo.Level)
	if !ok {
		return "", fmt.Errorf("address page %s: level %s: not in the release", p.ID, geo.Level)
	}
	return root + slugify(level.Plural.In(lang)) + "/" + slug + "/", nil
}

func levelOf(rel *release.Release, code string) (release.GeoLevel, bool) {
	for _, l := range rel.Info.Region.Levels {
		if l.Code == code {
			return l, true
		}
	}
	return release.GeoLevel{}, false
}

// methodSlugs lists the method pages that the views ask for, in their order.
func (b *builder) methodSlugs() []string {
	var out []string
	seen := map[string]bool{}
	for _, v := range b.rel.Info.Views {
		if v.Method != "" && !seen[v.Method] {
			seen[v.Method] = true
			out = append(out, v.Method)
		}
	}
	return out
}

// file is where the page of an address is kept.
func file(path string) string {
	if strings.HasSuffix(path, "/") {
		path += "index.html"
	}
	return strings.TrimPrefix(path, "/")
}
