package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// Known is a delivery that the ledger has.
type Known struct {
	LoadID   int64
	Source   string
	File     string
	Period   string
	IssuedAt time.Time
	SHA256   string
}

const knownColumns = `load_id, source, file, period, issued_at, sha256`

// KnownBySum finds the delivery with these very bytes; ok is false if there
// is none.
func (db *DB) KnownBySum(ctx context.Context, sha256 string) (k Known, ok bool, err error) {
	return db.known(ctx, `SELECT `+knownColumns+` FROM ledger.deliveries WHERE sha256 = ?`, sha256)
}

// KnownByIssue finds the delivery of a source for a period with this date of
// issue; ok is false if there is none.
func (db *DB) KnownByIssue(ctx context.Context, source, period string, issuedAt time.Time) (k Known, ok bool, err error) {
	return db.known(ctx, `SELECT `+knownColumns+` FROM ledger.deliveries WHERE source = ? AND period = ? AND issued_at = ?`,
		source, period, issuedAt.UTC())
}

func (db *DB) known(ctx context.Context, query string, args ...any) (Known, bool, error) {
	var k Known
	err := db.QueryRowContext(ctx, query, args...).Scan(&k.LoadID, &k.Source, &k.File, &k.Period, &k.IssuedAt, &k.SHA256)
	switch {
	case err == sql.ErrNoRows:
		return Known{}, false, nil
	case err != nil:
		return Known{}, false, fmt.Errorf("read ledger: %w", err)
	}
	return k, true, nil
}

// Deliveries lists the deliveries of a source whose checksum begins with
// prefix, in the order of loading; prefix "" lists all.
func (db *DB) Deliveries(ctx context.Context, source, prefix string) ([]Known, error) {
	return db.list(ctx, `WHERE source = ? AND starts_with(sha256, ?)`, source, prefix)
}

// Load reads what became of one delivery's rows; of each reason it tells the
// first maxLines lines.
func (db *DB) Load(ctx context.Context, loadID int64, maxLines int) (Outcome, error) {
	o := Outcome{LoadID: loadID}
	err := db.QueryRowContext(ctx, `SELECT rows, accepted, quarantined, superseded FROM ledger.deliveries WHERE load_id = ?`, loadID).
		Scan(&o.Rows, &o.Accepted, &o.Quarantined, &o.Superseded)
	if err != nil {
		return o, fmt.Errorf("read ledger: load %d: %w", loadID, err)
	}
	o.Reasons, err = reasons(ctx, db, fmt.Sprintf(`SELECT coalesce("column", ''), rule, count(*), coalesce(arg_min(shape, line), ''),
  '', NULL::INTEGER, array_to_string(list_sort(min(line, %d)), ' ')
FROM ledger.quarantine WHERE load_id = ? GROUP BY "column", rule ORDER BY count(*) DESC, min(line)`, maxLines),
		func(sql.NullInt64) string { return "" }, loadID)
	return o, err
}

// Fault is why one row of a delivery was put aside.
type Fault struct {
	Column string // "" of a rule over several
	Rule   string
}

// Faults reads why the rows of a delivery were put aside, by their lines.
func (db *DB) Faults(ctx context.Context, loadID int64) (map[int64]Fault, error) {
	rows, err := db.QueryContext(ctx, `SELECT line, coalesce("column", ''), rule FROM ledger.quarantine WHERE load_id = ?`, loadID)
	if err != nil {
		return nil, fmt.Errorf("read ledger: quarantine of load %d: %w", loadID, err)
	}
	defer rows.Close()
	faults := map[int64]Fault{}
	for rows.Next() {
		var line int64
		var f Fault
		if err := rows.Scan(&line, &f.Column, &f.Rule); err != nil {
			return nil, fmt.Errorf("read ledger: quarantine of load %d: %w", loadID, err)
		}
		faults[line] = f
	}
	return faults, rows.Err()
}

// LastLoad returns the number of the newest delivery among those of the given
// checksums, of all for nil; 0 if there is none.
func LastLoad(ctx context.Context, db *DB, sums []string) (last int64, err error) {
	if sums == nil {
		err = db.QueryRowContext(ctx, `SELECT coalesce(max(load_id), 0) FROM ledger.deliveries`).Scan(&last)
	} else {
		err = db.QueryRowContext(ctx, `SELECT coalesce(max(load_id), 0) FROM ledger.deliveries WHERE list_contains(string_split(?, ' '), sha256)`,
			strings.Join(sums, " ")).Scan(&last)
	}
	if err != nil {
		return 0, fmt.Errorf("read ledger: %w", err)
	}
	return last, nil
}
