package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Unscrubbed tells whether something was erased whose bytes may still lie in
// free parts of the file.
func (db *DB) Unscrubbed(ctx context.Context) (bool, error) {
	n, err := number(ctx, db, `SELECT count(*) FROM main.unscrubbed`)
	return n > 0, err
}

// Scrub writes the warehouse at o.Path anew, beside the file, and puts the new
// one in its place: DuckDB marks what is deleted as free and leaves its bytes
// where they were. The warehouse must be closed. A kill leaves the one file or
// the other, and a copy that the next call writes over.
func Scrub(ctx context.Context, o Options) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write warehouse %s anew: %w", o.Path, err)
		}
	}()
	fresh := o.Path + ".fresh"
	if err := removeDatabase(fresh); err != nil {
		return err
	}
	defer removeDatabase(fresh)
	if err := copyDatabase(ctx, o, fresh); err != nil {
		return err
	}
	if _, err := os.Stat(o.Path + ".wal"); err == nil {
		return fmt.Errorf("%s.wal: still there after the warehouse was closed", o.Path) // of the old file: it would spoil the new one
	}
	if err := os.Rename(fresh, o.Path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(o.Path))
}

func removeDatabase(path string) error {
	for _, p := range []string{path, path + ".wal"} {
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// copyDatabase writes every table and view of the database into a new file.
func copyDatabase(ctx context.Context, o Options, fresh string) error {
	db, err := Open(ctx, o)
	if err != nil {
		return err
	}
	defer db.Close()
	var current string
	if err := db.QueryRowContext(ctx, `SELECT current_database()`).Scan(&current); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, `ATTACH `+text(fresh)+` AS fresh`); err != nil {
		return err
	}
	if err := os.Chmod(fresh, 0o600); err != nil { // before anything is in it
		return err
	}
	for _, step := range []string{
		`COPY FROM DATABASE ` + name(current) + ` TO fresh`,
		`DELETE FROM fresh.main.unscrubbed`,
		`CHECKPOINT fresh`,
		`DETACH fresh`,
	} {
		if _, err := db.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	if err := db.Close(); err != nil {
		return err
	}
	return syncFile(fresh)
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
