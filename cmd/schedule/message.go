package schedule

import (
	"fmt"
	"strings"
	"time"
)

// Message tells somebody of a run that failed, or of the first that went well
// after such.
type Message struct {
	Event        string    `json:"event"` // failed or recovered
	Instance     string    `json:"instance,omitempty"`
	Job          string    `json:"job"`
	Outcome      Outcome   `json:"outcome"`
	ExitCode     int       `json:"exit_code"`
	Attempt      int       `json:"attempt"`
	Attempts     int       `json:"attempts"` // that are made at most
	ScheduledFor time.Time `json:"scheduled_for"`
	Started      time.Time `json:"started"`
	Ended        time.Time `json:"ended"`
	What         string    `json:"what,omitempty"`
	Hint         string    `json:"hint,omitempty"`
	NextAttempt  time.Time `json:"next_attempt,omitzero"`
	NextRun      time.Time `json:"next_run,omitzero"`
	Said         []string  `json:"said,omitempty"`
	Text         string    `json:"text"` // all of it, for a person
}

// The events.
const (
	EventFailed    = "failed"
	EventRecovered = "recovered"
)

// How the program marks what is wrong, and what to do.
const (
	faultMark = "osservatorio: "
	hintMark  = "→ "
)

// tell tells of the first fault of a run, of the last one, and of the first
// success after: not of each attempt between.
func (d *Daemon) tell(j *job, run Run) {
	event := ""
	switch {
	case run.failed() && (run.Attempt == 1 || !j.failing || run.NextAttempt.IsZero()):
		event, j.failing = EventFailed, true
	case run.Outcome == Done && j.failing:
		event, j.failing = EventRecovered, false
	}
	if event != "" && d.o.Tell != nil {
		d.o.Tell(d.message(event, j, run))
	}
}

func (d *Daemon) message(event string, j *job, run Run) Message {
	what, hint := marked(run.Said)
	if run.Why != "" {
		what = append([]string{run.Why}, what...)
	}
	m := Message{
		Event: event, Job: run.Job, Outcome: run.Outcome, ExitCode: run.ExitCode, Attempt: run.Attempt, Attempts: max(run.Attempt, 1+j.Retries),
		ScheduledFor: run.ScheduledFor.In(d.o.Zone), Started: run.Started.In(d.o.Zone), Ended: run.Ended.In(d.o.Zone),
		NextRun: j.times.Next(d.o.Clock.Now()).In(d.o.Zone), Said: run.Said,
	}
	if event == EventFailed {
		m.What, m.Hint = strings.Join(what, "; "), strings.Join(hint, "; ")
	}
	if !run.NextAttempt.IsZero() {
		m.NextAttempt = run.NextAttempt.In(d.o.Zone)
	}
	m.Text = m.words()
	return m
}

// marked finds the lines that say what was wrong, and what to do.
func marked(said []string) (what, hint []string) {
	for _, line := range said {
		line = strings.TrimSpace(line)
		if text, found := strings.CutPrefix(line, faultMark); found {
			what = append(what, text)
		} else if text, found := strings.CutPrefix(line, hintMark); found {
			hint = append(hint, text)
		}
	}
	return what, hint
}

// toTheMinute is how a person is told of a time.
const toTheMinute = "2006-01-02 15:04 MST"

func (m Message) words() string {
	var b strings.Builder
	if m.Event == EventRecovered {
		fmt.Fprintf(&b, "osservatorio: job %s went well again\n", m.Job)
	} else {
		fmt.Fprintf(&b, "osservatorio: job %s: %s (exit code %d, attempt %d of %d)\n", m.Job, m.Outcome, m.ExitCode, m.Attempt, m.Attempts)
	}
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, text)
		}
	}
	line("what", m.What)
	line("hint", m.Hint)
	line("scheduled for", m.ScheduledFor.Format(toTheMinute))
	line("took", m.Ended.Sub(m.Started).Round(time.Second).String())
	if !m.NextAttempt.IsZero() {
		line("next attempt", m.NextAttempt.Format(toTheMinute))
	} else if m.Event == EventFailed {
		line("next attempt", "none before the next run")
	}
	line("next run", m.NextRun.Format(toTheMinute))
	if m.Event == EventFailed && len(m.Said) > 0 {
		fmt.Fprintf(&b, "it said last:\n%s\n", strings.Join(m.Said, "\n"))
	}
	return b.String()
}
