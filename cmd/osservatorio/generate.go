package main

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"osservatorio/ingest/synthetic"
	"osservatorio/warehouse"
)

// region is what generate and demo are asked for.
type region struct {
	persons   int
	seed      uint64
	from, to  string
	geography string
	layout    string
}

func (r *region) flags(c *cobra.Command, persons int) {
	c.Flags().IntVar(&r.persons, "persons", persons, "how many persons to invent")
	c.Flags().Uint64Var(&r.seed, "seed", 1, "the same seed gives the same bytes")
	c.Flags().StringVar(&r.from, "from", "2022-01", "first month")
	c.Flags().StringVar(&r.to, "to", "2026-09", "last month")
	c.Flags().StringVar(&r.geography, "geography", "emilia-romagna", "built-in territory, or a folder of its lists (geo.csv, geo_parent.csv, …)")
}

func (a *app) generateCommand() *cobra.Command {
	var r region
	c := &cobra.Command{
		Use:   "generate DIR",
		Short: "Write synthetic deliveries of every source, with their known truth",
		Long: `Invents all that the archives of a region deliver, from registrations and
communications to benefits, courses, vacancies and funds, and writes it as
deliveries into DIR, with a truth.json that holds what every headline indicator
must come out as. The data are synthetic: no person in them exists.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			log, err := a.logger()
			if err != nil {
				return err
			}
			out := newProgress(a.stderr, log)
			summary, err := r.generate(cmd.Context(), args[0], out)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "synthetic deliveries in %s: %d files, %d rows of %d invented persons; truth.json beside them\n",
				args[0], summary.Files, summary.Rows, r.persons)
			return nil
		},
	}
	r.flags(c, 50000)
	c.Flags().StringVar(&r.layout, "layout", "", "\"sil\": extracts of a regional system (SAP sections, CO events) in place of four contracts")
	return c
}

func (r region) generate(ctx context.Context, dir string, out *progress) (synthetic.Summary, error) {
	geography, err := territoryAt(r.geography, r.geography)
	if err != nil {
		return synthetic.Summary{}, withCode(exitUsage, err)
	}
	if err := r.check(); err != nil {
		return synthetic.Summary{}, withCode(exitUsage, err)
	}
	defer out.end()
	return synthetic.Generate(ctx, r.options(dir, geography, out))
}

// check tells of numbers and months that cannot be meant.
func (r region) check() error {
	if r.persons < 1 {
		return fmt.Errorf("generate: persons %d: expected 1 or more", r.persons)
	}
	if r.layout != synthetic.LayoutContracts && r.layout != synthetic.LayoutSIL {
		return fmt.Errorf("generate: layout %q: expected %q or none", r.layout, synthetic.LayoutSIL)
	}
	for _, month := range []string{r.from, r.to} {
		if _, err := time.Parse("2006-01", month); err != nil {
			return fmt.Errorf("generate: month %q: expected YYYY-MM", month)
		}
	}
	return nil
}

func (r region) options(dir string, geography fs.FS, out *progress) synthetic.Options {
	return synthetic.Options{
		Persons: r.persons, Seed: r.seed, From: r.from, To: r.to, Dir: dir, Geography: geography, GeographyName: filepath.Base(r.geography), Layout: r.layout, Reference: warehouse.ReferenceFS(),
		Progress: func(done, total int) { out.step("inventing persons", int64(done), int64(total)) },
	}
}
