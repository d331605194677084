package ingest

import (
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"osservatorio/warehouse"
)

// childDir makes the test binary a loader of the instance in that folder, to
// be killed by its parent.
var childDir = flag.String("child-of-kill-test", "", "load the instance in this folder and end")

func onDisk(t *testing.T, dir string) (*warehouse.DB, Options) {
	t.Helper()
	db, err := warehouse.Open(t.Context(), warehouse.Options{Path: filepath.Join(dir, "w.duckdb"), Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	source := placements
	source.MaxBadShare = 0.5
	return db, Options{DB: db, Sources: []Source{source}, SourceDir: filepath.Join(dir, "inbox"), Archive: filepath.Join(dir, "archive"),
		Key: testKey(t), Temp: filepath.Join(dir, "temp"), Workers: 2, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
}

func TestChildOfKillTest(t *testing.T) {
	if *childDir == "" {
		return // the parent, TestAKilledLoadLeavesTheEarlierState, gives it work
	}
	db, options := onDisk(t, *childDir)
	defer db.Close()
	fmt.Println("child: open")
	if _, err := Run(t.Context(), options); err != nil {
		t.Fatal(err)
	}
}

func TestAKilledLoadLeavesTheEarlierState(t *testing.T) {
	dir := t.TempDir()
	inbox := filepath.Join(dir, "inbox")
	if err := os.Mkdir(inbox, 0o755); err != nil {
		t.Fatal(err)
	}
	put := func(name, content string) {
		if err := os.WriteFile(filepath.Join(inbox, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("placements_2026-Q2_2026-07-15.csv", many(10))
	runChild(t, dir, 0)
	put(goodName, many(40_000, placement(1, "event=begun"), placement(1001)))
	r := rand.New(rand.NewPCG(11, 22))
	killed := 0
	for range 5 {
		if runChild(t, dir, time.Duration(50+r.IntN(900))*time.Millisecond) {
			killed++
		}
		checkWhole(t, dir)
	}
	if killed == 0 {
		t.Error("no load was cut short: the test showed nothing")
	}
	runChild(t, dir, 0)
	db, _ := onDisk(t, dir)
	defer db.Close()
	h := house{t: t, db: db}
	if got := h.text(`SELECT sum(rows), sum(accepted), sum(quarantined), sum(superseded), count(*) FROM ledger.deliveries`); got != "40012 40010 1 1 2" {
		t.Errorf("in the end %s, want 40012 40010 1 1 2", got)
	}
	for _, folder := range []string{inbox, filepath.Join(dir, "temp")} {
		if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) != 0 {
			t.Errorf("left in %s: %v", folder, left)
		}
	}
}

// runChild loads in another process and kills it after a while, unless after
// is 0 or it is through before; it tells whether it was killed.
func runChild(t *testing.T, dir string, after time.Duration) (killed bool) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestChildOfKillTest$", "-child-of-kill-test="+dir)
	child.Env = append(os.Environ(), "TMPDIR="+t.TempDir()) // what a killed child leaves goes with its parent
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 64)); err != nil { // the warehouse is open: the load begins
		t.Fatal(err)
	}
	if after > 0 {
		defer time.AfterFunc(after, func() { child.Process.Kill() }).Stop()
	}
	rest := make([]byte, 4096)
	for {
		if _, err := out.Read(rest); err != nil {
			break
		}
	}
	err = child.Wait()
	if err != nil && after == 0 {
		t.Fatalf("child: %v: %s", err, rest)
	}
	return err != nil
}

// checkWhole sees that rows and ledger agree: each delivery is there whole or
// not at all.
func checkWhole(t *testing.T, dir string) {
	t.Helper()
	db, _ := onDisk(t, dir)
	defer db.Close()
	h := house{t: t, db: db}
	if n := h.number(`SELECT count(*) FROM (
  SELECT load_id, accepted, quarantined FROM ledger.deliveries
  EXCEPT SELECT load_id, (SELECT count(*) FROM raw.placements r WHERE r.load_id = d.load_id),
    (SELECT count(*) FROM ledger.quarantine q WHERE q.load_id = d.load_id) FROM ledger.deliveries d)`); n != 0 {
		t.Errorf("%d deliveries are not whole", n)
	}
	if n := h.number(`SELECT count(*) FROM raw.placements WHERE load_id NOT IN (SELECT load_id FROM ledger.deliveries)`); n != 0 {
		t.Errorf("%d rows of no delivery", n)
	}
	if n := h.number(`SELECT count(*) FROM ledger.deliveries`); n < 1 {
		t.Error("the earlier state is gone")
	}
}
