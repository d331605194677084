package queries

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"osservatorio/queries/release"
)

var (
	identifier = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	slug       = regexp.MustCompile(`^[a-z0-9]+([_-][a-z0-9]+)*$`)
	definition = regexp.MustCompile(`^[a-z][a-z0-9_]*@[1-9][0-9]*$`)
	headerLine = regexp.MustCompile(`^-- ([a-z][A-Za-z0-9_.]*):(?: +(.*?))?\s*$`)
)

// Header is what a view says of itself and the machine cannot read from its
// SQL. The embedded part travels with the published view.
type Header struct {
	release.Header
	Table       bool      // materialise as a table
	Rules       string    // policy of reference.disclosure_rules; "" for open views
	Derived     []Derived // measures computed from others
	MeasureList string    // code list of the measures: "lep", or a list of reference.codes; "" when Measures is written out
	Sums        Sums      // how the numbers of a protected cube add up
	Shares      string    // mart with the two largest contributions to each number of a protected cube; "" where none can dominate
	Periods     []string  // kinds of period that a protected cube publishes; quarter and year unless it says others
}

// Derived is a measure that anybody can recompute from others, such as
// balance = starts - ends: it can only be shown when all its parts are.
type Derived struct {
	Measure string
	Parts   []string
}

// parser collects one header and all its faults.
type parser struct {
	view     View
	header   Header
	line     int            // of the key at hand, from 1
	seen     map[string]int // line of each key
	caveats  map[string]*release.Text
	order    []string // numbers of caveats in the order of first mention
	measures []string
	labels   map[string]*release.Measure
	faults   []error
}

func parseHeader(view View, head []string) (Header, error) {
	p := &parser{view: view, seen: map[string]int{}, caveats: map[string]*release.Text{}, labels: map[string]*release.Measure{}}
	p.header.View = view.Name
	p.header.Columns = map[string]release.Text{}
	for i, line := range head {
		p.line = i + 1
		p.readLine(line)
	}
	p.finish()
	return p.header, errors.Join(p.faults...)
}

func (p *parser) fault(line int, format string, args ...any) {
	p.faults = append(p.faults, fmt.Errorf("%s:%d: %s", p.view.Path, line, fmt.Sprintf(format, args...)))
}

func (p *parser) readLine(line string) {
	parts := headerLine.FindStringSubmatch(line)
	if parts == nil {
		p.fault(p.line, "%q: expected \"-- key: value\" (a comment on the SQL goes below an empty line)", line)
		return
	}
	key, value := parts[1], parts[2]
	if first, twice := p.seen[key]; twice {
		p.fault(p.line, "key %s: said on line %d already", key, first)
		return
	}
	p.seen[key] = p.line
	if value == "" && key != "breakdowns" {
		p.fault(p.line, "key %s: no value", key)
		return
	}
	p.set(key, value)
}

// set takes one key; families (caveat.it.1, measure.x.unit, column.x.it) come
// after the plain keys.
func (p *parser) set(key, value string) {
	if text := p.text(key); text != nil {
		*text = value
		return
	}
	if take, ok := plainKeys[key]; ok {
		if take.cubesOnly && p.view.Layer != Cubes {
			p.fault(p.line, "key %s: for cubes only", key)
			return
		}
		take.set(p, value)
		return
	}
	family, rest, _ := strings.Cut(key, ".")
	switch family {
	case "caveat":
		p.setCaveat(rest, value)
	case "measure":
		p.setMeasure(rest, value)
	case "column":
		p.setColumn(rest, value)
	case "population", "time":
		if p.view.Layer != Cubes {
			p.fault(p.line, "key %s: for cubes only", key)
			return
		}
		p.setCounted(family, rest, value)
	default:
		p.fault(p.line, "key %s: unknown; expected one of %s", key, strings.Join(knownKeys(), ", "))
	}
}

// text returns the place of a bilingual key such as title.en, nil for others.
func (p *parser) text(key string) *string {
	name, lang, _ := strings.Cut(key, ".")
	place, ok := map[string]*release.Text{
		"title": &p.header.Title, "description": &p.header.Description, "universe": &p.header.Universe,
		"numerator": &p.header.Numerator, "denominator": &p.header.Denominator, "source": &p.header.Source,
	}[name]
	if !ok {
		return nil
	}
	return inLang(place, lang)
}

func inLang(text *release.Text, lang string) *string {
	switch lang {
	case "it":
		return &text.IT
	case "en":
		return &text.EN
	}
	return nil
}

type plainKey struct {
	cubesOnly bool
	set       func(p *parser, value string)
}

