// Package sdmx knows how official statistics are exchanged: SDMX-CSV 1.0 and
// 2.0, SDMX-ML 2.0, 2.1 and 3.0 data and structure messages, the errors that
// servers send instead, and the addresses under which they are asked. It turns
// data messages into one plain CSV table. It must not know contracts, nor what
// a code means.
package sdmx

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// Fault is a message that is not what it should be: where, what was found and
// what was expected, and apart from it what to do.
type Fault struct {
	Op     string // "read", "ask"
	Path   string // address or file, "" if the caller adds it
	Where  string // "line 3, column 4"; "" for the message as a whole
	Found  string
	Wanted string
	Advice string
}

func (f *Fault) Error() string {
	parts := []string{strings.TrimSpace(f.Op + " SDMX " + f.Path)}
	if f.Where != "" {
		parts = append(parts, f.Where)
	}
	parts = append(parts, f.Found)
	if f.Wanted != "" {
		parts = append(parts, "expected "+f.Wanted)
	}
	return strings.Join(parts, ": ")
}

// Hint says what to do about it; "" if the error says it all.
func (f *Fault) Hint() string { return f.Advice }

// Kind is what a message is, told by its beginning.
type Kind string

// Kinds of messages. Unknown is no SDMX at all.
const (
	Unknown   Kind = ""
	CSV       Kind = "SDMX-CSV"
	Data      Kind = "SDMX-ML data"
	Structure Kind = "SDMX-ML structure"
	Metadata  Kind = "SDMX-ML reference metadata"
	Error     Kind = "SDMX-ML error"
)

// Recognise tells what kind of message begins with head: some hundred bytes of
// text, in an encoding that shares the letters of ASCII or in UTF-16 with its
// mark.
func Recognise(head []byte) Kind {
	head = bytes.TrimLeft(plainHead(head), " \t\r\n")
	if bytes.HasPrefix(head, []byte("<")) {
		root, sdmx := rootOf(head)
		if !sdmx && root != "Fault" && root != "Envelope" {
			return Unknown
		}
		return kindOf(root)
	}
	if isCSV(head) {
		return CSV
	}
	return Unknown
}

func kindOf(root string) Kind {
	switch root {
	case "GenericData", "StructureSpecificData", "GenericTimeSeriesData", "StructureSpecificTimeSeriesData", "CompactData":
		return Data
	case "Structure":
		return Structure
	case "GenericMetadata", "StructureSpecificMetadata", "MetadataReport":
		return Metadata
	case "Error", "Fault", "Envelope":
		return Error
	}
	return Unknown
}

// rootOf is the local name of the first element, and whether it says that it
// speaks SDMX.
func rootOf(head []byte) (root string, sdmx bool) {
	d := xml.NewDecoder(bytes.NewReader(head))
	d.CharsetReader = encodingOf
	for {
		token, err := d.RawToken()
		if err != nil {
			return "", false
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range start.Attr {
			if (a.Name.Space == "xmlns" || a.Name.Local == "xmlns") && strings.Contains(strings.ToLower(a.Value), "sdmx") {
				sdmx = true
			}
		}
		return start.Name.Local, sdmx
	}
}

// isCSV tells whether a header line is that of SDMX-CSV: DATAFLOW comes first
// in 1.0, STRUCTURE and STRUCTURE_ID in 2.0.
func isCSV(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	fields := strings.FieldsFunc(string(line), func(r rune) bool { return r == ',' || r == ';' || r == '\t' || r == '"' || r == '\r' })
	if len(fields) < 2 {
		return false
	}
	switch first, _, _ := strings.Cut(fields[0], ":"); {
	case first == "DATAFLOW":
		return bytes.Contains(line, []byte("OBS_VALUE"))
	case first == "STRUCTURE", strings.HasPrefix(first, "STRUCTURE["):
		return bytes.Contains(line, []byte("STRUCTURE_ID"))
	}
	return false
}

func at(line, column int) string { return fmt.Sprintf("line %d, column %d", line, column) }
