package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"osservatorio/ingest"
	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// held runs do with the instance locked and its warehouse open.
func (in *instance) held(ctx context.Context, do func(*warehouse.DB) error) error {
	unlock, err := in.lock()
	if err != nil {
		return err
	}
	defer unlock()
	db, err := in.open(ctx)
	if err != nil {
		return troubled(err)
	}
	defer db.Close()
	defer in.leaveSources(ctx, db)
	return troubled(do(db))
}

func (a *app) ingestCommand() *cobra.Command {
	var sourceDir string
	c := &cobra.Command{
		Use:   "ingest [source...]",
		Short: "Load the deliveries that are new",
		Long: `Loads the deliveries of the named sources (all without a name) that the ledger
does not know yet. Each is loaded whole or refused whole; accepted files move to
the archive, refused ones stay beside a .report.json.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			in.sourceDir = sourceDir
			return in.held(cmd.Context(), func(db *warehouse.DB) error {
				report, err := in.ingest(cmd.Context(), db, args)
				a.printLoads(report)
				return err
			})
		},
	}
	c.Flags().StringVar(&sourceDir, "source-dir", "", "read deliveries from this folder and leave them there")
	return c
}

// printLoads writes one line for each delivery that was not known before.
func (a *app) printLoads(r ingest.Report) {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	defer w.Flush()
	for _, l := range r.Loads {
		if l.Status == ingest.Loaded {
			fmt.Fprintf(w, "%s\t%s\t%s\t%d rows\t%d accepted\t%d quarantined\t%d superseded\n",
				l.Status, l.Source, l.Period, l.Outcome.Rows, l.Outcome.Accepted, l.Outcome.Quarantined, l.Outcome.Superseded)
		}
	}
}

func (a *app) quarantineCommand() *cobra.Command {
	var delivery, export, from string
	var asJSON bool
	c := &cobra.Command{
		Use:   "quarantine SOURCE",
		Short: "List the rows of a source that were put aside, with reasons and lines",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			if _, err := in.pick(args); err != nil {
				return err
			}
			return in.held(cmd.Context(), func(db *warehouse.DB) error {
				if export != "" {
					return a.giveBack(cmd.Context(), in, db, args[0], delivery, from, export)
				}
				return a.printQuarantine(cmd.Context(), db, args[0], delivery, asJSON)
			})
		},
	}
	c.Flags().StringVar(&delivery, "delivery", "", "only the delivery whose SHA-256 begins so")
	c.Flags().StringVar(&export, "export", "", "write the rows themselves to this new file, as they came, for the supplier")
	c.Flags().StringVar(&from, "from", "", "with --export: read them from this copy of the delivery instead of the archive")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// quarantined is one delivery with the reasons of its bad rows.
type quarantined struct {
	Source  string             `json:"source"`
	Period  string             `json:"period"`
	File    string             `json:"file"`
	SHA256  string             `json:"sha256"`
	Rows    int64              `json:"rows"`
	Bad     int64              `json:"quarantined"`
	Reasons []warehouse.Reason `json:"reasons"`
}

// linesTold is how many lines of a reason are listed.
const linesTold = 20

func (a *app) printQuarantine(ctx context.Context, db *warehouse.DB, source, delivery string, asJSON bool) error {
	known, err := db.Deliveries(ctx, source, delivery)
	if err != nil {
		return err
	}
	list := []quarantined{}
	for _, k := range known {
		o, err := db.Load(ctx, k.LoadID, linesTold)
		if err != nil {
			return err
		}
		if o.Quarantined > 0 || delivery != "" {
			list = append(list, quarantined{k.Source, k.Period, k.File, k.SHA256, o.Rows, o.Quarantined, o.Reasons})
		}
	}
	if asJSON {
		return printJSON(a.stdout, list)
	}
	if len(list) == 0 {
		fmt.Fprintf(a.stdout, "no quarantined rows in %d deliveries of %s\n", len(known), source)
		return nil
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, d := range list {
		fmt.Fprintf(w, "%s %s: %d of %d rows put aside, %s (%s)\n", d.Source, d.Period, d.Bad, d.Rows, d.File, d.SHA256[:12])
		for _, r := range d.Reasons {
			fmt.Fprintf(w, "  %d\t%s\t%s\t%s\tline %s\n", r.Rows, r.Column, r.Rule, r.Shape, joinLines(r.Lines, r.Rows))
		}
	}
	return w.Flush()
}

func joinLines(lines []int64, all int64) string {
	words := make([]string, len(lines))
	for i, n := range lines {
		words[i] = fmt.Sprint(n)
	}
	if int64(len(lines)) < all {
		words = append(words, "…")
	}
	return strings.Join(words, ", ")
}

func (a *app) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Build the views and run the checks on them",
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			return in.held(cmd.Context(), func(db *warehouse.DB) error {
				plan, err := in.derive(cmd.Context(), db)
				if err != nil {
					return err
				}
				_, err = in.check(cmd.Context(), db, plan)
				return err
			})
		},
	}
}

func (a *app) releaseCommand() *cobra.Command {
	var id, again, intervals string
	c := &cobra.Command{
		Use:   "release",
		Short: "Compute, check, protect and write a release",
		Long: `Makes a release of what is loaded, if anything that a release is made from has
changed, and prints its folder. A release is never overwritten: a correction gets
an id of its own, such as 2026-10.1.

--reproduce ID makes an earlier one again, from the deliveries, the configuration
and the releases that were there then, and compares every byte; what stands is
left as it is. A folder that was lost is put back, if the bytes are the same.
What was erased since, rows or deliveries, nothing brings back: a release that
was made from it comes out otherwise, and stands as the only proof of itself.

--intervals asks one more attacker before a release of protected data is written:
GLPK's glpsol, what each hidden small number could be. It takes long; --intervals=200
asks for a sample of as many.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, given := range []string{id, again} {
				if given == "" {
					continue
				}
				if err := release.CheckID(given); err != nil {
					return withCode(exitUsage, err)
				}
			}
			if id != "" && again != "" {
				return withCode(exitUsage, errors.New("release: --id and --reproduce: expected one of them: a release that is made again keeps its id"))
			}
			if err := checkIntervals(intervals); err != nil {
				return withCode(exitUsage, fmt.Errorf("release: --intervals: %w", err))
			}
			in, err := a.load()
			if err != nil {
				return err
			}
			in.askedIntervals = intervals
			if again != "" {
				return in.reproduce(cmd.Context(), a.stdout, again)
			}
			in.askedID = id
			return in.held(cmd.Context(), func(db *warehouse.DB) error {
				folder, err := in.releaseIfChanged(cmd.Context(), db)
				if err == nil {
					fmt.Fprintln(a.stdout, folder)
				}
				return err
			})
		},
	}
	c.Flags().StringVar(&id, "id", "", "id of the release to make (default: that of the configuration, or the next free one)")
	c.Flags().StringVar(&again, "reproduce", "", "make the release of this id again and compare every byte")
	c.Flags().StringVar(&intervals, "intervals", "", "ask the interval attacker too, for all cells or a sample of so many `cells`")
	c.Flags().Lookup("intervals").NoOptDefVal = allIntervals
	return c
}

