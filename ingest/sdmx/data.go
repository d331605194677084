package sdmx

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
)

// pair is one component with its value, such as FREQ and A.
type pair struct{ name, value string }

// structureRef is what the header says of one data set's structure.
type structureRef struct {
	flow       string // AGENCY:ID(VERSION); "" if not said
	dimension  string // the dimension at the observation
	explicit   bool   // measures stand as the type of Obs
	flowIsUsed bool   // flow is a data flow, not only a structure
}

// reader is one data message on its way into a table.
type reader struct {
	*elements
	table *Table
	refs  map[string]*structureRef // by structureID
	ref   *structureRef            // of the header element or data set in hand

	prepared   string
	set        []pair // of the data set
	series     []pair
	key        int // how many of series belong to its key, where that is said; else 0
	obs        []pair
	group      []pair
	groups     groups
	comp       string            // component of Comp
	values     []string          // of Comp
	language   string            // of the text in hand
	texts      map[string]string // of the value in hand, by language
	hasData    bool
	emptyOnes  int64 // series without observations
	seriesRows int64
	message    serverMessage // footer or error
}

// reserved are attributes of a data set that say something of the message.
var reserved = []string{"action", "setID", "dataScope", "structureRef", "validFromDate", "validToDate", "publicationYear", "publicationPeriod", "reportingBeginDate", "reportingEndDate", "keyFamilyURI", "dataProviderID"}

func (t *Table) addML(ctx context.Context, text io.Reader) error {
	r := &reader{elements: newElements(text), table: t, refs: map[string]*structureRef{}, ref: &structureRef{}}
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		token, err := r.next()
		if err == io.EOF {
			return r.finish()
		}
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			err = r.start(e)
		case xml.EndElement:
			err = r.end(e.Name.Local)
			r.leave()
		}
		if err != nil {
			return r.placed(err)
		}
	}
}

// placed gives a fault the place where the reader is.
func (r *reader) placed(err error) error {
	if f, ok := err.(*Fault); ok && f.Where == "" {
		f.Where = r.where()
	}
	return err
}

func (r *reader) start(e xml.StartElement) error {
	switch e.Name.Local {
	case "DataSet":
		r.beginSet(e)
	case "Series":
		r.series, r.key, r.seriesRows = components(r.series[:0], e), 0, 0
		r.explicitMeasure(&r.series, e)
	case "Group", "Atts":
		r.group = components(r.group[:0], e)
	case "Obs":
		r.obs = r.obs[:0]
		r.explicitMeasure(&r.obs, e)
		r.obs = components(r.obs, e)
	case "Value":
		r.value(e)
		r.texts = nil
	case "Text":
		r.language = attr(e, "lang")
	case "ObsDimension":
		r.add(or(attr(e, "id"), r.ref.dimension, "TIME_PERIOD"), attr(e, "value"))
	case "ObsValue":
		r.add(or(attr(e, "id"), "OBS_VALUE"), attr(e, "value"))
	case "Comp":
		r.comp, r.values = attr(e, "id"), r.values[:0]
	case "Structure":
		r.beginRef(e)
	case "Ref":
		r.refer(attr(e, "agencyID"), attr(e, "id"), attr(e, "version"))
	case "ErrorMessage", "Message":
		r.message.begin(attr(e, "code"), attr(e, "severity"))
	}
	return nil
}

func (r *reader) end(name string) error {
	text := strings.TrimSpace(r.text.String())
	switch name {
	case "Obs":
		return r.row()
	case "Series":
		if r.seriesRows == 0 {
			r.emptyOnes++
		}
	case "SeriesKey":
		r.key = len(r.series)
	case "Group", "Atts":
		r.groups.add(r.group)
	case "Value":
		if v := or(r.chosen(), text); r.parent(1) == "Comp" && v != "" {
			r.values = append(r.values, v)
		}
	case "Comp":
		r.addTo(r.parent(1), r.comp, strings.Join(r.values, ";"))
	case "Time":
		r.add("TIME_PERIOD", text)
	case "URN", "StructureUsage", "ProvisionAgreement":
		r.referURN(text)
	case "Structure":
		r.referURN(text)
	case "Prepared":
		r.prepared = text
	case "Text":
		r.said(text)
	case "faultstring", "faultcode":
		r.message.say(name, text)
	}
	return nil
}

