package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"osservatorio/cmd/schedule"
	"osservatorio/warehouse"
)

// sourceStatus is what the ledger says of a source, and how old that is.
type sourceStatus struct {
	warehouse.SourceStatus
	AgeDays int `json:"age_days"` // of the newest data
}

// jobStatus is what a job did, does and will do.
type jobStatus struct {
	Name        string         `json:"name"`
	Cron        string         `json:"cron"`
	Verb        string         `json:"verb"`
	State       schedule.State `json:"state,omitempty"` // of the scheduler that runs
	LastRun     *schedule.Run  `json:"last_run,omitempty"`
	LastSuccess time.Time      `json:"last_success,omitzero"`
	NextRun     time.Time      `json:"next_run,omitzero"` // none where no scheduler runs
	NextAttempt time.Time      `json:"next_attempt,omitzero"`
}

// aged adds the age of the newest data in whole days.
func (in *instance) aged(sources []warehouse.SourceStatus) []sourceStatus {
	list := []sourceStatus{}
	for _, s := range sources {
		list = append(list, sourceStatus{s, int(in.now().Sub(newest(s)).Hours() / 24)})
	}
	return list
}

// fromLedger fills in the sources: from the warehouse, or where another run
// holds it from what the last run left.
func (in *instance) fromLedger(ctx context.Context, s *status) error {
	var sources []warehouse.SourceStatus
	err := in.held(ctx, func(db *warehouse.DB) (err error) {
		sources, err = warehouse.Sources(ctx, db)
		return err
	})
	if exitCode(err) == exitBusy {
		f, ok, unreadable := in.readFigures()
		if unreadable != nil || !ok {
			return errors.Join(err, unreadable)
		}
		sources, s.AsOf = f.Sources, f.At
		err = nil
	}
	s.Sources = in.aged(sources)
	return err
}

// jobStatuses tells of the jobs, and whether a scheduler runs.
func (in *instance) jobStatuses(ctx context.Context) (jobs []jobStatus, running bool, err error) {
	if len(in.Jobs) == 0 {
		return nil, false, nil
	}
	runs, err := schedule.ReadHistory(in.historyFile())
	if err != nil {
		return nil, false, err
	}
	states, err := schedule.NewClient(in.socketFile()).Jobs(ctx)
	if err != nil && !errors.Is(err, schedule.ErrNoDaemon) {
		return nil, false, err
	}
	running = err == nil
	for _, c := range in.Jobs {
		j := jobStatus{Name: c.Name, Cron: c.Cron, Verb: c.Verb}
		for _, run := range runs {
			if run.Job == c.Name {
				j.LastRun = &run
				if run.Outcome == schedule.Done {
					j.LastSuccess = run.Ended
				}
			}
		}
		for _, state := range states {
			if state.Name == c.Name {
				j.State, j.NextRun, j.NextAttempt = state.State, inRome(state.NextRun), state.NextAttempt
			}
		}
		jobs = append(jobs, j)
	}
	return jobs, running, nil
}

// printJobs writes the part on what runs by itself, nothing where nothing does.
func (s status) printJobs(out io.Writer) error {
	if !s.AsOf.IsZero() {
		fmt.Fprintf(out, "sources: as of %s: another run holds the instance\n", minute(s.AsOf))
	}
	if len(s.Jobs) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(s.Sources) > 0 {
		fmt.Fprintln(w, "\nSOURCE\tNEWEST DATA\tAGE")
		for _, x := range s.Sources {
			fmt.Fprintf(w, "%s\t%s\t%d days\n", x.Source, newest(x.SourceStatus).Format(time.DateOnly), x.AgeDays)
		}
	}
	fmt.Fprintln(w, "\nJOB\tSTATE\tLAST RUN\tOUTCOME\tLAST SUCCESS\tNEXT RUN")
	for _, j := range s.Jobs {
		state, last, outcome := "–", "–", "–"
		if j.State != "" {
			state = string(j.State)
		}
		if j.LastRun != nil {
			last, outcome = minute(j.LastRun.Started), outcomeOf(*j.LastRun)
		}
		next := minute(j.NextRun)
		if !j.NextAttempt.IsZero() {
			next = minute(j.NextAttempt) + " (again)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", j.Name, state, last, outcome, minute(j.LastSuccess), next)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if !s.Scheduler {
		fmt.Fprintln(out, "scheduler: not running: no job starts by itself (osservatorio schedule)")
		return nil
	}
	_, err := fmt.Fprintln(out, "scheduler: running")
	return err
}
