package site

import (
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"osservatorio/queries/release"
)

// dataSetBody is the page of one data set.
type dataSetBody struct {
	*viewFacts
	Columns  []column
	Lists    []codeTable
	Preview  [][]string
	Heads    []string
	Queries  []query
	Citation string
	BibTeX   string
	Method   string // address
	Notes    []string
	Pages    []crumb // where figures of this data set stand
	Changes  *setChanges
	Versions []version // of the data set, newest first
	Feed     string    // address of its feed, "" without a public address
}

// column is one line of the dictionary.
type column struct {
	Name, Type, Says string
	List             string // id of its code table on the page, "" if it has none
}

// codeTable is the codes of one column. Sourced tells whether the list says
// where its codes come from and how far they were checked.
type codeTable struct {
	Column  string
	Label   string
	Codes   []release.Code
	Sourced bool
}

func (c composer) dataSets() error {
	for _, v := range c.views {
		h := v.Header
		body := dataSetBody{viewFacts: v, Columns: c.columns(h), Lists: c.codeTables(h), Heads: h.FileColumns(),
			Preview: c.previewCells(v), Queries: c.queries(v), Citation: c.citation(h), BibTeX: c.bibtex(h),
			Method: c.path("method:" + h.Method), Pages: c.pagesOf(h.View), Changes: c.changesOf(h), Versions: c.versionsOf(h.View), Feed: c.feedPath("data:" + h.View)}
		for _, n := range c.rel.Notes {
			if slices.Contains(n.AppliesTo, h.View) {
				body.Notes = append(body.Notes, n.Text.In(c.lang))
			}
		}
		ld, err := c.jsonLD(v)
		if err != nil {
			return err
		}
		c.add(doc{ID: "data:" + h.View, Template: "dataset", Title: h.Title.In(c.lang), Description: h.Description.In(c.lang),
			Nav: pageData, JSONLD: ld, Alternates: c.feedLink(body.Feed, h.Title.In(c.lang)), Body: body}, c.crumbTo(pageData))
	}
	return nil
}

var columnTypes = map[string]string{"numerator": "number", "denominator": "number", "value": "number", "low": "number", "high": "number"}

func (c composer) columns(h release.Header) []column {
	var out []column
	for _, name := range h.FileColumns() {
		col := column{Name: name, Type: "string", Says: c.columnSays(h, name)}
		if t, ok := columnTypes[name]; ok {
			col.Type = t
		}
		if name == "measure" || slices.Contains(h.Breakdowns, name) {
			col.List = "codes-" + name
		}
		out = append(out, col)
	}
	return out
}

func (c composer) columnSays(h release.Header, name string) string {
	switch {
	case name == "numerator" && h.Numerator.In(c.lang) != "":
		return h.Numerator.In(c.lang)
	case name == "denominator" && h.Denominator.In(c.lang) != "":
		return h.Denominator.In(c.lang)
	case name == "value":
		return c.w.T("site.value." + string(h.Kind))
	case c.w.Has("site.column." + name):
		return c.w.T("site.column." + name)
	}
	return name
}

func (c composer) codeTables(h release.Header) []codeTable {
	measures := codeTable{Column: "measure", Label: c.columnSays(h, "measure")}
	for _, m := range h.Measures {
		measures.Codes = append(measures.Codes, release.Code{Code: m.Code, Label: m.Label})
	}
	out := []codeTable{measures}
	for _, name := range h.Breakdowns {
		t := codeTable{Column: name, Label: c.columnSays(h, name), Sourced: sourced(c.rel.Codes[name])}
		total := release.Code{Code: release.Total, Label: release.Text{IT: c.w.T("site.code.total"), EN: c.w.T("site.code.total")}}
		t.Codes = append([]release.Code{total}, c.rel.Codes[name].Codes...)
		out = append(out, t)
	}
	return out
}

// sourced tells whether a list states the verification of its codes; releases
// before it did so stay readable.
func sourced(l release.CodeList) bool {
	return slices.ContainsFunc(l.Codes, func(code release.Code) bool { return code.Extra["verification"] != "" })
}

func (c composer) previewCells(v *viewFacts) [][]string {
	number := func(x *float64) string {
		if x == nil {
			return ""
		}
		return strconv.FormatFloat(*x, 'f', -1, 64)
	}
	var out [][]string
	for _, r := range v.Preview {
		var cells []string
		for _, col := range v.Header.FileColumns() {
			cells = append(cells, r.Text(v.Header, col, number))
		}
		out = append(out, cells)
	}
	return out
}

