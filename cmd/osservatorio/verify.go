package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"osservatorio/queries/release"
)

func (a *app) verifyCommand() *cobra.Command {
	var keyFile string
	var asJSON bool
	c := &cobra.Command{
		Use:   "verify DIR",
		Short: "Tell whether a release folder is whole and authentic; needs nothing but the folder",
		Long: `Holds a release folder to its manifest (every file, none missing, none too
many), its data files to their headers, their statuses (no number where one is
hidden) and each other, and the manifest to its signature. Of a folder of
releases it verifies index.json and each release.

Without --key nothing is said of who made it. Exit codes: 0 good, 5 not as it was
released, 6 the signature is of another key or manifest, 7 not signed, 8 written
by newer software.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var key ed25519.PublicKey
			if keyFile != "" {
				var err error
				if key, err = release.ReadPublicKey(keyFile); err != nil {
					return withCode(exitUsage, err)
				}
			}
			found, err := verifyAny(cmd.Context(), args[0], key)
			if err != nil {
				return verifyFault(err)
			}
			if asJSON {
				return printJSON(a.stdout, found)
			}
			for _, v := range found {
				a.printVerified(v)
			}
			return nil
		},
	}
	c.Flags().StringVar(&keyFile, "key", "", "public key of the publisher (PEM)")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// verifyAny verifies a release, or the index of a folder of releases and each
// of them.
func verifyAny(ctx context.Context, dir string, key ed25519.PublicKey) ([]release.Verified, error) {
	if _, err := os.Stat(filepath.Join(dir, "release.json")); err == nil {
		v, err := release.Verify(ctx, dir, key)
		return []release.Verified{v}, err
	}
	if _, err := os.Stat(filepath.Join(dir, release.IndexFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, withCode(exitUsage, fmt.Errorf("verify %s: no release there: expected a folder with release.json, or with index.json", dir))
	}
	index, err := release.ReadIndex(dir)
	if err != nil {
		return nil, err
	}
	var faults []error
	if key != nil {
		if err := release.VerifySignature(dir, release.IndexFile, key); err != nil {
			faults = append(faults, fmt.Errorf("verify %s: %w", dir, err))
		}
	}
	var found []release.Verified
	for _, e := range index.Releases {
		v, err := release.Verify(ctx, filepath.Join(dir, e.ID), key)
		if err == nil && v.SumsSHA256 != e.Sums {
			err = fmt.Errorf("verify release %s: %w: SHA256SUMS is not the one that %s names", e.ID, release.ErrTampered, release.IndexFile)
		}
		faults = append(faults, err)
		found = append(found, v)
	}
	return found, errors.Join(faults...)
}

// verifyFault gives a fault its exit code, the gravest first, and says what it
// means for a reader.
func verifyFault(err error) error {
	for _, kind := range []struct {
		is   error
		code int
		hint string
	}{
		{release.ErrNewer, exitNewer, "get a newer version of this program"},
		{release.ErrTampered, exitTampered, "do not use these numbers: fetch the release anew from its publisher"},
		{release.ErrSignature, exitSignature, "make sure that the key is the publisher's; if it is, do not use these numbers"},
		{release.ErrUnsigned, exitUnsigned, "ask the publisher; without --key the rest is verified"},
	} {
		if errors.Is(err, kind.is) {
			return withCode(kind.code, hinted(err, kind.hint))
		}
	}
	return err
}

func (a *app) printVerified(v release.Verified) {
	says := map[string]string{
		"good":        "signed with key " + v.Key,
		"not_checked": "signed; by whom was not checked: name a public key with --key",
		"none":        "not signed",
	}
	fmt.Fprintf(a.stdout, "release %s is whole: %d files, %d bytes, %d views, %d cells; %s\n", v.ID, v.Files, v.Bytes, v.Views, v.Cells, says[v.Signature])
}
