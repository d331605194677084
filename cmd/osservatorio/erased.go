package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"osservatorio/queries/released"
	"osservatorio/warehouse"
)

// afterErasure says what a release that did not come out the same has to do
// with what was erased since; err is returned as it is if nothing was.
func (in *instance) afterErasure(ctx context.Context, entry released.Entry, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	db, opened := in.open(ctx)
	if opened != nil {
		return errors.Join(err, opened)
	}
	defer db.Close()
	e, asked := warehouse.ErasedOf(ctx, db, entry.LastLoad)
	switch {
	case asked != nil:
		return errors.Join(err, asked)
	case e.Rows > 0:
		return withCode(exitErased, hinted(
			fmt.Errorf("reproduce %s: %d rows that it was made of were erased since, the last on %s, so it can no longer be made again: %w", entry.ID, e.Rows, e.Last.Format(time.DateOnly), err),
			"it stands as published, and its signature and checksums still hold: osservatorio verify "+in.folder(entry.ID)+"; a folder that is lost comes back from a backup alone"))
	case e.Keys > 0:
		return hinted(fmt.Errorf("reproduce %s: the pseudonyms have a new key since %s: %w", entry.ID, e.Last.Format(time.DateOnly), err),
			"rows that tie in everything but their pseudonym may be taken in another order: expected few cells to differ, by little")
	}
	return err
}
