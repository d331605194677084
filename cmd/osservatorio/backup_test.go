package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A day on which the tests below run.
var backedUpOn = time.Date(2026, 8, 20, 3, 0, 0, 0, time.UTC)

func TestARestoredInstanceIsAsItWasAndGoesOnAsTheOtherDid(t *testing.T) {
	t.Parallel()
	dir := house(t)
	first, err := os.ReadFile(filepath.Join(dir, "inbox", "co_all_2026-05-11.csv"))
	must(t, err)
	second := bytes.Replace(first, []byte(",,1100,"), []byte(",,1173,"), 1)
	deliver := func(to string) {
		must(t, os.WriteFile(filepath.Join(to, "inbox", "co_all_2026-06-11.csv"), second, 0o600))
	}
	done(t, backedUpOn, dir, "run")
	then := outcome(t, dir)
	copied := filepath.Join(t.TempDir(), "copy")
	if said := done(t, backedUpOn, dir, "backup", copied, "--archive"); !strings.Contains(said, "backup "+copied+": ") {
		t.Errorf("backup: %s", said)
	}
	deliver(dir)
	done(t, backedUpOn.AddDate(0, 0, 1), dir, "run")
	later := outcome(t, dir)
	if later == then {
		t.Fatal("the second delivery changed nothing: this test sees nothing")
	}

	again := filepath.Join(t.TempDir(), "again")
	done(t, backedUpOn.AddDate(0, 0, 2), dir, "restore", copied, again)
	must(t, os.Mkdir(filepath.Join(again, "inbox"), 0o700))
	if got := outcome(t, again); got != then {
		t.Errorf("restored:\n%s\nas it was:\n%s", got, then)
	}
	deliver(again)
	done(t, backedUpOn.AddDate(0, 0, 1), again, "run")
	if got := outcome(t, again); got != later {
		t.Errorf("after the second delivery:\n%s\nthe first instance:\n%s", got, later)
	}
}

func TestABackupTakenDuringARunWaitsForItAndHasAllOfIt(t *testing.T) {
	t.Parallel()
	dir := house(t)
	run := child(t, dir, "run")
	must(t, run.Start())
	held := filepath.Join(dir, "warehouse.duckdb.lock")
	for range 500 {
		if exists(held) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	copied := filepath.Join(t.TempDir(), "copy")
	if said, err := child(t, dir, "backup", copied, "--archive", "--wait", "0s").CombinedOutput(); err == nil || !bytes.Contains(said, []byte("another run holds it")) {
		t.Errorf("without waiting: %v: %s", err, said)
	}
	said, err := child(t, dir, "backup", copied, "--archive").CombinedOutput()
	if err != nil || !bytes.Contains(said, []byte("waiting for the run under way")) {
		t.Errorf("during a run: %v: %s", err, said)
	}
	must(t, run.Wait())
	again := filepath.Join(t.TempDir(), "again")
	runs(t, dir, "restore", copied, again)
	must(t, os.Mkdir(filepath.Join(again, "inbox"), 0o700))
	if got, want := outcome(t, again), outcome(t, dir); got != want {
		t.Errorf("restored:\n%s\nthe instance:\n%s", got, want)
	}
}

func TestABackupIsForItsOwnerAndHasNoKeysUnlessAsked(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "casa")
	must(t, initInstance(dir, configTemplate))
	plain, full := filepath.Join(t.TempDir(), "plain"), filepath.Join(t.TempDir(), "full")
	done(t, backedUpOn, dir, "backup", plain)
	done(t, backedUpOn, dir, "backup", full, "--secrets")
	secret, err := os.ReadFile(filepath.Join(dir, "secrets", "pseudonyms.key"))
	must(t, err)
	if exists(filepath.Join(plain, "secret")) || exists(filepath.Join(plain, "signing")) {
		t.Error("keys were copied unasked")
	}
	kept, err := os.ReadFile(filepath.Join(full, "secret"))
	must(t, err)
	if !bytes.Equal(kept, secret) {
		t.Error("the key in the backup is another")
	}
	for _, path := range []string{plain, filepath.Join(full, "secret")} {
		info, err := os.Stat(path)
		must(t, err)
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to %v", path, info.Mode())
		}
	}
	if code, said := at(t, backedUpOn, dir, "backup", plain); code != exitUsage || !strings.Contains(said, "there is something already") {
		t.Errorf("a second backup to the same place: exit code %d: %s", code, said)
	}
	again := filepath.Join(t.TempDir(), "again")
	done(t, backedUpOn, dir, "restore", full, again)
	if _, err := LoadConfig(filepath.Join(again, "osservatorio.toml")); err != nil || !exists(filepath.Join(again, "secrets", "signing.key")) {
		t.Errorf("restored with its keys: %v", err)
	}
}

func TestRestoreRefusesWhatIsThereAndWhatWasChanged(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "casa")
	must(t, initInstance(dir, configTemplate))
	copied := filepath.Join(t.TempDir(), "copy")
	done(t, backedUpOn, dir, "backup", copied)
	if code, said := at(t, backedUpOn, dir, "restore", copied, dir); code != exitUsage || !strings.Contains(said, "a living instance is never overwritten") {
		t.Errorf("onto itself: exit code %d: %s", code, said)
	}
	if code, said := at(t, backedUpOn, dir, "restore", dir, filepath.Join(t.TempDir(), "x")); code != exitUsage || !strings.Contains(said, "no backup there") {
		t.Errorf("from no backup: exit code %d: %s", code, said)
	}
	for name, spoil := range map[string]func() error{
		"changed":  func() error { return os.WriteFile(filepath.Join(copied, "config"), []byte("[region]\n"), 0o600) },
		"too many": func() error { return os.WriteFile(filepath.Join(copied, "more"), nil, 0o600) },
		"missing":  func() error { return os.Remove(filepath.Join(copied, "config")) },
	} {
		must(t, spoil())
		free := filepath.Join(t.TempDir(), "x")
		if code, said := at(t, backedUpOn, dir, "restore", copied, free); code == exitDone || exists(free) {
			t.Errorf("%s: exit code %d: %s", name, code, said)
		}
		must(t, os.RemoveAll(copied))
		done(t, backedUpOn, dir, "backup", copied)
	}
}
