package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

func (a *app) restoreCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "restore BACKUP DIR",
		Short: "Make an instance in a new folder from a backup",
		Long: `Holds every file of the backup to its checksum, lays the instance out in DIR and
holds its releases to its ledger. Nothing that is there is overwritten: DIR must
be free, and so must every absolute path that the configuration names.

Keys that the backup does not hold must be put back from where they are kept,
before the next run.`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			config, err := a.restore(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "restored %s\n", config)
			return nil
		},
	}
}

// restore returns the configuration of the instance that was laid out.
func (a *app) restore(ctx context.Context, from, dir string) (string, error) {
	info, files, err := readBackup(from)
	if err != nil {
		return "", err
	}
	raw, err := os.ReadFile(filepath.Join(from, "config"))
	if err != nil {
		return "", fmt.Errorf("restore %s: %w", from, err)
	}
	file, err := filepath.Abs(filepath.Join(dir, info.Config))
	if err != nil {
		return "", err
	}
	c := &Config{file: file, dir: filepath.Dir(file)}
	if _, err := decodeStrict(file, raw, c); err != nil { // faults of lists that are not there yet are told later
		return "", fmt.Errorf("restore %s: %w", from, err)
	}
	c.defaults()
	parts := append(c.parts(info.Secrets, info.Archive), part{"config", file})
	if err := free(dir, parts, files); err != nil {
		return "", err
	}
	if err := layBack(ctx, from, parts, files); err != nil {
		return "", fmt.Errorf("restore %s: %w", from, err)
	}
	a.config = file
	in, err := a.load()
	if err != nil {
		return "", err
	}
	if _, known := files["warehouse"]; known {
		err = in.held(ctx, func(db *warehouse.DB) error { return in.standingNow(ctx, db) })
	}
	return file, err
}

// readBackup holds a backup to its checksums: none missing, none too many.
func readBackup(dir string) (info backupInfo, sums map[string]string, err error) {
	raw, err := os.ReadFile(filepath.Join(dir, backupFile))
	if errors.Is(err, fs.ErrNotExist) {
		return info, nil, withCode(exitUsage, fmt.Errorf("restore %s: no backup there: expected a folder with %s", dir, backupFile))
	}
	if err == nil {
		err = json.Unmarshal(raw, &info)
	}
	if err != nil {
		return info, nil, fmt.Errorf("restore %s: %s: %w", dir, backupFile, err)
	}
	if info.Format > backupFormat {
		return info, nil, withCode(exitNewer, hinted(fmt.Errorf("restore %s: format %d: this program reads up to %d", dir, info.Format, backupFormat), "use the version of the program that wrote it, or a newer one: "+info.Software))
	}
	if sums, err = readSumsOfBackup(dir); err != nil {
		return info, nil, fmt.Errorf("restore %s: %w", dir, err)
	}
	var faults []error
	seen := 0
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if name = filepath.ToSlash(name); err != nil || name == sumsOfBackup {
			return err
		}
		seen++
		sum, err := hashFile(path)
		if err == nil && sums[name] != sum {
			faults = append(faults, fmt.Errorf("restore %s: %s: sha256 %s: expected %s", dir, name, sum, orElse(sums[name], "no such file")))
		}
		return err
	})
	if err == nil && seen < len(sums) {
		faults = append(faults, fmt.Errorf("restore %s: %d files: expected %d", dir, seen, len(sums)))
	}
	if err = errors.Join(append(faults, err)...); err != nil {
		return info, nil, withCode(exitTampered, hinted(err, "take another backup: nothing was restored"))
	}
	return info, sums, nil
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func readSumsOfBackup(dir string) (map[string]string, error) {
	f, err := os.Open(filepath.Join(dir, sumsOfBackup))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sums := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok || !fs.ValidPath(name) {
			return nil, fmt.Errorf("%s: %q: expected a hash and a relative path", sumsOfBackup, lines.Text())
		}
		sums[name] = sum
	}
	return sums, nil
}

// free refuses to lay anything over what is there.
func free(dir string, parts []part, files map[string]string) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return withCode(exitUsage, hinted(fmt.Errorf("restore to %s: it is not empty: a living instance is never overwritten", dir), "name a folder that is free"))
	}
	for _, p := range parts {
		if _, err := os.Lstat(p.path); !errors.Is(err, fs.ErrNotExist) && len(filesOf(p.name, files)) > 0 {
			return withCode(exitUsage, hinted(fmt.Errorf("restore: %s: there is something already: a living instance is never overwritten", p.path), "move it away, or restore where it is not"))
		}
	}
	return nil
}

// filesOf are the files of a part: the part itself, or what lies in it.
func filesOf(part string, files map[string]string) []string {
	var names []string
	for name := range files {
		if name == part || strings.HasPrefix(name, part+"/") {
			names = append(names, name)
		}
	}
	return names
}

// layBack copies every part to its place, the configuration last and at once: a
// folder without one is no instance.
func layBack(ctx context.Context, from string, parts []part, files map[string]string) error {
	for _, p := range parts {
		mode := fs.FileMode(0o600)
		if p.name == "public" || p.name == "releases" {
			mode = 0o644 // for whatever serves them
		}
		for _, name := range filesOf(p.name, files) {
			if err := ctx.Err(); err != nil {
				return err
			}
			to := filepath.Join(p.path, filepath.FromSlash(strings.TrimPrefix(name, p.name)))
			coming := to
			if p.name == "config" {
				coming += ".coming"
			}
			_, sum, err := copyWhole(filepath.Join(from, filepath.FromSlash(name)), coming, mode)
			if err != nil {
				return err
			}
			if sum != files[name] {
				return fmt.Errorf("%s: changed while it was read", name)
			}
			if coming != to {
				err = errors.Join(os.Rename(coming, to), syncDir(filepath.Dir(to)))
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// standingNow holds the releases to the ledger and the index.
func (in *instance) standingNow(ctx context.Context, db *warehouse.DB) error {
	index, err := release.ReadIndex(in.path(in.Paths.Releases))
	if err != nil {
		return err
	}
	return in.standing(ctx, db, index)
}
