package chart

import (
	"strings"

	"osservatorio/queries/release"
)

// TableInput asks for territories by measures.
type TableInput struct {
	Input
	Measures  []string // in the order of columns
	Level     string
	Reference string // first row, "" for none
	Parts     bool   // the measures are parts of a whole, not services that reach persons
}

// HeatTable sets the territories of a level against measures, each cell with
// its number and the colour of that number; each measure stands at its own
// last period with a value, named in its column. It has no drawing.
func HeatTable(in TableInput) (Figure, error) {
	s, err := newScene(in.Input)
	if err != nil {
		return Figure{}, err
	}
	h, err := gatherHeat(in)
	if err != nil {
		return Figure{}, err
	}
	f := s.figure("table", in.Reference)
	places := s.count(in.Level, len(s.Release.AtLevel(in.Level)))
	n := s.Words.Int(len(h.columns))
	f.Period = h.periodWords(s)
	s.titled(&f, h.title(s, in, places), places, s.t("heat.sentence", "n", n, "places", places))
	f.Subtitle = s.t("heat.area", "measures", s.header.Title.In(s.Words.Lang), "places", joinShown([]string{places, f.Period}, ", "))
	f.Cells = s.cells(in.Level, "", in.Reference)
	f.Cells.Parts = h.parts()
	f.Table = h.table(s, in)
	f.Table.Caption = f.Subtitle
	f.Legend, f.Reading = h.legend(s), []string{s.t("heat.read")}
	s.noted(&f, h.rows)
	if len(h.without) > 0 {
		f.About = append(f.About, s.t("heat.no_rule", "measures", strings.Join(h.without, ", ")))
	}
	if cut := h.shortened(); cut != "" {
		f.About = append(f.About, cut)
	}
	return f, nil
}

// title says which measure reaches most and which least at the reference. Parts
// of a whole reach nobody and are said as they are.
func (h *heat) title(s scene, in TableInput, places string) string {
	var high, low *heatColumn
	value := func(c *heatColumn) float64 { return roundShown(*c.cells[in.Reference].Value) }
	for i := range h.columns {
		c := &h.columns[i]
		if r, ok := c.cells[in.Reference]; !ok || markOf(r) != shown || !c.percent() {
			continue
		}
		if high == nil || value(c) > value(high) {
			high = c
		}
		if low == nil || value(c) < value(low) {
			low = c
		}
	}
	if high == nil || value(high) == value(low) {
		return s.t("heat.title", "n", s.Words.Int(len(h.columns)), "places", places)
	}
	_, most := high.shortLabel()
	_, least := low.shortLabel()
	if in.Parts {
		return s.t("heat.title.parts", "most", lower(most), "high", s.Words.Percent(value(high)), "least", lower(least), "low", s.Words.Percent(value(low)))
	}
	return s.t("heat.title.range", "most", most, "high", s.to(value(high)), "least", lower(least), "low", s.to(value(low)))
}

// to writes a whole percentage after its preposition: "al 14%", "all’85%".
func (s scene) to(v float64) string {
	n := s.Words.Number(v, 0)
	if n == "1" || n == "11" || strings.HasPrefix(n, "8") {
		return s.t("to.vowel", "n", n)
	}
	return s.t("to", "n", n)
}

// shortened tells the whole names of the columns that bear a short one.
func (h *heat) shortened() string {
	var out []string
	for _, c := range h.columns {
		if letter, name := c.shortLabel(); name != c.label() {
			out = append(out, joinShown([]string{letter, c.label()}, " "))
		}
	}
	return strings.Join(out, "; ")
}

func (h *heat) parts() []Part {
	var out []Part
	for _, c := range h.columns {
		out = append(out, Part{c.Measure, c.period})
	}
	return out
}

// heat is the columns of a heat table.
type heat struct {
	columns []heatColumn
	rows    []release.Row
	without []string // labels of measures for which no rule exists
	classes classes
}

type heatColumn struct {
	scene
	period string
	cells  map[string]release.Row // by territory
}

func gatherHeat(in TableInput) (*heat, error) {
	h := &heat{}
	var values []float64
	for _, code := range in.Measures {
		one := in.Input
		one.Measure = code
		s, err := newScene(one)
		if err != nil {
			return nil, err
		}
		c := heatColumn{scene: s, cells: map[string]release.Row{}}
		if c.period, err = s.latest(release.Select{GeoLevel: in.Level}); err != nil {
			return nil, err
		}
		ruled := false
		for _, r := range s.where(release.Select{Period: c.period}) {
			if r.GeoLevel != in.Level && r.Geo != in.Reference {
				continue
			}
			c.cells[r.Geo] = r
			ruled = ruled || markOf(r) != noRule
			if markOf(r) == shown && r.GeoLevel == in.Level {
				values = append(values, roundShown(*r.Value))
			}
		}
		if !ruled {
			h.without = append(h.without, s.label())
			continue
		}
		h.columns = append(h.columns, c)
		for _, g := range s.Release.AtLevel(in.Level) {
			if r, ok := c.cells[g.Code]; ok {
				h.rows = append(h.rows, r)
			}
		}
	}
	h.classes = classify(values)
	return h, nil
}

