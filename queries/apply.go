package queries

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"osservatorio/warehouse"
)

// Apply builds the views of the plan and puts them, at one moment, in the place
// of those that were there: after an error the earlier ones stand. Views that
// the plan does not name are gone. Published tables are not touched. Update
// does the same and keeps what need not be made anew.
func Apply(ctx context.Context, db *warehouse.DB, plan Plan) error {
	n, err := makers(ctx, db)
	if err == nil {
		err = apply(ctx, db, plan, n, func(View) {})
	}
	if err != nil {
		return fmt.Errorf("apply views: %w", err)
	}
	return nil
}

// ApplyTelling is Apply of one view after the other that says of each when it
// is made.
func ApplyTelling(ctx context.Context, db *warehouse.DB, plan Plan, tell func(View)) error {
	if err := apply(ctx, db, plan, 1, tell); err != nil {
		return fmt.Errorf("apply views: %w", err)
	}
	return nil
}

func apply(ctx context.Context, db *warehouse.DB, plan Plan, atATime int, tell func(View)) error {
	return db.Lightly(ctx, atATime, func() error {
		return replace(ctx, db, plan, func(a *aside) error {
			return plan.each(ctx, atATime, db.Alone, func(ctx context.Context, v View) error {
				if err := a.create(ctx, v); err != nil {
					return fmt.Errorf("%s: %w", v.Path, err)
				}
				tell(v)
				return nil
			})
		}, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `DROP TABLE IF EXISTS main.built`)
			return err
		})
	})
}

func kindOf(v View) string {
	if v.Header.Table {
		return "TABLE"
	}
	return "VIEW"
}

// annotate writes the header into the catalogue, where any SQL tool shows it.
func annotate(ctx context.Context, tx *sql.Tx, v View) error {
	words := v.Header.Title.EN
	if v.Header.Description.EN != "" {
		words += ". " + v.Header.Description.EN
	}
	if words != "" {
		statement := fmt.Sprintf(`COMMENT ON %s %s IS %s`, kindOf(v), v.Qualified(), quote(words))
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("comment: %w", err)
		}
	}
	for _, column := range slices.Sorted(maps.Keys(v.Header.Columns)) {
		statement := fmt.Sprintf(`COMMENT ON COLUMN %s.%s IS %s`, v.Qualified(), name(column), quote(v.Header.Columns[column].EN))
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("comment on column %s: %w", column, err)
		}
	}
	return nil
}

// quote writes a text as an SQL literal, name a name as an SQL identifier.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
func name(text string) string  { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }
