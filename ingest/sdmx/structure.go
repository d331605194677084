package sdmx

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Structures is what structure messages say of codes and components: enough to
// give codes their labels.
type Structures struct {
	lists      map[string]*codelist // by AGENCY:ID(VERSION) and by ID
	components map[string]string    // component → its list, of all data structures read
	concepts   map[string]string    // component → its concept, to find a list through
	conceptOf  map[string]string    // concept → its list
	codesRead  int
}

// codelist is one list of codes: code → language → name.
type codelist struct{ names map[string]map[string]string }

// maxCodes bounds the codes of all lists together.
const maxCodes = 2_000_000

func (c *codelist) label(code string, languages []string) string {
	if c == nil {
		return ""
	}
	names := c.names[code]
	for _, l := range languages {
		if n := names[l]; n != "" {
			return n
		}
	}
	return names[""]
}

// codes is the list of a component; nil if it has none that was read.
func (s *Structures) codes(component string) *codelist {
	if s == nil {
		return nil
	}
	list := or(s.components[component], s.conceptOf[or(s.concepts[component], component)])
	for _, name := range []string{list, bare(list), "CL_" + component} {
		if c := s.lists[name]; c != nil && len(c.names) > 0 {
			return c
		}
	}
	return nil
}

// bare is the id of AGENCY:ID(VERSION).
func bare(name string) string {
	if _, after, ok := strings.Cut(name, ":"); ok {
		name = after
	}
	id, _, _ := strings.Cut(name, "(")
	return id
}

// ReadStructures reads structure messages, of which each adds to those before:
// code lists, concepts and data structures of SDMX-ML 2.1 and 3.0.
func ReadStructures(messages ...io.Reader) (*Structures, error) {
	s := &Structures{lists: map[string]*codelist{}, components: map[string]string{}, concepts: map[string]string{}, conceptOf: map[string]string{}}
	for _, m := range messages {
		r := &structureReader{elements: newElements(plainText(m)), all: s}
		if err := r.read(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// structureReader is one structure message on its way.
type structureReader struct {
	*elements
	all       *Structures
	list      *codelist
	codes     []string // those we are in: lists of 2.1 may nest codes
	component string
	concept   string
	language  string
}

var componentElements = []string{"Dimension", "TimeDimension", "MeasureDimension", "Attribute", "PrimaryMeasure", "Measure"}

func (r *structureReader) read() error {
	for {
		token, err := r.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			if err := r.start(e); err != nil {
				return err
			}
		case xml.EndElement:
			r.end(e.Name.Local)
			r.leave()
		}
	}
}

func (r *structureReader) start(e xml.StartElement) error {
	name := e.Name.Local
	if len(r.path) == 1 && name != "Structure" {
		return r.fault("<"+name+">", "a structure message")
	}
	switch {
	case name == "Codelist" || name == "GeoCodelist":
		r.beginList(e)
	case name == "Code" && r.list != nil:
		return r.beginCode(attr(e, "id"))
	case name == "Name":
		r.language = attr(e, "lang")
	case name == "Concept" && attr(e, "id") != "":
		r.concept = attr(e, "id")
	case slices.Contains(componentElements, name) && attr(e, "id") != "":
		r.component = attr(e, "id")
	case name == "Ref":
		r.refer(attr(e, "class"), attr(e, "agencyID"), attr(e, "id"), attr(e, "version"))
	}
	return nil
}

func (r *structureReader) beginList(e xml.StartElement) {
	id := attr(e, "id")
	full := fmt.Sprintf("%s:%s(%s)", attr(e, "agencyID"), id, attr(e, "version"))
	r.list = r.all.lists[full]
	if r.list == nil {
		r.list = &codelist{names: map[string]map[string]string{}}
	}
	r.all.lists[full] = r.list
	if known := r.all.lists[id]; known == nil || len(known.names) == 0 {
		r.all.lists[id] = r.list
	}
}

func (r *structureReader) beginCode(id string) error {
	if r.all.codesRead++; r.all.codesRead > maxCodes {
		return r.fault(fmt.Sprintf("more than %d codes", maxCodes), "the lists of one data flow")
	}
	r.codes = append(r.codes, id)
	if r.list.names[id] == nil {
		r.list.names[id] = map[string]string{}
	}
	return nil
}

// refer takes the list or the concept that a component names.
func (r *structureReader) refer(class, agency, id, version string) {
	switch {
	case r.parent(1) == "Enumeration" || class == "Codelist":
		r.enumerate(fmt.Sprintf("%s:%s(%s)", agency, id, version))
	case r.parent(1) == "ConceptIdentity" && r.component != "":
		r.all.concepts[r.component] = id
	}
}

func (r *structureReader) enumerate(list string) {
	switch {
	case r.component != "":
		r.all.components[r.component] = list
	case r.concept != "":
		r.all.conceptOf[r.concept] = list
	}
}

func (r *structureReader) end(name string) {
	text := strings.Join(strings.Fields(r.text.String()), " ")
	switch {
	case name == "Codelist" || name == "GeoCodelist":
		r.list = nil
	case name == "Code" && len(r.codes) > 0:
		r.codes = r.codes[:len(r.codes)-1]
	case name == "Name" && r.list != nil && len(r.codes) > 0 && r.parent(1) == "Code":
		r.list.names[r.codes[len(r.codes)-1]][r.language] = text
	case name == "Concept":
		r.concept = ""
	case name == "Enumeration" && strings.HasPrefix(text, "urn:"):
		_, list, _ := strings.Cut(text, "=")
		r.enumerate(list)
	case name == "ConceptIdentity" && strings.HasPrefix(text, "urn:") && r.component != "":
		r.all.concepts[r.component] = text[strings.LastIndex(text, ".")+1:]
	case slices.Contains(componentElements, name):
		r.component = ""
	}
}

// Empty reports whether there is no list.
func (s *Structures) Empty() bool { return s == nil || len(s.lists) == 0 }
