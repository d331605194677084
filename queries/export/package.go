package export

import (
	"fmt"
	"slices"
	"strings"

	"osservatorio/queries/release"
)

// tableSchema is a Frictionless Table Schema (Data Package 2.0). Titles are
// Italian; English stands beside them under x-.
type tableSchema struct {
	Schema        string       `json:"$schema"`
	Title         string       `json:"title,omitempty"`
	TitleEN       string       `json:"x-title-en,omitempty"`
	Description   string       `json:"description,omitempty"`
	DescriptionEN string       `json:"x-description-en,omitempty"`
	Fields        []field      `json:"fields"`
	MissingValues []string     `json:"missingValues"`
	PrimaryKey    []string     `json:"primaryKey,omitempty"`
	ForeignKeys   []foreignKey `json:"foreignKeys,omitempty"`
	View          *viewNotes   `json:"x-view,omitempty"`
}

type field struct {
	Name          string       `json:"name"`
	Type          string       `json:"type"`
	Title         string       `json:"title,omitempty"`
	TitleEN       string       `json:"x-title-en,omitempty"`
	Description   string       `json:"description,omitempty"`
	DescriptionEN string       `json:"x-description-en,omitempty"`
	Constraints   *constraints `json:"constraints,omitempty"`
	Codes         string       `json:"x-codes,omitempty"` // file of the code list
}

type constraints struct {
	Required bool     `json:"required,omitempty"`
	Minimum  *float64 `json:"minimum,omitempty"`
	Maximum  *float64 `json:"maximum,omitempty"`
	Enum     []string `json:"enum,omitempty"`
}

type foreignKey struct {
	Fields    []string  `json:"fields"`
	Reference reference `json:"reference"`
}

type reference struct {
	Resource string   `json:"resource"`
	Fields   []string `json:"fields"`
}

// viewNotes is what a schema says of its view beyond the standard.
type viewNotes struct {
	Kind        release.Kind      `json:"kind"`
	Unit        release.Unit      `json:"unit"`
	Definition  string            `json:"definition"`
	SQLHash     string            `json:"sql_sha256"`
	Method      string            `json:"method"`
	Protection  string            `json:"protection"`
	Universe    release.Text      `json:"universe"`
	Numerator   release.Text      `json:"numerator"`
	Denominator release.Text      `json:"denominator"`
	Source      release.Text      `json:"source"`
	Caveats     []release.Text    `json:"caveats"`
	Measures    []release.Measure `json:"measures"`
}

const (
	schemaProfile  = "https://datapackage.org/profiles/2.0/tableschema.json"
	packageProfile = "https://datapackage.org/profiles/2.0/datapackage.json"
)

