package schedule

import "time"

// takeUp begins where the scheduler was left: runs that were under way are
// closed, times that were missed become one run each job, and attempts that
// were still to come are made.
func (d *Daemon) takeUp() {
	now := d.o.Clock.Now()
	for _, j := range d.jobs {
		last, known := d.begin(j, now)
		if !known {
			continue // it never ran: nothing was missed
		}
		d.look(j)
		d.mu.Lock()
		if j.state == Idle && !last.NextAttempt.IsZero() && now.Sub(last.ScheduledFor) <= j.CatchUp {
			d.enqueueAt(j, follow(last, nil), later(last.NextAttempt, now))
		}
		d.mu.Unlock()
	}
}

// takeUpNone does so for a single run: what is left waits for the daemon.
func (d *Daemon) takeUpNone() {
	for _, j := range d.jobs {
		d.begin(j, d.o.Clock.Now())
	}
}

// begin reads what the history knows of a job and returns its last run.
func (d *Daemon) begin(j *job, now time.Time) (last Run, known bool) {
	j.handled = now
	runs := d.o.History.Of(j.Name)
	if len(runs) == 0 {
		return last, false
	}
	last = runs[len(runs)-1]
	if last.Ended.IsZero() {
		last = d.closeLost(j, last, now)
	}
	// Times that came while it ran were let go then; of a run that was lost
	// nobody knows when it ended.
	j.handled = last.Ended
	if last.Why == lost {
		j.handled = last.Started
	}
	j.handled = later(j.handled, last.ScheduledFor)
	for _, run := range runs {
		if run.failed() {
			j.failing = true
		} else if run.Outcome == Done {
			j.failing = false
		}
	}
	d.o.Metrics.known(runs)
	return last, true
}

// lost is why a run has no end of its own.
const lost = "the scheduler ended while it ran"

// closeLost ends a run in the history whose scheduler was killed, or lost its
// power. It is made once more, whatever its retries: the fault was not its own.
// If it was, it has no third attempt by this.
func (d *Daemon) closeLost(j *job, run Run, now time.Time) Run {
	run.Ended, run.Outcome, run.ExitCode, run.Why = now, Killed, -1, lost
	if j.CatchUp > 0 && run.Attempt <= max(1, j.Retries) {
		run.NextAttempt = now
	}
	d.put(run)
	d.o.Metrics.ended(run)
	d.log(run)
	return run
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
