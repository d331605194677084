package main

import (
	"context"
	"fmt"
	"html"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"osservatorio/dashboards"
	"osservatorio/dashboards/chart"
	wording "osservatorio/dashboards/words"
	"osservatorio/queries/disclosure"
	"osservatorio/queries/export"
	"osservatorio/queries/release"
	"osservatorio/site"
	"osservatorio/site/output"
	"osservatorio/site/sitetest"
	"osservatorio/warehouse"
)

const publicAddress = "https://osservatorio.example.it"

// Under every figure stands a query for readers who doubt it. It is taken from
// the finished page as a reader copies it, run in DuckDB on the released file,
// and what comes back is held to the release and to the table of the figure.
func TestTheQueryUnderEachFigureReturnsTheNumbersOfTheFigure(t *testing.T) {
	t.Parallel()
	region := loadRegion(t, sharedSeed)
	folder := region.publish(t)
	rel, err := release.Open(folder)
	must(t, err)
	out := output.NewMemory()
	var figures []chart.Figure
	_, err = site.Build(t.Context(), rel, out, site.Options{Renderer: sitetest.Renderer{}, BaseURL: publicAddress, Workers: 1,
		Pages: func(ctx context.Context, rel *release.Release, w *wording.Catalogue) ([]dashboards.Page, error) {
			pages, err := dashboards.Pages(ctx, rel, w)
			for _, p := range pages {
				for _, s := range p.Sections {
					figures = append(figures, s.Figures...)
				}
			}
			return pages, err
		}})
	must(t, err)
	queries := queriesOf(out)
	reader := &doubter{t: t, rel: rel, folder: folder, words: map[string]*wording.Catalogue{}}
	reader.db, err = warehouse.Open(t.Context(), warehouse.Options{})
	must(t, err)
	defer reader.db.Close()
	seen := map[string]int{}
	for _, f := range figures {
		if seen[f.Form]++; seen[f.Form] > 24 {
			continue
		}
		query, ok := queries[f.Lang+" "+f.ID]
		if !ok {
			t.Errorf("figure %s (%s): no query on its page", f.ID, f.Lang)
			continue
		}
		reader.verify(f, query)
	}
	if len(seen) < 6 || reader.rows == 0 {
		t.Errorf("verified %d rows of the forms %v, want all forms of the dashboards", reader.rows, seen)
	}
}

// publish protects and writes what the region computed.
func (g *generated) publish(t *testing.T) string {
	t.Helper()
	report, err := disclosure.Protect(t.Context(), g.db, g.plan, disclosure.Policy{Contracts: protections()})
	must(t, err)
	folder := filepath.Join(t.TempDir(), "2026-06")
	must(t, export.Write(t.Context(), g.db, export.Options{Dir: folder, Plan: g.plan, Report: report,
		Info: release.Info{ID: "2026-06", ExtractionDate: "2026-05-31", Software: "test", Synthetic: true,
			Publisher: release.Publisher{Name: "Prova", Licence: "CC-BY-4.0"}}}))
	return folder
}

var printedQuery = regexp.MustCompile(`(?s)<pre id="([a-z0-9-]+)-sql">(.*?)</pre>`)

// queriesOf finds the printed queries, by language and figure.
func queriesOf(out *output.Memory) map[string]string {
	found := map[string]string{}
	for _, path := range out.Paths() {
		if !strings.HasSuffix(path, ".html") {
			continue
		}
		lang := "it"
		if strings.HasPrefix(path, "en/") {
			lang = "en"
		}
		for _, m := range printedQuery.FindAllStringSubmatch(string(out.Read(path)), -1) {
			found[lang+" "+m[1]] = html.UnescapeString(m[2])
		}
	}
	return found
}

// doubter runs queries and compares.
type doubter struct {
	t      *testing.T
	db     *warehouse.DB
	rel    *release.Release
	folder string
	words  map[string]*wording.Catalogue
	rows   int
}

