// Package jsonstat knows JSON-stat 2.0, in which statistical offices publish
// cubes: data sets, and collections that hold data sets. It turns them into one
// plain CSV table, a row a cell. It must not know contracts, nor what a
// category means.
package jsonstat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits of what is read: a message is held in memory as a whole.
const (
	maxBytes = 128 << 20
	maxCells = 5_000_000
	maxSets  = 1000
)

// Fault is a message that is not what it should be: where, what was found and
// what was expected, and apart from it what to do.
type Fault struct {
	Where  string // "data set 2, dimension geo"; "" for the message as a whole
	Found  string
	Wanted string
	Advice string
}

func (f *Fault) Error() string {
	parts := []string{"read JSON-stat"}
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

// Recognise tells whether a file that begins with head may be JSON-stat: one
// object of class dataset or collection, or one that has dimensions and
// values; or, as version 1 had it, an object of such objects.
func Recognise(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if !bytes.HasPrefix(head, []byte("{")) {
		return false
	}
	seen := seenKeys(head)
	return seen["class dataset"] || seen["class collection"] ||
		seen["1 dimension"] && (seen["1 value"] || seen["1 id"] || seen["1 size"]) ||
		seen["2 dimension"] && seen["2 value"]
}

// seenKeys lists the keys of the first object, and of the objects in it, as far
// as head goes: with their depth, and the class with its value.
func seenKeys(head []byte) map[string]bool {
	seen := map[string]bool{}
	d := json.NewDecoder(bytes.NewReader(head))
	type level struct{ object, value bool } // value: what comes next is no key
	var in []level
	class := false
	for {
		token, err := d.Token()
		if err != nil {
			return seen
		}
		delimiter, _ := token.(json.Delim)
		if delimiter == '}' || delimiter == ']' {
			in = in[:len(in)-1]
			if len(in) == 0 {
				return seen
			}
			continue
		}
		key := len(in) > 0 && in[len(in)-1].object && !in[len(in)-1].value
		if len(in) > 0 && in[len(in)-1].object {
			in[len(in)-1].value = key
		}
		text, isText := token.(string)
		switch {
		case key && len(in) <= 2:
			seen[fmt.Sprintf("%d %s", len(in), text)] = true
			class = len(in) == 1 && text == "class"
		case class && isText:
			seen["class "+text], class = true, false
		}
		if delimiter == '{' || delimiter == '[' {
			in = append(in, level{object: delimiter == '{'})
		}
	}
}

// Summary is what became of a message.
type Summary struct {
	Columns []string
	Rows    int64
	Updated string // of the last data set; "" if it does not say
	Notes   []string
}

// message is a data set, a collection, or a bundle of version 1.
type message struct {
	Version   string          `json:"version"`
	Class     string          `json:"class"`
	Href      string          `json:"href"`
	Label     string          `json:"label"`
	Source    string          `json:"source"`
	Updated   string          `json:"updated"`
	ID        []string        `json:"id"`
	Size      []int           `json:"size"`
	Role      role            `json:"role"`
	Dimension json.RawMessage `json:"dimension"`
	Value     cells           `json:"value"`
	Status    cells           `json:"status"`
	Extension extension       `json:"extension"`
	Link      struct {
		Item []message `json:"item"`
	} `json:"link"`
	Error json.RawMessage `json:"error"`
}

type role struct {
	Time   []string `json:"time"`
	Geo    []string `json:"geo"`
	Metric []string `json:"metric"`
}

// extension holds what Eurostat says of its flags. Others say other things
// there, so that what does not fit is left out.
type extension struct{ labels map[string]string }

func (e *extension) UnmarshalJSON(text []byte) error {
	var known struct {
		Status struct {
			Label map[string]string `json:"label"`
		} `json:"status"`
	}
	if json.Unmarshal(text, &known) == nil {
		e.labels = known.Status.Label
	}
	return nil
}

// Write reads a message and writes it as CSV (UTF-8, comma, header): the
// dimensions by their ids, each followed by <id>_label and, where categories
// have units, <id>_unit; TIME_PERIOD if one dimension has the role of time;
// OBS_VALUE, OBS_STATUS and its label; DATASET, SOURCE and UPDATED as the
// message says them. Cells that have neither value nor status are left out.
func Write(ctx context.Context, r io.Reader, w io.Writer) (Summary, error) {
	sets, err := read(r)
	if err != nil {
		return Summary{}, err
	}
	var cubes []*cube
	for i, s := range sets {
		c, err := newCube(s)
		if err != nil {
			return Summary{}, numbered(err, i, len(sets))
		}
		cubes = append(cubes, c)
	}
	return write(ctx, cubes, w)
}

// read finds the data sets of a message.
func read(r io.Reader) ([]message, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read JSON-stat: %w", err)
	}
	if len(text) > maxBytes {
		return nil, &Fault{Found: fmt.Sprintf("more than %d MiB", maxBytes>>20), Wanted: "a smaller cube", Advice: "ask for fewer categories, or for SDMX-CSV, which is streamed"}
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	var m message
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, placed(text, err)
	}
	switch {
	case len(m.Dimension) > 0:
		return []message{m}, nil
	case m.Class == "collection":
		return embedded(m)
	case m.Error != nil:
		return nil, &Fault{Found: "the server answers: " + said(m.Error), Wanted: "a data set", Advice: "ask for less, or look at the address"}
	}
	return bundle(text)
}

