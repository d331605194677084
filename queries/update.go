package queries

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"osservatorio/warehouse"
)

// Built says what became of the tables of a plan; views are made anew always
// and cost nothing.
type Built struct {
	Kept []string // tables whose inputs are what they were: "marts.spells"
	Made []string
}

// smallTable is how many rows a table may have to be judged by what it holds:
// whoever reads it need not be made anew when it comes out the same.
const smallTable = 200_000

// Update brings the views of the plan up to date as Apply does, all at one
// moment, but keeps each table that was made by the same SQL from the same
// inputs: the loads of the raw tables that it reaches, the reference lists, the
// tables before it. The result is that of Apply.
func Update(ctx context.Context, db *warehouse.DB, plan Plan) (Built, error) {
	u := updating{ctx: ctx, db: db, plan: plan, before: map[string]record{}, after: map[string]record{}, state: map[string]string{}}
	n, err := makers(ctx, db)
	if err == nil {
		u.atATime = n
		err = db.Lightly(ctx, n, func() error { return replace(ctx, db, plan, u.run, u.finish) })
	}
	if err != nil {
		return Built{}, fmt.Errorf("update views: %w", err)
	}
	return u.sorted(), nil
}

// updating is one Update under way.
type updating struct {
	ctx     context.Context
	db      *warehouse.DB
	plan    Plan
	atATime int
	aside   *aside
	version string            // of DuckDB
	before  map[string]record // tables that stand

	mu      sync.Mutex        // of what follows
	after   map[string]record // tables that will stand
	state   map[string]string // what each view and table stands for to those that read it
	kept    []string
	renamed []View // kept, with other words
}

// record is what is remembered of a table.
type record struct {
	from    string // what it was made from
	words   string // the hash of its comments
	content string // of a small table, "" for a large one
}

// run makes aside what must be made anew.
func (u *updating) run(a *aside) error {
	u.aside = a
	if _, err := u.db.ExecContext(u.ctx, `CREATE TABLE IF NOT EXISTS main.built (name VARCHAR NOT NULL, made_from VARCHAR NOT NULL, words VARCHAR NOT NULL, content VARCHAR NOT NULL)`); err != nil {
		return err
	}
	if err := u.db.QueryRowContext(u.ctx, `SELECT version()`).Scan(&u.version); err != nil {
		return err
	}
	if err := u.remembered(); err != nil {
		return err
	}
	return u.makeAll()
}

// finish writes the words of what is kept, and what is remembered of all.
func (u *updating) finish(tx *sql.Tx) error {
	for _, v := range u.renamed {
		if err := annotate(u.ctx, tx, v); err != nil {
			return fmt.Errorf("%s: %w", v.Path, err)
		}
	}
	if _, err := tx.ExecContext(u.ctx, `DELETE FROM main.built`); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(u.after)) {
		r := u.after[name]
		if _, err := tx.ExecContext(u.ctx, `INSERT INTO main.built VALUES (?, ?, ?, ?)`, name, r.from, r.words, r.content); err != nil {
			return err
		}
	}
	return nil
}

func (u *updating) remembered() error {
	rows, err := u.db.QueryContext(u.ctx, `SELECT name, made_from, words, content FROM main.built`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var r record
		if err := rows.Scan(&name, &r.from, &r.words, &r.content); err != nil {
			return err
		}
		u.before[name] = r
	}
	return rows.Err()
}

func (u *updating) makeAll() error {
	return u.plan.each(u.ctx, u.atATime, u.db.Alone, func(ctx context.Context, v View) error {
		from, err := u.inputs(v)
		if err != nil {
			return fmt.Errorf("%s: inputs: %w", v.Path, err)
		}
		u.standFor(v.Qualified(), from)
		if err := u.makeOne(ctx, v, record{from: from, words: wordsOf(v)}); err != nil {
			return fmt.Errorf("%s: %w", v.Path, err)
		}
		return nil
	})
}

func (u *updating) makeOne(ctx context.Context, v View, now record) error {
	name := v.Qualified()
	before, known := u.before[name]
	if v.Header.Table && known && u.aside.standing[name] == "TABLE" && before.from == now.from {
		now.content = before.content
		u.keep(v, before.words != now.words)
		u.remember(name, now)
		return nil
	}
	if err := u.aside.create(ctx, v); err != nil || !v.Header.Table {
		return err
	}
	small, err := u.small(name)
	if err != nil {
		return err
	}
	if small {
		if now.content, err = u.content(name, nil); err != nil {
			return err
		}
	}
	u.remember(name, now)
	return nil
}

