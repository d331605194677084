package warehouse

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// stopped is a database as a process leaves it that is killed while it puts its
// log away: the file before, the log, and the file as it would have become.
func stopped(t *testing.T) (before, log, after []byte, blocks []int64) {
	t.Helper()
	o := Options{Path: filepath.Join(t.TempDir(), "w.duckdb"), Threads: 1}
	load := func(i int, rows string) *DB {
		db, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := CreateRaw(t.Context(), db, []TableSpec{visits}); err != nil {
			t.Fatal(err)
		}
		if _, err := visit(t, db, i, rows); err != nil {
			t.Fatal(err)
		}
		return db
	}
	load(1, "v1 p1, v2 p2").Close()
	load(2, "v3 p3").Close()
	db := load(3, "v4 p4, v5 p5, v6 p6")
	before, log = bytesOf(t, o.Path), bytesOf(t, o.Path+".wal")
	db.Close()
	after = bytesOf(t, o.Path)
	blocks, err := catalogueBlocks(t.Context(), Options{Path: put(t, before, nil), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	return before, log, after, blocks
}

func bytesOf(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// put writes a database file and its log, if it has one, to a place of its own.
func put(t *testing.T, file, log []byte) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "w.duckdb")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if log != nil {
		if err := os.WriteFile(path+".wal", log, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestABlockThatAKilledProcessLeftTornLosesNothing(t *testing.T) {
	before, log, after, blocks := stopped(t)
	torn := 0
	for _, b := range blocks {
		at := int(firstBlock + b*blockBytes)
		if at+blockBytes > len(before) || bytes.Equal(before[at:at+blockBytes], after[at:at+blockBytes]) {
			continue // not written over
		}
		for _, part := range []int{4096, blockBytes / 2, blockBytes - 4096} {
			half := bytes.Clone(before)
			copy(half[at:at+part], after[at:at+part])
			if bytes.Equal(half[at:at+blockBytes], after[at:at+blockBytes]) {
				continue // the rest was the same
			}
			torn++
			path := put(t, half, log)
			db, err := Open(t.Context(), Options{Path: path, Threads: 1})
			if err != nil {
				t.Errorf("block %d torn after %d bytes: %v", b, part, err)
				continue
			}
			if n := asked[int](t, db, `SELECT sum(accepted)::INT FROM ledger.deliveries`); n != 6 {
				t.Errorf("block %d torn after %d bytes: %d rows accepted, want 6", b, part, n)
			}
			db.Close()
			if _, err := os.Stat(path + mendedNotes); err == nil {
				t.Error("notes of the mending are left")
			}

			path = put(t, half, nil) // no process was under way: this is damage
			if db, err := Open(t.Context(), Options{Path: path, Threads: 1}); err == nil {
				db.Close()
				t.Errorf("block %d torn after %d bytes: opened though no log lies there", b, part)
			} else if !bytes.Equal(bytesOf(t, path), half) {
				t.Errorf("block %d torn after %d bytes: a file that is refused was changed", b, part)
			}
		}
	}
	t.Logf("%d torn blocks", torn)
	if torn == 0 {
		t.Error("no block in use was written over: this test sees nothing")
	}
}

func TestADamagedBlockIsNotMendedAndTheFileStays(t *testing.T) {
	before, log, _, blocks := stopped(t)
	for _, b := range blocks {
		at := int(firstBlock + b*blockBytes)
		if at+blockBytes > len(before) {
			continue
		}
		bad := bytes.Clone(before)
		for i := at + sumBytes; i < at+blockBytes; i++ {
			bad[i] ^= 0x5a
		}
		path := put(t, bad, log)
		if db, err := Open(t.Context(), Options{Path: path, Threads: 1}); err == nil {
			db.Close()
			t.Errorf("block %d: a damaged file was opened", b)
		} else if !bytes.Equal(bytesOf(t, path), bad) {
			t.Errorf("block %d: a damaged file was changed", b)
		}
	}
}

// A mending that was cut short is taken back before anything else.
func TestAMendingThatWasCutShortIsTakenBack(t *testing.T) {
	before, log, _, blocks := stopped(t)
	path := put(t, before, log)
	at := firstBlock + blocks[0]*blockBytes
	if err := note(path, at, 7); err != nil {
		t.Fatal(err)
	}
	if err := unmend(path); err != nil {
		t.Fatal(err)
	}
	if got := bytesOf(t, path)[at]; got != 7 {
		t.Errorf("%d stands there, want 7", got)
	}
	db, err := Open(t.Context(), Options{Path: path, Threads: 1})
	if err != nil {
		t.Fatalf("a block that has a wrong checksum alone: %v", err)
	}
	db.Close()
}
