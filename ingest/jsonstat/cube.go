package jsonstat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// cells are values or statuses: one for each cell in row-major order, or some
// by their place, or one for all.
type cells struct {
	given  bool
	list   []string
	sparse map[int]string
	all    string
}

// UnmarshalJSON takes an array, an object by place, or one text or number. A
// null is an empty text; a number stays as it is written.
func (c *cells) UnmarshalJSON(text []byte) error {
	c.given = true
	switch text = bytes.TrimSpace(text); text[0] {
	case '[':
		var list []scalar
		if err := json.Unmarshal(text, &list); err != nil {
			return err
		}
		c.list = make([]string, len(list))
		for i, v := range list {
			c.list[i] = string(v)
		}
		return nil
	case '{':
		var by map[string]scalar
		if err := json.Unmarshal(text, &by); err != nil {
			return err
		}
		c.sparse = make(map[int]string, len(by))
		for key, v := range by {
			place, err := strconv.Atoi(key)
			if err != nil || place < 0 {
				return &Fault{Found: fmt.Sprintf("the place %q of a cell", key), Wanted: "a whole number from 0"}
			}
			c.sparse[place] = string(v)
		}
		return nil
	}
	var one scalar
	err := json.Unmarshal(text, &one)
	c.all = string(one)
	return err
}

// scalar is a text, a number as written, true or false, or nothing.
type scalar string

func (s *scalar) UnmarshalJSON(text []byte) error {
	switch text[0] {
	case '"':
		return json.Unmarshal(text, (*string)(s))
	case '[', '{':
		return &Fault{Found: "a list or an object in a cell", Wanted: "a number, a text or null"}
	case 'n':
		*s = ""
	default:
		*s = scalar(text)
	}
	return nil
}

func (c *cells) at(i int) string {
	switch {
	case c.sparse != nil:
		return c.sparse[i]
	case i < len(c.list):
		return c.list[i]
	}
	return c.all
}

// dimension is one axis of a cube: its categories in order.
type dimension struct {
	id     string
	codes  []string
	labels map[string]string
	units  map[string]string
}

// cube is one data set, checked.
type cube struct {
	message
	axes  []dimension
	cells int
	time  string // the one dimension of time; "" without
}

func newCube(m message) (*cube, error) {
	var byID map[string]json.RawMessage
	if err := json.Unmarshal(m.Dimension, &byID); err != nil {
		return nil, &Fault{Where: "dimension", Found: "no object", Wanted: "dimensions by their ids"}
	}
	if err := m.oldPlaces(byID); err != nil {
		return nil, err
	}
	if len(m.ID) == 0 || len(m.ID) != len(m.Size) {
		return nil, &Fault{Found: fmt.Sprintf("%d ids and %d sizes", len(m.ID), len(m.Size)), Wanted: "one size for each dimension"}
	}
	c := &cube{message: m, cells: 1}
	for i, id := range m.ID {
		if m.Size[i] < 1 || m.Size[i] > maxCells || c.cells > maxCells/m.Size[i] {
			return nil, &Fault{Where: "dimension " + id, Found: fmt.Sprintf("size %d", m.Size[i]), Wanted: fmt.Sprintf("sizes whose product is from 1 to %d", maxCells)}
		}
		c.cells *= m.Size[i]
		axis, err := newDimension(id, byID[id], m.Size[i])
		if err != nil {
			return nil, err
		}
		if id == "OBS_VALUE" || id == "OBS_STATUS" {
			return nil, &Fault{Where: "dimension " + id, Found: "the name of a column of ours", Wanted: "another name"}
		}
		if slices.Contains(m.ID[:i], id) {
			return nil, &Fault{Where: "dimension " + id, Found: "stands twice", Wanted: "each once"}
		}
		c.axes = append(c.axes, axis)
	}
	if len(m.Role.Time) == 1 {
		c.time = m.Role.Time[0]
	}
	return c, c.check()
}

