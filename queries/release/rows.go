package release

import (
	"slices"
	"strings"
)

// rowColumns are the cells of a view by what they are in a Row.
type rowColumns struct {
	rows                                       int
	geoLevel, geo, periodType, period, measure texts
	unit, status, conf, reason, definition     texts
	note                                       texts
	numerator, denominator, value, low, high   numbers
	notes                                      [][]string // of each word of note
	by                                         codes      // of each row, place in tuples
	tuples                                     [][]string // the combinations of categories that occur; nil without breakdowns
}

// columnsOf packs the columns of a table, which are those of its header.
func columnsOf(t *Table) *rowColumns {
	c := &rowColumns{rows: t.Rows}
	for name, to := range map[string]*texts{"geo_level": &c.geoLevel, "geo": &c.geo, "period_type": &c.periodType, "period": &c.period, "measure": &c.measure,
		"unit": &c.unit, "obs_status": &c.status, "conf_status": &c.conf, "reason": &c.reason, "definition": &c.definition, "note_ids": &c.note} {
		from, _ := t.Column(name)
		*to = texts{from.Words, packed(from.Codes, len(from.Words))}
	}
	for name, to := range map[string]*numbers{"numerator": &c.numerator, "denominator": &c.denominator, "value": &c.value, "low": &c.low, "high": &c.high} {
		from, _ := t.Column(name)
		*to = numbersOf(from)
	}
	for _, ids := range c.note.words {
		c.notes = append(c.notes, strings.Split(ids, "|"))
	}
	c.by, c.tuples = tuplesOf(t)
	return c
}

// row puts a row together.
func (c *rowColumns) row(at int) Row {
	r := Row{
		GeoLevel: c.geoLevel.at(at), Geo: c.geo.at(at), PeriodType: c.periodType.at(at), Period: c.period.at(at), Measure: c.measure.at(at),
		Numerator: c.numerator.at(at), Denominator: c.denominator.at(at), Value: c.value.at(at), Low: c.low.at(at), High: c.high.at(at),
		Unit: Unit(c.unit.at(at)), Status: Status(c.status.at(at)), Conf: ConfStatus(c.conf.at(at)), Reason: c.reason.at(at), Definition: c.definition.at(at),
	}
	if code := c.note.codes.at(at); code >= 0 {
		r.Notes = c.notes[code]
	}
	if c.tuples != nil {
		r.By = c.tuples[c.by.at(at)]
	}
	return r
}

// tuplesOf numbers the combinations of categories of a table.
func tuplesOf(t *Table) (by codes, tuples [][]string) {
	var columns []*Column
	for _, name := range t.Header.Breakdowns {
		c, _ := t.Column(name)
		columns = append(columns, c)
	}
	if len(columns) == 0 {
		return codes{}, nil
	}
	of := make([]int32, t.Rows)
	seen := map[string]int32{}
	tuples = [][]string{}
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
		of[row] = tuple
	}
	return packed(of, len(tuples)), tuples
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

// Text is what a row has in a column of the view's file, a number as number
// writes it.
func (r Row) Text(h Header, column string, number func(*float64) string) string {
	if Numeric(column) {
		return number(*numberOf(&r, column))
	}
	return textOf(&r, column, slices.Index(h.Breakdowns, column))
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
