package chart

import (
	"strings"

	"osservatorio/queries/release"
)

// TrendInput asks how one territory's measure moved over all periods.
type TrendInput struct {
	Input
	Geo       string
	Reference string // geo code drawn as the dark line, "" or Geo itself for none
}

// Trend draws a line over time with its interval as a band and the reference's
// line beside it. The last stretch is dashed while provisional; what cannot be
// observed yet is a pale block; a hidden value is a gap with a sign; a break of
// the series cuts the line.
func Trend(in TrendInput) (Figure, error) {
	s, err := newScene(in.Input)
	if err != nil {
		return Figure{}, err
	}
	t := gatherTrend(s, in)
	f := s.figure("trend", in.Geo)
	f.Period = t.span()
	s.titled(&f, t.title(), s.geoName(in.Geo), t.sentence())
	f.Cells = s.cells("", "", in.Geo, t.reference)
	f.Table, f.Legend, f.Reading = t.table(), t.legend(), t.reading()
	s.noted(&f, t.own)
	if f.Wide, err = t.draw(wideTrend).drawing(); err != nil {
		return Figure{}, err
	}
	f.Narrow, err = t.draw(narrowTrend).drawing()
	return f, err
}

type trend struct {
	scene
	geo, reference string
	periods        []string
	own, ref       []release.Row // one a period, in order; ref is empty without reference
}

func gatherTrend(s scene, in TrendInput) *trend {
	t := &trend{scene: s, geo: in.Geo, reference: in.Reference, periods: s.Frame.Periods(s.PeriodType)}
	t.own = s.history(in.Geo)
	if in.Reference != "" && in.Reference != in.Geo {
		t.ref = s.history(in.Reference)
	}
	t.periods = spanned(t.periods, t.own)
	return t
}

// spanned keeps the periods between the first and the last row.
func spanned(periods []string, rows []release.Row) []string {
	if len(rows) == 0 {
		return nil
	}
	var out []string
	for _, p := range periods {
		if p >= rows[0].Period && p <= rows[len(rows)-1].Period {
			out = append(out, p)
		}
	}
	return out
}

func (t *trend) at(period string) float64 {
	for i, p := range t.periods {
		if p == period {
			return float64(i)
		}
	}
	return -1
}

// ends are the first and the last row with a value.
func (t *trend) ends() (first, last release.Row, ok bool) {
	for _, r := range t.own {
		if markOf(r) != shown {
			continue
		}
		if !ok {
			first, ok = r, true
		}
		last = r
	}
	return first, last, ok
}

// told are the first row with a value and the last that words speak of: that of the
// latest period, which passes over what is provisional.
func (t *trend) told() (first, last release.Row, ok bool) {
	first, newest, ok := t.ends()
	last = newest
	for _, r := range t.own {
		if markOf(r) == shown && t.header.Settled(r.Status) && !release.YearsApart(r.Period, newest.Period) {
			last = r
		}
	}
	return first, last, ok
}

func (t *trend) span() string {
	if len(t.periods) == 0 {
		return ""
	}
	if len(t.periods) == 1 {
		return t.Words.Period(t.periods[0])
	}
	return t.t("trend.period", "from", t.Words.Period(t.periods[0]), "to", t.Words.Period(t.periods[len(t.periods)-1]))
}

func (t *trend) title() string {
	first, last, ok := t.told()
	if !ok {
		return t.t("trend.title.nothing", "measure", t.label())
	}
	if c := t.change(t.own, last); c != "" {
		return t.t("trend.title.change", "measure", t.label(), "value", t.value(*last.Value), "change", c)
	}
	since := t.comparable()
	if since.Period != last.Period {
		if hasInterval(since) && hasInterval(last) && against(last, since) == 0 {
			return t.t("trend.title.same", "measure", t.label(), "from", t.Words.Period(since.Period), "value", t.value(*last.Value), "to", t.Words.Period(last.Period))
		}
		return t.t("trend.title.span", "measure", t.label(), "first", t.value(*since.Value), "from", t.Words.Period(since.Period),
			"value", t.value(*last.Value), "to", t.Words.Period(last.Period))
	}
	key := "trend.title.value"
	if first.Period != last.Period { // earlier values stand before a break of the series
		key = "trend.title.new"
	}
	return t.t(key, "measure", t.label(), "value", t.value(*last.Value), "period", t.Words.Period(last.Period))
}

