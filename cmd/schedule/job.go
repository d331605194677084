// Package schedule runs jobs at their times, each as a process of its own: it
// knows clocks, queues, processes and what became of a run, and must not know
// what a job does.
package schedule

import (
	"slices"
	"time"
)

// Job is something that is run at certain times.
type Job struct {
	Name      string
	Cron      string        // five fields in the time zone of the daemon: minute hour day month weekday
	Args      []string      // of the program, such as ingest services
	Timeout   time.Duration // after it a run is asked to end, and killed where it does not
	Retries   int           // further attempts after one that a fault ended; 0: none
	RetryWait time.Duration // before the first of them; each further one waits twice as long, at most maxRetryWait
	CatchUp   time.Duration // how late a run may still be made that was missed; 0: missed is missed
	Memory    int64         // bytes that the processes of a run may hold; 0: no limit
	Beside    bool          // it needs no turn: what it does may be done while another job runs
}

// maxRetryWait bounds the doubling: a source that was out for a night is tried
// again in the morning.
const maxRetryWait = 6 * time.Hour

// wait is how long after attempt n, counted from 1, the next one comes.
func (j Job) wait(n int) time.Duration {
	wait := j.RetryWait
	for range n - 1 {
		if wait >= maxRetryWait {
			break
		}
		wait *= 2
	}
	return min(wait, maxRetryWait)
}

// Outcome is how a run ended.
type Outcome string

// The outcomes. Only a fault is tried again: refused data stay refused.
const (
	Done     Outcome = "done"
	Failed   Outcome = "failed"    // a fault, or a command line that is none
	Refused  Outcome = "refused"   // checks or disclosure control said no
	TimedOut Outcome = "timed out" // it took longer than it may
	Killed   Outcome = "killed"    // by a signal, for its memory, by its own crash, or with the scheduler
	Stopped  Outcome = "stopped"   // the scheduler was stopped

	busy Outcome = "busy" // another run holds the instance: its turn comes later
)

// Outcomes lists them all, in the order of documents.
func Outcomes() []Outcome {
	return []Outcome{Done, Failed, Refused, TimedOut, Killed, Stopped}
}

// Exit codes of the program that a run is judged by.
const (
	codeDone    = 0
	codeUsage   = 2
	codeRefused = 3
	codeBusy    = 4
)

// Run is one attempt of a job, as the history keeps it.
type Run struct {
	ID           string    `json:"id"`
	Job          string    `json:"job"`
	ScheduledFor time.Time `json:"scheduled_for"`
	Started      time.Time `json:"started"`
	Ended        time.Time `json:"ended,omitzero"` // zero while it runs
	Outcome      Outcome   `json:"outcome,omitempty"`
	ExitCode     int       `json:"exit_code"`        // -1 where a signal ended it
	Attempt      int       `json:"attempt"`          // from 1
	Missed       int       `json:"missed,omitempty"` // earlier times that it stands for
	Manual       bool      `json:"manual,omitempty"`
	NextAttempt  time.Time `json:"next_attempt,omitzero"`
	Why          string    `json:"why,omitempty"` // in words, where the exit code does not say it
	PeakMemory   int64     `json:"peak_memory_bytes,omitempty"`
	Said         []string  `json:"said,omitempty"` // its last lines
}

// failed tells whether somebody should hear of it.
func (r Run) failed() bool {
	return slices.Contains([]Outcome{Failed, Refused, TimedOut, Killed}, r.Outcome)
}

// again tells whether a further attempt may help.
func (r Run) again() bool {
	switch r.Outcome {
	case TimedOut, Killed:
		return true
	case Failed:
		return r.ExitCode != codeUsage
	}
	return false
}
