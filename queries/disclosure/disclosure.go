// Package disclosure knows what may be shown: it turns cubes into published
// tables by the requested plan and the primary rules of disclosure control,
// and it alone writes the schema published. It must not know charts or pages.
//
// Complementary protection (cells hidden so that others cannot be computed from
// sums) runs over all views together where Policy.Together asks for it, as every
// release of real data does.
package disclosure

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"osservatorio/queries"
	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// Policy says what Protect may publish.
type Policy struct {
	Contracts map[string]string // protection of each contract: personal, establishment, open
	Plan      []Tier            // requested combinations of protected views; nil is that of reference.plan
	Measures  []Asked           // measures that are published of views which do not show all of theirs in every tier; nil is reference.plan_measures
	Secondary []Step            // further rules of one view, run after the primary rules and before what all views must hide together
	Together  bool              // hide what could be computed from sums over all views, and hold the release to the gate
	Across    bool              // hold the release to all earlier ones in the ledger
	Mature    bool              // show outcomes of a period when all of them can be observed, as the parameter outcomes_at_maturity asks
	Salt      string            // secret of the instance that settles what is otherwise equal, so that nobody can replay the choice
	Steps     int64             // of the search for what to hide in one family of numbers, until detail is given up; 0: 200 million
	Intervals *Intervals        // asks the interval attacker too; nil: it is not run
	Tell      func(Event)       // hears of the work on families; from several goroutines, one at a time
	judges    judges            // asked instead of our own, to try the gate
}

// Tier is one line of the requested plan: a breakdown that is asked for a kind
// of period, at the finest levels of the geography (those that have a page
// each, and below) or above them. What no tier names is not published.
type Tier struct {
	PeriodType string
	Finest     bool
	Breakdown  string // "_T", a breakdown column, or several crossed, joined by _ in the order of the header
}

// tiersOf reads the plan of the instance. Without one nothing that is
// protected could be published, which is an error.
func tiersOf(ctx context.Context, db *warehouse.DB) ([]Tier, error) {
	rows, err := db.QueryContext(ctx, `SELECT period_type, finest, breakdown FROM reference.plan ORDER BY ALL`)
	if err != nil {
		return nil, fmt.Errorf("protect: read plan: %w", err)
	}
	defer rows.Close()
	tiers := []Tier{}
	for rows.Next() {
		var t Tier
		if err := rows.Scan(&t.PeriodType, &t.Finest, &t.Breakdown); err != nil {
			return nil, fmt.Errorf("protect: read plan: %w", err)
		}
		tiers = append(tiers, t)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("protect: read plan: %w", err)
	}
	if len(tiers) == 0 {
		return nil, wrongList{"plan", errors.New("no rows: expected the breakdowns that are published, by period type and level")}
	}
	return tiers, nil
}

// Rules are the primary rules of one policy of reference.disclosure_rules.
type Rules struct {
	Policy            string `json:"policy"`
	Threshold         int    `json:"threshold"`          // 0 < n < threshold is confidential
	ProtectComplement bool   `json:"protect_complement"` // so is 0 < d − n < threshold
	MinDenominator    int    `json:"min_denominator"`    // no rate below it
	Source            string `json:"source"`

	PPercent float64 `json:"p_percent,omitempty"` // a sum must not tell its largest contribution to within so many percent to who made the second largest; 0: no such rule
}

// Mask is one view on its way to publication: two tables of the transaction.
// Cells holds the requested cells with the columns of the cube and a number
// "cell"; Hidden holds the numbers of those that are confidential, Needs what
// a numerator or value, or a denominator, that one contribution dominates must
// be able to hold while hidden.
type Mask struct {
	View                 queries.View
	Rules                Rules
	Cells, Hidden, Needs string
}

// Step adds cells to Hidden. It never takes one away.
type Step interface {
	Hide(ctx context.Context, tx *sql.Tx, m Mask) error
}

// Report is what Protect did, without any value: it may be published.
type Report struct {
	Complementary string        `json:"complementary"` // "run" over all views together, or "not run": a synthetic instance may leave it out
	Gate          *GateReport   `json:"gate,omitempty"`
	Across        *AcrossReport `json:"-"`                              // for the operator: it would make every run another release
	Mask          string        `json:"mask_sha256"`                    // hash of which cells are hidden: maskOf says how it is made
	Views         []ViewReport  `json:"views"`                          // by name
	Mature        bool          `json:"outcomes_at_maturity,omitempty"` // outcomes of a period are shown only when all of them can be observed
}

