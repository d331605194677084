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
	s.titled(&f, s.t("heat.title", "n", n, "places", places), places, s.t("heat.sentence", "n", n, "places", places))
	f.Subtitle = s.t("heat.area", "measures", s.header.Title.In(s.Words.Lang), "places", joinShown([]string{places, f.Period}, ", "))
	f.Table = h.table(s, in)
	f.Table.Caption = f.Subtitle
	f.Legend, f.Reading = h.legend(s), []string{s.t("heat.read")}
	if len(h.without) > 0 {
		f.Notes = append(f.Notes, s.t("heat.no_rule", "measures", strings.Join(h.without, ", ")))
	}
	s.noted(&f, h.rows)
	return f, nil
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
		for _, r := range s.Frame.Where(release.Select{Period: c.period, Measure: code, By: s.By}) {
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

// periodWords is the period of the columns where they share one.
func (h *heat) periodWords(s scene) string {
	for _, c := range h.columns {
		if c.period != h.columns[0].period {
			return ""
		}
	}
	if len(h.columns) == 0 {
		return ""
	}
	return s.Words.Period(h.columns[0].period)
}

func (h *heat) table(s scene, in TableInput) Table {
	t := Table{Columns: []Column{{Label: s.t("column.place")}}}
	same := h.periodWords(s) != ""
	for _, c := range h.columns {
		label := c.label()
		if !same {
			label += " (" + s.Words.Period(c.period) + ")"
		}
		t.Columns = append(t.Columns, Column{Label: label, Numeric: true})
	}
	if in.Reference != "" {
		t.Rows = append(t.Rows, h.row(s, in.Reference))
	}
	for _, g := range s.Release.AtLevel(in.Level) {
		t.Rows = append(t.Rows, h.row(s, g.Code))
	}
	return t
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
	for _, r := range h.rows {
		if markOf(r) == shown {
			counts[h.classes.of(roundShown(*r.Value))]++
		}
	}
	var out []LegendItem
	for i, n := range counts {
		out = append(out, LegendItem{Mark: "seq-" + string(rune('1'+i)), Label: s.classLabel(h.classes, i), Count: s.Words.Int(n)})
	}
	return append(out, s.legendOf(h.rows)...)
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
	compared := in.Reference != "" && in.Reference != in.Geo
	f.Table = Table{Caption: s.t("measures.title", "geo", s.geoName(in.Geo), "view", s.header.Title.In(s.Words.Lang)), Columns: s.measureColumns(in, compared)}
	var rows []release.Row
	var said []string
	for _, code := range in.Measures {
		one := in.Input
		one.Measure = code
		m, err := newScene(one)
		if err != nil {
			return Figure{}, err
		}
		cells, row, ok, err := m.measureRow(in, compared)
		if err != nil {
			return Figure{}, err
		}
		f.Table.Rows = append(f.Table.Rows, cells)
		if ok {
			rows = append(rows, row)
			said = append(said, lower(m.label())+" "+m.say(row))
		}
	}
	s.titled(&f, f.Table.Caption, s.geoName(in.Geo), s.t("measures.sentence", "geo", s.geoName(in.Geo), "list", strings.Join(said, "; ")))
	f.Subtitle = f.Table.Caption
	f.Legend = s.legendOf(rows)
	s.noted(&f, rows)
	return f, nil
}

func (s scene) measureColumns(in MeasuresInput, compared bool) []Column {
	out := []Column{{Label: s.t("column.measure")}, {Label: s.t("column.period")}, {Label: s.geoName(in.Geo), Numeric: true}}
	if s.header.Kind == release.Rate {
		out = append(out, Column{Label: s.t("column.interval"), Numeric: true})
	}
	if compared {
		out = append(out, Column{Label: s.geoName(in.Reference), Numeric: true})
		if s.header.Kind == release.Rate {
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
	rate := s.header.Kind == release.Rate
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
