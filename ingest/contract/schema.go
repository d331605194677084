package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// schema is a contract as its file has it: Frictionless Table Schema, with
// the keys that are ours in one block.
type schema struct {
	Name          string        `json:"name"`
	Title         string        `json:"title"`
	TitleEN       string        `json:"title_en"`
	Description   string        `json:"description"`
	DescriptionEN string        `json:"description_en"`
	Fields        []schemaField `json:"fields"`
	PrimaryKey    []string      `json:"primaryKey"`
	ForeignKeys   []schemaKey   `json:"foreignKeys"`
	MissingValues []string      `json:"missingValues"`
	Osservatorio  struct {
		Protection string       `json:"protection"`
		LatestBy   *string      `json:"latest_by"`
		Pseudonyms []string     `json:"pseudonyms"`
		Rules      []schemaRule `json:"rules"`
	} `json:"osservatorio"`
}

type schemaField struct {
	Name          string   `json:"name"`
	Type          string   `json:"type"`
	Title         string   `json:"title"`
	TitleEN       string   `json:"title_en"`
	Description   string   `json:"description"`
	DescriptionEN string   `json:"description_en"`
	Format        string   `json:"format"`
	TrueValues    []string `json:"trueValues"`
	FalseValues   []string `json:"falseValues"`
	Constraints   struct {
		Required bool     `json:"required"`
		Enum     []string `json:"enum"`
		Pattern  string   `json:"pattern"`
		Minimum  bound    `json:"minimum"`
		Maximum  bound    `json:"maximum"`
	} `json:"constraints"`
}

type schemaKey struct {
	Fields    string `json:"fields"`
	Reference struct {
		Resource string `json:"resource"`
		Fields   string `json:"fields"`
	} `json:"reference"`
}

type schemaRule struct {
	Name    string   `json:"name"`
	Kind    string   `json:"kind"`
	Columns []string `json:"columns"`
	Later   string   `json:"later"`
	Earlier string   `json:"earlier"`
}

// bound is a minimum or maximum: a JSON number, or a date in a JSON string;
// kept as written so that no digit is lost.
type bound string

func (b *bound) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	if len(raw) > 0 && raw[0] == '"' {
		var s string
		err := json.Unmarshal(raw, &s)
		*b = bound(s)
		return err
	}
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return fmt.Errorf("minimum or maximum: %s: expected a number or a date in quotes", raw)
	}
	*b = bound(n)
	return nil
}

func (s schema) contract() Contract {
	c := Contract{
		Name: s.Name, Title: s.Title, TitleEN: s.TitleEN,
		Description: s.Description, DescriptionEN: s.DescriptionEN,
		PrimaryKey: s.PrimaryKey, MissingValues: s.MissingValues,
		Protection: s.Osservatorio.Protection, Pseudonyms: s.Osservatorio.Pseudonyms,
	}
	if s.Osservatorio.LatestBy != nil {
		c.LatestBy = *s.Osservatorio.LatestBy
	}
	for _, f := range s.Fields {
		c.Fields = append(c.Fields, f.field())
	}
	for _, k := range s.ForeignKeys {
		c.ForeignKeys = append(c.ForeignKeys, ForeignKey{Column: k.Fields, Table: k.Reference.Resource, Target: k.Reference.Fields})
	}
	for _, r := range s.Osservatorio.Rules {
		c.Rules = append(c.Rules, Rule(r))
	}
	return c
}

func (f schemaField) field() Field {
	return Field{
		Name: f.Name, Type: f.Type, Title: f.Title, TitleEN: f.TitleEN,
		Description: f.Description, DescriptionEN: f.DescriptionEN, Format: f.Format,
		TrueValues: f.TrueValues, FalseValues: f.FalseValues,
		Required: f.Constraints.Required, Enum: f.Constraints.Enum, Pattern: f.Constraints.Pattern,
		Minimum: string(f.Constraints.Minimum), Maximum: string(f.Constraints.Maximum),
	}
}
