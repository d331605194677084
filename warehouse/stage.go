package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"time"
)

// Spool is a delivery as the door left it on local disk, ready to be
// validated: UTF-8 CSV without a header, parted by commas, quoted by ", one
// record a row, columns line and then those of the table in its order; an
// empty cell is no value.
type Spool struct {
	Path    string
	Rows    int64  // records in Path
	Torn    string // CSV of line, column, rule, shape: rows that were no rows of the table
	TornRow int64  // records in Torn

	Repeated     string // the records of Path whose key may stand in another one too
	RepeatedRows int64  // records in Repeated; 0 if all keys differ
}

// Delivery is what the ledger keeps of one delivery.
type Delivery struct {
	Source     string
	Contract   string
	Protection string // personal, establishment or open
	Period     string
	PeriodFrom time.Time // zero for "all"
	PeriodTo   time.Time // day after the last; zero for "all"
	IssuedAt   time.Time
	Mode       string // full or incremental
	Synthetic  bool
	File       string // base name
	SHA256     string
	Bytes      int64
	LoadedAt   time.Time
	Thorough   bool // Outcome tells every rule that a row breaks, not the first alone, and values that no list has
}

// Outcome is what became of a delivery's rows: Accepted + Quarantined +
// Superseded = Rows.
type Outcome struct {
	LoadID      int64
	Rows        int64
	Accepted    int64
	Quarantined int64
	Superseded  int64
	Reasons     []Reason
}

// Value is a text that no list has, as it was supplied: it may be anybody's.
type Value struct {
	Text string
	Rows int64
}

// CreateRaw makes the raw tables that are not there yet, and gives those that
// are the columns that their contract has got since: NULL in the rows of then.
func CreateRaw(ctx context.Context, db *DB, tables []TableSpec) error {
	return db.Tx(ctx, func(tx *sql.Tx) error {
		for _, t := range tables {
			create, err := t.createSQL()
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, create); err != nil {
				return fmt.Errorf("create raw.%s: %w", t.Name, err)
			}
			if err := t.widen(ctx, tx); err != nil {
				return fmt.Errorf("raw.%s: %w", t.Name, err)
			}
		}
		return nil
	})
}

// Stage validates a spooled delivery and takes its good rows into
// raw.<table>, its bad ones into the quarantine, and the delivery into the
// ledger, all within tx. If more than maxBad (a share, 0 to 1) of the rows
// are bad the error is a *TooManyBad and tx must be rolled back.
func Stage(ctx context.Context, tx *sql.Tx, t TableSpec, s Spool, d Delivery, maxBad float64) (Outcome, error) {
	if err := t.check(); err != nil {
		return Outcome{}, err
	}
	st, err := newStaging(ctx, tx, t, s)
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{Rows: s.Rows + s.TornRow}
	if o.LoadID, err = number(ctx, tx, `SELECT nextval('ledger.load_id')`); err != nil {
		return o, err
	}
	if o.Superseded, err = st.supersede(ctx); err != nil {
		return o, err
	}
	if o.Accepted, err = st.accept(ctx, o.LoadID); err != nil {
		return o, err
	}
	st.notTaken = s.Rows - o.Accepted - o.Superseded
	defer os.Remove(st.left())
	if err := st.judge(ctx, &o, maxBad, d.Thorough); err != nil {
		return o, err
	}
	if o.Accepted+o.Quarantined+o.Superseded != o.Rows {
		return o, fmt.Errorf("count rows: %d accepted, %d quarantined, %d superseded: expected %d together",
			o.Accepted, o.Quarantined, o.Superseded, o.Rows)
	}
	if err := st.keep(ctx, o, d); err != nil {
		return o, err
	}
	return o, nil
}

// staging is one delivery on its way through the rules.
type staging struct {
	tx    *sql.Tx
	table TableSpec
	spool Spool
	rules []rule
	all   string // SQL: the CTEs that end in "judged", the rows with all columns and lookups
	again string // the same of the rows whose key may come again
	rest  string // the same of the rows that were not taken

	notTaken int64 // rows of the spool that are neither accepted nor superseded
}

// left is the file of the rows that were not taken.
func (st *staging) left() string { return st.spool.Path + ".left" }

