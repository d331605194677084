package schedule

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// What the history keeps at most. Both bound the file: a run has at most about
// 3 kB, so that ten jobs have 3 MB.
const (
	keptRuns    = 100     // of each job; its last success is kept beside them
	compactFrom = 1 << 20 // bytes, and at least twice what was kept the last time
)

// History is the file of runs: a line when one starts, another when it ends.
// Lines are only added; when there are too many the newest of each job are
// written anew and put in its place. It has one owner at a time.
type History struct {
	path  string
	file  *os.File
	runs  []Run // in the order of their first line
	bytes int64
	limit int64
}

// OpenHistory reads the file at path, makes it where there is none, and cuts
// off a last line that was torn. bad is how many other lines could not be read;
// they are left where they are.
func OpenHistory(path string) (h *History, bad int, err error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fmt.Errorf("open history: %w", err)
	}
	whole := int64(bytes.LastIndexByte(text, '\n') + 1)
	runs, bad := readRuns(bytes.NewReader(text[:whole]))
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o640)
	if err != nil {
		return nil, bad, fmt.Errorf("open history: %w", err)
	}
	if err := f.Truncate(whole); err != nil {
		f.Close()
		return nil, bad, fmt.Errorf("open history: %w", err)
	}
	return &History{path: path, file: f, runs: runs, bytes: whole, limit: compactFrom}, bad, nil
}

// ReadHistory reads the runs of the file at path, oldest first, also while its
// owner writes; none where there is no file.
func ReadHistory(path string) ([]Run, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	defer f.Close()
	runs, _ := readRuns(f)
	return runs, nil
}

// readRuns joins the lines of each run: the last one counts.
func readRuns(r io.Reader) (runs []Run, bad int) {
	at := map[string]int{}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return runs, bad // what follows the last end of line is torn
		}
		var run Run
		if json.Unmarshal(line, &run) != nil || run.ID == "" || run.Job == "" {
			bad++
			continue
		}
		if i, known := at[run.ID]; known {
			runs[i] = run
			continue
		}
		at[run.ID] = len(runs)
		runs = append(runs, run)
	}
}

// Put adds what is known of a run now, and is on the disk when it returns.
func (h *History) Put(run Run) error {
	line, err := json.Marshal(run)
	if err != nil {
		return fmt.Errorf("write history: %w", err)
	}
	h.remember(run)
	n, err := h.file.Write(append(line, '\n'))
	h.bytes += int64(n)
	if err == nil {
		err = h.file.Sync()
	}
	if err != nil {
		// A line that a full disk cut must not be joined to the next one.
		h.file.Truncate(h.bytes - int64(n))
		h.bytes -= int64(n)
		return fmt.Errorf("write history: %w", err)
	}
	if h.bytes > h.limit {
		return h.compact()
	}
	return nil
}

func (h *History) remember(run Run) {
	for i := len(h.runs) - 1; i >= 0; i-- {
		if h.runs[i].ID == run.ID {
			h.runs[i] = run
			return
		}
	}
	h.runs = append(h.runs, run)
	if len(h.runs)%keptRuns == 0 {
		h.runs = newest(h.runs)
	}
}

// Of returns the runs of a job, oldest first.
func (h *History) Of(job string) []Run {
	return slices.DeleteFunc(slices.Clone(h.runs), func(r Run) bool { return r.Job != job })
}

// compact writes the newest runs of each job anew.
func (h *History) compact() error {
	h.runs = newest(h.runs)
	var text bytes.Buffer
	for _, run := range h.runs {
		line, err := json.Marshal(run)
		if err != nil {
			return fmt.Errorf("shorten history: %w", err)
		}
		text.Write(append(line, '\n'))
	}
	if err := writeFile(h.path, text.Bytes()); err != nil {
		return fmt.Errorf("shorten history: %w", err)
	}
	f, err := os.OpenFile(h.path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return fmt.Errorf("shorten history: %w", err)
	}
	h.file.Close()
	h.file, h.bytes = f, int64(text.Len())
	h.limit = max(compactFrom, 2*h.bytes)
	return nil
}

// newest keeps the newest runs of each job and its last success, in their order.
func newest(runs []Run) []Run {
	kept := map[string]int{}
	succeeded := map[string]bool{}
	var out []Run
	for _, run := range slices.Backward(runs) {
		kept[run.Job]++
		lastSuccess := run.Outcome == Done && !succeeded[run.Job]
		succeeded[run.Job] = succeeded[run.Job] || lastSuccess
		if kept[run.Job] <= keptRuns || lastSuccess {
			out = append(out, run)
		}
	}
	slices.Reverse(out)
	return out
}

// Close ends the ownership.
func (h *History) Close() error { return h.file.Close() }

// writeFile puts text at path whole or not at all.
func writeFile(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // nothing is there any more when all went well
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return err
}
