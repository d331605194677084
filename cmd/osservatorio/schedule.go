package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
	_ "time/tzdata" // Europe/Rome exists on every machine

	"github.com/go-co-op/gocron/v2"
	"github.com/spf13/cobra"
)

// zone is the time zone of every schedule: the territory's own.
const zone = "Europe/Rome"

func (a *app) scheduleCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schedule",
		Short: "Run the jobs of the configuration at their times, until stopped",
		Long: `Runs each [[job]] of the configuration at the times of its cron line, in the
time zone Europe/Rome. Every run is a process of its own, so that a crash or its
memory never takes the scheduler down; a job never overlaps itself. A failure is
logged and told to [notify] command. Stop with Ctrl-C or SIGTERM: runs under way
are asked to end and waited for.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			return in.schedule(cmd.Context())
		},
	}
}

func (in *instance) schedule(ctx context.Context) error {
	if len(in.Jobs) == 0 {
		return withCode(exitUsage, hinted(fmt.Errorf("%s: no [[job]] to schedule", in.file), `add one, e.g. [[job]] name = "daily", cron = "30 6 * * *", verb = "run"`))
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	s, err := newScheduler()
	if err != nil {
		return err
	}
	for _, j := range in.Jobs {
		_, err := s.NewJob(gocron.CronJob(j.Cron, false),
			gocron.NewTask(func() { in.runJob(ctx, self, j) }),
			gocron.WithName(j.Name), gocron.WithSingletonMode(gocron.LimitModeReschedule))
		if err != nil {
			return fmt.Errorf("schedule job %s: %w", j.Name, err)
		}
	}
	s.Start()
	for _, j := range s.Jobs() {
		next, err := j.NextRun()
		if err != nil {
			return fmt.Errorf("schedule job %s: %w", j.Name(), err)
		}
		in.out.say("scheduled", "job", j.Name(), "next", next.Format(time.RFC3339))
	}
	<-ctx.Done()
	return s.Shutdown()
}

// runJob runs one job as a child process and tells of its failure.
func (in *instance) runJob(ctx context.Context, self string, j JobConfig) {
	limit, err := time.ParseDuration(j.Timeout)
	if err != nil {
		in.log.Error("job", "job", j.Name, "error", err)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	started := in.now()
	var said bytes.Buffer
	child := exec.CommandContext(ctx, self, append([]string{"--config", in.file, j.Verb}, j.Sources...)...)
	child.Stdout, child.Stderr = &said, &said
	child.Cancel = func() error { return child.Process.Signal(os.Interrupt) }
	child.WaitDelay = 30 * time.Second
	in.out.say("job started", "job", j.Name, "verb", j.Verb)
	if err := child.Run(); err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = fmt.Errorf("it took longer than %s: %w", j.Timeout, err)
		}
		in.tellFailure(j, said.String(), err)
		return
	}
	in.out.say("job done", "job", j.Name, "seconds", int(in.now().Sub(started).Seconds()))
}

func (in *instance) tellFailure(j JobConfig, said string, err error) {
	message := fmt.Sprintf("osservatorio: job %s (%s) failed: %v\n%s", j.Name, j.Verb, err, lastLines(said, 20))
	in.log.Error("job failed", "job", j.Name, "error", err, "said", lastLines(said, 3))
	if in.Notify.Command == "" {
		return
	}
	notify := exec.Command("sh", "-c", in.Notify.Command)
	notify.Stdin = strings.NewReader(message)
	if out, err := notify.CombinedOutput(); err != nil {
		in.log.Error("notify", "command", in.Notify.Command, "error", err, "said", lastLines(string(out), 3))
	}
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func newScheduler() (gocron.Scheduler, error) {
	rome, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("load time zone %s: %w", zone, err)
	}
	return gocron.NewScheduler(gocron.WithLocation(rome))
}

// checkCron tells what is wrong with a cron line of five fields, nil if nothing.
func checkCron(line string) error {
	if fields := len(strings.Fields(line)); fields != 5 {
		return fmt.Errorf("found %d", fields)
	}
	s, err := newScheduler()
	if err != nil {
		return err
	}
	defer s.Shutdown()
	if _, err = s.NewJob(gocron.CronJob(line, false), gocron.NewTask(func() {})); err != nil {
		var inner error
		for inner = err; errors.Unwrap(inner) != nil; {
			inner = errors.Unwrap(inner)
		}
		text := inner.Error()
		return errors.New(text[strings.LastIndex(text, "\n")+1:])
	}
	return nil
}