// said takes a text of a message of the server, or of a value in several
// languages.
func (r *reader) said(text string) {
	if r.parent(1) != "Value" {
		r.message.say("Text", text)
		return
	}
	if r.texts == nil {
		r.texts = map[string]string{"": text}
	}
	r.texts[r.language] = text
}

// chosen is the text of a value in the language wanted, else its first one.
func (r *reader) chosen() string {
	if r.table == nil {
		return ""
	}
	for _, l := range r.table.options.Languages {
		if t := r.texts[l]; t != "" {
			return t
		}
	}
	return r.texts[""]
}

// value takes one component of a generic message; where it stands tells what
// it is of.
func (r *reader) value(e xml.StartElement) {
	name := or(attr(e, "id"), attr(e, "concept"))
	if name == "" {
		return
	}
	switch r.parent(1) {
	case "Attributes":
		r.addTo(r.parent(2), name, attr(e, "value"))
	case "SeriesKey":
		r.addTo("Series", name, attr(e, "value"))
	case "GroupKey":
		r.addTo("Group", name, attr(e, "value"))
	case "ObsKey":
		r.addTo("Obs", name, attr(e, "value"))
	}
}

func (r *reader) add(name, value string) { r.addTo("Obs", name, value) }

func (r *reader) addTo(element, name, value string) {
	p := pair{name, value}
	switch element {
	case "DataSet":
		r.set = append(r.set, p)
	case "Series":
		r.series = append(r.series, p)
	case "Group", "Atts":
		r.group = append(r.group, p)
	case "Obs":
		r.obs = append(r.obs, p)
	}
}

// components are the attributes of an element that have no prefix: in a
// structure-specific message they are the components.
func components(to []pair, e xml.StartElement) []pair {
	for _, a := range e.Attr {
		if a.Name.Space == "" && a.Name.Local != "xmlns" && !(e.Name.Local == "Group" && a.Name.Local == "type") {
			to = append(to, pair{a.Name.Local, a.Value})
		}
	}
	return to
}

// explicitMeasure reads the measure that stands as the type of an element.
func (r *reader) explicitMeasure(to *[]pair, e xml.StartElement) {
	if !r.ref.explicit {
		return
	}
	for _, a := range e.Attr {
		if a.Name.Local != "type" || a.Name.Space == "" {
			continue
		}
		_, measure, prefixed := strings.Cut(a.Value, ":")
		if !prefixed {
			measure = a.Value
		}
		dimension := r.ref.dimension
		if dimension == "" || dimension == "AllDimensions" || dimension == "TIME_PERIOD" {
			dimension = "MEASURE"
		}
		*to = append(*to, pair{dimension, measure})
	}
}

func (r *reader) beginSet(e xml.StartElement) {
	r.hasData = true
	r.set, r.series, r.groups = nil, nil, groups{}
	if ref, ok := r.refs[attr(e, "structureRef")]; ok {
		r.ref = ref
	}
	for _, p := range components(nil, e) {
		if !slices.Contains(reserved, p.name) {
			r.set = append(r.set, p)
		}
	}
}

// beginRef takes what the header says of a structure; <Structure> is also the
// name of what stands inside.
func (r *reader) beginRef(e xml.StartElement) {
	id := attr(e, "structureID")
	if id == "" {
		return
	}
	r.ref = &structureRef{dimension: attr(e, "dimensionAtObservation"), explicit: attr(e, "explicitMeasures") == "true"}
	r.refs[id] = r.ref
}

func (r *reader) refer(agency, id, version string) {
	if id == "" || r.ref.flowIsUsed || !slices.Contains(r.path, "Header") {
		return
	}
	r.ref.flowIsUsed = slices.Contains(r.path, "StructureUsage")
	r.ref.flow = id
	if agency != "" {
		r.ref.flow = agency + ":" + id
	}
	if version != "" {
		r.ref.flow += "(" + version + ")"
	}
}

