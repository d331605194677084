package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"osservatorio/queries/disclosure"
	"osservatorio/queries/release"
)

// print writes an explanation for people.
func (e explanation) print(out io.Writer, q question) error {
	s, err := speak(q.lang)
	if err != nil {
		return err
	}
	e.printDefinition(out, s, q.lang)
	e.printCell(out, s)
	e.printFiles(out, s, q.sql)
	if err := e.printDeliveries(out, s); err != nil {
		return err
	}
	e.printChecks(out, s)
	e.printConfidential(out, s)
	return nil
}

func (e explanation) printDefinition(out io.Writer, s speech, lang string) {
	h := e.Definition
	m, _ := h.Measure(e.Cell["measure"])
	fmt.Fprintf(out, "%s  %s\n%s\n", h.Definition, h.Title.In(lang), h.Description.In(lang))
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(out, "  %-12s %s\n", s["explain_"+name], text)
		}
	}
	line("measure", m.Code+": "+m.Label.In(lang)+" ("+string(m.Unit)+")")
	line("kind", s["explain_kind_"+string(h.Kind)])
	line("universe", h.Universe.In(lang))
	line("numerator", h.Numerator.In(lang))
	line("denominator", h.Denominator.In(lang))
	line("source", h.Source.In(lang))
	for _, c := range h.Caveats {
		line("caveat", c.In(lang))
	}
	line("method", h.Method)
	line("sql", h.SQLHash)
	line("policy", s.policy(h.Protection, e.Rules))
}

// policy tells the rules that a view is protected by.
func (s speech) policy(protection string, r *disclosure.Rules) string {
	if r == nil {
		return s["explain_open"]
	}
	rules := []string{s.say("explain_threshold", "most", strconv.Itoa(r.Threshold-1))}
	if r.Threshold == 0 {
		rules = []string{s["explain_no_threshold"]}
	}
	if r.ProtectComplement {
		rules = append(rules, s["explain_complement"])
	}
	if r.MinDenominator > 0 {
		rules = append(rules, s.say("explain_least", "least", strconv.Itoa(r.MinDenominator)))
	}
	return fmt.Sprintf("%s (%s): %s", r.Policy, protection, strings.Join(rules, "; "))
}

func (e explanation) printCell(out io.Writer, s speech) {
	var key []string
	for _, column := range e.key {
		key = append(key, column+"="+e.Cell[column])
	}
	fmt.Fprintf(out, "\n%s %s\n  %s\n", s["explain_cell"], strings.Join(key, " "), e.Published)
	if e.Status != "" {
		fmt.Fprintf(out, "  obs_status %s, conf_status %s\n", e.Status, e.Conf)
	}
	printNumbers(out, s, e.Numbers)
}

func printNumbers(out io.Writer, s speech, n disclosure.Numbers) {
	for _, x := range []struct {
		name   string
		number *float64
	}{{"numerator", n.Numerator}, {"denominator", n.Denominator}, {"value", n.Value}, {"low", n.Low}, {"high", n.High}} {
		if x.number != nil {
			fmt.Fprintf(out, "  %-12s %s\n", s["explain_"+x.name], strconv.FormatFloat(*x.number, 'f', -1, 64))
		}
	}
}

func (e explanation) printFiles(out io.Writer, s speech, withSQL bool) {
	fmt.Fprintf(out, "\n%s\n", s["explain_files"])
	for _, f := range e.Files {
		fmt.Fprintf(out, "  %s\n", s.say("explain_file", "file", f.Path, "kind", s["explain_"+f.Materials], "list", f.Lineage))
		if withSQL {
			fmt.Fprintf(out, "\n%s\n\n", f.SQL)
		}
	}
}

func (e explanation) printDeliveries(out io.Writer, s speech) error {
	fmt.Fprintf(out, "\n%s\n", s.say("explain_deliveries", "n", strconv.Itoa(len(e.Deliveries))))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, b := range e.Deliveries {
		rows := s.say("explain_rows", "n", strconv.FormatInt(b.Rows, 10))
		fmt.Fprintf(w, "  %s\t%s\t%s\tsha256 %s\n", b.Source, b.Period, rows, b.SHA256)
	}
	return w.Flush()
}

func (e explanation) printChecks(out io.Writer, s speech) {
	fmt.Fprintf(out, "\n%s\n", s.say("explain_checks", "passed", strconv.Itoa(len(e.Passed)), "failed", strconv.Itoa(len(e.Failed)), "warned", strconv.Itoa(len(e.Warnings))))
	for _, list := range []struct {
		word  string
		names []string
	}{{"failed", e.Failed}, {"warned", e.Warnings}, {"passed", e.Passed}} {
		for _, name := range list.names {
			fmt.Fprintf(out, "  %s  %s\n", s["explain_"+list.word], strings.ReplaceAll(name, "\n", "\n  "))
		}
	}
	for _, o := range e.Signed {
		fmt.Fprintf(out, "  %s  %s: %s (%s, %s)\n", s["explain_signed"], o.Check, o.Reason, o.SignedBy, o.SignedOn)
	}
}

func (e explanation) printConfidential(out io.Writer, s speech) {
	if e.Confidential == nil {
		return
	}
	fmt.Fprintf(out, "\n%s\n", s["explain_confidential"])
	printNumbers(out, s, e.Confidential.Numbers)
	for _, text := range []string{e.Confidential.CubeSays, e.Confidential.Why} {
		if text != "" {
			fmt.Fprintln(out, "  "+text)
		}
	}
	if e.Status == release.Confidential {
		fmt.Fprintln(out, "  "+s["explain_stays"])
	}
}