var plainKeys = map[string]plainKey{
	"grain":       {false, func(p *parser, v string) { p.header.Grain = p.names(v) }},
	"materialize": {false, func(p *parser, v string) { p.header.Table = p.oneOf(v, "view", "table") == "table" }},
	"protection": {true, func(p *parser, v string) {
		p.header.Protection = p.oneOf(v, "personal", "establishment", "open")
	}},
	"kind": {true, func(p *parser, v string) {
		p.header.Kind = release.Kind(p.oneOf(v, "rate", "count", "observation", "estimate"))
	}},
	"unit":       {true, func(p *parser, v string) { p.header.Unit = release.Unit(p.matching(v, identifier, "a unit")) }},
	"definition": {true, func(p *parser, v string) { p.header.Definition = p.matching(v, definition, "id@version") }},
	"method":     {true, func(p *parser, v string) { p.header.Method = p.matching(v, slug, "the slug of a method page") }},
	"breakdowns": {true, func(p *parser, v string) { p.header.Breakdowns = p.names(v) }},
	"periods":    {true, func(p *parser, v string) { p.setPeriods(v) }},
	"rules":      {true, func(p *parser, v string) { p.header.Rules = p.matching(v, identifier, "a policy") }},
	"shares":     {true, func(p *parser, v string) { p.header.Shares = p.matching(v, identifier, "a view of marts") }},
	"measures":   {true, func(p *parser, v string) { p.header.MeasureList = p.matching(v, identifier, "a code list") }},
	"publish":    {true, func(p *parser, v string) { p.header.View = p.matching(v, identifier, "a view name") }},
	"derived":    {true, func(p *parser, v string) { p.setDerived(v) }},
	"population": {true, func(p *parser, v string) { p.setCounted("population", "", v) }},
	"time":       {true, func(p *parser, v string) { p.setCounted("time", "", v) }},
	"overlap":    {true, func(p *parser, v string) { p.header.Sums.Overlap = p.names(v) }},
	"tied":       {true, func(p *parser, v string) { p.header.Sums.Tied = p.names(v) }},
	"moved":      {true, func(p *parser, v string) { p.setMoved(v) }},
	"answers":    {true, func(p *parser, v string) { p.setAnswers(v) }},
}

