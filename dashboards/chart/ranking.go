package chart

import (
	"cmp"
	"slices"
	"strings"

	"osservatorio/queries/release"
)

// RankingInput asks how the territories of a level stand to a reference.
type RankingInput struct {
	Input
	Level     string // geo level of the rows
	Reference string // geo code, "" for none
}

// Ranking draws one row a territory, in one period: dot and interval in three
// groups by whether the interval clears the reference's, alphabetical inside a
// group; complete counts without interval in order of value. Rows without a
// value keep their place at the end, with the sign that says why.
func Ranking(in RankingInput) (Figure, error) {
	s, err := newScene(in.Input)
	if err != nil {
		return Figure{}, err
	}
	r, err := gatherRanking(s, in)
	if err != nil {
		return Figure{}, err
	}
	f := s.figure("ranking", in.Reference)
	f.Period = s.Words.Period(r.period)
	s.titled(&f, r.title(), s.count(in.Level, len(r.all)), r.sentence())
	f.Cells = s.cells(in.Level, r.period, in.Reference)
	f.Table = r.table()
	f.Legend, f.Reading = r.legend(), r.reading()
	s.noted(&f, r.all)
	if f.Wide, err = r.draw(wideRanking).drawing(); err != nil {
		return Figure{}, err
	}
	f.Narrow, err = r.draw(narrowRanking).drawing()
	return f, err
}

// ranking is the rows of one level in one period, in the order of drawing.
type ranking struct {
	scene
	level, reference, period string
	all                      []release.Row
	ref                      *release.Row // nil without a shown reference
	groups                   []rankGroup
	sorted                   bool // by value: complete counts without interval
	name                     func(release.Row) string
	refName                  string // label of the reference, "" to name it by its level
}

// rankGroup is one titled block of rows of one side of the reference.
type rankGroup struct {
	side  int // 1, 0, −1; what the colour says
	none  bool
	mixed bool // each row takes the colour of its own side
	title string
	note  string
	rows  []release.Row
}

func gatherRanking(s scene, in RankingInput) (*ranking, error) {
	period, err := s.latest(release.Select{GeoLevel: in.Level})
	if err != nil {
		return nil, err
	}
	return rankingOf(s, in, period), nil
}

// rankingOf reads the rows of one level in one period.
func rankingOf(s scene, in RankingInput, period string) *ranking {
	r := &ranking{scene: s, level: in.Level, reference: in.Reference, period: period}
	r.name = func(row release.Row) string { return s.geoName(row.Geo) }
	r.all = s.where(release.Select{GeoLevel: in.Level, Period: period})
	slices.SortStableFunc(r.all, func(a, b release.Row) int { return compareNames(s.geoName(a.Geo), s.geoName(b.Geo)) })
	if row, ok := s.pick(in.Reference, period); ok && in.Reference != "" && markOf(row) == shown {
		r.ref = &row
	}
	r.sorted = r.ref == nil || !hasInterval(*r.ref)
	r.split()
	return r
}

// compareNames orders as a reader looks names up: accents and case aside.
func compareNames(a, b string) int {
	fold := strings.NewReplacer("à", "a", "è", "e", "é", "e", "ì", "i", "ò", "o", "ù", "u")
	return cmp.Compare(fold.Replace(strings.ToLower(a)), fold.Replace(strings.ToLower(b)))
}

func (r *ranking) split() {
	byside := map[int][]release.Row{}
	var without []release.Row
	for _, row := range r.all {
		if markOf(row) != shown {
			without = append(without, row)
			continue
		}
		side := 0
		if !r.sorted {
			side = against(row, *r.ref)
		}
		byside[side] = append(byside[side], row)
	}
	if r.sorted {
		list := byside[0]
		slices.SortStableFunc(list, func(a, b release.Row) int { return cmp.Compare(*b.Value, *a.Value) })
		r.group(rankGroup{title: r.t("ranking.sorted", "places", r.count(r.level, len(list))), note: r.sortedNote(), rows: list})
	} else {
		the, from := r.refThe(r.reference), r.refFrom(r.reference)
		r.group(rankGroup{side: 1, title: r.t("ranking.above", "the", the, "places", r.count(r.level, len(byside[1]))), note: r.t("ranking.above.note"), rows: byside[1]})
		r.group(rankGroup{title: r.t("ranking.same", "from", from, "places", r.count(r.level, len(byside[0]))), note: r.t("ranking.same.note", "the", the), rows: byside[0]})
		r.group(rankGroup{side: -1, title: r.t("ranking.below", "the", the, "places", r.count(r.level, len(byside[-1]))), note: r.t("ranking.below.note"), rows: byside[-1]})
	}
	r.group(rankGroup{none: true, title: r.t("ranking.without", "places", r.count(r.level, len(without))), rows: without})
}

