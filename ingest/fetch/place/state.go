package place

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	stateName  = ".fetched.json" // begins with a point: a folder's look passes it by
	partPrefix = ".part-"
)

// mark is what is remembered of a file that was fetched, to ask for it only
// if it has changed.
type mark struct {
	Name     string    `json:"name"` // in the folder
	ETag     string    `json:"etag,omitempty"`
	Modified string    `json:"last_modified,omitempty"` // as the place wrote it
	Issued   time.Time `json:"issued"`
	Bytes    int64     `json:"bytes"`
	SHA256   string    `json:"sha256"`
}

// state holds the marks by address or remote path. It is a help and no
// record: without it a file is fetched once more, and the ledger knows it.
type state map[string]mark

func readState(dir string) (state, error) {
	raw, err := os.ReadFile(filepath.Join(dir, stateName))
	if errors.Is(err, fs.ErrNotExist) {
		return state{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what was fetched: %w", err)
	}
	s := state{}
	if json.Unmarshal(raw, &s) != nil {
		return state{}, nil // half written by a full disk, say: fetch again
	}
	return s, nil
}

func (s state) write(dir string) error {
	raw, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	part := filepath.Join(dir, partPrefix+"state")
	if err := os.WriteFile(part, raw, 0o600); err != nil {
		return fmt.Errorf("write what was fetched: %w", err)
	}
	return os.Rename(part, filepath.Join(dir, stateName))
}
