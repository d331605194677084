// Command osservatorio runs an observatory of a regional labour market:
// deliveries in, releases and a static site out. It wires the rooms and knows
// no rule of the field.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// version is the software version written into releases; set at link time.
var version = "0.1.0"

func main() { os.Exit(Main(os.Args[1:], os.Stdout, os.Stderr)) }

// Main runs one command line and returns its exit code: 0 done, 1 fault, 2
// usage, 3 a delivery, a check or disclosure control refused, 4 another run holds
// the instance; 5 to 8 tell of a release that is not what it should be.
func Main(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := command(&app{stdout: stdout, stderr: stderr, now: time.Now})
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = hinted(errors.New("stopped: what was under way is undone"), "the same command again finishes the work")
	}
	report(stderr, err)
	return exitCode(err)
}

// app holds what every verb shares.
type app struct {
	stdout, stderr io.Writer
	now            func() time.Time
	config         string
	logFormat      string
}

func command(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:           "osservatorio",
		Short:         "An observatory of a regional labour market: deliveries in, releases and a static site out",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,

		SuggestionsMinimumDistance: 2,

		Args: noSuchVerb,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.PersistentFlags().StringVarP(&a.config, "config", "c", "osservatorio.toml", "configuration of the instance")
	root.PersistentFlags().StringVar(&a.logFormat, "log", "text", "format of the log lines: text or json")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return withCode(exitUsage, hinted(err, "see: "+cmd.CommandPath()+" --help"))
	})
	root.AddCommand(a.initCommand(), a.demoCommand(), a.contractCommand(), a.generateCommand(),
		a.ingestCommand(), a.quarantineCommand(), a.checkCommand(), a.explainCommand(), a.disclosureCommand(), a.releaseCommand(),
		a.verifyCommand(), a.diffCommand(), a.withdrawCommand(), a.keyCommand(),
		a.buildCommand(), a.previewCommand(), a.publishCommand(), a.rollbackCommand(), a.backupCommand(), a.restoreCommand(), a.forgetCommand(), a.rekeyCommand(), a.serveCommand(), a.runCommand(), a.statusCommand(), a.scheduleCommand(), a.jobCommand())
	for _, c := range root.Commands() {
		c.Args = usageArgs(c.Args)
	}
	return root
}

// noSuchVerb is the fault of a verb that is none, with those that are like it.
func noSuchVerb(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "see: osservatorio --help"
	if like := root.SuggestionsFor(args[0]); len(like) > 0 {
		hint = "did you mean: osservatorio " + strings.Join(like, ", ")
	}
	return withCode(exitUsage, hinted(fmt.Errorf("no verb %q", args[0]), hint))
}

// usageArgs makes a wrong number of arguments a usage fault (exit 2).
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	if check == nil {
		check = cobra.NoArgs
	}
	return func(cmd *cobra.Command, args []string) error {
		if check(cmd, args) == nil {
			return nil
		}
		return withCode(exitUsage, hinted(
			fmt.Errorf("%s: expected: %s", strings.Join(append([]string{cmd.Name()}, args...), " "), cmd.UseLine()), "see: "+cmd.CommandPath()+" --help"))
	}
}

// load reads the configuration and returns the instance, not yet opened.
func (a *app) load() (*instance, error) {
	log, err := a.logger()
	if err != nil {
		return nil, err
	}
	c, err := LoadConfig(a.config)
	if err != nil {
		return nil, withCode(exitUsage, err)
	}
	return &instance{Config: c, now: a.now, log: log, out: newProgress(a.stderr, log)}, nil
}

func (a *app) logger() (*slog.Logger, error) {
	switch a.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(a.stderr, nil)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(a.stderr, nil)), nil
	}
	return nil, withCode(exitUsage, fmt.Errorf("--log %q: allowed: text, json", a.logFormat))
}
