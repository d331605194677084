package schedule

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
)

// stage is a daemon under a clock that stands still, whose runs end as the test says.
type stage struct {
	t       *testing.T
	clock   *clockwork.FakeClock
	history string
	started chan Job
	endings chan Ended
	told    []Message
	mu      sync.Mutex
	metrics *Metrics
}

func newStage(t *testing.T, now string) *stage {
	return &stage{t: t, clock: clockwork.NewFakeClockAt(at(t, now)), history: filepath.Join(t.TempDir(), "runs"),
		started: make(chan Job), endings: make(chan Ended)}
}

// Run is the runner of the stage.
func (s *stage) Run(ctx context.Context, kill <-chan struct{}, j Job) Ended {
	s.started <- j
	select {
	case e := <-s.endings:
		return e
	case <-ctx.Done():
		return Ended{Outcome: Stopped, ExitCode: 1, Why: stopped}
	}
}

// up starts a daemon; down stops it and waits for its end.
func (s *stage) up(jobs ...Job) (d *Daemon, down func()) {
	s.t.Helper()
	h, _, err := OpenHistory(s.history)
	must(s.t, err)
	s.metrics = NewMetrics()
	d, err = New(Options{Jobs: jobs, Zone: rome(s.t), History: h, Runner: s, Clock: s.clock, Metrics: s.metrics,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Tell: func(m Message) { s.mu.Lock(); s.told = append(s.told, m); s.mu.Unlock() }})
	must(s.t, err)
	ctx, cancel := context.WithCancel(s.t.Context())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- d.Run(ctx, nil, func() { close(ready) }) }()
	<-ready
	var once sync.Once
	down = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				s.t.Error(err)
			}
			h.Close()
		})
	}
	s.t.Cleanup(down)
	s.settle(len(jobs))
	return d, down
}

// settle waits until n timers of jobs are set, beside the regular look.
func (s *stage) settle(n int) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	if err := s.clock.BlockUntilContext(ctx, n+1); err != nil {
		s.t.Fatalf("no %d timers: %v", n, err)
	}
}

// to moves the clock.
func (s *stage) to(moment string) { s.clock.Advance(at(s.t, moment).Sub(s.clock.Now())) }

// runs waits for a run that starts, and ends it.
func (s *stage) runs(e Ended) Job {
	s.t.Helper()
	j := s.starts()
	s.endings <- e
	return j
}

func (s *stage) starts() Job {
	s.t.Helper()
	select {
	case j := <-s.started:
		return j
	case <-time.After(10 * time.Second):
		s.t.Fatalf("no run started at %s", s.clock.Now())
		return Job{}
	}
}

// calm fails if a run starts.
func (s *stage) calm() {
	s.t.Helper()
	select {
	case j := <-s.started:
		s.t.Fatalf("%s started at %s", j.Name, s.clock.Now())
	case <-time.After(30 * time.Millisecond):
	}
}

