package site

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"osservatorio/queries/release"
)

// edition is what the site tells of one release: this one or one before it.
type edition struct {
	ID        string
	Extracted string // YYYY-MM-DD
	Embargo   string // as in its release.json
	Replaced  string // id of the release that took its place, "" for none
	Withdrawn *release.Withdrawal
	Changes   release.Changes
}

// readEditions reads what this release and those before it say of themselves. A
// later one is left out: it may not be public yet.
func (b *builder) readEditions() error {
	if b.opt.ReleaseDir != nil && b.offers("changes.json") {
		if err := readJSON(b.opt.ReleaseDir, "changes.json", &b.changes); err != nil {
			return fmt.Errorf("read release %s: %w", b.rel.Info.ID, err)
		}
	}
	info := b.rel.Info
	b.editions = []edition{{ID: info.ID, Extracted: info.ExtractionDate, Embargo: info.Embargo, Changes: b.changes}}
	if b.opt.Archive == nil {
		return nil
	}
	for _, e := range slices.Backward(b.opt.Index.Releases) {
		if err := b.addEdition(e); err != nil {
			return fmt.Errorf("read release %s: %w", e.ID, err)
		}
	}
	return nil
}

func (b *builder) addEdition(e release.Entry) error {
	switch order := release.CompareID(e.ID, b.rel.Info.ID); {
	case order > 0:
		return nil
	case order == 0:
		b.editions[0].Replaced, b.editions[0].Withdrawn = e.SupersededBy, e.Withdrawn
		return nil
	}
	var info release.Info
	if err := readJSON(b.opt.Archive, e.ID+"/release.json", &info); err != nil {
		return err
	}
	past := edition{ID: e.ID, Extracted: info.ExtractionDate, Embargo: info.Embargo, Replaced: e.SupersededBy, Withdrawn: e.Withdrawn}
	if err := readJSON(b.opt.Archive, e.ID+"/changes.json", &past.Changes); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	b.editions = append(b.editions, past)
	return nil
}

func readJSON(files fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
