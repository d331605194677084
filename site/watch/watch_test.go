package watch

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestEveryChangeOfAFileIsToldOnceAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "about.md"), "one")
	told := make(chan bool, 9)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() {
		ended <- Files(ctx, 10*time.Millisecond, []string{dir, filepath.Join(dir, "not here")}, func() { told <- true })
	}()
	none := func(what string) {
		t.Helper()
		select {
		case <-told:
			t.Errorf("%s: told of a change", what)
		case <-time.After(100 * time.Millisecond):
		}
	}
	once := func(what string) {
		t.Helper()
		select {
		case <-told:
		case <-time.After(5 * time.Second):
			t.Fatalf("%s: told of nothing", what)
		}
		none(what + ", a second time")
	}
	none("at the start")
	write(t, filepath.Join(dir, "about.md"), "other")
	once("a text written")
	write(t, filepath.Join(dir, "new.md"), "new")
	once("a text added")
	if err := os.Remove(filepath.Join(dir, "new.md")); err != nil {
		t.Fatal(err)
	}
	once("a text taken away")
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
