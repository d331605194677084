package output

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

// shown publishes sites 1 to n into a folder, keeping so many.
func shown(t *testing.T, n, keep int) string {
	t.Helper()
	target := filepath.Join(t.TempDir(), "public")
	for i := 1; i <= n; i++ {
		show(t, target, fmt.Sprintf("site %d", i), keep)
	}
	return target
}

func show(t *testing.T, target, text string, keep int) {
	t.Helper()
	d, err := NewDir(target)
	must(t, err)
	d.KeepSites(keep)
	must(t, d.Write("index.html", []byte(text)))
	must(t, d.Write(StampFile, []byte("stamp of "+text+"\n")))
	must(t, d.Commit())
}

func TestOnlySoManySitesAreKeptAndNobodyElseReadsThem(t *testing.T) {
	target := shown(t, 5, 2)
	kept, err := Kept(target)
	must(t, err)
	if !slices.Equal(kept, []int{4, 3}) {
		t.Errorf("kept %v", kept)
	}
	info, err := os.Stat(shelf(target))
	must(t, err)
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the kept sites are open to %v", info.Mode())
	}
}

func TestOneStepBackAtATimeUntilNothingIsKept(t *testing.T) {
	target := shown(t, 4, 2)
	for _, want := range []string{"site 3", "site 2"} {
		must(t, Back(target))
		if got := read(t, target, "index.html"); got != want {
			t.Errorf("back at %q, want %q", got, want)
		}
	}
	if TakenBack(target) != "stamp of site 3" {
		t.Errorf("taken back: %q", TakenBack(target))
	}
	if err := Back(target); !errors.Is(err, ErrNoSiteBefore) {
		t.Errorf("with nothing kept: %v", err)
	}
	if got := read(t, target, "index.html"); got != "site 2" {
		t.Errorf("then readers see %q", got)
	}
	show(t, target, "site 5", 2) // life goes on
	must(t, Back(target))
	if got := read(t, target, "index.html"); got != "site 2" {
		t.Errorf("after a new site and back: %q", got)
	}
}

func TestAComingSiteIsForItsOwnerAloneUntilItIsPublished(t *testing.T) {
	public := shown(t, 1, 1)
	coming := filepath.Join(public+".coming", "2026-12")
	d, err := NewComing(coming, public)
	must(t, err)
	must(t, d.Write("index.html", []byte("next")))
	must(t, d.Keep(StampFile))
	must(t, d.Commit())
	info, err := os.Stat(filepath.Dir(coming))
	must(t, err)
	if got := read(t, public, "index.html"); got != "site 1" || info.Mode().Perm() != 0o700 {
		t.Errorf("readers see %q, the coming site is open to %v", got, info.Mode())
	}
	must(t, Publish(coming, public, 1))
	if got := read(t, public, "index.html"); got != "next" || exists(coming) {
		t.Errorf("published: readers see %q, still coming: %v", got, exists(coming))
	}
	must(t, Back(public))
	if got := read(t, public, "index.html"); got != "site 1" {
		t.Errorf("back at %q", got)
	}
}

// TestAPublicationCutOffAnywhereIsPutRight stops a publication by hand between
// any two of its steps, as a kill would.
func TestAPublicationCutOffAnywhereIsPutRight(t *testing.T) {
	steps := []func(next, target string) error{
		func(next, target string) error { return setOrder(next, order(target)+1) },
		func(next, target string) error { return writeWhole(target+".swap", next) },
		exchange,
		shelve,
		func(_, target string) error { return os.Remove(target + ".swap") },
	}
	for done := range len(steps) + 1 {
		target := shown(t, 2, 3)
		next := filepath.Join(target+".coming", "2026-12")
		must(t, os.MkdirAll(next, 0o700))
		must(t, os.WriteFile(filepath.Join(next, "index.html"), []byte("site 3"), 0o600))
		for _, step := range steps[:done] {
			if err := step(next, target); errors.Is(err, errors.ErrUnsupported) {
				t.Skip("no exchange of folders on this system")
			} else if err != nil {
				t.Fatal(err)
			}
		}
		must(t, Recover(target))
		must(t, Recover(target)) // twice is as once
		if swapped := done >= 3; swapped != (read(t, target, "index.html") == "site 3") {
			t.Errorf("stopped after %d steps: readers see %q", done, read(t, target, "index.html"))
		} else if !swapped {
			if read(t, next, "index.html") != "site 3" {
				t.Errorf("stopped after %d steps: the coming site is gone", done)
			}
			must(t, Publish(next, target, 3))
		}
		kept, err := Kept(target)
		must(t, err)
		if !slices.Equal(kept, []int{2, 1}) || exists(target+".swap") || exists(next) {
			t.Errorf("stopped after %d steps: kept %v, swap under way %v, next there %v", done, kept, exists(target+".swap"), exists(next))
		}
		must(t, Back(target))
		if got := read(t, target, "index.html"); got != "site 2" {
			t.Errorf("stopped after %d steps, then back: %q", done, got)
		}
	}
}

func TestReadersUnderAHundredPublicationsNeverFindNothing(t *testing.T) {
	target := shown(t, 1, 2)
	var stop atomic.Bool
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for !stop.Load() {
				if raw, err := os.ReadFile(filepath.Join(target, "index.html")); err != nil || len(raw) < 6 {
					t.Errorf("found %q: %v", raw, err)
					return
				}
			}
		})
	}
	for i := range 100 {
		show(t, target, fmt.Sprintf("site %d", i+2), 2)
	}
	stop.Store(true)
	readers.Wait()
}
