package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"text/tabwriter"
	"time"
)

// make torture sets them; elsewhere few kills stand for many.
var (
	tortureKills = flag.Int("kills", 4, "how many commands each test of killed commands kills")
	tortureSeed  = flag.Uint64("killseed", 20261122, "of the moments at which it kills")
	tortureFor   = flag.Duration("killfor", 0, "it kills no more after this time; 0: without end")
	powerCuts    = flag.Int("cuts", 2, "how often the power is cut in each command")
	tortureLog   = flag.String("killlog", "", "file that keeps the counts, so that a stopped torture goes on")
)

// killer ends commands at random moments of their work, and counts.
type killer struct {
	t      *testing.T
	random *rand.Rand
	until  time.Time // zero: without end
	log    string    // "" for none
	verbs  []string
	costs  map[string]time.Duration // of the processor, of one left alone

	Counts struct {
		Instances    int
		Rows         int            // delivered
		Lost, Double int            // of them
		Tried, Cut   map[string]int // by verb; the latter: ended by the kill
	}
}

// newKiller goes on where a killer of that name and the same log was stopped.
func newKiller(t *testing.T, name string, verbs ...string) *killer {
	k := &killer{t: t, verbs: verbs, costs: map[string]time.Duration{}, random: rand.New(rand.NewPCG(*tortureSeed, 0))}
	k.Counts.Tried, k.Counts.Cut = map[string]int{}, map[string]int{}
	if *tortureFor > 0 {
		k.until = time.Now().Add(*tortureFor)
	}
	if *tortureLog != "" {
		k.log = *tortureLog + "." + name
		raw, err := os.ReadFile(k.log)
		if err == nil {
			err = json.Unmarshal(raw, &k.Counts)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			must(t, err)
		}
	}
	return k
}

// instance counts one more and gives it moments of its own.
func (k *killer) instance() {
	k.Counts.Instances++
	k.random = rand.New(rand.NewPCG(*tortureSeed, uint64(k.Counts.Instances)))
}

func (k *killer) kills() (n int) {
	for _, times := range k.Counts.Tried {
		n += times
	}
	return n
}

// share is how many of the kills are of each verb; enough tells that a verb has
// had its own.
func (k *killer) share() int { return (*tortureKills + len(k.verbs) - 1) / len(k.verbs) }

func (k *killer) enough(verb string) bool { return k.Counts.Tried[verb] >= k.share() }

// over tells whether it was enough.
func (k *killer) over() bool {
	return k.kills() >= *tortureKills || k.t.Failed() || !k.until.IsZero() && time.Now().After(k.until)
}

// whole runs a command to its end and learns what it costs.
func (k *killer) whole(verb string, c *exec.Cmd) {
	k.t.Helper()
	if said, err := c.CombinedOutput(); err != nil {
		k.t.Errorf("%s to its end: %v\n%s", verb, err, said)
	}
	k.costs[verb] = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
}

// kill starts a command and kills it after a random part of the processor time
// that it takes, whatever else the machine does.
func (k *killer) kill(verb string, c *exec.Cmd) {
	const look = time.Millisecond
	must(k.t, c.Start())
	after := time.Duration(k.random.Float64() * float64(k.costs[verb]))
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for spent(c.Process.Pid) <= after-tick/2 {
		select {
		case err := <-ended:
			ended <- err
			after = 0
		case <-time.After(look):
		}
	}
	time.Sleep(time.Duration(k.random.Float64() * float64(tick))) // within the tick of that clock
	c.Process.Kill()                                              // it may be done by now
	k.Counts.Tried[verb]++
	if err := <-ended; err != nil {
		k.Counts.Cut[verb]++
	}
	if k.log != "" {
		raw, err := json.Marshal(k.Counts)
		must(k.t, err)
		must(k.t, os.WriteFile(k.log+".new", raw, 0o600))
		must(k.t, os.Rename(k.log+".new", k.log))
	}
}

const tick = 10 * time.Millisecond // of the kernel's count of processor time

// spent is the processor time that a process has had.
func spent(pid int) time.Duration {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, after, ok := bytes.Cut(raw, []byte(") "))
	fields := bytes.Fields(after)
	if err != nil || !ok || len(fields) < 13 {
		return 1 << 62 // it is gone
	}
	user, _ := strconv.Atoi(string(fields[11]))
	system, _ := strconv.Atoi(string(fields[12]))
	return time.Duration(user+system) * tick
}

// tell prints how often each verb was killed.
func (k *killer) tell() {
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nKILLED\tTIMES\tBEFORE ITS END\tPROCESSOR SECONDS OF ONE LEFT ALONE")
	cut := 0
	for _, verb := range k.verbs {
		fmt.Fprintf(w, "%s\t%d\t%d\t%.1f\n", verb, k.Counts.Tried[verb], k.Counts.Cut[verb], k.costs[verb].Seconds())
		cut += k.Counts.Cut[verb]
	}
	fmt.Fprintf(w, "all\t%d\t%d\n", k.kills(), cut)
	must(k.t, w.Flush())
	k.t.Logf("seed %d, %d instances, %d rows delivered: %d lost, %d doubled%s", *tortureSeed, k.Counts.Instances, k.Counts.Rows, k.Counts.Lost, k.Counts.Double, table.String())
}
