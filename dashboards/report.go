package dashboards

import (
	"context"
	"slices"
	"strings"

	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// Report is the annual report on how the services were carried out in one whole
// year, made of one release, in one language.
type Report struct {
	Year     string
	Chapters []Chapter
	Absent   []string // ids of chapters that this release has no number for, in their order
}

// Chapter is one chapter: what the numbers say first, then the numbers.
type Chapter struct {
	ID        string
	Sentences []string       // computed, the first is its headline
	Keys      []ReportRow    // key figures
	Table     []ReportRow    // the longer list, empty where there is none
	TableSays string         // its caption
	Figures   []chart.Figure // that may illustrate it, the best first, drawn as the year left them
	Views     []string       // published views that it stands on
	Cells     YearCells
}

// ReportRow is one number of the report.
type ReportRow struct {
	chart.Said
	Row    release.Row // as published
	View   string
	Period string // in words
}

// YearCells counts the cells of a chapter's views in its year, all territories
// and categories: those with their value, confidential, with counts alone, and
// without a value for another reason.
type YearCells struct{ Shown, Hidden, Few, Pending int }

// Reports fills the annual report of every whole year that the release knows,
// the newest first. A year is whole when the extraction lies after its end; it
// has a report when two chapters of the plan have a number.
func Reports(ctx context.Context, rel *release.Release, w *words.Catalogue) ([]Report, error) {
	b, err := open(ctx, rel, w)
	if err != nil {
		return nil, err
	}
	var out []Report
	for _, year := range b.wholeYears() {
		r, err := b.report(year)
		if err != nil {
			return nil, err
		}
		if len(r.Chapters) > 1 && r.Chapters[1].ID != contextChapter {
			out = append(out, r)
		}
	}
	return out, nil
}

// wholeYears are the years of the views that ended before the extraction, the
// newest first.
func (b *book) wholeYears() []string {
	var out []string
	for _, v := range b.views {
		for r := range v.totals.All() {
			year, _, _ := strings.Cut(r.Period, "-")
			if len(year) == 4 && r.Geo == b.root() && year+"-12-31" <= b.rel.Info.ExtractionDate && !slices.Contains(out, year) {
				out = append(out, year)
			}
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out
}

func (b *book) report(year string) (Report, error) {
	r := Report{Year: year}
	figures, err := b.figuresOf(year)
	if err != nil {
		return r, err
	}
	for _, spec := range b.chapters() {
		c, err := b.chapter(spec, year)
		if err != nil {
			return r, err
		}
		if len(c.Sentences) == 0 {
			r.Absent = append(r.Absent, c.ID)
			continue
		}
		for _, id := range spec.figures {
			if f, ok := figures[id]; ok {
				c.Figures = append(c.Figures, f)
			}
		}
		r.Chapters = append(r.Chapters, c)
	}
	return r, nil
}

// chapter fills one chapter. It has no sentence where the release has no number
// of that year for it.
func (b *book) chapter(spec chapter, year string) (Chapter, error) {
	c := Chapter{ID: spec.id}
	for _, s := range spec.says {
		text, err := b.saying(s, year)
		if err != nil {
			return c, err
		}
		if text != "" {
			c.Sentences = append(c.Sentences, text)
		}
	}
	var err error
	if c.Keys, err = b.reportRows(spec.keys, year); err != nil {
		return c, err
	}
	for _, t := range spec.tables {
		if c.Table, err = b.reportRows(t.rows, year); err != nil {
			return c, err
		}
		if anyShown(c.Table) {
			c.TableSays = b.w.T("report.table."+t.id, "year", year)
			break
		}
		c.Table = nil
	}
	if len(c.Sentences) == 0 && len(c.Keys) > 0 {
		c.Sentences = []string{b.plainly(c.Keys, year)}
	}
	for _, rows := range [][]ReportRow{c.Keys, c.Table} {
		for _, r := range rows {
			if !slices.Contains(c.Views, r.View) {
				c.Views = append(c.Views, r.View)
			}
		}
	}
	c.Cells = b.yearCells(c.Views, year)
	return c, nil
}

// plainly is the headline of a chapter that none of its sentences can open: its
// first number, or that none can be shown.
func (b *book) plainly(keys []ReportRow, year string) string {
	for _, k := range keys {
		if k.Why == "" {
			return b.w.T("report.say.first", "label", k.Label, "value", k.Value, "period", k.Period)
		}
	}
	return b.w.T("report.say.nothing", "year", year)
}

func anyShown(rows []ReportRow) bool {
	return slices.ContainsFunc(rows, func(r ReportRow) bool { return r.Why == "" })
}

// reportRows are the rows that the release has of those panels in a year, with
// the sign of those that are not shown.
func (b *book) reportRows(panels []panel, year string) ([]ReportRow, error) {
	var out []ReportRow
	for _, p := range panels {
		row, ok := b.inYear(p, year)
		if !ok {
			continue
		}
		said, err := chart.Say(b.w, b.rel, b.frameOf(p), row)
		if err != nil {
			return nil, err
		}
		if p.whom != "" {
			said.Label = p.whom
		}
		out = append(out, ReportRow{said, row.Clone(), p.view, b.w.Period(row.Period)})
	}
	return out, nil
}

// frameOf is the frame in which a panel's rows are looked up.
func (b *book) frameOf(p panel) *release.Frame {
	v := b.views[p.view]
	if p.by != nil {
		return v.whole
	}
	return v.totals
}

// inYear is the whole region's row of a panel for a year: that of the year where
// the view counts by years, shown or not; else that of its last period in the
// year that shows a value, else the last one. ok is false where there is none.
func (b *book) inYear(p panel, year string) (row release.Row, ok bool) {
	if _, published := b.views[p.view]; !published {
		return release.Row{}, false
	}
	for _, r := range b.frameOf(p).Where(release.Select{Geo: b.root(), Measure: p.measure, By: p.by}) {
		switch {
		case r.Period == year:
			return r, true
		case !liesIn(r.Period, year):
		case !ok, isShown(r) && (!isShown(row) || r.Period > row.Period), !isShown(row) && r.Period > row.Period:
			row, ok = r, true
		}
	}
	return row, ok
}

func isShown(r release.Row) bool { return r.Status.Shown() && r.Value != nil }

// saying is one computed sentence; "" where the release does not speak of it or
// shows no value.
func (b *book) saying(s saying, year string) (string, error) {
	row, ok := b.inYear(s.panel, year)
	if !ok || !isShown(row) {
		return "", nil
	}
	said, err := chart.Say(b.w, b.rel, b.frameOf(s.panel), row)
	if err != nil {
		return "", err
	}
	key, args := "report.say."+s.key, []any{"value", said.Value, "period", b.w.Period(row.Period), "region", b.regionName(),
		"n", b.partOf(row.Numerator), "d", b.partOf(row.Denominator)}
	if s.beside.view != "" {
		other, ok := b.row(s.beside.view, s.beside.measure, b.root(), row.Period)
		if !ok {
			return "", nil
		}
		more, err := b.said(s.beside.view, other)
		if err != nil {
			return "", err
		}
		args = append(args, "other", more.Value)
	}
	text := b.w.T(key, args...)
	if said.Interval != "" {
		text += " " + b.w.T("report.interval", "interval", said.Interval)
	}
	if said.Change != "" {
		text += " " + said.Change + "."
	}
	return text, nil
}

// yearCells counts what views show in a year.
func (b *book) yearCells(views []string, year string) YearCells {
	var c YearCells
	for _, name := range views {
		for r := range b.views[name].whole.All() {
			switch {
			case !liesIn(r.Period, year):
			case r.Status == release.Confidential || r.Conf == release.Hidden:
				c.Hidden++
			case r.Status == release.LowReliability:
				c.Few++
			case isShown(r):
				c.Shown++
			default:
				c.Pending++
			}
		}
	}
	return c
}
