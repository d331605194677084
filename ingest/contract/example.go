package contract

import (
	"embed"
	"encoding/csv"
	"fmt"
	"path"
	"slices"
	"strings"
)

//go:embed examples/*.csv
var examples embed.FS

// Example is a small delivery of the contract called name that would be
// accepted: invented rows as CSV, with places of Emilia-Romagna.
func Example(name string) (string, error) {
	if !slices.Contains(Names(), name) {
		return "", unknown(name)
	}
	text, err := examples.ReadFile("examples/" + path.Clean(name) + ".csv")
	if err != nil {
		return "", fmt.Errorf("load example %s: %w", name, err)
	}
	return string(text), nil
}

// Relocate puts the codes of another territory into an example: place gives the
// code that stands in column target of reference.table there, "" to leave the
// example's own. Empty cells stay empty.
func Relocate(c Contract, example string, place func(table, target string) string) (string, error) {
	rows, err := csv.NewReader(strings.NewReader(example)).ReadAll()
	if err != nil {
		return "", fmt.Errorf("relocate example %s: %w", c.Name, err)
	}
	for _, k := range c.ForeignKeys {
		code := place(k.Table, k.Target)
		column := slices.Index(rows[0], k.Column)
		if code == "" || column < 0 {
			continue
		}
		for _, row := range rows[1:] {
			if row[column] != "" {
				row[column] = code
			}
		}
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows); err != nil {
		return "", fmt.Errorf("relocate example %s: %w", c.Name, err)
	}
	return b.String(), nil
}
