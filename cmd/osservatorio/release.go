package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"osservatorio/queries"
	"osservatorio/queries/disclosure"
	"osservatorio/queries/export"
	"osservatorio/queries/release"
	"osservatorio/queries/released"
	"osservatorio/warehouse"
)

// releaseIfChanged returns the folder of the newest release, having made one
// first if anything that a release is made from has changed.
func (in *instance) releaseIfChanged(ctx context.Context, db *warehouse.DB) (string, error) {
	if err := in.settle(ctx, db); err != nil {
		return "", err
	}
	now, err := in.inputs(ctx, db)
	if err != nil {
		return "", err
	}
	made, err := in.madeFrom()
	if err != nil {
		return "", err
	}
	newest, err := in.newest()
	if err != nil {
		return "", err
	}
	switch {
	case in.askedID != "":
		if _, err := in.asked(newest); err != nil {
			return "", err // told before anything is computed
		}
	case newest != "" && made[filepath.Base(newest)] == now:
		return in.unchanged(newest)
	}
	if newest != "" {
		if err := in.sound(newest); err != nil {
			return "", err // told before anything is computed
		}
	}
	started := in.now()
	folder, err := in.release(ctx, db)
	if err != nil {
		return "", err
	}
	in.timed(folder, started, releaseStage)
	made[filepath.Base(folder)] = now
	return folder, in.remember(made)
}

// sound holds the files of a release to its manifest, before another follows it
// or a site is made of it: a disk may have changed them since.
func (in *instance) sound(folder string) error {
	err := release.VerifySums(folder)
	if err == nil {
		return nil
	}
	id := filepath.Base(folder)
	return withCode(exitTampered, hinted(fmt.Errorf("release %s: its files are not what it was made as: %w", id, err),
		"put the folder back from a backup, or move it away and make it again with: osservatorio release --reproduce "+id))
}

// unchanged returns the release that is shown when there is nothing to make
// another from: not one that was withdrawn.
func (in *instance) unchanged(newest string) (string, error) {
	latest, err := in.latest()
	switch {
	case err != nil:
		return "", err
	case latest == newest:
		in.out.say("release unchanged", "release", filepath.Base(newest))
	case latest == "":
		return "", hinted(fmt.Errorf("make release: %s is withdrawn, and what it was made from is as it was", filepath.Base(newest)),
			"correct the source, the configuration or the lists, then run again")
	default:
		in.log.Warn("the newest release is withdrawn, and what it was made from is as it was", "withdrawn", filepath.Base(newest), "latest", filepath.Base(latest))
	}
	return latest, nil
}

// madeFrom is what each release was made from: id → hash of its inputs. It is
// kept beside the releases, not in them, since it names this very program.
func (in *instance) madeFrom() (map[string]string, error) {
	made := map[string]string{}
	raw, err := os.ReadFile(in.madeFromFile())
	if errors.Is(err, fs.ErrNotExist) {
		return made, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &made); err != nil {
		return nil, fmt.Errorf("read %s: %w", in.madeFromFile(), err)
	}
	return made, nil
}

func (in *instance) remember(made map[string]string) error {
	raw, err := json.MarshalIndent(made, "", "  ")
	if err != nil {
		return err
	}
	part := in.madeFromFile() + ".part"
	if err := os.WriteFile(part, append(raw, '\n'), 0o640); err != nil {
		return err
	}
	return os.Rename(part, in.madeFromFile())
}

func (in *instance) madeFromFile() string {
	return filepath.Join(in.path(in.Paths.Releases), ".made-from.json")
}