// kept waits until n attempts have ended, and returns all that the history has.
func (s *stage) kept(n int) []Run {
	s.t.Helper()
	var runs []Run
	for range 1000 {
		runs = read(s.t, s.history)
		ended := 0
		for _, r := range runs {
			if !r.Ended.IsZero() {
				ended++
			}
		}
		if ended == n {
			return runs
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.t.Fatalf("want %d attempts that ended: %s", n, inWords(s.t, runs))
	return nil
}

func inWords(t *testing.T, runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		fmt.Fprintf(&b, "%s for %s at %s %s attempt %d missed %d next %s\n", r.Job, r.ScheduledFor.In(rome(t)), r.Started.In(rome(t)), r.Outcome, r.Attempt, r.Missed, r.NextAttempt)
	}
	return b.String()
}

var well = Ended{Outcome: Done}

func daily() Job {
	return Job{Name: "daily", Cron: "30 6 * * *", Timeout: time.Hour, CatchUp: 48 * time.Hour, RetryWait: 10 * time.Minute}
}

func TestADailyJobKeepsItsTimeThroughBothChangesOfTheClock(t *testing.T) {
	for _, day := range []string{"2026-03-28 06:00 +01", "2026-10-24 06:00 +02"} {
		s := newStage(t, day)
		_, down := s.up(daily())
		for n := range 3 {
			s.clock.Advance(daysTimes(t, s.clock.Now()))
			s.runs(well)
			s.kept(n + 1)
			s.settle(1)
		}
		for _, run := range s.kept(3) {
			if got := run.Started.In(rome(t)).Format("15:04"); got != "06:30" {
				t.Errorf("from %s: started at %s", day, run.Started.In(rome(t)))
			}
		}
		down()
	}
}

// daysTimes is how long it is to the next 06:30 of Rome.
func daysTimes(t *testing.T, now time.Time) time.Duration {
	now = now.In(rome(t))
	next := time.Date(now.Year(), now.Month(), now.Day(), 6, 30, 0, 0, rome(t))
	if !next.After(now) {
		next = time.Date(now.Year(), now.Month(), now.Day()+1, 6, 30, 0, 0, rome(t))
	}
	return next.Sub(now)
}

func TestAJobThatNeedsNoTurnDoesNotWaitForALongOne(t *testing.T) {
	s := newStage(t, "2026-11-02 06:00 +01")
	long, publish := daily(), daily()
	publish.Name, publish.Cron, publish.Beside = "publish", "0 10 * * *", true
	other := daily()
	other.Name, other.Cron = "other", "0 10 * * *"
	_, down := s.up(long, publish, other)
	s.to("2026-11-02 06:30 +01")
	if j := s.starts(); j.Name != "daily" {
		t.Fatalf("%s started first", j.Name)
	}
	s.to("2026-11-02 10:00 +01")
	if j := s.starts(); j.Name != "publish" {
		t.Fatalf("%s started beside the long job, want publish", j.Name)
	}
	s.calm() // the other waits for its turn
	s.endings <- well
	s.endings <- well
	if j := s.runs(well); j.Name != "other" {
		t.Errorf("%s started after the long job, want other", j.Name)
	}
	s.kept(3)
	down()
}

func TestAJobOfTheHourThatIsMissingOrTwiceRunsOnceThatNight(t *testing.T) {
	night := daily()
	night.Cron = "30 2 * * *"
	for _, c := range []struct{ from, first, second, next string }{
		{"2026-03-29 00:00 +01", "2026-03-29 03:00 +02", "2026-03-29 03:30 +02", "2026-03-30 02:30 +02"},
		{"2026-10-25 00:00 +02", "2026-10-25 02:30 +02", "2026-10-25 02:30 +01", "2026-10-26 02:30 +01"},
	} {
		s := newStage(t, c.from)
		_, down := s.up(night)
		s.to(c.first)
		s.runs(well)
		s.kept(1)
		s.settle(1)
		s.to(c.second)
		s.calm()
		s.settle(1)
		s.to(c.next)
		s.runs(well)
		s.kept(2)
		down()
	}
}

func TestMissedRunsAreOneRunAndOnlyWhereTheyAreNotTooOld(t *testing.T) {
	for _, c := range []struct {
		name, back string
		catchUp    time.Duration
		want       int // missed times that the run stands for beside its own; -1: no run
	}{
		{"after a week, two days of it are caught up", "2026-11-09 08:00 +01", 48 * time.Hour, 1},
		{"after a night", "2026-11-03 08:00 +01", 48 * time.Hour, 0},
		{"after an hour in which nothing was due", "2026-11-02 08:00 +01", 48 * time.Hour, -1},
		{"where nothing is caught up", "2026-11-09 08:00 +01", 0, -1},
		{"where the newest is too old", "2026-11-09 08:00 +01", time.Hour, -1},
	} {
		s := newStage(t, "2026-11-02 06:00 +01")
		job := daily()
		job.CatchUp = c.catchUp
		_, down := s.up(job)
		s.calm() // one that never ran has missed nothing
		s.to("2026-11-02 06:30 +01")
		s.runs(well)
		s.kept(1)
		down()

		s.to(c.back)
		_, down = s.up(job)
		if c.want < 0 {
			s.calm()
			down()
			continue
		}
		s.runs(well)
		runs := s.kept(2)
		if runs[1].Missed != c.want || !runs[1].ScheduledFor.Equal(s.clock.Now().Add(-90*time.Minute)) {
			t.Errorf("%s: %s", c.name, inWords(t, runs))
		}
		s.calm()
		down()
	}
}

func TestAJobThatIsStillUnderWayIsNotStartedAgain(t *testing.T) {
	s := newStage(t, "2026-11-02 06:00 +01")
	often := daily()
	often.Cron = "*/10 * * * *"
	s.up(often)
	s.to("2026-11-02 06:10 +01")
	s.starts()
	for _, moment := range []string{"2026-11-02 06:20 +01", "2026-11-02 06:30 +01", "2026-11-02 06:40 +01"} {
		s.settle(1)
		s.to(moment)
		s.calm()
	}
	s.endings <- well
	s.kept(1)
	s.calm()
	s.settle(1)
	s.to("2026-11-02 06:50 +01")
	s.runs(well)
	s.kept(2)
	if n := metric(t, s.metrics, `osservatorio_job_times_let_go_total{job="daily"}`); n != 3 {
		t.Errorf("%v times were let go", n)
	}
}

func TestJobsTakeTurnsForTheInstanceHasOneWriter(t *testing.T) {
	s := newStage(t, "2026-11-02 06:00 +01")
	a, b := daily(), daily()
	a.Name, b.Name = "a", "b"
	s.up(a, b)
	s.to("2026-11-02 06:30 +01")
	first := s.starts()
	s.calm()
	s.endings <- well
	second := s.runs(well)
	if first.Name == second.Name {
		t.Errorf("%s ran twice", first.Name)
	}
	s.kept(2)
}

func TestFaultsAreTriedAgainAndRefusalsAreNot(t *testing.T) {
	for _, c := range []struct {
		name  string
		e     Ended
		again bool
	}{
		{"a fault", Ended{Outcome: Failed, ExitCode: 1}, true},
		{"too long", Ended{Outcome: TimedOut, ExitCode: 1}, true},
		{"killed", Ended{Outcome: Killed, ExitCode: -1}, true},
		{"refused data or checks", Ended{Outcome: Refused, ExitCode: 3}, false},
		{"a command line that is none", Ended{Outcome: Failed, ExitCode: 2}, false},
		{"done", well, false},
	} {
		s := newStage(t, "2026-11-02 06:00 +01")
		job := daily()
		job.Retries = 2
		_, down := s.up(job)
		s.to("2026-11-02 06:30 +01")
		s.runs(c.e)
		s.kept(1)
		if !c.again {
			s.settle(1)
			s.to("2026-11-02 09:00 +01")
			s.calm()
			down()
			continue
		}
		for n, moment := range []string{"2026-11-02 06:40 +01", "2026-11-02 07:00 +01"} { // 10 minutes, then twice as long
			s.settle(2)
			s.clock.Advance(at(t, moment).Sub(s.clock.Now()) - time.Second)
			s.calm()
			s.clock.Advance(time.Second)
			s.runs(c.e)
			s.kept(n + 2)
		}
		s.settle(1)
		s.to("2026-11-02 09:00 +01")
		s.calm()
		if runs := s.kept(3); runs[2].Attempt != 3 || !runs[2].NextAttempt.IsZero() || runs[0].NextAttempt.IsZero() {
			t.Errorf("%s: %s", c.name, inWords(t, runs))
		}
		down()
	}
}

func TestAJobWaitsForTheInstanceThatAnotherRunHolds(t *testing.T) {
	s := newStage(t, "2026-11-02 06:00 +01")
	s.up(daily())
	s.to("2026-11-02 06:30 +01")
	for range 3 {
		s.runs(Ended{Outcome: busy, ExitCode: codeBusy})
		s.settle(2)
		s.clock.Advance(busyWait)
	}
	s.runs(well)
	if runs := s.kept(1); len(runs) != 1 || runs[0].Outcome != Done || runs[0].Attempt != 1 {
		t.Errorf("%s", inWords(t, runs))
	}
}

func TestAJobWaitsForAnotherHolderOnlyAsLongAsItMayTake(t *testing.T) {
	s := newStage(t, "2026-11-02 06:00 +01")
	s.up(daily())
	s.to("2026-11-02 06:30 +01")
	s.runs(Ended{Outcome: busy, ExitCode: codeBusy})
	s.settle(2)
	s.clock.Advance(time.Hour)
	s.runs(Ended{Outcome: busy, ExitCode: codeBusy})
	if run := s.kept(1)[0]; run.Outcome != Failed || run.Why != "another run held the instance for 1h0m0s" {
		t.Errorf("%+v", run)
	}
}

func TestAStoppedRunIsMadeWhenTheSchedulerIsBack(t *testing.T) {
	s := newStage(t, "2026-11-02 06:00 +01")
	_, down := s.up(daily())
	s.to("2026-11-02 06:30 +01")
	s.starts()
	down()
	if run := s.kept(1)[0]; run.Outcome != Stopped {
		t.Errorf("%+v", run)
	}
	s.to("2026-11-02 07:30 +01")
	s.up(daily())
	s.clock.Advance(0)
	s.runs(well)
	if runs := s.kept(2); runs[1].Outcome != Done || runs[1].Attempt != 1 || !runs[1].ScheduledFor.Equal(runs[0].ScheduledFor) {
		t.Errorf("%s", inWords(t, runs))
	}
}

func TestARunWhoseSchedulerWasKilledIsMadeOnceMoreAndNotForEver(t *testing.T) {
	s := newStage(t, "2026-11-02 06:30 +01")
	h, _, err := OpenHistory(s.history)
	must(t, err)
	must(t, h.Put(Run{ID: "x", Job: "daily", ScheduledFor: s.clock.Now(), Started: s.clock.Now(), Attempt: 1}))
	must(t, h.Close())
	_, down := s.up(daily())
	s.clock.Advance(0)
	s.starts()
	if runs := s.kept(1); runs[0].Outcome != Killed || runs[0].Why != lost || runs[1].Attempt != 2 {
		t.Errorf("%s", inWords(t, runs))
	}
	// Killed again: the file as it is now is what a dead scheduler leaves.
	left := read(t, s.history)
	down()
	s.history = filepath.Join(t.TempDir(), "left")
	h, _, err = OpenHistory(s.history)
	must(t, err)
	for _, run := range left {
		must(t, h.Put(run))
	}
	must(t, h.Close())
	s.up(daily())
	s.clock.Advance(0)
	s.calm()
	s.kept(2)
}

func TestDaysAfterARunWasLostTheNewestTimeIsCaughtUp(t *testing.T) {
	s := newStage(t, "2026-11-02 06:30 +01")
	h, _, err := OpenHistory(s.history)
	must(t, err)
	must(t, h.Put(Run{ID: "x", Job: "daily", ScheduledFor: s.clock.Now(), Started: s.clock.Now(), Attempt: 1}))
	must(t, h.Close())
	s.to("2026-11-06 08:00 +01")
	s.up(daily())
	s.runs(well)
	if run := s.kept(2)[1]; !run.ScheduledFor.Equal(at(t, "2026-11-06 06:30 +01")) || run.Attempt != 1 || run.Missed != 1 {
		t.Errorf("%s", inWords(t, []Run{run}))
	}
	s.calm()
}

func TestAHistoryThatCannotBeWrittenKeepsNoJobFromRunning(t *testing.T) {
	s := newStage(t, "2026-11-02 06:00 +01")
	d, _ := s.up(daily())
	must(t, d.o.History.Close()) // as good as a disk that is full
	for _, moment := range []string{"2026-11-02 06:30 +01", "2026-11-03 06:30 +01"} {
		s.to(moment)
		s.runs(well)
		for d.Jobs()[0].State != Idle {
			time.Sleep(time.Millisecond)
		}
		s.settle(1)
	}
	if n := metric(t, s.metrics, `osservatorio_job_runs_total{job="daily",outcome="done"}`); n != 2 {
		t.Errorf("%v runs", n)
	}
}

func TestATriggerRunsAJobNowAndNeverTwiceAtOnce(t *testing.T) {
	s := newStage(t, "2026-11-02 06:00 +01")
	d, _ := s.up(daily())
	told, err := d.Trigger("daily")
	must(t, err)
	s.starts()
	if _, err := d.Trigger("daily"); err != ErrRunning {
		t.Errorf("a second one: %v", err)
	}
	if _, err := d.Trigger("weekly"); err != ErrNoJob {
		t.Errorf("one that is none: %v", err)
	}
	s.endings <- well
	if run := <-told; !run.Manual || run.Outcome != Done {
		t.Errorf("%+v", run)
	}
	s.settle(1)
	s.to("2026-11-02 06:30 +01")
	s.runs(well)
	s.kept(2)
}

func TestOnceMakesAllAttemptsOfAJob(t *testing.T) {
	s := newStage(t, "2026-11-02 06:00 +01")
	h, _, err := OpenHistory(s.history)
	must(t, err)
	defer h.Close()
	job := daily()
	job.Retries = 1
	d, err := New(Options{Jobs: []Job{job}, Zone: rome(t), History: h, Runner: s, Clock: s.clock, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	must(t, err)
	ended := make(chan Run, 1)
	go func() {
		run, err := d.Once(t.Context(), nil, "daily")
		if err != nil {
			t.Error(err)
		}
		ended <- run
	}()
	s.runs(Ended{Outcome: Failed, ExitCode: 1})
	must(t, s.clock.BlockUntilContext(t.Context(), 1))
	s.clock.Advance(10 * time.Minute)
	s.runs(well)
	if run := <-ended; run.Outcome != Done || run.Attempt != 2 || !run.Manual {
		t.Errorf("%+v", run)
	}
}

func TestAClockThatIsSetMakesNoBurstAndNoSilence(t *testing.T) {
	s := newStage(t, "2026-11-02 06:00 +01")
	_, down := s.up(daily())
	s.to("2026-11-05 12:00 +01") // three times passed at once
	s.runs(well)
	s.kept(1)
	s.calm()
	down()
	// A year back: what was handled lies in the future and must not silence the job.
	s.clock = clockwork.NewFakeClockAt(at(t, "2025-11-05 06:00 +01"))
	s.up(daily())
	s.calm()
	s.to("2025-11-05 06:30 +01")
	s.runs(well)
	s.kept(2)
}

func TestFailuresAreToldOnceARunAndTheSuccessAfterThem(t *testing.T) {
	s := newStage(t, "2026-11-02 06:00 +01")
	job := daily()
	job.Retries = 2
	_, down := s.up(job)
	s.to("2026-11-02 06:30 +01")
	bad := Ended{Outcome: Failed, ExitCode: 1, Said: []string{"level=INFO msg=x", "osservatorio: load services: no rows", "  → ask the supplier"}}
	s.runs(bad)
	s.kept(1)
	s.settle(2)
	s.to("2026-11-02 06:40 +01")
	s.runs(bad)
	s.kept(2)
	s.settle(2)
	s.to("2026-11-02 07:00 +01")
	s.runs(bad)
	s.kept(3)
	down()
	s.to("2026-11-03 06:00 +01")
	s.up(job) // another scheduler knows from the history
	s.to("2026-11-03 06:30 +01")
	s.runs(well)
	s.kept(4)
	s.settle(1)
	s.to("2026-11-04 06:30 +01")
	s.runs(well)
	s.kept(5)
	s.mu.Lock()
	defer s.mu.Unlock()
	var events []string
	for _, m := range s.told {
		events = append(events, fmt.Sprintf("%s %d", m.Event, m.Attempt))
	}
	if got := strings.Join(events, ", "); got != "failed 1, failed 3, recovered 1" {
		t.Fatalf("told: %s", got)
	}
	want := `osservatorio: job daily: failed (exit code 1, attempt 1 of 3)
what: load services: no rows
hint: ask the supplier
scheduled for: 2026-11-02 06:30 CET
took: 0s
next attempt: 2026-11-02 06:40 CET
next run: 2026-11-03 06:30 CET
it said last:
level=INFO msg=x
osservatorio: load services: no rows
  → ask the supplier
`
	if s.told[0].Text != want {
		t.Errorf("told:\n%s", s.told[0].Text)
	}
	if !strings.Contains(s.told[1].Text, "next attempt: none before the next run\n") || !strings.HasPrefix(s.told[2].Text, "osservatorio: job daily went well again\n") {
		t.Errorf("told:\n%s\n%s", s.told[1].Text, s.told[2].Text)
	}
}

// metric reads one number of what Prometheus would be told.
func metric(t *testing.T, m *Metrics, name string) float64 {
	t.Helper()
	for line := range strings.Lines(scraped(t, m)) {
		if text, found := strings.CutPrefix(line, name+" "); found {
			var v float64
			_, err := fmt.Sscan(text, &v)
			must(t, err)
			return v
		}
	}
	t.Errorf("no %s", name)
	return 0
}
