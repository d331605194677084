package schedule

import (
	"errors"
	"time"
)

// unwait ends the waiting of a job and returns who waits with it.
func (d *Daemon) unwait(j *job) []chan<- Run {
	if j.state != Waiting {
		return nil
	}
	j.alarm.Stop()
	j.state = Idle
	return j.request.waiters
}

// enqueue puts a run at the end of its lane.
func (d *Daemon) enqueue(j *job, r *request) {
	j.request, j.state, j.until = r, Queued, time.Time{}
	l := d.of(j)
	l.queue = append(l.queue, r)
	select {
	case l.wake <- struct{}{}:
	default: // it is awake, or will be
	}
}

// enqueueAt does so at a later time.
func (d *Daemon) enqueueAt(j *job, r *request, when time.Time) {
	j.request, j.state, j.until = r, Waiting, when
	j.alarm = d.o.Clock.AfterFunc(when.Sub(d.o.Clock.Now()), func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if j.state == Waiting && j.request == r {
			d.enqueue(j, r)
		}
	})
}

// leave stops the alarms and closes the runs that waited for the instance.
func (d *Daemon) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, j := range d.jobs {
		if j.alarm != nil {
			j.alarm.Stop()
		}
		if j.request == nil || j.request.run.ID == "" {
			continue
		}
		run := j.request.run
		run.Ended, run.Outcome, run.ExitCode, run.Why = d.o.Clock.Now(), Stopped, codeBusy, stopped
		run.NextAttempt = j.nextAttempt(run)
		d.put(run)
	}
}

// stopped is why a run was stopped.
const stopped = "the scheduler was stopped"

// Faults of a trigger.
var (
	ErrNoJob   = errors.New("no such job")
	ErrRunning = errors.New("it is running")
)

// Trigger wants a run of a job now, and returns where its last attempt is told.
// A job that waits or is queued is not queued twice.
func (d *Daemon) Trigger(name string) (<-chan Run, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	j := d.job(name)
	if j == nil {
		return nil, ErrNoJob
	}
	told := make(chan Run, 1)
	switch {
	case j.state == Running:
		return nil, ErrRunning
	case j.held():
		j.alarm.Stop()
		d.enqueue(j, j.request)
		fallthrough
	case j.state == Queued:
		j.request.waiters = append(j.request.waiters, told)
	default:
		run := Run{Job: name, ScheduledFor: d.o.Clock.Now(), Attempt: 1, Manual: true}
		d.enqueue(j, &request{run: run, waiters: append(d.unwait(j), told)})
	}
	return told, nil
}
