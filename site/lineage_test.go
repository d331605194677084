package site

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"osservatorio/dashboards"
	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/chart/charttest"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
	"osservatorio/site/sitetest"
)

// inked writes into a drawing what it was drawn from, so that another option
// makes other bytes.
type inked struct{ sitetest.Renderer }

func (r inked) SVG(ctx context.Context, d chart.Drawing, title, desc, id string) ([]byte, error) {
	svg, err := r.Renderer.SVG(ctx, d, title, desc, id)
	ink := fmt.Sprintf("<text>%x</text></svg>", sha256.Sum256(d.Option))
	return []byte(strings.Replace(string(svg), "</svg>", ink, 1)), err
}

// cell names one published number.
type cellAt struct{ view, geo, period, measure, by string }

func (c cellAt) is(h release.Header, r release.Row) bool {
	by := release.Total
	for _, code := range r.By {
		if code != release.Total {
			by = code
		}
	}
	return h.View == c.view && r.Geo == c.geo && r.Period == c.period && r.Measure == c.measure && by == c.by
}

// edited is the invented region with what change makes of one cell, and its folder.
func edited(t *testing.T, at cellAt, change func(*release.Row)) (*release.Release, fs.FS) {
	t.Helper()
	rel := small(t)
	folder := fstest.MapFS{}
	found := 0
	var frames []*release.Frame
	for _, h := range rel.Info.Views {
		f, err := rel.Frame(t.Context(), h.View)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.New()
		rows := slices.Collect(f.All())
		for i := range rows {
			if at.is(h, rows[i]) {
				found++
				change(&rows[i])
			}
			r := rows[i]
			fmt.Fprintln(sum, r.Geo, r.Period, r.By, r.Measure, deref(r.Value), r.Status)
		}
		for _, suffix := range []string{".parquet", ".csv"} {
			folder["data/"+h.View+suffix] = &fstest.MapFile{Data: fmt.Appendf(nil, "%x%s", sum.Sum(nil), suffix)}
		}
		frames = append(frames, release.NewFrame(h, rows))
	}
	if at.view != "" && found != 1 {
		t.Fatalf("cell %v: %d rows", at, found)
	}
	rel = remade(rel, rel.Geos, frames)
	sums := ""
	for _, name := range slices.Sorted(maps.Keys(folder)) {
		f := release.File{Path: name, Bytes: int64(len(folder[name].Data)), SHA256: fmt.Sprintf("%x", sha256.Sum256(folder[name].Data))}
		rel.Files = append(rel.Files, f)
		sums += f.SHA256 + "  " + name + "\n"
	}
	folder["SHA256SUMS"] = &fstest.MapFile{Data: []byte(sums)}
	return rel, folder
}

func deref(x *float64) float64 {
	if x == nil {
		return -1
	}
	return *x
}

func editedOptions(rel *release.Release, folder fs.FS) Options {
	opt := options()
	opt.Renderer, opt.Picturer, opt.Pages, opt.Reports = inked{}, nil, dashboards.Pages, dashboards.Reports
	opt.ReleaseDir, opt.Content = folder, sitetest.Content(rel)
	return opt
}

// linked is a second folder with the files of a first.
func linked(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "site")
	err := filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		at := filepath.Join(to, strings.TrimPrefix(p, from))
		if err != nil || d.IsDir() {
			return os.MkdirAll(at, 0o755)
		}
		return os.Link(p, at)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// writtenAnew lists the pages of a site that are not the very files of the one before.
