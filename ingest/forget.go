package ingest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"osservatorio/ingest/contract"
	"osservatorio/warehouse"
)

// PersonColumn is the column of every contract that says whom a row is about.
const PersonColumn = "person_id"

// Tables tells the warehouse what it must know of every contract.
func Tables() ([]warehouse.TableSpec, error) {
	var tables []warehouse.TableSpec
	for _, name := range contract.Names() {
		c, err := contract.Load(name)
		if err != nil {
			return nil, err
		}
		tables = append(tables, Table(c))
	}
	return tables, nil
}

// Retain erases the copies in the archive that its sources keep no longer:
// those of deliveries loaded more than RetentionMonths ago, and any that was
// erased before and is there again. Rows in the warehouse stay. It returns the
// deliveries whose copies went.
func Retain(ctx context.Context, o Options) ([]warehouse.Known, error) {
	if o.KeepInbox || o.Archive == "" {
		return nil, nil
	}
	var past []warehouse.Known
	for _, s := range o.Sources {
		if s.RetentionMonths == 0 {
			continue
		}
		list, err := o.DB.ArchivedBefore(ctx, s.Name, o.Now().AddDate(0, -s.RetentionMonths, 0))
		if err != nil {
			return nil, err
		}
		past = append(past, lying(o.Archive, list)...)
	}
	if len(past) > 0 {
		why := warehouse.Because{Reason: "retention_months", On: o.Now()}
		if err := warehouse.RecordArchiveErased(ctx, o.DB, past, why); err != nil {
			return nil, err
		}
	}
	return EraseArchived(ctx, o.DB, o.Archive)
}

// EraseArchived erases every copy in the archive that the ledger says is gone,
// and returns the deliveries of those that were still there.
func EraseArchived(ctx context.Context, db *warehouse.DB, archive string) ([]warehouse.Known, error) {
	gone, err := db.ArchiveGone(ctx)
	if err != nil || archive == "" {
		return nil, err
	}
	there := lying(archive, gone)
	for _, k := range there {
		for _, path := range copies(archive, k) {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("erase %s from the archive: %w", k.File, err)
			}
		}
	}
	return there, nil
}

// lying are the deliveries of which the archive has a copy.
func lying(archive string, list []warehouse.Known) []warehouse.Known {
	var there []warehouse.Known
	for _, k := range list {
		for _, path := range copies(archive, k) {
			if _, err := os.Lstat(path); err == nil {
				there = append(there, k)
				break
			}
		}
	}
	return there
}

// copies are the names that a delivery can have in the archive.
func copies(archive string, k warehouse.Known) []string {
	plain := filepath.Join(archive, k.Source, k.Period, k.SHA256[:12]+"-"+k.File)
	return []string{plain, plain + sealedSuffix}
}
