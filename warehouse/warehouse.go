// Package warehouse knows DuckDB: opening one database file, its migrations,
// the ledger of deliveries, reference tables and how a table is staged and
// validated. It must not know sources, indicators or charts. It is the only
// importer of duckdb-go.
package warehouse

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

//go:embed schema/*.sql
var migrations embed.FS

// Options say how to open a warehouse.
type Options struct {
	Path     string // database file; "" is a database in memory
	Memory   string // DuckDB memory limit such as "1500MB"; "" leaves DuckDB's own
	Threads  int    // 0 leaves DuckDB's own
	Temp     string // folder in which it spills, in one of its own; "" leaves DuckDB's own
	ReadOnly bool
}

// DB is an open warehouse. Use it as a *sql.DB.
type DB struct {
	*sql.DB
	path    string
	memory  string // its limit, where one was asked for
	threads int    // within Lightly: those of the database
}

// Open opens the warehouse and brings its schema up to date.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Path != "" {
		if err := os.MkdirAll(filepath.Dir(o.Path), 0o750); err != nil {
			return nil, fmt.Errorf("open warehouse %s: %w", o.Path, err)
		}
	}
	if o.Temp != "" {
		o.Temp = filepath.Join(o.Temp, "spill")
		if err := os.MkdirAll(o.Temp, 0o700); err != nil {
			return nil, fmt.Errorf("open warehouse %s: %w", o.Path, err)
		}
	}
	if err := mend(ctx, o); err != nil {
		return nil, fmt.Errorf("open warehouse %s: %w", o.Path, err)
	}
	pool, err := opening(o)
	if err != nil {
		return nil, fmt.Errorf("open warehouse %s: %w", o.Path, err)
	}
	db := &DB{DB: pool, path: o.Path, memory: o.Memory}
	if o.ReadOnly {
		return db, nil
	}
	if err := errors.Join(db.sweep(o.Temp), db.migrate(ctx), db.shut()); err != nil {
		db.Close()
		return nil, fmt.Errorf("open warehouse %s: %w", o.Path, err)
	}
	return db, nil
}

// sweep removes what a process that was killed had spilled. The database is
// open by now, so that no other process uses the folder.
func (db *DB) sweep(spill string) error {
	if db.path == "" || spill == "" {
		return nil
	}
	left, err := os.ReadDir(spill)
	if err != nil {
		return err
	}
	for _, e := range left {
		if err := os.RemoveAll(filepath.Join(spill, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// shut takes everybody else's rights from the database and from what DuckDB
// has not yet written into it: rows about persons lie there. DuckDB itself
// makes its files as the process's umask has it.
func (db *DB) shut() error {
	if db.path == "" {
		return nil
	}
	for _, path := range []string{db.path, db.path + ".wal"} {
		if err := os.Chmod(path, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Tx runs do in one transaction: committed if do returns nil, else rolled back.
func (db *DB) Tx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return db.shut()
}

// Lightly runs do for tables that every run makes anew. Texts, fractions and runs of one value are
// not compressed: finding the best way took longer than all joins together and
// saves little, for most bytes are pseudonyms. Rows are written as they come. Joins run
// as they are written, the right side looked up for each row of the left: so the
// statements were written and timed. Where DuckDB chose by what it believed of
// tables it looked up whole tables of persons for each row of a list of codes.
//
// So many connections as callers may ask at once, each on a thread of its own:
// DuckDB is told of one thread less for each caller beyond the first. Nobody may
// ask for it twice at a time.
func (db *DB) Lightly(ctx context.Context, callers int, do func() error) (err error) {
	if db.threads, err = db.Threads(ctx); err != nil {
		return fmt.Errorf("write lightly: %w", err)
	}
	settings := []struct{ name, value, back string }{
		{"threads", strconv.Itoa(max(1, db.threads-callers+1)), strconv.Itoa(db.threads)},
		{"disabled_compression_methods", "'dictionary,dict_fsst,fsst,zstd,alp,alprd,rle'", "''"},
		{"disabled_optimizers", "'join_order,build_side_probe_side'", "''"},
		{"preserve_insertion_order", "false", "true"},
	}
	for _, s := range settings {
		defer func() { err = cmp.Or(err, db.set(context.WithoutCancel(ctx), s.name, s.back)) }()
		if err := db.set(ctx, s.name, s.value); err != nil {
			return fmt.Errorf("write lightly: %w", err)
		}
	}
	db.keepBlocks(ctx)
	return do()
}

// Alone gives, within Lightly, all threads to one caller.
func (db *DB) Alone(ctx context.Context) error {
	return db.set(ctx, "threads", strconv.Itoa(db.threads))
}

// Threads are those that the database may work with.
func (db *DB) Threads(ctx context.Context) (n int, err error) {
	if err = db.QueryRowContext(ctx, `SELECT current_setting('threads')`).Scan(&n); err != nil {
		return 0, fmt.Errorf("ask for the number of threads: %w", err)
	}
	return n, nil
}

// set changes a setting of the whole database.
func (db *DB) set(ctx context.Context, name, value string) error {
	if _, err := db.ExecContext(ctx, "SET GLOBAL "+name+" = "+value); err != nil {
		return fmt.Errorf("set %s to %s: %w", name, value, err)
	}
	return nil
}

// dsn turns options into a DuckDB data source name. Extensions are never
// fetched: what is not linked into the binary does not exist. DuckDB joins by
// loops where it expects few rows, and expects few rows of every table made in
// the transaction under way, however large: such loops took hours, so they are
// switched off.
func dsn(o Options) string {
	settings := []string{"autoinstall_known_extensions=false", "autoload_known_extensions=false",
		"asof_loop_join_threshold=0", "nested_loop_join_threshold=0"}
	if o.Memory != "" {
		settings = append(settings, "memory_limit="+o.Memory)
	}
	if o.Threads > 0 {
		settings = append(settings, "threads="+strconv.Itoa(o.Threads))
	}
	if o.Temp != "" {
		settings = append(settings, "temp_directory="+o.Temp)
	}
	if o.ReadOnly {
		settings = append(settings, "access_mode=READ_ONLY")
	}
	return o.Path + "?" + strings.Join(settings, "&")
}

func (db *DB) migrate(ctx context.Context) error {
	names, err := fs.Glob(migrations, "schema/*.sql")
	if err != nil {
		return err
	}
	slices.Sort(names)
	if _, err := db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS main.migrations (name VARCHAR PRIMARY KEY)`); err != nil {
		return err
	}
	if err := db.notNewer(ctx, names); err != nil {
		return err
	}
	for _, name := range names {
		if err := db.migrateOne(ctx, name); err != nil {
			return fmt.Errorf("migration %s: %w", filepath.Base(name), err)
		}
	}
	return nil
}

func (db *DB) migrateOne(ctx context.Context, name string) error {
	script, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	return db.Tx(ctx, func(tx *sql.Tx) error {
		var done int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM main.migrations WHERE name = ?`, name).Scan(&done); err != nil || done > 0 {
			return err
		}
		if _, err := tx.ExecContext(ctx, string(script)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO main.migrations VALUES (?)`, name)
		return err
	})
}
