package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func (a *app) previewCommand() *cobra.Command {
	var at string
	var port int
	c := &cobra.Command{
		Use:   "preview",
		Short: "Serve the site on this machine as it will be, before it is public",
		Long: `Serves the site as at the time of the release that comes out next, or at --at
"2027-02-16 10:00" (Europe/Rome), to this machine alone. What is not laid out yet
is built first, beside the public folder. Nothing of it becomes public.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			when, err := in.previewTime(at)
			if err != nil {
				return err
			}
			dir, err := in.previewed(cmd.Context(), when)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "as at %s\n", romeTime(when))
			return serveFolder(cmd.Context(), a.stdout, dir, port)
		},
	}
	c.Flags().StringVar(&at, "at", "", "time to look at (default: that of the release that comes out next)")
	c.Flags().IntVar(&port, "port", 8080, "first port to try")
	return c
}

// previewTime is the time asked for, else that of the next release, else now.
func (in *instance) previewTime(asked string) (time.Time, error) {
	if asked != "" {
		at, err := plannedTime(asked)
		if err != nil {
			return at, withCode(exitUsage, fmt.Errorf("preview: --at: %w", err))
		}
		return at, nil
	}
	wait, err := in.comingAfter(in.now())
	if err != nil || len(wait) == 0 {
		return in.now(), err
	}
	return wait[0].At, nil
}

// previewed is the folder of the site as at a time.
func (in *instance) previewed(ctx context.Context, at time.Time) (string, error) {
	now, err := in.latestAt(in.now())
	if err != nil {
		return "", err
	}
	then, err := in.latestAt(at)
	if err != nil {
		return "", err
	}
	switch {
	case then == "":
		return "", in.noRelease()
	case then == now || !at.After(in.now()):
		if !in.hasSite() {
			return "", in.noSite()
		}
		return in.path(in.Paths.Public), nil
	}
	unlock, err := in.siteLock(ctx)
	if err != nil {
		return "", err
	}
	defer unlock()
	comes, err := in.comesOut(then)
	if err != nil {
		return "", err
	}
	return in.layOut(ctx, edition{folder: then, at: comes})
}
