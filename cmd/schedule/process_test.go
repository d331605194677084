package schedule

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
)

// childMode makes the test binary a child that behaves in a certain way.
const childMode = "SCHEDULE_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childMode) {
	case "":
		os.Exit(m.Run())
	case "eats": // takes memory and holds it, step by step
		var held [][]byte
		for {
			block := make([]byte, 8<<20)
			for i := range block {
				block[i] = 1
			}
			held = append(held, block)
			fmt.Println("holds", len(held)*8, "MB")
			time.Sleep(20 * time.Millisecond)
		}
	case "grabs": // asks for more at once than it may ever map
		fmt.Println(len(make([]byte, 16<<30)))
	case "polite": // undoes its work when it is asked to end
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, os.Interrupt)
		fmt.Println("ready")
		<-asked
		fmt.Println("undone")
		os.Exit(1)
	case "deaf": // does not listen, nor does its own child
		signal.Ignore(os.Interrupt)
		child := exec.Command("sleep", "600")
		child.Start()
		fmt.Println("child", child.Process.Pid)
		fmt.Println("ready")
		time.Sleep(time.Hour)
	}
}

// as makes runs of the test binary behave so.
func as(mode string, clock clockwork.Clock, out io.Writer) Process {
	return Process{Program: os.Args[0], Env: append(os.Environ(), childMode+"="+mode, "GOTRACEBACK=crash"), Clock: clock, Out: out}
}

func shell(t *testing.T, script string) Ended {
	t.Helper()
	return Process{Program: "sh", Clock: clockwork.NewRealClock()}.Run(t.Context(), nil, Job{Name: "x", Args: []string{"-c", script}, Timeout: time.Minute})
}

func TestARunIsJudgedByHowItsProcessEnds(t *testing.T) {
	for script, want := range map[string]Ended{
		"exit 0":        {Outcome: Done},
		"exit 1":        {Outcome: Failed, ExitCode: 1},
		"exit 2":        {Outcome: Failed, ExitCode: 2},
		"exit 3":        {Outcome: Refused, ExitCode: 3},
		"exit 4":        {Outcome: busy, ExitCode: 4},
		"kill -TERM $$": {Outcome: Killed, ExitCode: -1, Why: "signal 15 (terminated) ended it"},
		"kill -ABRT $$": {Outcome: Killed, ExitCode: -1, Why: "it crashed"},
		"kill -KILL $$": {Outcome: Killed, ExitCode: -1, Why: "something killed it: the kernel does so when memory runs out"},
	} {
		if got := shell(t, script); got.Outcome != want.Outcome || got.ExitCode != want.ExitCode || got.Why != want.Why {
			t.Errorf("%s: %+v, want %+v", script, got, want)
		}
	}
	e := Process{Program: "/nowhere/at/all", Clock: clockwork.NewRealClock()}.Run(t.Context(), nil, Job{Timeout: time.Minute})
	if e.Outcome != Failed || !strings.Contains(e.Why, "no such file") {
		t.Errorf("a program that is none: %+v", e)
	}
}

func TestOnlyTheLastLinesOfARunAreKept(t *testing.T) {
	e := shell(t, "i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done; echo last >&2")
	if n := len(e.Said); n != maxLines || e.Said[n-1] != "last" || e.Said[n-2] != "line 4999" {
		t.Errorf("%d lines kept: %q", n, e.Said)
	}
	e = shell(t, `printf 'x%.0s' $(seq 100000)`)
	if n := len(strings.Join(e.Said, "\n")); n > maxSaid {
		t.Errorf("%d bytes kept of one long line", n)
	}
}

func TestARunThatTakesTooLongIsAskedToEndAndUndoesItsWork(t *testing.T) {
	clock := clockwork.NewFakeClock()
	ready := newWaiter("ready")
	ended := make(chan Ended, 1)
	go func() { ended <- as("polite", clock, ready).Run(t.Context(), nil, Job{Timeout: time.Hour}) }()
	ready.wait(t)
	clock.Advance(time.Hour)
	e := <-ended
	if e.Outcome != TimedOut || e.Why != "it took longer than 1h0m0s" || e.Said[len(e.Said)-1] != "undone" {
		t.Errorf("%+v", e)
	}
}

