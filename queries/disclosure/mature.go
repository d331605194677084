package disclosure

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// outcomes is the policy of what becomes of persons.
const outcomes = "outcomes"

// mature leaves out, where the policy or the parameter outcomes_at_maturity asks it, the periods
// of a population of outcomes in which some follow-up has not passed yet: its
// cohorts are shown when all of them can be, by when late events have come in,
// so that few revisions have to be held.
func (p *protection) mature(ctx context.Context, tx *sql.Tx, report *Report) error {
	var asked bool
	err := tx.QueryRowContext(ctx, `SELECT coalesce(max(value), 0) = 1 FROM reference.parameters WHERE name = 'outcomes_at_maturity'`).Scan(&asked)
	if err != nil || !asked && !p.policy.Mature {
		return err
	}
	report.Mature = true
	groups := map[string][]*masked{}
	wanted := map[string]bool{}
	for _, v := range p.views {
		name := v.header().Sums.Of("").Population
		if name == "" || name == "-" {
			continue
		}
		groups[name] = append(groups[name], v)
		wanted[name] = wanted[name] || v.job.rules.Policy == outcomes
	}
	for _, name := range sorted(groups) {
		if !wanted[name] {
			continue
		}
		if err := ripen(ctx, tx, groups[name]); err != nil {
			return fmt.Errorf("protect population %s: leave out what is not mature: %w", name, err)
		}
	}
	return nil
}

// ripen empties the periods of views in which one of them cannot be observed: of a
// median that is not reached the parts, too, which stand without a value.
func ripen(ctx context.Context, tx *sql.Tx, views []*masked) error {
	var parts []string
	for _, v := range views {
		parts = append(parts, "SELECT period_type, period FROM "+v.mask.Cells+" WHERE obs_status = 'O' AND reason = 'not_observable'")
	}
	_, err := tx.ExecContext(ctx, "CREATE OR REPLACE TEMP TABLE protect_unripe AS "+strings.Join(parts, " UNION "))
	if err != nil {
		return err
	}
	for _, v := range views {
		_, err := tx.ExecContext(ctx, "UPDATE "+v.mask.Cells+` SET numerator = NULL, denominator = NULL, value = NULL, low = NULL, high = NULL, obs_status = 'O', reason = 'not_observable'
			WHERE (period_type, period) IN (FROM protect_unripe) AND (obs_status IS DISTINCT FROM 'O' OR reason = 'not_reached')`)
		if err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, "DROP TABLE protect_unripe")
	return err
}
