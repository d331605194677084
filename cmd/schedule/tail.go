package schedule

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// What is kept of the words of a run: enough to see what was wrong, whatever
// it says.
const (
	maxSaid  = 2 << 10 // bytes
	maxLines = 20
)

// tail hands on what is written to it and keeps the end.
type tail struct {
	mu   sync.Mutex
	to   io.Writer // may be nil
	kept []byte
	over bool // something before the kept end was dropped
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.to != nil {
		t.to.Write(p) // a log that cannot be written must not end the run
	}
	t.kept = append(t.kept, p...)
	if drop := len(t.kept) - maxSaid; drop > 0 {
		t.kept = append(t.kept[:0], t.kept[drop:]...)
		t.over = true
	}
	return len(p), nil
}

// lines returns the last lines that are whole.
func (t *tail) lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := t.kept
	if t.over {
		if _, rest, found := bytes.Cut(text, []byte("\n")); found {
			text = rest
		}
	}
	all := strings.Split(strings.TrimSpace(strings.ToValidUTF8(string(text), "�")), "\n")
	if len(all) == 1 && all[0] == "" {
		return nil
	}
	return all[max(0, len(all)-maxLines):]
}
