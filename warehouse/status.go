package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Batch is one accepted delivery that counts now.
type Batch struct {
	Source, Contract, Period, SHA256 string
	Rows                             int64
	Synthetic                        bool
}

// CurrentBatches lists the deliveries that count now, by source, period and
// checksum: the same list for the same accepted deliveries, whatever the order
// they came in.
func CurrentBatches(ctx context.Context, db *DB) ([]Batch, error) {
	rows, err := db.QueryContext(ctx, `
		SELECT d.source, d.contract, d.period, d.sha256, d.rows, d.synthetic
		FROM ledger.deliveries d JOIN ledger.current_loads USING (load_id)
		ORDER BY d.source, d.period, d.sha256`)
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	defer rows.Close()
	var out []Batch
	for rows.Next() {
		var b Batch
		if err := rows.Scan(&b.Source, &b.Contract, &b.Period, &b.SHA256, &b.Rows, &b.Synthetic); err != nil {
			return nil, fmt.Errorf("read ledger: %w", err)
		}
		out = append(out, b)
	}
	return out, rows.Err()
}

// SourceStatus is what the ledger says of one source.
type SourceStatus struct {
	Source      string     `json:"source"`
	Contract    string     `json:"contract"`
	Deliveries  int64      `json:"deliveries"`
	Rows        int64      `json:"rows"`
	Accepted    int64      `json:"accepted"`
	Quarantined int64      `json:"quarantined"`
	Superseded  int64      `json:"superseded"`
	Latest      string     `json:"latest_period"`
	LoadedAt    time.Time  `json:"last_loaded_at"`
	CompleteTo  *time.Time `json:"complete_to,omitempty"` // of its contract; nil where no period is stated
}

// Sources sums up the ledger by source.
func Sources(ctx context.Context, db *DB) ([]SourceStatus, error) {
	rows, err := db.QueryContext(ctx, `
		SELECT d.source, d.contract, count(*), CAST(sum(d.rows) AS BIGINT), CAST(sum(d.accepted) AS BIGINT),
		       CAST(sum(d.quarantined) AS BIGINT), CAST(sum(d.superseded) AS BIGINT), max(d.period), max(d.loaded_at),
		       any_value(c.complete_to)
		FROM ledger.deliveries d LEFT JOIN ledger.completeness c ON c.contract = d.contract
		GROUP BY d.source, d.contract ORDER BY d.source`)
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	defer rows.Close()
	var out []SourceStatus
	for rows.Next() {
		var s SourceStatus
		var complete sql.NullTime
		if err := rows.Scan(&s.Source, &s.Contract, &s.Deliveries, &s.Rows, &s.Accepted, &s.Quarantined, &s.Superseded,
			&s.Latest, &s.LoadedAt, &complete); err != nil {
			return nil, fmt.Errorf("read ledger: %w", err)
		}
		if complete.Valid {
			s.CompleteTo = &complete.Time
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// ExtractionDate is the last day up to which every archive of persons and
// establishments with dated periods is complete: open figures (plans, funds,
// population) come by the year and would hold the date back. Where there are
// none but open ones, they tell it; where no delivery states a period it is the
// latest day of issue; the zero time if nothing was loaded.
func ExtractionDate(ctx context.Context, db *DB) (time.Time, error) {
	var day sql.NullTime
	if err := db.QueryRowContext(ctx, `
		WITH archives AS (SELECT DISTINCT contract FROM ledger.deliveries WHERE protection <> 'open')
		SELECT coalesce((SELECT min(complete_to) FROM ledger.completeness JOIN archives USING (contract)),
		                (SELECT min(complete_to) FROM ledger.completeness),
		                (SELECT CAST(max(issued_at) AS DATE) FROM ledger.deliveries))`).Scan(&day); err != nil {
		return time.Time{}, fmt.Errorf("read ledger: %w", err)
	}
	return day.Time, nil
}