func (a *app) buildCommand() *cobra.Command {
	var watching bool
	var port int
	c := &cobra.Command{
		Use:   "build [RELEASE]",
		Short: "Build the site of a release folder, the latest one without a name",
		Long: `Builds the site of the latest release that is public and swaps it in. The site of
a release that still waits for its time is laid out beside the public folder, for
its owner alone: see osservatorio preview and publish.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			if watching {
				return in.watch(cmd.Context(), a, args, port)
			}
			unlock, err := in.lock()
			if err != nil {
				return err
			}
			defer unlock()
			if err := in.build(cmd.Context(), args); err != nil {
				return err
			}
			return in.carry(cmd.Context())
		},
	}
	c.Flags().BoolVar(&watching, "watch", false, "serve it and build it again whenever a text of the instance changes")
	c.Flags().IntVar(&port, "port", 8080, "with --watch: first port to try")
	return c
}

func (a *app) runCommand() *cobra.Command {
	var sourceDir string
	c := &cobra.Command{
		Use:   "run",
		Short: "Do all of it once: ingest, check, release, build; only what changed",
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			in.sourceDir = sourceDir
			return in.run(cmd.Context(), a)
		},
	}
	c.Flags().StringVar(&sourceDir, "source-dir", "", "read deliveries from this folder and leave them there")
	return c
}

// run does the whole way. A refused delivery keeps nothing else out: what was
// accepted is released, and the refusal is the error of the run.
func (in *instance) run(ctx context.Context, a *app) error {
	started := time.Now()
	var refused error
	var folder string
	err := in.held(ctx, func(db *warehouse.DB) error {
		report, err := in.ingest(ctx, db, nil)
		a.printLoads(report)
		if err != nil && report.Count(ingest.Loaded)+report.Count(ingest.Known) == 0 {
			return err
		}
		refused = err
		folder, err = in.releaseIfChanged(ctx, db)
		if err != nil {
			return err
		}
		if err := in.bring(ctx); err != nil {
			return err
		}
		return in.tellIndex() // a release may have come out meanwhile
	})
	if err != nil {
		return err
	}
	if err := in.carry(ctx); err != nil {
		return errors.Join(refused, err)
	}
	in.out.say("done", "release", filepath.Base(folder), "site", in.path(in.Paths.Public), "seconds", fmt.Sprintf("%.1f", time.Since(started).Seconds()))
	return refused
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

func printJSON(out interface{ Write([]byte) (int, error) }, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