func (r *ranking) group(g rankGroup) {
	if len(g.rows) > 0 {
		r.groups = append(r.groups, g)
	}
}

// sortedNote says why rows stand in order of value.
func (r *ranking) sortedNote() string {
	switch {
	case r.published():
		return r.t("ranking.sorted.note.published")
	case r.estimated():
		return r.t("ranking.sorted.note.estimate")
	}
	return r.t("ranking.sorted.note")
}

// intervalRead is how to read dots and intervals: that of a share is Wilson's.
func (s scene) intervalRead(key string) string {
	if s.header.Kind == release.Estimate {
		key += ".estimate"
	}
	return s.t(key)
}

func (r *ranking) side(side int, none bool) []release.Row {
	for _, g := range r.groups {
		if g.side == side && g.none == none {
			return g.rows
		}
	}
	return nil
}

func (r *ranking) title() string {
	places := r.levelWord(r.level, len(r.all))
	stated := len(r.side(0, false))
	if r.sorted {
		if stated == 0 {
			return r.t("ranking.title.nothing", "places", r.count(r.level, len(r.all)))
		}
		return r.ranged("ranking.title.sorted", r.side(0, false), r.name, r.places)
	}
	return r.t("ranking.title.about", "measure", r.label(), "period", r.Words.Period(r.period), "said", lower(r.apart(stated, places)))
}

// apart says how many places differ from the reference; the title names measure
// and period before it, since a page has several rankings.
func (r *ranking) apart(stated int, places string) string {
	apart := len(r.side(1, false)) + len(r.side(-1, false))
	total := r.Words.Int(apart + stated)
	from := r.refFrom(r.reference)
	switch apart {
	case 0:
		return r.t("ranking.title.none", "from", from, "total", total, "places", r.levelWord(r.level, stated))
	case 1:
		return r.t("ranking.title.one", "from", from, "total", total, "place", r.singular(apart+stated))
	}
	return r.t("ranking.title.many", "n", r.Words.Int(apart), "from", from, "total", total, "places", places)
}

// places is the level's word for so many.
func (r *ranking) places(n int) string { return r.levelWord(r.level, n) }

// singular is the level's word beside "1 … of {total}": Italian counts the one,
// English the whole.
func (r *ranking) singular(total int) string {
	if r.Words.Lang == "en" {
		return r.levelWord(r.level, total)
	}
	return r.levelWord(r.level, 1)
}

// only is the title where one row alone has a value: there is no range.
func (r *ranking) only(row release.Row) string {
	return r.t("only.title", "measure", r.label(), "value", r.value(*row.Value), "name", r.name(row))
}

// extremes are the highest and the lowest row of a sorted ranking.
func (r *ranking) extremes() (high, low release.Row) {
	list := r.side(0, false)
	return list[0], list[len(list)-1]
}

func (r *ranking) sentence() string {
	rest := r.t("ranking.rest.none")
	if without := r.side(0, true); len(without) > 0 {
		rest = r.t("ranking.rest", "places", r.counted(without))
	}
	period := r.Words.Period(r.period)
	if r.sorted {
		if len(r.side(0, false)) == 0 {
			return r.t("ranking.title.nothing", "places", r.count(r.level, len(r.all))) + ". " + rest
		}
		high, low := r.extremes()
		if high.Geo == low.Geo {
			return r.only(high) + ", " + period + ". " + rest
		}
		return r.t("ranking.sentence.sorted", "measure", r.label(), "period", period, "places", r.count(r.level, len(r.all)),
			"highest", r.name(high), "high", r.value(*high.Value), "lowest", r.name(low), "low", r.value(*low.Value), "rest", rest)
	}
	return r.t("ranking.sentence", "measure", r.label(), "period", period, "short", r.refShort(r.reference), "value", r.say(*r.ref),
		"above", r.counted(r.side(1, false)), "below", r.counted(r.side(-1, false)), "same", r.Words.Int(len(r.side(0, false))), "rest", rest)
}