func newStaging(ctx context.Context, tx *sql.Tx, t TableSpec, s Spool) (*staging, error) {
	filled := map[Reference]bool{}
	for _, c := range t.Columns {
		if c.Reference.Table == "" {
			continue
		}
		n, err := number(ctx, tx, `SELECT count(*) FROM (FROM reference.`+name(c.Reference.Table)+` LIMIT 1)`)
		if err != nil {
			return nil, fmt.Errorf("look up reference %s: %w", c.Reference.Table, err)
		}
		filled[c.Reference] = n > 0
	}
	n, err := number(ctx, tx, `SELECT count(*) FROM ledger.forgotten`)
	if err != nil {
		return nil, err
	}
	filled[forgotten] = n > 0
	present := func(r Reference) bool { return filled[r] }
	st := &staging{tx: tx, table: t, spool: s, rules: t.rules(present)}
	st.all, st.again, st.rest = st.rowsSQL(s.Path, present), st.rowsSQL(s.Repeated, present), st.rowsSQL(st.left(), present)
	return st, nil
}

// rowsSQL reads a spool, casts and looks up. The buffers are said: DuckDB
// would make each 16 times as large as the longest line may be.
func (st *staging) rowsSQL(path string, present func(Reference) bool) string {
	columns := []string{"'line': 'BIGINT'"}
	var casts, found []string
	for _, c := range st.table.Columns {
		columns = append(columns, text(c.Name)+": 'VARCHAR'")
		if c.Type != "string" {
			casts = append(casts, ", "+c.cast()+" AS "+c.typed())
		}
		if c.Reference.Table != "" && present(c.Reference) {
			// A mark and no join: of a join DuckDB would keep the spool in
			// memory, which it takes for a few rows, and not the list.
			found = append(found, fmt.Sprintf("\n    , CASE WHEN %s IN (SELECT %s FROM reference.%s) THEN true END AS %s",
				name(c.Name), name(c.Reference.Column), name(c.Reference.Table), c.found()))
		}
	}
	return `WITH spooled AS (
  SELECT * FROM read_csv(` + text(path) + `, columns = {` + strings.Join(columns, ", ") + `},
    header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', new_line = '\n',
    strict_mode = true, max_line_size = 16777216, buffer_size = 33554432)
), typed AS (
  SELECT *` + strings.Join(casts, "") + ` FROM spooled
), judged AS (
  SELECT *` + strings.Join(found, "") + ` FROM typed
)
`
}

// judge sets the rows aside that were not taken, which are few, counts them by
// reason and refuses the whole if they are too many.
func (st *staging) judge(ctx context.Context, o *Outcome, maxBad float64, thorough bool) error {
	if _, err := st.tx.ExecContext(ctx, `CREATE OR REPLACE TEMP TABLE bad_rows (line BIGINT, code INTEGER, "column" VARCHAR, rule VARCHAR, shape VARCHAR, found VARCHAR)`); err != nil {
		return fmt.Errorf("judge rows: %w", err)
	}
	if err := st.judgeTorn(ctx); err != nil {
		return fmt.Errorf("judge torn rows: %w", err)
	}
	if st.notTaken > 0 && len(st.rules) > 0 {
		if err := st.judgeLeft(ctx, o.LoadID); err != nil {
			return fmt.Errorf("judge rows: %w", err)
		}
	}
	var err error
	if o.Quarantined, err = number(ctx, st.tx, `SELECT count(*) FROM bad_rows`); err != nil {
		return err
	}
	if o.Quarantined == 0 {
		return nil
	}
	if o.Reasons, err = st.reasons(ctx, thorough); err != nil {
		return err
	}
	if float64(o.Quarantined) <= maxBad*float64(o.Rows) {
		return nil
	}
	first := o.Reasons[0]
	for _, r := range o.Reasons {
		if r.Lines[0] < first.Lines[0] {
			first = r
		}
	}
	return &TooManyBad{Outcome: *o, Max: maxBad, Line: first.Lines[0], First: first}
}

func (st *staging) judgeTorn(ctx context.Context) error {
	if st.spool.TornRow == 0 {
		return nil
	}
	_, err := st.tx.ExecContext(ctx, `INSERT INTO bad_rows
SELECT line, NULL, "column", rule, shape, NULL FROM read_csv(`+text(st.spool.Torn)+`,
  columns = {'line': 'BIGINT', 'column': 'VARCHAR', 'rule': 'VARCHAR', 'shape': 'VARCHAR'},
  header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', new_line = '\n')`)
	return err
}

// judgeLeft finds the rows that were not taken and why. Most deliveries have
// few of them: to cut these out of the spool takes a part of the time in which
// DuckDB would read all of it again.
func (st *staging) judgeLeft(ctx context.Context, loadID int64) error {
	taken := fmt.Sprintf(`SELECT line FROM raw.%s WHERE load_id = %d UNION ALL FROM superseded_rows`, name(st.table.Name), loadID)
	if err := st.spool.pick(ctx, st.tx, st.left(), taken); err != nil {
		return err
	}
	_, err := st.tx.ExecContext(ctx, st.badSQL())
	return err
}

