package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"osservatorio/queries/disclosure"
	"osservatorio/queries/release"
	"osservatorio/queries/released"
	"osservatorio/warehouse"
)

func (a *app) disclosureRevisionsCommand() *cobra.Command {
	var r region
	var m measuring
	c := &cobra.Command{
		Use:   "revisions",
		Short: "Measure how many revisions would be held over releases of a synthetic region",
		Long: `Invents a region, protects each quarter what had come by then, with late events
and corrections, as a release that follows the one before, and says for each population how many of its
blocks (territory and period) moved, and how many keep their old numbers because
the difference would point to few. Where that is above 10 % for a population of
outcomes, --at-maturity tells what showing them only when all are observable would
change. The region is made in a folder of its own, which is removed again.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.measureRevisions(cmd.Context(), r, m)
		},
	}
	r.flags(c, 3000)
	c.Flags().IntVar(&m.releases, "releases", 8, "how many releases, one a quarter, up to the last month")
	c.Flags().BoolVar(&m.together, "together", true, "protect all views together, as releases of real data do: takes longer")
	c.Flags().BoolVar(&m.mature, "at-maturity", false, "show outcomes of a period only when all of them can be observed")
	return c
}

// measuring says which releases are rehearsed.
type measuring struct {
	releases         int
	together, mature bool
}

func (a *app) measureRevisions(ctx context.Context, r region, m measuring) error {
	dir, err := os.MkdirTemp("", "revisions-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	a.config = filepath.Join(dir, "demo", "osservatorio.toml")
	if err := a.makeDemo(ctx, filepath.Dir(a.config), r); err != nil {
		return err
	}
	in, err := a.load()
	if err != nil {
		return err
	}
	inbox, coming := in.path(in.Paths.Inbox), filepath.Join(dir, "coming")
	if err := os.Rename(inbox, coming); err != nil {
		return err
	}
	if err := os.Mkdir(inbox, 0o750); err != nil {
		return err
	}
	days, err := quarterly(coming, m.releases)
	if err != nil {
		return err
	}
	var reports []disclosure.Report
	for _, day := range days {
		if err := deliverUpTo(coming, inbox, day); err != nil {
			return err
		}
		report, err := in.rehearse(ctx, day, m)
		if err != nil {
			return fmt.Errorf("release of what was issued by %s: %w", day, err)
		}
		reports = append(reports, report)
	}
	return a.printRevisions(days, reports)
}

// quarterly are the last days on which registrations were issued.
func quarterly(dir string, n int) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(dir, "registrations_*.csv"))
	if err != nil {
		return nil, err
	}
	days := make([]string, len(found))
	for i, f := range found {
		days[i] = issuedOn(f)
	}
	slices.Sort(days)
	if len(days) < n || n < 2 {
		return nil, withCode(exitUsage, fmt.Errorf("measure revisions: %d releases of %d quarters: expected 2 or more, and as many quarters between --from and --to", n, len(days)))
	}
	return days[len(days)-n:], nil
}

// issuedOn is the day at the end of a delivery's name.
func issuedOn(file string) string {
	name := filepath.Base(file)
	name, _, _ = strings.Cut(name, ".csv")
	return name[strings.LastIndexByte(name, '_')+1:]
}

// deliverUpTo moves what was issued by a day.
func deliverUpTo(from, to, day string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.Contains(e.Name(), ".csv") && issuedOn(e.Name()) <= day {
			if err := os.Rename(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// rehearse loads what came by a day, protects it as a release would and takes
// what would be public into the ledger. Files are not written.
func (in *instance) rehearse(ctx context.Context, day string, m measuring) (report disclosure.Report, err error) {
	err = in.held(ctx, func(db *warehouse.DB) error {
		if _, err := in.ingest(ctx, db, nil); err != nil {
			return err
		}
		plan, err := in.derive(ctx, db)
		if err != nil {
			return err
		}
		policy, err := in.policy()
		if err != nil {
			return err
		}
		policy.Together, policy.Mature = m.together, policy.Mature || m.mature
		if report, err = disclosure.Protect(ctx, db, plan, policy); err != nil {
			return err
		}
		var views []release.Header
		for _, cube := range plan.Cubes() {
			h, err := plan.PublicHeader(ctx, db, cube)
			if err != nil {
				return err
			}
			if h.Protection != "open" {
				views = append(views, h)
			}
		}
		in.tellGate(report)
		in.out.say("rehearsed", "release", day)
		return released.Rehearse(ctx, db, day, views)
	})
	return report, err
}

// printRevisions sums the blocks of all releases by population.
func (a *app) printRevisions(days []string, reports []disclosure.Report) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	sums := map[string]disclosure.BlockReport{}
	for i, r := range reports {
		if r.Across == nil {
			continue
		}
		all := disclosure.BlockReport{Population: "release of " + days[i]}
		if r.Across.Annual {
			all.Population += ", annual revision"
		}
		for _, b := range r.Across.Blocks {
			all = plus(all, b)
			sums[b.Population] = plus(sums[b.Population], b)
		}
		sums[all.Population] = all
	}
	for _, r := range reports {
		if r.Across != nil {
			for _, b := range r.Across.Blocks {
				sums[everything] = plus(sums[everything], b)
			}
		}
	}
	names := make([]string, 0, len(sums))
	for name := range sums {
		names = append(names, name)
	}
	slices.Sort(names)
	fmt.Fprintln(w, "population\tblocks\tmoved\theld\theld %\t")
	for _, name := range names {
		s := sums[name]
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%.1f\t\n", name, s.Blocks, s.Moved, s.Held, 100*float64(s.Held)/float64(max(s.Blocks, 1)))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(a.stdout, choiceOf(sums[everything]))
	return err
}

// everything names the sum over all populations and releases.
const everything = "all releases"

// mostHeld is the share of blocks, in percent, above which revisions are held too
// often for outcomes to be shown before they are mature.
const mostHeld = 10

// choiceOf says how outcomes are to be published where so many blocks are held.
func choiceOf(all disclosure.BlockReport) string {
	switch {
	case all.Blocks == 0:
		return "choice: none: nothing was released twice"
	case 100*all.Held > mostHeld*all.Blocks:
		return fmt.Sprintf("choice: outcomes_at_maturity = true in [disclosure]: more than %d %% of blocks are held", mostHeld)
	}
	return fmt.Sprintf("choice: outcomes as soon as they can be observed: no more than %d %% of blocks are held", mostHeld)
}

func plus(a, b disclosure.BlockReport) disclosure.BlockReport {
	a.Blocks, a.Moved, a.Held = a.Blocks+b.Blocks, a.Moved+b.Moved, a.Held+b.Held
	return a
}