// oldPlaces takes id, size and role from where version 1 had them.
func (m *message) oldPlaces(byID map[string]json.RawMessage) error {
	if len(m.ID) > 0 {
		return nil
	}
	for key, to := range map[string]any{"id": &m.ID, "size": &m.Size, "role": &m.Role} {
		if text, ok := byID[key]; ok {
			if err := json.Unmarshal(text, to); err != nil {
				return &Fault{Where: "dimension " + key, Found: "not as version 1 has it", Wanted: "a list"}
			}
		}
	}
	return nil
}

// check compares values and statuses with the size.
func (c *cube) check() error {
	if !c.Value.given {
		return &Fault{Found: "no value", Wanted: "value: a list or an object"}
	}
	if n := len(c.Value.list); c.Value.sparse == nil && n != c.cells {
		return &Fault{Where: "value", Found: fmt.Sprintf("%d cells", n), Wanted: fmt.Sprintf("%d, the product of the sizes", c.cells)}
	}
	if n := len(c.Status.list); n == 1 {
		c.Status = cells{given: true, all: c.Status.list[0]}
	} else if n != 0 && n != c.cells {
		return &Fault{Where: "status", Found: fmt.Sprintf("%d cells", n), Wanted: fmt.Sprintf("one, or %d, the product of the sizes", c.cells)}
	}
	for name, by := range map[string]map[int]string{"value": c.Value.sparse, "status": c.Status.sparse} {
		for place := range by {
			if place >= c.cells {
				return &Fault{Where: name, Found: fmt.Sprintf("a cell at place %d", place), Wanted: fmt.Sprintf("places below %d, the product of the sizes", c.cells)}
			}
		}
	}
	return nil
}

// newDimension puts the categories in order: index says it, and may be left
// out where there is one.
func newDimension(id string, text json.RawMessage, size int) (dimension, error) {
	fault := func(found, wanted string) (dimension, error) {
		return dimension{}, &Fault{Where: "dimension " + id, Found: found, Wanted: wanted}
	}
	var d struct {
		Category struct {
			Index json.RawMessage   `json:"index"`
			Label map[string]string `json:"label"`
			Unit  map[string]struct {
				Label  string `json:"label"`
				Base   string `json:"base"`
				Symbol string `json:"symbol"`
			} `json:"unit"`
		} `json:"category"`
	}
	if text == nil {
		return fault("is not described", "category with index or label")
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return fault("not readable: "+err.Error(), "category with index, label and unit as objects")
	}
	axis := dimension{id: id, labels: d.Category.Label, units: map[string]string{}}
	for code, u := range d.Category.Unit {
		axis.units[code] = or(u.Label, u.Base, u.Symbol)
	}
	codes, ok := inOrder(d.Category.Index, d.Category.Label, size)
	if !ok || len(codes) != size {
		return fault(fmt.Sprintf("%d categories in order", len(codes)), fmt.Sprintf("%d, as its size says", size))
	}
	axis.codes = codes
	return axis, nil
}

// inOrder lists the categories by their index: a list, or places by code.
func inOrder(index json.RawMessage, labels map[string]string, size int) ([]string, bool) {
	var list []string
	if index == nil {
		return slices.Collect(maps.Keys(labels)), len(labels) == 1
	}
	if json.Unmarshal(index, &list) == nil {
		unique := map[string]bool{}
		for _, code := range list {
			unique[code] = true
		}
		return list, len(unique) == len(list)
	}
	var places map[string]int
	if json.Unmarshal(index, &places) != nil || len(places) != size {
		return nil, false
	}
	list = make([]string, size)
	taken := make([]bool, size)
	for code, place := range places {
		if place < 0 || place >= size || taken[place] {
			return nil, false
		}
		list[place], taken[place] = code, true
	}
	return list, true
}

func sortedKeys(m map[string]json.RawMessage) []string { return slices.Sorted(maps.Keys(m)) }