// fileURL is where a reader's own program finds a file: the public address
// where there is one, else the name of the downloaded file.
func (b *builder) fileURL(view, suffix string) string {
	if b.opt.BaseURL == "" {
		return view + suffix
	}
	return b.opt.BaseURL + "/data/" + view + suffix
}

// example is a row that carries a value, for queries that answer something.
func (v *viewFacts) example() (release.Row, bool) {
	for _, r := range slices.Backward(v.Preview) {
		if r.Value != nil {
			return r, true
		}
	}
	return release.Row{}, false
}

func (c composer) citation(h release.Header) string {
	text := c.w.T("site.cite", "publisher", c.rel.Info.Publisher.Name, "year", year(c.rel.Info.ExtractionDate),
		"title", h.Title.In(c.lang), "release", c.rel.Info.ID, "definition", h.Definition,
		"date", c.w.Date(c.rel.Info.ExtractionDate), "licence", licenceName(c.rel.Info.Publisher.Licence))
	if c.opt.BaseURL != "" {
		text += " " + c.opt.BaseURL + c.path("data:"+h.View)
	}
	return text
}

func (c composer) bibtex(h release.Header) string {
	url := ""
	if c.opt.BaseURL != "" {
		url = "  url = {" + c.opt.BaseURL + c.path("data:"+h.View) + "},\n"
	}
	return fmt.Sprintf("@misc{%s_%s,\n  author = {{%s}},\n  title = {%s},\n  year = {%s},\n  note = {%s %s, %s},\n%s}",
		h.View, strings.ReplaceAll(c.rel.Info.ID, "-", "_"), c.rel.Info.Publisher.Name, h.Title.In(c.lang),
		year(c.rel.Info.ExtractionDate), c.w.T("site.release"), c.rel.Info.ID, h.Definition, url)
}

func year(date string) string {
	y, _, _ := strings.Cut(date, "-")
	return y
}

// pagesOf lists the dashboards (profiles aside) with a figure of that view.
func (c composer) pagesOf(view string) []crumb {
	var out []crumb
	for _, p := range c.builder.dashboards[c.lang] {
		if p.Geo != "" && p.ID != pageHome {
			continue
		}
		for _, s := range p.Sections {
			for _, f := range s.Figures {
				if f.View == view {
					out = append(out, crumb{f.Title, c.path(p.ID) + "#" + f.ID})
				}
			}
		}
	}
	return out
}

// jsonLD describes a data set for search engines (schema.org Dataset). Without a
// public address there is nothing that they could be led to.
func (c composer) jsonLD(v *viewFacts) (template.HTML, error) {
	h, info := v.Header, c.rel.Info
	at := c.opt.BaseURL
	if at == "" {
		return "", nil
	}
	set := map[string]any{
		"@context": "https://schema.org", "@type": "Dataset",
		"name": h.Title.In(c.lang), "description": h.Description.In(c.lang), "inLanguage": c.lang,
		"identifier": h.View, "version": info.ID, "isAccessibleForFree": true,
		"dateModified": info.ExtractionDate, "temporalCoverage": v.First + "/" + v.Last,
		"spatialCoverage": info.Region.Name.In(c.lang), "measurementTechnique": h.Definition,
		"creator":          map[string]any{"@type": "GovernmentOrganization", "name": info.Publisher.Name},
		"variableMeasured": c.variables(h),
	}
	if url := licenceURL(info.Publisher.Licence); url != "" {
		set["license"] = url
	}
	set["url"] = at + c.path("data:"+h.View)
	set["includedInDataCatalog"] = map[string]any{"@type": "DataCatalog", "name": c.catalogueName(), "url": at + c.path(pageData)}
	var files []any
	for _, f := range v.Files {
		if f.Kind == "parquet" || f.Kind == "csv" || f.Kind == "excel" || f.Kind == "jsonstat" {
			files = append(files, map[string]any{"@type": "DataDownload", "contentUrl": at + f.Path, "encodingFormat": mediaType(f.Path)})
		}
	}
	set["distribution"] = files
	raw, err := json.Marshal(set) // Marshal writes < as <
	if err != nil {
		return "", fmt.Errorf("describe view %s: %w", h.View, err)
	}
	return template.HTML(`<script type="application/ld+json">` + string(raw) + `</script>`), nil
}

