package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"osservatorio/ingest"
	"osservatorio/warehouse"
)

// giveBack writes the rows of one delivery that were put aside to a new file
// that its owner alone may read: they hold what the supplier sent. They come
// from the archive, or from the file from.
func (a *app) giveBack(ctx context.Context, in *instance, db *warehouse.DB, source, delivery, from, to string) (err error) {
	sources, err := in.pick([]string{source})
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return withCode(exitUsage, hinted(fmt.Errorf("quarantine --export %s: the file is there already", to), "name a new file"))
	}
	if err != nil {
		return fmt.Errorf("quarantine --export: %w", err)
	}
	defer func() {
		if err = errors.Join(err, out.Close()); err != nil {
			os.Remove(to)
		}
	}()
	o := ingest.Options{DB: db, Archive: in.path(in.Paths.Archive), Temp: in.path(in.Limits.Temp), Memory: in.Limits.Memory, Threads: in.Limits.Threads, Log: in.log}
	rows, err := ingest.GiveBack(ctx, o, sources[0], delivery, from, out)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%d rows of %s put aside: %s\n", rows, source, to)
	return err
}
