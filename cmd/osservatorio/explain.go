package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"osservatorio/queries"
	"osservatorio/queries/disclosure"
	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// question names one cell, as given on the command line.
type question struct {
	view, measure, geo, period string
	breakdowns                 []string
	lang                       string
	sql, confidential, asJSON  bool
}

func (a *app) explainCommand() *cobra.Command {
	var q question
	c := &cobra.Command{
		Use:   "explain VIEW --measure M --geo G --period P [--breakdown COLUMN=CODE...]",
		Short: "Tell where a number comes from, and why it is shown or not",
		Long: `Tells of one cell of a published view: what it means, the SQL files it is
computed by in their order, the deliveries they read with their checksums, the
checks that they passed, and why the cell is shown or not.

A hidden cell is told without its number. --confidential prints what the cube
holds before protection: never pass that on.`,
		Example: "  osservatorio explain out_employed --measure employed_180 --geo ER-D21 --period 2025-Q4\n" +
			"  osservatorio explain lep_coverage --measure accoglienza --geo ITH5 --period 2025 --breakdown sex=F",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			q.view = args[0]
			if q.lang != "it" && q.lang != "en" {
				return withCode(exitUsage, fmt.Errorf("explain --lang %q: allowed: it, en", q.lang))
			}
			return in.held(cmd.Context(), func(db *warehouse.DB) error {
				e, err := in.explain(cmd.Context(), db, q)
				if err != nil {
					return err
				}
				if q.asJSON {
					return printJSON(a.stdout, e)
				}
				return e.print(a.stdout, q)
			})
		},
	}
	c.Flags().StringVar(&q.measure, "measure", "", "code of the measure; may be left out where the view has one")
	c.Flags().StringVar(&q.geo, "geo", "", "code of the territory, such as ER-D21")
	c.Flags().StringVar(&q.period, "period", "", "period, such as 2025-Q4 or 2025")
	c.Flags().StringArrayVar(&q.breakdowns, "breakdown", nil, "column=code of a breakdown, such as sex=F; may be given several times")
	c.Flags().StringVar(&q.lang, "lang", "it", "language of the answer: it or en")
	c.Flags().BoolVar(&q.sql, "sql", false, "print the SQL of the files too")
	c.Flags().BoolVar(&q.confidential, "confidential", false, "print the unprotected numbers of the cell")
	c.Flags().BoolVar(&q.asJSON, "json", false, "print JSON")
	return c
}

// explanation is the answer, in the order in which it is printed.
type explanation struct {
	Definition   release.Header       `json:"definition"`
	Rules        *disclosure.Rules    `json:"rules"` // nil for open views
	Cell         map[string]string    `json:"cell"`
	Files        []explainedFile      `json:"files"` // in the order of computation
	Lists        []string             `json:"lists"` // reference tables read
	Deliveries   []warehouse.Batch    `json:"deliveries"`
	Passed       []string             `json:"checks_passed"`
	Failed       []string             `json:"checks_failed"`
	Warnings     []string             `json:"checks_warned"`
	Signed       []queries.Override   `json:"checks_signed"`
	Published    string               `json:"published"` // in words
	Status       release.Status       `json:"obs_status,omitempty"`
	Conf         release.ConfStatus   `json:"conf_status,omitempty"`
	Reason       string               `json:"reason,omitempty"`
	Numbers      disclosure.Numbers   `json:"numbers"`                // as published
	Confidential *confidentialNumbers `json:"confidential,omitempty"` // only where asked for
	key          []string
}

type explainedFile struct {
	Path      string `json:"path"`
	SQL       string `json:"sql,omitempty"`
	SQLHash   string `json:"sql_sha256"`
	Lineage   string `json:"reads"`
	Materials string `json:"kind"`
}

// confidentialNumbers are for the operator alone.
type confidentialNumbers struct {
	disclosure.Numbers
	CubeSays string `json:"cube_says,omitempty"`
	Why      string `json:"why,omitempty"`
}

func (in *instance) explain(ctx context.Context, db *warehouse.DB, q question) (explanation, error) {
	var e explanation
	plan, err := in.derive(ctx, db)
	if err != nil {
		return e, err
	}
	cube, err := findCube(plan, q.view)
	if err != nil {
		return e, err
	}
	if e.Definition, err = plan.PublicHeader(ctx, db, cube); err != nil {
		return e, err
	}
	if e.Cell, err = cellOf(ctx, db, e.Definition, q); err != nil {
		return e, withCode(exitUsage, fmt.Errorf("explain %s: %w", q.view, err))
	}
	e.key = cube.Key()
	if err := e.trace(ctx, db, plan, cube, q.sql); err != nil {
		return e, err
	}
	found, err := queries.Inspect(ctx, db, plan, queries.Inspection{Overrides: in.overrides(), About: []string{cube.Qualified()}})
	if err != nil {
		return e, err
	}
	e.judge(found)
	cell, err := disclosure.Look(ctx, db, plan, disclosure.Policy{Contracts: protections()}, cube, e.Cell)
	if err != nil {
		return e, err
	}
	return e, e.show(cell, q)
}

func findCube(plan queries.Plan, view string) (queries.View, error) {
	var names []string
	for _, c := range plan.Cubes() {
		if c.Header.View == view {
			return c, nil
		}
		names = append(names, c.Header.View)
	}
	return queries.View{}, withCode(exitUsage, fmt.Errorf("explain %q: no such view: allowed: %s", view, strings.Join(names, ", ")))
}

