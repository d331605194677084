package main

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"text/tabwriter"
	"time"
)

// make torture sets them; elsewhere few kills stand for many.
var (
	tortureKills = flag.Int("kills", 4, "how many commands TestKilledCommandsLoseAndDoubleNothing kills")
	tortureSeed  = flag.Uint64("killseed", 20261122, "of the moments at which it kills")
	tortureFor   = flag.Duration("killfor", 0, "it kills no more after this time; 0: without end")
)

// tortured is an instance that takes a delivery, makes a release of it that has
// to wait, lays its site out, publishes that at its time and carries it to a
// bucket, again and again, and is killed at random moments of each.
type tortured struct {
	t         *testing.T
	random    *rand.Rand
	dir       string
	delivery  []byte
	delivered int // files that the inbox of this instance was given
	months    int // that it published
	took      map[string]time.Duration
	tried     map[string]int
	cut       map[string]int           // of these, ended by the kill
	costs     map[string]time.Duration // of the processor, to the end
	lost      int                      // rows
	doubled   int
	rows      int // delivered, of all instances
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
	x.rows += tinyRows
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

// whole runs a command to its end and learns how long it takes.
func (x *tortured) whole(verb string) {
	started, c := time.Now(), x.command(verb)
	if said, err := c.CombinedOutput(); err != nil {
		x.t.Errorf("%s to its end: %v\n%s", verb, err, said)
	}
	x.took[verb] = time.Since(started)
	x.costs[verb] = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
}

// kill starts a command and kills it at a random moment.
func (x *tortured) kill(verb string) {
	c := x.command(verb)
	must(x.t, c.Start())
	time.Sleep(time.Duration(x.random.Float64() * float64(x.took[verb])))
	c.Process.Kill() // it may be done by now
	x.tried[verb]++
	if err := c.Wait(); err != nil {
		x.cut[verb]++
	}
}

// mostKills is how often a command is killed before it may finish, at most: the
// one that goes on with what was cut off is killed too.
var mostKills = map[string]int{"ingest": 16, "release": 3, "build": 3, "publish": 24}

// through kills a command up to mostKills times, at most n, holds what is left
// each time to what must hold, and lets it finish. It returns how many kills
// there were.
func (x *tortured) through(verb string, n int) int {
	before := x.look()
	n = min(n, 1+x.random.IntN(mostKills[verb]))
	from := x.delivered
	if verb == "ingest" {
		from--
	}
	var between []look
	for range n {
		x.kill(verb)
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
	return n
}

func TestKilledCommandsLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	x := &tortured{t: t, random: rand.New(rand.NewPCG(*tortureSeed, 1)), took: map[string]time.Duration{}, tried: map[string]int{}, cut: map[string]int{}, costs: map[string]time.Duration{}}
	started, instances := time.Now(), 0
	over := func(n int) bool {
		return n >= *tortureKills || t.Failed() || *tortureFor > 0 && time.Since(started) > *tortureFor
	}
	for n := 0; !over(n); {
		x.anew()
		instances++
		for month := 0; month < torturedMonths && !over(n); month++ {
			for _, verb := range torturedMonth {
				if verb == "ingest" {
					x.deliver()
				}
				if instances+month == 1 || over(n) {
					x.whole(verb) // whose times are learned
				} else {
					n += x.through(verb, *tortureKills-n)
				}
			}
			x.months++
		}
	}
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nKILLED\tTIMES\tBEFORE ITS END\tPROCESSOR SECONDS OF ONE LEFT ALONE")
	tried, cut := 0, 0
	for _, verb := range torturedMonth[2:] {
		fmt.Fprintf(w, "%s\t%d\t%d\t%.1f\n", verb, x.tried[verb], x.cut[verb], x.costs[verb].Seconds())
		tried, cut = tried+x.tried[verb], cut+x.cut[verb]
	}
	fmt.Fprintf(w, "all\t%d\t%d\n", tried, cut)
	must(t, w.Flush())
	t.Logf("seed %d, %d instances, %d rows delivered: %d lost, %d doubled%s", *tortureSeed, instances, x.rows, x.lost, x.doubled, table.String())
}
