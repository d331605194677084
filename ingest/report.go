package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"osservatorio/ingest/words"
	"osservatorio/warehouse"
)

// reportSuffix is what a report's name adds to that of the refused file.
const reportSuffix = ".report.json"

// refusal is the report that stays beside a refused file: why, with counts
// and lines, but no value that may identify someone.
type refusal struct {
	Source      string             `json:"source"`
	Period      string             `json:"period"`
	File        string             `json:"file"`
	SHA256      string             `json:"sha256,omitempty"`
	RefusedAt   time.Time          `json:"refused_at"`
	Message     string             `json:"message"`
	Hint        string             `json:"hint,omitempty"`
	MessageIT   string             `json:"message_it"`
	HintIT      string             `json:"hint_it,omitempty"`
	Rows        int64              `json:"rows,omitempty"`
	Quarantined int64              `json:"bad_rows,omitempty"`
	Reasons     []warehouse.Reason `json:"reasons,omitempty"`
}

func writeReport(path string, l Load, at time.Time) error {
	r := refusal{Source: l.Source, Period: l.Period, File: l.File, SHA256: l.SHA256, RefusedAt: at.UTC(), Message: l.Err.Error(),
		Rows: l.Outcome.Rows, Quarantined: l.Outcome.Quarantined, Reasons: l.Outcome.Reasons}
	if h, ok := l.Err.(interface{ Hint() string }); ok {
		r.Hint = h.Hint()
	}
	italian, err := words.Italian()
	if err != nil {
		return err
	}
	r.MessageIT, r.HintIT = italian.Tell(l.Err), italian.Hint(l.Err)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return writeWhole(path+reportSuffix, b.Bytes())
}

// writeWhole writes a file that is there whole or not at all.
func writeWhole(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".part-")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