func embedded(m message) ([]message, error) {
	var sets []message
	var elsewhere []string
	for _, item := range m.Link.Item {
		switch {
		case len(item.Dimension) > 0:
			sets = append(sets, item)
		case item.Href != "":
			elsewhere = append(elsewhere, item.Href)
		}
	}
	if len(sets) == 0 {
		return nil, &Fault{Found: fmt.Sprintf("a collection of %d addresses and no data", len(elsewhere)), Wanted: "a data set, or a collection that holds some",
			Advice: "ask for one of them: " + strings.Join(elsewhere[:min(len(elsewhere), 5)], ", ")}
	}
	return bounded(sets)
}

// bundle reads what version 1 called a bundle: data sets by name.
func bundle(text []byte) ([]message, error) {
	var named map[string]json.RawMessage
	if err := json.Unmarshal(text, &named); err != nil {
		return nil, placed(text, err)
	}
	var sets []message
	for _, name := range sortedKeys(named) {
		var m message
		if json.Unmarshal(named[name], &m) == nil && len(m.Dimension) > 0 {
			m.Label = or(m.Label, name)
			sets = append(sets, m)
		}
	}
	if len(sets) == 0 {
		return nil, &Fault{Found: "an object without dimensions", Wanted: `a data set ("class": "dataset") or a collection`}
	}
	return bounded(sets)
}

func bounded(sets []message) ([]message, error) {
	if len(sets) > maxSets {
		return nil, &Fault{Found: fmt.Sprintf("%d data sets", len(sets)), Wanted: fmt.Sprintf("at most %d", maxSets)}
	}
	return sets, nil
}

// placed says on which line the text is no JSON-stat.
func placed(text []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax) && syntax.Offset >= int64(len(text)):
		return &Fault{Found: "the message ends too early", Wanted: "a whole message", Advice: "it was cut on its way: ask for it again"}
	case errors.As(err, &syntax):
		return &Fault{Where: lineOf(text, syntax.Offset), Found: syntax.Error(), Wanted: "JSON"}
	case errors.As(err, &kind):
		return &Fault{Where: lineOf(text, kind.Offset), Found: fmt.Sprintf("%s is a JSON %s", kind.Field, kind.Value), Wanted: "what JSON-stat 2.0 has there"}
	}
	var fault *Fault
	if errors.As(err, &fault) {
		return fault
	}
	return &Fault{Found: err.Error(), Wanted: "JSON-stat 2.0"}
}

func lineOf(text []byte, offset int64) string {
	before := text[:min(offset, int64(len(text)))]
	return fmt.Sprintf("line %d, column %d", bytes.Count(before, []byte("\n"))+1, len(before)-bytes.LastIndexByte(before, '\n'))
}

// said is an error of a server in few words.
func said(text json.RawMessage) string {
	var list []struct {
		Status json.Number `json:"status"`
		Label  string      `json:"label"`
	}
	if json.Unmarshal(text, &list) == nil && len(list) > 0 {
		return strings.TrimSpace(list[0].Status.String() + " " + list[0].Label)
	}
	return string(text[:min(len(text), 200)])
}

func numbered(err error, i, n int) error {
	var f *Fault
	if n > 1 && errors.As(err, &f) {
		f.Where = strings.TrimSuffix(fmt.Sprintf("data set %d, %s", i+1, f.Where), ", ")
	}
	return err
}

func or(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
