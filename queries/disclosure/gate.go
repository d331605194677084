package disclosure

import (
	"context"
	"fmt"
	"strings"

	"osservatorio/warehouse"
)

// NotBuilt refuses a release of real confidential data: a reader could compute
// hidden cells from sums. Callers turn it into an exit code of its own.
type NotBuilt struct {
	Sources []string // with personal or establishment deliveries
}

func (e *NotBuilt) Error() string {
	return "make release: sources " + strings.Join(e.Sources, ", ") + ": complementary protection is not built yet"
}

// Hint says what can be done.
func (e *NotBuilt) Hint() string {
	return "only open sources, or deliveries and an instance marked synthetic, can be released for now"
}

// Gate lets a release pass if no current delivery is personal or establishment
// data, or if the instance and every such delivery are marked synthetic.
func Gate(ctx context.Context, db *warehouse.DB, syntheticInstance bool) error {
	rows, err := db.QueryContext(ctx, `
		SELECT DISTINCT d.source
		FROM ledger.deliveries d JOIN ledger.current_loads USING (load_id)
		WHERE d.protection <> 'open' AND NOT (d.synthetic AND ?)
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
		return &NotBuilt{Sources: sources}
	}
	return nil
}
