package disclosure

import (
	"context"
	"fmt"
	"strings"

	"osservatorio/warehouse"
)

// Mixed refuses a release whose site would say of data about persons or
// establishments what is not so. Callers turn it into an exit code of its own.
type Mixed struct {
	Sources   []string // with deliveries that are marked otherwise than the instance
	Synthetic bool     // the instance says that all is invented
}

func (e *Mixed) Error() string {
	what := "synthetic deliveries in an instance that is not marked synthetic"
	if e.Synthetic {
		what = "real deliveries in an instance marked synthetic"
	}
	return "make release: sources " + strings.Join(e.Sources, ", ") + ": " + what
}

// Hint says what can be done.
func (e *Mixed) Hint() string {
	return "keep invented and real data in instances of their own: synthetic = true in [region] says that every number is invented"
}

// Gate lets a release pass if current deliveries about persons or
// establishments are all synthetic in an instance marked so, or all real in one
// that is not.
func Gate(ctx context.Context, db *warehouse.DB, syntheticInstance bool) error {
	rows, err := db.QueryContext(ctx, `
		SELECT DISTINCT d.source
		FROM ledger.deliveries d JOIN ledger.current_loads USING (load_id)
		WHERE d.protection <> 'open' AND d.synthetic <> ?
		ORDER BY d.source`, syntheticInstance)
	if err != nil {
		return fmt.Errorf("make release: read ledger: %w", err)
	}
	defer rows.Close()
	var sources []string
	for rows.Next() {
		var source string
		if err := rows.Scan(&source); err != nil {
			return fmt.Errorf("make release: read ledger: %w", err)
		}
		sources = append(sources, source)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("make release: read ledger: %w", err)
	}
	if len(sources) > 0 {
		return &Mixed{Sources: sources, Synthetic: syntheticInstance}
	}
	return nil
}
