package queries

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// offendersShown is how many offending rows a failure carries.
const offendersShown = 5

// Failure is a check that found something. A release with failures that stop
// must not be made; the rows in the warehouse stay.
type Failure struct {
	Check    string // "checks/source_late.sql", "cubes/flows.sql: grain"
	Name     string // by which an operator may sign it: "source_late"; "" where nobody may
	Severity Severity
	Message  string // to the operator
	Count    int64  // offending rows
	Columns  []string
	Rows     [][]string // the first few; only columns that name no person and no count
}

// String is the failure as an operator reads it.
func (f Failure) String() string {
	out := fmt.Sprintf("%s: %s (%d rows)", f.Check, f.Message, f.Count)
	for _, row := range f.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = f.Columns[i] + "=" + cell
		}
		out += "\n  " + strings.Join(cells, " ")
	}
	return out
}

// showable are the columns whose values a failure may print: they say where to
// look, never who. Breakdown columns of cubes are added to them.
var showable = []string{
	"load_id", "line", "source", "contract", "dataset", "indicator", "view", "geo_level", "geo", "period_type", "period",
	"measure", "lep", "slug", "comune", "cpi", "district", "list", "code", "policy", "parameter", "column", "type", "expected", "note_id",
	"rule", "complete_to", "newest",
}

// Override is an operator's signature: the release is made although the check
// found something, in that period and territory only where they are named. It
// is published with the release.
type Override struct {
	Check    string `json:"check"`
	Period   string `json:"period,omitempty"`
	Geo      string `json:"geo,omitempty"`
	Reason   string `json:"reason"`
	SignedBy string `json:"signed_by"`
	SignedOn string `json:"signed_on"` // YYYY-MM-DD
	Until    string `json:"until"`     // the last day on which it holds
}

// Inspection says how to check.
type Inspection struct {
	Overrides []Override       // those that hold today
	Previous  *release.Release // that the totals are compared with; nil for none
	About     []string         // views to check with all that they read; nil is all
}

// Findings is what the checks found.
type Findings struct {
	Failures []Failure  // stop a release
	Warnings []Failure  // are told and published
	Signed   []Override // covered something that a check found
	Unused   []Override // covered nothing
	Passed   []string   // checks that found nothing, in the order in which they ran
}

// Check is Inspect without overrides and without an earlier release: it
// returns what stops a release.
func Check(ctx context.Context, db *warehouse.DB, plan Plan) ([]Failure, error) {
	found, err := Inspect(ctx, db, plan, Inspection{})
	return found.Failures, err
}

// Inspect runs the written checks of the plan and those that follow from the
// headers: grain unique and never NULL, columns and types as declared, known
// measures, territories, codes and notes, parts and statuses that make sense,
// finite numbers. An override takes away what it covers of a written check; no
// override reaches the others. The error is for checks that could not run.
func Inspect(ctx context.Context, db *warehouse.DB, plan Plan, how Inspection) (Findings, error) {
	i := inspection{db: db, plan: plan, how: how, columns: slices.Clone(showable), used: make([]bool, len(how.Overrides))}
	for _, cube := range plan.Cubes() {
		i.columns = append(i.columns, cube.Header.Breakdowns...)
	}
	for _, step := range []func(context.Context) error{i.runGenerated, i.runWritten, i.runMoved} {
		if err := step(ctx); err != nil {
			return i.found, err
		}
	}
	for n, o := range how.Overrides {
		if i.used[n] {
			i.found.Signed = append(i.found.Signed, o)
		} else {
			i.found.Unused = append(i.found.Unused, o)
		}
	}
	return i.found, nil
}

type inspection struct {
	db      *warehouse.DB
	plan    Plan
	how     Inspection
	columns []string // that a failure may show
	used    []bool   // overrides that covered something
	found   Findings
}

// add keeps a failure where it belongs.
func (i *inspection) add(f Failure) {
	switch {
	case f.Count == 0:
		i.found.Passed = append(i.found.Passed, f.Check)
	case f.Severity == Warn:
		i.found.Warnings = append(i.found.Warnings, f)
	default:
		i.found.Failures = append(i.found.Failures, f)
	}
}

// about tells whether a view is to be checked.
func (i *inspection) about(view string) bool {
	return i.how.About == nil || slices.ContainsFunc(i.how.About, func(name string) bool {
		return name == view || slices.Contains(i.plan.Upstream(name), view)
	})
}

// concerns tells whether a written check looks only at what is to be checked.
func (i *inspection) concerns(c View) bool {
	return !slices.ContainsFunc(i.plan.Reads(c.Qualified()), func(read string) bool {
		_, ours := i.plan.Find(read)
		return ours && !i.about(read)
	})
}

