package output

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestASecondWriteToAPathIsRefused(t *testing.T) {
	dir, err := NewDir(filepath.Join(t.TempDir(), "site"))
	if err != nil {
		t.Fatal(err)
	}
	for name, out := range map[string]Output{"memory": NewMemory(), "dir": dir} {
		if err := out.Write("a/b.html", []byte("one")); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := out.Write("a/b.html", []byte("two")); err == nil {
			t.Errorf("%s: the second write to a/b.html was taken", name)
		}
		if err := out.Write("../out.html", nil); err == nil {
			t.Errorf("%s: a path outside the site was taken", name)
		}
	}
}

func TestReadersSeeTheOldSiteUntilTheNewOneIsWhole(t *testing.T) {
	target := filepath.Join(t.TempDir(), "site")
	publish(t, target, "index.html", "old")

	next, err := NewDir(target)
	if err != nil {
		t.Fatal(err)
	}
	must(t, next.Write("index.html", []byte("new")))
	if got := read(t, target, "index.html"); got != "old" {
		t.Errorf("before the commit readers see %q", got)
	}
	must(t, next.Commit())
	if got := read(t, target, "index.html"); got != "new" {
		t.Errorf("after the commit readers see %q", got)
	}
	left, _ := filepath.Glob(target + ".*")
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestABuildThatIsGivenUpLeavesTheOldSite(t *testing.T) {
	target := filepath.Join(t.TempDir(), "site")
	publish(t, target, "index.html", "old")
	next, err := NewDir(target)
	if err != nil {
		t.Fatal(err)
	}
	must(t, next.Write("index.html", []byte("half")))
	must(t, next.Close())
	if got := read(t, target, "index.html"); got != "old" {
		t.Errorf("readers see %q", got)
	}
}

func TestASwapThatWasCutOffBringsTheOldSiteBack(t *testing.T) {
	target := filepath.Join(t.TempDir(), "site")
	publish(t, target, "index.html", "old")
	must(t, os.Rename(target, target+".old"))
	if _, err := NewDir(target); err != nil {
		t.Fatal(err)
	}
	if got := read(t, target, "index.html"); got != "old" {
		t.Errorf("readers see %q", got)
	}
}

func publish(t *testing.T, target, name, text string) {
	t.Helper()
	d, err := NewDir(target)
	if err != nil {
		t.Fatal(err)
	}
	must(t, d.Write(name, []byte(text)))
	must(t, d.Commit())
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAKeptFileIsTheSameFileAndTheOldSiteStaysWhole(t *testing.T) {
	target := filepath.Join(t.TempDir(), "site")
	publish(t, target, "index.html", "old")
	was, err := os.Stat(filepath.Join(target, "index.html"))
	must(t, err)
	next, err := NewDir(target)
	must(t, err)
	must(t, next.Keep("index.html"))
	if err := next.Write("index.html", []byte("new")); err == nil {
		t.Error("a kept file was written over")
	}
	if err := next.Keep("gone.html"); err == nil {
		t.Error("a file that is not there was kept")
	}
	must(t, next.Commit())
	now, err := os.Stat(filepath.Join(target, "index.html"))
	must(t, err)
	if got := read(t, target, "index.html"); got != "old" || !os.SameFile(was, now) {
		t.Errorf("kept %q, the same file: %v", got, os.SameFile(was, now))
	}
}

func TestALikenessHasTheTimeOfItsFile(t *testing.T) {
	from, to := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	must(t, os.WriteFile(from, []byte("text"), 0o644))
	then := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	must(t, os.Chtimes(from, then, then))
	must(t, likeness(from, to))
	if info, err := os.Stat(to); err != nil || !info.ModTime().Equal(then) {
		t.Errorf("the likeness: %v, %v", info, err)
	}
}
