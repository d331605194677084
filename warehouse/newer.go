package warehouse

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
)

// ErrNewer says that newer software has changed the schema of a warehouse: this
// one would read it wrongly, and is not to write to it.
var ErrNewer = errors.New("written by newer software: use that version, or a newer one")

// notNewer refuses a warehouse with a migration that this software does not have.
func (db *DB) notNewer(ctx context.Context, names []string) error {
	rows, err := db.QueryContext(ctx, `SELECT name FROM main.migrations ORDER BY name`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		if !slices.Contains(names, name) {
			return fmt.Errorf("migration %s: %w", filepath.Base(name), ErrNewer)
		}
	}
	return rows.Err()
}
