package export

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"osservatorio/queries/release"
)

// Views of fewer rows are also published as a cube and described for CSVW; a
// cube that would have more places than that, most of them empty, is not made.
const (
	smallRows  = 50_000
	cubePlaces = 500_000
)

// jsonStat is a JSON-stat 2.0 data set. Labels are Italian; English stands
// under extension. Places without status are no cells of the view.
type jsonStat struct {
	Version   string             `json:"version"`
	Class     string             `json:"class"`
	Label     string             `json:"label"`
	Source    string             `json:"source"`
	Updated   string             `json:"updated,omitempty"`
	Note      []string           `json:"note"`
	ID        []string           `json:"id"`
	Size      []int              `json:"size"`
	Role      map[string]any     `json:"role"`
	Dimension map[string]statDim `json:"dimension"`
	Value     json.RawMessage    `json:"value"`
	Status    json.RawMessage    `json:"status"`
	Extension map[string]any     `json:"extension"`
}

type statDim struct {
	Label     string         `json:"label"`
	Category  statCategory   `json:"category"`
	Extension map[string]any `json:"extension"`
}

type statCategory struct {
	Index []string                     `json:"index"`
	Label map[string]string            `json:"label"`
	Unit  map[string]map[string]string `json:"unit,omitempty"`
}

// writeCube writes a small view as JSON-stat.
func (w *writer) writeCube(t *release.Table) error {
	if t.Rows >= smallRows {
		return nil
	}
	said, err := w.words()
	if err != nil {
		return err
	}
	columns, err := readColumns()
	if err != nil {
		return err
	}
	c, ok := cubeOf(t, said, columns)
	if !ok {
		return nil
	}
	h := t.Header
	value, status := c.cells(t)
	doc := jsonStat{Version: "2.0", Class: "dataset", Label: h.Title.IT, Source: h.Source.IT, Updated: w.info.ExtractionDate,
		Note: []string{columns["jsonstat"].textIT}, Dimension: map[string]statDim{}, Value: value, Status: status,
		Role: map[string]any{"time": []string{"period"}, "geo": []string{"geo"}, "metric": []string{"measure"}},
		Extension: map[string]any{"label_en": h.Title.EN, "source_en": h.Source.EN, "note_en": []string{columns["jsonstat"].textEN},
			"view": h.View, "definition": h.Definition, "release": w.info.ID, "licence": w.info.Publisher.Licence}}
	for _, d := range c.dims {
		doc.ID, doc.Size = append(doc.ID, d.name), append(doc.Size, len(d.codes))
		doc.Dimension[d.name] = d.described(h)
	}
	for _, caveat := range h.Caveats {
		doc.Note = append(doc.Note, caveat.IT)
	}
	data, err := compact(doc)
	if err != nil {
		return err
	}
	return w.create("data/"+h.View+".json", data)
}

// compact is JSON on one line; letters stay letters.
func compact(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return out.Bytes(), err
}

// cube is how a view is laid out: the place of a cell is what its dimensions
// say, the last one counting fastest.
type cube struct {
	dims    []dimension
	figures []string // columns of numbers; the last dimension where there are several
}

// dimension is one axis of a cube.
type dimension struct {
	name  string
	title release.Text
	codes []string
	words []release.Text
	at    func(row int) int // place of a row of the table
}

func (d dimension) described(h release.Header) statDim {
	out := statDim{Label: d.title.IT, Category: statCategory{Index: d.codes, Label: map[string]string{}}}
	english := map[string]string{}
	for i, code := range d.codes {
		out.Category.Label[code], english[code] = d.words[i].IT, d.words[i].EN
	}
	out.Extension = map[string]any{"label_en": d.title.EN, "category_en": english}
	if d.name == "measure" {
		out.Category.Unit = map[string]map[string]string{}
		for _, code := range d.codes {
			if m, ok := h.Measure(code); ok {
				out.Category.Unit[code] = map[string]string{"label": string(m.Unit)}
			}
		}
	}
	return out
}

// cubeOf lays a view out: with one dimension a breakdown, or with one for all
// of them, which has only the combinations that occur; with all its numbers or,
// where that is too much, with the value alone.
func cubeOf(t *release.Table, said *labels, columns map[string]column) (cube, bool) {
	apart, together := breakdownsOf(t, said, columns), combined(t, said, columns)
	for _, figures := range [][]string{figuresOf(t), {"value"}} {
		for _, breakdowns := range [][]dimension{apart, together} {
			c := cube{figures: figures, dims: slices.Concat([]dimension{dimensionOf(t, "geo", said, columns), dimensionOf(t, "period", said, columns)},
				breakdowns, []dimension{dimensionOf(t, "measure", said, columns)})}
			if len(figures) > 1 {
				c.dims = append(c.dims, figureDimension(figures, columns))
			}
			if c.places() < cubePlaces {
				return c, true
			}
		}
	}
	return cube{}, false
}

