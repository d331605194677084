package sdmx

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

// serverMessage is what a server says in place of data, or below them.
type serverMessage struct {
	code     string
	severity string
	texts    []string
}

func (m *serverMessage) begin(code, severity string) {
	m.code, m.severity = or(m.code, code), or(m.severity, severity)
}

func (m *serverMessage) say(element, text string) {
	text = strings.Join(strings.Fields(text), " ")
	switch {
	case element == "faultcode":
		m.code = text
	case text != "" && !slices.Contains(m.texts, text):
		m.texts = append(m.texts, text)
	}
}

func (m serverMessage) String() string {
	said := strings.Join(m.texts, " ")
	if len(said) > 400 {
		said = said[:400] + "…"
	}
	if m.code != "" {
		return strings.TrimSpace("code " + m.code + " " + said)
	}
	return said
}

// cuts tells whether data above this message are not all that was asked for.
func (m serverMessage) cuts() bool {
	return strings.EqualFold(m.severity, "error") || slices.Contains(tooLarge, m.code)
}

// Codes of the standard (SDMX web services guidelines) and of HTTP.
var (
	tooLarge = []string{"130", "413", "510"}
	advices  = map[string]string{
		"100": "nothing lies under this key in this period: check both",
		"110": "the service wants a user: set the header of the source",
		"130": "ask for less: a narrower key, or a start and an end by which the question can be split",
		"140": "the address is not as the service wants it: check key and parameters",
		"150": "the key has another number of dimensions than the structure, or a code that it does not know",
		"404": "check agency, data flow and version",
		"413": "ask for less: a narrower key, or a start and an end by which the question can be split",
		"429": "the service counts requests: ask later, and less often",
		"500": "the service has a fault: ask later",
		"501": "the service does not have this format or parameter: choose another",
		"503": "the service rests: ask later",
		"510": "ask for less: a narrower key, or a start and an end by which the question can be split",
	}
)

func (m serverMessage) fault() error {
	return &Fault{Op: "ask", Found: "the server answers: " + or(m.String(), "an error without words"), Wanted: "data", Advice: advices[m.code]}
}

// TooLarge tells whether an answer means that less should be asked for.
func TooLarge(status int, body []byte) bool {
	if status == 413 {
		return true
	}
	return slices.Contains(tooLarge, messageOf(body).code)
}

// Answer explains an answer of a server that is no data: an SDMX, SOAP, JSON
// or HTML error, plain text, or nothing. body is its beginning.
func Answer(status int, contentType string, body []byte) error {
	m := messageOf(body)
	code := or(m.code, fmt.Sprint(status))
	if _, known := advices[code]; !known {
		code = fmt.Sprint(status)
	}
	said := or(m.String(), "nothing")
	return &Fault{Op: "ask", Found: fmt.Sprintf("status %d, %s: %s", status, or(contentType, "no content type"), said), Wanted: "200 and a data message", Advice: advices[code]}
}

// messageOf reads what it can of an error in any dress.
func messageOf(body []byte) serverMessage {
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case len(trimmed) == 0:
		return serverMessage{}
	case bytes.HasPrefix(trimmed, []byte("{")):
		return jsonMessage(trimmed)
	case bytes.HasPrefix(trimmed, []byte("<")) && Recognise(trimmed) == Unknown:
		return serverMessage{texts: []string{page(trimmed)}}
	case bytes.HasPrefix(trimmed, []byte("<")):
		return xmlMessage(trimmed)
	}
	line, _, _ := bytes.Cut(trimmed[:min(len(trimmed), 400)], []byte("\n"))
	if bytes.ContainsFunc(bytes.TrimSpace(line), unicode.IsControl) {
		return serverMessage{texts: []string{"bytes that are no text"}}
	}
	return serverMessage{texts: []string{strings.ToValidUTF8(string(bytes.TrimSpace(line)), "?")}}
}

func xmlMessage(body []byte) serverMessage {
	r := &reader{elements: newElements(bytes.NewReader(body)), refs: map[string]*structureRef{}, ref: &structureRef{}}
	for {
		token, err := r.next()
		if err != nil {
			return r.message
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local == "Obs" { // data and no error
				return r.message
			}
			_ = r.start(e)
		case xml.EndElement:
			_ = r.end(e.Name.Local)
			r.leave()
		}
	}
}

// jsonMessage reads {"error": [{"status": 413, "label": "…"}]} and SDMX-JSON's
// {"errors": [{"code": 150, "message": "…"}]}.
func jsonMessage(body []byte) serverMessage {
	type one struct {
		Status  json.Number     `json:"status"`
		Code    json.Number     `json:"code"`
		Label   string          `json:"label"`
		Title   json.RawMessage `json:"title"`
		Message string          `json:"message"`
	}
	var all struct {
		Error  json.RawMessage `json:"error"`
		Errors []one           `json:"errors"`
	}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&all); err != nil && err != io.EOF {
		return serverMessage{texts: []string{"JSON that is no error message"}}
	}
	var list []one
	var single one
	if json.Unmarshal(all.Error, &list) != nil && json.Unmarshal(all.Error, &single) == nil {
		list = []one{single}
	}
	if len(list)+len(all.Errors) == 0 {
		return serverMessage{texts: []string{"JSON that is no error message"}}
	}
	var m serverMessage
	for _, e := range append(list, all.Errors...) {
		m.begin(or(e.Code.String(), e.Status.String()), "")
		m.say("Text", or(e.Label, e.Message))
	}
	return m
}

// page names a text in angle brackets that is no SDMX.
func page(text []byte) string {
	if root, _ := rootOf(text); root != "" && !strings.EqualFold(root, "html") {
		return "XML of another kind, <" + root + ">"
	}
	return "a web page" + titled(text)
}

// titled is the title of a web page, in quotes after a colon.
func titled(page []byte) string {
	lower := bytes.ToLower(page)
	from := bytes.Index(lower, []byte("<title>"))
	if from < 0 {
		return ""
	}
	to := bytes.Index(lower[from:], []byte("</title>"))
	if to < 0 {
		return ""
	}
	title := strings.Join(strings.Fields(strings.ToValidUTF8(string(page[from+len("<title>"):from+to]), "?")), " ")
	return fmt.Sprintf(": %q", title[:min(len(title), 200)])
}

// notSDMX explains a file that holds no SDMX message.
func notSDMX(head []byte) error {
	found := or(messageOf(head).String(), "nothing")
	return &Fault{Op: "read", Found: found, Wanted: "an SDMX-CSV or SDMX-ML data message", Advice: "a web page in place of data means that the address is wrong or that the service rests"}
}
