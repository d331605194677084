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
	"osservatorio/warehouse"
)

// releaseIfChanged returns the folder of the newest release, having made one
// first if anything that a release is made from has changed.
func (in *instance) releaseIfChanged(ctx context.Context, db *warehouse.DB) (string, error) {
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
	if newest != "" && made[filepath.Base(newest)] == now {
		in.out.say("release unchanged", "release", filepath.Base(newest))
		return newest, nil
	}
	folder, err := in.release(ctx, db)
	if err != nil {
		return "", err
	}
	made[filepath.Base(folder)] = now
	return folder, in.remember(made)
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
// else under the next free id.
func (in *instance) export(ctx context.Context, db *warehouse.DB, plan queries.Plan, report disclosure.Report, found queries.Findings) (string, error) {
	extraction, err := warehouse.ExtractionDate(ctx, db)
	if err != nil {
		return "", err
	}
	ids, err := in.candidates(extraction)
	if err != nil {
		return "", err
	}
	o := export.Options{Plan: plan, Report: report, Findings: found}
	if in.Region.Boundaries != "" {
		o.Boundaries = []string{in.path(in.Region.Boundaries)}
	}
	for _, c := range ids {
		o.Dir = filepath.Join(in.path(in.Paths.Releases), c.id)
		o.Info = in.info(c.id, c.supersedes, extraction)
		err = export.Write(ctx, db, o)
		if err == nil {
			in.out.say("release written", "release", c.id, "folder", o.Dir)
			return o.Dir, nil
		}
		if !errors.Is(err, export.ErrExists) {
			break
		}
	}
	return "", err
}

// candidate is an id that the release may get.
type candidate struct{ id, supersedes string }

// candidates are the newest release of the period, for a release that equals
// it, and the next free id: the period of publication or its next revision.
func (in *instance) candidates(extraction time.Time) ([]candidate, error) {
	base := in.Release.ID
	if base == "" {
		base = time.Date(extraction.Year(), extraction.Month()+1, 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
	}
	newest, err := in.newest()
	if err != nil {
		return nil, err
	}
	var out []candidate
	next := candidate{id: base}
	if newest != "" {
		next.supersedes = filepath.Base(newest)
		standing, err := release.Open(newest)
		if err != nil {
			return nil, err
		}
		if period, _ := splitID(standing.Info.ID); period == base {
			out = append(out, candidate{standing.Info.ID, standing.Info.Supersedes})
		}
	}
	for rev := 1; in.released(next.id); rev++ {
		next.id = fmt.Sprintf("%s.%d", base, rev)
	}
	return append(out, next), nil
}

func (in *instance) released(id string) bool {
	_, err := os.Stat(filepath.Join(in.path(in.Paths.Releases), id))
	return err == nil
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
