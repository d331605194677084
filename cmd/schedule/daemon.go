package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/jonboulle/clockwork"
)

// Options are what a daemon is made of.
type Options struct {
	Jobs    []Job
	Zone    *time.Location
	History *History
	Runner  Runner
	Clock   clockwork.Clock
	Log     *slog.Logger
	Tell    func(Message) // hears of failures and of the success after them; may be nil
	Metrics *Metrics      // may be nil
}

const (
	// onTime is how late a run may start and still not be one that was missed.
	onTime = 2 * time.Minute
	// lookEvery is how often the times are held against the clock: timers do not
	// count while a machine sleeps, nor when its clock is set.
	lookEvery = time.Minute
	// busyWait is the time between two tries at an instance that another run holds.
	busyWait = 30 * time.Second
)

// Daemon runs the jobs one at a time, for an instance has one writer; beside
// them, also one at a time, those that need no turn. A job is in one state at a time: idle, waiting (for a further attempt, or for the
// instance), queued or running; so it never overlaps itself.
type Daemon struct {
	o             Options
	turns, beside lane
	mu            sync.Mutex // what follows, also within jobs and lanes
	jobs          []*job
	seen          time.Time // when the times were last held against the clock
}

// lane is runs that wait for one another.
type lane struct {
	wake  chan struct{}
	queue []*request
}

// of is the lane of a job.
func (d *Daemon) of(j *job) *lane {
	if j.Beside {
		return &d.beside
	}
	return &d.turns
}

// job is a Job with what the daemon knows of it.
type job struct {
	Job
	times   *Times
	handled time.Time // up to here every time was queued or let go
	request *request  // nil when idle
	state   State
	alarm   clockwork.Timer // while waiting
	until   time.Time       // likewise
	failing bool            // somebody was told so
}

// State is what a job does.
type State string

// The states.
const (
	Idle    State = "idle"
	Waiting State = "waiting"
	Queued  State = "queued"
	Running State = "running"
)

// request is a run that is wanted, through all its attempts.
type request struct {
	run     Run
	busy    time.Time // since when the instance is held by another, zero if not
	waiters []chan<- Run
}

// New makes a daemon; nothing runs before Run or Once.
func New(o Options) (*Daemon, error) {
	d := &Daemon{o: o, turns: lane{wake: make(chan struct{}, 1)}, beside: lane{wake: make(chan struct{}, 1)}}
	for _, j := range o.Jobs {
		times, err := NewTimes(j.Cron, o.Zone)
		if err != nil {
			return nil, fmt.Errorf("schedule job %s: %q: %w", j.Name, j.Cron, err)
		}
		d.jobs = append(d.jobs, &job{Job: j, times: times, state: Idle})
	}
	if o.Metrics != nil {
		o.Metrics.of(d)
	}
	return d, nil
}

// Run takes up what was left, and runs the jobs at their times until ctx ends;
// then the run under way is asked to end and waited for, or ended at once when
// kill is closed. ready is called when the times stand; it may be nil.
func (d *Daemon) Run(ctx context.Context, kill <-chan struct{}, ready func()) error {
	cron, err := gocron.NewScheduler(gocron.WithLocation(time.UTC), gocron.WithClock(d.o.Clock))
	if err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	defer cron.Shutdown()
	for _, j := range d.jobs {
		_, err := cron.NewJob(gocron.CronJob(j.Cron, false), gocron.NewTask(func() { d.look(j) }),
			gocron.WithName(j.Name), gocron.WithCronImplementation(j.times))
		if err != nil {
			return fmt.Errorf("schedule job %s: %w", j.Name, err)
		}
	}
	d.takeUp()
	d.looked()
	cron.Start()
	looks := d.o.Clock.NewTicker(lookEvery)
	defer looks.Stop()
	var looking sync.WaitGroup
	defer looking.Wait()
	looking.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-looks.Chan():
				for _, j := range d.jobs {
					d.look(j)
				}
				d.looked()
			}
		}
	})
	if ready != nil {
		ready()
	}
	d.work(ctx, kill, nil)
	return nil
}

