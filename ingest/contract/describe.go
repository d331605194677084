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

// longTitle is how many bytes of a title stand in the table of columns; a
// longer one has its description below.
const longTitle = 70

// heading is what the parts of a description are called, in Italian and
// English; Table Schema's keyword where there is one.
type heading struct{ it, en string }

func (h heading) in(lang string) string {
	if lang == "it" {
		return h.it
	}
	return h.en
}

var headings = struct{ columns, notes, key, missing, protection, latest, rule heading }{
	columns:    heading{"colonna\ttipo\tobbligatoria\tche cos'è\tvincoli", "name\ttype\trequired\ttitle\tconstraints"},
	notes:      heading{"Note sulle colonne", "Notes on columns"},
	key:        heading{"chiave (primaryKey)", "primaryKey"},
	missing:    heading{"celle senza valore (missingValues)", "missingValues"},
	protection: heading{"protezione", "protection"},
	latest:     heading{"fra due righe con la stessa chiave vale la più recente per", "of two rows with one key the latest holds, by"},
	rule:       heading{"regola", "rule"},
}

// Describe writes the contract for a supplier's eyes, in lang ("it", else
// English): of each column its name, type and constraints, notes on those that
// need some, and the rules.
func Describe(w io.Writer, c Contract, lang string) error {
	title, description := heading{c.Title, c.TitleEN}.in(lang), heading{c.Description, c.DescriptionEN}.in(lang)
	if _, err := fmt.Fprintf(w, "%s: %s\n%s\n\n", c.Name, title, description); err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, headings.columns.in(lang))
	var notes []string
	for _, f := range c.Fields {
		title := heading{f.Title, f.TitleEN}.in(lang)
		if d := strings.TrimSuffix(heading{f.Description, f.DescriptionEN}.in(lang), "."); len(title)+len(d) > longTitle {
			notes = append(notes, "  "+f.Name+": "+d)
		} else if d != "" {
			title += " (" + d + ")"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", f.Name, f.Type, tick(f.Required), title, strings.Join(constraints(c, f, lang), "; "))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(notes) > 0 {
		if _, err := fmt.Fprintf(w, "\n%s\n%s\n", headings.notes.in(lang), strings.Join(notes, "\n")); err != nil {
			return err
		}
	}
	return describeRules(w, c, lang)
}

func describeRules(w io.Writer, c Contract, lang string) error {
	lines := []string{
		headings.key.in(lang) + ": " + strings.Join(c.PrimaryKey, ", "),
		headings.missing.in(lang) + ": " + quoted(c.MissingValues),
		headings.protection.in(lang) + ": " + c.Protection,
	}
	if c.LatestBy != "" {
		lines = append(lines, headings.latest.in(lang)+": "+c.LatestBy)
	}
	for _, r := range c.Rules {
		lines = append(lines, fmt.Sprintf("%s %s: %s", headings.rule.in(lang), r.Name, r.told(lang)))
	}
	_, err := fmt.Fprintf(w, "\n%s\n", strings.Join(lines, "\n"))
	return err
}

// told is what a rule asks for, in words.
func (r Rule) told(lang string) string {
	list := strings.Join(r.Columns, ", ")
	switch r.Kind {
	case "not_before":
		return heading{r.Later + " non prima di " + r.Earlier, r.Later + " not before " + r.Earlier}.in(lang)
	case "at_least_one":
		return heading{"almeno una fra " + list, "one or more of " + list}.in(lang)
	case "exactly_one":
		return heading{"una sola fra " + list, "exactly one of " + list}.in(lang)
	}
	return heading{"tutte o nessuna fra " + list, "all or none of " + list}.in(lang)
}

func tick(yes bool) string {
	if yes {
		return "×"
	}
	return ""
}

func constraints(c Contract, f Field, lang string) []string {
	var all []string
	switch {
	case f.Format == "%Y-%m-%d":
		all = append(all, heading{"AAAA-MM-GG", "YYYY-MM-DD"}.in(lang))
	case f.Format != "":
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
		all = append(all, heading{"pseudonimo", "pseudonym"}.in(lang))
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
