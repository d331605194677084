package release

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// IndexFile stands beside the release folders and says what no folder can say
// of itself: which is the latest, which was superseded or withdrawn.
const IndexFile = "index.json"

// Index is releases/index.json.
type Index struct {
	Format   int     `json:"format"`
	Latest   string  `json:"latest"`   // newest release that was not withdrawn, "" if there is none
	Releases []Entry `json:"releases"` // by id
}

// Entry is what the index says of one release.
type Entry struct {
	ID           string      `json:"id"`
	Sums         string      `json:"sums_sha256"` // of its SHA256SUMS, which holds all other files
	SupersededBy string      `json:"superseded_by,omitempty"`
	Withdrawn    *Withdrawal `json:"withdrawn,omitempty"`
}

// Withdrawal says since when a release must no longer be used, and why.
type Withdrawal struct {
	On     string `json:"on"` // YYYY-MM-DD
	Reason string `json:"reason"`
}

// ReadIndex reads the index of a folder of releases; one without an index has
// an empty one.
func ReadIndex(dir string) (Index, error) {
	index := Index{Format: Format, Releases: []Entry{}}
	path := filepath.Join(dir, IndexFile)
	if err := checkFormat(path, IndexFile); errors.Is(err, fs.ErrNotExist) {
		return index, nil
	} else if err != nil {
		return index, fmt.Errorf("read index: %w", err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return index, fmt.Errorf("read index: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&index); err != nil {
		return index, fmt.Errorf("read index: %s: %w", path, err)
	}
	for _, e := range index.Releases {
		if err := CheckID(e.ID); err != nil {
			return index, fmt.Errorf("read index: %s: %w", path, err)
		}
	}
	return index, nil
}

// Entry returns what the index says of a release and whether it knows it.
func (x Index) Entry(id string) (Entry, bool) {
	i := slices.IndexFunc(x.Releases, func(e Entry) bool { return e.ID == id })
	if i < 0 {
		return Entry{}, false
	}
	return x.Releases[i], true
}

// With returns the index with an entry put in, or in the place of the one of
// the same id, and the latest release found anew.
func (x Index) With(e Entry) Index {
	list := slices.DeleteFunc(slices.Clone(x.Releases), func(old Entry) bool { return old.ID == e.ID })
	list = append(list, e)
	slices.SortFunc(list, func(a, b Entry) int { return CompareID(a.ID, b.ID) })
	x.Releases, x.Latest = list, ""
	for _, e := range list {
		if e.Withdrawn == nil {
			x.Latest = e.ID
		}
	}
	return x
}

// SumsHash is the hash of a release's manifest: it stands for the whole folder,
// and may be told before the release is.
func SumsHash(dir string) (string, error) {
	data, err := os.ReadFile(filepath.Join(dir, sumsFile))
	if err != nil {
		return "", fmt.Errorf("read release %s: %w", dir, err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}
