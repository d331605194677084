package site

import (
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"osservatorio/queries/release"
)

const pageCompare = "compare"

// mostCompared is how many territories stand side by side: more are not read.
const mostCompared = 6

// compareGroup is the comparable measures of one data set.
type compareGroup struct {
	Title, Path string
	Rows        []compareRow
	Open        bool // shows its rows on a phone too, before a reader asks
}

// mostOpenGroups is how many data sets of a comparison a phone shows at once: the
// others have their title there, and a box to show their rows.
const mostOpenGroups = 2

// compareRow is one measure in one period; Top is the end of its scale, the same
// for all territories, 0 where no bar can be drawn.
type compareRow struct {
	ID, Label, Unit, Period string
	Top                     float64
	cells                   map[string]release.Row // by territory
}

// compared is what grows with nothing but the thing measured: a count would only
// say which territory is larger.
var compared = map[release.Unit]bool{"percent": true, "points": true, "days": true, "per_1000": true, "per_10000": true, "ratio": true, "index": true, "score": true}

// readComparable finds the comparable measures of every view, each in the last
// period that most territories have. Language plays no part in it.
func (b *builder) readComparable() error {
	for _, v := range b.views {
		f, err := b.rel.Frame(b.ctx, v.Header.View)
		if err != nil {
			return fmt.Errorf("read view %s: %w", v.Header.View, err)
		}
		for _, m := range v.Header.Measures {
			if !compared[m.Unit] {
				continue
			}
			if period := comparePeriod(f, b.rel.Info.Region.PageLevel, m.Code); period != "" {
				b.comparable = append(b.comparable, comparableMeasure{v, m, period, cloned(f.Where(release.Select{Period: period, Measure: m.Code}))})
			}
		}
	}
	return nil
}

// comparableMeasure is one measure in the period compared, with its totals in
// every territory.
type comparableMeasure struct {
	view    *viewFacts
	measure release.Measure
	period  string
	rows    []release.Row
}

// comparePeriod is the latest quarter, else year, else any period, in which at
// least half as many territories of a level show the measure as in its best period.
func comparePeriod(f *release.Frame, level, measure string) string {
	shown := map[string]map[string]int{}
	for _, r := range f.Where(release.Select{GeoLevel: level, Measure: measure}) {
		if r.Status.Shown() {
			if shown[r.PeriodType] == nil {
				shown[r.PeriodType] = map[string]int{}
			}
			shown[r.PeriodType][r.Period]++
		}
	}
	best := 0
	for _, periods := range shown {
		for _, n := range periods {
			best = max(best, n)
		}
	}
	for _, kind := range []string{"quarter", "year", "month", "day"} {
		most := func(period string) bool { return 2*shown[kind][period] >= best }
		if period, ok := f.LatestPeriodWhere(release.Select{GeoLevel: level, Measure: measure, PeriodType: kind}, most); ok {
			return period
		}
	}
	return ""
}

// groups puts the measures under their data sets, in the order in which the
// dashboards show these first.
func (c composer) compareGroups() []compareGroup {
	var out []compareGroup
	at := map[string]int{}
	for _, m := range c.comparable {
		h := m.view.Header
		if _, known := at[h.View]; !known {
			at[h.View] = len(out)
			out = append(out, compareGroup{Title: h.Title.In(c.lang), Path: c.path("data:" + h.View)})
		}
		g := &out[at[h.View]]
		g.Rows = append(g.Rows, c.compareRow(m))
	}
	order := c.orderOfViews()
	slices.SortStableFunc(out, func(a, b compareGroup) int { return order[a.Path] - order[b.Path] })
	for i := range out[:min(len(out), mostOpenGroups)] {
		out[i].Open = true
	}
	return out
}

// orderOfViews ranks the addresses of data sets by their first figure.
func (c composer) orderOfViews() map[string]int {
	order := map[string]int{}
	for _, p := range c.builder.dashboards[c.lang] {
		for _, s := range p.Sections {
			for _, f := range s.Figures {
				if path := c.path("data:" + f.View); path != "" && order[path] == 0 {
					order[path] = len(order) + 1
				}
			}
		}
	}
	for _, v := range c.views {
		if path := c.path("data:" + v.Header.View); order[path] == 0 {
			order[path] = len(order) + 1
		}
	}
	return order
}

func (c composer) compareRow(m comparableMeasure) compareRow {
	row := compareRow{ID: m.view.Header.View + "." + m.measure.Code, Label: m.measure.Label.In(c.lang), Period: c.w.Period(m.period),
		Unit: c.term("unit", string(m.measure.Unit)), cells: map[string]release.Row{}}
	low := 0.0
	for _, r := range m.rows {
		row.cells[r.Geo] = r
		for _, x := range []*float64{r.Value, r.High} {
			if x != nil {
				row.Top, low = max(row.Top, *x), min(low, *x)
			}
		}
	}
	switch {
	case low < 0:
		row.Top = 0 // a bar has no room for less than nothing
	case m.measure.Unit == "percent":
		row.Top = max(row.Top, 100)
	}
	return row
}

