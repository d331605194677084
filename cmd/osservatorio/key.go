package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"osservatorio/queries/export"
	"osservatorio/queries/release"
)

func (a *app) keyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "key",
		Short: "Make the key that signs releases, or show its public half",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(&cobra.Command{
		Use:   "new [FILE]",
		Short: "Make a signing key and its public half",
		Long: `Makes a key of Ed25519 in FILE (PKCS #8 in PEM, mode 0600; without a name the
one of [release] key) and its public half beside it (.pub). Publish the public
half where readers trust you, keep a copy of the other off this machine: with it
anybody can sign in your name, without it no rebuilt release has its signature.`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			path, err := a.keyPath(args)
			if err != nil {
				return err
			}
			if _, err := export.NewKey(path); err != nil {
				return err
			}
			return a.showKey(path)
		},
	}, &cobra.Command{
		Use:   "show [FILE]",
		Short: "Show where the public half of the signing key lies, and its fingerprint",
		Args:  usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			path, err := a.keyPath(args)
			if err != nil {
				return err
			}
			return a.showKey(path)
		},
	})
	return c
}

// keyPath is the file named, or that of the configuration.
func (a *app) keyPath(args []string) (string, error) {
	if len(args) == 1 {
		return args[0], nil
	}
	in, err := a.load()
	if err != nil {
		return "", err
	}
	if in.Release.Key == "" {
		return "", withCode(exitUsage, hinted(fmt.Errorf("%s: release.key: missing: the file of the signing key", in.file),
			`put key = "secrets/signing.key" into [release], or name a file`))
	}
	return in.path(in.Release.Key), nil
}

func (a *app) showKey(path string) error {
	public := export.PublicKeyPath(path)
	key, err := release.ReadPublicKey(public)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s\n%s\n", public, release.Fingerprint(key))
	return err
}
