package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

func (a *app) withdrawCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:   "withdraw ID --reason TEXT",
		Short: "Say in public that a release must no longer be used, and why",
		Long: `Writes into index.json that a release is withdrawn, since today and why. Its
folder stays as it is, for others may have used it; the latest release is then
the newest one that stands. Build the site again afterwards. What was public
stays known: disclosure control goes on reckoning with it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id := args[0]
			if err := release.CheckID(id); err != nil {
				return withCode(exitUsage, err)
			}
			if strings.TrimSpace(reason) == "" {
				return withCode(exitUsage, hinted(fmt.Errorf("withdraw %s: --reason: missing: it is published", id), "see: osservatorio withdraw --help"))
			}
			in, err := a.load()
			if err != nil {
				return err
			}
			return in.held(cmd.Context(), func(db *warehouse.DB) error {
				if err := in.withdraw(cmd.Context(), db, id, reason); err != nil {
					return err
				}
				latest, err := in.latestAt(in.now())
				if err != nil {
					return err
				}
				says := "none: no site can be built"
				if latest != "" {
					says = filepath.Base(latest)
				}
				_, err = fmt.Fprintf(a.stdout, "withdrawn %s; latest: %s\n", id, says)
				return err
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, in the words that readers will see")
	return c
}

func (in *instance) withdraw(ctx context.Context, db *warehouse.DB, id, reason string) error {
	if err := in.settle(ctx, db); err != nil {
		return err
	}
	index, err := release.ReadIndex(in.path(in.Paths.Releases))
	if err != nil {
		return err
	}
	entry, known := index.Entry(id)
	if !known && in.released(id) { // not public yet
		entry.ID, known = id, true
		if entry.Sums, err = release.SumsHash(in.folder(id)); err != nil {
			return err
		}
	}
	if !known {
		return withCode(exitUsage, fmt.Errorf("withdraw %s: no such release: see osservatorio status", id))
	}
	if w := entry.Withdrawn; w != nil {
		return withCode(exitUsage, fmt.Errorf("withdraw %s: withdrawn already, on %s: %s", id, w.On, w.Reason))
	}
	entry.Withdrawn = &release.Withdrawal{On: in.now().Format(time.DateOnly), Reason: strings.TrimSpace(reason)}
	return in.writeIndex(index.With(entry))
}

// withdrawn lists the releases that were withdrawn.
func (in *instance) withdrawn() ([]string, error) {
	index, err := release.ReadIndex(in.path(in.Paths.Releases))
	ids := []string{}
	for _, e := range index.Releases {
		if e.Withdrawn != nil {
			ids = append(ids, e.ID)
		}
	}
	return ids, err
}
