package disclosure

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"
)

// TierReport counts the cells of one view that the plan asks for at one level
// of the geography, for one kind of period and one breakdown.
type TierReport struct {
	Level      string `json:"level"`
	PeriodType string `json:"period_type"`
	Breakdown  string `json:"breakdown"` // "_T", or columns joined by _
	Requested  int64  `json:"requested"`
	Suppressed int64  `json:"suppressed"` // those that are shown as confidential, for whatever reason
}

// tiers counts what was published of a protected view. It reads the published
// table, so that nothing but what everybody can count gets into the report.
func (r *ViewReport) tiers(ctx context.Context, tx *sql.Tx, breakdowns []string) error {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`
		SELECT geo_level, period_type, %s AS breakdown, count(*), count(*) FILTER (conf_status = 'C')
		FROM published.%s GROUP BY ALL ORDER BY geo_level, period_type, breakdown`, crossed(breakdowns), r.View))
	if err != nil {
		return fmt.Errorf("count tiers: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var t TierReport
		if err := rows.Scan(&t.Level, &t.PeriodType, &t.Breakdown, &t.Requested, &t.Suppressed); err != nil {
			return fmt.Errorf("count tiers: %w", err)
		}
		r.Tiers = append(r.Tiers, t)
	}
	return rows.Err()
}

// maskOf is the hash of which cells are hidden: SHA-256 over a line for each,
// of its view and its key in the order of the files, parted by commas, views by
// name. Everybody can compute it from the files.
func maskOf(ctx context.Context, tx *sql.Tx, jobs []job) (string, error) {
	protected := slices.DeleteFunc(slices.Clone(jobs), func(j job) bool { return j.rules == nil })
	slices.SortFunc(protected, func(a, b job) int { return strings.Compare(a.header.View, b.header.View) })
	sum := sha256.New()
	for _, j := range protected {
		if err := addHidden(ctx, tx, j, sum); err != nil {
			return "", fmt.Errorf("hash the mask: %s: %w", j.header.View, err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func addHidden(ctx context.Context, tx *sql.Tx, j job, sum hash.Hash) error {
	key := strings.Join(j.cube.Key(), ", ")
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`
		SELECT concat_ws(',', '%[1]s', %[2]s) FROM published.%[1]s WHERE conf_status = 'C' ORDER BY %[2]s`, j.header.View, key))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		fmt.Fprintln(sum, line)
	}
	return rows.Err()
}
