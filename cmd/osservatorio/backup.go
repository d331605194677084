package main

import (
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
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// backupFile says what a backup is of; sumsOfBackup holds every other file of it.
const (
	backupFile   = "backup.json"
	sumsOfBackup = "SHA256SUMS"
	backupFormat = 1
)

// backupInfo is backup.json.
type backupInfo struct {
	Format   int    `json:"format"`
	Made     string `json:"made"` // RFC 3339
	Software string `json:"software"`
	Config   string `json:"config"` // name of the configuration's file
	Secrets  bool   `json:"secrets"`
	Archive  bool   `json:"archive"`
}

// part is one thing of an instance that a backup keeps: its place in the backup
// and its place in the instance.
type part struct{ name, path string }

// parts are the things of an instance that cannot be made again. The public site
// is one: figures pinned by earlier releases stand there alone.
func (c *Config) parts(secrets, archive bool) []part {
	list := []part{
		{"warehouse", c.path(c.Paths.Warehouse)}, {"releases", c.path(c.Paths.Releases)}, {"public", c.path(c.Paths.Public)}, {"state", c.path(c.Paths.State)},
		{"lists", c.path(c.Region.Lists)}, {"geography", c.path(c.Region.Geography)}, {"boundaries", c.path(c.Region.Boundaries)}, {"content", c.path(c.Paths.Content)},
	}
	for _, s := range c.Sources {
		if s.Mapping != "" {
			list = append(list, part{"mapping-" + s.Name, c.path(s.Mapping)})
		}
	}
	if archive {
		list = append(list, part{"archive", c.path(c.Paths.Archive)})
	}
	if secrets {
		list = append(list, part{"secret", c.path(c.Paths.Secret)})
		if c.Release.Key != "" {
			key := c.path(c.Release.Key)
			list = append(list, part{"signing", key}, part{"signing-public", strings.TrimSuffix(key, filepath.Ext(key)) + ".pub"})
		}
	}
	var there []part
	seen := map[string]bool{"": true}
	for _, p := range list {
		if !seen[p.path] {
			there = append(there, p)
		}
		seen[p.path] = true
	}
	return there
}

func (a *app) backupCommand() *cobra.Command {
	var secrets, archive bool
	var wait time.Duration
	c := &cobra.Command{
		Use:   "backup DIR",
		Short: "Copy the instance to a new folder, as it stands between two runs",
		Long: `Copies the warehouse with its ledger, the releases and their index, the public
site, the run history, the configuration and the instance's own lists and texts,
with a checksum of every file. A run under way is waited for; meanwhile runs find
the instance held, and readers of the site notice nothing.
The copy is for its owner alone: it holds rows about persons under pseudonyms.

Keys are left out unless --secrets asks for them, deliveries in the archive unless
--archive does. What is in the inbox is no part of an instance yet.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			in.patience = wait
			files, size, err := in.backup(cmd.Context(), args[0], backupInfo{Secrets: secrets, Archive: archive})
			if err == nil {
				fmt.Fprintf(a.stdout, "backup %s: %d files, %d bytes\n", args[0], files, size)
			}
			return err
		},
	}
	c.Flags().DurationVar(&wait, "wait", time.Hour, "how long to wait for a run under way to end")
	c.Flags().BoolVar(&secrets, "secrets", false, "copy the keys too: whoever has the backup can then undo the pseudonyms and sign releases")
	c.Flags().BoolVar(&archive, "archive", false, "copy the archive of deliveries too")
	return c
}

// backup writes the copy beside its place and gives it its name when it is whole.
func (in *instance) backup(ctx context.Context, dir string, info backupInfo) (files int, size int64, err error) {
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return 0, 0, withCode(exitUsage, fmt.Errorf("back up to %s: there is something already: expected a name that is free", dir))
	}
	unlock, err := in.still(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer unlock()
	partial := dir + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		return 0, 0, err
	}
	if err := os.MkdirAll(partial, 0o700); err != nil {
		return 0, 0, troubled(fmt.Errorf("back up: %w", err))
	}
	defer os.RemoveAll(partial)
	info.Format, info.Made, info.Software, info.Config = backupFormat, in.now().UTC().Format(time.RFC3339), fingerprint(), filepath.Base(in.file)
	k := &copier{ctx: ctx, to: partial, sums: map[string]string{}}
	k.all(append(in.parts(info.Secrets, info.Archive), part{"config", in.file}))
	k.write(backupFile, info)
	if k.err == nil {
		k.err = k.writeSums()
	}
	if k.err != nil {
		return 0, 0, troubled(fmt.Errorf("back up to %s: %w", dir, k.err))
	}
	return len(k.sums), k.size, os.Rename(partial, dir)
}

// still stops everything that changes the instance until the returned func is
// called, and has the warehouse's file hold all that was written.
func (in *instance) still(ctx context.Context) (func(), error) {
	unlock, err := in.lockInTime(ctx)
	if err != nil {
		return nil, err
	}
	if err := in.foldIn(ctx); err != nil {
		unlock()
		return nil, err
	}
	unlockSite, err := in.siteLock(ctx)
	if err != nil {
		unlock()
		return nil, err
	}
	return func() { unlockSite(); unlock() }, nil
}

// lockInTime takes the instance as soon as a run under way lets go of it.
func (in *instance) lockInTime(ctx context.Context) (func(), error) {
	const look = 200 * time.Millisecond
	for waited := time.Duration(0); ; waited += look {
		unlock, err := in.lock()
		if exitCode(err) != exitBusy || waited >= in.patience {
			return unlock, err
		}
		if waited == 0 {
			in.out.say("waiting for the run under way", "at_most", in.patience)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(look):
		}
	}
}

// foldIn opens and closes the warehouse: what a killed run left beside its file
// is in it then.
func (in *instance) foldIn(ctx context.Context) error {
	path := in.path(in.Paths.Warehouse)
	if _, err := os.Stat(path); err != nil {
		return nil // nothing was loaded yet
	}
	db, err := in.open(ctx)
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(path + ".wal"); err == nil {
		return fmt.Errorf("back up: %s.wal: still there after the warehouse was closed", path)
	}
	return nil
}

// copier copies files and keeps the hash of each.
type copier struct {
	ctx  context.Context
	to   string
	sums map[string]string // by name in the backup
	size int64
	err  error
}

func (k *copier) all(parts []part) {
	for _, p := range parts {
		if _, err := os.Stat(p.path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if k.err == nil {
			k.err = k.tree(p)
		}
	}
}

func (k *copier) tree(p part) error {
	return filepath.WalkDir(p.path, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !d.Type().IsRegular() { // no sockets
			return err
		}
		if err := k.ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(p.path, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(filepath.Join(p.name, rel)) // of a file: the part's own name
		n, sum, err := copyWhole(path, filepath.Join(k.to, filepath.FromSlash(name)), 0o600)
		k.size += n
		k.sums[name] = sum
		return err
	})
}

// copyWhole copies a file until the disk holds it, with its time of change, and
// returns the hash of what was written.
func copyWhole(from, to string, mode fs.FileMode) (int64, string, error) {
	folders := fs.FileMode(0o750)
	if mode&0o004 != 0 {
		folders = 0o755
	}
	if err := os.MkdirAll(filepath.Dir(to), folders); err != nil {
		return 0, "", err
	}
	source, err := os.Open(from)
	if err != nil {
		return 0, "", err
	}
	defer source.Close()
	info, err := source.Stat()
	if err != nil {
		return 0, "", err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return 0, "", err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, h), source)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return n, "", err
	}
	return n, hex.EncodeToString(h.Sum(nil)), os.Chtimes(to, time.Time{}, info.ModTime())
}

func (k *copier) write(name string, value any) {
	if k.err != nil {
		return
	}
	raw, err := json.MarshalIndent(value, "", "  ")
	if err == nil {
		err = os.WriteFile(filepath.Join(k.to, name), append(raw, '\n'), 0o600)
	}
	sum := sha256.Sum256(append(raw, '\n'))
	k.sums[name], k.err = hex.EncodeToString(sum[:]), err
}

func (k *copier) writeSums() error {
	names := make([]string, 0, len(k.sums))
	for name := range k.sums {
		names = append(names, name)
	}
	slices.Sort(names)
	var out strings.Builder
	for _, name := range names {
		out.WriteString(k.sums[name] + "  " + name + "\n")
	}
	return os.WriteFile(filepath.Join(k.to, sumsOfBackup), []byte(out.String()), 0o600)
}
