package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"osservatorio/ingest"
	"osservatorio/warehouse"
)

// toForget is what the flags of forget ask for.
type toForget struct {
	person, pseudonym, delivery, before, reason string

	rehearse bool
}

func (a *app) forgetCommand() *cobra.Command {
	var ask toForget
	c := &cobra.Command{
		Use:   "forget",
		Short: "Erase a person, a delivery or all that is older than a day",
		Long: `Erases rows from the warehouse and the deliveries that held them from the archive,
writes into the ledger how many and why, and writes the warehouse's file anew, so
that nothing of them lies in it. Who is forgotten stays so: rows about the person
that a supplier sends again are put aside by the rule "forgotten".

Exactly one of --person, --pseudonym, --delivery and --before says what. Without any
of them, what a killed run left to do is done.

Not touched: releases, which hold no rows about persons; backups; what lies in the
inbox. A release made of what was erased can be verified but no longer made again.
The next release leaves out what was erased.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			return in.forget(cmd.Context(), a.stdout, cmd.InOrStdin(), ask)
		},
	}
	f := c.Flags()
	f.StringVar(&ask.person, "person", "", "the person's `identifier` as the supplier sends it; - reads it from the standard input")
	f.StringVar(&ask.pseudonym, "pseudonym", "", "the person's pseudonym in this warehouse")
	f.StringVar(&ask.delivery, "delivery", "", "the delivery whose `checksum` begins so")
	f.StringVar(&ask.before, "before", "", "all deliveries of periods that had ended by this `day`, YYYY-MM-DD")
	f.StringVar(&ask.reason, "reason", "", "why, for the ledger (required)")
	f.BoolVar(&ask.rehearse, "dry-run", false, "tell what would go, and let it be")
	return c
}

func (in *instance) forget(ctx context.Context, out io.Writer, typed io.Reader, ask toForget) error {
	asked := slices.DeleteFunc([]string{ask.person, ask.pseudonym, ask.delivery, ask.before}, func(s string) bool { return s == "" })
	if len(asked) > 1 {
		return withCode(exitUsage, errors.New("forget: expected one of --person, --pseudonym, --delivery and --before"))
	}
	if len(asked) == 0 {
		return in.erasing(ctx, func(db *warehouse.DB) error { return in.tellErased(ctx, out, db, nil, false) })
	}
	why, err := in.because(ask.reason)
	if err != nil {
		return err
	}
	why.Rehearse = ask.rehearse
	if ask.person == "-" {
		if ask.person, err = bufio.NewReader(typed).ReadString('\n'); err != nil && err != io.EOF {
			return err
		}
		ask.person = strings.TrimRight(ask.person, "\r\n")
	}
	return in.erasing(ctx, func(db *warehouse.DB) error {
		list, err := in.erase(ctx, db, ask, why)
		if err != nil {
			return err
		}
		return in.tellErased(ctx, out, db, list, ask.rehearse)
	})
}

func (in *instance) erase(ctx context.Context, db *warehouse.DB, ask toForget, why warehouse.Because) ([]warehouse.Erased, error) {
	switch {
	case ask.person != "":
		key, err := in.keyOf(ctx, db)
		if err != nil {
			return nil, err
		}
		if key == nil {
			return nil, withCode(exitUsage, fmt.Errorf("forget: no key at %s: nobody here has a pseudonym", in.path(in.Paths.Secret)))
		}
		return erasePerson(ctx, db, key.Pseudonym(ask.person), why)
	case ask.pseudonym != "":
		return erasePerson(ctx, db, ask.pseudonym, why)
	case ask.delivery != "":
		found, err := db.BySum(ctx, ask.delivery)
		if err != nil {
			return nil, err
		}
		if len(found) != 1 {
			return nil, withCode(exitUsage, hinted(fmt.Errorf("forget: %d deliveries whose checksum begins with %q: expected one", len(found), ask.delivery),
				"osservatorio quarantine SOURCE lists the checksums"))
		}
		return warehouse.EraseDeliveries(ctx, db, found, why)
	}
	day, err := time.Parse(time.DateOnly, ask.before)
	if err != nil {
		return nil, withCode(exitUsage, fmt.Errorf("forget: --before %q: expected a day, YYYY-MM-DD", ask.before))
	}
	past, err := db.Before(ctx, day)
	if err != nil {
		return nil, err
	}
	return warehouse.EraseDeliveries(ctx, db, past, why)
}

func erasePerson(ctx context.Context, db *warehouse.DB, pseudonym string, why warehouse.Because) ([]warehouse.Erased, error) {
	list, err := warehouse.ErasePerson(ctx, db, ingest.PersonColumn, pseudonym, why)
	if err == nil && len(list) == 0 {
		return nil, withCode(exitUsage, hinted(errors.New("forget: no row is about that person: nothing was changed"), "an identifier must be given to the letter as the supplier sends it"))
	}
	return list, err
}

// because is a reason for the ledger.
func (in *instance) because(reason string) (warehouse.Because, error) {
	if strings.TrimSpace(reason) == "" {
		return warehouse.Because{}, withCode(exitUsage, hinted(errors.New("missing --reason: it is kept in the ledger"), "say who asked and by which act, without naming the person"))
	}
	return warehouse.Because{Reason: reason, On: in.now()}, nil
}

// erasing does what changes rows that are to leave no trace: it holds the
// instance, and has the warehouse's file written anew if anything went.
func (in *instance) erasing(ctx context.Context, do func(*warehouse.DB) error) error {
	unlock, err := in.lock()
	if err != nil {
		return err
	}
	defer unlock()
	db, err := in.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := do(db); err != nil {
		return err
	}
	left, err := db.Unscrubbed(ctx)
	if err != nil || !left {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	return warehouse.Scrub(ctx, in.database())
}

// tellErased erases copies in the archive and says what went.
func (in *instance) tellErased(ctx context.Context, out io.Writer, db *warehouse.DB, list []warehouse.Erased, rehearsed bool) error {
	word := "erased"
	var gone []warehouse.Known
	if rehearsed {
		word = "would be erased"
	} else {
		var err error
		if gone, err = ingest.EraseArchived(ctx, db, in.path(in.Paths.Archive)); err != nil {
			return err
		}
	}
	rows := int64(0)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, e := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d rows\n", word, e.Source, e.Period, e.File, e.Rows)
		rows += e.Rows
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "%s: %d rows of %d deliveries; copies in the archive: %d\n", word, rows, len(list), len(gone))
	return err
}

// retain erases what the archive keeps no longer, and says so.
func (in *instance) retain(ctx context.Context, o ingest.Options) error {
	gone, err := ingest.Retain(ctx, o)
	for _, k := range gone {
		in.log.Info("erased from the archive", "source", k.Source, "period", k.Period, "file", k.File)
	}
	if left, _ := o.DB.Unscrubbed(ctx); left {
		in.log.Warn("an erasure was cut short: what was erased may still lie in free parts of the warehouse's file", "finish", "osservatorio forget")
	}
	return err
}

// erasures adds to h what was erased, so that a release is made without it.
func (in *instance) erasures(ctx context.Context, db *warehouse.DB, h io.Writer) error {
	e, err := warehouse.ErasedOf(ctx, db, 1<<31-1)
	if err == nil && e.Rows > 0 {
		fmt.Fprintln(h, "erased", e.Rows, e.Times)
	}
	return err
}
