package sdmx

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDepth bounds how deep elements may lie in each other; messages use ten.
const maxDepth = 64

// elements reads a message element by element and keeps the names of those it
// is in. Prefixes are not resolved: local names tell all that is needed.
type elements struct {
	d     *xml.Decoder
	bound *bounded
	path  []string
	text  strings.Builder // of the element that ends
}

func newElements(r io.Reader) *elements {
	b := &bounded{r: r, left: maxToken}
	d := xml.NewDecoder(b)
	d.CharsetReader = encodingOf
	return &elements{d: d, bound: b}
}

// next returns the next start or end of an element; text holds what stood
// right before it. At the end of the message it returns io.EOF.
func (e *elements) next() (xml.Token, error) {
	e.text.Reset()
	for {
		e.bound.renew()
		token, err := e.d.RawToken()
		if err != nil {
			return nil, e.ended(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(e.path) == maxDepth {
				return nil, e.fault(fmt.Sprintf("more than %d elements in each other", maxDepth), "")
			}
			e.path = append(e.path, t.Name.Local)
			return t, nil
		case xml.EndElement:
			if len(e.path) == 0 || e.path[len(e.path)-1] != t.Name.Local {
				return nil, e.fault(fmt.Sprintf("</%s> ends what did not begin", t.Name.Local), "well-formed XML")
			}
			return t, nil
		case xml.CharData:
			if e.text.Len()+len(t) > maxToken {
				return nil, e.fault(errTokenTooLong.Error(), "")
			}
			e.text.Write(t)
		}
	}
}

// leave goes out of the element whose end was returned.
func (e *elements) leave() { e.path = e.path[:len(e.path)-1] }

// parent is the name of the element n steps out of the innermost; "" outside.
func (e *elements) parent(n int) string {
	if i := len(e.path) - 1 - n; i >= 0 {
		return e.path[i]
	}
	return ""
}

func (e *elements) ended(err error) error {
	cut := &Fault{Op: "read", Where: e.where(), Found: "the message ends within " + strings.Join(e.path, "/"), Wanted: "a whole message",
		Advice: "it was cut on its way: ask for it again"}
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF) && len(e.path) == 0:
		return io.EOF
	case errors.Is(err, io.EOF), errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unexpected EOF"):
		return cut
	case errors.As(err, &syntax):
		return e.fault(syntax.Msg, "well-formed XML")
	case errors.Is(err, errTokenTooLong):
		return e.fault(err.Error(), "")
	}
	return fmt.Errorf("read SDMX message: %w", err)
}

func (e *elements) where() string { return at(e.d.InputPos()) }

func (e *elements) fault(found, wanted string) error {
	return &Fault{Op: "read", Where: e.where(), Found: found, Wanted: wanted}
}

// attr is the value of the attribute with this local name, whatever its
// prefix; "" if there is none.
func attr(s xml.StartElement, local string) string {
	for _, a := range s.Attr {
		if a.Name.Local == local && a.Name.Space != "xmlns" {
			return a.Value
		}
	}
	return ""
}
