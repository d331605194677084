// Package watch knows when files changed. It must not know what they are for.
package watch

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"
)

// Every is how often files are looked at: a change shows within two looks.
const Every = 200 * time.Millisecond

// Files calls changed after each change of the files in or below paths, once
// they have been still from one look to the next, until ctx ends. A path that
// is not there (yet) is no fault. It looks rather than being told: a folder on
// another machine's disk tells nobody.
func Files(ctx context.Context, every time.Duration, paths []string, changed func()) error {
	told, err := state(paths)
	if err != nil {
		return err
	}
	last := told
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now, err := state(paths)
		if err != nil {
			return err
		}
		if now != told && now == last {
			told = now
			changed()
		}
		last = now
	}
}

// state stands for names, sizes and times of the files.
func state(paths []string) ([sha256.Size]byte, error) {
	h := sha256.New()
	for _, root := range paths {
		err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // gone between the list and the look
			}
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(h, "%q %d %d\n", p, info.Size(), info.ModTime().UnixNano())
			return nil
		})
		if err != nil {
			return [sha256.Size]byte{}, fmt.Errorf("watch %s: %w", root, err)
		}
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}
