package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"osservatorio/ingest/synthetic"
)

// demoConfig is the configuration of the demo's instance.
const demoConfig = `# The demo: a synthetic region. No person in it exists.
[publisher]
name = "Regione di esempio (dati sintetici)"
licence = "CC-BY-4.0"

[region]
name = %q
name_en = %q
geography = %q
synthetic = true
%s
[[source]]
name = "registrations"
[[source]]
name = "services"
[[source]]
name = "agreements"
[[source]]
name = "convocations"
[[source]]
name = "benefits"
[[source]]
name = "training"
[[source]]
name = "placements"
[[source]]
name = "vacancies"
[[source]]
name = "population"
mode = "full"
[[source]]
name = "providers"
mode = "full"
[[source]]
name = "centres"
mode = "full"
[[source]]
name = "funding"
mode = "full"

[release]
next = "2027-02-19"
key = "secrets/signing.key"
`

// fewPersons is below how many invented persons the demo's configuration leaves
// out the protection over all views together: so little would be left to see.
const fewPersons = 20_000

// demoAlone is what the configuration of so small a demo says.
const demoAlone = `
[disclosure]
together = false # of so few persons sums would leave little to see; an invented region may be published by primary rules alone
`

// demoConfigOf is the configuration of a demo of so many persons.
func demoConfigOf(r region) ([]byte, error) {
	alone := ""
	if r.persons < fewPersons {
		alone = demoAlone
	}
	lists, err := territoryAt(r.geography, r.geography)
	if err != nil {
		return nil, withCode(exitUsage, err)
	}
	it, en, err := wholeOf(lists)
	if err != nil {
		return nil, withCode(exitUsage, fmt.Errorf("demo --geography %s: %w", r.geography, err))
	}
	name := r.geography
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		// the configuration lies elsewhere than the command is given
		if name, err = filepath.Abs(name); err != nil {
			return nil, err
		}
	}
	return fmt.Appendf(nil, demoConfig, it, en, name, alone), nil
}

func (a *app) demoCommand() *cobra.Command {
	var r region
	var dir string
	var noServe bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Build the site of a synthetic region and serve it: the newcomer's first command",
		Long: `Makes an instance in DIR, invents deliveries for a synthetic region, loads them,
makes a release and its site and serves it. A demo that stands already is served
as it is; remove DIR to begin anew.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, err := a.demo(cmd.Context(), filepath.Clean(dir), r)
			if err != nil || noServe {
				return err
			}
			fmt.Fprintln(a.stdout, "The data of this site are synthetic: every number is invented.")
			return in.serve(cmd.Context(), a.stdout, 8080)
		},
	}
	r.flags(c, 60000)
	c.Flags().StringVar(&dir, "dir", "demo", "folder of the demo's instance")
	c.Flags().BoolVar(&noServe, "no-serve", false, "stop when the site is built")
	return c
}

// demo returns the instance in dir with its site built; it makes, or finishes,
// what is not there.
func (a *app) demo(ctx context.Context, dir string, r region) (*instance, error) {
	a.config = filepath.Join(dir, "osservatorio.toml")
	if _, err := os.Stat(a.config); err != nil {
		fmt.Fprintf(a.stderr, "making a synthetic region in %s: every number in it is invented\n", dir)
		if err := a.makeDemo(ctx, dir, r); err != nil {
			return nil, err
		}
	}
	in, err := a.load()
	if err != nil || in.hasSite() {
		return in, err
	}
	return in, in.run(ctx, a)
}

// makeDemo invents the deliveries beside dir and puts them there when all are
// written, so that a demo that was stopped leaves nothing half made.
func (a *app) makeDemo(ctx context.Context, dir string, r region) (err error) {
	log, err := a.logger()
	if err != nil {
		return err
	}
	part := dir + ".part"
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(part)
		}
	}()
	config, err := demoConfigOf(r)
	if err != nil {
		return err
	}
	if err := initInstance(part, config); err != nil {
		return err
	}
	if _, err := r.generate(ctx, filepath.Join(part, "inbox"), newProgress(a.stderr, log)); err != nil {
		return err
	}
	truth := filepath.Join(part, "inbox", synthetic.TruthFile) // no delivery
	if err := os.Rename(truth, filepath.Join(part, synthetic.TruthFile)); err != nil {
		return fmt.Errorf("make demo: %w", err)
	}
	if err := os.Rename(part, dir); err != nil {
		return hinted(fmt.Errorf("make demo: %w", err), "choose an empty --dir")
	}
	return nil
}
