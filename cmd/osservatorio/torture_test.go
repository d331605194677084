package main

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"text/tabwriter"
	"time"

	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// make torture sets both; elsewhere few kills stand for many.
var (
	tortureKills = flag.Int("kills", 3, "how many commands TestKilledCommandsLoseAndDoubleNothing kills")
	tortureSeed  = flag.Uint64("killseed", 20261122, "of the moments at which it kills")
)

// tortured is an instance that takes a delivery, releases it and builds its
// site, again and again, and is killed at random moments of each.
type tortured struct {
	t         *testing.T
	dir       string
	delivery  []byte
	delivered int // files that the inbox was given
	took      map[string]time.Duration
	tried     map[string]int
	cut       map[string]int // of these, ended by the kill
}

const tinyRows = 48 // of each delivery

// deliver gives the inbox one more delivery, with a number that no other has.
func (x *tortured) deliver() {
	text := bytes.Replace(x.delivery, []byte(",,1100,"), fmt.Appendf(nil, ",,%d,", 1100+x.delivered%60), 1)
	day := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, x.delivered)
	file := filepath.Join(x.dir, "inbox", "co_all_"+day.Format(time.DateOnly)+".csv")
	must(x.t, os.WriteFile(file, text, 0o600))
	x.delivered++
}

// whole runs a command to its end and learns how long it takes.
func (x *tortured) whole(verb string) {
	started := time.Now()
	runs(x.t, x.dir, verb)
	x.took[verb] = time.Since(started)
}

// kill starts a command, kills it at a random moment and holds what is left to
// what must hold; the same command again finishes the work.
func (x *tortured) kill(verb string, share float64) {
	c := child(x.t, x.dir, verb)
	must(x.t, c.Start())
	time.Sleep(time.Duration(share * float64(x.took[verb])))
	c.Process.Kill() // it may be done by now
	x.tried[verb]++
	if err := c.Wait(); err != nil {
		x.cut[verb]++
	}
	allWhole(x.t, x.dir)
	if public := filepath.Join(x.dir, "public"); exists(public) {
		if _, err := release.Open(public); err != nil || !exists(filepath.Join(public, "index.html")) {
			x.t.Errorf("%s killed at %.3f of its time: the public site is not whole: %v", verb, share, err)
		}
	}
	x.count(verb, x.delivered-1, x.delivered)
	x.whole(verb)
	x.count(verb, x.delivered, x.delivered)
}

// count holds the rows in the warehouse to what was delivered: all of from to to
// deliveries, none in part, none twice.
func (x *tortured) count(verb string, from, to int) {
	db, err := warehouse.Open(x.t.Context(), warehouse.Options{Path: filepath.Join(x.dir, "warehouse.duckdb")})
	must(x.t, err)
	defer db.Close()
	var deliveries, accepted, rows, distinct int
	must(x.t, db.QueryRow(`SELECT count(*), coalesce(sum(accepted), 0), (SELECT count(*) FROM raw.observations), (SELECT count(*) FROM (SELECT DISTINCT load_id, line FROM raw.observations)) FROM ledger.deliveries`).
		Scan(&deliveries, &accepted, &rows, &distinct))
	if deliveries < from || deliveries > to || accepted != deliveries*tinyRows || rows != accepted || distinct != rows {
		x.t.Errorf("after %s: %d deliveries of %d to %d, %d rows accepted, %d in the table, %d of them different: want %d", verb, deliveries, from, to, accepted, rows, distinct, deliveries*tinyRows)
	}
}

func TestKilledCommandsLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	dir := house(t)
	first := filepath.Join(dir, "inbox", "co_all_2026-05-11.csv")
	text, err := os.ReadFile(first)
	must(t, err)
	must(t, os.Remove(first))
	x := &tortured{t: t, dir: dir, delivery: text, took: map[string]time.Duration{}, tried: map[string]int{}, cut: map[string]int{}}
	verbs := []string{"ingest", "release", "build"}
	x.deliver()
	for _, verb := range verbs {
		x.whole(verb)
	}
	random := rand.New(rand.NewPCG(*tortureSeed, 1))
	for n := 0; n < *tortureKills && !t.Failed(); {
		x.deliver()
		for _, verb := range verbs {
			if n < *tortureKills {
				x.kill(verb, random.Float64())
				n++
			} else {
				x.whole(verb)
			}
		}
	}
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nKILLED\tTIMES\tBEFORE ITS END\tROWS LOST\tROWS DOUBLED")
	for _, verb := range verbs {
		fmt.Fprintf(w, "%s\t%d\t%d\t0\t0\n", verb, x.tried[verb], x.cut[verb])
	}
	must(t, w.Flush())
	if !t.Failed() {
		t.Logf("seed %d, %d deliveries, %d rows%s", *tortureSeed, x.delivered, x.delivered*tinyRows, table.String())
	}
}
