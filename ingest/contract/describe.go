package contract

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Template is an empty delivery: the header line of a CSV file, with a line
// end. Contract names need no quotes.
func Template(c Contract) string {
	return strings.Join(c.Columns(), ",") + "\n"
}

// Describe writes the contract for a supplier's eyes: titles in lang ("it",
// else English), and of each column its name, type and constraints. The
// headings are Table Schema's own keywords, which have no translation.
func Describe(w io.Writer, c Contract, lang string) error {
	italian := lang == "it"
	text := func(it, en string) string {
		if italian {
			return it
		}
		return en
	}
	if _, err := fmt.Fprintf(w, "%s: %s\n%s\n\n", c.Name, text(c.Title, c.TitleEN), text(c.Description, c.DescriptionEN)); err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "name\ttype\trequired\ttitle\tconstraints")
	for _, f := range c.Fields {
		title := text(f.Title, f.TitleEN)
		if d := text(f.Description, f.DescriptionEN); d != "" {
			title += " (" + strings.TrimSuffix(d, ".") + ")"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", f.Name, f.Type, tick(f.Required), title, strings.Join(constraints(c, f), "; "))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return describeRules(w, c)
}

func describeRules(w io.Writer, c Contract) error {
	lines := []string{
		"primaryKey: " + strings.Join(c.PrimaryKey, ", "),
		"missingValues: " + quoted(c.MissingValues),
		"protection: " + c.Protection,
	}
	if c.LatestBy != "" {
		lines = append(lines, "latest_by: "+c.LatestBy)
	}
	for _, r := range c.Rules {
		operands := strings.Join(r.Columns, ", ")
		if r.Kind == "not_before" {
			operands = r.Later + " ≥ " + r.Earlier
		}
		lines = append(lines, fmt.Sprintf("rule %s: %s: %s", r.Name, r.Kind, operands))
	}
	_, err := fmt.Fprintf(w, "\n%s\n", strings.Join(lines, "\n"))
	return err
}

func tick(yes bool) string {
	if yes {
		return "×"
	}
	return ""
}

func constraints(c Contract, f Field) []string {
	var all []string
	if f.Format != "" {
		all = append(all, f.Format)
	}
	if len(f.Enum) > 0 {
		all = append(all, strings.Join(f.Enum, "|"))
	}
	if len(f.TrueValues) > 0 {
		all = append(all, strings.Join(f.TrueValues, "|")+" / "+strings.Join(f.FalseValues, "|"))
	}
	if f.Pattern != "" {
		all = append(all, f.Pattern)
	}
	if f.Minimum != "" || f.Maximum != "" {
		all = append(all, f.Minimum+" … "+f.Maximum)
	}
	for _, k := range c.ForeignKeys {
		if k.Column == f.Name {
			all = append(all, "→ "+k.Table+"."+k.Target)
		}
	}
	if slices.Contains(c.Pseudonyms, f.Name) {
		all = append(all, "pseudonym")
	}
	return all
}

func quoted(texts []string) string {
	q := make([]string, len(texts))
	for i, t := range texts {
		q[i] = fmt.Sprintf("%q", t)
	}
	return strings.Join(q, ", ")
}