// referURN reads urn:sdmx:…Dataflow=IT1:22_289(1.0).
func (r *reader) referURN(urn string) {
	if _, what, ok := strings.Cut(urn, "="); ok && strings.HasPrefix(urn, "urn:sdmx:") && slices.Contains(r.path, "Header") && r.ref.flow == "" {
		r.ref.flow = what
	}
}

// row writes the observation in hand with all that holds for it.
func (r *reader) row() error {
	r.seriesRows++
	series := r.series
	if r.parent(1) != "Series" {
		series = nil
	}
	if r.ref.flow != "" {
		if err := r.table.set("DATAFLOW", r.ref.flow, false); err != nil {
			return err
		}
	}
	key := r.key
	if key == 0 || series == nil {
		key = len(series)
	}
	for i, pairs := range [][]pair{series[:key], r.obs, series[key:], r.groups.of(series, r.obs), r.set} {
		for _, p := range pairs {
			if err := r.table.set(p.name, p.value, i == 1); err != nil {
				return err
			}
		}
	}
	return r.table.end()
}

// finish tells a message that is whole from one whose server says that it is
// not.
func (r *reader) finish() error {
	t := r.table
	if r.prepared != "" {
		t.sum.Prepared = r.prepared
	}
	if r.emptyOnes > 0 {
		t.note("%d series without observations", r.emptyOnes)
	}
	if r.message.code == "" && len(r.message.texts) == 0 {
		return nil
	}
	if !r.hasData || r.message.cuts() {
		return r.message.fault()
	}
	t.note("the server says: %s", r.message)
	return nil
}

func or(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// groups are the attributes that hold for all series, or observations, with
// the same values of some dimensions.
type groups struct {
	raw    [][]pair
	shapes []*shape
	done   int // of raw, how many are in shapes
}

// shape is all groups with the same components.
type shape struct {
	names []string            // of the components, in order
	key   []string            // of them, the dimensions
	by    map[string][][]pair // attributes by the values of the dimensions
}

func (g *groups) add(group []pair) { g.raw = append(g.raw, slices.Clone(group)) }

// of lists the attributes that groups give to an observation.
func (g *groups) of(series, obs []pair) []pair {
	if len(g.raw) == 0 {
		return nil
	}
	value := map[string]string{}
	for _, pairs := range [][]pair{series, obs} {
		for _, p := range pairs {
			value[p.name] = p.value
		}
	}
	for ; g.done < len(g.raw); g.done++ {
		g.sort(g.raw[g.done], value)
	}
	var all []pair
	for _, s := range g.shapes {
		for _, attributes := range s.by[keyOf(s.key, value)] {
			all = append(all, attributes...)
		}
	}
	return all
}

// sort puts a group to those of its shape. Which of its components are
// dimensions shows in the first observation: that has them too.
func (g *groups) sort(group []pair, known map[string]string) {
	names := make([]string, len(group))
	values := map[string]string{}
	for i, p := range group {
		names[i], values[p.name] = p.name, p.value
	}
	at := slices.IndexFunc(g.shapes, func(s *shape) bool { return slices.Equal(s.names, names) })
	if at < 0 {
		s := &shape{names: names, by: map[string][][]pair{}}
		for _, n := range names {
			if _, dimension := known[n]; dimension {
				s.key = append(s.key, n)
			}
		}
		at = len(g.shapes)
		g.shapes = append(g.shapes, s)
	}
	s := g.shapes[at]
	var attributes []pair
	for _, p := range group {
		if !slices.Contains(s.key, p.name) {
			attributes = append(attributes, p)
		}
	}
	key := keyOf(s.key, values)
	s.by[key] = append(s.by[key], attributes)
}

func keyOf(names []string, values map[string]string) string {
	var b strings.Builder
	for _, n := range names {
		fmt.Fprintf(&b, "%s\x00", values[n])
	}
	return b.String()
}