// one with the latest LatestBy stays, of equals the last line.
func (st *staging) supersede(ctx context.Context) (int64, error) {
	if _, err := st.tx.ExecContext(ctx, `CREATE OR REPLACE TEMP TABLE superseded_rows (line BIGINT)`); err != nil {
		return 0, fmt.Errorf("find duplicates: %w", err)
	}
	if len(st.table.Key) == 0 || st.spool.RepeatedRows == 0 {
		return 0, nil
	}
	latest := ""
	if c, ok := st.table.column(st.table.LatestBy); ok {
		latest = c.typed() + " DESC NULLS LAST, "
	}
	result, err := st.tx.ExecContext(ctx, `INSERT INTO superseded_rows
`+st.again+`SELECT line FROM judged
WHERE `+good(st.rules)+`
QUALIFY row_number() OVER (PARTITION BY `+names(st.table.Key)+` ORDER BY `+latest+`line DESC) > 1`)
	if err != nil {
		return 0, fmt.Errorf("find duplicates: %w", err)
	}
	return result.RowsAffected()
}

// accept takes the rows that break no rule and are not superseded into the raw
// table, in the order of their lines.
func (st *staging) accept(ctx context.Context, loadID int64) (int64, error) {
	if st.spool.Rows == 0 {
		return 0, nil
	}
	values, columns := make([]string, len(st.table.Columns)), make([]string, len(st.table.Columns))
	for i, c := range st.table.Columns {
		values[i], columns[i] = c.typed(), c.Name
	}
	result, err := st.tx.ExecContext(ctx, "INSERT INTO raw."+name(st.table.Name)+" ("+names(columns)+", load_id, line)\n"+st.all+
		"SELECT "+strings.Join(values, ", ")+fmt.Sprintf(", %d, line FROM judged\nWHERE ", loadID)+good(st.rules)+`
  AND line NOT IN (SELECT line FROM superseded_rows WHERE line IS NOT NULL)`)
	if err != nil {
		return 0, fmt.Errorf("accept rows: %w", err)
	}
	return result.RowsAffected()
}

// keep writes the ledger and the quarantine, and clears the desk.
func (st *staging) keep(ctx context.Context, o Outcome, d Delivery) error {
	_, err := st.tx.ExecContext(ctx, `INSERT INTO ledger.quarantine SELECT ?, line, "column", rule, shape FROM bad_rows ORDER BY line`, o.LoadID)
	if err != nil {
		return fmt.Errorf("keep quarantine: %w", err)
	}
	_, err = st.tx.ExecContext(ctx, `INSERT INTO ledger.deliveries
(load_id, source, contract, protection, period, period_from, period_to, issued_at, mode, synthetic, file, sha256, bytes,
 rows, accepted, quarantined, superseded, loaded_at)
VALUES (?, ?, ?, ?, ?, ?::DATE, ?::DATE, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		o.LoadID, d.Source, d.Contract, d.Protection, d.Period, day(d.PeriodFrom), day(d.PeriodTo), d.IssuedAt.UTC(), d.Mode, d.Synthetic,
		d.File, d.SHA256, d.Bytes, o.Rows, o.Accepted, o.Quarantined, o.Superseded, d.LoadedAt.UTC())
	if err != nil {
		return fmt.Errorf("keep delivery: %w", err)
	}
	if err := st.keepNoCopy(ctx, o, d); err != nil {
		return fmt.Errorf("keep delivery: %w", err)
	}
	_, err = st.tx.ExecContext(ctx, `DROP TABLE IF EXISTS bad_rows; DROP TABLE IF EXISTS superseded_rows`)
	return err
}

// keepNoCopy writes down that a file with rows of a person who was forgotten
// may not lie in the archive.
func (st *staging) keepNoCopy(ctx context.Context, o Outcome, d Delivery) error {
	n, err := number(ctx, st.tx, `SELECT count(*) FROM bad_rows WHERE rule = 'forgotten'`)
	if err != nil || n == 0 {
		return err
	}
	_, err = record(ctx, st.tx, ErasedArchive, map[int64]int64{o.LoadID: 0}, Because{Reason: "a person in it was forgotten", On: d.LoadedAt})
	return err
}

// day is a date for the ledger, NULL of the zero time.
func day(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Format(time.DateOnly)
}
