package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"
	"testing"
)

// A disk can be full for the database and for the files of a release: both say
// what to do, as does a folder that may not be written to.
func TestAFullDiskSaysToMakeRoom(t *testing.T) {
	for _, err := range []error{
		fmt.Errorf("write release 2026-06: %w", &fs.PathError{Op: "write", Path: "releases/.2026-06.partial/notes.json", Err: syscall.ENOSPC}),
		errors.New(`IO Error: Could not write file "warehouse.duckdb.wal": No space left on device`),
	} {
		if got := hints(troubled(err)); !slices.Equal(got, []string{roomHint}) {
			t.Errorf("%v: told to %q, want %q", err, got, roomHint)
		}
	}
	denied := fmt.Errorf("back up: %w", &fs.PathError{Op: "mkdir", Path: "/srv/copy.partial", Err: syscall.EACCES})
	if got := hints(troubled(denied)); !slices.Equal(got, []string{accessHint}) {
		t.Errorf("%v: told to %q, want %q", denied, got, accessHint)
	}
	if got := hints(troubled(errors.New("a view does not add up"))); len(got) > 0 {
		t.Errorf("a fault of the data is told to %q", got)
	}
}
