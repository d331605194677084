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
	e.printDefinition(out, q.lang)
	e.printCell(out)
	e.printFiles(out, q.sql)
	if err := e.printDeliveries(out); err != nil {
		return err
	}
	e.printChecks(out)
	e.printConfidential(out)
	return nil
}

func (e explanation) printDefinition(out io.Writer, lang string) {
	h := e.Definition
	m, _ := h.Measure(e.Cell["measure"])
	fmt.Fprintf(out, "%s  %s\n%s\n", h.Definition, h.Title.In(lang), h.Description.In(lang))
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(out, "  %-12s %s\n", name, text)
		}
	}
	line("measure", m.Code+": "+m.Label.In(lang)+" ("+string(m.Unit)+")")
	line("kind", string(h.Kind))
	line("universe", h.Universe.In(lang))
	line("numerator", h.Numerator.In(lang))
	line("denominator", h.Denominator.In(lang))
	line("source", h.Source.In(lang))
	for _, c := range h.Caveats {
		line("caveat", c.In(lang))
	}
	line("method", h.Method)
	line("sql sha256", h.SQLHash)
	line("policy", policyText(h.Protection, e.Rules))
}

func policyText(protection string, r *disclosure.Rules) string {
	if r == nil {
		return "none: the view is open"
	}
	text := fmt.Sprintf("%s (%s): counts from 1 to %d are confidential", r.Policy, protection, r.Threshold-1)
	if r.Threshold == 0 {
		text = fmt.Sprintf("%s (%s): no count is confidential by itself", r.Policy, protection)
	}
	if r.ProtectComplement {
		text += ", so is what is left of the denominator"
	}
	if r.MinDenominator > 0 {
		text += fmt.Sprintf("; no value below a denominator of %d", r.MinDenominator)
	}
	return text
}

func (e explanation) printCell(out io.Writer) {
	var key []string
	for _, column := range e.key {
		key = append(key, column+"="+e.Cell[column])
	}
	fmt.Fprintf(out, "\ncell %s\n  %s\n", strings.Join(key, " "), e.Published)
	if e.Status != "" {
		fmt.Fprintf(out, "  obs_status %s, conf_status %s\n", e.Status, e.Conf)
	}
	printNumbers(out, e.Numbers)
}

func printNumbers(out io.Writer, n disclosure.Numbers) {
	for _, x := range []struct {
		name   string
		number *float64
	}{{"numerator", n.Numerator}, {"denominator", n.Denominator}, {"value", n.Value}, {"low", n.Low}, {"high", n.High}} {
		if x.number != nil {
			fmt.Fprintf(out, "  %-12s %s\n", x.name, strconv.FormatFloat(*x.number, 'f', -1, 64))
		}
	}
}

func (e explanation) printFiles(out io.Writer, withSQL bool) {
	fmt.Fprintf(out, "\ncomputed by, in this order\n")
	for _, f := range e.Files {
		fmt.Fprintf(out, "  %s (%s) reads %s\n", f.Path, f.Materials, f.Lineage)
		if withSQL {
			fmt.Fprintf(out, "\n%s\n\n", f.SQL)
		}
	}
}

func (e explanation) printDeliveries(out io.Writer) error {
	fmt.Fprintf(out, "\nfrom %d deliveries\n", len(e.Deliveries))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, b := range e.Deliveries {
		fmt.Fprintf(w, "  %s\t%s\t%d rows\tsha256 %s\n", b.Source, b.Period, b.Rows, b.SHA256)
	}
	return w.Flush()
}

func (e explanation) printChecks(out io.Writer) {
	fmt.Fprintf(out, "\n%d checks passed, %d failed, %d warned\n", len(e.Passed), len(e.Failed), len(e.Warnings))
	for _, list := range []struct {
		word  string
		names []string
	}{{"failed", e.Failed}, {"warned", e.Warnings}, {"passed", e.Passed}} {
		for _, name := range list.names {
			fmt.Fprintf(out, "  %s  %s\n", list.word, strings.ReplaceAll(name, "\n", "\n  "))
		}
	}
	for _, o := range e.Signed {
		fmt.Fprintf(out, "  signed  %s: %s (%s, %s)\n", o.Check, o.Reason, o.SignedBy, o.SignedOn)
	}
}

func (e explanation) printConfidential(out io.Writer) {
	if e.Confidential == nil {
		return
	}
	fmt.Fprintf(out, "\nCONFIDENTIAL, before protection: for the operator alone, never pass it on\n")
	printNumbers(out, e.Confidential.Numbers)
	for _, text := range []string{e.Confidential.CubeSays, e.Confidential.Why} {
		if text != "" {
			fmt.Fprintln(out, "  "+text)
		}
	}
	if e.Status == release.Confidential {
		fmt.Fprintln(out, "  nothing of it leaves with a release")
	}
}
