package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"osservatorio/queries/export"
	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

func (a *app) diffCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "diff A B",
		Short: "Tell which numbers changed from release A to release B, by view and reason",
		Long: `Compares the data files of two releases: new, revised and withdrawn cells by
view and reason, and how far the values moved that both show. A and B are
folders, which needs no instance, or ids of the instance's releases.`,
		Example: "  osservatorio diff 2026-10 2026-10.1\n  osservatorio diff downloads/2026-07 downloads/2026-10 --json",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			var folders [2]string
			for i, arg := range args {
				var err error
				if folders[i], err = a.releaseFolder(arg); err != nil {
					return err
				}
			}
			changes, err := diff(cmd.Context(), folders[0], folders[1])
			if err != nil {
				return verifyFault(err)
			}
			if asJSON {
				return printJSON(a.stdout, changes)
			}
			text, err := export.ReportIn(changes, "en")
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(a.stdout, text)
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, as in changes.json")
	return c
}

// releaseFolder is a folder named on the command line, or that of an id of the
// instance.
func (a *app) releaseFolder(arg string) (string, error) {
	if _, err := os.Stat(filepath.Join(arg, "release.json")); err == nil {
		return arg, nil
	}
	if err := release.CheckID(arg); err != nil {
		return "", withCode(exitUsage, fmt.Errorf("%s: no release.json in it: expected the folder of a release, or its id: %w", arg, err))
	}
	in, err := a.load()
	if err != nil {
		return "", err
	}
	if !in.released(arg) {
		return "", withCode(exitUsage, fmt.Errorf("release %s: not in %s: see osservatorio status", arg, in.path(in.Paths.Releases)))
	}
	return in.folder(arg), nil
}

func diff(ctx context.Context, before, after string) (release.Changes, error) {
	db, err := warehouse.Open(ctx, warehouse.Options{})
	if err != nil {
		return release.Changes{}, err
	}
	defer db.Close()
	return export.Diff(ctx, db, before, after)
}