func writtenAnew(t *testing.T, before, after string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(after, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".html") {
			return err
		}
		name := strings.TrimPrefix(p, after+string(filepath.Separator))
		now, err := os.Stat(p)
		if err != nil {
			return err
		}
		was, err := os.Stat(filepath.Join(before, name))
		if err != nil || !os.SameFile(was, now) {
			out = append(out, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// some are the places of the small region: two provinces of three districts.
var some = []string{charttest.Root, "ITH51", "ER-D01", "ER-D02", "ER-D03", "ITH57", "ER-D31", "ER-D32", charttest.Ordinary}

// small is the invented region with few places and views: what a site needs to
// show that a change of one number stays where it belongs.
func small(t *testing.T) *release.Release {
	t.Helper()
	whole := charttest.Region()
	var frames []*release.Frame
	for _, view := range []string{"lep_timely", "out_employed", "lep_coverage"} {
		f, err := whole.Frame(t.Context(), view)
		if err != nil {
			t.Fatal(err)
		}
		rows := slices.DeleteFunc(slices.Collect(f.All()), func(r release.Row) bool { return !slices.Contains(some, r.Geo) })
		frames = append(frames, release.NewFrame(f.Header, rows))
	}
	geos := slices.DeleteFunc(slices.Clone(whole.Geos), func(g release.Geo) bool { return !slices.Contains(some, g.Code) })
	return remade(whole, geos, frames)
}

// remade is a release with other territories and views.
func remade(rel *release.Release, geos []release.Geo, frames []*release.Frame) *release.Release {
	info := rel.Info
	info.Views = nil
	return release.InMemory(info, geos, rel.Codes, frames...)
}

// lineage finds the pages that read a cell: the profile of its territory and of
// those that stand beside it there, rankings, maps and tables of its level, what
// names a change by status, the data set.
type lineage struct {
	rel    *release.Release
	cell   cellAt
	row    release.Row
	status bool     // whether the change is one of status too
	opened []string // the territories that the page of comparisons opened with and opens with
	routes *routes
}

func (l lineage) level(geo string) string { g, _ := l.rel.Geo(geo); return g.Level }

// read tells whether a figure was made of the cell, by what it says itself.
func (l lineage) read(view string, c chart.Cells) bool {
	h, _ := l.rel.Header(view)
	in := slices.Contains(c.Geos, l.cell.geo) || c.Level != "" && c.Level == l.level(l.cell.geo)
	if view != l.cell.view || !in || c.PeriodType != l.row.PeriodType {
		return false
	}
	for i, name := range h.Breakdowns {
		if want := c.By[name]; l.row.By[i] != release.Total && l.row.By[i] != want && name != c.Breakdown {
			return false
		}
	}
	return slices.ContainsFunc(c.Parts, func(p chart.Part) bool {
		return p.Measure == l.cell.measure && (p.Period == "" || p.Period == l.cell.period)
	})
}

// keyed tells whether a key figure of a page was made of the cell: on the home
// page it is the whole's course; on a profile the last value among all of its
// level, beside the whole.
func (l lineage) keyed(p dashboards.Page, k chart.Key) bool {
	if k.View != l.cell.view || k.Measure != l.cell.measure || l.cell.by != release.Total || l.row.PeriodType != "quarter" {
		return false
	}
	if p.Geo == "" {
		return l.cell.geo == charttest.Root
	}
	return l.cell.period == lastShown[k.View] && (l.cell.geo == charttest.Root || l.level(l.cell.geo) == l.level(p.Geo))
}

// lastShown is the last quarter that can be observed and is not provisional.
var lastShown = map[string]string{"lep_timely": "2026-Q1", "out_employed": "2025-Q3", "lep_coverage": "2025-Q4"}

// pages are the files of the pages that the cell leads to.
func (l lineage) pages(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	for _, lang := range words.Langs {
		w, err := words.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		list, err := dashboards.Pages(t.Context(), l.rel, w)
		if err != nil {
			t.Fatal(err)
		}
		page := func(id string) { found[file(l.routes.path(lang, id))] = true }
		drawn := map[string]bool{} // figures made of the cell
		for _, p := range list {
			reads := slices.ContainsFunc(p.Keys, func(k chart.Key) bool { return l.keyed(p, k) })
			eachFigure(p, func(f chart.Figure) {
				if l.read(f.View, f.Cells) {
					reads, drawn[f.ID] = true, true
					found[file(embedPath(lang, f.ID))] = true
					found[file(pinnedRoot+l.rel.Info.ID+embedPath(lang, f.ID))] = true
				}
			})
			if reads || l.status && p.Geo == l.cell.geo {
				page(p.ID)
			}
			if g := "compare:" + p.Geo; l.compares(p.Geo) && l.routes.path(lang, g) != "" {
				page(g)
			}
		}
		for _, p := range list {
			if p.Sheet != nil && l.sheeted(p, w, drawn) {
				page(sheetID(p.ID))
			}
		}
		reports, err := dashboards.Reports(t.Context(), l.rel, w)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range reports {
			if l.reported(r, list) {
				page(reportID(r.Year))
				found[file(pinnedRoot+l.rel.Info.ID+l.routes.path(lang, reportID(r.Year)))] = true
			}
		}
		page("data:" + l.cell.view)
		if l.cell.by == release.Total && l.cell.period == lastShown[l.cell.view] && slices.Contains(l.opened, l.cell.geo) {
			page(pageCompare)
		}
		if l.status {
			page(pageHome)
			page(pageReleases)
		}
		if l.leads() {
			page(pageHome)
			page(pageThemes)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// sheeted tells whether the sheet of a place was made of the cell: it shows some
// of its figures and the last values of its key figures, beside those of the
// whole and of similar places.
func (l lineage) sheeted(p dashboards.Page, w *words.Catalogue, drawn map[string]bool) bool {
	own := p.Sheet.Geo == l.cell.geo
	beside := own || l.cell.geo == charttest.Root || slices.Contains(p.Similar.Geos, l.cell.geo)
	return own && l.status || slices.ContainsFunc(p.Sheet.Figures, func(id string) bool { return drawn[id] }) ||
		l.cell.by == release.Total && beside && slices.ContainsFunc(p.Sheet.Rows, func(r dashboards.SheetRow) bool {
			return r.ID == l.cell.view+"."+l.cell.measure && r.Period == w.Period(l.cell.period)
		})
}

// reported tells whether a year's report was made of the cell: a number of its
// chapters, a figure that illustrates one, the count of its year's statuses.
func (l lineage) reported(r dashboards.Report, pages []dashboards.Page) bool {
	for _, ch := range r.Chapters {
		same := func(row dashboards.ReportRow) bool {
			return row.View == l.cell.view && row.Row.Geo == l.cell.geo && row.Row.Period == l.cell.period && row.Row.Measure == l.cell.measure && l.cell.by == release.Total
		}
		if slices.ContainsFunc(ch.Keys, same) || slices.ContainsFunc(ch.Table, same) ||
			l.status && strings.HasPrefix(l.cell.period, r.Year) && slices.Contains(ch.Views, l.cell.view) {
			return true
		}
		shown := slices.DeleteFunc(slices.Clone(ch.Figures), func(f chart.Figure) bool { return !onSite(pages, f.ID) })
		for _, f := range shown[:min(len(shown), mostInChapter)] {
			if l.cell.period[:4] <= r.Year && l.read(f.View, f.Cells) {
				return true
			}
		}
	}
	return false
}

// leads tells whether the cell is one that a page is announced by.
func (l lineage) leads() bool {
	main := map[string]string{"lep_timely": "timely_60", "out_employed": "employed_180"}
	return l.cell.geo == charttest.Root && l.cell.by == release.Total && main[l.cell.view] == l.cell.measure && l.cell.period == lastShown[l.cell.view]
}

// compares tells whether the ready comparison of a place shows the cell.
func (l lineage) compares(place string) bool {
	g, _ := l.rel.Geo(place)
	return l.cell.by == release.Total && l.cell.period == lastShown[l.cell.view] && (place == l.cell.geo || slices.Contains(g.Parents, l.cell.geo))
}

func TestOneChangedCellWritesThePagesOfItsLineageAndNoOther(t *testing.T) {
	needAssets(t)
	rel, folder := edited(t, cellAt{}, nil)
	base := filepath.Join(t.TempDir(), "site")
	built(t, base, rel, editedOptions(rel, folder))
	less := func(r *release.Row) {
		value, low, high := *r.Value-1, *r.Low-1, *r.High-1
		r.Value, r.Low, r.High = &value, &low, &high
	}
	for name, c := range map[string]struct {
		cell   cellAt
		change func(*release.Row)
	}{
		"the last value of a district":      {cellAt{"lep_timely", charttest.Ordinary, lastShown["lep_timely"], "timely_60", "_T"}, less},
		"an old value of a district":        {cellAt{"lep_timely", charttest.Ordinary, "2024-Q2", "timely_60", "_T"}, less},
		"the last value of the region":      {cellAt{"lep_timely", charttest.Root, lastShown["lep_timely"], "timely_60", "_T"}, less},
		"a value of some persons":           {cellAt{"out_employed", charttest.Root, lastShown["out_employed"], "employed_180", "F"}, less},
		"a value that becomes confidential": {cellAt{"out_employed", "ER-D31", lastShown["out_employed"], "employed_180", "_T"}, hideRow},
	} {
		t.Run(name, func(t *testing.T) {
			l := lineage{cell: c.cell}
			rel, folder := edited(t, c.cell, func(r *release.Row) {
				was := r.Status
				c.change(r)
				l.row, l.status = *r, r.Status != was
			})
			target := linked(t, base)
			report, err := rebuilt(target, rel, editedOptions(rel, folder))
			if err != nil {
				t.Fatal(err)
			}
			l.rel, l.routes = rel, routesOf(t, rel)
			l.opened = append(openedWith(t, base), openedWith(t, target)...)
			got, want := writtenAnew(t, base, target), l.pages(t)
			t.Logf("%d pages of %d written anew, %d of %d files kept", len(got), report.Pages+report.Embeds, report.Kept, report.Files)
			for _, p := range got {
				if !slices.Contains(want, p) {
					t.Errorf("%s was written, its lineage has no such cell", p)
				}
			}
			for _, p := range want {
				if !slices.Contains(got, p) {
					t.Errorf("%s stayed, though it reads the cell", p)
				}
			}
		})
	}
}

func hideRow(r *release.Row) {
	r.Status, r.Conf = release.Confidential, release.Hidden
	r.Numerator, r.Denominator, r.Value, r.Low, r.High = nil, nil, nil, nil, nil
}

// routesOf are the addresses of the pages of a release.
func routesOf(t *testing.T, rel *release.Release) *routes {
	t.Helper()
	b := &builder{ctx: t.Context(), rel: rel, opt: editedOptions(rel, nil).withDefaults(rel)}
	for _, step := range []func() error{b.readWords, b.readDashboards, b.readReports, b.address} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	return b.routes
}

// onSite tells whether a page has a drawn figure of that id.
func onSite(pages []dashboards.Page, id string) (found bool) {
	for _, p := range pages {
		eachFigure(p, func(f chart.Figure) { found = found || f.ID == id && drawn(f.Wide) })
	}
	return found
}
