package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"osservatorio/ingest/contract"
)

// contractNames lists the sources that the observatory knows how to read.
func contractNames() []string { return contract.Names() }

func (a *app) contractCommand() *cobra.Command {
	var lang string
	var template, asJSON bool
	c := &cobra.Command{
		Use:   "contract [source]",
		Short: "Print what a delivery must look like, for its supplier",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, name := range contract.Names() {
					fmt.Fprintln(a.stdout, name)
				}
				return nil
			}
			return a.printContract(args[0], lang, template, asJSON)
		},
	}
	c.Flags().StringVar(&lang, "lang", "it", "language of the descriptions: it or en")
	c.Flags().BoolVar(&template, "template", false, "print the header of an empty CSV")
	c.Flags().BoolVar(&asJSON, "json", false, "print the Frictionless Table Schema")
	return c
}

func (a *app) printContract(name, lang string, template, asJSON bool) error {
	k, err := contract.Load(name)
	if err != nil {
		return withCode(exitUsage, err)
	}
	if lang != "it" && lang != "en" {
		return withCode(exitUsage, fmt.Errorf("contract --lang %q: allowed: it, en", lang))
	}
	switch {
	case asJSON:
		raw, err := contract.JSON(name)
		if err == nil {
			_, err = a.stdout.Write(raw)
		}
		return err
	case template:
		_, err = fmt.Fprint(a.stdout, contract.Template(k))
		return err
	}
	return contract.Describe(a.stdout, k, lang)
}
