// Package contract knows what may enter: one table schema per source, as
// Frictionless Table Schema JSON with a block "osservatorio", and its reading
// in Go. It must not know files, databases or where a delivery came from.
package contract

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

//go:embed *.json
var schemas embed.FS

// Contract is the shape of one source's table, and what the observatory asks
// of it beyond types.
type Contract struct {
	Name          string
	Title         string // Italian
	TitleEN       string
	Description   string // Italian
	DescriptionEN string
	Fields        []Field
	PrimaryKey    []string
	ForeignKeys   []ForeignKey
	MissingValues []string // cell texts that stand for "no value"
	Protection    string   // personal, establishment or open
	LatestBy      string   // date column that decides between rows of one key; "" if none
	Pseudonyms    []string // columns re-keyed on entry
	Rules         []Rule
}

// Field is one column. Enum empty, Pattern "", Minimum and Maximum "" mean
// that there is no such constraint.
type Field struct {
	Name          string
	Type          string // string, integer, number, boolean or date
	Title         string // Italian
	TitleEN       string
	Description   string
	DescriptionEN string
	Format        string // of dates: %Y-%m-%d
	TrueValues    []string
	FalseValues   []string
	Required      bool
	Enum          []string
	Pattern       string // RE2, to be matched over the whole value
	Minimum       string // as written: a number or a date
	Maximum       string
}

// ForeignKey says that Column's values stand in Target of reference.Table.
type ForeignKey struct {
	Column string
	Table  string
	Target string
}

// Rule is a declared rule over several columns. Its kinds:
//
//	not_before    Later is not before Earlier, where both are given
//	at_least_one  one of Columns or more is given
//	exactly_one   one of Columns is given and no other
//	together      all of Columns are given, or none
type Rule struct {
	Name    string
	Kind    string
	Columns []string
	Later   string
	Earlier string
}

// Names lists the contracts there are, sorted.
func Names() []string {
	entries, err := schemas.ReadDir(".")
	if err != nil {
		panic("contract: embedded schemas unreadable: " + err.Error())
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".json"))
	}
	slices.Sort(names)
	return names
}

// Load reads the contract called name out of those built in.
func Load(name string) (Contract, error) {
	if !slices.Contains(Names(), name) {
		return Contract{}, unknown(name)
	}
	raw, err := schemas.ReadFile(path.Clean(name) + ".json")
	if err != nil {
		return Contract{}, fmt.Errorf("load contract %s: %w", name, err)
	}
	c, err := Parse(bytes.NewReader(raw))
	if err != nil {
		return Contract{}, fmt.Errorf("load contract %s: %w", name, err)
	}
	if c.Name != name {
		return Contract{}, fmt.Errorf("load contract %s: name: %q: expected the name of the file", name, c.Name)
	}
	return c, nil
}

// JSON is the contract called name as the Frictionless Table Schema that it is
// built in as; the document for a supplier's own tools.
func JSON(name string) ([]byte, error) {
	if !slices.Contains(Names(), name) {
		return nil, unknown(name)
	}
	return schemas.ReadFile(path.Clean(name) + ".json")
}

// Parse reads one contract strictly: a key it does not know, a column that is
// named but not declared or a pattern that does not compile is an error. All
// errors are reported, not only the first.
func Parse(r io.Reader) (Contract, error) {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	var s schema
	if err := d.Decode(&s); err != nil {
		return Contract{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Contract{}, errors.New("text after the schema: expected one JSON object")
	}
	c := s.contract()
	if err := errors.Join(problems(c)...); err != nil {
		return Contract{}, err
	}
	return c, nil
}

// Columns lists the names of the fields, in order.
func (c Contract) Columns() []string {
	names := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		names[i] = f.Name
	}
	return names
}

// Field finds a field by name.
func (c Contract) Field(name string) (Field, bool) {
	i := slices.IndexFunc(c.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return c.Fields[i], true
}

// Numbers lists the columns that hold decimal numbers, in order.
func (c Contract) Numbers() []string {
	var names []string
	for _, f := range c.Fields {
		if f.Type == "number" {
			names = append(names, f.Name)
		}
	}
	return names
}

// UnknownError is the refusal of a name that no contract has.
type UnknownError struct{ Name string }

func unknown(name string) error { return &UnknownError{Name: name} }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("load contract %q: no such contract: expected one of %s", e.Name, strings.Join(Names(), ", "))
}

// Hint says where to look.
func (e *UnknownError) Hint() string { return "osservatorio contract lists the contracts" }
