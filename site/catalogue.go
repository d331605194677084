package site

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"

	"osservatorio/queries/release"
)

// alternate is another form of a page that programs look for in its head.
type alternate struct{ Type, Path, Title string }

// wholeFiles are those files about the release as a whole that it has.
func (c composer) wholeFiles(names ...string) []download {
	var out []download
	for _, name := range names {
		for _, f := range c.rel.Files {
			if f.Path == name {
				out = append(out, download{Kind: name, Path: "/" + name, Bytes: f.Bytes, SHA: f.SHA256})
			}
		}
	}
	return out
}

// catalogueLinks lead harvesters from the page of the data to the catalogue.
func catalogueLinks(files []download) []alternate {
	types := map[string]string{"catalog.ttl": "text/turtle", "catalog.rdf": "application/rdf+xml", "catalog.jsonld": "application/ld+json"}
	var out []alternate
	for _, f := range files {
		out = append(out, alternate{types[f.Kind], f.Path, "DCAT-AP_IT"})
	}
	return out
}

func (c composer) catalogueName() string {
	return c.w.T("catalogue.name", "publisher", c.rel.Info.Publisher.Name)
}

// catalogueLD describes the catalogue for search engines.
func (c composer) catalogueLD() (template.HTML, error) {
	at := c.opt.BaseURL
	if at == "" {
		return "", nil
	}
	var sets []any
	for _, v := range c.views {
		sets = append(sets, map[string]any{"@type": "Dataset", "@id": at + c.path("data:"+v.Header.View)})
	}
	raw, err := json.Marshal(map[string]any{"@context": "https://schema.org", "@type": "DataCatalog", "name": c.catalogueName(),
		"description": c.w.T("site.data.lead"), "url": at + c.path(pageData), "inLanguage": c.lang, "dateModified": c.rel.Info.ExtractionDate,
		"publisher": map[string]any{"@type": "GovernmentOrganization", "name": c.rel.Info.Publisher.Name}, "dataset": sets})
	if err != nil {
		return "", fmt.Errorf("describe catalogue: %w", err)
	}
	return template.HTML(`<script type="application/ld+json">` + string(raw) + `</script>`), nil
}

// setChanges is what changes.json says of one data set, in words.
type setChanges struct {
	Says      string
	Reasons   []changeReason
	Revisions []changeMoved
}

type changeReason struct {
	Cells        int64
	Kind, Reason string
}

type changeMoved struct {
	Label, Unit     string
	Cells           int64
	Median, Largest string
}

// changesOf says what changed in a data set; nil where the release does not tell.
func (c composer) changesOf(h release.Header) *setChanges {
	v, ok := viewChanges(c.changes, h.View)
	if !ok {
		return nil
	}
	out := &setChanges{Says: c.w.T("catalogue.first")}
	if c.changes.Follows != "" {
		out.Says = c.w.T("catalogue.since", "follows", c.changes.Follows, "new", c.w.Int(int(v.New)), "revised", c.w.Int(int(v.Revised)),
			"withdrawn", c.w.Int(int(v.Withdrawn)), "unchanged", c.w.Int(int(v.Unchanged)))
		if v.DefinitionBefore != "" && v.Definition != v.DefinitionBefore {
			out.Says += " " + c.w.T("catalogue.redefined", "before", v.DefinitionBefore, "now", v.Definition)
		}
	}
	for _, r := range v.Reasons {
		out.Reasons = append(out.Reasons, changeReason{r.Cells, c.w.T("catalogue.kind." + r.Kind), c.rel.Codes["change"].Label(r.Reason, c.lang)})
	}
	for _, r := range v.Revisions {
		m, _ := h.Measure(r.Measure)
		out.Revisions = append(out.Revisions, changeMoved{firstOf(m.Label.In(c.lang), r.Measure), c.term("unit", string(r.Unit)), r.Cells,
			c.w.Number(r.Median, 2), c.w.Number(r.Largest, 2)})
	}
	return out
}

func viewChanges(all release.Changes, view string) (release.ViewChanges, bool) {
	for _, v := range all.Views {
		if v.View == view {
			return v, true
		}
	}
	return release.ViewChanges{}, false
}

// version is one edition of a data set.
type version struct {
	ID, Date, State, Anchor string
}

// versionsOf lists the releases that hold a data set, newest first.
func (c composer) versionsOf(view string) []version {
	var out []version
	for i, e := range c.editions {
		if _, holds := viewChanges(e.Changes, view); !holds && i > 0 {
			continue
		}
		v := version{ID: e.ID, Date: e.Extracted, Anchor: e.Anchor()}
		switch {
		case e.Withdrawn != nil:
			v.State = c.w.T("catalogue.withdrawn_short")
		case e.Replaced != "":
			v.State = c.w.T("catalogue.superseded", "by", e.Replaced)
		case i == 0:
			v.State = c.w.T("catalogue.current")
		}
		out = append(out, v)
	}
	return out
}

// Anchor is the place of the edition on the page of the releases.
func (e edition) Anchor() string { return "r-" + strings.ReplaceAll(e.ID, ".", "-") }