// cell is what one territory says in one row, finished markup: the pages made
// here and those that a reader puts together show the very same.
func (c composer) compareCell(row compareRow, geo string) template.HTML {
	r, ok := row.cells[geo]
	text := template.HTMLEscapeString
	signed := func(mark, says string) template.HTML {
		return template.HTML(`<td><span class="m m-` + mark + `" aria-hidden="true"></span>` + text(says) + `</td>`)
	}
	switch {
	case !ok:
		return template.HTML("<td>" + text(c.w.T("compare.absent")) + "</td>")
	case r.Status == release.Confidential:
		return signed("hatch", c.w.T("site.status.Q"))
	case r.Status == release.LowReliability:
		return signed("few", c.few(r))
	case r.Value == nil && c.w.Has("compare.reason."+r.Reason):
		return signed("pending", c.w.T("compare.reason."+r.Reason))
	case r.Value == nil:
		return signed("pending", c.w.T("site.status."+string(r.Status)))
	}
	var out strings.Builder
	out.WriteString(`<td><b>` + text(c.compareNumber(*r.Value, r.Unit)) + `</b>`)
	switch r.Status {
	case release.Provisional:
		out.WriteString(` <small>` + text(c.w.T("compare.provisional")) + `</small>`)
	case release.SeriesBreak:
		out.WriteString(` <small>` + text(c.w.T("compare.break")) + `</small>`)
	}
	if r.Reason == release.RevisionHeld {
		out.WriteString(` <small>` + text(c.w.T("compare.held")) + `</small>`)
	}
	if row.Top > 0 {
		out.WriteString(bar(r, row.Top))
	}
	if r.Low != nil && r.High != nil {
		out.WriteString(`<span class="ci">` + text(c.w.T("compare.interval", "low", c.compareNumber(*r.Low, ""), "high", c.compareNumber(*r.High, ""))) + `</span>`)
	}
	out.WriteString("</td>")
	return template.HTML(out.String())
}

func (c composer) few(r release.Row) string {
	if r.Numerator == nil || r.Denominator == nil {
		return c.w.T("compare.few_alone")
	}
	return c.w.T("compare.few", "n", c.w.Number(*r.Numerator, 0), "d", c.w.Number(*r.Denominator, 0))
}

func (c composer) compareNumber(x float64, unit release.Unit) string {
	s := c.w.Number(x, 1)
	if unit == "percent" {
		s += "%"
	}
	return s
}

// bar draws a value and its interval on the scale 0…top: widths in percent.
func bar(r release.Row, top float64) string {
	of := func(x float64) float64 { return min(max(100*x/top, 0), 100) }
	var out strings.Builder
	fmt.Fprintf(&out, `<svg class="bar" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="all" y="2" width="100" height="10"/><rect class="val" y="2" width="%.1f" height="10"/>`, of(*r.Value))
	if r.Low != nil && r.High != nil {
		low, high := of(*r.Low), of(*r.High)
		fmt.Fprintf(&out, `<path class="span" d="M%.1f 7H%.1fM%.1f 3V11M%.1f 3V11" vector-effect="non-scaling-stroke"/>`, low, high, low, high)
	}
	out.WriteString(`</svg>`)
	return out.String()
}

// compareBody is a page that compares: Places are its columns. The page on which
// a reader chooses has none, and the places to choose from instead.
type compareBody struct {
	Title, Lead string
	Groups      []compareGroup
	Places      []place
	Data        string // where the numbers of the territories stand
	Choose      []levelChoice
	Opening     *opening // what stands side by side before a reader chooses, nil for nothing
	Ready       []place  // pages that compare already
	More        string   // address at which further territories can be added
	Most        int
}

// levelChoice is the territories of one level to choose from.
type levelChoice struct {
	Title  string
	Places []place
}

// Cell is for the template: the cell of a row for a place.
func (c composer) compareCells(row compareRow, places []place) []template.HTML {
	out := make([]template.HTML, len(places))
	for i, p := range places {
		out[i] = named(c.compareCell(row, p.Code), p.Name)
	}
	return out
}

// named is a cell that tells its place: on a phone, where the rows are folded, no
// head stands above it.
func named(cell template.HTML, place string) template.HTML {
	return template.HTML(strings.Replace(string(cell), "<td>", `<td data-place="`+template.HTMLEscapeString(place)+`">`, 1))
}

