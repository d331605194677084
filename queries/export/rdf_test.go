package export

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"
)

// hard is a graph of what serialisations get wrong.
func hard() *graph {
	g := &graph{}
	for _, text := range []string{`a "quoted" \ text`, "two\nlines\tand a tab", "<b>&amp; ]]> é 𝄞 \u2028", "  spaces  ", "\x00\x1f\x0bcontrol", "\r\nwindows", "#@^^.;"} {
		g.say("https://example.org/a", "dct:title", worded(text, "it"), plain(text), typed(text, "xsd:string"))
	}
	g.say("https://example.org/a b<>\"{}|\\^`è", "dct:source", link("https://example.org/?q=1&r=<2>"), link("https://example.org/è"))
	g.types("https://example.org/a", "dcat:Dataset", "dcatapit:Dataset")
	g.say("catalog#relative", "dcat:byteSize", typed("12", "xsd:nonNegativeInteger"), typed("12", "xsd:nonNegativeInteger"))
	g.say("catalog#relative", "dct:title", worded("", "it"))
	return g
}

func TestThreeFormsHoldOneGraph(t *testing.T) {
	_, o := written(t)
	files := tree(t, o.Dir)
	ours := hard()
	linked, err := ours.jsonLD()
	if err != nil {
		t.Fatal(err)
	}
	for name, forms := range map[string][3][]byte{
		"hard texts": {ours.turtle(), ours.rdfXML(), linked},
		"catalogue":  {files["catalog.ttl"], files["catalog.rdf"], files["catalog.jsonld"]},
	} {
		turtle, rdf, json := fromTurtle(t, forms[0]), fromXML(t, forms[1]), fromJSONLD(t, forms[2])
		if len(turtle) < 25 || !slices.Equal(turtle, rdf) || !slices.Equal(turtle, json) {
			t.Errorf("%s: %d, %d and %d statements differ: %s", name, len(turtle), len(rdf), len(json), firstDifference(turtle, rdf, json))
		}
	}
	if want := len(hard().statements); want != len(fromTurtle(t, ours.turtle())) {
		t.Errorf("%d statements made, %d read", want, len(fromTurtle(t, ours.turtle())))
	}
}

func firstDifference(lists ...[]string) string {
	for i := range lists[0] {
		for _, l := range lists[1:] {
			if i >= len(l) || l[i] != lists[0][i] {
				return lists[0][i] + " / " + strings.Join(l[min(i, len(l)):min(i+1, len(l))], "")
			}
		}
	}
	return "only at the end"
}

// fact is a statement as the tests' own readers write it down.
func fact(subject, predicate, iri, text, lang, datatype string) string {
	return strings.Join([]string{subject, predicate, iri, text, lang, datatype}, "\x00")
}

func sortedFacts(facts []string) []string { slices.Sort(facts); return facts }

// fromTurtle reads the Turtle that we write: one subject a paragraph.
func fromTurtle(t *testing.T, data []byte) (facts []string) {
	t.Helper()
	known := map[string]string{}
	rest := string(data)
	token := func() string {
		rest = strings.TrimLeft(rest, " \n")
		if rest == "" {
			return ""
		}
		end := strings.IndexAny(rest, " \n")
		switch rest[0] {
		case '<':
			end = strings.IndexByte(rest, '>') + 1
		case '"':
			for end = 1; rest[end] != '"'; end++ {
				if rest[end] == '\\' {
					end++
				}
			}
			end++
			for end < len(rest) && rest[end] != ' ' && rest[end] != '\n' {
				end++
			}
		}
		out := rest[:end]
		rest = rest[end:]
		return out
	}
	full := func(name string) string {
		if name[0] == '<' {
			return strings.Trim(name, "<>")
		}
		prefix, local, ok := strings.Cut(name, ":")
		if !ok || known[prefix] == "" {
			t.Fatalf("Turtle: unknown name %q", name)
		}
		return known[prefix] + local
	}
	for subject := token(); subject != ""; subject = token() {
		if subject == "@prefix" {
			name := strings.TrimSuffix(token(), ":")
			known[name] = strings.Trim(token(), "<>")
			token()
			continue
		}
		for end := ";"; end == ";"; {
			predicate, object := full(token()), token()
			if object[0] == '"' {
				close := strings.LastIndexByte(object, '"')
				var text string
				if err := json.Unmarshal([]byte(object[:close+1]), &text); err != nil { // Turtle's escapes are among JSON's
					t.Fatalf("Turtle: %s: %v", object, err)
				}
				tail, lang, kind := object[close+1:], "", ""
				if strings.HasPrefix(tail, "@") {
					lang = tail[1:]
				} else if tail != "" {
					kind = full(strings.TrimPrefix(tail, "^^"))
				}
				facts = append(facts, fact(full(subject), predicate, "", text, lang, kind))
			} else {
				facts = append(facts, fact(full(subject), predicate, full(object), "", "", ""))
			}
			end = token()
		}
	}
	return sortedFacts(facts)
}

// fromXML reads RDF/XML with the standard library's parser of XML.
func fromXML(t *testing.T, data []byte) (facts []string) {
	t.Helper()
	const rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	decoder := xml.NewDecoder(bytes.NewReader(data))
	var subject, text string
	var open xml.StartElement
	attribute := func(e xml.StartElement, name string) string {
		for _, a := range e.Attr {
			if a.Name.Local == name {
				return a.Value
			}
		}
		return ""
	}
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return sortedFacts(facts)
		}
		if err != nil {
			t.Fatalf("RDF/XML: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			open, text = e, ""
			if e.Name.Space == rdf && e.Name.Local == "Description" {
				subject = attribute(e, "about")
			}
		case xml.CharData:
			text += string(e)
		case xml.EndElement:
			if e.Name.Space == rdf && (e.Name.Local == "Description" || e.Name.Local == "RDF") {
				continue
			}
			facts = append(facts, fact(subject, e.Name.Space+e.Name.Local, attribute(open, "resource"), text, attribute(open, "lang"), attribute(open, "datatype")))
		}
	}
}

// fromJSONLD reads JSON-LD whose context holds prefixes alone.
func fromJSONLD(t *testing.T, data []byte) (facts []string) {
	t.Helper()
	var doc struct {
		Context map[string]string `json:"@context"`
		Graph   []map[string]any  `json:"@graph"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	full := func(name string) string {
		prefix, local, ok := strings.Cut(name, ":")
		if known := doc.Context[prefix]; ok && known != "" {
			return known + local
		}
		return name
	}
	for _, node := range doc.Graph {
		subject := node["@id"].(string)
		for key, said := range node {
			if key == "@id" {
				continue
			}
			for _, value := range said.([]any) {
				if key == "@type" {
					facts = append(facts, fact(subject, doc.Context["rdf"]+"type", full(value.(string)), "", "", ""))
					continue
				}
				v := value.(map[string]any)
				get := func(k string) string { s, _ := v[k].(string); return s }
				kind := get("@type")
				if kind != "" {
					kind = full(kind)
				}
				facts = append(facts, fact(subject, full(key), get("@id"), get("@value"), get("@language"), kind))
			}
		}
	}
	return sortedFacts(facts)
}
