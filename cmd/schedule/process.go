package schedule

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"github.com/jonboulle/clockwork"
)

// Ended is what became of the process of a run.
type Ended struct {
	Outcome    Outcome
	ExitCode   int // -1 where a signal ended it
	Why        string
	PeakMemory int64 // bytes, as far as it was seen; 0 where it cannot be
	Said       []string
}

// Runner makes one attempt of a job. When ctx ends the attempt is asked to end
// and waited for; when kill is closed it ends at once.
type Runner interface {
	Run(ctx context.Context, kill <-chan struct{}, j Job) Ended
}

// Process runs jobs as processes of a program, each the leader of a group that
// its own children belong to.
type Process struct {
	Program string
	Before  []string  // arguments that stand before those of the job
	Env     []string  // nil: that of this process
	Out     io.Writer // what runs say is handed on to it; may be nil
	Clock   clockwork.Clock
}

const (
	grace       = 30 * time.Second       // from being asked to end because of the time to being killed
	pipeGrace   = 5 * time.Second        // for what a dead process's children still say
	memoryEvery = 200 * time.Millisecond // between two looks at the memory
)

// Run starts the program and waits for its end.
func (p Process) Run(ctx context.Context, kill <-chan struct{}, j Job) Ended {
	said := &tail{to: p.Out}
	cmd := exec.Command(p.Program, append(append([]string{}, p.Before...), j.Args...)...)
	cmd.Stdout, cmd.Stderr, cmd.Env = said, said, p.Env
	cmd.WaitDelay = pipeGrace
	cmd.SysProcAttr = ownGroup()

	started, ended := make(chan error, 1), make(chan error, 1)
	go func() {
		// The kernel tells the child of the end of the thread that started it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			ended <- cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return Ended{Outcome: Failed, ExitCode: -1, Why: fmt.Sprintf("start %s: %v", p.Program, err)}
	}
	w := &watch{group: cmd.Process.Pid, job: j}
	err := w.until(ctx, kill, ended, p.Clock)
	syscall.Kill(-w.group, syscall.SIGKILL) // children that it left behind
	e := Ended{Outcome: Failed, ExitCode: -1, Why: fmt.Sprintf("wait for %s: %v", p.Program, err)}
	if cmd.ProcessState != nil {
		e = w.judge(cmd.ProcessState)
	}
	e.Said, e.PeakMemory = said.lines(), w.peak
	return e
}

// watch is one process under its limits.
type watch struct {
	group   int
	job     Job
	peak    int64
	stopped bool
	late    bool
	large   bool
}

// until waits for the end of the process, asks for it and enforces it.
func (w *watch) until(ctx context.Context, kill <-chan struct{}, ended <-chan error, clock clockwork.Clock) error {
	limitProcess(w.group, w.job.Memory)
	timeout := clock.NewTimer(w.job.Timeout)
	defer timeout.Stop()
	look := clock.NewTicker(memoryEvery)
	defer look.Stop()
	stop := ctx.Done()
	var patience <-chan time.Time
	for {
		select {
		case err := <-ended:
			return err
		case <-stop:
			w.stopped, stop = true, nil
			syscall.Kill(w.group, syscall.SIGINT)
		case <-kill:
			w.stopped, kill = true, nil
			syscall.Kill(-w.group, syscall.SIGKILL)
		case <-timeout.Chan():
			w.late = true
			syscall.Kill(w.group, syscall.SIGINT)
			patience = clock.After(grace)
		case <-patience:
			syscall.Kill(-w.group, syscall.SIGKILL)
		case <-look.Chan():
			now := memoryOf(w.group)
			w.peak = max(w.peak, now)
			if w.job.Memory > 0 && now > w.job.Memory && !w.large {
				w.large = true
				syscall.Kill(-w.group, syscall.SIGKILL)
			}
		}
	}
}

// judge says how it ended. A run that was done before it could be stopped is done.
func (w *watch) judge(state *os.ProcessState) Ended {
	e := Ended{ExitCode: state.ExitCode(), Outcome: Failed}
	switch {
	case e.ExitCode == codeDone:
		e.Outcome = Done
	case w.large:
		e.Outcome, e.Why = Killed, fmt.Sprintf("it held more than %d MB of memory", w.job.Memory/1e6)
	case w.late:
		e.Outcome, e.Why = TimedOut, fmt.Sprintf("it took longer than %s", w.job.Timeout)
	case w.stopped:
		e.Outcome, e.Why = Stopped, stopped
	case e.ExitCode == codeRefused:
		e.Outcome = Refused
	case e.ExitCode == codeBusy:
		e.Outcome = busy
	case e.ExitCode < 0:
		e.Outcome, e.Why = Killed, signalOf(state)
	}
	return e
}

func signalOf(state *os.ProcessState) string {
	status, ok := state.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() {
		return state.String()
	}
	switch status.Signal() {
	case syscall.SIGABRT:
		return "it crashed"
	case syscall.SIGKILL:
		return "something killed it: the kernel does so when memory runs out"
	}
	return fmt.Sprintf("signal %d (%s) ended it", status.Signal(), status.Signal())
}
