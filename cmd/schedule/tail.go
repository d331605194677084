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

// maxLine is how long a line may be that is handed on whole.
const maxLine = 64 << 10

// tail hands on what is written to it, line by line, for runs side by side share
// where it goes, and keeps the end.
type tail struct {
	mu   sync.Mutex
	to   io.Writer // may be nil
	line []byte    // begun and not handed on
	kept []byte
	over bool // something before the kept end was dropped
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.line = append(t.line, p...)
	if end := bytes.LastIndexByte(t.line, '\n') + 1; end > 0 {
		t.hand(end)
	}
	if len(t.line) > maxLine {
		t.hand(len(t.line))
	}
	t.kept = append(t.kept, p...)
	if drop := len(t.kept) - maxSaid; drop > 0 {
		t.kept = append(t.kept[:0], t.kept[drop:]...)
		t.over = true
	}
	return len(p), nil
}

// hand hands on the first n bytes of what was not yet.
func (t *tail) hand(n int) {
	if t.to != nil {
		t.to.Write(t.line[:n]) // a log that cannot be written must not end the run
	}
	t.line = append(t.line[:0], t.line[n:]...)
}

// lines ends the last line and returns the last that are whole.
func (t *tail) lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.line) > 0 {
		t.line = append(t.line, '\n')
		t.hand(len(t.line))
	}
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
