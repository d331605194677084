package export

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"osservatorio/queries/release"
)

// WriteIndex writes the index of a folder of releases and its signature; without
// a key it has none. Each file is replaced whole. Between the two a reader may
// meet an index with the signature of the one before, for the moment that two
// renames take; a run that was killed there is mended by the next.
func WriteIndex(dir string, index release.Index, key ed25519.PrivateKey) error {
	data, err := indented(index)
	if err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	path := filepath.Join(dir, release.IndexFile)
	if key == nil {
		err = os.Remove(path + release.SignatureSuffix)
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	} else {
		err = replaceFile(path+release.SignatureSuffix, ed25519.Sign(key, data))
	}
	if err == nil {
		err = replaceFile(path, data)
	}
	if err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	return nil
}

// replaceFile writes a file beside its place and renames it into it.
func replaceFile(path string, data []byte) error {
	part := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".part")
	if err := writeDurably(part, data); err != nil {
		os.Remove(part)
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncPath(filepath.Dir(path))
}

func writeDurably(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncTree has the disk hold every file of a folder before its name is given
// out, so that a power cut leaves a release whole or not at all.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return syncPath(path)
	})
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
