package main

import (
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"osservatorio/ingest/contract"
	"osservatorio/warehouse"
)

// contractNames lists the sources that the observatory knows how to read.
func contractNames() []string { return contract.Names() }

// contractForm says what to print of a contract.
type contractForm struct {
	lang, geography           string
	template, example, schema bool
}

func (a *app) contractCommand() *cobra.Command {
	var f contractForm
	c := &cobra.Command{
		Use:   "contract [source]",
		Short: "Print what a delivery must look like, for its supplier",
		Long: `Print what a delivery must look like, for its supplier: columns, types, codes, rules.
Without a source: the names of the sources there are.`,
		Example: `  osservatorio contract registrations --lang en
  osservatorio contract registrations --template > registrations.csv
  osservatorio contract registrations --example --geography umbria`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, name := range contract.Names() {
					fmt.Fprintln(a.stdout, name)
				}
				return nil
			}
			return a.printContract(args[0], f)
		},
	}
	c.Flags().StringVar(&f.lang, "lang", "it", "language of the descriptions: it or en")
	c.Flags().BoolVar(&f.template, "template", false, "print the header of an empty CSV")
	c.Flags().BoolVar(&f.example, "example", false, "print a small CSV of invented rows that would be accepted")
	c.Flags().StringVar(&f.geography, "geography", "emilia-romagna", "built-in geography of the places in the example")
	c.Flags().BoolVar(&f.schema, "json", false, "print the Frictionless Table Schema")
	c.AddCommand(a.trialCommand())
	return c
}

func (a *app) printContract(name string, f contractForm) error {
	k, err := contract.Load(name)
	if err != nil {
		return withCode(exitUsage, err)
	}
	if f.lang != "it" && f.lang != "en" {
		return withCode(exitUsage, fmt.Errorf("contract --lang %q: allowed: it, en", f.lang))
	}
	if f.template && f.example || f.template && f.schema || f.example && f.schema {
		return withCode(exitUsage, fmt.Errorf("contract %s: expected one of --template, --example, --json", name))
	}
	switch {
	case f.schema:
		raw, err := contract.JSON(name)
		if err == nil {
			_, err = a.stdout.Write(raw)
		}
		return err
	case f.template:
		_, err = fmt.Fprint(a.stdout, contract.Template(k))
		return err
	case f.example:
		return a.printExample(k, f.geography)
	}
	if err := contract.Describe(a.stdout, k, f.lang); err != nil {
		return err
	}
	return printCodes(a.stdout, k, f.lang)
}

// printExample writes the example of a contract with places of a territory.
func (a *app) printExample(k contract.Contract, geography string) error {
	example, err := contract.Example(k.Name)
	if err != nil {
		return err
	}
	if geography != "emilia-romagna" { // the examples are written with its places
		place, err := somePlace(geography)
		if err != nil {
			return withCode(exitUsage, fmt.Errorf("contract --geography: %w", err))
		}
		if example, err = contract.Relocate(k, example, place); err != nil {
			return err
		}
	}
	_, err = fmt.Fprint(a.stdout, example)
	return err
}

// somePlace gives codes of one comune of a built-in territory, of its centre
// and of the territory that these lie in, by reference table; "" of others.
func somePlace(geography string) (func(table, column string) string, error) {
	territory, err := warehouse.GeographyFS(geography)
	if err != nil {
		return nil, err
	}
	comune, err := firstRow(territory, "comuni.csv")
	if err != nil {
		return nil, err
	}
	geo, err := firstRow(territory, "geo.csv")
	if err != nil {
		return nil, err
	}
	if comune["geo"] != "" {
		geo["code"] = comune["geo"]
	}
	codes := map[string]string{"comuni.comune": comune["comune"], "cpi.cpi": comune["cpi"], "geo.code": geo["code"]}
	return func(table, column string) string { return codes[table+"."+column] }, nil
}

// firstRow reads the first row of a list, by column; empty where there is none.
func firstRow(territory fs.FS, list string) (map[string]string, error) {
	rows, err := listRows(territory, list)
	if err != nil || len(rows) == 0 {
		return map[string]string{}, err
	}
	return rows[0], nil
}
