package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"osservatorio/cmd/schedule"
)

func (a *app) jobCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "job",
		Short: "Run a scheduled job now, or list what the jobs did",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(a.jobRunCommand(), a.jobHistoryCommand())
	for _, sub := range c.Commands() {
		sub.Args = usageArgs(sub.Args)
	}
	return c
}

func (a *app) jobRunCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "run NAME",
		Short: "Run a job of the configuration now and wait for its end",
		Long: `Runs a job now: by the scheduler where one runs, else at once, under the same
rules and into the same history. Waits for its last attempt and ends with its exit
code: 0 done, 3 refused, 4 it is running already, 1 any other end.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(in.Jobs, func(j JobConfig) bool { return j.Name == args[0] }) {
				return withCode(exitUsage, hinted(fmt.Errorf("run job %q: no such [[job]] in %s", args[0], in.file), "there are: "+strings.Join(in.jobNames(), ", ")))
			}
			run, err := schedule.NewClient(in.socketFile()).Run(cmd.Context(), args[0])
			if errors.Is(err, schedule.ErrNoDaemon) {
				run, err = in.runOnce(cmd, a.logFormat, args[0])
				run.Said = nil // it was heard already
			}
			switch {
			case errors.Is(err, schedule.ErrNoJob):
				return hinted(fmt.Errorf("run job %s: the scheduler does not know it", args[0]), "restart the scheduler: it reads the configuration when it starts")
			case errors.Is(err, schedule.ErrRunning):
				return withCode(exitBusy, hinted(fmt.Errorf("run job %s: it is running already", args[0]), "see: osservatorio status"))
			case err != nil:
				return err
			}
			return a.ended(run)
		},
	}
}

func (in *instance) jobNames() []string {
	var names []string
	for _, j := range in.Jobs {
		names = append(names, j.Name)
	}
	return names
}

// runOnce is a scheduler for a single job.
func (in *instance) runOnce(cmd *cobra.Command, logFormat, name string) (schedule.Run, error) {
	s, err := in.newScheduler(logFormat)
	if err != nil {
		return schedule.Run{}, err
	}
	defer s.close()
	kill, forget := secondSignal()
	defer forget()
	return s.Once(cmd.Context(), kill, name)
}

// ended tells how a run ended, as words and as exit code.
func (a *app) ended(run schedule.Run) error {
	if run.Outcome == schedule.Done {
		fmt.Fprintf(a.stdout, "job %s: done in %s\n", run.Job, run.Ended.Sub(run.Started).Round(time.Second/10))
		return nil
	}
	why := run.Why
	if why == "" {
		why = fmt.Sprintf("exit code %d", run.ExitCode)
	}
	for _, line := range run.Said {
		fmt.Fprintln(a.stderr, line)
	}
	err := fmt.Errorf("run job %s: %s: %s", run.Job, run.Outcome, why)
	switch {
	case run.Outcome == schedule.Refused:
		return withCode(exitChecks, err)
	case run.ExitCode == exitUsage || run.ExitCode == exitBusy:
		return withCode(run.ExitCode, err)
	}
	return err
}

func (a *app) jobHistoryCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "history [NAME]",
		Short: "List what the jobs did, oldest first",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			runs, err := schedule.ReadHistory(in.historyFile())
			if err != nil {
				return err
			}
			if len(args) > 0 {
				runs = slices.DeleteFunc(runs, func(r schedule.Run) bool { return r.Job != args[0] })
			}
			if asJSON {
				return printJSON(a.stdout, append([]schedule.Run{}, runs...))
			}
			_, err = schedule.NewClient(in.socketFile()).Jobs(c.Context())
			if err != nil && !errors.Is(err, schedule.ErrNoDaemon) {
				return err
			}
			w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "JOB\tSCHEDULED FOR\tSTARTED\tTOOK\tATTEMPT\tOUTCOME\tEXIT CODE")
			for _, r := range runs {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", r.Job, minute(r.ScheduledFor), minute(r.Started), took(r), r.Attempt, outcomeOf(r, err == nil), codeOf(r))
			}
			return w.Flush()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, with the last lines of each run")
	return c
}

// minute shows a moment to the minute, – for none.
func minute(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return inRome(t).Format("2006-01-02 15:04 MST")
}

func took(r schedule.Run) string {
	if r.Ended.IsZero() {
		return "–"
	}
	return r.Ended.Sub(r.Started).Round(time.Second / 10).String()
}

// outcomeOf is a word for how a run went. One without an end runs while a
// scheduler does; without one it was cut off and is made again when it is back.
func outcomeOf(r schedule.Run, scheduler bool) string {
	switch {
	case !r.Ended.IsZero():
		return string(r.Outcome)
	case scheduler:
		return "running"
	}
	return "cut off"
}

func codeOf(r schedule.Run) string {
	if r.Ended.IsZero() {
		return "–"
	}
	return fmt.Sprint(r.ExitCode)
}