// comparable is the first row with a value since the series last broke.
func (t *trend) comparable() (first release.Row) {
	ok := false
	for _, r := range t.own {
		if r.Status == release.SeriesBreak {
			ok = false
		}
		if !ok && markOf(r) == shown {
			first, ok = r, true
		}
	}
	return first
}

func (t *trend) sentence() string {
	first, last, ok := t.told()
	if !ok {
		return t.t("trend.sentence.nothing", "geo", t.geoName(t.geo), "measure", lower(t.label()))
	}
	var rest []string
	if c := t.change(t.own, last); c != "" {
		rest = append(rest, sentenceCase(c)+".")
	}
	if row, ok := t.pick(t.reference, last.Period); ok && len(t.ref) > 0 && markOf(row) == shown {
		rest = append(rest, t.t("trend.reference", "short", t.refShort(t.reference), "value", t.value(*row.Value)))
	}
	return strings.TrimSpace(t.t("trend.sentence", "geo", t.geoName(t.geo), "measure", lower(t.label()), "first", t.value(*first.Value), "from", t.Words.Period(first.Period),
		"last", t.say(last), "to", t.Words.Period(last.Period), "rest", strings.Join(rest, " ")))
}

func sentenceCase(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

func (t *trend) intervals() bool {
	for _, r := range t.own {
		if hasInterval(r) {
			return true
		}
	}
	return false
}

func (t *trend) table() Table {
	out := Table{Caption: t.label() + ", " + t.geoName(t.geo), Columns: []Column{{Label: t.t("column.period")}, {Label: t.geoName(t.geo), Numeric: true}}}
	intervals := t.intervals()
	if intervals {
		out.Columns = append(out.Columns, Column{Label: t.t("column.interval"), Numeric: true})
	}
	if len(t.ref) > 0 {
		out.Columns = append(out.Columns, Column{Label: t.geoName(t.reference), Numeric: true})
	}
	for i := len(t.own) - 1; i >= 0; i-- {
		r := t.own[i]
		row := []Cell{{Text: t.Words.Period(r.Period), Header: true}, t.cell(r)}
		if intervals {
			row = append(row, Cell{Text: t.interval(r)})
		}
		if len(t.ref) > 0 {
			cell := Cell{}
			if ref, ok := t.pick(t.reference, r.Period); ok {
				cell = t.cell(ref)
			}
			row = append(row, cell)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func (t *trend) has(is func(release.Row) bool) bool {
	for _, r := range t.own {
		if is(r) {
			return true
		}
	}
	return false
}

func provisional(r release.Row) bool { return r.Status == release.Provisional }
func broken(r release.Row) bool      { return r.Status == release.SeriesBreak }

func (t *trend) legend() []LegendItem {
	out := []LegendItem{{Mark: "accent", Label: t.geoName(t.geo)}}
	if t.intervals() {
		out = append(out, LegendItem{Mark: "band", Label: t.t("legend.band")})
	}
	if len(t.ref) > 0 {
		out = append(out, LegendItem{Mark: "reference", Label: t.geoName(t.reference)})
	}
	if t.has(provisional) {
		out = append(out, LegendItem{Mark: "delay", Label: t.t("legend.provisional")})
	}
	if t.has(broken) {
		out = append(out, LegendItem{Mark: "break", Label: t.t("legend.break")})
	}
	return append(out, t.legendOf(t.own)...)
}

func (t *trend) reading() []string {
	out := []string{t.t("trend.read.count")}
	switch {
	case t.intervals():
		out[0] = t.t("trend.read.line")
	case t.published():
		out[0] = t.t("trend.read.published")
	case t.estimated():
		out[0] = t.t("trend.read.estimate")
	}
	if t.has(provisional) {
		out = append(out, t.t("trend.read.provisional"))
	}
	if t.has(broken) {
		out = append(out, t.t("trend.read.break"))
	}
	return out
}
