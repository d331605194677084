package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kinds of erasure that the ledger knows.
const (
	ErasedPerson   = "person"   // rows about one person
	ErasedDelivery = "delivery" // all rows of a delivery, which counts no more
	ErasedArchive  = "archive"  // its copy in the archive; its rows stay
	Rekeyed        = "rekey"    // nothing was erased, but every pseudonym is another
)

// Because says when something is erased and why, for the ledger.
type Because struct {
	Reason   string
	On       time.Time
	Rehearse bool // only tell what would go
}

// errRehearsed takes a rehearsal back.
var errRehearsed = errors.New("rehearsed")

// rehearsed is an erasure's error, none of a rehearsal that went well.
func (why Because) rehearsed(err error) error {
	if err == nil && why.Rehearse {
		return errRehearsed
	}
	return err
}

// Erased is a delivery of which something was erased.
type Erased struct {
	Known
	Rows int64 // of the raw table
}

// ErasePerson erases every row whose column has this pseudonym, and turns such
// rows away from now on. It returns the deliveries that had some: their copies
// in the archive hold them still.
func ErasePerson(ctx context.Context, db *DB, column, pseudonym string, why Because) (list []Erased, err error) {
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		tables, err := rawWith(ctx, tx, column)
		if err != nil {
			return err
		}
		found := map[int64]int64{}
		for _, table := range tables {
			if err := countByLoad(ctx, tx, found, `SELECT load_id, count(*) FROM raw.`+name(table)+` WHERE `+name(column)+` = ? GROUP BY load_id`, pseudonym); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM raw.`+name(table)+` WHERE `+name(column)+` = ?`, pseudonym); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO ledger.forgotten VALUES (?) ON CONFLICT DO NOTHING`, pseudonym); err != nil {
			return err
		}
		list, err = record(ctx, tx, ErasedPerson, found, why)
		if err == nil && len(list) == 0 {
			return errRehearsed // nobody is turned away whom no row is about
		}
		return why.rehearsed(err)
	})
	if err != nil && !errors.Is(err, errRehearsed) {
		return nil, fmt.Errorf("erase person: %w", err) // without the pseudonym: errors are logged
	}
	return list, nil
}

// EraseDeliveries erases all rows of deliveries. The ledger keeps that they
// came: the same bytes again change nothing.
func EraseDeliveries(ctx context.Context, db *DB, loads []Known, why Because) (list []Erased, err error) {
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		tables, err := rawWith(ctx, tx, "load_id")
		if err != nil {
			return err
		}
		found := map[int64]int64{}
		for _, l := range loads {
			found[l.LoadID] = 0
			for _, table := range tables {
				if err := countByLoad(ctx, tx, found, `SELECT load_id, count(*) FROM raw.`+name(table)+` WHERE load_id = ? GROUP BY load_id`, l.LoadID); err != nil {
					return err
				}
				if _, err := tx.ExecContext(ctx, `DELETE FROM raw.`+name(table)+` WHERE load_id = ?`, l.LoadID); err != nil {
					return err
				}
			}
		}
		list, err = record(ctx, tx, ErasedDelivery, found, why)
		return why.rehearsed(err)
	})
	if err != nil && !errors.Is(err, errRehearsed) {
		return nil, fmt.Errorf("erase deliveries: %w", err)
	}
	return list, nil
}

// RecordArchiveErased writes down that the copies of deliveries in the archive
// are to go. It is written before they do, so that one that is still there
// after a kill is found again.
func RecordArchiveErased(ctx context.Context, db *DB, loads []Known, why Because) error {
	found := map[int64]int64{}
	for _, l := range loads {
		found[l.LoadID] = 0
	}
	err := db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := record(ctx, tx, ErasedArchive, found, why)
		return err
	})
	if err != nil {
		return fmt.Errorf("record erased archive: %w", err)
	}
	return nil
}

// rawWith lists the raw tables that have a column.
func rawWith(ctx context.Context, tx *sql.Tx, column string) ([]string, error) {
	return column1(ctx, tx, `SELECT table_name FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = 'raw' AND column_name = ? ORDER BY 1`, column)
}

func column1(ctx context.Context, q querier, query string, args ...any) ([]string, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func countByLoad(ctx context.Context, tx *sql.Tx, found map[int64]int64, query string, args ...any) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var load, n int64
		if err := rows.Scan(&load, &n); err != nil {
			return err
		}
		found[load] += n
	}
	return rows.Err()
}

// record writes an erasure into the ledger. Where rows went, everything that
// was made of them goes too, and the file is to be written anew.
func record(ctx context.Context, tx *sql.Tx, kind string, found map[int64]int64, why Because) ([]Erased, error) {
	seq, err := number(ctx, tx, `SELECT coalesce(max(seq), 0) + 1 FROM ledger.erasures`)
	if err != nil {
		return nil, err
	}
	var rows int64
	for load, n := range found {
		rows += n
		if _, err := tx.ExecContext(ctx, `INSERT INTO ledger.erasures
SELECT ?, ?, ?, coalesce(max(load_id), 0), ?, ?, ?::DATE FROM ledger.deliveries`, seq, kind, load, n, why.Reason, day(why.On)); err != nil {
			return nil, err
		}
	}
	if rows > 0 {
		if err := unmake(ctx, tx, why.On); err != nil {
			return nil, err
		}
	}
	return erasedBy(ctx, tx, seq)
}