// compares composes the page on which territories are chosen, the numbers that
// it reads, and for each territory with a page the ready comparison with those
// that contain it.
func (c composer) compares() error {
	groups := c.compareGroups()
	choose := c.compareChoices()
	for _, level := range choose {
		for _, p := range level.Places {
			if err := c.compareFile(groups, p); err != nil {
				return err
			}
		}
	}
	body := compareBody{Title: c.w.T("site.title.compare"), Lead: c.w.T("compare.lead"), Groups: groups, Data: c.compareData(""), Choose: choose, Most: mostCompared}
	if body.Opening = c.opening(groups); body.Opening != nil {
		body.Places = body.Opening.Places
	}
	for _, g := range c.rel.AtLevel(c.rel.Info.Region.PageLevel) {
		body.Ready = append(body.Ready, place{g.Code, g.Name.In(c.lang), c.path("compare:" + g.Code)})
	}
	slices.SortStableFunc(body.Ready, func(a, b place) int { return strings.Compare(slugify(a.Name), slugify(b.Name)) })
	c.add(doc{ID: pageCompare, Template: "compare", Title: body.Title, Description: body.Lead, Nav: pageTerritories,
		Scripts: []string{"compare.js"}, Body: body}, c.crumbTo(pageTerritories))
	for _, g := range c.rel.AtLevel(c.rel.Info.Region.PageLevel) {
		c.compareOne(groups, g)
	}
	return nil
}

// compareOne is the page of a territory beside those that contain it, from the
// nearest to the whole.
func (c composer) compareOne(groups []compareGroup, g release.Geo) {
	geos := []release.Geo{g}
	levels := c.rel.Info.Region.Levels
	for _, l := range slices.Backward(levels) {
		for _, other := range c.rel.AtLevel(l.Code) {
			if slices.Contains(g.Parents, other.Code) {
				geos = append(geos, other)
			}
		}
	}
	body := compareBody{Title: c.w.T("compare.title", "name", g.Name.In(c.lang)), Groups: groups, Places: c.placesWithLevel(geos)}
	var others, codes []string
	for i, other := range geos {
		codes = append(codes, "t="+template.URLQueryEscaper(other.Code))
		if i > 0 {
			others = append(others, other.Name.In(c.lang))
		}
	}
	body.Lead = c.w.T("compare.one_lead", "name", g.Name.In(c.lang), "others", strings.Join(others, ", "))
	body.More = c.path(pageCompare) + "?" + strings.Join(codes, "&")
	c.add(doc{ID: "compare:" + g.Code, Template: "compare", Title: body.Title, Description: body.Lead, Nav: pageTerritories, Body: body},
		c.crumbTo(pageTerritories), crumb{c.w.T("site.title.compare"), c.path(pageCompare)})
}

// placesWithLevel are places that tell their level in their name.
func (c composer) placesWithLevel(geos []release.Geo) []place {
	out := c.places(geos)
	for i, g := range geos {
		if level, ok := levelOf(c.rel, g.Level); ok {
			out[i].Name += " (" + lowerFirst(level.Name.In(c.lang)) + ")"
		}
	}
	return out
}

// compareChoices lists the territories of every level, from the finest up.
func (c composer) compareChoices() []levelChoice {
	var out []levelChoice
	for _, l := range slices.Backward(c.rel.Info.Region.Levels) {
		choice := levelChoice{Title: l.Plural.In(c.lang), Places: c.places(c.rel.AtLevel(l.Code))}
		slices.SortStableFunc(choice.Places, func(a, b place) int { return strings.Compare(slugify(a.Name), slugify(b.Name)) })
		if len(choice.Places) > 0 {
			out = append(out, choice)
		}
	}
	return out
}

func (c composer) compareData(code string) string {
	path := "/compare/" + c.lang + "/"
	if code != "" {
		path += code + ".json"
	}
	return path
}

// compareFile writes what one territory says, cell by cell.
func (c composer) compareFile(groups []compareGroup, p place) error {
	cells := map[string]template.HTML{}
	for _, g := range groups {
		for _, row := range g.Rows {
			cells[row.ID] = c.compareCell(row, p.Code)
		}
	}
	geo, _ := c.rel.Geo(p.Code)
	level, _ := levelOf(c.rel, geo.Level)
	raw, err := json.Marshal(map[string]any{"code": p.Code, "name": p.Name, "level": lowerFirst(level.Name.In(c.lang)), "path": p.Path, "cells": cells})
	if err != nil {
		return fmt.Errorf("write comparison of %s: %w", p.Code, err)
	}
	return c.builder.make(strings.TrimPrefix(c.compareData(p.Code), "/"), raw)
}