// Once runs one job now, with all its attempts, and returns the last.
func (d *Daemon) Once(ctx context.Context, kill <-chan struct{}, name string) (Run, error) {
	d.takeUpNone()
	for _, j := range d.jobs {
		j.Beside = false // there is nothing beside it
	}
	ended, err := d.Trigger(name)
	if err != nil {
		return Run{}, err
	}
	last := make(chan Run, 1)
	d.work(ctx, kill, func() bool {
		select {
		case run := <-ended:
			last <- run
			return true
		default:
			return false
		}
	})
	select {
	case run := <-last:
		return run, nil
	default:
		return Run{}, context.Cause(ctx)
	}
}

// work makes the runs that are queued until ctx ends or enough says so, after a
// run that took its turn.
func (d *Daemon) work(ctx context.Context, kill <-chan struct{}, enough func() bool) {
	defer d.leave()
	ctx, cancel := context.WithCancel(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	defer cancel()
	beside.Go(func() { d.serve(ctx, kill, &d.beside, nil) })
	d.serve(ctx, kill, &d.turns, enough)
}

// serve makes the runs of one lane, one after the other.
func (d *Daemon) serve(ctx context.Context, kill <-chan struct{}, l *lane, enough func() bool) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		}
		for j := d.take(ctx, l); j != nil; j = d.take(ctx, l) {
			d.attempt(ctx, kill, j)
		}
		if enough != nil && enough() {
			return
		}
	}
}

// take returns the job whose turn it is, nil if there is none.
func (d *Daemon) take(ctx context.Context, l *lane) *job {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(l.queue) == 0 || ctx.Err() != nil {
		return nil
	}
	r := l.queue[0]
	l.queue = slices.Delete(l.queue, 0, 1)
	j := d.job(r.run.Job)
	j.state = Running
	return j
}

func (d *Daemon) job(name string) *job {
	for _, j := range d.jobs {
		if j.Name == name {
			return j
		}
	}
	return nil
}

// look holds a job's times against the clock and queues the newest of those
// that have come since the last look: however many there are, one run.
func (d *Daemon) look(j *job) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.o.Clock.Now()
	if j.handled.After(now.Add(onTime)) {
		// What comes again now runs again: that is better than silence until
		// the clock is where it was.
		d.o.Log.Warn("the clock was set back", "job", j.Name, "by", j.handled.Sub(now).Round(time.Second).String())
	}
	from := j.handled
	if oldest := now.Add(-max(j.CatchUp, onTime)); from.Before(oldest) {
		if newest, n := j.times.Missed(later(from, oldest.Add(-maxCounted)), oldest); n > 0 {
			d.o.Log.Warn("missed, too late to catch up", "job", j.Name, "times", n, "newest", d.local(newest))
		}
		from = oldest
	}
	newest, n := j.times.Missed(from, now)
	j.handled = now
	if n == 0 {
		return
	}
	if j.state == Queued || j.state == Running || j.held() {
		d.o.Log.Warn("still under way: this time is let go", "job", j.Name, "state", j.state, "scheduled_for", d.local(newest))
		d.o.Metrics.letGo(j.Name, n)
		return
	}
	d.enqueue(j, &request{run: Run{Job: j.Name, ScheduledFor: newest, Missed: n - 1, Attempt: 1}, waiters: d.unwait(j)})
}

func (d *Daemon) looked() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = d.o.Clock.Now()
}

// lookAge is how long ago all times were held against the clock.
func (d *Daemon) lookAge() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.o.Clock.Now().Sub(d.seen)
}

// held tells whether the job waits for another run that holds the instance.
func (j *job) held() bool { return j.state == Waiting && !j.request.busy.IsZero() }

func (d *Daemon) local(t time.Time) string { return t.In(d.o.Zone).Format(time.RFC3339) }

// maxCounted bounds for how long missed times are counted, for the log alone.
const maxCounted = 31 * 24 * time.Hour

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
