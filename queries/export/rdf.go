package export

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// graph is a list of statements, each once. It has no blank nodes, so that its
// three serialisations can be compared statement by statement.
type graph struct {
	statements []statement
	has        map[statement]bool
}

// statement says something of an IRI. The predicate has a prefix (dct:title).
type statement struct {
	subject, predicate string
	object             term
}

// term is an IRI or a literal.
type term struct{ iri, text, lang, datatype string }

func link(iri string) term             { return term{iri: safeIRI(iri)} }
func worded(text, lang string) term    { return term{text: safeText(text), lang: lang} }
func plain(text string) term           { return term{text: safeText(text)} }
func typed(text, datatype string) term { return term{text: safeText(text), datatype: datatype} }

// prefixes of the vocabularies that we use.
var prefixes = map[string]string{
	"rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "xsd": "http://www.w3.org/2001/XMLSchema#",
	"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "dcatapit": "http://dati.gov.it/onto/dcatapit#",
	"dcatap": "http://data.europa.eu/r5r/", "foaf": "http://xmlns.com/foaf/0.1/", "vcard": "http://www.w3.org/2006/vcard/ns#",
	"skos": "http://www.w3.org/2004/02/skos/core#", "spdx": "http://spdx.org/rdf/terms#", "owl": "http://www.w3.org/2002/07/owl#", "eli": "http://data.europa.eu/eli/ontology#",
}

// expand writes a name with a prefix in full.
func expand(name string) string {
	prefix, local, _ := strings.Cut(name, ":")
	return prefixes[prefix] + local
}

// say adds statements of a subject to the graph; what has no text is not said.
func (g *graph) say(subject, predicate string, objects ...term) {
	if g.has == nil {
		g.has = map[statement]bool{}
	}
	for _, o := range objects {
		s := statement{safeIRI(subject), predicate, o}
		if o.iri == "" && o.text == "" || g.has[s] {
			continue
		}
		g.has[s] = true
		g.statements = append(g.statements, s)
	}
}

// types says what a subject is.
func (g *graph) types(subject string, classes ...string) {
	for _, c := range classes {
		g.say(subject, "rdf:type", link(expand(c)))
	}
}

// sorted are the statements by subject, predicate and object: types first.
func (g *graph) sorted() []statement {
	out := slices.Clone(g.statements)
	slices.SortFunc(out, func(a, b statement) int { return strings.Compare(a.key(), b.key()) })
	return out
}

func (s statement) key() string {
	predicate := s.predicate
	if predicate == "rdf:type" {
		predicate = ""
	}
	return strings.Join([]string{s.subject, predicate, s.object.iri, s.object.lang, s.object.datatype, s.object.text}, "\x00")
}

// subjects are the statements of each subject.
func (g *graph) subjects() [][]statement {
	var out [][]statement
	for i, s := range g.sorted() {
		if i == 0 || out[len(out)-1][0].subject != s.subject {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], s)
	}
	return out
}

// safeIRI escapes what no IRI may hold.
func safeIRI(iri string) string {
	var out strings.Builder
	for _, b := range []byte(iri) {
		if b <= ' ' || b == 0x7f || strings.IndexByte("<>\"{}|\\^`", b) >= 0 {
			fmt.Fprintf(&out, "%%%02X", b)
			continue
		}
		out.WriteByte(b)
	}
	return out.String()
}

// safeText leaves out the letters that XML cannot hold, for the three files
// must say the same.
func safeText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), ""))
}

// turtle writes the graph as Turtle.
func (g *graph) turtle() []byte {
	var out bytes.Buffer
	for _, p := range slices.Sorted(maps.Keys(prefixes)) {
		fmt.Fprintf(&out, "@prefix %s: <%s> .\n", p, prefixes[p])
	}
	for _, about := range g.subjects() {
		fmt.Fprintf(&out, "\n<%s>", about[0].subject)
		for i, s := range about {
			if i > 0 {
				out.WriteString(" ;")
			}
			fmt.Fprintf(&out, "\n  %s %s", s.predicate, s.object.turtle())
		}
		out.WriteString(" .\n")
	}
	return out.Bytes()
}

func (t term) turtle() string {
	if t.iri != "" {
		return "<" + t.iri + ">"
	}
	text := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(t.text) + `"`
	switch {
	case t.lang != "":
		return text + "@" + t.lang
	case t.datatype != "":
		return text + "^^" + t.datatype
	}
	return text
}

// rdfXML writes the graph as RDF/XML, which is what catalogues harvest.
func (g *graph) rdfXML() []byte {
	var out bytes.Buffer
	out.WriteString(xml.Header + "<rdf:RDF")
	for _, p := range slices.Sorted(maps.Keys(prefixes)) {
		fmt.Fprintf(&out, "\n  xmlns:%s=\"%s\"", p, prefixes[p])
	}
	out.WriteString(">\n")
	for _, about := range g.subjects() {
		fmt.Fprintf(&out, "  <rdf:Description rdf:about=\"%s\">\n", xmlText(about[0].subject))
		for _, s := range about {
			out.WriteString("    " + s.xml() + "\n")
		}
		out.WriteString("  </rdf:Description>\n")
	}
	out.WriteString("</rdf:RDF>\n")
	return out.Bytes()
}

func (s statement) xml() string {
	o := s.object
	switch {
	case o.iri != "":
		return fmt.Sprintf(`<%s rdf:resource="%s"/>`, s.predicate, xmlText(o.iri))
	case o.lang != "":
		return fmt.Sprintf(`<%s xml:lang="%s">%s</%s>`, s.predicate, o.lang, xmlText(o.text), s.predicate)
	case o.datatype != "":
		return fmt.Sprintf(`<%s rdf:datatype="%s">%s</%s>`, s.predicate, expand(o.datatype), xmlText(o.text), s.predicate)
	}
	return fmt.Sprintf(`<%s>%s</%s>`, s.predicate, xmlText(o.text), s.predicate)
}

func xmlText(text string) string {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(text)) // a Buffer takes all
	return out.String()
}

// jsonLD writes the graph as JSON-LD with its context inside: nobody has to
// fetch anything to read it.
func (g *graph) jsonLD() ([]byte, error) {
	nodes := []map[string]any{}
	for _, about := range g.subjects() {
		node := map[string]any{"@id": about[0].subject}
		for _, s := range about {
			key, value := s.json()
			said, _ := node[key].([]any)
			node[key] = append(said, value)
		}
		nodes = append(nodes, node)
	}
	return indented(map[string]any{"@context": prefixes, "@graph": nodes})
}

func (s statement) json() (string, any) {
	o := s.object
	switch {
	case s.predicate == "rdf:type":
		return "@type", o.iri
	case o.iri != "":
		return s.predicate, map[string]string{"@id": o.iri}
	case o.lang != "":
		return s.predicate, map[string]string{"@value": o.text, "@language": o.lang}
	case o.datatype != "":
		return s.predicate, map[string]string{"@value": o.text, "@type": o.datatype}
	}
	return s.predicate, map[string]string{"@value": o.text}
}