func (i *inspection) runGenerated(ctx context.Context) error {
	for _, v := range i.plan.Views {
		if !i.about(v.Qualified()) {
			continue
		}
		if err := i.runGeneratedOf(ctx, v); err != nil {
			return err
		}
	}
	return nil
}

// runGeneratedOf runs the generated checks of a view. All but that of columns
// look at its rows: a table without any, whose source never came, passes them.
func (i *inspection) runGeneratedOf(ctx context.Context, v View) error {
	empty := false
	for _, g := range generatedChecks(v) {
		var f Failure
		var err error
		if !empty {
			f, err = runCheck(ctx, i.db, g.query, i.columns)
		}
		f.Check, f.Message, f.Severity = v.Path+": "+g.what, g.message, Stop
		if err != nil {
			return fmt.Errorf("check %s: %w", f.Check, err)
		}
		i.add(f)
		if g.what != "columns" {
			continue
		}
		if f.Count > 0 {
			return nil // the other checks of this view would not bind
		}
		if empty, err = i.empty(ctx, v); err != nil {
			return fmt.Errorf("check %s: %w", v.Path, err)
		}
	}
	return nil
}

// empty tells whether a view is a table without rows; a view that is none would
// have to be computed to tell.
func (i *inspection) empty(ctx context.Context, v View) (bool, error) {
	if !v.Header.Table {
		return false, nil
	}
	var rows bool
	err := i.db.QueryRowContext(ctx, "SELECT count(*) > 0 FROM (FROM "+v.Qualified()+" LIMIT 1)").Scan(&rows)
	return !rows, err
}

func (i *inspection) runWritten(ctx context.Context) error {
	for _, c := range i.plan.Checks {
		if !i.concerns(c) {
			continue
		}
		f, err := i.runSigned(ctx, c)
		f.Check, f.Message, f.Severity = c.Path, c.Notice.Message, c.Notice.Severity
		if c.Notice.Signed {
			f.Name = c.Name
		}
		if err != nil {
			return fmt.Errorf("check %s: %w", c.Path, err)
		}
		i.add(f)
	}
	return nil
}

// runSigned runs a written check and leaves out the rows that an override
// covers.
func (i *inspection) runSigned(ctx context.Context, c View) (Failure, error) {
	query := c.Select
	for n, o := range i.how.Overrides {
		if o.Check != c.Name || !c.Notice.Signed {
			continue
		}
		covers, err := i.covers(ctx, c, o)
		if err != nil {
			return Failure{}, err
		}
		var rows int64
		if err := i.db.QueryRowContext(ctx, "SELECT count(*) FROM (\n"+query+"\n) WHERE "+covers).Scan(&rows); err != nil {
			return Failure{}, err
		}
		i.used[n] = rows > 0
		query = "SELECT * FROM (\n" + query + "\n) WHERE NOT (" + covers + ")"
	}
	return runCheck(ctx, i.db, query, i.columns)
}

// covers is the condition of the rows of a check that an override signs.
func (i *inspection) covers(ctx context.Context, c View, o Override) (string, error) {
	rows, err := i.db.QueryContext(ctx, "SELECT * FROM (\n"+c.Select+"\n) LIMIT 0")
	if err != nil {
		return "", err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	condition := "true"
	for _, part := range [][2]string{{"period", o.Period}, {"geo", o.Geo}} {
		switch {
		case part[1] == "":
		case !slices.Contains(columns, part[0]):
			return "", fmt.Errorf("override signed by %s: the check tells no %s: sign it without one", o.SignedBy, part[0])
		default:
			condition += fmt.Sprintf(" AND coalesce(CAST(%s AS VARCHAR) = %s, false)", name(part[0]), quote(part[1]))
		}
	}
	return condition, nil
}

func runCheck(ctx context.Context, db *warehouse.DB, query string, showable []string) (Failure, error) {
	var f Failure
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM (\n"+query+"\n)").Scan(&f.Count); err != nil || f.Count == 0 {
		return f, err
	}
	rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (\n%s\n) ORDER BY ALL LIMIT %d", query, offendersShown))
	if err != nil {
		return f, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return f, err
	}
	for rows.Next() {
		cells := make([]*string, len(names))
		into := make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			return f, err
		}
		f.addRow(names, cells, showable)
	}
	return f, rows.Err()
}

// addRow keeps the cells of a row that may be shown.
func (f *Failure) addRow(names []string, cells []*string, showable []string) {
	f.Columns = nil
	var row []string
	for i, n := range names {
		if !slices.Contains(showable, n) {
			continue
		}
		f.Columns = append(f.Columns, n)
		if cells[i] == nil {
			row = append(row, "NULL")
			continue
		}
		row = append(row, *cells[i])
	}
	if len(row) > 0 {
		f.Rows = append(f.Rows, row)
	}
}
