package warehouse

import (
	"context"
	"fmt"
	"strings"
)

// Bare takes a clean CSV file with a header into raw.<table> with no question
// asked: no rule, no ledger, no re-keying. It is the measure against which a
// load is timed.
func Bare(ctx context.Context, db *DB, t TableSpec, path string) error {
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = text(c.Name) + ": " + text(rawTypes[c.Type])
	}
	_, err := db.ExecContext(ctx, fmt.Sprintf("CREATE TABLE raw.%s AS SELECT * FROM read_csv(%s, header = true, delim = ',', quote = '\"', columns = {%s})",
		name(t.Name), text(path), strings.Join(columns, ", ")))
	if err != nil {
		return fmt.Errorf("load %s bare: %w", path, err)
	}
	return nil
}
