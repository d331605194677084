package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// tortured is an instance that takes a delivery, makes a release of it that has
// to wait, lays its site out, publishes that at its time and carries it to a
// bucket, again and again, and is killed at random moments of each.
type tortured struct {
	*killer
	t         *testing.T
	dir       string
	delivery  []byte
	delivered int // files that the inbox of this instance was given
	months    int // that it published
}

const tinyRows = 48 // of each delivery

// torturedMonth is what is done between two publications.
var torturedMonth = []string{"ingest", "ingest", "ingest", "release", "build", "publish"}

// torturedMonths is how many releases an instance announces; then there is
// another one, for a command gets slower with each.
const torturedMonths = 6

// torturedConfig announces the releases and has a bucket.
func torturedConfig(bucket string) string {
	text := "\n[limits]\nthreads = 1\n[site]\nkeep = 1\nbucket = \"file://" + bucket + "?no_tmp_dir=1&metadata=skip\"\n[release]\ncommitment = true\n"
	for n := range torturedMonths {
		at := torturedTime(n)
		text += fmt.Sprintf("[[release.calendar]]\nid = %q\ntitle_it = \"Rilascio %d\"\nat = %q\n", at.Format("2006-01"), n, at.Format(plannedForm))
	}
	return text
}

// torturedTime is when the n-th release of an instance becomes public.
func torturedTime(n int) time.Time {
	at, err := plannedTime(fmt.Sprintf("2026-%02d-01 10:00", 7+n))
	if err != nil {
		panic(err)
	}
	return at
}

// anew gives the test another instance, which has published nothing.
func (x *tortured) anew() {
	x.dir, x.delivered, x.months = house(x.t), 0, 0
	first := filepath.Join(x.dir, "inbox", "co_all_2026-05-11.csv")
	text, err := os.ReadFile(first)
	must(x.t, err)
	must(x.t, os.Remove(first))
	x.delivery = text
	must(x.t, os.Mkdir(filepath.Join(x.dir, "bucket"), 0o755))
	f, err := os.OpenFile(filepath.Join(x.dir, "osservatorio.toml"), os.O_APPEND|os.O_WRONLY, 0)
	must(x.t, err)
	_, err = f.WriteString(torturedConfig(filepath.Join(x.dir, "bucket")))
	must(x.t, err)
	must(x.t, f.Close())
}

// deliver gives the inbox one more delivery, with a number that no other has.
func (x *tortured) deliver() {
	text := bytes.Replace(x.delivery, []byte(",,1100,"), fmt.Appendf(nil, ",,%d,", 1100+x.delivered%60), 1)
	day := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, x.delivered)
	file := filepath.Join(x.dir, "inbox", "co_all_"+day.Format(time.DateOnly)+".csv")
	must(x.t, os.WriteFile(file, text, 0o600))
	x.delivered++
	x.Counts.Rows += tinyRows
}

// command is a verb at its time: publish when the release comes out, all else a
// week before.
func (x *tortured) command(verb string) *exec.Cmd {
	now := torturedTime(x.months)
	if verb != "publish" {
		now = now.AddDate(0, 0, -7)
	}
	c := exec.Command("osservatorio-at", now.Format(time.RFC3339), verb)
	c.Dir = x.dir
	return c
}

// whole runs a verb to its end.
func (x *tortured) whole(verb string) { x.killer.whole(verb, x.command(verb)) }

// mostKills is how often a command is killed before it may finish, at most: the
// one that goes on with what was cut off is killed too.
var mostKills = map[string]int{"ingest": 8, "release": 16, "build": 16, "publish": 16}

// through kills a command up to mostKills times, holds what is left each time to
// what must hold, and lets it finish.
func (x *tortured) through(verb string) {
	before := x.look()
	n := min(x.share()-x.Counts.Tried[verb], 1+x.random.IntN(mostKills[verb]))
	from := x.delivered
	if verb == "ingest" {
		from--
	}
	var between []look
	for range n {
		x.kill(verb, x.command(verb))
		allWhole(x.t, x.dir)
		x.count(verb+", killed", from, x.delivered)
		between = append(between, x.look())
	}
	x.whole(verb)
	x.count(verb, x.delivered, x.delivered)
	after := x.look()
	for _, was := range between {
		was.mustBeOf(x.t, verb, before, after)
	}
	if verb == "publish" {
		x.published(after)
	}
}

// A first ingest that is killed before it made a table has lost nothing, and is
// counted like that.
func TestWhatAFirstIngestLeavesWithoutATableIsCounted(t *testing.T) {
	t.Parallel()
	x := &tortured{t: t, dir: t.TempDir(), killer: &killer{t: t}}
	x.count("a first ingest, killed", 0, 1)
	if x.Counts.Lost != 0 || x.Counts.Double != 0 {
		t.Errorf("%d lost, %d doubled, want none", x.Counts.Lost, x.Counts.Double)
	}
}

func TestKilledCommandsLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	x := &tortured{t: t, killer: newKiller(t, "main", torturedMonth[2:]...)}
	for !x.over() {
		x.instance()
		x.anew()
		for month := 0; month < torturedMonths && !x.over(); month++ {
			for _, verb := range torturedMonth {
				if verb == "ingest" {
					x.deliver()
				}
				if x.costs[verb] == 0 || x.over() || x.enough(verb) {
					x.whole(verb) // what it costs is learned
				} else {
					x.through(verb)
				}
			}
			x.months++
		}
	}
	x.tell()
}
