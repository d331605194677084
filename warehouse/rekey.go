package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// Rekey gives every pseudonym of the given tables, and of the list of those who
// were forgotten, the value that fresh makes of it, and writes down the
// fingerprint of the new key: all in one transaction. fresh is called by
// several goroutines at once. Order and number of rows stay.
func Rekey(ctx context.Context, db *DB, tables []TableSpec, fresh func(string) string, fingerprint string, why Because) (keys int64, err error) {
	if err := db.define(ctx, "fresh_pseudonym", fresh); err != nil {
		return 0, fmt.Errorf("re-key: %w", err)
	}
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		for _, t := range tables {
			n, err := rekeyTable(ctx, tx, t)
			if err != nil {
				return fmt.Errorf("raw.%s: %w", t.Name, err)
			}
			keys += n
		}
		if _, err := tx.ExecContext(ctx, `CREATE OR REPLACE TEMP TABLE turned_away AS SELECT fresh_pseudonym(person) AS person FROM ledger.forgotten;
DELETE FROM ledger.forgotten; INSERT INTO ledger.forgotten SELECT person FROM turned_away; DROP TABLE turned_away`); err != nil {
			return err
		}
		if err := setKey(ctx, tx, fingerprint); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO ledger.erasures
SELECT (SELECT coalesce(max(seq), 0) + 1 FROM ledger.erasures), ?, NULL, coalesce(max(load_id), 0), 0, ?, ?::DATE FROM ledger.deliveries`, Rekeyed, why.Reason, day(why.On)); err != nil {
			return err
		}
		return unmake(ctx, tx, why.On)
	})
	if err != nil {
		return 0, fmt.Errorf("re-key: %w", err)
	}
	return keys, nil
}

// rekeyTable writes a table anew, which takes less memory than changing its
// rows where they are.
func rekeyTable(ctx context.Context, tx *sql.Tx, t TableSpec) (int64, error) {
	var columns, values []string
	random := int64(0)
	for _, c := range t.Columns {
		columns = append(columns, name(c.Name))
		value := name(c.Name)
		if c.Random {
			value, random = "fresh_pseudonym("+value+")", random+1
		}
		values = append(values, value)
	}
	if random == 0 {
		return 0, nil
	}
	columns, values = append(columns, "load_id", "line"), append(values, "load_id", "line")
	create, err := t.createSQL()
	if err != nil {
		return 0, err
	}
	old := "raw." + name(t.Name+" before")
	if _, err := tx.ExecContext(ctx, `ALTER TABLE raw.`+name(t.Name)+` RENAME TO `+name(t.Name+" before")); err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, create); err != nil {
		return 0, err
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO raw.`+name(t.Name)+` (`+strings.Join(columns, ", ")+`) SELECT `+strings.Join(values, ", ")+` FROM `+old)
	if err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, `DROP TABLE `+old); err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return n * random, err
}

// PseudonymKey is the fingerprint of the key that made the pseudonyms; "" if
// none was written down yet.
func (db *DB) PseudonymKey(ctx context.Context) (string, error) {
	found, err := column1(ctx, db, `SELECT key FROM ledger.pseudonyms`)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

// SetPseudonymKey writes the fingerprint down.
func (db *DB) SetPseudonymKey(ctx context.Context, fingerprint string) error {
	return db.Tx(ctx, func(tx *sql.Tx) error { return setKey(ctx, tx, fingerprint) })
}

func setKey(ctx context.Context, tx *sql.Tx, fingerprint string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM ledger.pseudonyms`); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO ledger.pseudonyms VALUES (?)`, fingerprint)
	return err
}

// define makes a function of Go one of SQL: text in, text out, NULL of NULL.
func (db *DB) define(ctx context.Context, called string, f func(string) string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return duckdb.RegisterScalarUDF(conn, called, textFunction(f))
}

// textFunction is a scalar function for DuckDB.
type textFunction func(string) string

func (f textFunction) Config() duckdb.ScalarFuncConfig {
	varchar, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err != nil {
		panic(err) // it is a type of every build
	}
	return duckdb.ScalarFuncConfig{InputTypeInfos: []duckdb.TypeInfo{varchar}, ResultTypeInfo: varchar}
}

func (f textFunction) Executor() duckdb.ScalarFuncExecutor {
	return duckdb.ScalarFuncExecutor{RowExecutor: func(values []driver.Value) (any, error) {
		s, ok := values[0].(string)
		if !ok {
			return nil, errors.New("no text")
		}
		return f(s), nil
	}}
}
