package site

import (
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"

	"osservatorio/dashboards"
)

const pageSearch = "search"

// found is one thing that can be searched for. Kind is the end of a message key
// (search.kind.data), for a territory the name of its level. Also holds words by
// which it is found and that are not shown.
type found struct {
	Kind, Title, Path, Says, Also string
}

// letter is one letter of the index that stands where no script runs.
type letter struct {
	ID, Name string
	Entries  []found
}

type searchBody struct {
	Index   string // address of the index
	Letters []letter
}

// search composes the page to search and the index that it reads. It stands last
// among the pages: it lists what the others say.
func (c composer) search() error {
	all := c.findable()
	raw, err := searchIndex(all)
	if err != nil {
		return err
	}
	name := "search/" + c.lang + ".json"
	if err := c.builder.make(name, raw); err != nil {
		return err
	}
	c.add(doc{ID: pageSearch, Template: "search", Title: c.w.T("site.title.search"), Description: c.w.T("search.lead"),
		Scripts: []string{"search.js"}, Body: searchBody{Index: "/" + name, Letters: letters(all, c.kind("chart"))}})
	return nil
}

// searchIndex is the index as the page reads it: kinds once, then one row an
// entry [kind, title, address, text, further words].
func searchIndex(all []found) ([]byte, error) {
	kinds, rows := []string{}, [][]any{}
	for _, f := range all {
		k := slices.Index(kinds, f.Kind)
		if k < 0 {
			k = len(kinds)
			kinds = append(kinds, f.Kind)
		}
		rows = append(rows, []any{k, f.Title, f.Path, f.Says, f.Also})
	}
	raw, err := json.Marshal(map[string]any{"kinds": kinds, "entries": rows})
	if err != nil {
		return nil, fmt.Errorf("write search index: %w", err)
	}
	return raw, nil
}

func (c composer) kind(name string) string { return c.w.T("search.kind." + name) }

// findable lists what can be found, what readers look for most before the rest:
// the order decides between equal matches.
func (c composer) findable() []found {
	var out []found
	for _, add := range []func() []found{c.findThemes, c.findTerritories, c.findIndicators, c.findDataSets, c.findReports, c.findPages, c.findTerms, c.findCharts} {
		out = append(out, add()...)
	}
	return out
}

func (c composer) findThemes() []found {
	var out []found
	for _, p := range c.builder.dashboards[c.lang] {
		if p.Geo == "" || p.ID == pageHome {
			var also []string
			for _, k := range p.Keys {
				also = append(also, k.Label)
			}
			out = append(out, found{c.kind("theme"), pageName(p), c.path(p.ID), firstOf(p.Teaser.Question, p.Headline), strings.Join(also, " ")})
		}
	}
	return out
}

// findTerritories finds a territory by its name and by those of the larger ones
// that it is part of.
func (c composer) findTerritories() []found {
	var out []found
	for _, g := range c.rel.Geos {
		path := c.geoPath(g.Code)
		level, ok := levelOf(c.rel, g.Level)
		if path == "" || !ok || g.Code == c.rel.Info.Region.Root {
			continue
		}
		also := []string{g.Code}
		for _, code := range g.Parents {
			if parent, ok := c.rel.Geo(code); ok && code != c.rel.Info.Region.Root {
				also = append(also, parent.Name.In(c.lang))
			}
		}
		out = append(out, found{level.Name.In(c.lang), g.Name.In(c.lang), path, strings.Join(also[1:], ", "), also[0]})
	}
	return out
}

func (c composer) findIndicators() []found {
	var out []found
	for _, slug := range c.methodSlugs() {
		p, err := c.prose(c.lang, "method/"+slug)
		if err != nil {
			continue // told by the page itself
		}
		var also []string
		for _, v := range c.viewsOfMethod(slug) {
			for _, m := range v.Header.Measures {
				also = append(also, m.Label.In(c.lang))
			}
		}
		out = append(out, found{c.kind("indicator"), p.Title, c.path("method:" + slug), p.Lead, strings.Join(also, " ")})
	}
	return out
}

func (c composer) findDataSets() []found {
	var out []found
	for _, v := range c.views {
		h := v.Header
		also := []string{h.View}
		for _, b := range h.Breakdowns {
			also = append(also, c.columnSays(h, b))
		}
		for _, f := range v.Files {
			also = append(also, f.Kind)
		}
		out = append(out, found{c.kind("data"), h.Title.In(c.lang), c.path("data:" + h.View), h.Description.In(c.lang), strings.Join(also, " ")})
	}
	return out
}

// findPages finds the pages that are about the site itself.
func (c composer) findPages() []found {
	var out []found
	for _, d := range c.builder.docs {
		own := d.Lang == c.lang && !d.NoIndex && d.Template != "dashboard" && !strings.Contains(d.ID, ":")
		if own {
			out = append(out, found{c.kind("page"), d.Title, d.Path, d.Description, ""})
		}
	}
	return out
}

var termHeading = regexp.MustCompile(`<h3 id="([^"]+)">(.*?)</h3>\s*<p>(.*?)</p>`)

// findTerms finds the words of the glossary, each at its place.
func (c composer) findTerms() []found {
	p, err := c.prose(c.lang, pageGlossary)
	if err != nil {
		return nil // told by the page itself
	}
	var out []found
	for _, m := range termHeading.FindAllStringSubmatch(string(p.Body), -1) {
		out = append(out, found{c.kind("term"), plainText(m[2]), c.path(pageGlossary) + "#" + m[1], plainText(m[3]), ""})
	}
	return out
}

var tags = regexp.MustCompile(`<[^>]*>`)

func plainText(markup string) string { return html.UnescapeString(tags.ReplaceAllString(markup, "")) }

// findCharts finds the figures of the themes; those of a territory are found by
// the territory.
func (c composer) findCharts() []found {
	var out []found
	for _, p := range c.builder.dashboards[c.lang] {
		if p.Geo != "" && p.ID != pageHome {
			continue
		}
		out = append(out, c.chartsOf(p)...)
	}
	return out
}

func (c composer) chartsOf(p dashboards.Page) []found {
	var out []found
	for _, s := range p.Sections {
		for _, f := range s.Figures {
			out = append(out, found{c.kind("chart"), f.Title, c.path(p.ID) + "#" + f.ID, f.Subtitle, s.Title})
		}
	}
	return out
}

// letters sorts the entries into an index from A to Z, without those of a kind
// whose titles are sentences.
func letters(all []found, without string) []letter {
	all = slices.DeleteFunc(slices.Clone(all), func(f found) bool { return f.Kind == without })
	slices.SortStableFunc(all, func(a, b found) int { return strings.Compare(slugify(a.Title), slugify(b.Title)) })
	var out []letter
	for _, f := range all {
		name := "0–9"
		if s := slugify(f.Title); s != "" && s[0] >= 'a' {
			name = strings.ToUpper(s[:1])
		}
		if len(out) == 0 || out[len(out)-1].Name != name {
			out = append(out, letter{ID: "az-" + slugify(name), Name: name})
		}
		last := &out[len(out)-1]
		last.Entries = append(last.Entries, f)
	}
	return out
}