// ViewReport counts the cells of one published view.
type ViewReport struct {
	View     string           `json:"view"`
	Open     bool             `json:"open"`
	Rules    *Rules           `json:"rules"`     // nil for open views
	Cells    int64            `json:"cells"`     // published rows
	LeftOut  int64            `json:"-"`         // cells of the cube that the plan does not request: how many a cube has is not public
	ByStatus map[string]int64 `json:"by_status"` // obs_status → rows
	Tiers    []TierReport     `json:"tiers"`     // by level, kind of period and breakdown; none for open views
}

// Protect fills the schema published from the cubes of the plan, in one
// transaction: after an error the earlier tables stand. An open cube whose
// lineage reaches a contract that is not open is an error.
func Protect(ctx context.Context, db *warehouse.DB, plan queries.Plan, policy Policy) (Report, error) {
	return protect(ctx, db, plan, policy, primaryRules())
}

func protect(ctx context.Context, db *warehouse.DB, plan queries.Plan, policy Policy, rules []Step) (Report, error) {
	report := Report{Complementary: "not run", Views: []ViewReport{}}
	if err := plan.CheckProtection(policy.Contracts); err != nil {
		return report, err
	}
	jobs, err := prepare(ctx, db, plan)
	if err != nil {
		return report, err
	}
	if slices.ContainsFunc(jobs, func(j job) bool { return j.rules != nil }) {
		ours := policy.Plan == nil
		if err := policy.fill(ctx, db); err != nil {
			return report, err
		}
		if ours {
			if err := checkTiers(policy.Plan, plan); err != nil {
				return report, err
			}
			if err := checkAsked(policy.Measures, policy.Plan, jobs); err != nil {
				return report, err
			}
		}
	}
	p := &protection{jobs: jobs, policy: policy, steps: append(append([]Step{}, rules...), policy.Secondary...)}
	err = db.Tx(ctx, func(tx *sql.Tx) error { return p.run(ctx, tx, &report) })
	return report, err
}

// job is one cube with what is needed to publish it.
type job struct {
	cube   queries.View
	header release.Header
	rules  *Rules // nil for open views
}

func prepare(ctx context.Context, db *warehouse.DB, plan queries.Plan) ([]job, error) {
	var jobs []job
	for _, cube := range plan.Cubes() {
		header, err := plan.PublicHeader(ctx, db, cube)
		if err != nil {
			return nil, err
		}
		j := job{cube: cube, header: header}
		if header.Protection != "open" {
			rules, err := rulesOf(ctx, db, cube.Header.Rules)
			if err != nil {
				return nil, fmt.Errorf("protect %s: %w", cube.Path, err)
			}
			j.rules = &rules
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

func rulesOf(ctx context.Context, db *warehouse.DB, policy string) (Rules, error) {
	r := Rules{Policy: policy}
	row := db.QueryRowContext(ctx, `
		SELECT threshold, protect_complement, min_denominator, r.source, coalesce(p_percent, 0)
		FROM reference.disclosure_rules r LEFT JOIN reference.dominance_rules d USING (policy) WHERE policy = ?`, policy)
	if err := row.Scan(&r.Threshold, &r.ProtectComplement, &r.MinDenominator, &r.Source, &r.PPercent); err != nil {
		return r, fmt.Errorf("rules %q: not in reference.disclosure_rules: %w", policy, err)
	}
	if r.Threshold < 0 || r.Threshold == 0 && (r.ProtectComplement || r.MinDenominator > 0) {
		return r, fmt.Errorf("rules %q: threshold %d protects nobody: expected 1 or more, or 0 with no other rule beside it", policy, r.Threshold)
	}
	return r, nil
}

// hide runs the steps, and after each the rule that a derived measure goes
// with its parts.
func hide(ctx context.Context, tx *sql.Tx, mask Mask, steps []Step) error {
	for _, step := range steps {
		if err := step.Hide(ctx, tx, mask); err != nil {
			return fmt.Errorf("hide cells: %w", err)
		}
		if err := (derived{}).Hide(ctx, tx, mask); err != nil {
			return fmt.Errorf("hide derived cells: %w", err)
		}
	}
	return nil
}

func tally(ctx context.Context, tx *sql.Tx, report *ViewReport) error {
	rows, err := tx.QueryContext(ctx, `SELECT obs_status, count(*) FROM published.`+report.View+` GROUP BY obs_status`)
	if err != nil {
		return fmt.Errorf("count statuses: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var status string
		var n int64
		if err := rows.Scan(&status, &n); err != nil {
			return fmt.Errorf("count statuses: %w", err)
		}
		report.ByStatus[status] = n
		report.Cells += n
	}
	return rows.Err()
}
