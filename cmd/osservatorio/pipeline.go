package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"osservatorio/ingest"
	"osservatorio/ingest/contract"
	"osservatorio/ingest/fetch"
	"osservatorio/ingest/privacy"
	"osservatorio/queries"
	"osservatorio/queries/disclosure"
	"osservatorio/warehouse"
)

// ingest brings in what is new of the named sources, all if none is named.
func (in *instance) ingest(ctx context.Context, db *warehouse.DB, names []string) (ingest.Report, error) {
	sources, err := in.pick(names)
	if err != nil {
		return ingest.Report{}, err
	}
	o := ingest.Options{
		DB: db, Sources: sources, SourceDir: in.path(in.Paths.Inbox), Spool: in.path(in.Paths.Spool), Archive: in.path(in.Paths.Archive),
		ArchiveRecipient: in.Paths.Recipient, Temp: in.path(in.Limits.Temp), Workers: in.Limits.Threads,
		Memory: in.Limits.Memory, Threads: in.Limits.Threads,
		Now: in.now, Log: in.log,
		Progress: func(p ingest.Progress) { in.out.show(p.Source+" "+p.Step, p.Bytes, p.Total) },
	}
	if in.sourceDir != "" {
		o.SourceDir, o.KeepInbox = in.sourceDir, true
	} else if err := in.placeAll(sources, environment); err != nil {
		return ingest.Report{}, err
	}
	if o.Key, err = in.keyOf(ctx, db); err != nil {
		return ingest.Report{}, err
	}
	report, err := ingest.Run(ctx, o)
	in.out.end()
	if ctx.Err() != nil {
		return report, ctx.Err()
	}
	kept := in.retain(ctx, o)
	in.out.say("ingest", "loaded", report.Count(ingest.Loaded), "known", report.Count(ingest.Known), "refused", report.Count(ingest.Refused))
	if len(names) == 0 && in.sourceDir == "" {
		for _, file := range report.Unclaimed {
			in.log.Warn("file of no source", "file", file, "expected", "a name such as services_2026-Q3_2026-10-20.csv or a manifest "+file+fetch.ManifestSuffix)
		}
	}
	if kept != nil {
		return report, errors.Join(refusal(report, err), kept)
	}
	return report, refusal(report, err)
}

// key is the secret of the pseudonyms; an instance of open sources has none.
func (in *instance) key() (*privacy.Key, error) {
	path := in.path(in.Paths.Secret)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	key, err := privacy.LoadKey(path)
	if err != nil {
		return nil, err
	}
	return &key, nil
}

func (in *instance) pick(names []string) ([]ingest.Source, error) {
	var sources []ingest.Source
	known := map[string]bool{}
	for _, s := range in.Sources {
		known[s.Name] = true
		if len(names) > 0 && !slices.Contains(names, s.Name) {
			continue
		}
		source := ingest.Source{
			Name: s.Name, Contract: s.Contract, Path: s.Path, Pattern: s.Pattern, Mode: s.Mode,
			Mapping: in.path(s.Mapping), Encoding: s.Encoding, MaxBadShare: s.MaxBadShare,
			RetentionMonths: s.RetentionMonths, Licence: s.Licence, Period: s.Period, Synthetic: in.Region.Synthetic,
			Dialect: s.Table.dialect(), Layout: s.Table.layout(),
		}
		if s.IssuedAt != "" {
			source.IssuedAt, _ = time.Parse(time.DateOnly, s.IssuedAt) // validated with the configuration
		}
		sources = append(sources, source)
	}
	for _, name := range names {
		if !known[name] {
			return nil, withCode(exitUsage, fmt.Errorf("source %q: no such [[source]] in %s", name, in.file))
		}
	}
	return sources, nil
}

// derive brings the views up to what is loaded; tables whose inputs did not
// change are kept.
func (in *instance) derive(ctx context.Context, db *warehouse.DB) (queries.Plan, error) {
	views, err := queries.Views()
	if err != nil {
		return queries.Plan{}, err
	}
	plan, err := queries.NewPlan(ctx, db, views)
	if err != nil {
		return plan, err
	}
	built, err := queries.Update(ctx, db, plan)
	if err != nil {
		return plan, err
	}
	in.out.say("views built", "views", len(plan.Views), "tables_made", len(built.Made), "tables_kept", len(built.Kept))
	return plan, nil
}

// release computes, protects and writes a release and returns its folder.
func (in *instance) release(ctx context.Context, db *warehouse.DB) (string, error) {
	loaded, err := warehouse.CurrentBatches(ctx, db)
	if err != nil {
		return "", err
	}
	if len(loaded) == 0 {
		return "", hinted(errors.New("make release: nothing was loaded yet"), "put deliveries into "+in.path(in.Paths.Inbox)+" and run: osservatorio ingest")
	}
	if err := disclosure.Gate(ctx, db, in.Region.Synthetic); err != nil {
		return "", withCode(exitChecks, err)
	}
	plan, err := in.derive(ctx, db)
	if err != nil {
		return "", err
	}
	found, err := in.check(ctx, db, plan)
	if err != nil {
		return "", err
	}
	policy, err := in.policy()
	if err != nil {
		return "", err
	}
	if policy.Intervals, err = in.intervals(); err != nil {
		return "", err
	}
	if policy.Intervals != nil {
		defer os.RemoveAll(policy.Intervals.Scratch)
	}
	report, err := disclosure.Protect(ctx, db, plan, policy)
	in.out.end()
	if err != nil {
		return "", withCode(exitChecks, err)
	}
	in.tellGate(report)
	return in.export(ctx, db, plan, report, found)
}

// protections gives the protection of each contract.
func protections() map[string]string {
	out := map[string]string{}
	for _, name := range contract.Names() {
		c, err := contract.Load(name)
		if err != nil {
			panic(err) // the contracts are part of the program and tested
		}
		out[name] = c.Protection
	}
	return out
}

// fingerprint tells two builds of the program apart: the hash of the running
// binary, or the version where it cannot be read.
func fingerprint() string {
	path, err := os.Executable()
	if err != nil {
		return version
	}
	info, err := os.Stat(path)
	if err != nil {
		return version
	}
	return fmt.Sprintf("%s %d %d", version, info.Size(), info.ModTime().UnixNano())
}

// inputs is the hash of all that a release is made from: the deliveries that
// count, the configuration and the program.
func (in *instance) inputs(ctx context.Context, db *warehouse.DB) (string, error) {
	batches, err := warehouse.CurrentBatches(ctx, db)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, b := range batches {
		fmt.Fprintln(h, b.Source, b.Period, b.SHA256)
	}
	raw, err := os.ReadFile(in.file)
	if err != nil {
		return "", err
	}
	h.Write(raw)
	lists, err := in.listsHash()
	if err != nil {
		return "", err
	}
	fmt.Fprintln(h, lists, fingerprint())
	if err := in.erasures(ctx, db, h); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// listsHash is the hash of the instance's own lists, territory and boundaries.
func (in *instance) listsHash() (string, error) {
	h := sha256.New()
	for _, dir := range []string{in.Region.Lists, in.Region.Geography, in.Region.Boundaries} {
		if err := hashTree(h, in.path(dir)); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// hashTree adds the files of a configured folder or file; nothing where there is none.
func hashTree(h interface{ Write([]byte) (int, error) }, path string) error {
	if path == "" {
		return nil
	}
	if _, err := os.Stat(path); err != nil {
		return nil // a built-in geography is part of the program
	}
	return filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		fmt.Fprintln(h, filepath.Base(p), len(raw))
		_, err = h.Write(raw)
		return err
	})
}