func (c composer) variables(h release.Header) []any {
	var out []any
	for _, m := range h.Measures {
		out = append(out, map[string]any{"@type": "PropertyValue", "name": m.Label.In(c.lang), "identifier": m.Code, "unitText": string(m.Unit)})
	}
	return out
}

func licenceURL(spdx string) string {
	switch spdx {
	case "CC-BY-4.0":
		return "https://creativecommons.org/licenses/by/4.0/"
	case "CC0-1.0":
		return "https://creativecommons.org/publicdomain/zero/1.0/"
	case "IODL-2.0":
		return "https://www.dati.gov.it/iodl/2.0/"
	}
	return ""
}

func mediaType(path string) string {
	switch {
	case strings.HasSuffix(path, ".parquet"):
		return "application/vnd.apache.parquet"
	case strings.HasSuffix(path, ".csv"):
		return "text/csv"
	}
	return "application/json"
}

// releaseBody is what the site says of the release it is made from.
type releaseBody struct {
	Info    release.Info
	Sources []sourceFacts
	Sets    []*viewFacts
	Cells   statusCount
	Files   []download
	Follows release.Changes // what changed since the release before, of no release where there is none
	Past    []edition       // newest first, this one among them
	Feed    string          // address of the feed, "" without a public address
	Dates   string          // address of the calendar, "" where no next date is set
	Quality string          // address of the page about quality, "" where the release says nothing of it
	Planned string          // address of the page of planned releases, "" where none is announced
}

// sourceFacts sums the deliveries of one source. Judged tells whether the
// release says how many rows were read and set aside.
type sourceFacts struct {
	Source      string
	Deliveries  int
	Judged      bool
	Rows        int64 // read
	Accepted    int64
	Quarantined int64
	Hidden      bool   // a delivery's counts are confidential, and so are the sums
	First       string // first and last period
	Last        string
}

func (c composer) releaseBody() (releaseBody, error) {
	r := releaseBody{Info: c.rel.Info, Sets: c.views, Cells: statusCount{}}
	for _, v := range c.views {
		for s, n := range v.Statuses {
			r.Cells[s] += n
		}
	}
	q, judged, err := c.quality()
	if err != nil {
		return r, err
	}
	by := map[string]*sourceFacts{}
	add := func(source, contract, period string, rows, accepted, quarantined int64) {
		s := by[source]
		if s == nil {
			s = &sourceFacts{Source: c.sourceOf(source, contract), First: period, Last: period, Judged: judged}
			by[source] = s
		}
		s.Deliveries++
		s.Rows, s.Accepted, s.Quarantined = s.Rows+rows, s.Accepted+accepted, s.Quarantined+quarantined
		s.First, s.Last = min(s.First, period), max(s.Last, period)
	}
	if judged {
		for _, d := range q.Sources {
			if d.Accepted == nil || d.Quarantined == nil {
				add(d.Source, d.Contract, d.Period, d.Rows, 0, 0)
				by[d.Source].Hidden = true
				continue
			}
			add(d.Source, d.Contract, d.Period, d.Rows, *d.Accepted, *d.Quarantined)
		}
	} else {
		for _, d := range c.rel.Info.Batches {
			add(d.Source, d.Source, d.Period, d.Rows, d.Rows, 0)
		}
	}
	for _, name := range sortedKeys(by) {
		r.Sources = append(r.Sources, *by[name])
	}
	return r, nil
}

func (c composer) releases() error {
	body, err := c.releaseBody()
	if err != nil {
		return err
	}
	body.Follows, body.Past, body.Feed, body.Dates = c.changes, c.editions, c.feedPath(pageReleases), c.calendarPath()
	body.Quality = c.path(pageQuality)
	body.Planned = c.path(pageCalendar)
	for _, f := range c.rel.Files {
		if !strings.HasPrefix(f.Path, "data/") && !strings.HasPrefix(f.Path, "codes/") && !strings.HasPrefix(f.Path, "boundaries/") {
			body.Files = append(body.Files, download{Kind: f.Path, Path: "/" + f.Path, Bytes: f.Bytes, SHA: f.SHA256})
		}
	}
	c.add(doc{ID: pageReleases, Template: "releases", Title: c.w.T("site.title.releases"),
		Description: c.w.T("site.releases.lead", "release", c.rel.Info.ID, "date", c.w.Date(c.rel.Info.ExtractionDate)), Nav: pageData, Alternates: c.feedLink(body.Feed, c.w.T("site.title.releases")), Body: body}, c.crumbTo(pageData))
	return nil
}
