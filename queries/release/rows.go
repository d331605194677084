package release

import (
	"slices"
	"strings"
)

// rowColumns are the columns of a table by what they are in a Row.
type rowColumns struct {
	geoLevel, geo, periodType, period, measure *Column
	unit, status, conf, reason, definition     *Column
	numerator, denominator, value, low, high   *Column
	note                                       *Column
	notes                                      [][]string // of each word of note
	by                                         []int32    // of each row, place in tuples; nil without breakdowns
	tuples                                     [][]string // the combinations of categories that occur
}

// columnsOf finds them; the columns of a table are those of its header.
func columnsOf(t *Table) rowColumns {
	column := func(name string) *Column {
		c, _ := t.Column(name)
		return c
	}
	c := rowColumns{
		geoLevel: column("geo_level"), geo: column("geo"), periodType: column("period_type"), period: column("period"), measure: column("measure"),
		unit: column("unit"), status: column("obs_status"), conf: column("conf_status"), reason: column("reason"), definition: column("definition"),
		numerator: column("numerator"), denominator: column("denominator"), value: column("value"), low: column("low"), high: column("high"),
		note: column("note_ids"),
	}
	for _, ids := range c.note.Words {
		c.notes = append(c.notes, strings.Split(ids, "|"))
	}
	c.by, c.tuples = tuplesOf(t)
	return c
}

// row puts a row together.
func (c *rowColumns) row(at int) Row {
	r := Row{
		GeoLevel: c.geoLevel.Text(at), Geo: c.geo.Text(at), PeriodType: c.periodType.Text(at), Period: c.period.Text(at), Measure: c.measure.Text(at),
		Numerator: c.numerator.number(at), Denominator: c.denominator.number(at), Value: c.value.number(at), Low: c.low.number(at), High: c.high.number(at),
		Unit: Unit(c.unit.Text(at)), Status: Status(c.status.Text(at)), Conf: ConfStatus(c.conf.Text(at)), Reason: c.reason.Text(at), Definition: c.definition.Text(at),
	}
	if code := c.note.Codes[at]; code >= 0 {
		r.Notes = c.notes[code]
	}
	if c.by != nil {
		r.By = c.tuples[c.by[at]]
	}
	return r
}

// number points to the number of a row, nil where there is none.
func (c *Column) number(row int) *float64 {
	if c.Null[row] {
		return nil
	}
	return &c.Values[row]
}

// tuplesOf numbers the combinations of categories of a table.
func tuplesOf(t *Table) (by []int32, tuples [][]string) {
	var columns []*Column
	for _, name := range t.Header.Breakdowns {
		c, _ := t.Column(name)
		columns = append(columns, c)
	}
	if len(columns) == 0 {
		return nil, nil
	}
	by = make([]int32, t.Rows)
	seen := map[string]int32{}
	var key []byte
	for row := range t.Rows {
		key = key[:0]
		for _, c := range columns {
			code := c.Codes[row]
			key = append(key, byte(code), byte(code>>8), byte(code>>16), byte(code>>24))
		}
		tuple, known := seen[string(key)]
		if !known {
			tuple = int32(len(tuples))
			seen[string(key)] = tuple
			tuples = append(tuples, tupleAt(columns, row))
		}
		by[row] = tuple
	}
	return by, tuples
}

func tupleAt(columns []*Column, row int) []string {
	var out []string
	for _, c := range columns {
		out = append(out, c.Text(row))
	}
	return out
}

// tableOf writes rows into columns. An empty text is NULL, as files have it.
func tableOf(h Header, rows []Row) *Table {
	t := &Table{Header: h, Rows: len(rows)}
	for _, name := range h.FileColumns() {
		c := Column{Name: name}
		by := slices.Index(h.Breakdowns, name)
		seen := map[string]int32{}
		for i := range rows {
			if Numeric(name) {
				c.addNumber(*numberOf(&rows[i], name))
			} else {
				c.addText(textOf(&rows[i], name, by), seen)
			}
		}
		t.Columns = append(t.Columns, c)
	}
	return t
}

func (c *Column) addNumber(x *float64) {
	v := 0.0
	if x != nil {
		v = *x
	}
	c.Values, c.Null = append(c.Values, v), append(c.Null, x == nil)
}

func (c *Column) addText(word string, seen map[string]int32) {
	code, known := seen[word]
	switch {
	case word == "":
		code = -1
	case !known:
		code = int32(len(c.Words))
		seen[word] = code
		c.Words = append(c.Words, word)
	}
	c.Codes = append(c.Codes, code)
}

func numberOf(r *Row, column string) **float64 {
	switch column {
	case "numerator":
		return &r.Numerator
	case "denominator":
		return &r.Denominator
	case "low":
		return &r.Low
	case "high":
		return &r.High
	}
	return &r.Value
}

// textOf is what a row has in a column of text; by is its place among the
// breakdowns.
func textOf(r *Row, column string, by int) string {
	if by >= 0 {
		if by < len(r.By) {
			return r.By[by]
		}
		return ""
	}
	switch column {
	case "geo_level":
		return r.GeoLevel
	case "geo":
		return r.Geo
	case "period_type":
		return r.PeriodType
	case "period":
		return r.Period
	case "measure":
		return r.Measure
	case "unit":
		return string(r.Unit)
	case "obs_status":
		return string(r.Status)
	case "conf_status":
		return string(r.Conf)
	case "reason":
		return r.Reason
	case "note_ids":
		return strings.Join(r.Notes, "|")
	}
	return r.Definition
}
