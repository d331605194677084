package chart

import (
	"cmp"
	"maps"
	"slices"

	"osservatorio/queries/release"
)

// BreakdownInput asks how a measure differs by the categories of a breakdown.
type BreakdownInput struct {
	Input
	Geo       string
	Breakdown string // a breakdown column of the view
}

// Breakdown draws one row a category beside the total: dot and interval in the
// order of the code list where the total has an interval, bars in order of
// value for complete counts.
func Breakdown(in BreakdownInput) (Figure, error) {
	s, err := newScene(in.Input)
	if err != nil {
		return Figure{}, err
	}
	period, err := s.latest(release.Select{Geo: in.Geo, GeoLevel: s.geoLevel(in.Geo)})
	if err != nil {
		return Figure{}, err
	}
	r := gatherBreakdown(s, in, period)
	f := s.figure("breakdown", in.Geo)
	f.Period = s.Words.Period(period)
	s.titled(&f, r.breakdownTitle(s.byWord(in.Breakdown)), s.geoName(in.Geo), r.breakdownSentence(s.byWord(in.Breakdown), in.Geo))
	f.Cells = s.cells("", period, in.Geo)
	f.Cells.Breakdown = in.Breakdown
	f.Table, f.Legend, f.Reading = r.table(), r.legend(), r.breakdownReading()
	f.Table.Columns[0].Label = sentenceCase(s.byWord(in.Breakdown))
	s.noted(&f, r.all)
	if f.Wide, err = r.draw(wideRanking).drawing(); err != nil {
		return Figure{}, err
	}
	f.Narrow, err = r.draw(narrowRanking).drawing()
	return f, err
}

func gatherBreakdown(s scene, in BreakdownInput, period string) *ranking {
	r := &ranking{scene: s, reference: in.Geo, period: period}
	list := s.Release.Codes[in.Breakdown]
	r.name = func(row release.Row) string {
		if code := s.Frame.Category(row, in.Breakdown); code != release.Total {
			return list.Label(code, s.Words.Lang)
		}
		return s.t("breakdown.total")
	}
	by := maps.Clone(s.By)
	if by == nil {
		by = map[string]string{}
	}
	for _, code := range list.Codes {
		by[in.Breakdown] = code.Code
		one := s
		one.By = by
		if row, ok := one.pick(in.Geo, period); ok {
			r.all = append(r.all, row)
		}
	}
	if row, ok := s.pick(in.Geo, period); ok && markOf(row) == shown && s.percent() {
		r.ref = &row
	}
	r.refName = s.t("breakdown.total")
	r.sorted = r.ref == nil || !hasInterval(*r.ref)
	r.groupCategories(sentenceCase(s.byWord(in.Breakdown)))
	return r
}

// groupCategories keeps all categories in one block: those without a value
// stand where the code list has them, or last where the order is by value.
func (r *ranking) groupCategories(title string) {
	rows := slices.Clone(r.all)
	note := r.t("breakdown.note")
	if r.sorted {
		note = r.sortedNote()
		slices.SortStableFunc(rows, func(a, b release.Row) int {
			switch x, y := markOf(a) == shown, markOf(b) == shown; {
			case x && y:
				return cmp.Compare(*b.Value, *a.Value)
			case x:
				return -1
			case y:
				return 1
			}
			return 0
		})
	}
	r.group(rankGroup{mixed: true, title: title, note: note, rows: rows})
}

// byWord names a breakdown: "sesso".
func (s scene) byWord(breakdown string) string {
	if key := "by." + breakdown; s.Words.Has("chart." + key) {
		return s.t(key)
	}
	return breakdown
}

// notSaid is the category, in every list that has it, of those of whom a source
// does not say: it is drawn with the others, but no headline is about it.
const notSaid = "nd"

func unsaid(row release.Row) bool { return slices.Contains(row.By, notSaid) }

// bounds are the categories with the highest and the lowest value shown.
func (r *ranking) bounds() (high, low release.Row, ok bool) {
	for _, row := range r.sayable() {
		if !ok {
			high, low, ok = row, row, true
		}
		if *row.Value > *high.Value {
			high = row
		}
		if *row.Value < *low.Value {
			low = row
		}
	}
	return high, low, ok
}

func (r *ranking) breakdownTitle(by string) string {
	high, low, ok := r.bounds()
	if !ok {
		return r.t("breakdown.title.nothing", "measure", r.label(), "by", by)
	}
	if len(r.sayable()) > 1 && hasInterval(high) && hasInterval(low) && against(high, low) == 0 {
		return r.t("breakdown.title.same", "measure", r.label(), "by", by)
	}
	name := func(row release.Row) string { return lower(r.name(row)) }
	return r.ranged("breakdown.title", r.sayable(), name, r.items)
}

// items are categories counted: "voci".
func (r *ranking) items(n int) string {
	if n == 1 {
		return r.t("range.item")
	}
	return r.t("range.items")
}

func (r *ranking) breakdownSentence(by, geo string) string {
	text := r.t("breakdown.sentence", "geo", r.geoName(geo), "measure", lower(r.label()), "period", r.Words.Period(r.period), "by", by)
	for i, row := range r.all {
		if i > 0 {
			text += ", "
		}
		said := r.say(row)
		if m := markOf(row); m == hidden {
			said = r.why(m)
		}
		text += lower(r.name(row)) + " " + said
	}
	text += "."
	if r.ref != nil {
		text += " " + r.t("breakdown.sentence.total", "value", r.say(*r.ref))
	}
	return text
}

func (r *ranking) breakdownReading() []string {
	switch {
	case r.sorted && r.published():
		return []string{r.t("breakdown.read.sorted.published")}
	case r.sorted && r.estimated():
		return []string{r.t("breakdown.read.sorted.estimate")}
	case r.sorted:
		return []string{r.t("breakdown.read.sorted")}
	}
	return []string{r.intervalRead("breakdown.read")}
}
