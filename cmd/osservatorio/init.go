package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"osservatorio/ingest/privacy"
	"osservatorio/queries/export"
)

//go:embed osservatorio.toml
var configTemplate []byte

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init DIR",
		Short: "Make an instance: a commented configuration, an inbox and its secret keys",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := initInstance(args[0], configTemplate); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "made %s\nnext: edit %s, put deliveries into %s, then: osservatorio run --config %s\n",
				args[0], filepath.Join(args[0], "osservatorio.toml"), filepath.Join(args[0], "inbox"), filepath.Join(args[0], "osservatorio.toml"))
			return nil
		},
	}
}

// initInstance makes the folders, the configuration and the keys of an
// instance; it never overwrites one.
func initInstance(dir string, config []byte) error {
	file := filepath.Join(dir, "osservatorio.toml")
	for _, sub := range []string{"inbox", "archive", "secrets"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o750); err != nil {
			return fmt.Errorf("make instance: %w", err)
		}
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if errors.Is(err, fs.ErrExist) {
		return withCode(exitUsage, hinted(fmt.Errorf("make instance %s: there is an osservatorio.toml already", dir), "choose another folder, or edit the one that is there"))
	}
	if err != nil {
		return fmt.Errorf("make instance: %w", err)
	}
	if _, err := f.Write(config); err != nil {
		f.Close()
		return fmt.Errorf("make instance: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("make instance: %w", err)
	}
	if _, err = privacy.NewKey(filepath.Join(dir, "secrets", "pseudonyms.key")); err != nil {
		return err
	}
	_, err = export.NewKey(filepath.Join(dir, "secrets", "signing.key"))
	return err
}
