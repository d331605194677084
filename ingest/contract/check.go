package contract

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
)

var (
	types       = []string{"string", "integer", "number", "boolean", "date"}
	protections = []string{"personal", "establishment", "open"}
	reserved    = []string{"load_id", "line"}
	columnName  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// problems lists all that is wrong with a contract.
func problems(c Contract) []error {
	var errs []error
	say := func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) }
	if len(c.Fields) == 0 {
		say("fields: none: expected one or more")
	}
	if len(c.PrimaryKey) == 0 {
		say("primaryKey: none: expected one or more columns")
	}
	if !slices.Contains(protections, c.Protection) {
		say("osservatorio.protection: %q: expected one of %v", c.Protection, protections)
	}
	if !slices.Contains(c.MissingValues, "") {
		say(`missingValues: %q: expected "" among them`, c.MissingValues)
	}
	seen := map[string]bool{}
	for _, f := range c.Fields {
		if seen[f.Name] {
			say("field %s: declared twice", f.Name)
		}
		seen[f.Name] = true
		errs = append(errs, fieldProblems(f)...)
	}
	declared := func(where, name string) {
		if !seen[name] {
			say("%s: %q: no such field", where, name)
		}
	}
	for _, name := range c.PrimaryKey {
		declared("primaryKey", name)
	}
	for _, k := range c.ForeignKeys {
		declared("foreignKeys", k.Column)
		if k.Table == "" || k.Target == "" {
			say("foreignKeys: %s: expected reference.resource and reference.fields", k.Column)
		}
	}
	for _, name := range c.Pseudonyms {
		declared("osservatorio.pseudonyms", name)
	}
	if c.LatestBy != "" {
		declared("osservatorio.latest_by", c.LatestBy)
	}
	for _, r := range c.Rules {
		errs = append(errs, ruleProblems(r)...)
		for _, name := range append(slices.Clone(r.Columns), nonEmpty(r.Later, r.Earlier)...) {
			declared("rule "+r.Name, name)
		}
	}
	return errs
}

func fieldProblems(f Field) []error {
	var errs []error
	say := func(format string, a ...any) {
		errs = append(errs, fmt.Errorf("field %s: "+format, append([]any{f.Name}, a...)...))
	}
	if !columnName.MatchString(f.Name) {
		say("name: expected lower case letters, digits and _")
	}
	if f.Title == "" || f.TitleEN == "" {
		say("title: expected title and title_en")
	}
	if slices.Contains(reserved, f.Name) {
		say("name: expected none of %v, which every raw table has of its own", reserved)
	}
	if !slices.Contains(types, f.Type) {
		say("type %q: expected one of %v", f.Type, types)
	}
	if f.Type == "date" && f.Format != "%Y-%m-%d" {
		say("format %q: expected %%Y-%%m-%%d", f.Format)
	}
	if f.Type == "boolean" && (len(f.TrueValues) == 0 || len(f.FalseValues) == 0) {
		say("expected trueValues and falseValues")
	}
	if _, err := regexp.Compile(f.Pattern); err != nil {
		say("pattern: %w", err)
	}
	for _, b := range nonEmpty(f.Minimum, f.Maximum) {
		if !boundFits(f.Type, b) {
			say("minimum or maximum %q: does not fit type %s", b, f.Type)
		}
	}
	return errs
}

func boundFits(fieldType, b string) bool {
	var err error
	switch fieldType {
	case "date":
		_, err = time.Parse(time.DateOnly, b)
	case "integer":
		_, err = strconv.ParseInt(b, 10, 64)
	case "number":
		_, err = strconv.ParseFloat(b, 64)
	default:
		return false
	}
	return err == nil
}

func ruleProblems(r Rule) []error {
	bad := func(expected string) []error {
		return []error{fmt.Errorf("rule %s: kind %s: expected %s", r.Name, r.Kind, expected)}
	}
	switch r.Kind {
	case "not_before":
		if r.Later == "" || r.Earlier == "" || len(r.Columns) > 0 {
			return bad("later and earlier")
		}
	case "at_least_one", "exactly_one", "together":
		if len(r.Columns) < 2 || r.Later != "" || r.Earlier != "" {
			return bad("two columns or more")
		}
	default:
		return []error{fmt.Errorf("rule %s: kind %q: expected not_before, at_least_one, exactly_one or together", r.Name, r.Kind)}
	}
	return nil
}

func nonEmpty(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}
