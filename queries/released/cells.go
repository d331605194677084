package released

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"
	"strings"

	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// Table is the table that holds every version of every released cell of a view:
// release (seq), the columns of the key, numerator, denominator, value, low,
// high, obs_status and reason, NULL where the public files have it. A row
// without obs_status says that the cell is in that release no more.
func Table(view string) string { return `released."` + view + `"` }

// At is the SQL of what a view said as of a release: a relation in brackets
// with the key and the numbers, one row a cell.
func At(view string, key []string, seq int64) string {
	return fmt.Sprintf(`(SELECT * EXCLUDE (release) FROM (
		SELECT * FROM %s WHERE release <= %d QUALIFY row_number() OVER (PARTITION BY %s ORDER BY release DESC) = 1) WHERE obs_status IS NOT NULL)`,
		Table(view), seq, list(key))
}

// Key returns the columns that tell a cell of a view from another: none if the
// view was never released.
func Key(ctx context.Context, db *warehouse.DB, view string) ([]string, error) {
	return keyOf(ctx, db.DB, view)
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func keyOf(ctx context.Context, q querier, view string) ([]string, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT column_name FROM information_schema.columns
		WHERE table_catalog = current_database() AND table_schema = 'released' AND table_name = ? ORDER BY ordinal_position`, view)
	if err != nil {
		return nil, fmt.Errorf("read ledger of released cells: %w", err)
	}
	defer rows.Close()
	var key []string
	for rows.Next() {
		var column string
		if err := rows.Scan(&column); err != nil {
			return nil, fmt.Errorf("read ledger of released cells: %w", err)
		}
		if column != "release" && !slices.Contains(numbers, column) {
			key = append(key, column)
		}
	}
	return key, rows.Err()
}

// Cell is one version of one released cell.
type Cell struct {
	Release     int64    // seq of the first release that said so
	Key         []string // in the order of Key
	Numerator   *float64
	Denominator *float64
	Value       *float64
	Low, High   *float64
	Status      release.Status // "" if the cell is in that release no more
	Reason      string
}

// Cells gives every version of every released cell of a view, by key and
// release: all that an outsider who kept each release knows of it. A view that
// was never released has none.
func Cells(ctx context.Context, db *warehouse.DB, view string) iter.Seq2[Cell, error] {
	return func(yield func(Cell, error) bool) {
		if err := eachCell(ctx, db, view, yield); err != nil {
			yield(Cell{}, fmt.Errorf("read ledger of released cells: %s: %w", view, err))
		}
	}
}

func eachCell(ctx context.Context, db *warehouse.DB, view string, yield func(Cell, error) bool) error {
	key, err := Key(ctx, db, view)
	if err != nil || len(key) == 0 {
		return err
	}
	rows, err := db.QueryContext(ctx, fmt.Sprintf(`SELECT release, %s, %s FROM %s ORDER BY %s, release`,
		list(key), strings.Join(numbers, ", "), Table(view), list(key)))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		c := Cell{Key: make([]string, len(key))}
		var status, reason *string
		into := []any{&c.Release}
		for i := range key {
			into = append(into, &c.Key[i])
		}
		into = append(into, &c.Numerator, &c.Denominator, &c.Value, &c.Low, &c.High, &status, &reason)
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if status != nil {
			c.Status = release.Status(*status)
		}
		if reason != nil {
			c.Reason = *reason
		}
		if !yield(c, nil) {
			return nil
		}
	}
	return rows.Err()
}
