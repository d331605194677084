package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"osservatorio/cmd/schedule"
	"osservatorio/warehouse"
)

func (a *app) statusCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Show what was loaded, released and built",
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			s, err := in.status(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(a.stdout, s)
			}
			return s.print(a.stdout)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// status is what an operator asks first.
type status struct {
	Instance string         `json:"instance"`
	Sources  []sourceStatus `json:"sources"`
	Held     bool           `json:"held,omitempty"`         // by another run: the sources are those of AsOf
	AsOf     time.Time      `json:"sources_as_of,omitzero"` // zero where no run has told of them yet
	Releases []string       `json:"releases"`

	Withdrawn []string       `json:"withdrawn"`        // of the releases
	Coming    []comingStatus `json:"coming,omitempty"` // none of them public yet
	Site      string         `json:"site,omitempty"`   // folder of the built site

	Scheduler bool        `json:"scheduler_running"`
	Jobs      []jobStatus `json:"jobs,omitempty"`
}

func (in *instance) status(ctx context.Context) (status, error) {
	s := status{Instance: in.file, Sources: []sourceStatus{}, Releases: []string{}}
	ids, err := in.releases()
	if err != nil {
		return s, err
	}
	s.Releases = append(s.Releases, ids...)
	if s.Withdrawn, err = in.withdrawn(); err != nil {
		return s, err
	}
	if s.Coming, err = in.comingStatuses(); err != nil {
		return s, err
	}
	if in.hasSite() {
		s.Site = in.path(in.Paths.Public)
	}
	if s.Jobs, s.Scheduler, err = in.jobStatuses(ctx); err != nil {
		return s, err
	}
	if _, err := os.Stat(in.path(in.Paths.Warehouse)); err != nil {
		return s, nil // nothing was loaded yet
	}
	return s, in.fromLedger(ctx, &s)
}

func (s status) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SOURCE\tDELIVERIES\tROWS\tACCEPTED\tQUARANTINED\tSUPERSEDED\tLATEST\tCOMPLETE TO")
	for _, x := range s.Sources {
		complete := "–"
		if x.CompleteTo != nil {
			complete = x.CompleteTo.Format(time.DateOnly)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n", x.Source, x.Deliveries, x.Rows, x.Accepted, x.Quarantined, x.Superseded, x.Latest, complete)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	site := s.Site
	if site == "" {
		site = "not built"
	}
	releases := slices.Clone(s.Releases)
	for i, id := range releases {
		if slices.Contains(s.Withdrawn, id) {
			releases[i] += " (withdrawn)"
		}
	}
	if _, err := fmt.Fprintf(out, "releases: %s\nsite: %s\n", orNone(releases), site); err != nil {
		return err
	}
	for _, c := range s.Coming {
		if _, err := fmt.Fprintln(out, c); err != nil {
			return err
		}
	}
	return s.printJobs(out)
}

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

// comingStatus is a release that is announced, or made and waiting.
type comingStatus struct {
	ID      string    `json:"id"`
	At      time.Time `json:"public_from"`
	Made    bool      `json:"made"`
	LaidOut bool      `json:"site_laid_out"`
}

func (c comingStatus) String() string {
	stands := "not made yet"
	switch {
	case c.LaidOut:
		stands = "made, its site laid out"
	case c.Made:
		stands = "made, its site not laid out"
	}
	return fmt.Sprintf("coming: %s, public from %s: %s", c.ID, romeTime(c.At), stands)
}

// comingStatuses are the releases of the calendar, and those that wait, whose
// time has not come; the first to come out first.
func (in *instance) comingStatuses() ([]comingStatus, error) {
	now := in.now()
	wait, err := in.comingAfter(now)
	if err != nil {
		return nil, err
	}
	var list []comingStatus
	for _, w := range wait {
		_, err := os.Stat(filepath.Join(in.comingFolder(w.ID), "index.html"))
		list = append(list, comingStatus{w.ID, inRome(w.At), true, err == nil})
	}
	for _, p := range in.calendar() {
		made := slices.ContainsFunc(wait, func(w coming) bool { return w.ID == p.ID })
		if !made && p.At.After(now) {
			list = append(list, comingStatus{ID: p.ID, At: inRome(p.At)})
		}
	}
	slices.SortStableFunc(list, func(a, b comingStatus) int { return a.At.Compare(b.At) })
	return list, nil
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
		f, _, unreadable := in.readFigures() // none in the first run of all
		if unreadable != nil {
			return errors.Join(err, unreadable)
		}
		sources, s.Held, s.AsOf = f.Sources, true, f.At
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
	switch {
	case s.Held && s.AsOf.IsZero():
		fmt.Fprintln(out, "sources: not known yet: another run holds the instance, the first that loads")
	case s.Held:
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
			last, outcome = minute(j.LastRun.Started), outcomeOf(*j.LastRun, s.Scheduler)
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
