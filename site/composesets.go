package site

import (
	"slices"
	"strings"

	"osservatorio/queries/release"
)

// catalogueBody is the page of all data sets.
type catalogueBody struct {
	Sets      []*viewFacts
	Cells     int        // of all data sets
	Groups    []setGroup // the data sets by theme
	Other     []download // files about the release as a whole
	Catalogue []download // the catalogue for other catalogues, in its three forms
	Codes     []codeListLink
}

// setGroup is the data sets that the themes of one group are drawn from.
type setGroup struct {
	ID, Title string
	Sets      []*viewFacts
	Names     string // titles of the data sets, for a group that is folded
	Folded    bool
}

// codeListLink is one list of the release. Checked says how far its entries
// were checked, in words ("found 12, proposal 3"); "" where it does not say.
type codeListLink struct {
	Name, Label, Path, Checked string
	Entries                    int
}

func (c composer) catalogue() error {
	body := catalogueBody{Sets: c.views, Groups: c.setGroups(), Codes: c.codeLists()}
	for _, v := range c.views {
		body.Cells += v.Rows
	}
	body.Other = c.wholeFiles("datapackage.json", "dictionary."+c.lang+".md", "changes.json", "CITATION.cff", "release.json", "notes.json", "disclosure.json", "quality.json", "SHA256SUMS", "SHA256SUMS.sig")
	body.Catalogue = c.wholeFiles("catalog.ttl", "catalog.rdf", "catalog.jsonld")
	ld, err := c.catalogueLD()
	if err != nil {
		return err
	}
	c.add(doc{ID: pageData, Template: "catalogue", Title: c.w.T("site.title.data"), Description: c.w.T("site.data.lead"), Nav: pageData,
		JSONLD: ld, Alternates: catalogueLinks(body.Catalogue), Body: body})
	return nil
}

// setGroups puts each data set under the group of the first theme that draws
// it, groups in the order of the themes; what no theme draws comes last. The
// first group is open, the others are folded under the names of their sets.
func (c composer) setGroups() []setGroup {
	drawn, order := c.groupsOfViews()
	sets := map[string][]*viewFacts{}
	for _, v := range c.views { // "" where no theme draws it
		sets[drawn[v.Header.View]] = append(sets[drawn[v.Header.View]], v)
	}
	var out []setGroup
	for _, code := range append(order, "") {
		if len(sets[code]) == 0 {
			continue
		}
		g := setGroup{ID: "sets-" + code, Title: c.w.T("site.data.sets"), Sets: sets[code], Folded: len(out) > 0}
		switch {
		case code != "":
			g.Title = c.w.T("dash.group." + code)
		case len(out) > 0:
			g.ID, g.Title = "sets-others", c.w.T("site.data.others")
		}
		var names []string
		for _, v := range g.Sets {
			names = append(names, v.Header.Title.In(c.lang))
		}
		g.Names = strings.Join(names, " · ")
		out = append(out, g)
	}
	return out
}

// groupsOfViews tells the group of the first theme that draws each view, and
// the groups in the order of the themes.
func (c composer) groupsOfViews() (drawn map[string]string, order []string) {
	drawn = map[string]string{}
	for _, p := range c.builder.dashboards[c.lang] {
		if p.Group == "" {
			continue
		}
		if !slices.Contains(order, p.Group) {
			order = append(order, p.Group)
		}
		for _, s := range p.Sections {
			for _, f := range s.Figures {
				if _, known := drawn[f.View]; !known {
					drawn[f.View] = p.Group
				}
			}
		}
	}
	return drawn, order
}

func (c composer) codeLists() []codeListLink {
	var out []codeListLink
	for _, name := range sortedKeys(c.rel.Codes) {
		link := codeListLink{Name: name, Label: c.codeListName(name), Entries: len(c.rel.Codes[name].Codes), Checked: c.checked(c.rel.Codes[name])}
		if path := "codes/" + name + ".csv"; c.offers(path) {
			link.Path = "/" + path
		}
		out = append(out, link)
	}
	return out
}

func (c composer) checked(l release.CodeList) string {
	count := map[string]int{}
	for _, code := range l.Codes {
		count[code.Extra["verification"]]++
	}
	var parts []string
	for _, mark := range []string{"found", "derived", "proposal", "memory"} {
		if count[mark] > 0 {
			parts = append(parts, c.term("verification", mark)+" "+c.w.Int(count[mark]))
		}
	}
	return strings.Join(parts, ", ")
}

func (c composer) codeListName(name string) string {
	if key := "site.column." + name; c.w.Has(key) {
		return c.w.T(key)
	}
	return name
}
