package schedule

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// attempt makes one attempt of a job and decides what follows.
func (d *Daemon) attempt(ctx context.Context, kill <-chan struct{}, j *job) {
	r := j.request
	run := &r.run
	d.underway(j, run)
	e := d.o.Runner.Run(ctx, kill, j.Job)
	now := d.o.Clock.Now()
	if e.Outcome == busy {
		if r.busy.IsZero() {
			r.busy = now
			d.o.Log.Info("another run holds the instance: the job waits", "job", j.Name)
		}
		if now.Sub(r.busy) < j.Timeout && ctx.Err() == nil {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.enqueueAt(j, r, now.Add(busyWait))
			return
		}
		e.Outcome, e.Why = Failed, fmt.Sprintf("another run held the instance for %s", now.Sub(r.busy).Round(time.Second))
	}
	run.Ended, run.Outcome, run.ExitCode, run.Why, run.PeakMemory, run.Said = now, e.Outcome, e.ExitCode, e.Why, e.PeakMemory, e.Said
	run.NextAttempt = j.nextAttempt(*run)
	d.finish(j, r)
}

// underway notes that a run is under way, once for all its tries at a held instance.
func (d *Daemon) underway(j *job, run *Run) {
	d.mu.Lock()
	defer d.mu.Unlock()
	run.Started = d.o.Clock.Now()
	if run.ID == "" {
		run.ID = strconv.FormatInt(run.Started.UnixNano(), 36) + "-" + j.Name
		d.o.Log.Info("job started", "job", j.Name, "attempt", run.Attempt, "scheduled_for", d.local(run.ScheduledFor), "manual", run.Manual)
	}
	d.put(*run)
}

// nextAttempt is when a run is tried again, zero for never.
func (j *job) nextAttempt(run Run) time.Time {
	switch {
	case run.Outcome == Stopped && j.CatchUp > 0:
		return run.Ended // as soon as the scheduler is back
	case run.again() && run.Attempt <= j.Retries:
		return run.Ended.Add(j.wait(run.Attempt))
	}
	return time.Time{}
}

// finish keeps and tells how an attempt ended, and asks for the next one.
func (d *Daemon) finish(j *job, r *request) {
	run := r.run
	d.o.Metrics.ended(run)
	d.log(run)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.put(run)
	d.tell(j, run)
	j.request, j.state = nil, Idle
	if run.NextAttempt.IsZero() || run.Outcome == Stopped {
		for _, w := range r.waiters {
			w <- run
		}
		return
	}
	d.enqueueAt(j, follow(run, r.waiters), run.NextAttempt)
}

// follow is the request for the attempt after run. One that was stopped counts
// as not made.
func follow(run Run, waiters []chan<- Run) *request {
	next := Run{Job: run.Job, ScheduledFor: run.ScheduledFor, Missed: run.Missed, Manual: run.Manual, Attempt: run.Attempt + 1}
	if run.Outcome == Stopped {
		next.Attempt = run.Attempt
	}
	return &request{run: next, waiters: waiters}
}

// put writes the history. A full disk must not keep the jobs from running.
func (d *Daemon) put(run Run) {
	if err := d.o.History.Put(run); err != nil {
		d.o.Log.Error("history", "job", run.Job, "error", err)
	}
}

func (d *Daemon) log(run Run) {
	args := []any{"job", run.Job, "outcome", run.Outcome, "exit_code", run.ExitCode, "seconds", int(run.Ended.Sub(run.Started).Seconds())}
	if run.Why != "" {
		args = append(args, "why", run.Why)
	}
	if !run.NextAttempt.IsZero() {
		args = append(args, "next_attempt", d.local(run.NextAttempt))
	}
	if run.Outcome == Done || run.Outcome == Stopped {
		d.o.Log.Info("job ended", args...)
		return
	}
	d.o.Log.Error("job ended", args...)
}