// counted writes "8 (Carpi, Faenza, …)".
func (r *ranking) counted(rows []release.Row) string {
	if len(rows) == 0 {
		return "0"
	}
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = r.name(row)
	}
	return r.Words.Int(len(rows)) + " (" + strings.Join(names, ", ") + ")"
}

func (r *ranking) rate() bool { return r.estimated() }

func (r *ranking) table() Table {
	t := Table{Caption: r.label() + ", " + r.Words.Period(r.period)}
	t.Columns = []Column{{Label: r.t("column.place")}, {Label: r.label(), Numeric: true}}
	if !r.sorted {
		t.Columns = append(t.Columns, Column{Label: r.t("column.interval"), Numeric: true})
	}
	if r.rate() {
		t.Columns = append(t.Columns, Column{Label: r.t("column.numerator"), Numeric: true}, Column{Label: r.t("column.denominator"), Numeric: true})
	}
	if !r.sorted {
		t.Columns = append(t.Columns, Column{Label: r.t("column.against")})
	}
	if r.ref != nil {
		t.Rows = append(t.Rows, r.tableRow(*r.ref, ""))
	}
	for _, g := range r.groups {
		for _, row := range g.rows {
			verdict := ""
			if !g.none {
				verdict = r.verdict(g, row)
			}
			t.Rows = append(t.Rows, r.tableRow(row, verdict))
		}
	}
	return t
}

// verdict is the comparison in words, empty where nothing is compared.
func (r *ranking) verdict(g rankGroup, row release.Row) string {
	side := g.side
	if g.mixed {
		if r.sorted || markOf(row) != shown {
			return ""
		}
		side = against(row, *r.ref)
	}
	return r.t("against." + map[int]string{1: "above", 0: "same", -1: "below"}[side])
}

func (r *ranking) tableRow(row release.Row, verdict string) []Cell {
	cells := []Cell{{Text: r.name(row), Header: true}, r.cell(row)}
	if r.level != "" {
		cells[0].Geo = row.Geo
	}
	if !r.sorted {
		cells = append(cells, Cell{Text: r.interval(row)})
	}
	if r.rate() {
		cells = append(cells, r.part(row.Numerator), r.part(row.Denominator))
	}
	if !r.sorted {
		cells = append(cells, Cell{Text: verdict})
	}
	return cells
}

func (s scene) part(v *float64) Cell {
	if v == nil {
		return Cell{}
	}
	return Cell{Text: s.Words.Number(*v, 0)}
}

func (r *ranking) legend() []LegendItem {
	var out []LegendItem
	if r.sorted {
		mark := "accent"
		if r.barred() {
			mark = "bar"
		}
		out = append(out, LegendItem{Mark: mark, Label: r.t("legend.value")})
		if r.ref != nil {
			out = append(out, LegendItem{Mark: "reference", Label: r.t("legend.reference.bare", "name", r.refLabel())})
		}
	} else {
		out = append(out,
			LegendItem{Mark: "accent", Label: r.t("legend.above"), Count: r.sided(1)},
			LegendItem{Mark: "context", Label: r.t("legend.same"), Count: r.sided(0)},
			LegendItem{Mark: "below", Label: r.t("legend.below"), Count: r.sided(-1)},
			LegendItem{Mark: "reference", Label: r.t("legend.reference", "name", r.refLabel())})
	}
	return append(out, r.legendOf(r.all)...)
}

// sided counts the rows with a value on one side of the reference.
func (r *ranking) sided(side int) string {
	n := 0
	for _, row := range r.all {
		if markOf(row) == shown && against(row, *r.ref) == side {
			n++
		}
	}
	return r.Words.Int(n)
}

func (r *ranking) reading() []string {
	switch {
	case r.sorted && r.published():
		return []string{r.t("ranking.read.sorted.published")}
	case r.sorted && slices.ContainsFunc(r.all, hasInterval):
		return []string{r.t("ranking.read.sorted.interval")}
	case r.sorted && r.estimated():
		return []string{r.t("ranking.read.sorted.estimate")}
	case r.sorted:
		return []string{r.t("ranking.read.sorted")}
	}
	read := []string{r.intervalRead("ranking.read.interval")}
	if n := len(r.all) - len(r.side(0, true)); n > 1 {
		read = append(read, r.t("ranking.read.chance", "n", r.Words.Int(n)))
	}
	return read
}
