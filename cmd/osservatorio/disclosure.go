package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"osservatorio/queries/disclosure"
	"osservatorio/warehouse"
)

func (a *app) disclosureCommand() *cobra.Command {
	c := &cobra.Command{Use: "disclosure", Short: "Look at what protects persons"}
	c.AddCommand(a.disclosurePlanCommand(), a.disclosureRevisionsCommand())
	return c
}

func (a *app) disclosurePlanCommand() *cobra.Command {
	var file, measures string
	var together, verbose bool
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
				return a.printLosses(cmd.Context(), in, db, file, measures, together, verbose)
			})
		},
	}
	c.Flags().StringVar(&file, "plan", "", "plan to judge, with the columns of reference plan.csv (default: the one in force)")
	c.Flags().StringVar(&measures, "measures", "", "measures to judge, with the columns of reference plan_measures.csv (default: those in force)")
	c.Flags().BoolVar(&together, "together", false, "hide also what sums over all views would tell: takes long")
	c.Flags().BoolVarP(&verbose, "verbose", "v", false, "with --together: a line for each family of numbers that add up")
	return c
}

func (a *app) printLosses(ctx context.Context, in *instance, db *warehouse.DB, file, measures string, together, verbose bool) error {
	plan, err := in.derive(ctx, db)
	if err != nil {
		return err
	}
	policy, err := in.policy()
	if err != nil {
		return err
	}
	policy.Together = together
	if verbose {
		policy.Tell = in.tellEach()
	}
	if file != "" {
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		if policy.Plan, err = disclosure.ReadPlan(f, file, plan); err != nil {
			return err
		}
	}
	if measures != "" {
		f, err := os.Open(measures)
		if err != nil {
			return err
		}
		defer f.Close()
		if policy.Measures, err = disclosure.ReadMeasures(f, measures); err != nil {
			return err
		}
	}
	losses, err := disclosure.Preview(ctx, db, plan, policy)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "view\tlevel\tperiod\trequested\town number\tsums\tlost %\ttotals\tsums of totals")
	for _, l := range losses {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%s\t%d\t%d\n", l.View, l.Level, l.PeriodType, l.Requested, l.Own, l.Hidden-l.Own, l.Share(), l.Totals, l.TotalsSums)
	}
	return w.Flush()
}
