package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"osservatorio/ingest"
	"osservatorio/ingest/privacy"
	"osservatorio/warehouse"
)

func (a *app) rekeyCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:   "rekey",
		Short: "Give the instance a new key of pseudonyms, and every pseudonym a new value",
		Long: `Lays a new secret over the key of the pseudonyms and changes every pseudonym in
the warehouse in one transaction: a copy of the warehouse that went astray can then
no longer be joined with this one, nor with what suppliers send. Deliveries to come
meet the rows of before. A kill leaves the old key with the old pseudonyms or the
new key with the new ones; the next verb puts the key in its place.

The new key file holds the old secret too, since the values that suppliers sent are
not kept: keep a copy off this machine (osservatorio backup --secrets). Releases
keep their numbers, unless two rows tie in everything but their pseudonym.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			why, err := in.because(reason)
			if err != nil {
				return err
			}
			said, err := in.rekey(cmd.Context(), why)
			if err == nil {
				fmt.Fprintln(a.stdout, said)
			}
			return err
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the ledger (required)")
	return c
}

// rekey returns what was done, in one line.
func (in *instance) rekey(ctx context.Context, why warehouse.Because) (said string, err error) {
	tables, err := ingest.Tables()
	if err != nil {
		return "", err
	}
	err = in.erasing(ctx, func(db *warehouse.DB) error {
		old, err := in.keyOf(ctx, db)
		if err != nil {
			return err
		}
		if old == nil {
			return withCode(exitUsage, fmt.Errorf("re-key %s: no key at %s: nothing here has a pseudonym", in.file, in.path(in.Paths.Secret)))
		}
		fresh, err := old.Renew(in.comingKey())
		if err != nil {
			return err
		}
		n, err := warehouse.Rekey(ctx, db, tables, fresh.Last().Pseudonym, fresh.Fingerprint(), why)
		if err != nil {
			return errors.Join(err, in.settleKey(context.WithoutCancel(ctx), db)) // it may have been done all the same
		}
		said = fmt.Sprintf("re-keyed %d pseudonyms: key %s in the place of %s", n, fresh.Fingerprint(), old.Fingerprint())
		return in.settleKey(ctx, db)
	})
	return said, err
}

// comingKey is where a new key lies until the warehouse has its pseudonyms.
func (in *instance) comingKey() string { return in.path(in.Paths.Secret) + ".coming" }

// settleKey ends a change of keys that was cut short: the warehouse says which
// key made its pseudonyms, so that is the one that stays.
func (in *instance) settleKey(ctx context.Context, db *warehouse.DB) error {
	coming := in.comingKey()
	if _, err := os.Lstat(coming); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	made, err := db.PseudonymKey(ctx)
	if err != nil {
		return err
	}
	fresh, err := privacy.LoadKey(coming)
	if err != nil || fresh.Fingerprint() != made { // half written, or of a transaction that never was
		return os.Remove(coming)
	}
	if err := os.Rename(coming, in.path(in.Paths.Secret)); err != nil {
		return fmt.Errorf("put key in its place: %w", err)
	}
	return syncDir(filepath.Dir(coming))
}

// keyOf is the key that made the warehouse's pseudonyms, nil where there is
// none. The first key that is asked for is written down; another is refused
// from then on, since with it nobody who came before would be known again.
func (in *instance) keyOf(ctx context.Context, db *warehouse.DB) (*privacy.Key, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	made, err := db.PseudonymKey(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case key == nil:
		return nil, nil
	case made == "":
		return key, db.SetPseudonymKey(ctx, key.Fingerprint())
	case made != key.Fingerprint():
		return nil, hinted(fmt.Errorf("read key %s: key %s: expected %s, with which the warehouse's pseudonyms were made", in.path(in.Paths.Secret), key.Fingerprint(), made),
			"put the right key back from where it is kept: with another one no person would be known again")
	}
	return key, nil
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
