package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// demoConfig is the configuration of the demo's instance.
const demoConfig = `# The demo: a synthetic region. No person in it exists.
[publisher]
name = "Regione di esempio (dati sintetici)"
licence = "CC-BY-4.0"

[region]
name = "Emilia-Romagna"
geography = "%s"
synthetic = true

[[source]]
name = "registrations"
[[source]]
name = "services"
[[source]]
name = "agreements"
[[source]]
name = "placements"
[[source]]
name = "population"
mode = "full"
[[source]]
name = "providers"
mode = "full"

[release]
next = "2027-02-19"
`

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
			a.config = filepath.Join(dir, "osservatorio.toml")
			if _, err := os.Stat(a.config); err != nil {
				fmt.Fprintf(a.stderr, "making a synthetic region in %s: every number in it is invented\n", dir)
				if err := a.makeDemo(cmd, dir, r); err != nil {
					return err
				}
			}
			in, err := a.load()
			if err != nil {
				return err
			}
			if err := in.run(cmd.Context(), a); err != nil {
				return err
			}
			if noServe {
				return nil
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

func (a *app) makeDemo(cmd *cobra.Command, dir string, r region) error {
	log, err := a.logger()
	if err != nil {
		return err
	}
	config := fmt.Sprintf(demoConfig, r.geography)
	part := dir + ".part"
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	if err := initInstance(part, []byte(config)); err != nil {
		return err
	}
	if _, err := r.generate(cmd.Context(), filepath.Join(part, "inbox"), newProgress(a.stderr, log)); err != nil {
		return err
	}
	return os.Rename(part, strings.TrimRight(dir, "/"))
}