// cellOf turns the question into the key of a cell and refuses codes that
// nobody knows.
func cellOf(ctx context.Context, db *warehouse.DB, h release.Header, q question) (map[string]string, error) {
	var codes []string
	for _, m := range h.Measures {
		codes = append(codes, m.Code)
	}
	if q.measure == "" && len(codes) == 1 {
		q.measure = codes[0]
	}
	if !slices.Contains(codes, q.measure) {
		return nil, fmt.Errorf("--measure %q: allowed: %s", q.measure, strings.Join(codes, ", "))
	}
	cell := map[string]string{"geo": q.geo, "period": q.period, "period_type": periodType(q.period), "measure": q.measure}
	if cell["period_type"] == "" {
		return nil, fmt.Errorf("--period %q: want a period such as 2025-Q4, 2025, 2025-12 or 2025-12-31", q.period)
	}
	var err error
	if cell["geo_level"], err = queries.LevelOf(ctx, db, q.geo); err != nil {
		return nil, err
	}
	if cell["geo_level"] == "" {
		return nil, fmt.Errorf("--geo %q: no such territory: see the column code of geo.csv", q.geo)
	}
	for _, b := range h.Breakdowns {
		cell[b] = release.Total
	}
	for _, asked := range q.breakdowns {
		column, code, ok := strings.Cut(asked, "=")
		if !ok || !slices.Contains(h.Breakdowns, column) {
			return nil, fmt.Errorf("--breakdown %q: want COLUMN=CODE with a column of the view: %s", asked, orNone(h.Breakdowns))
		}
		allowed, err := queries.CodesOf(ctx, db, column)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(allowed, code) {
			return nil, fmt.Errorf("--breakdown %q: allowed: %s", asked, strings.Join(allowed, ", "))
		}
		cell[column] = code
	}
	return cell, nil
}

// periodType tells the kind of a period by its form, "" where it has none.
func periodType(period string) string {
	switch {
	case !periodName.MatchString(period) && !isDate(period):
		return ""
	case isDate(period):
		return "day"
	case strings.Contains(period, "Q"):
		return "quarter"
	case len(period) == len("2025"):
		return "year"
	}
	return "month"
}

// trace lists the files behind a cube in the order of computation, and the
// deliveries that they read.
func (e *explanation) trace(ctx context.Context, db *warehouse.DB, plan queries.Plan, cube queries.View, withSQL bool) error {
	for _, v := range plan.Only(cube.Qualified()).Views {
		f := explainedFile{Path: "queries/" + v.Path, SQLHash: plan.SQLHash(v.Qualified()), Lineage: strings.Join(plan.Reads(v.Qualified()), ", "), Materials: "view"}
		if v.Header.Table {
			f.Materials = "table"
		}
		if withSQL {
			f.SQL = v.Select
		}
		e.Files = append(e.Files, f)
	}
	for _, table := range plan.Upstream(cube.Qualified()) {
		if strings.HasPrefix(table, "reference.") {
			e.Lists = append(e.Lists, table)
		}
	}
	lineage := plan.Lineage(cube.Qualified())
	batches, err := warehouse.CurrentBatches(ctx, db)
	e.Deliveries = slices.DeleteFunc(batches, func(b warehouse.Batch) bool { return !slices.Contains(lineage, b.Contract) })
	return err
}

func (e *explanation) judge(found queries.Findings) {
	e.Passed, e.Failed, e.Warnings, e.Signed = found.Passed, []string{}, []string{}, found.Signed
	for _, f := range found.Failures {
		e.Failed = append(e.Failed, f.String())
	}
	for _, f := range found.Warnings {
		e.Warnings = append(e.Warnings, f.String())
	}
}

// show tells what is published of the cell, and what the cube holds only where
// the operator asked for it.
func (e *explanation) show(c disclosure.Cell, q question) error {
	words, err := speak(q.lang)
	if err != nil {
		return err
	}
	e.Rules, e.Status, e.Conf, e.Reason, e.Numbers = c.Rules, c.Status, c.Conf, c.Reason, c.Shown
	e.Published = words.say("explain_"+published(c), "reason", words.reason(c.Reason))
	if !q.confidential || !c.Computed {
		return nil
	}
	e.Confidential = &confidentialNumbers{Numbers: c.Cube, CubeSays: c.CubeSays}
	if why := whyHidden(c); why != "" {
		e.Confidential.Why = words[why]
	}
	return nil
}

// reason is the reason of a missing number in words.
func (s speech) reason(code string) string {
	if text, known := s["explain_reason_"+code]; known {
		return text
	}
	return code
}

// whyHidden is the key of what an operator may know of a hidden cell, "" where there is nothing.
func whyHidden(c disclosure.Cell) string {
	switch {
	case c.Dominated:
		return "explain_why_dominated"
	case c.Primary:
		return "explain_why_primary"
	case c.Status == release.Confidential:
		return "explain_why_secondary"
	}
	return ""
}

// published is the key of the words that say why a cell is shown or not; they never
// tell which of several reasons hides a confidential one.
func published(c disclosure.Cell) string {
	switch {
	case !c.Computed:
		return "no_cell"
	case !c.Requested:
		return "not_asked"
	}
	keys := map[release.Status]string{
		release.Normal:         "shown",
		release.Provisional:    "provisional",
		release.SeriesBreak:    "break",
		release.LowReliability: "unreliable",
		release.CannotExist:    "empty",
		release.Missing:        "missing",
		release.Confidential:   "hidden",
	}
	if key, known := keys[c.Status]; known {
		return key
	}
	return "as_given"
}
