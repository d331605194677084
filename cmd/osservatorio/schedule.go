package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // Europe/Rome exists on every machine

	"github.com/jonboulle/clockwork"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"osservatorio/cmd/schedule"
)

func (a *app) scheduleCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schedule",
		Short: "Run the jobs of the configuration at their times, until stopped",
		Long: `Runs each [[job]] of the configuration at the times of its cron line, in the
time zone Europe/Rome. Jobs take turns, for an instance has one writer; a job
never overlaps itself. Every run is a process of its own, with a timeout and, as
configured, a limit of memory and retries after faults. The database is open only
while a run has it.

A time of day that daylight saving skips comes when the clocks have moved on, one
that comes twice is the first; a job of every hour follows the time that passes.
Times that were missed while nothing ran become one run (catch_up).

Failures, and the first success after them, are logged and told to [notify].
/healthz and /metrics are answered on [schedule] listen. What ran is in the
history: see osservatorio status.

Ctrl-C or SIGTERM asks the run under way to end, or to undo its step, and waits
for it; a second one ends it at once.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			return in.schedule(cmd.Context(), a.logFormat)
		},
	}
}

// scheduler is a daemon with all that it needs from the instance.
type scheduler struct {
	*schedule.Daemon
	metrics  *schedule.Metrics
	notifier *schedule.Notifier
	history  *schedule.History
	unlock   func()
}

// newScheduler takes the state of the instance for this process.
func (in *instance) newScheduler(logFormat string) (*scheduler, error) {
	if len(in.Jobs) == 0 {
		return nil, withCode(exitUsage, hinted(fmt.Errorf("%s: no [[job]] to schedule", in.file), `add one, e.g. [[job]] name = "daily", cron = "30 6 * * *", verb = "run"`))
	}
	rome, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("load time zone: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	jobs, err := in.jobs()
	if err != nil {
		return nil, err
	}
	s := &scheduler{metrics: schedule.NewMetrics()}
	if s.unlock, err = in.lockState(); err != nil {
		return nil, err
	}
	history, bad, err := schedule.OpenHistory(in.historyFile())
	if err != nil {
		s.unlock()
		return nil, err
	}
	if bad > 0 {
		in.log.Warn("history has lines that cannot be read", "file", in.historyFile(), "lines", bad)
	}
	s.history = history
	clock := clockwork.NewRealClock()
	out := in.out.out
	if logFormat == "json" {
		out = spoken{out, in.log}
	}
	s.notifier = &schedule.Notifier{Command: in.Notify.Command, Webhook: in.Notify.Webhook, Name: in.Region.Name, Clock: clock, Log: in.log}
	s.notifier.Start()
	s.Daemon, err = schedule.New(schedule.Options{
		Jobs: jobs, Zone: rome, History: history, Clock: clock, Log: in.log, Metrics: s.metrics, Tell: s.notifier.Tell,
		Runner: schedule.Process{
			Program: self, Before: []string{"--config", in.file, "--log", logFormat}, Out: out, Clock: clock,
			// A run that crashes says so by a signal: by itself it would end with the code of usage.
			Env: append(os.Environ(), "GOTRACEBACK=crash"),
		},
	})
	if err != nil {
		s.close()
		return nil, err
	}
	s.metrics.Registry.MustRegister(sourceMetrics{in})
	return s, nil
}

func (s *scheduler) close() {
	s.notifier.Close()
	s.history.Close()
	s.unlock()
}

func (in *instance) historyFile() string { return filepath.Join(in.path(in.Paths.State), "runs.jsonl") }
func (in *instance) socketFile() string {
	return filepath.Join(in.path(in.Paths.State), "schedule.sock")
}

// lockState makes this process the only scheduler of the instance.
func (in *instance) lockState() (func(), error) {
	dir := in.path(in.Paths.State)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("lock scheduler: %w", err)
	}
	unlock, owner, err := takeLock(filepath.Join(dir, "schedule.lock"), in.now())
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, withCode(exitBusy, hinted(fmt.Errorf("lock scheduler of %s: another one runs: %s", in.file, owner), "see: osservatorio status"))
	}
	if err != nil {
		return nil, fmt.Errorf("lock scheduler: %w", err)
	}
	return unlock, nil
}

// takeLock holds the file at path until the returned func is called, or the
// process ends. EWOULDBLOCK: owner holds it.
func takeLock(path string, now time.Time) (unlock func(), owner string, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o640)
	if err != nil {
		return nil, "", err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		text, _ := os.ReadFile(path)
		f.Close()
		return nil, strings.TrimSpace(string(text)), err
	}
	f.Truncate(0)
	fmt.Fprintf(f, "process %d, since %s\n", os.Getpid(), now.Format(time.RFC3339))
	return func() { f.Close() }, "", nil
}

func (in *instance) schedule(ctx context.Context, logFormat string) error {
	manager := takeManager(in.log)
	s, err := in.newScheduler(logFormat)
	if err != nil {
		return err
	}
	defer s.close()
	doors, err := in.doors()
	if err != nil {
		return err
	}
	work, end := context.WithCancel(ctx)
	group, work := errgroup.WithContext(work)
	group.Go(func() error { return schedule.Answer(work, doors.control, s.Control()) })
	if doors.web != nil {
		group.Go(func() error { return schedule.Answer(work, doors.web, s.Web()) })
	}
	kill, forget := secondSignal()
	defer forget()
	group.Go(func() error {
		defer end()
		return s.Run(work, kill, func() {
			in.tellScheduled(s, doors)
			manager.tell("READY=1")
			context.AfterFunc(work, func() { manager.tell("STOPPING=1") })
		})
	})
	return group.Wait()
}

// doors are what the scheduler is asked at.
type doors struct{ control, web net.Listener }

func (in *instance) doors() (d doors, err error) {
	if in.Schedule.Listen != "" {
		if d.web, err = net.Listen("tcp", in.Schedule.Listen); err != nil {
			return d, fmt.Errorf("answer health and metrics: %w", err)
		}
	}
	if d.control, err = schedule.Listen(in.socketFile()); err == nil {
		return d, nil
	}
	if d.web != nil {
		d.web.Close()
	}
	return d, hinted(err, "state in [paths] may name another folder, with a shorter name")
}

func (in *instance) tellScheduled(s *scheduler, d doors) {
	for _, j := range s.Jobs() {
		in.out.say("scheduled", "job", j.Name, "next", inRome(j.NextRun).Format(time.RFC3339))
	}
	if d.web != nil {
		in.out.say("answering", "health", "http://"+d.web.Addr().String()+"/healthz", "metrics", "http://"+d.web.Addr().String()+"/metrics")
	}
}

// secondSignal returns what is closed by a second SIGINT or SIGTERM: the first
// one ends the context of the command.
func secondSignal() (kill <-chan struct{}, forget func()) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	killed, done := make(chan struct{}), make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for range 2 {
			select {
			case <-signals:
			case <-done:
				return
			}
		}
		close(killed)
	}()
	return killed, func() {
		signal.Stop(signals)
		close(done)
		<-ended
	}
}

// inRome shows a moment in the time zone of the schedule.
func inRome(t time.Time) time.Time {
	if rome, err := time.LoadLocation(zone); err == nil {
		return t.In(rome)
	}
	return t
}
