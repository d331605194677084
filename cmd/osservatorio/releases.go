package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"

	"osservatorio/queries/export"
	"osservatorio/queries/release"
	"osservatorio/queries/released"
	"osservatorio/warehouse"
)

// folder is where a release of that id lies, or would.
func (in *instance) folder(id string) string {
	return filepath.Join(in.path(in.Paths.Releases), id)
}

// releases lists the ids of the releases that are there, in their order. The
// folder's own path is no pattern: it may have a bracket in it. A name that
// begins with a dot is a release in the making, perhaps of a run that was killed.
func (in *instance) releases() ([]string, error) {
	found, err := fs.Glob(os.DirFS(in.path(in.Paths.Releases)), "[^.]*/release.json")
	for i, f := range found {
		found[i] = path.Dir(f)
	}
	slices.SortFunc(found, release.CompareID)
	return found, err
}

// newest returns the folder of the newest release, withdrawn or not: the one
// that the next follows. It is "" if there is none. A release that is made
// again follows what it followed.
func (in *instance) newest() (string, error) {
	if in.rebuilds != nil {
		if in.rebuilds.Follows == "" {
			return "", nil
		}
		return in.folder(in.rebuilds.Follows), nil
	}
	ids, err := in.releases()
	if err != nil || len(ids) == 0 {
		return "", err
	}
	return in.folder(ids[len(ids)-1]), nil
}

// latest returns the folder of the newest release that was not withdrawn: the
// one that is shown. It is "" if there is none.
func (in *instance) latest() (string, error) {
	ids, err := in.releases()
	if err != nil {
		return "", err
	}
	index, err := release.ReadIndex(in.path(in.Paths.Releases))
	if err != nil {
		return "", err
	}
	for _, id := range slices.Backward(ids) {
		if e, _ := index.Entry(id); e.Withdrawn == nil {
			return in.folder(id), nil
		}
	}
	return "", nil
}

func (in *instance) released(id string) bool {
	_, err := os.Lstat(in.folder(id))
	return err == nil
}

// settle holds the releases to what the ledger and the index say of them, and
// takes in what they do not know yet: a release of a run that was killed before
// it could say so, or of a time before there was a ledger.
func (in *instance) settle(ctx context.Context, db *warehouse.DB) error {
	if _, err := in.signingKey(); err != nil {
		return err // told before anything is computed
	}
	index, err := release.ReadIndex(in.path(in.Paths.Releases))
	if err != nil {
		return withCode(exitTampered, hinted(err, "put the index back from a backup: it alone knows which releases were withdrawn; where none was, remove it and it is written anew"))
	}
	if err := in.standing(ctx, db, index); err != nil {
		return err
	}
	ids, err := in.releases()
	if err != nil || len(ids) == 0 {
		return err
	}
	for _, id := range ids {
		if err := in.takeIn(ctx, db, id); err != nil {
			return err
		}
	}
	return in.writeIndex(index)
}

// standing holds every release that was made to its folder.
func (in *instance) standing(ctx context.Context, db *warehouse.DB, index release.Index) error {
	entries, err := released.Entries(ctx, db)
	if err != nil {
		return err
	}
	known := map[string]string{}
	for _, e := range index.Releases {
		known[e.ID] = e.Sums
	}
	for _, e := range entries {
		known[e.ID] = e.Sums
	}
	var faults []error
	for id, sums := range known {
		faults = append(faults, in.stands(id, sums))
	}
	return errors.Join(faults...)
}

// stands holds the folder of a release to the hash of its manifest.
func (in *instance) stands(id, sums string) error {
	got, err := release.SumsHash(in.folder(id))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return hinted(fmt.Errorf("release %s: was made and is not in %s", id, in.path(in.Paths.Releases)),
			"put the folder back from a backup, or make it again with: osservatorio release --reproduce "+id)
	case err != nil:
		return err
	case got != sums:
		return withCode(exitTampered, hinted(fmt.Errorf("release %s: SHA256SUMS is not the one it was made with: sha256 %s: expected %s", id, got, sums),
			"a release is never changed: put the folder back from a backup; a correction is a new release"))
	}
	return nil
}

// takeIn records a release that the ledger does not know. Of what it was made
// from only the deliveries can still be told.
func (in *instance) takeIn(ctx context.Context, db *warehouse.DB, id string) error {
	_, known, err := released.Find(ctx, db, id)
	if err != nil || known {
		return err
	}
	rel, err := release.Open(in.folder(id))
	if err != nil {
		return err
	}
	last, err := warehouse.LastLoad(ctx, db, sumsOf(rel.Info.Batches))
	if err != nil {
		return err
	}
	in.log.Info("release taken into the ledger", "release", id)
	return released.Record(ctx, db, in.folder(id), released.Made{LastLoad: last})
}

func sumsOf(batches []release.Batch) []string {
	sums := make([]string, len(batches))
	for i, b := range batches {
		sums[i] = b.SHA256
	}
	return sums
}

// writeIndex writes the index of the releases that are public, unless the one
// that is there says the same and is signed as it should be. One that was
// withdrawn is named even if its time had not come: that is news of its own.
func (in *instance) writeIndex(known release.Index) error {
	index, err := in.indexFrom(known, in.now())
	if err != nil {
		return err
	}
	for _, e := range known.Releases {
		if e.Withdrawn != nil {
			index = index.With(e)
		}
	}
	dir := in.path(in.Paths.Releases)
	there, err := release.ReadIndex(dir)
	if err != nil {
		return err
	}
	key, err := in.signingKey()
	if err != nil {
		return err
	}
	if reflect.DeepEqual(there, index) && (key == nil || release.VerifySignature(dir, release.IndexFile, key.Public().(ed25519.PublicKey)) == nil) {
		return nil
	}
	return export.WriteIndex(dir, index, key)
}

// tellIndex has the index say what is public now.
func (in *instance) tellIndex() error {
	index, err := release.ReadIndex(in.path(in.Paths.Releases))
	if err != nil {
		return err
	}
	return in.writeIndex(index)
}

// signingKey is the key that signs releases, nil if the instance has none.
func (in *instance) signingKey() (ed25519.PrivateKey, error) {
	if in.Release.Key == "" {
		return nil, nil
	}
	path := in.path(in.Release.Key)
	key, err := export.LoadKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, hinted(err, "make one with: osservatorio key new, or take key out of [release] in "+in.file+" to leave releases unsigned")
	}
	return key, err
}
