package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"osservatorio/queries/release"
	"osservatorio/queries/released"
	"osservatorio/warehouse"
)

// reproduce makes a release again in a scratch warehouse that sees deliveries
// and releases as they were then, and compares every byte with the one that
// stands. A folder that was lost is put back.
func (in *instance) reproduce(ctx context.Context, out io.Writer, id string) error {
	unlock, err := in.lock()
	if err != nil {
		return err
	}
	defer unlock()
	entry, err := in.entryOf(ctx, id)
	if err != nil {
		return err
	}
	then, err := in.asItWas(entry)
	if err != nil {
		return err
	}
	scratch := filepath.Join(filepath.Dir(in.path(in.Paths.Warehouse)), ".reproduce") // rows about persons pass through it
	if err := os.RemoveAll(scratch); err != nil {
		return err
	}
	if err := os.MkdirAll(scratch, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	then.rebuildInto = filepath.Join(in.path(in.Paths.Releases), ".reproduce")
	if err := os.RemoveAll(then.rebuildInto); err != nil {
		return err
	}
	defer os.RemoveAll(then.rebuildInto)
	if err := os.MkdirAll(then.rebuildInto, 0o755); err != nil {
		return err
	}
	made, err := then.makeAgain(ctx, in.path(in.Paths.Warehouse), scratch)
	if err == nil {
		err = in.compareRebuilt(out, entry, made)
	}
	return in.afterErasure(ctx, entry, err)
}

// entryOf finds a release in the ledger, and holds to it the one that it
// follows: the list of changes is made from that one.
func (in *instance) entryOf(ctx context.Context, id string) (released.Entry, error) {
	var entry released.Entry
	if _, err := os.Stat(in.path(in.Paths.Warehouse)); err != nil {
		return entry, withCode(exitUsage, fmt.Errorf("reproduce %s: no warehouse at %s", id, in.path(in.Paths.Warehouse)))
	}
	db, err := in.open(ctx)
	if err != nil {
		return entry, err
	}
	defer db.Close()
	entry, known, err := released.Find(ctx, db, id)
	if err != nil {
		return entry, err
	}
	if !known {
		return entry, withCode(exitUsage, hinted(fmt.Errorf("reproduce %s: no such release in the ledger", id), "see: osservatorio status"))
	}
	if entry.Follows == "" {
		return entry, nil
	}
	before, known, err := released.Find(ctx, db, entry.Follows)
	if err == nil && known {
		err = in.stands(before.ID, before.Sums)
	}
	return entry, err
}

// asItWas is the instance with the configuration and the day of the release. It
// warns of what is known to be another now.
func (in *instance) asItWas(entry released.Entry) (*instance, error) {
	then := *in
	then.rebuilds = &entry
	if then.askedIntervals == "" {
		asked, err := intervalsOf(in.folder(entry.ID))
		if err != nil {
			return nil, fmt.Errorf("reproduce %s: %w", entry.ID, err)
		}
		then.askedIntervals = asked
	}
	if entry.Configuration == "" {
		in.log.Warn("what the release was made from was not kept: the configuration of today is used", "release", entry.ID)
		return &then, nil
	}
	c, err := parseConfig(in.file, []byte(entry.Configuration))
	if err != nil {
		return nil, fmt.Errorf("reproduce %s: its configuration of then: %w", entry.ID, err)
	}
	c.Release.Key, c.Limits = in.Release.Key, in.Limits // where the key lies and what the machine has is of today
	then.Config = c
	day, err := time.Parse(time.DateOnly, entry.On)
	if err != nil {
		return nil, fmt.Errorf("reproduce %s: %w", entry.ID, err)
	}
	then.now = func() time.Time { return day }
	if entry.Software != fingerprint() {
		in.log.Warn("the program is not the one that made the release", "then", entry.Software, "now", fingerprint())
	}
	lists, err := then.listsHash()
	if err == nil && lists != entry.Lists {
		in.log.Warn("the instance's territory, lists or boundaries are not those of the release", "release", entry.ID)
	}
	return &then, err
}

// makeAgain returns the folder of the release made again.
func (in *instance) makeAgain(ctx context.Context, standing, scratch string) (string, error) {
	db, err := warehouse.OpenAsOf(ctx, warehouse.Options{
		Path: filepath.Join(scratch, "warehouse.duckdb"), Memory: in.Limits.Memory, Threads: in.Limits.Threads, Temp: in.path(in.Limits.Temp),
	}, standing, warehouse.Moment{LastLoad: in.rebuilds.LastLoad, Release: in.rebuilds.Seq})
	if err != nil {
		return "", err
	}
	defer db.Close()
	if err := in.loadReference(ctx, db); err != nil {
		return "", err
	}
	return in.release(ctx, db)
}

// compareRebuilt holds the release made again to the ledger and to the folder
// that stands, byte by byte.
func (in *instance) compareRebuilt(out io.Writer, entry released.Entry, made string) error {
	sums, err := release.SumsHash(made)
	if err != nil {
		return err
	}
	standing := in.folder(entry.ID)
	_, err = os.Stat(standing)
	switch {
	case errors.Is(err, fs.ErrNotExist) && sums == entry.Sums:
		if err := os.Rename(made, standing); err != nil {
			return fmt.Errorf("put back release %s: %w", entry.ID, err)
		}
		_, err := fmt.Fprintf(out, "release %s was lost: made again with the same bytes and put back\n", entry.ID)
		return err
	case errors.Is(err, fs.ErrNotExist):
		return withCode(exitTampered, fmt.Errorf("reproduce %s: SHA256SUMS came out other than it was: sha256 %s: expected %s: the folder is not there to say which file differs, and is not put back", entry.ID, sums, entry.Sums))
	case err != nil:
		return err
	}
	if err := release.VerifySums(standing); err != nil {
		return withCode(exitTampered, err)
	}
	differing, files, err := differ(standing, made)
	if err != nil {
		return err
	}
	if len(differing) > 0 {
		return withCode(exitTampered, hinted(fmt.Errorf("reproduce %s: %d of %d files came out otherwise: %s", entry.ID, len(differing), files, strings.Join(differing, ", ")),
			"the release stands as it is; the lines above tell what is known to be another than then: program, configuration, lists, key"))
	}
	_, err = fmt.Fprintf(out, "release %s made again: %d files, the same bytes\n", entry.ID, files)
	return err
}

// differ lists the files that two folders do not share byte by byte, sorted.
func differ(a, b string) (names []string, files int, err error) {
	in := map[string]int{}
	for _, dir := range []string{a, b} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			name, err := filepath.Rel(dir, path)
			in[filepath.ToSlash(name)]++
			return err
		})
		if err != nil {
			return nil, 0, err
		}
	}
	for name, found := range in {
		same := found == 2
		if same {
			if same, err = sameBytes(filepath.Join(a, name), filepath.Join(b, name)); err != nil {
				return nil, 0, err
			}
		}
		if !same {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, len(in), nil
}

func sameBytes(a, b string) (bool, error) {
	one, err := os.ReadFile(a)
	if err != nil {
		return false, err
	}
	other, err := os.ReadFile(b)
	return string(one) == string(other), err
}