// keep leaves a table as it is; its words may have changed.
func (u *updating) keep(v View, renamed bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.kept = append(u.kept, v.Qualified())
	if renamed {
		u.renamed = append(u.renamed, v)
	}
}

func (u *updating) remember(name string, r record) {
	if r.content != "" {
		u.standFor(name, r.content)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.after[name] = r
}

func (u *updating) standFor(name, state string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.state[name] = state
}

// standsFor is what a view or table that was made or kept stands for.
func (u *updating) standsFor(name string) string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.state[name]
}

// sorted says what became of the tables, in the order of the plan.
func (u *updating) sorted() (b Built) {
	for _, v := range u.plan.Views {
		switch name := v.Qualified(); {
		case slices.Contains(u.kept, name):
			b.Kept = append(b.Kept, name)
		case v.Header.Table:
			b.Made = append(b.Made, name)
		}
	}
	return b
}

func (u *updating) small(table string) (bool, error) {
	var rows int64
	err := u.db.QueryRowContext(u.ctx, `SELECT count(*) FROM `+u.aside.nameOf(table)).Scan(&rows)
	return rows <= smallTable, err
}

// wordsOf is the hash of what annotate writes.
func wordsOf(v View) string {
	hash := sha256.New()
	fmt.Fprintln(hash, v.Header.Title, v.Header.Description, v.Header.Columns)
	return hex.EncodeToString(hash.Sum(nil))
}

// inputs is the hash of all that decides what a view holds: its SQL and what
// stands behind every name that it reads.
func (u *updating) inputs(v View) (string, error) {
	hash := sha256.New()
	fmt.Fprintf(hash, "%s\n%s\n", u.version, normalised(v.Select))
	for _, table := range u.plan.Reads(v.Qualified()) {
		state, err := u.stateOf(v, table)
		if err != nil {
			return "", fmt.Errorf("%s: %w", table, err)
		}
		fmt.Fprintf(hash, "%s %s\n", table, state)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// stateOf is what stands behind a name, as far as this view reads it.
func (u *updating) stateOf(v View, table string) (string, error) {
	narrow := u.plan.narrow[v.Qualified()][table]
	schema, name, _ := strings.Cut(table, ".")
	switch schema {
	case "raw":
		return u.loads(name)
	case "reference":
		return u.content(table, narrow)
	case "ledger":
		if name == "current_loads" && len(u.rawReads(v)) > 0 {
			return "", nil // of the raw tables it joins: their loads are counted with them
		}
		return u.content(table, narrow)
	}
	return u.ownState(table, narrow)
}

// ownState is that of a view or table of the plan. A small table stands for
// what it holds, of the contracts that are read; a large one for what it was
// made from.
func (u *updating) ownState(table string, narrow []string) (string, error) {
	v, _ := u.plan.Find(table)
	if narrow == nil || !v.Header.Table {
		return u.standsFor(table), nil
	}
	small, err := u.small(table)
	if err != nil || !small {
		return u.standsFor(table), err
	}
	return u.content(table, narrow)
}

// rawReads are the raw tables that a view reads itself.
func (u *updating) rawReads(v View) []string {
	var out []string
	for _, table := range u.plan.Reads(v.Qualified()) {
		if strings.HasPrefix(table, "raw.") {
			out = append(out, table)
		}
	}
	return out
}

// loads is the list of the deliveries of a contract that count, in the order of
// their issue, and how many rows the raw table has.
func (u *updating) loads(contract string) (string, error) {
	return u.text(`
		SELECT concat_ws(' ', (SELECT count(*) FROM raw.`+contract+`), string_agg(concat_ws(' ', c.load_id, d.sha256, d.mode), '|' ORDER BY c.issue_order))
		FROM ledger.current_loads c JOIN ledger.deliveries d USING (load_id) WHERE c.contract = ?`, contract)
}

// content sums up what a table holds, whatever the order of its rows; narrow
// are the contracts whose rows count, nil for all.
func (u *updating) content(table string, narrow []string) (string, error) {
	condition := "true"
	if narrow != nil {
		quoted := make([]string, len(narrow))
		for i, contract := range narrow {
			quoted[i] = quote(contract)
		}
		condition = name(narrowBy) + " IN (" + strings.Join(quoted, ", ") + ")"
	}
	return u.text(`SELECT concat_ws(' ', count(*), sum(hash(t)), bit_xor(hash(t))) FROM ` + u.aside.nameOf(table) + ` t WHERE ` + condition)
}

func (u *updating) text(query string, args ...any) (text string, err error) {
	err = u.db.QueryRowContext(u.ctx, query, args...).Scan(&text)
	return text, err
}
