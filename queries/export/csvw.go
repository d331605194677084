package export

import (
	"fmt"
	"strings"

	"osservatorio/queries/release"
)

// csvwTable describes a CSV file for CSVW (Metadata Vocabulary for Tabular
// Data). Columns are found by their names; their words stand under dc.
type csvwTable struct {
	Context     []any          `json:"@context"`
	URL         string         `json:"url"`
	Title       []csvwText     `json:"dc:title"`
	Description []csvwText     `json:"dc:description,omitempty"`
	Source      []csvwText     `json:"dc:source,omitempty"`
	Publisher   string         `json:"dc:publisher,omitempty"`
	License     *csvwLink      `json:"dc:license,omitempty"`
	Modified    string         `json:"dc:modified,omitempty"`
	Dialect     map[string]any `json:"dialect"`
	TableSchema csvwSchema     `json:"tableSchema"`
}

type csvwText struct {
	Value    string `json:"@value"`
	Language string `json:"@language"`
}

type csvwLink struct {
	ID string `json:"@id"`
}

type csvwSchema struct {
	Columns    []csvwColumn `json:"columns"`
	PrimaryKey []string     `json:"primaryKey"`
}

type csvwColumn struct {
	Name        string     `json:"name"`
	Titles      string     `json:"titles"`
	Title       []csvwText `json:"dc:title"`
	Description []csvwText `json:"dc:description,omitempty"`
	Datatype    string     `json:"datatype"`
	Required    bool       `json:"required,omitempty"`
	Null        string     `json:"null"`
}

// both are the two texts of a thing, none where it has no words.
func both(t release.Text) []csvwText {
	if t.IT == "" {
		return nil
	}
	return []csvwText{{t.IT, "it"}, {t.EN, "en"}}
}

// writeCSVW describes the CSV files of small views, from their Table Schemas.
func (w *writer) writeCSVW() error {
	columns, err := readColumns()
	if err != nil {
		return fmt.Errorf("words/columns.csv: %w", err)
	}
	for _, v := range w.views {
		if v.summary.rows >= smallRows {
			continue
		}
		schema, err := w.schemaOf(v, columns)
		if err != nil {
			return fmt.Errorf("data/%s.csv-metadata.json: %w", v.header.View, err)
		}
		if err := w.json("data/"+v.header.View+".csv-metadata.json", w.csvwOf(v.header, schema)); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) csvwOf(h release.Header, s tableSchema) csvwTable {
	t := csvwTable{Context: []any{"http://www.w3.org/ns/csvw", map[string]string{"@language": "it"}}, URL: h.View + ".csv",
		Title: both(h.Title), Description: both(h.Description), Source: both(h.Source), Publisher: w.info.Publisher.Name, Modified: w.info.ExtractionDate,
		Dialect:     map[string]any{"delimiter": ",", "encoding": "utf-8", "header": true},
		TableSchema: csvwSchema{PrimaryKey: s.PrimaryKey}}
	if path := licencePaths[w.info.Publisher.Licence]; path != "" {
		t.License = &csvwLink{path}
	}
	for _, f := range s.Fields {
		t.TableSchema.Columns = append(t.TableSchema.Columns, csvwColumn{Name: f.Name, Titles: f.Name, Datatype: strings.Replace(f.Type, "number", "double", 1),
			Title: both(release.Text{IT: f.Title, EN: f.TitleEN}), Description: both(release.Text{IT: f.Description, EN: f.DescriptionEN}),
			Required: f.Constraints != nil && f.Constraints.Required})
	}
	return t
}