func TestARunThatDoesNotListenIsKilledWithItsChildren(t *testing.T) {
	clock := clockwork.NewFakeClock()
	ready := newWaiter("ready")
	ended := make(chan Ended, 1)
	go func() { ended <- as("deaf", clock, ready).Run(t.Context(), nil, Job{Timeout: time.Hour}) }()
	ready.wait(t)
	clock.Advance(time.Hour)
	must(t, clock.BlockUntilContext(t.Context(), 2)) // the patience, and the look at the memory
	clock.Advance(grace)
	if e := <-ended; e.Outcome != TimedOut || e.ExitCode != -1 {
		t.Errorf("%+v", e)
	}
	gone(t, ready)
}

func TestWhatARunLeavesBehindEndsWithIt(t *testing.T) {
	said := newWaiter("child")
	p := Process{Program: "sh", Clock: clockwork.NewRealClock(), Out: said}
	e := p.Run(t.Context(), nil, Job{Args: []string{"-c", "sleep 600 >/dev/null 2>&1 & echo child $!"}, Timeout: time.Minute})
	if e.Outcome != Done {
		t.Errorf("%+v", e)
	}
	gone(t, said)
}

func TestAStopIsWaitedForAndASecondOneIsNot(t *testing.T) {
	ready := newWaiter("ready")
	ctx, stop := context.WithCancel(t.Context())
	kill := make(chan struct{})
	ended := make(chan Ended, 1)
	go func() {
		ended <- as("deaf", clockwork.NewRealClock(), ready).Run(ctx, kill, Job{Timeout: time.Hour})
	}()
	ready.wait(t)
	stop()
	select {
	case e := <-ended:
		t.Errorf("not waited for: %+v", e)
	case <-time.After(100 * time.Millisecond):
	}
	close(kill)
	if e := <-ended; e.Outcome != Stopped {
		t.Errorf("%+v", e)
	}
	gone(t, ready)

	ready = newWaiter("ready")
	ctx, stop = context.WithCancel(t.Context())
	go func() {
		ended <- as("polite", clockwork.NewRealClock(), ready).Run(ctx, nil, Job{Timeout: time.Hour})
	}()
	ready.wait(t)
	stop()
	if e := <-ended; e.Outcome != Stopped || e.ExitCode != 1 || e.Said[len(e.Said)-1] != "undone" {
		t.Errorf("one that listens: %+v", e)
	}
}

func TestARunThatEatsMemoryIsKilledAtItsLimit(t *testing.T) {
	if CheckMemory() != nil {
		t.Skip("memory has limits on Linux only")
	}
	const limit = 256 << 20
	e := as("eats", clockwork.NewRealClock(), nil).Run(t.Context(), nil, Job{Timeout: time.Minute, Memory: limit})
	if e.Outcome != Killed || e.Why != "it held more than 268 MB of memory" {
		t.Errorf("%+v", e)
	}
	if e.PeakMemory < limit || e.PeakMemory > 4*limit {
		t.Errorf("killed at %d MB", e.PeakMemory>>20)
	}
}

func TestARunThatGrabsMemoryAtOnceIsStoppedByTheKernel(t *testing.T) {
	if CheckMemory() != nil {
		t.Skip("memory has limits on Linux only")
	}
	// The limit is set just after the start: a child that is quicker than that
	// is one that holds nothing yet.
	p := as("grabs", clockwork.NewRealClock(), nil)
	p.Before = nil
	e := Process{Program: "sh", Env: p.Env, Clock: p.Clock}.Run(t.Context(), nil,
		Job{Args: []string{"-c", `sleep 0.3; exec "$0"`, p.Program}, Timeout: time.Minute, Memory: 256 << 20})
	if e.Outcome != Killed || e.Why != "it crashed" || !strings.Contains(strings.Join(e.Said, "\n"), "goroutine") {
		t.Errorf("%+v", e)
	}
}

