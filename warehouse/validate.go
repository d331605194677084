package warehouse

import (
	"fmt"
	"strings"
)

// rule is one way for a row to fail. Its place in the list of rules is the
// code that the SQL yields, and the order in which rules are asked.
type rule struct {
	column string // "" of a row rule
	name   string // required, type, minimum, maximum, pattern, enum, reference, or a row rule's name
	holds  string // SQL: true or NULL where the row is good
	wanted string // for messages
}

// forgotten stands for the list of persons whose rows are turned away.
var forgotten = Reference{Table: "forgotten", Column: "person"}

// rules lists all rules of a table, by column order, row rules last. Columns
// appear as text ("sex") and typed ("sex$", for those that are not text).
func (t TableSpec) rules(present func(Reference) bool) []rule {
	var list []rule
	for _, c := range t.Columns {
		list = append(list, c.rules(present)...)
	}
	for _, r := range t.Rules {
		list = append(list, rule{name: r.Name, holds: r.holds(), wanted: r.wanted()})
	}
	if t.Person != "" && present(forgotten) {
		list = append(list, rule{column: t.Person, name: "forgotten", holds: "(" + name(t.Person) + " IN (FROM ledger.forgotten)) IS NOT true", wanted: "a person who was not forgotten"})
	}
	return list
}

func (c Column) rules(present func(Reference) bool) []rule {
	var list []rule
	add := func(ruleName, holds, wanted string) { list = append(list, rule{c.Name, ruleName, holds, wanted}) }
	raw, typed := name(c.Name), c.typed()
	if c.Required {
		add("required", raw+" IS NOT NULL", "a value")
	}
	if c.Type != "string" {
		add("type", "("+raw+" IS NULL OR "+typed+" IS NOT NULL)", c.form())
	}
	if c.Minimum != "" {
		add("minimum", typed+" >= "+c.bound(c.Minimum), c.Minimum+" or more")
	}
	if c.Maximum != "" {
		add("maximum", typed+" <= "+c.bound(c.Maximum), c.Maximum+" or less")
	}
	if c.Pattern != "" {
		add("pattern", "regexp_full_match("+raw+", "+text(c.Pattern)+")", "the form "+c.Pattern)
	}
	if len(c.Enum) > 0 {
		add("enum", raw+" IN ("+texts(c.Enum)+")", "one of "+strings.Join(c.Enum, ", "))
	}
	if c.Reference.Table != "" && present(c.Reference) {
		add("reference", "("+raw+" IS NULL OR "+c.found()+" IS NOT NULL)", "a code of reference "+c.Reference.Table)
	}
	return list
}

// typed names the column as its own type.
func (c Column) typed() string {
	if c.Type == "string" {
		return name(c.Name)
	}
	return name(c.Name + "$")
}

// found names the column that a lookup in reference yields.
func (c Column) found() string { return name(c.Name + "?") }

// cast turns the text of a column into its type, NULL where it is not of it.
// DuckDB's casts take more forms than a contract allows ("1.5" as an integer,
// "2024/01/05"), so the form is asked for first.
func (c Column) cast() string {
	raw := name(c.Name)
	guarded := func(form, sqlType string) string {
		return fmt.Sprintf("CASE WHEN %s THEN TRY_CAST(%s AS %s) END", form, raw, sqlType)
	}
	switch c.Type {
	case "integer":
		return guarded("regexp_full_match("+raw+", '-?[0-9]+')", "INTEGER")
	case "number":
		return guarded("regexp_full_match("+raw+", '-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?')", "DOUBLE")
	case "date":
		return guarded("strlen("+raw+") = 10 AND "+raw+" LIKE '____-__-__'", "DATE")
	case "boolean":
		return fmt.Sprintf("CASE WHEN %s IN (%s) THEN true WHEN %s IN (%s) THEN false END",
			raw, texts(c.TrueValues), raw, texts(c.FalseValues))
	}
	return raw
}

func (c Column) bound(literal string) string {
	if c.Type == "date" {
		return "DATE " + text(literal)
	}
	return literal
}

// form describes the texts that cast takes.
func (c Column) form() string {
	switch c.Type {
	case "integer":
		return "a whole number"
	case "number":
		return "a number with a decimal point"
	case "date":
		return "a date YYYY-MM-DD"
	}
	return "one of " + strings.Join(append(append([]string{}, c.TrueValues...), c.FalseValues...), ", ")
}

func (r RowRule) holds() string {
	given := make([]string, len(r.Columns))
	for i, c := range r.Columns {
		given[i] = "(" + name(c) + " IS NOT NULL)::INTEGER"
	}
	sum := strings.Join(given, " + ")
	switch r.Kind {
	case "not_before":
		return name(r.Later+"$") + " >= " + name(r.Earlier+"$")
	case "at_least_one":
		return sum + " >= 1"
	case "exactly_one":
		return sum + " = 1"
	}
	return fmt.Sprintf("%s IN (0, %d)", sum, len(r.Columns)) // together
}

func (r RowRule) wanted() string {
	list := strings.Join(r.Columns, ", ")
	switch r.Kind {
	case "not_before":
		return r.Later + " not before " + r.Earlier
	case "at_least_one":
		return "one or more of " + list
	case "exactly_one":
		return "exactly one of " + list
	}
	return "all or none of " + list
}

// firstFailing is the SQL of the code of the first rule that a row breaks,
// NULL of a good row. A good row is recognised by one conjunction, which is
// what nearly all rows pay; only the others walk through the rules.
func firstFailing(rules []rule) string {
	var b strings.Builder
	b.WriteString("CASE")
	for i, r := range rules {
		fmt.Fprintf(&b, "\n    WHEN NOT (%s) THEN %d", r.holds, i)
	}
	b.WriteString("\n  END")
	return b.String()
}

// good is the SQL of "no rule is broken".
func good(rules []rule) string {
	parts := []string{"true"} // a table need not have a rule
	for _, r := range rules {
		parts = append(parts, "(("+r.holds+") IS NOT false)")
	}
	return strings.Join(parts, "\n  AND ")
}

// shape is the SQL of what a value looks like without telling it.
func shape(value string) string {
	return fmt.Sprintf(`CASE
    WHEN %[1]s IS NULL THEN 'empty'
    WHEN regexp_full_match(%[1]s, '[0-9]+') THEN 'digits(' || length(%[1]s) || ')'
    WHEN regexp_full_match(%[1]s, '[0-9]{4}-[0-9]{2}-[0-9]{2}') THEN 'date(10)'
    WHEN regexp_full_match(%[1]s, '[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}') THEN 'day/month/year(' || length(%[1]s) || ')'
    WHEN regexp_full_match(%[1]s, '-?[0-9]*[.,]?[0-9]+') THEN 'number(' || length(%[1]s) || ')'
    WHEN regexp_full_match(%[1]s, '\pL+') THEN 'letters(' || length(%[1]s) || ')'
    WHEN regexp_full_match(%[1]s, '[\pL0-9]+') THEN 'letters and digits(' || length(%[1]s) || ')'
    WHEN regexp_full_match(%[1]s, '\s+') THEN 'spaces(' || length(%[1]s) || ')'
    WHEN regexp_full_match(%[1]s, '#([A-Z]+[0-9]*([/ ][A-Z0-9]+)?[!?]?)') THEN 'error of a spreadsheet(' || length(%[1]s) || ')'
    WHEN regexp_matches(%[1]s, '^[\pZ\s]|[\pZ\s]$|[\pC]') THEN 'text with spaces at its ends or with signs that are not seen(' || length(%[1]s) || ')'
    ELSE 'text(' || length(%[1]s) || ')'
  END`, value)
}
