package schedule

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func opened(t *testing.T, path string) *History {
	t.Helper()
	h, bad, err := OpenHistory(path)
	must(t, err)
	if bad != 0 {
		t.Errorf("%d lines that cannot be read", bad)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func TestAHistoryTellsTheLastThatIsKnownOfEachRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs")
	h := opened(t, path)
	start := at(t, "2026-11-22 06:30 +01")
	must(t, h.Put(Run{ID: "a", Job: "daily", Started: start, Attempt: 1}))
	must(t, h.Put(Run{ID: "b", Job: "other", Started: start, Attempt: 1}))
	must(t, h.Put(Run{ID: "a", Job: "daily", Started: start, Ended: start.Add(time.Minute), Outcome: Done, Attempt: 1}))
	for name, runs := range map[string][]Run{"its owner": h.Of("daily"), "another": read(t, path)[:1], "the next owner": opened(t, path).Of("daily")} {
		if len(runs) != 1 || runs[0].Outcome != Done || !runs[0].Ended.Equal(start.Add(time.Minute)) {
			t.Errorf("%s sees %+v", name, runs)
		}
	}
}

func read(t *testing.T, path string) []Run {
	t.Helper()
	runs, err := ReadHistory(path)
	must(t, err)
	return runs
}

func TestALineThatWasTornIsCutOffAndNothingElseIsLost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs")
	h := opened(t, path)
	must(t, h.Put(Run{ID: "a", Job: "daily"}))
	must(t, h.Put(Run{ID: "b", Job: "daily"}))
	must(t, h.Close())
	whole, err := os.ReadFile(path)
	must(t, err)
	for cut := 1; cut < len(whole)/2; cut++ {
		must(t, os.WriteFile(path, whole[:len(whole)-cut], 0o600))
		if runs := read(t, path); len(runs) != 1 {
			t.Fatalf("cut by %d: %d runs are read", cut, len(runs))
		}
		h := opened(t, path)
		must(t, h.Put(Run{ID: "c", Job: "daily"}))
		must(t, h.Close())
		if runs := read(t, path); len(runs) != 2 || runs[1].ID != "c" {
			t.Fatalf("cut by %d, then one more: %+v", cut, runs)
		}
	}
}

func TestAHistoryStaysSmallAndKeepsTheLastSuccessOfEachJob(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs")
	h := opened(t, path)
	said := []string{strings.Repeat("x", maxSaid)}
	must(t, h.Put(Run{ID: "first", Job: "daily", Outcome: Done}))
	for i := range 2000 {
		must(t, h.Put(Run{ID: fmt.Sprint(i), Job: "daily", Outcome: Failed, Said: said}))
	}
	info, err := os.Stat(path)
	must(t, err)
	if info.Size() > compactFrom+4096 {
		t.Errorf("%d bytes after 2000 runs", info.Size())
	}
	runs := read(t, path)
	if runs[0].ID != "first" || runs[len(runs)-1].ID != "1999" {
		t.Errorf("kept %s … %s", runs[0].ID, runs[len(runs)-1].ID)
	}
	if n := len(h.runs); n > 3*keptRuns {
		t.Errorf("%d runs in memory", n)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	must(t, err)
	if len(left) != 1 {
		t.Errorf("left beside it: %v", left)
	}
}