// roundShown is the whole number that a cell of the table shows.
func roundShown(v float64) float64 {
	if v < 0 {
		return -float64(int(-v + .5))
	}
	return float64(int(v + .5))
}

// periodWords is the period of the columns, the usual one where some differ.
func (h *heat) periodWords(s scene) string {
	usual := h.usual()
	for _, c := range h.columns {
		if c.period != usual {
			return s.t("heat.period", "period", s.Words.Period(usual))
		}
	}
	if usual == "" {
		return ""
	}
	return s.Words.Period(usual)
}

func (h *heat) table(s scene, in TableInput) Table {
	t := Table{Columns: []Column{{Label: s.t("column.place")}}}
	most := h.usual()
	for _, c := range h.columns {
		col := Column{Numeric: true}
		if col.Letter, col.Label = c.shortLabel(); col.Label != c.label() {
			col.Full = c.label()
		}
		if c.period != most {
			col.Note = c.shortPeriod(c.period)
		}
		t.Columns = append(t.Columns, col)
	}
	if in.Reference != "" {
		t.Rows = append(t.Rows, h.row(s, in.Reference))
	}
	for _, b := range s.blocks(in.Level) {
		if b.title != "" {
			t.Rows = append(t.Rows, []Cell{{Text: b.title, Header: true, Group: true}})
		}
		for _, g := range b.geos {
			t.Rows = append(t.Rows, h.row(s, g.Code))
		}
	}
	return t
}

// usual is the period that most columns stand at.
func (h *heat) usual() string {
	count, best := map[string]int{}, ""
	for _, c := range h.columns {
		count[c.period]++
		if best == "" || count[c.period] > count[best] {
			best = c.period
		}
	}
	return best
}

// geoBlock is the territories of one parent.
type geoBlock struct {
	title string
	geos  []release.Geo
}

// blocks groups a level's territories by their health authority, else by their
// province; one untitled block where they have neither.
func (s scene) blocks(level string) []geoBlock {
	all := s.Release.AtLevel(level)
	for _, kind := range []string{"ausl", "province"} {
		var out []geoBlock
		at := map[string]int{}
		for _, g := range all {
			for _, p := range g.Parents {
				if s.geoLevel(p) != kind || kind == level {
					continue
				}
				if _, ok := at[p]; !ok {
					at[p] = len(out)
					out = append(out, geoBlock{title: s.geoName(p)})
				}
				out[at[p]].geos = append(out[at[p]].geos, g)
				break
			}
		}
		n := 0
		for _, b := range out {
			n += len(b.geos)
		}
		if n == len(all) && n > 0 {
			return out
		}
	}
	return []geoBlock{{geos: all}}
}

func (h *heat) row(s scene, geo string) []Cell {
	out := []Cell{{Text: s.geoName(geo), Header: true, Geo: geo}}
	for _, c := range h.columns {
		r, ok := c.cells[geo]
		if !ok {
			out = append(out, Cell{Text: c.t("say.absent"), Mark: "pending"})
			continue
		}
		cell := c.cell(r)
		if markOf(r) == shown {
			cell = Cell{Text: c.Words.Number(roundShown(*r.Value), 0), Mark: "seq-" + string(rune('1'+h.classes.of(roundShown(*r.Value))))}
		}
		out = append(out, cell)
	}
	return out
}

func (h *heat) legend(s scene) []LegendItem {
	var counts [5]int
	all := 0
	for _, r := range h.rows {
		if markOf(r) == shown {
			counts[h.classes.of(roundShown(*r.Value))]++
			all++
		}
	}
	var out []LegendItem
	for i, n := range counts {
		out = append(out, LegendItem{Mark: "seq-" + string(rune('1'+i)), Label: s.classLabel(h.classes, i), Count: s.Words.Int(n), Share: shareOf(n, all)})
	}
	return append(out, s.legendOf(h.rows)...)
}

// shareOf is n in a hundred of all, rounded up so that one is still seen.
func shareOf(n, all int) int {
	if all == 0 {
		return 0
	}
	return (100*n + all - 1) / all
}

// MeasuresInput asks for all measures of one territory.
type MeasuresInput struct {
	Input
	Measures  []string
	Geo       string
	Reference string // "" or Geo itself for none
}

