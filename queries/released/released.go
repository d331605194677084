// Package released knows the ledger of released cells: every version of every
// public cell, by the release that first said so. Whoever protects a release
// must know what is out already. It holds public numbers only, is read from
// release folders, and is never deleted from.
package released

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// Made is what a release was made from, beyond what its folder says; zero
// values are not known.
type Made struct {
	LastLoad      int64  // the newest delivery that was there
	On            string // YYYY-MM-DD
	Software      string // fingerprint of the program
	Configuration string // text of osservatorio.toml
	Lists         string // hash of the instance's own territory, lists and boundaries
}

// Entry is one release of the ledger.
type Entry struct {
	Seq     int64
	ID      string
	Follows string
	Sums    string // hash of SHA256SUMS
	Made
}

const entryColumns = `seq, id, coalesce(follows, ''), sums_sha256, last_load, coalesce(CAST(made_on AS VARCHAR), ''),
	coalesce(software, ''), coalesce(configuration, ''), coalesce(lists_sha256, '')`

// Entries lists the releases in the order of publication.
func Entries(ctx context.Context, db *warehouse.DB) ([]Entry, error) {
	rows, err := db.QueryContext(ctx, `SELECT `+entryColumns+` FROM ledger.releases ORDER BY seq`)
	if err != nil {
		return nil, fmt.Errorf("read ledger of releases: %w", err)
	}
	defer rows.Close()
	var list []Entry
	for rows.Next() {
		e, err := scanEntry(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("read ledger of releases: %w", err)
		}
		list = append(list, e)
	}
	return list, rows.Err()
}

// Find returns the entry of an id and whether the ledger has it.
func Find(ctx context.Context, db *warehouse.DB, id string) (Entry, bool, error) {
	e, err := scanEntry(db.QueryRowContext(ctx, `SELECT `+entryColumns+` FROM ledger.releases WHERE id = ?`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Entry{}, false, nil
	}
	if err != nil {
		return Entry{}, false, fmt.Errorf("read ledger of releases: %s: %w", id, err)
	}
	return e, true, nil
}

func scanEntry(scan func(...any) error) (e Entry, err error) {
	err = scan(&e.Seq, &e.ID, &e.Follows, &e.Sums, &e.LastLoad, &e.On, &e.Software, &e.Configuration, &e.Lists)
	return e, err
}

// Record takes a release folder into the ledger, in one transaction. A release
// that is there already is left; one with other content under the same id is
// an error. Releases must come in the order of publication.
func Record(ctx context.Context, db *warehouse.DB, dir string, made Made) error {
	r, err := release.Open(dir)
	if err != nil {
		return err
	}
	sums, err := release.SumsHash(dir)
	if err != nil {
		return err
	}
	standing, known, err := Find(ctx, db, r.Info.ID)
	if err != nil || known && standing.Sums == sums {
		return err
	}
	if known {
		return fmt.Errorf("record release %s: the ledger has another of this id: SHA256SUMS %s: expected %s", r.Info.ID, sums, standing.Sums)
	}
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		rec := recording{ctx: ctx, tx: tx, release: r}
		return rec.run(sums, made)
	})
	if err != nil {
		return fmt.Errorf("record release %s: %w", r.Info.ID, err)
	}
	return nil
}
