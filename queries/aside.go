package queries

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"osservatorio/warehouse"
)

// asideSuffix ends the names of what is being made beside what stands.
const asideSuffix = "__aside"

// nameIn finds the names of views and tables in a statement.
var nameIn = regexp.MustCompile(`\b(staging|marts|cubes)\.\w+`)

// aside makes views and tables beside those that stand, under names of their
// own, and commits each at once. In one transaction around everything DuckDB
// would read each table made in it by one thread only, and know nothing of what
// it holds.
type aside struct {
	ctx      context.Context // of the whole run
	db       *warehouse.DB
	plan     Plan
	standing map[string]string // what stands: "marts.spells" → "TABLE" or "VIEW"

	mu   sync.Mutex
	made []View            // each after what it reads
	now  map[string]string // what was made: "marts.spells" → "marts.spells__aside"
}

// replace lets do make views and tables aside. Then all take their places, and
// finish is done, in one transaction: whoever reads sees what stood or what is
// new, never some of each, even after the process was killed. What stands and
// was not made anew stays where the plan names it.
func replace(ctx context.Context, db *warehouse.DB, plan Plan, do func(*aside) error, finish func(*sql.Tx) error) (err error) {
	a := &aside{ctx: ctx, db: db, plan: plan, now: map[string]string{}}
	for _, layer := range []Layer{Staging, Marts, Cubes} {
		if _, err := db.ExecContext(ctx, fmt.Sprintf(`CREATE SCHEMA IF NOT EXISTS %s`, layer)); err != nil {
			return fmt.Errorf("make %s: %w", layer, err)
		}
	}
	if err := a.sweep(ctx); err != nil { // of a process that was killed
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.sweep(context.WithoutCancel(ctx)))
		}
	}()
	if a.standing, err = objects(ctx, db); err != nil {
		return err
	}
	before, err := deliveries(ctx, db)
	if err != nil {
		return err
	}
	if err := do(a); err != nil {
		return err
	}
	return db.Tx(ctx, func(tx *sql.Tx) error {
		after, err := deliveries(ctx, tx)
		if err != nil {
			return err
		}
		if after != before {
			return errors.New("deliveries changed while views were made: some would count them and some not: make them again")
		}
		if err := a.take(tx); err != nil {
			return err
		}
		return finish(tx)
	})
}

// reader is a database or a transaction.
type reader interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// deliveries sums up which count.
func deliveries(ctx context.Context, db reader) (text string, err error) {
	err = db.QueryRowContext(ctx, `SELECT concat_ws(' ', count(*), sum(hash(l)), bit_xor(hash(l))) FROM ledger.current_loads l`).Scan(&text)
	return text, err
}

// objects are the views and tables that stand in the layers.
func objects(ctx context.Context, db reader) (map[string]string, error) {
	rows, err := db.QueryContext(ctx, `
		SELECT table_schema || '.' || table_name, CASE table_type WHEN 'VIEW' THEN 'VIEW' ELSE 'TABLE' END FROM information_schema.tables
		WHERE table_catalog = current_database() AND table_schema IN ('staging', 'marts', 'cubes')`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			return nil, err
		}
		out[name] = kind
	}
	return out, rows.Err()
}

// sweep drops what was made aside and did not take its place.
func (a *aside) sweep(ctx context.Context) error {
	left, err := objects(ctx, a.db)
	if err != nil {
		return err
	}
	for name, kind := range left {
		if !strings.HasSuffix(name, asideSuffix) {
			continue
		}
		if _, err := a.db.ExecContext(ctx, fmt.Sprintf(`DROP %s %s`, kind, name)); err != nil {
			return fmt.Errorf("drop %s: %w", name, err)
		}
	}
	return nil
}

// nameOf is where a view or table is to be read now.
func (a *aside) nameOf(name string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if made, ok := a.now[name]; ok {
		return made
	}
	return name
}

// create makes a view or table aside, from what was made aside before it.
// Several may be made at once, each when all that it reads is made. What is made
// already stays: its maker may be asked again for the sake of what follows.
func (a *aside) create(ctx context.Context, v View) error {
	if a.nameOf(v.Qualified()) != v.Qualified() {
		return nil
	}
	statement, err := a.statement(ctx, v)
	if err != nil {
		return err
	}
	name := v.Qualified() + asideSuffix
	// by Tx, which shuts the files that DuckDB makes to everybody else
	err = a.db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, fmt.Sprintf("CREATE %s %s AS\n%s", kindOf(v), name, statement))
		return err
	})
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.made, a.now[v.Qualified()] = append(a.made, v), name
	return nil
}

// statement is that of a view, reading what was made aside. It is parsed again:
// a name spelled in another way would silently stand for the earlier table.
func (a *aside) statement(ctx context.Context, v View) (string, error) {
	statement := nameIn.ReplaceAllStringFunc(v.Select, a.nameOf)
	got, err := tablesOf(ctx, a.db, statement)
	if err != nil {
		return "", err
	}
	var want []string
	for _, table := range a.plan.Reads(v.Qualified()) {
		want = append(want, a.nameOf(table))
	}
	slices.Sort(want)
	if !slices.Equal(got.tables, want) {
		return "", fmt.Errorf("names of tables: %v, read aside %v: expected each as schema.table, in small letters and without quotes", want, got.tables)
	}
	return statement, nil
}

// take lets what was made take its place, and drops what the plan does not name.
func (a *aside) take(tx *sql.Tx) error {
	for name, kind := range a.standing {
		if _, planned := a.plan.Find(name); planned && a.nameOf(name) == name {
			continue
		}
		if _, err := tx.ExecContext(a.ctx, fmt.Sprintf("DROP %s %s", kind, name)); err != nil {
			return fmt.Errorf("drop %s: %w", name, err)
		}
	}
	// first all tables, for a view is not made without what it reads
	for _, v := range a.made {
		statement := fmt.Sprintf("DROP VIEW %s", a.nameOf(v.Qualified()))
		if v.Header.Table {
			statement = fmt.Sprintf("ALTER TABLE %s RENAME TO %s", a.nameOf(v.Qualified()), v.Name)
		}
		if _, err := tx.ExecContext(a.ctx, statement); err != nil {
			return fmt.Errorf("%s: take its place: %w", v.Path, err)
		}
	}
	for _, v := range a.made {
		if err := settle(a.ctx, tx, v); err != nil {
			return fmt.Errorf("%s: %w", v.Path, err)
		}
	}
	return nil
}

// settle makes a view under its own name, and writes the words of a view or table.
func settle(ctx context.Context, tx *sql.Tx, v View) error {
	if !v.Header.Table {
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("CREATE VIEW %s AS\n%s", v.Qualified(), v.Select)); err != nil {
			return err
		}
	}
	return annotate(ctx, tx, v)
}