// Measures is a table: one row a measure of one territory, at its last period
// with a value, beside the reference. It has no drawing.
func Measures(in MeasuresInput) (Figure, error) {
	s, err := newScene(in.Input)
	if err != nil {
		return Figure{}, err
	}
	f := s.figure("table", in.Geo)
	f.Measure = ""
	f.Cells = s.cells("", "", in.Geo, in.Reference)
	f.Cells.Parts = nil
	compared := in.Reference != "" && in.Reference != in.Geo
	f.Table = Table{Caption: s.t("measures.title", "geo", s.geoName(in.Geo), "view", s.header.Title.In(s.Words.Lang)), Columns: s.measureColumns(in, compared)}
	var rows []release.Row
	var said []string
	sides := map[int]int{}
	for _, code := range in.Measures {
		one := in.Input
		one.Measure = code
		m, err := newScene(one)
		if err != nil {
			return Figure{}, err
		}
		if side, ok := m.sideOf(in, compared); ok {
			sides[side]++
		}
		cells, row, ok, err := m.measureRow(in, compared)
		if err != nil {
			return Figure{}, err
		}
		f.Table.Rows = append(f.Table.Rows, cells)
		if ok {
			rows = append(rows, row)
			f.Cells.Parts = append(f.Cells.Parts, Part{code, row.Period})
			said = append(said, lower(m.label())+" "+m.say(row))
		}
	}
	s.titled(&f, s.measuresTitle(f.Table.Caption, in, sides), s.geoName(in.Geo), s.t("measures.sentence", "geo", s.geoName(in.Geo), "list", strings.Join(said, "; ")))
	f.Subtitle = f.Table.Caption
	f.Legend = s.legendOf(rows)
	s.noted(&f, rows)
	return f, nil
}

// sideOf is where a measure's last value stands to the reference's; complete
// counts compare as shown. ok is false where one of them has no value.
func (s scene) sideOf(in MeasuresInput, compared bool) (side int, ok bool) {
	period, err := s.latest(release.Select{Geo: in.Geo, GeoLevel: s.geoLevel(in.Geo)})
	if err != nil || !compared {
		return 0, false
	}
	row, there := s.pick(in.Geo, period)
	ref, whole := s.pick(in.Reference, period)
	if !there || !whole || markOf(row) != shown || markOf(ref) != shown {
		return 0, false
	}
	if hasInterval(row) && hasInterval(ref) {
		return against(row, ref), true
	}
	return signOf(s.shownNumber(*row.Value) - s.shownNumber(*ref.Value)), true
}

// measuresTitle says how many measures stand above, below or cannot be told
// from the reference.
func (s scene) measuresTitle(plain string, in MeasuresInput, sides map[int]int) string {
	n := sides[1] + sides[0] + sides[-1]
	if n == 0 || !s.percent() {
		return plain
	}
	from := s.refFrom(in.Reference)
	if sides[1]+sides[-1] == 0 {
		return s.t("measures.title.none", "geo", s.geoName(in.Geo), "n", s.Words.Int(n), "noun", s.noun(n), "from", from)
	}
	counts := map[string]int{"above": sides[1], "below": sides[-1], "same": sides[0]}
	if !s.estimated() {
		counts = map[string]int{"above": sides[1], "below": sides[-1]}
	}
	return s.t("measures.title.sides", "geo", s.geoName(in.Geo), "n", s.Words.Int(n), "noun", s.noun(n), "list", s.clauses("measures.title.", counts, "the", s.refThe(in.Reference)))
}

func (s scene) measureColumns(in MeasuresInput, compared bool) []Column {
	out := []Column{{Label: s.t("column.measure")}, {Label: s.t("column.period")}, {Label: s.geoName(in.Geo), Numeric: true}}
	if s.estimated() {
		out = append(out, Column{Label: s.t("column.interval"), Numeric: true})
	}
	if compared {
		out = append(out, Column{Label: s.geoName(in.Reference), Numeric: true})
		if s.estimated() {
			out = append(out, Column{Label: s.t("column.against")})
		}
	}
	return out
}

func (s scene) measureRow(in MeasuresInput, compared bool) ([]Cell, release.Row, bool, error) {
	period, err := s.latest(release.Select{Geo: in.Geo, GeoLevel: s.geoLevel(in.Geo)})
	if err != nil {
		return nil, release.Row{}, false, err
	}
	row, ok := s.pick(in.Geo, period)
	own := Cell{Text: s.t("say.absent"), Mark: "pending"}
	if ok {
		own = s.cell(row)
	}
	cells := []Cell{{Text: s.label(), Header: true}, {Text: s.Words.Period(period)}, own}
	rate := s.estimated()
	if rate {
		cells = append(cells, Cell{Text: s.interval(row)})
	}
	if compared {
		ref, there := s.pick(in.Reference, period)
		cell := Cell{}
		if there {
			cell = s.cell(ref)
		}
		cells = append(cells, cell)
		if rate {
			verdict := ""
			if ok && there && markOf(row) == shown && markOf(ref) == shown {
				verdict = s.t("against." + map[int]string{1: "above", 0: "same", -1: "below"}[against(row, ref)])
			}
			cells = append(cells, Cell{Text: verdict})
		}
	}
	return cells, row, ok, nil
}