func erasedBy(ctx context.Context, tx *sql.Tx, seq int64) ([]Erased, error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+knownColumns+`, e.rows FROM ledger.deliveries JOIN (
SELECT load_id, rows FROM ledger.erasures WHERE seq = ?) e USING (load_id) ORDER BY load_id`, seq)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Erased
	for rows.Next() {
		var e Erased
		if err := rows.Scan(&e.LoadID, &e.Source, &e.File, &e.Period, &e.IssuedAt, &e.SHA256, &e.Rows); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, rows.Err()
}

// unmake drops all that was made of raw rows, since it holds their pseudonyms,
// and notes that the file is to be written anew.
func unmake(ctx context.Context, tx *sql.Tx, on time.Time) error {
	for _, kind := range []struct{ word, from, column string }{{"VIEW", "duckdb_views()", "view_name"}, {"TABLE", "duckdb_tables()", "table_name"}} {
		list, err := column1(ctx, tx, `SELECT '"' || schema_name || '"."' || replace(`+kind.column+`, '"', '""') || '"' FROM `+kind.from+`
WHERE database_name = current_database() AND NOT internal AND schema_name IN ('staging', 'marts', 'cubes', 'published') ORDER BY 1`)
		if err != nil {
			return err
		}
		for _, object := range list {
			if _, err := tx.ExecContext(ctx, `DROP `+kind.word+` `+object); err != nil {
				return err
			}
		}
	}
	if _, err := tx.ExecContext(ctx, `DROP TABLE IF EXISTS main.built`); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO main.unscrubbed VALUES (?::DATE)`, day(on))
	return err
}

// Before lists the deliveries of periods that had ended by a day, those erased
// excepted. Deliveries without a period are not among them.
func (db *DB) Before(ctx context.Context, day time.Time) ([]Known, error) {
	return db.list(ctx, `WHERE period_to <= ?::DATE AND load_id NOT IN (SELECT load_id FROM ledger.erasures WHERE kind = 'delivery')`, day.Format(time.DateOnly))
}

// BySum lists the deliveries whose checksum begins with prefix, of any source.
func (db *DB) BySum(ctx context.Context, prefix string) ([]Known, error) {
	return db.list(ctx, `WHERE starts_with(sha256, ?)`, strings.ToLower(prefix))
}

// ArchivedBefore lists the deliveries of a source that were loaded before a
// moment; their copies in the archive may be there or not.
func (db *DB) ArchivedBefore(ctx context.Context, source string, moment time.Time) ([]Known, error) {
	return db.list(ctx, `WHERE source = ? AND loaded_at < ?`, source, moment.UTC())
}

// ArchiveGone lists the deliveries of which no copy may be in the archive any more.
func (db *DB) ArchiveGone(ctx context.Context) ([]Known, error) {
	return db.list(ctx, `WHERE load_id IN (SELECT load_id FROM ledger.erasures WHERE kind <> 'rekey')`)
}

// IsArchiveGone tells whether the delivery with this checksum is one of these.
func (db *DB) IsArchiveGone(ctx context.Context, sha256 string) (bool, error) {
	gone, err := db.list(ctx, `WHERE sha256 = ? AND load_id IN (SELECT load_id FROM ledger.erasures WHERE kind <> 'rekey')`, sha256)
	return len(gone) > 0, err
}

func (db *DB) list(ctx context.Context, where string, args ...any) ([]Known, error) {
	rows, err := db.QueryContext(ctx, `SELECT `+knownColumns+` FROM ledger.deliveries `+where+` ORDER BY load_id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	defer rows.Close()
	var list []Known
	for rows.Next() {
		var k Known
		if err := rows.Scan(&k.LoadID, &k.Source, &k.File, &k.Period, &k.IssuedAt, &k.SHA256); err != nil {
			return nil, fmt.Errorf("read ledger: %w", err)
		}
		list = append(list, k)
	}
	return list, rows.Err()
}

// Erasures sums up what was done to deliveries after they were loaded.
type Erasures struct {
	Rows  int64 // erased of deliveries up to the one asked for
	Times int64 // that something was erased
	Keys  int64 // new keys since
	Last  time.Time
}

// ErasedOf sums up what was erased of the deliveries that a release was made
// of: those up to lastLoad.
func ErasedOf(ctx context.Context, db *DB, lastLoad int64) (e Erasures, err error) {
	var last sql.NullTime
	err = db.QueryRowContext(ctx, `SELECT coalesce(CAST(sum(rows) AS BIGINT), 0), count(DISTINCT seq) FILTER (rows > 0), count(*) FILTER (kind = 'rekey'),
  max(erased_on) FILTER (rows > 0 OR kind = 'rekey')
FROM ledger.erasures WHERE load_id <= ? OR (kind = 'rekey' AND last_load >= ?)`, lastLoad, lastLoad).Scan(&e.Rows, &e.Times, &e.Keys, &last)
	e.Last = last.Time
	if err != nil {
		err = fmt.Errorf("read ledger: %w", err)
	}
	return e, err
}