// export writes the release: as the newest one where nothing in it has changed,
// else under the next free id. A release that is new goes into the ledger and
// the index.
func (in *instance) export(ctx context.Context, db *warehouse.DB, plan queries.Plan, report disclosure.Report, found queries.Findings) (string, error) {
	extraction, err := warehouse.ExtractionDate(ctx, db)
	if err != nil {
		return "", err
	}
	ids, err := in.candidates(extraction)
	if err != nil {
		return "", err
	}
	o := export.Options{Plan: plan, Report: report, Findings: found, HighValue: in.Release.HighValue}
	if o.Key, err = in.signingKey(); err != nil {
		return "", err
	}
	if in.Region.Boundaries != "" {
		o.Boundaries = []string{in.path(in.Region.Boundaries)}
	}
	for _, c := range ids {
		o.Dir, o.Follows = in.folder(c.id), ""
		if in.rebuildInto != "" {
			o.Dir = filepath.Join(in.rebuildInto, c.id)
		}
		if c.supersedes != "" {
			o.Follows = in.folder(c.supersedes)
		}
		o.Info = in.info(c.id, c.supersedes, extraction)
		if o.Info.Embargo, err = in.embargo(c.id); err != nil {
			return "", err
		}
		err = export.Write(ctx, db, o)
		if err == nil {
			in.out.say("release written", "release", c.id, "folder", o.Dir)
			return o.Dir, in.enter(ctx, db, o.Dir)
		}
		if !errors.Is(err, export.ErrExists) {
			break
		}
	}
	return "", err
}

// enter takes a release that was just written into the ledger and the index.
func (in *instance) enter(ctx context.Context, db *warehouse.DB, folder string) error {
	if in.rebuilds != nil {
		return nil
	}
	made := released.Made{On: in.now().Format(time.DateOnly), Software: fingerprint()}
	var err error
	if made.LastLoad, err = warehouse.LastLoad(ctx, db, nil); err != nil {
		return err
	}
	if made.Lists, err = in.listsHash(); err != nil {
		return err
	}
	raw, err := os.ReadFile(in.file)
	if err != nil {
		return err
	}
	made.Configuration = string(raw)
	if err := released.Record(ctx, db, folder, made); err != nil {
		return err
	}
	return in.settle(ctx, db)
}

// candidate is an id that the release may get.
type candidate struct{ id, supersedes string }

// candidates are the newest release of the period, for a release that equals
// it, and the next free id: the period of publication or its next revision.
func (in *instance) candidates(extraction time.Time) ([]candidate, error) {
	if in.rebuilds != nil {
		return []candidate{{in.rebuilds.ID, in.rebuilds.Follows}}, nil
	}
	newest, err := in.newest()
	if err != nil {
		return nil, err
	}
	if in.askedID != "" {
		return in.asked(newest)
	}
	base := in.period(extraction)
	var out []candidate
	next := candidate{id: base}
	if newest != "" {
		next.supersedes = filepath.Base(newest)
		standing, err := release.Open(newest)
		if err != nil {
			return nil, err
		}
		if period, _ := release.SplitID(standing.Info.ID); period == base {
			out = append(out, candidate{standing.Info.ID, standing.Info.Supersedes})
		}
	}
	for rev := 1; in.released(next.id); rev++ {
		next.id = fmt.Sprintf("%s.%d", base, rev)
	}
	return append(out, next), nil
}

// asked is the id that the operator wants, which must be new and the last.
func (in *instance) asked(newest string) ([]candidate, error) {
	c := candidate{id: in.askedID}
	if newest != "" {
		c.supersedes = filepath.Base(newest)
	}
	switch {
	case in.released(c.id):
		return nil, withCode(exitUsage, hinted(fmt.Errorf("make release %s: there is one already: a release is never overwritten", c.id),
			"without --id it gets the next free id: a correction is a revision such as "+c.id+".1"))
	case c.supersedes != "" && release.CompareID(c.id, c.supersedes) < 0:
		return nil, withCode(exitUsage, fmt.Errorf("make release %s: it would come before %s: expected a later id", c.id, c.supersedes))
	}
	return []candidate{c}, nil
}

// info is what release.json says that the warehouse does not know.
func (in *instance) info(id, supersedes string, extraction time.Time) release.Info {
	return release.Info{
		ID: id, Supersedes: supersedes, ExtractionDate: extraction.Format(time.DateOnly), NextRelease: in.Release.Next,
		Software: "osservatorio " + version, Synthetic: in.Region.Synthetic,
		Publisher: release.Publisher{
			Name: in.Publisher.Name, IPACode: in.Publisher.IPACode, Contact: in.Publisher.Contact, PEC: in.Publisher.PEC,
			AccessibilityURL: in.Publisher.AccessibilityURL, BaseURL: in.Publisher.BaseURL, Licence: in.Publisher.Licence,
		},
		Region: release.Region{Name: release.Text{IT: in.Region.Name, EN: in.Region.NameEN}},
	}
}
