package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
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