func (w *writer) writeSchemas() error {
	words, err := readColumns()
	if err != nil {
		return fmt.Errorf("words/columns.csv: %w", err)
	}
	for _, v := range w.views {
		schema, err := w.schemaOf(v, words)
		if err != nil {
			return fmt.Errorf("data/%s.schema.json: %w", v.header.View, err)
		}
		if err := w.json("data/"+v.header.View+".schema.json", schema); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) schemaOf(v view, words map[string]column) (tableSchema, error) {
	h := v.header
	s := tableSchema{
		Schema: schemaProfile, Title: h.Title.IT, TitleEN: h.Title.EN, Description: h.Description.IT, DescriptionEN: h.Description.EN,
		MissingValues: []string{""}, PrimaryKey: v.cube.Key(),
		ForeignKeys: []foreignKey{{Fields: []string{"geo"}, Reference: reference{Resource: "codes-geo", Fields: []string{"code"}}}},
		View: &viewNotes{Kind: h.Kind, Unit: h.Unit, Definition: h.Definition, SQLHash: h.SQLHash, Method: h.Method, Protection: h.Protection,
			Universe: h.Universe, Numerator: h.Numerator, Denominator: h.Denominator, Source: h.Source, Caveats: h.Caveats, Measures: h.Measures},
	}
	for _, name := range h.FileColumns() {
		f, err := w.fieldOf(v, name, words[name])
		if err != nil {
			return s, err
		}
		s.Fields = append(s.Fields, f)
	}
	return s, nil
}

func (w *writer) fieldOf(v view, name string, c column) (field, error) {
	h := v.header
	f := field{Name: name, Type: "string", Title: c.titleIT, TitleEN: c.titleEN, Description: c.textIT, DescriptionEN: c.textEN}
	if own, ok := h.Columns[name]; ok {
		f.Title, f.TitleEN = own.IT, own.EN
	}
	if release.Numeric(name) {
		f.Type = "number"
		f.Constraints = boundsOf(h.Kind, name)
		return f, nil
	}
	f.Constraints = &constraints{Required: !slices.Contains([]string{"reason", "note_ids"}, name)}
	switch {
	case slices.Contains(h.Breakdowns, name):
		codes, err := w.rows(`SELECT code FROM reference.codes WHERE list = ? ORDER BY position, code`, name)
		if err != nil {
			return f, err
		}
		f.Codes = "codes/" + name + ".csv"
		f.Constraints.Enum = []string{release.Total}
		for _, r := range codes {
			f.Constraints.Enum = append(f.Constraints.Enum, r[0])
		}
	case name == "measure":
		for _, m := range h.Measures {
			f.Constraints.Enum = append(f.Constraints.Enum, m.Code)
		}
	case name == "geo":
		f.Codes = "codes/geo.csv"
	case slices.Contains(ownLists, name):
		f.Codes = "codes/" + name + ".csv"
	}
	return f, nil
}

// boundsOf are the bounds that a kind of view sets to a column of numbers, nil
// for none: counts of persons are never negative, a rate lies within 0 and 100.
func boundsOf(kind release.Kind, column string) *constraints {
	zero, hundred := 0.0, 100.0
	part := column == "numerator" || column == "denominator"
	switch {
	case kind == release.Rate && !part:
		return &constraints{Minimum: &zero, Maximum: &hundred}
	case kind.HasParts() && part:
		return &constraints{Minimum: &zero}
	}
	return nil
}

// dataPackage is datapackage.json (Data Package 2.0).
type dataPackage struct {
	Schema        string        `json:"$schema"`
	Name          string        `json:"name"`
	ID            string        `json:"id,omitempty"`
	Title         string        `json:"title"`
	TitleEN       string        `json:"x-title-en"`
	Description   string        `json:"description"`
	DescriptionEN string        `json:"x-description-en"`
	Homepage      string        `json:"homepage,omitempty"`
	Version       string        `json:"version"`
	Created       string        `json:"created,omitempty"`
	Licenses      []licence     `json:"licenses,omitempty"`
	Sources       []source      `json:"sources,omitempty"`
	Contributors  []contributor `json:"contributors,omitempty"`
	Resources     []resource    `json:"resources"`
}

type licence struct {
	Name string `json:"name"`
	Path string `json:"path,omitempty"`
}

type source struct {
	Title string `json:"title"`
}

type contributor struct {
	Title string   `json:"title"`
	Roles []string `json:"roles"`
}

type resource struct {
	Name          string `json:"name"`
	Path          string `json:"path"`
	Type          string `json:"type,omitempty"`
	Title         string `json:"title,omitempty"`
	TitleEN       string `json:"x-title-en,omitempty"`
	Description   string `json:"description,omitempty"`
	DescriptionEN string `json:"x-description-en,omitempty"`
	Format        string `json:"format"`
	MediaType     string `json:"mediatype"`
	Encoding      string `json:"encoding,omitempty"`
	Bytes         int64  `json:"bytes"`
	Hash          string `json:"hash"`
	Schema        any    `json:"schema,omitempty"`
}

// licencePaths are the addresses of the licences that public bodies may use.
var licencePaths = map[string]string{
	"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
	"CC0-1.0":   "https://creativecommons.org/publicdomain/zero/1.0/",
	"IODL-2.0":  "https://www.dati.gov.it/iodl/2.0/",
}

func (w *writer) writePackage() error {
	files, err := w.files()
	if err != nil {
		return err
	}
	said, err := readPhrases()
	if err != nil {
		return fmt.Errorf("words/phrases.csv: %w", err)
	}
	info, title := w.info, said.with("package.title", w.common()...)
	p := dataPackage{
		Schema: packageProfile, Name: "osservatorio-" + strings.ToLower(info.ID), Homepage: info.Publisher.BaseURL, Version: info.ID,
		Title: title.IT, TitleEN: title.EN, Description: said["package.description"].IT, DescriptionEN: said["package.description"].EN,
		Sources: w.sources(), Resources: []resource{},
	}
	if info.ExtractionDate != "" {
		p.Created = info.ExtractionDate + "T00:00:00Z"
	}
	if info.Publisher.BaseURL != "" {
		p.ID = strings.TrimSuffix(info.Publisher.BaseURL, "/") + "/releases/" + info.ID
	}
	if info.Publisher.Licence != "" {
		p.Licenses = []licence{{Name: info.Publisher.Licence, Path: licencePaths[info.Publisher.Licence]}}
	}
	if info.Publisher.Name != "" {
		p.Contributors = []contributor{{Title: info.Publisher.Name, Roles: []string{"publisher"}}}
	}
	columns, err := readColumns()
	if err != nil {
		return fmt.Errorf("words/columns.csv: %w", err)
	}
	for _, f := range files {
		r, ok, err := w.resourceOf(f, columns)
		if err != nil {
			return fmt.Errorf("describe %s: %w", f.Path, err)
		}
		if ok {
			p.Resources = append(p.Resources, r)
		}
	}
	return w.json("datapackage.json", p)
}

// sources are the source lines of the views, each once.
func (w *writer) sources() []source {
	var out []source
	for _, v := range w.views {
		if s := (source{Title: v.header.Source.IT}); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// resourceOf describes a file of data or codes; other files are no resources.
// Neither is the sheet for an Italian Excel: a program that passes over the sign of
// its decimals reads other numbers there, and has the same rows twice already.
func (w *writer) resourceOf(f release.File, columns map[string]column) (resource, bool, error) {
	r := resource{Path: f.Path, Bytes: f.Bytes, Hash: "sha256:" + f.SHA256}
	folder, base, _ := strings.Cut(f.Path, "/")
	if name, ok := strings.CutSuffix(base, ".csv"); ok && folder == "codes" {
		r.Name, r.Type, r.Format, r.MediaType, r.Encoding = "codes-"+kebab(name), "table", "csv", "text/csv", "utf-8"
		r.Schema = w.codeSchema(f.Path, columns)
		r.Title, r.TitleEN = listTitle(name, columns)
		return r, true, nil
	}
	name, kind, _ := strings.Cut(base, ".")
	i := slices.IndexFunc(w.views, func(v view) bool { return v.header.View == name })
	if folder != "data" || i < 0 {
		return r, false, nil
	}
	h := w.views[i].header
	r.Title, r.TitleEN, r.Description, r.DescriptionEN = h.Title.IT, h.Title.EN, h.Description.IT, h.Description.EN
	schema, err := w.schemaOf(w.views[i], columns)
	if err != nil {
		return r, false, err
	}
	schema.View = nil // stands in the schema's own file
	r.Schema = schema
	switch kind {
	case "csv":
		r.Name, r.Type, r.Format, r.MediaType, r.Encoding = kebab(name), "table", "csv", "text/csv", "utf-8"
	case "parquet":
		r.Name, r.Type, r.Format, r.MediaType = kebab(name)+"-parquet", "table", "parquet", "application/vnd.apache.parquet"
	default:
		return r, false, nil
	}
	return r, true, nil
}

func kebab(name string) string { return strings.ReplaceAll(name, "_", "-") }

// listTitle names a code list after the column that it explains.
func listTitle(name string, columns map[string]column) (it, en string) {
	c, ok := columns[name]
	if !ok {
		c = column{titleIT: name, titleEN: name}
	}
	return "Codici: " + c.titleIT, "Codes: " + c.titleEN
}

// codeSchema is the schema of a code list: texts all of them. A column of a
// list has words of its own where its name means something else in a view.
func (w *writer) codeSchema(path string, titles map[string]column) tableSchema {
	s := tableSchema{Schema: schemaProfile, MissingValues: []string{""}}
	columns, keyed := w.codeColumns(path)
	for _, c := range columns {
		said, own := titles["codes."+c]
		if !own {
			said = titles[c]
		}
		s.Fields = append(s.Fields, field{Name: c, Type: "string", Title: said.titleIT, TitleEN: said.titleEN, Description: said.textIT, DescriptionEN: said.textEN})
	}
	if keyed { // a target has several dates, and may have none, which no key allows
		s.PrimaryKey = []string{"code"}
	}
	return s
}
