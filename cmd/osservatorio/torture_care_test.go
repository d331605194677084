package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"osservatorio/ingest/privacy"
	"osservatorio/warehouse"
)

// cared is an instance of invented placements that is backed up, restored,
// gets new keys and forgets deliveries, and is killed in each.
type cared struct {
	*killer
	t         *testing.T
	dir       string
	delivered int
	sums      []string // of the deliveries that are not forgotten
}

const caredEvents = 400 // of each delivery, the same ones corrected

// anew gives the test another instance with two deliveries.
func (x *cared) anew() {
	x.dir, x.delivered, x.sums = filepath.Join(x.t.TempDir(), "casa"), 0, nil
	must(x.t, initInstance(x.dir, []byte("[region]\nname = \"T\"\ngeography = \"emilia-romagna\"\nsynthetic = true\n[limits]\nthreads = 1\n[[source]]\nname = \"placements\"\n")))
	x.deliver()
}

// deliver loads one more delivery, whose rows say the same events of another day.
func (x *cared) deliver() {
	day := time.Date(2026, 7, 2, 0, 0, 0, 0, time.UTC).AddDate(0, 0, x.delivered)
	text := placementColumns + "\n"
	for id := range caredEvents {
		text += placementRow(id, []string{"received_on=" + day.Format(time.DateOnly)})
	}
	must(x.t, os.WriteFile(filepath.Join(x.dir, "inbox", "placements_2026-Q3_"+day.AddDate(0, 1, 0).Format(time.DateOnly)+".csv"), []byte(text), 0o600))
	runs(x.t, x.dir, "ingest")
	x.delivered++
	x.Counts.Rows += caredEvents
	x.sums = append(x.sums, fmt.Sprintf("%x", sha256.Sum256([]byte(text))))
}

// through kills a command a few times, looks at what each kill left and lets it
// finish: unless that left it finished, which done tells.
func (x *cared) through(verb string, after func() (done bool), args func() []string) {
	if x.costs[verb] > 0 && !x.over() {
		for range 1 + x.random.IntN(4) {
			x.kill(verb, child(x.t, x.dir, args()...))
			if after() {
				return
			}
		}
	}
	x.whole(verb, child(x.t, x.dir, args()...))
	after()
}

// holds counts the rows of the warehouse against the deliveries that stand: of
// each all or, of one being forgotten, none; all of them by the key on the disk.
func (x *cared) holds(dir, when, forgetting string) (forgotten bool) {
	key, err := privacy.LoadKey(filepath.Join(dir, "secrets", "pseudonyms.key"))
	must(x.t, err)
	db, err := warehouse.Open(x.t.Context(), warehouse.Options{Path: filepath.Join(dir, "warehouse.duckdb"), Threads: 1})
	must(x.t, err)
	defer db.Close()
	var rows, distinct, events, first, of int
	var made string
	must(x.t, db.QueryRow(`SELECT count(*), count(DISTINCT (load_id, line)), count(DISTINCT event_id), count(*) FILTER (event_id = ?), count(*) FILTER (load_id = (SELECT load_id FROM ledger.deliveries WHERE sha256 = ?)), (SELECT key FROM ledger.pseudonyms) FROM raw.placements`,
		key.Pseudonym("E0"), forgetting).Scan(&rows, &distinct, &events, &first, &of, &made))
	standing := len(x.sums)
	if forgetting != "" && of == 0 {
		standing, forgotten = standing-1, true
	}
	x.Counts.Lost += max(0, standing*caredEvents-distinct)
	x.Counts.Double += rows - distinct
	if rows != standing*caredEvents || distinct != rows || standing > 0 && (events != caredEvents || first != standing) || made != key.Fingerprint() {
		x.t.Errorf("after %s: %d rows, %d different, of %d events, the first %d times, key %s: want %d of %d, %d times, %s",
			when, rows, distinct, events, first, made, standing*caredEvents, caredEvents, standing, key.Fingerprint())
	}
	return forgotten
}

// secured kills backup and restore. A backup is whole or has no name; what a
// killed restore leaves is no instance, and is not taken for one.
func (x *cared) secured() {
	copied := filepath.Join(x.t.TempDir(), "copy")
	x.through("backup", func() bool { return exists(copied) }, func() []string { return []string{"backup", copied, "--secrets", "--archive"} })
	var again string
	config := func() string { return filepath.Join(again, "osservatorio.toml") }
	x.through("restore", func() bool {
		whole := exists(config())
		if !whole { // what lies there is in the way, or nothing does yet
			_, err := child(x.t, x.dir, "restore", copied, again).CombinedOutput()
			if err == nil != exists(config()) {
				x.t.Errorf("restored %v, an instance %v", err, exists(config()))
			}
		}
		if exists(config()) {
			must(x.t, os.MkdirAll(filepath.Join(again, "inbox"), 0o700))
			runs(x.t, again, "status")
			x.holds(again, "restore", "")
		}
		return whole
	}, func() []string {
		again = filepath.Join(x.t.TempDir(), "again")
		return []string{"restore", copied, again}
	})
	x.holds(x.dir, "backup", "")
}

// rekeyed kills rekey. A next verb ends the change, one way or the other.
func (x *cared) rekeyed() {
	x.through("rekey", func() bool {
		x.deliver()
		x.holds(x.dir, "rekey", "")
		if exists(filepath.Join(x.dir, "secrets", "pseudonyms.key.coming")) {
			x.t.Error("both keys lie there")
		}
		return false
	}, func() []string { return []string{"rekey", "--reason", "a test"} })
}

// forgot kills forget of the oldest delivery. Its rows are all there or none,
// and forget without a name does what is left: no copy stays in the archive.
func (x *cared) forgot() {
	sum, archive := x.sums[0], filepath.Join(x.dir, "archive", "placements", "*", "*.csv")
	x.through("forget", func() bool { return x.holds(x.dir, "forget", sum) }, func() []string { return []string{"forget", "--delivery", sum, "--reason", "a test"} })
	runs(x.t, x.dir, "forget")
	if !x.holds(x.dir, "forget", sum) {
		x.t.Errorf("the delivery is still there")
	}
	x.sums = x.sums[1:]
	copies, err := filepath.Glob(archive)
	must(x.t, err)
	if len(copies) != len(x.sums) {
		x.t.Errorf("the archive has %d deliveries, want %d", len(copies), len(x.sums))
	}
	db, err := warehouse.Open(x.t.Context(), warehouse.Options{Path: filepath.Join(x.dir, "warehouse.duckdb"), Threads: 1})
	must(x.t, err)
	defer db.Close()
	if left, err := db.Unscrubbed(x.t.Context()); err != nil || left {
		x.t.Errorf("what was erased still lies in the file: %v", err)
	}
}

func TestKilledCareLosesNothingAndForgetsAllOrNothing(t *testing.T) {
	t.Parallel()
	x := &cared{t: t, killer: newKiller(t, "care", "backup", "restore", "rekey", "forget")}
	for !x.over() {
		x.instance()
		x.anew()
		for round := 0; round < 4 && !x.over(); round++ {
			x.deliver()
			x.secured()
			x.rekeyed()
			x.forgot()
		}
	}
	x.tell()
}
