package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"osservatorio/queries"
	"osservatorio/queries/disclosure"
	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

func (a *app) disclosureCommand() *cobra.Command {
	c := &cobra.Command{Use: "disclosure", Short: "Look at what protects persons"}
	c.AddCommand(a.disclosurePlanCommand(), a.disclosureRevisionsCommand())
	return c
}

func (a *app) disclosurePlanCommand() *cobra.Command {
	var asked previewed
	c := &cobra.Command{
		Use:   "plan",
		Short: "Say what a publication plan would lose before it is adopted",
		Long: `Judges the cells that a plan asks for, by view, level and kind of period: how
many are not zero, and how many of those would be hidden: for their own number,
and for what sums would tell, of all and of totals without breakdown. Nothing is written.
Cubes hold what the plan in force asks for: of more than that it cannot tell.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			return in.held(cmd.Context(), func(db *warehouse.DB) error {
				return a.printLosses(cmd.Context(), in, db, asked)
			})
		},
	}
	c.Flags().StringVar(&asked.plan, "plan", "", "plan to judge, with the columns of reference plan.csv (default: the one in force)")
	c.Flags().StringVar(&asked.measures, "measures", "", "measures to judge, with the columns of reference plan_measures.csv (default: those in force)")
	c.Flags().BoolVar(&asked.together, "together", false, "hide also what sums over all views would tell: takes long")
	c.Flags().BoolVarP(&asked.verbose, "verbose", "v", false, "with --together: a line for each family of numbers that add up")
	c.Flags().StringVar(&asked.by, "by", byTier, "what a line is about: "+byView+", "+byTier+" (view, level and kind of period) or "+byBreakdown+" (tier and breakdown)")
	return c
}

// previewed says which plan is judged and how its losses are told.
type previewed struct {
	plan, measures    string // files; empty: what is in force
	together, verbose bool
	by                string
}

// What a line of losses may be about.
const (
	byView      = "view"
	byTier      = "tier"
	byBreakdown = "breakdown"
)

func (a *app) printLosses(ctx context.Context, in *instance, db *warehouse.DB, asked previewed) error {
	if !slices.Contains([]string{byView, byTier, byBreakdown}, asked.by) {
		return withCode(exitUsage, fmt.Errorf("preview plan: --by %q: expected %s, %s or %s", asked.by, byView, byTier, byBreakdown))
	}
	plan, err := in.derive(ctx, db)
	if err != nil {
		return err
	}
	policy, err := in.policy()
	if err != nil {
		return err
	}
	policy.Together = asked.together
	if asked.verbose {
		policy.Tell = in.tellEach()
	}
	if err := asked.read(&policy, plan); err != nil {
		return err
	}
	losses, err := disclosure.Preview(ctx, db, plan, policy)
	if err != nil {
		return err
	}
	return a.tabulate(losses, asked.by)
}

// read puts the plan that is to be judged in the place of that in force.
func (p previewed) read(policy *disclosure.Policy, plan queries.Plan) error {
	if p.plan != "" {
		f, err := os.Open(p.plan)
		if err != nil {
			return err
		}
		defer f.Close()
		if policy.Plan, err = disclosure.ReadPlan(f, p.plan, plan); err != nil {
			return err
		}
	}
	if p.measures == "" {
		return nil
	}
	f, err := os.Open(p.measures)
	if err != nil {
		return err
	}
	defer f.Close()
	policy.Measures, err = disclosure.ReadMeasures(f, p.measures)
	return err
}

// tabulate prints losses, and those of totals without breakdown beside them.
func (a *app) tabulate(losses []disclosure.Loss, by string) error {
	var lines []disclosure.Loss
	totals := map[int]disclosure.Loss{} // by line
	at := map[disclosure.Loss]int{}
	all := disclosure.Loss{View: "all"}
	for _, l := range losses {
		of := disclosure.Loss{View: l.View}
		if by != byView {
			of.Level, of.PeriodType = l.Level, l.PeriodType
		}
		if by == byBreakdown {
			of.Breakdown = l.Breakdown
		}
		i, ok := at[of]
		if !ok {
			i = len(lines)
			at[of], lines = i, append(lines, of)
		}
		lines[i] = lines[i].Plus(l)
		all = all.Plus(l)
		if l.Breakdown == release.Total {
			totals[i] = totals[i].Plus(l)
			totals[len(losses)] = totals[len(losses)].Plus(l)
		}
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "view\tlevel\tperiod\tbreakdown\trequested\town number\tsums\tlost %\ttotals\tsums of totals")
	print := func(l, t disclosure.Loss) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\t%d\t%d\n", l.View, l.Level, l.PeriodType, l.Breakdown,
			l.Requested, l.Own, l.Hidden-l.Own, l.Share(), t.Requested, t.Hidden-t.Own)
	}
	for i, l := range lines {
		print(l, totals[i])
	}
	print(all, totals[len(losses)])
	return w.Flush()
}
