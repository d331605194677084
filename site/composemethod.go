package site

import (
	"slices"

	"osservatorio/queries/release"
)

type methodsBody struct {
	Prose      prose
	Pages      []methodLink
	Parameters []release.Code
}

type methodLink struct {
	Title, Path, Lead string
	Views             []*viewFacts
}

// methods composes the index of the method pages.
func (c composer) methods() error {
	intro, err := c.prose(c.lang, pageMethod)
	if err != nil {
		return err
	}
	body := methodsBody{Prose: intro, Parameters: c.rel.Codes["parameters"].Codes}
	for _, slug := range c.methodSlugs() {
		p, err := c.prose(c.lang, "method/"+slug)
		if err != nil {
			return err
		}
		body.Pages = append(body.Pages, methodLink{p.Title, c.path("method:" + slug), p.Lead, c.viewsOfMethod(slug)})
	}
	c.add(doc{ID: pageMethod, Template: "methods", Title: intro.Title, Description: intro.Lead, Nav: pageMethod, Body: body})
	return nil
}

func (c composer) viewsOfMethod(slug string) []*viewFacts {
	var out []*viewFacts
	for _, v := range c.views {
		if v.Header.Method == slug {
			out = append(out, v)
		}
	}
	return out
}

// methodBody is one method page: prose beside what the views themselves say.
type methodBody struct {
	Prose   prose
	Views   []methodView
	Windows []lepWindow
}

type methodView struct {
	*viewFacts
	Path    string // of the data set
	Formula string
	Notes   []string
}

// lepWindow is one line of the catalogue of essential levels, as far as a view
// measures it.
type lepWindow struct {
	Letter, Title, Event, Rule, Days, Source, Verification string
}

func (c composer) method() error {
	for _, slug := range c.methodSlugs() {
		p, err := c.prose(c.lang, "method/"+slug)
		if err != nil {
			return err
		}
		body := methodBody{Prose: p}
		for _, v := range c.viewsOfMethod(slug) {
			mv := methodView{viewFacts: v, Path: c.path("data:" + v.Header.View), Formula: c.w.T("site.formula." + string(v.Header.Kind))}
			for _, n := range c.rel.Notes {
				if slices.Contains(n.AppliesTo, v.Header.View) {
					mv.Notes = append(mv.Notes, n.Text.In(c.lang))
				}
			}
			body.Views = append(body.Views, mv)
			if body.Windows == nil {
				body.Windows = c.windows(v.Header)
			}
		}
		c.add(doc{ID: "method:" + slug, Template: "method", Title: p.Title, Description: p.Lead, Nav: pageMethod, Body: body}, c.crumbTo(pageMethod))
	}
	return nil
}

// windows lists the essential levels that a view measures, with the days within
// which each counts; nil for views that do not measure them.
func (c composer) windows(h release.Header) []lepWindow {
	list, ok := c.rel.Codes["lep"]
	if !ok {
		return nil
	}
	var out []lepWindow
	for _, m := range h.Measures {
		i := slices.IndexFunc(list.Codes, func(code release.Code) bool { return code.Code == m.Code })
		if i < 0 {
			return nil
		}
		x := list.Codes[i].Extra
		out = append(out, lepWindow{Letter: x["letter"], Title: list.Codes[i].Label.In(c.lang), Event: c.term("event", x["entitlement_event"]),
			Rule: c.term("rule", x["entitlement_rule"]), Days: x["window_days"], Source: x["source"], Verification: x["verification"]})
	}
	return out
}

// term writes a code of the reference data in words where the catalogue has them.
func (c composer) term(kind, code string) string {
	if key := "site." + kind + "." + code; code != "" && c.w.Has(key) {
		return c.w.T(key)
	}
	return code
}