func TestTheSchedulersMemoryStaysFlatOverAThousandRuns(t *testing.T) {
	program, err := exec.LookPath("true")
	must(t, err)
	s := newStage(t, "2026-03-01 00:00 +01")
	h := opened(t, s.history)
	ran := make(chan struct{})
	runner := counted{Process{Program: program, Clock: s.clock}, ran}
	d, err := New(Options{Jobs: []Job{{Name: "often", Cron: "* * * * *", Timeout: time.Hour, CatchUp: time.Hour}}, Zone: rome(t),
		History: h, Runner: runner, Clock: s.clock, Metrics: NewMetrics(), Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx, nil, nil) }()
	runs := func(n int) {
		for range n {
			s.settle(1)
			s.clock.Advance(time.Minute)
			<-ran
			for d.Jobs()[0].State != Idle {
				time.Sleep(time.Millisecond)
			}
		}
	}
	runs(3 * keptRuns) // until the history in memory is as long as it gets
	before := sizes(t)
	runs(1000)
	after := sizes(t)
	t.Logf("over 1000 runs: heap %+d kB, resident %+d kB, goroutines %+d, open files %+d",
		(after.heap-before.heap)>>10, (after.resident-before.resident)>>10, after.goroutines-before.goroutines, after.files-before.files)
	if after.heap-before.heap > 1<<20 || after.resident-before.resident > 8<<20 || after.goroutines > before.goroutines+2 || after.files > before.files {
		t.Errorf("before %+v, after %+v", before, after)
	}
	stop()
	must(t, <-ended)
	if n := len(h.Of("often")); n < keptRuns || n > 2*keptRuns {
		t.Errorf("%d runs in memory", n)
	}
}

// counted tells of each run that ended.
type counted struct {
	Runner
	ran chan<- struct{}
}

func (c counted) Run(ctx context.Context, kill <-chan struct{}, j Job) Ended {
	e := c.Runner.Run(ctx, kill, j)
	c.ran <- struct{}{}
	return e
}

type size struct {
	heap, resident    int64
	goroutines, files int
}

func sizes(t *testing.T) size {
	t.Helper()
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	files, err := filepath.Glob("/proc/self/fd/*")
	must(t, err)
	s := size{heap: int64(m.HeapAlloc), goroutines: runtime.NumGoroutine(), files: len(files)}
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
		must(t, err)
		s.resident = pages * int64(os.Getpagesize())
	}
	return s
}

// waiter waits for a word in what a child says.
type waiter struct {
	word string
	said tail
	seen chan struct{}
}

func newWaiter(word string) *waiter { return &waiter{word: word, seen: make(chan struct{}, 1)} }

func (w *waiter) Write(p []byte) (int, error) {
	w.said.Write(p)
	if strings.Contains(strings.Join(w.said.lines(), "\n"), w.word) {
		select {
		case w.seen <- struct{}{}:
		default:
		}
	}
	return len(p), nil
}

func (w *waiter) wait(t *testing.T) {
	t.Helper()
	select {
	case <-w.seen:
	case <-time.After(20 * time.Second):
		t.Fatalf("the child never said %q: %q", w.word, w.said.lines())
	}
}

// gone fails if the child of the child still lives.
func gone(t *testing.T, w *waiter) {
	t.Helper()
	var pid int
	for _, line := range w.said.lines() {
		fmt.Sscanf(line, "child %d", &pid)
	}
	if pid == 0 {
		t.Fatalf("no child was said: %q", w.said.lines())
	}
	for range 100 {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(text), ") Z ") {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	syscall.Kill(pid, syscall.SIGKILL)
	t.Errorf("process %d outlived the run", pid)
}
