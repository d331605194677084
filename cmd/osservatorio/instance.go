package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"osservatorio/ingest"
	"osservatorio/queries/released"
	"osservatorio/warehouse"
)

// instance is an opened configuration with the things every verb needs.
type instance struct {
	*Config
	sourceDir string // --source-dir: read deliveries here and leave them
	askedID   string // --id: of the release to make

	askedIntervals string // --intervals: as in the configuration, which it overrides

	patience time.Duration // --wait: for a run that holds the instance

	rebuilds    *released.Entry // the release that is made again, nil for a new one
	rebuildInto string          // folder that it is written into

	now func() time.Time
	log *slog.Logger
	out *progress
}

// lock takes the instance for this process until the returned func is called.
// A lock left by a dead process does not hold: the kernel drops it.
func (in *instance) lock() (func(), error) {
	path := in.path(in.Paths.Warehouse) + ".lock"
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("lock instance: %w", err)
	}
	unlock, owner, err := takeLock(path, in.now())
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, withCode(exitBusy, hinted(
			fmt.Errorf("lock instance %s: another run holds it: %s", in.file, owner),
			"wait for it to end, or look with: osservatorio status"))
	}
	if err != nil {
		return nil, fmt.Errorf("lock instance: %w", err)
	}
	return unlock, nil
}

// open opens the warehouse with reference data loaded and raw tables made.
func (in *instance) open(ctx context.Context) (*warehouse.DB, error) {
	db, err := warehouse.Open(ctx, in.database())
	if err != nil {
		return nil, err
	}
	if err := errors.Join(in.prepare(ctx, db), in.settleKey(ctx, db)); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// database says how the warehouse is opened.
func (in *instance) database() warehouse.Options {
	return warehouse.Options{Path: in.path(in.Paths.Warehouse), Memory: in.Limits.Memory, Threads: in.Limits.Threads, Temp: in.path(in.Limits.Temp)}
}

func (in *instance) prepare(ctx context.Context, db *warehouse.DB) error {
	if err := in.loadReference(ctx, db); err != nil {
		return err
	}
	return ingest.Prepare(ctx, db)
}

func (in *instance) loadReference(ctx context.Context, db *warehouse.DB) error {
	geography, err := in.geography()
	if err != nil {
		return withCode(exitUsage, fmt.Errorf("%s: region.geography: %w", in.file, err))
	}
	var extra []fs.FS
	if in.Region.Lists != "" {
		extra = append(extra, os.DirFS(in.path(in.Region.Lists)))
	}
	return in.listed(warehouse.LoadReference(ctx, db, warehouse.ReferenceFS(), geography, extra...))
}

// listed tells where a list lies that is not as it should be: no further run
// mends it, so it is a fault of the configuration.
func (in *instance) listed(err error) error {
	var fault *warehouse.ListError
	if !errors.As(err, &fault) {
		return err
	}
	key, folder := "region.lists", in.Region.Lists
	if fault.Territory() {
		key, folder = "region.geography", in.Region.Geography
	}
	return withCode(exitUsage, fmt.Errorf("%s: %s = %q: %w", in.file, key, folder, err))
}

// geography returns the reference data of the territory: a folder of the
// instance if there is one, else the built-in of that name.
func (c *Config) geography() (fs.FS, error) {
	return territoryAt(c.path(c.Region.Geography), c.Region.Geography)
}