func (d *doubter) verify(f chart.Figure, query string) {
	d.t.Helper()
	local := strings.ReplaceAll(query, publicAddress+"/data/", filepath.ToSlash(d.folder)+"/data/")
	if local == query {
		d.t.Errorf("figure %s: query does not read %s/data/:\n%s", f.ID, publicAddress, query)
		return
	}
	got := d.run(f, local)
	if len(got) == 0 {
		d.t.Errorf("figure %s (%s): no row comes back from\n%s", f.ID, f.Lang, query)
		return
	}
	d.rows += len(got)
	d.isOfRelease(f, got)
	d.holdsTable(f, got, query)
}

// run returns rows as the text of their columns.
func (d *doubter) run(f chart.Figure, query string) []record {
	d.t.Helper()
	rows, err := d.db.QueryContext(d.t.Context(), query)
	if err != nil {
		d.t.Errorf("figure %s: %v", f.ID, err)
		return nil
	}
	defer rows.Close()
	columns, err := rows.Columns()
	must(d.t, err)
	var out []record
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		must(d.t, rows.Scan(into...))
		r := record{}
		for i, c := range columns {
			if values[i] != nil {
				r[c] = fmt.Sprint(values[i])
			}
		}
		out = append(out, r)
	}
	must(d.t, rows.Err())
	return out
}

// isOfRelease holds each row to the only one of the release with its key.
func (d *doubter) isOfRelease(f chart.Figure, got []record) {
	d.t.Helper()
	frame, err := d.rel.Frame(d.t.Context(), f.View)
	must(d.t, err)
	for _, r := range got {
		by := maps.Clone(f.Cells.By)
		if by == nil {
			by = map[string]string{}
		}
		if f.Cells.Breakdown != "" {
			by[f.Cells.Breakdown] = r[f.Cells.Breakdown]
		}
		want, ok := frame.One(release.Select{Geo: r["geo"], Period: r["period"], Measure: r["measure"], By: by})
		if !ok {
			d.t.Errorf("figure %s: row %v: the release has no such cell, or several", f.ID, r)
			continue
		}
		for column, x := range map[string]*float64{"value": want.Value, "numerator": want.Numerator, "denominator": want.Denominator, "low": want.Low, "high": want.High} {
			said := ""
			if x != nil {
				said = fmt.Sprint(*x)
			}
			if r[column] != said {
				d.t.Errorf("figure %s: row %v: %s is %q in the release", f.ID, r, column, said)
			}
		}
	}
}

// firstNumber is the number of a cell, with its sign for provisional after it;
// intervals are none.
var firstNumber = regexp.MustCompile(`^([+−-]?[0-9][0-9.,]*%?)( .*)?$`)

// holdsTable holds the numbers of the figure's table to those that came back.
func (d *doubter) holdsTable(f chart.Figure, got []record, query string) {
	d.t.Helper()
	w := d.catalogue(f.Lang)
	known := map[string]bool{}
	for _, r := range got {
		for _, column := range []string{"value", "numerator", "denominator"} {
			x, err := strconv.ParseFloat(r[column], 64)
			if err != nil {
				continue
			}
			for _, said := range []string{w.Percent(x), w.Number(x, 0), w.Number(x, 1), w.Number(x, 2), w.Signed(x, 0), w.Number(x, 0) + "%"} {
				known[said] = true
			}
		}
	}
	shown := 0
	for _, row := range f.Table.Rows {
		for i, c := range row {
			said := firstNumber.FindStringSubmatch(c.Text)
			if c.Header || i >= len(f.Table.Columns) || !f.Table.Columns[i].Numeric || said == nil {
				continue
			}
			shown++
			if !known[said[1]] {
				d.t.Errorf("figure %s (%s): the table says %q in %v; the query does not bring it back:\n%s", f.ID, f.Lang, c.Text, texts(row), query)
				return
			}
		}
	}
	if shown == 0 && slices.ContainsFunc(got, func(r record) bool { return r["value"] != "" }) {
		d.t.Errorf("figure %s: no number in its table", f.ID)
	}
}

func texts(row []chart.Cell) []string {
	var out []string
	for _, c := range row {
		out = append(out, c.Text)
	}
	return out
}

func (d *doubter) catalogue(lang string) *wording.Catalogue {
	d.t.Helper()
	if d.words[lang] == nil {
		w, err := wording.Load(lang)
		must(d.t, err)
		d.words[lang] = w
	}
	return d.words[lang]
}
