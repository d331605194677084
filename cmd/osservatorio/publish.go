package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"osservatorio/site/output"
	"osservatorio/warehouse"
)

func (a *app) publishCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "publish [RELEASE]",
		Short: "Put out the release whose time has come, in one step",
		Long: `Swaps the site that build has laid out for a coming release into the place of
the public one, at the time of its calendar or later; earlier it refuses. With a
release named it refuses also where that is not the one that is shown then.
Readers see the one site or the other; the one before is kept: osservatorio
rollback. It does not wait for a run that is loading or releasing meanwhile.
A site that is carried to a bucket too (bucket in [site]) is carried then; the
same command again goes on with what was cut off.

A [[job]] with verb = "publish" does it on the minute.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			return in.publish(cmd.Context(), args)
		},
	}
}

func (in *instance) publish(ctx context.Context, args []string) error {
	if err := in.due(ctx, args); err != nil {
		return err
	}
	if err := in.settleIfFree(ctx); err != nil {
		return err
	}
	if err := in.bring(ctx); err != nil {
		return err
	}
	return in.carry(ctx)
}

// due refuses to publish what is not to be public yet. Without a name the release
// is meant that comes out next, unless the site is behind what is out already.
func (in *instance) due(ctx context.Context, args []string) error {
	now := in.now()
	wait, err := in.comingAfter(now)
	if err != nil {
		return err
	}
	for _, w := range wait {
		if len(args) == 1 && args[0] == w.ID {
			return early(w)
		}
	}
	folder, err := in.latestAt(now)
	if err != nil {
		return err
	}
	switch id := filepath.Base(folder); {
	case len(args) == 1 && args[0] != id:
		return withCode(exitUsage, fmt.Errorf("publish %s: not the release that is shown now: expected %s", args[0], id))
	case len(args) == 0 && len(wait) > 0 && folder == "":
		return early(wait[0])
	case len(args) == 0 && len(wait) > 0 && in.shown() == id:
		if behind, err := in.behind(ctx); err != nil || behind {
			return err
		}
		return early(wait[0])
	case folder == "":
		return in.noRelease()
	}
	return nil
}

func early(w coming) error {
	return hinted(fmt.Errorf("publish %s: not public before %s", w.ID, romeTime(w.At)), "look at it with: osservatorio preview")
}

func (in *instance) noRelease() error {
	return hinted(fmt.Errorf("build site: no release that stands in %s", in.path(in.Paths.Releases)), "make one with: osservatorio release")
}

// shown is the id of the release whose site is public, "" for none.
func (in *instance) shown() string {
	has, err := carriedIn(in.path(in.Paths.Public)) // a site has the files of its release at its root
	if err != nil {
		return ""
	}
	return has.ID
}

// settleIfFree holds the releases to the ledger and has the index say what is
// public now. Where a run holds the instance, that run does the latter.
func (in *instance) settleIfFree(ctx context.Context) error {
	err := in.held(ctx, func(db *warehouse.DB) error { return in.settle(ctx, db) })
	if exitCode(err) == exitBusy {
		in.log.Info("another run holds the instance: the releases are held to the ledger when it ends")
		return nil
	}
	return err
}

// siteLock takes what stands beside and in the public folder for this process,
// waiting for another that builds or publishes.
func (in *instance) siteLock(ctx context.Context) (func(), error) {
	unlock, err := waitLock(ctx, in.path(in.Paths.Public)+".lock")
	if err != nil {
		return nil, fmt.Errorf("lock site: %w", err)
	}
	return unlock, nil
}

// waitLock holds the file at path until the returned func is called, or the
// process ends; it waits for another that holds it.
func waitLock(ctx context.Context, path string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o640)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (a *app) rollbackCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rollback",
		Short: "Show the site again that stood before the one that stands",
		Long: `Swaps the site that was public before back in, in one step, and removes the one
that stands. It is not shown again by itself: run and publish leave the site as
it is until there is another to show; build shows it again. [site] keep says how
many sites are kept. The release stays: to say in public that it must not be
used, withdraw it.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			unlock, err := in.siteLock(cmd.Context())
			if err != nil {
				return err
			}
			was := in.shown()
			err = output.Back(in.path(in.Paths.Public))
			unlock()
			if errors.Is(err, output.ErrNoSiteBefore) {
				return hinted(err, "build one with: osservatorio build RELEASE")
			} else if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "site of %s taken back; public is that of %s\n", was, in.shown())
			return in.carry(cmd.Context())
		},
	}
}
