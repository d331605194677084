package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// Moment is a state of a warehouse that was: the deliveries up to one, and the
// releases before one.
type Moment struct {
	LastLoad int64
	Release  int64 // seq of the first release that is not there yet
}

// OpenAsOf makes an empty warehouse at o.Path in which the raw tables, the
// ledger and the released cells are those of the warehouse file standing as
// they were at a moment. Rows are not copied but read from there, so that
// standing must not be open and must stay. Reference lists are the caller's to
// load.
func OpenAsOf(ctx context.Context, o Options, standing string, at Moment) (*DB, error) {
	db, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := db.lookBack(ctx, standing, at); err != nil {
		db.Close()
		return nil, fmt.Errorf("open warehouse %s as it was at delivery %d: %w", standing, at.LastLoad, err)
	}
	return db, nil
}

func (db *DB) lookBack(ctx context.Context, standing string, at Moment) error {
	if _, err := db.ExecContext(ctx, fmt.Sprintf(`ATTACH '%s' AS standing (READ_ONLY)`, strings.ReplaceAll(standing, "'", "''"))); err != nil {
		return err
	}
	tables, err := standingTables(ctx, db)
	if err != nil {
		return err
	}
	return db.Tx(ctx, func(tx *sql.Tx) error {
		for _, t := range tables {
			if _, err := tx.ExecContext(ctx, t.lookBack(at)); err != nil {
				return fmt.Errorf("%s.%s: %w", t.schema, t.name, err)
			}
		}
		return nil
	})
}

// standingTable is a table of the attached warehouse.
type standingTable struct{ schema, name string }

func standingTables(ctx context.Context, db *DB) ([]standingTable, error) {
	rows, err := db.QueryContext(ctx, `
		SELECT schema_name, table_name FROM duckdb_tables()
		WHERE database_name = 'standing' AND schema_name IN ('raw', 'ledger', 'released') ORDER BY ALL`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []standingTable
	for rows.Next() {
		var t standingTable
		if err := rows.Scan(&t.schema, &t.name); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// lookBack is the SQL that makes one table what it was. Raw tables are left
// whole: of their rows count those whose load counts.
func (t standingTable) lookBack(at Moment) string {
	name := `"` + t.schema + `"."` + t.name + `"`
	switch {
	case t.schema == "raw":
		return `CREATE VIEW ` + name + ` AS SELECT * FROM standing.` + name
	case t.schema == "released":
		return fmt.Sprintf(`CREATE VIEW %[1]s AS SELECT * FROM standing.%[1]s WHERE release < %[2]d`, name, at.Release)
	case slices.Contains([]string{"deliveries", "quarantine"}, t.name):
		return fmt.Sprintf(`INSERT INTO %[1]s SELECT * FROM standing.%[1]s WHERE load_id <= %[2]d`, name, at.LastLoad)
	case t.name == "releases":
		return fmt.Sprintf(`INSERT INTO %[1]s SELECT * FROM standing.%[1]s WHERE seq < %[2]d`, name, at.Release)
	case t.name == "released_views":
		return fmt.Sprintf(`INSERT INTO %[1]s SELECT * FROM standing.%[1]s WHERE release < %[2]d`, name, at.Release)
	}
	return `INSERT INTO ` + name + ` SELECT * FROM standing.` + name
}
