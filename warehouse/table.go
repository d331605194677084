package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// TableSpec is the shape of one raw table and what a row must satisfy to
// enter it. It is all that the warehouse knows of a contract.
type TableSpec struct {
	Name     string // of the table in schema raw
	Columns  []Column
	Key      []string  // primary key; NULL equals NULL
	LatestBy string    // date column that decides between rows of one key; "" if none
	Rules    []RowRule // after the columns' own, in order
	Person   string    // column of the person that a row is about; "" if none
}

// Column is one column and the constraints on its text. Zero values mean that
// there is no such constraint.
type Column struct {
	Name        string
	Type        string // string, integer, number, boolean or date
	Required    bool
	Enum        []string
	Pattern     string // RE2 over the whole value
	Minimum     string // a number or a date, as written
	Maximum     string
	TrueValues  []string // of a boolean
	FalseValues []string
	Reference   Reference
	Random      bool // values have no pattern: kept as they are, since compressing takes time and saves little
}

// Reference says that a value stands in Column of reference.Table. An empty
// reference table is not asked: an instance need not have every list.
type Reference struct{ Table, Column string }

// RowRule is a rule over several columns. Kinds: not_before (Later, Earlier),
// at_least_one, exactly_one and together (Columns).
type RowRule struct {
	Name    string
	Kind    string
	Columns []string
	Later   string
	Earlier string
}

// rawTypes gives the DuckDB type of a column's type.
var rawTypes = map[string]string{
	"string": "VARCHAR", "integer": "INTEGER", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE",
}

// createSQL makes the raw table: the columns, load_id and line.
func (t TableSpec) createSQL() (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE IF NOT EXISTS raw.%s (\n", name(t.Name))
	for _, c := range t.Columns {
		sqlType, ok := rawTypes[c.Type]
		if !ok {
			return "", fmt.Errorf("table %s: column %s: type %q: expected string, integer, number, boolean or date", t.Name, c.Name, c.Type)
		}
		if c.Random {
			sqlType += " USING COMPRESSION uncompressed"
		}
		fmt.Fprintf(&b, "  %s %s,\n", name(c.Name), sqlType)
	}
	b.WriteString("  load_id INTEGER NOT NULL,\n  line BIGINT NOT NULL\n)")
	return b.String(), nil
}

// widen adds the columns that the table lacks. A column of another type is a
// fault: the rows of then cannot be read as the contract has it now.
func (t TableSpec) widen(ctx context.Context, tx *sql.Tx) error {
	have, err := column1(ctx, tx, `SELECT column_name || ' ' || data_type FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = 'raw' AND table_name = ?`, t.Name)
	if err != nil {
		return err
	}
	for _, c := range t.Columns {
		at := slices.IndexFunc(have, func(h string) bool { return strings.HasPrefix(h, c.Name+" ") })
		switch {
		case at < 0:
			if _, err := tx.ExecContext(ctx, `ALTER TABLE raw.`+name(t.Name)+` ADD COLUMN `+name(c.Name)+` `+rawTypes[c.Type]); err != nil {
				return err
			}
		case have[at] != c.Name+" "+rawTypes[c.Type]:
			return fmt.Errorf("column %s in the warehouse: expected %s", have[at], rawTypes[c.Type])
		}
	}
	return nil
}

// column finds a column by name; the specification is ours, so a miss is a
// mistake of the program and is reported by check.
func (t TableSpec) column(name string) (Column, bool) {
	i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return Column{}, false
	}
	return t.Columns[i], true
}

// check refuses a specification that names a column it does not have.
func (t TableSpec) check() error {
	named := append(slices.Clone(t.Key), t.LatestBy)
	for _, r := range t.Rules {
		named = append(append(named, r.Columns...), r.Later, r.Earlier)
	}
	for _, n := range named {
		if n == "" {
			continue
		}
		if _, ok := t.column(n); !ok {
			return fmt.Errorf("table %s: column %q: not among its columns", t.Name, n)
		}
	}
	return nil
}

// name quotes an identifier.
func name(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// text quotes a string.
func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// texts quotes a list of strings, parted by commas.
func texts(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = text(s)
	}
	return strings.Join(quoted, ", ")
}

// names quotes a list of identifiers, parted by commas.
func names(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = name(s)
	}
	return strings.Join(quoted, ", ")
}
