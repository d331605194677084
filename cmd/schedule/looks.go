package schedule

import "time"

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