func knownKeys() []string {
	keys := []string{"title.it|en", "description.it|en", "universe.it|en", "numerator.it|en", "denominator.it|en",
		"source.it|en", "caveat.it|en.N", "measure.CODE.it|en|unit", "column.NAME.it|en", "population.MEASURE", "time.MEASURE"}
	for k := range plainKeys {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (p *parser) names(value string) []string {
	var out []string
	for name := range strings.SplitSeq(value, ",") {
		name = strings.TrimSpace(name)
		switch {
		case value == "":
		case !identifier.MatchString(name):
			p.fault(p.line, "name %q: expected lower case letters, digits and _", name)
		case slices.Contains(out, name):
			p.fault(p.line, "name %q: listed twice", name)
		default:
			out = append(out, name)
		}
	}
	return out
}

func (p *parser) oneOf(value string, allowed ...string) string {
	if !slices.Contains(allowed, value) {
		p.fault(p.line, "value %q: expected one of %s", value, strings.Join(allowed, ", "))
	}
	return value
}

func (p *parser) matching(value string, form *regexp.Regexp, what string) string {
	if !form.MatchString(value) {
		p.fault(p.line, "value %q: expected %s", value, what)
	}
	return value
}

// setPeriods keeps the kinds of period. Each more is another family of cells to
// protect, so none comes by itself.
func (p *parser) setPeriods(value string) {
	p.header.Periods = p.names(value)
	for _, kind := range p.header.Periods {
		p.oneOf(kind, "month", "quarter", "year")
	}
}

func (p *parser) setCaveat(rest, value string) {
	lang, number, ok := strings.Cut(rest, ".")
	text := p.caveats[number]
	if text == nil {
		text = &release.Text{}
	}
	place := inLang(text, lang)
	if !ok || number == "" || place == nil {
		p.fault(p.line, "key caveat.%s: expected caveat.it.N or caveat.en.N", rest)
		return
	}
	if p.caveats[number] == nil {
		p.order = append(p.order, number)
		p.caveats[number] = text
	}
	*place = value
}

func (p *parser) setMeasure(rest, value string) {
	code, field, _ := strings.Cut(rest, ".")
	if p.view.Layer != Cubes {
		p.fault(p.line, "key measure.%s: for cubes only", rest)
		return
	}
	m := p.labels[code]
	if m == nil {
		m = &release.Measure{Code: code}
		p.labels[code] = m
		p.measures = append(p.measures, code)
	}
	if place := inLang(&m.Label, field); place != nil {
		*place = value
		return
	}
	if field != "unit" {
		p.fault(p.line, "key measure.%s: expected measure.%s.it, .en or .unit", rest, code)
		return
	}
	m.Unit = release.Unit(p.matching(value, identifier, "a unit"))
}

func (p *parser) setColumn(rest, value string) {
	name, lang, _ := strings.Cut(rest, ".")
	text := p.header.Columns[name]
	place := inLang(&text, lang)
	if place == nil {
		p.fault(p.line, "key column.%s: expected column.%s.it or .en", rest, name)
		return
	}
	*place = value
	p.header.Columns[name] = text
}

// setDerived reads "balance = starts - ends"; several are parted by ";".
func (p *parser) setDerived(value string) {
	for formula := range strings.SplitSeq(value, ";") {
		name, terms, ok := strings.Cut(formula, "=")
		fields := strings.FieldsFunc(terms, func(r rune) bool { return strings.ContainsRune("+- ", r) })
		if !ok || len(fields) < 2 {
			p.fault(p.line, "derived %q: expected \"measure = part - part\"", strings.TrimSpace(formula))
			continue
		}
		p.header.Derived = append(p.header.Derived, Derived{Measure: strings.TrimSpace(name), Parts: fields})
	}
}

// finish puts the families together and says what is missing.
func (p *parser) finish() {
	for _, number := range p.order {
		p.header.Caveats = append(p.header.Caveats, *p.caveats[number])
		p.both(*p.caveats[number], "caveat", number)
	}
	for _, name := range slices.Sorted(maps.Keys(p.header.Columns)) {
		p.both(p.header.Columns[name], "column."+name, "")
	}
	if p.view.Layer == Marts || p.view.Layer == Cubes {
		p.need("grain", len(p.header.Grain) > 0)
	}
	if p.view.Layer == Cubes {
		p.finishCube()
	}
	slices.SortStableFunc(p.faults, func(a, b error) int { return lineOf(a) - lineOf(b) })
}

func lineOf(err error) int {
	line := 0
	if i := strings.IndexByte(err.Error(), ':'); i >= 0 {
		fmt.Sscanf(err.Error()[i+1:], "%d:", &line)
	}
	return line
}

func (p *parser) need(key string, there bool) {
	if _, said := p.seen[key]; !there && !said {
		p.fault(1, "key %s: missing", key)
	}
}

func (p *parser) needText(key string, text release.Text) {
	p.need(key+".it", text.IT != "")
	p.need(key+".en", text.EN != "")
}

func (p *parser) both(text release.Text, family, number string) {
	name := strings.TrimSuffix(family+" "+number, " ")
	if text.IT == "" {
		p.fault(1, "key %s: no Italian text", name)
	}
	if text.EN == "" {
		p.fault(1, "key %s: no English text", name)
	}
}

func (p *parser) finishCube() {
	h := &p.header
	p.needText("title", h.Title)
	p.needText("description", h.Description)
	p.needText("universe", h.Universe)
	p.needText("source", h.Source)
	p.need("protection", h.Protection != "")
	p.need("kind", h.Kind != "")
	p.need("unit", h.Unit != "")
	p.need("definition", h.Definition != "")
	p.need("method", h.Method != "")
	if h.Kind.HasParts() {
		p.needText("numerator", h.Numerator)
		p.needText("denominator", h.Denominator)
	}
	p.checkRules()
	p.checkMeasures()
	p.checkSums()
	p.checkGrain()
}

func (p *parser) checkRules() {
	open := p.header.Protection == "open"
	switch {
	case open && p.header.Rules != "":
		p.fault(p.seen["rules"], "key rules: an open view has none")
	case open && p.header.Shares != "":
		p.fault(p.seen["shares"], "key shares: an open view hides nothing")
	case open && p.header.Periods != nil:
		p.fault(p.seen["periods"], "key periods: an open view has those of its source")
	case !open:
		p.need("rules", p.header.Rules != "")
		if p.header.Periods == nil {
			p.header.Periods = []string{"quarter", "year"}
		}
	}
	if p.header.Kind == release.Observation && !open {
		p.fault(p.seen["kind"], "kind observation: for open views only")
	}
}

func (p *parser) checkMeasures() {
	if len(p.measures) == 0 {
		p.need("measures", p.header.MeasureList != "")
	} else if p.header.MeasureList != "" {
		p.fault(p.seen["measures"], "key measures: written out as measure.CODE already; expected one of the two")
	}
	for _, code := range p.measures {
		m := *p.labels[code]
		p.both(m.Label, "measure."+code, "")
		if m.Unit == "" {
			m.Unit = p.header.Unit
		}
		p.header.Measures = append(p.header.Measures, m)
	}
	p.checkDerived()
}

func (p *parser) checkDerived() {
	for _, d := range p.header.Derived {
		for _, code := range append([]string{d.Measure}, d.Parts...) {
			if p.header.MeasureList == "" && !slices.Contains(p.measures, code) {
				p.fault(p.seen["derived"], "derived %s: %q is no measure of this view", d.Measure, code)
			}
		}
	}
}

// checkGrain holds the grain of a cube to its key: a cell is one territory,
// period, combination of breakdowns and measure.
func (p *parser) checkGrain() {
	want := keyColumns(p.header)
	got := slices.Clone(p.header.Grain)
	if len(got) == 0 {
		return
	}
	slices.Sort(got)
	sorted := slices.Sorted(slices.Values(want))
	if !slices.Equal(got, sorted) {
		p.fault(p.seen["grain"], "grain: expected %s", strings.Join(want, ", "))
		return
	}
	p.header.Grain = want
}

// Key returns the columns that identify a cell of a cube, in file order.
func (v View) Key() []string { return keyColumns(v.Header) }

// keyColumns are the columns that identify a cell, in file order.
func keyColumns(h Header) []string {
	return slices.Concat([]string{"geo_level", "geo", "period_type", "period"}, h.Breakdowns, []string{"measure"})
}
