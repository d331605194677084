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

// Apply builds the views of the plan in one transaction, in the place of those
// that were there: after an error the earlier ones stand. Views that the plan
// does not name are gone. Published tables are not touched. Update does the
// same and keeps what need not be made anew.
func Apply(ctx context.Context, db *warehouse.DB, plan Plan) error {
	return db.Lightly(ctx, func() error {
		return db.Tx(ctx, func(tx *sql.Tx) error { return build(ctx, tx, plan) })
	})
}

func build(ctx context.Context, tx *sql.Tx, plan Plan) error {
	if _, err := tx.ExecContext(ctx, `DROP TABLE IF EXISTS main.built`); err != nil {
		return fmt.Errorf("apply views: forget what was built: %w", err)
	}
	for _, layer := range []Layer{Cubes, Marts, Staging} {
		if _, err := tx.ExecContext(ctx, fmt.Sprintf(`DROP SCHEMA IF EXISTS %s CASCADE`, layer)); err != nil {
			return fmt.Errorf("apply views: clear %s: %w", layer, err)
		}
	}
	for _, layer := range []Layer{Staging, Marts, Cubes} {
		if _, err := tx.ExecContext(ctx, fmt.Sprintf(`CREATE SCHEMA %s`, layer)); err != nil {
			return fmt.Errorf("apply views: make %s: %w", layer, err)
		}
	}
	for _, v := range plan.Views {
		if err := create(ctx, tx, v); err != nil {
			return fmt.Errorf("apply views: %s: %w", v.Path, err)
		}
	}
	return nil
}

func create(ctx context.Context, tx *sql.Tx, v View) error {
	statement := fmt.Sprintf("CREATE %s %s AS\n%s", kindOf(v), v.Qualified(), v.Select)
	if _, err := tx.ExecContext(ctx, statement); err != nil {
		return err
	}
	return annotate(ctx, tx, v)
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