// places counts the places of a cube, no further than is of use.
func (c cube) places() int {
	n := 1
	for _, d := range c.dims {
		if n *= len(d.codes); n >= cubePlaces {
			return cubePlaces
		}
	}
	return n
}

// figuresOf are the columns of numbers in which the view has any.
func figuresOf(t *release.Table) []string {
	out := []string{"value"}
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Values != nil && c.Name != "value" && slices.Contains(c.Null, false) {
			out = append(out, c.Name)
		}
	}
	return out
}

func figureDimension(figures []string, columns map[string]column) dimension {
	d := dimension{name: "figure", title: columns["figure"].title(), codes: figures, at: func(int) int { return 0 }}
	for _, f := range figures {
		d.words = append(d.words, columns[f].title())
	}
	return d
}

func dimensionOf(t *release.Table, name string, said *labels, columns map[string]column) dimension {
	c, _ := t.Column(name)
	d := dimension{name: name, title: titleOf(t.Header, name, columns), codes: said.sorted(t.Header, name, c.Words)}
	place := make([]int, len(c.Words))
	for i, word := range c.Words {
		place[i] = slices.Index(d.codes, word)
	}
	for _, code := range d.codes {
		d.words = append(d.words, said.of(t.Header, name, code))
	}
	d.at = func(row int) int { return place[c.Codes[row]] }
	return d
}

func breakdownsOf(t *release.Table, said *labels, columns map[string]column) []dimension {
	var out []dimension
	for _, b := range t.Header.Breakdowns {
		out = append(out, dimensionOf(t, b, said, columns))
	}
	return out
}

// combined is one dimension for all breakdowns of a view, such as
// "sex=F,age_band=15-24"; what is not broken down is the total.
func combined(t *release.Table, said *labels, columns map[string]column) []dimension {
	if len(t.Header.Breakdowns) < 2 {
		return breakdownsOf(t, said, columns)
	}
	d := dimension{name: "breakdown", title: columns["breakdown"].title()}
	places, at := map[string]int{}, make([]int, t.Rows)
	for row := range t.Rows {
		code, words := combination(t, row, said)
		place, known := places[code]
		if !known {
			place = len(d.codes)
			places[code] = place
			d.codes, d.words = append(d.codes, code), append(d.words, words)
		}
		at[row] = place
	}
	d.at = func(row int) int { return at[row] }
	return []dimension{d}
}

func combination(t *release.Table, row int, said *labels) (string, release.Text) {
	var codes, it, en []string
	for _, b := range t.Header.Breakdowns {
		c, _ := t.Column(b)
		if code := c.Text(row); code != release.Total {
			words := said.of(t.Header, b, code)
			codes, it, en = append(codes, b+"="+code), append(it, words.IT), append(en, words.EN)
		}
	}
	if codes == nil {
		return release.Total, said.of(t.Header, t.Header.Breakdowns[0], release.Total)
	}
	return strings.Join(codes, ","), release.Text{IT: strings.Join(it, ", "), EN: strings.Join(en, ", ")}
}

// cells are the values and statuses by place: a hidden one is null with its
// status beside it. Places are in ascending order.
func (c cube) cells(t *release.Table) (value, status json.RawMessage) {
	obs, _ := t.Column("obs_status")
	type cell struct{ place, row, figure int }
	var all []cell
	for row := range t.Rows {
		place := 0
		for _, d := range c.dims {
			place = place*len(d.codes) + d.at(row)
		}
		for f := range c.figures {
			all = append(all, cell{place + f, row, f})
		}
	}
	slices.SortFunc(all, func(a, b cell) int { return a.place - b.place })
	var values, statuses bytes.Buffer
	for i, at := range all {
		before := `,"`
		if i == 0 {
			before = `{"`
		}
		key := before + strconv.Itoa(at.place) + `":`
		column, _ := t.Column(c.figures[at.figure])
		values.WriteString(key)
		if column.Null[at.row] {
			values.WriteString("null")
		} else {
			values.Write(strconv.AppendFloat(nil, column.Values[at.row], 'f', -1, 64))
		}
		statuses.WriteString(key + `"` + obs.Text(at.row) + `"`)
	}
	values.WriteByte('}')
	statuses.WriteByte('}')
	return values.Bytes(), statuses.Bytes()
}

// titleOf names a column of a view: in the view's own words if it has any.
func titleOf(h release.Header, name string, columns map[string]column) release.Text {
	if own, ok := h.Columns[name]; ok {
		return own
	}
	return columns[name].title()
}
