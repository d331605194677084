package place

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"

	"osservatorio/ingest/fetch"
)

const (
	// attempts is how often in a row a fetch is tried without getting on.
	attempts = 5
	// gettingOn is how many bytes make a try count as none.
	gettingOn = 1 << 20
	// firstWait is the pause after the first try; each next is twice as long.
	firstWait = 2 * time.Second
	// longestWait is what a server may ask us to wait.
	longestWait = 10 * time.Minute
)

// stream is what a place hands out: the bytes of one file from an offset on.
type stream struct {
	body     io.ReadCloser
	name     string // of the file
	from     int64
	size     int64     // of the whole file; -1 if it is not said
	version  string    // changes when the file does; "" if nothing tells
	modified time.Time // zero if it is not said
	md5      []byte    // of the whole file; nil if it is not said
	sha256   []byte    // likewise
	etag     string
	stamp    string                      // Last-Modified as written
	same     func(context.Context) error // asked at the end: is it still the file that it was; nil if nobody can tell
}

// errChanged is a file that became another between two reads.
var errChanged = errors.New("the file changed while it was fetched")

// opener opens the file from an offset on. version is what it had when the
// bytes before the offset were read. It may begin at 0 instead.
type opener func(ctx context.Context, from int64, version string) (stream, error)

// passing is a fault that may be gone at the next try.
type passing struct {
	err   error
	after time.Duration // the server's wish; 0 is ours
	anew  bool          // what came so far is of no use
}

func (p *passing) Error() string { return p.err.Error() }
func (p *passing) Unwrap() error { return p.err }

// transfer is one file on its way to disk.
type transfer struct {
	*bringer
	open   opener
	part   *os.File
	have   int64
	first  stream // as it was when the bytes that we have began
	sha    hash.Hash
	md5    hash.Hash
	starts int // how often the file was begun at 0
}

// keep brings one file into the folder, in several tries if it must, and
// returns what to remember of it.
func (b *bringer) keep(ctx context.Context, open opener) (mark, error) {
	part, err := os.CreateTemp(b.Dir, partPrefix)
	if err != nil {
		return mark{}, fmt.Errorf("fetch %s: %w", b.name(), err)
	}
	defer os.Remove(part.Name())
	defer part.Close()
	t := &transfer{bringer: b, open: open, part: part, sha: sha256.New(), md5: md5.New()}
	wait := firstWait
	for try := 1; ; try++ {
		before := t.have
		err := t.try(ctx)
		if err == nil {
			return t.finish()
		}
		var p *passing
		if ctx.Err() != nil || !errors.As(err, &p) {
			return mark{}, err
		}
		if t.have >= before+gettingOn {
			try, wait = 0, firstWait
		}
		if try == attempts {
			return mark{}, b.gaveUp(t, p)
		}
		pause := max(wait, p.after)
		if pause > longestWait {
			return mark{}, b.refuse("", fmt.Sprintf("%v, and asks to come again in %s", p.err, p.after), fmt.Sprintf("at most %s", longestWait), "run again later")
		}
		if err := b.Sleep(ctx, pause); err != nil {
			return mark{}, err
		}
		wait *= 2
	}
}

func (b *bringer) gaveUp(t *transfer, p *passing) error {
	where := ""
	if t.have > 0 {
		where = fmt.Sprintf("byte %d", t.have+1)
	}
	return b.refuse(where, fmt.Sprintf("%v, %d times in a row", p.err, attempts), "a whole file", "run again later: what is already here stays; ask the supplier if it goes on")
}

// try reads on from where the last try ended.
func (t *transfer) try(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	from := t.have
	if t.first.version == "" {
		from = 0 // nothing tells whether it is still the same file
	}
	s, err := t.open(ctx, from, t.first.version)
	if err != nil {
		var p *passing
		if errors.As(err, &p) && p.anew {
			return errors.Join(err, t.restart())
		}
		return err
	}
	defer s.body.Close()
	if s.from != t.have || t.have > 0 && (s.version != t.first.version || s.size != t.first.size) {
		if err := t.restart(); err != nil {
			return err
		}
		if s.from > 0 {
			return &passing{err: errChanged}
		}
	}
	if t.have == 0 {
		if t.starts++; t.starts > attempts {
			return t.refuse("", fmt.Sprintf("%v, %d times", errChanged, attempts), "a file that stands still", "fetch it when the supplier has written it")
		}
		t.first = s
	}
	if s.size > t.MaxBytes {
		return t.tooLarge(fmt.Sprintf("%s is %d bytes long", s.name, s.size))
	}
	if err := t.copy(ctx, cancel, s); err != nil {
		return err
	}
	if err := t.whole(); err != nil {
		return err
	}
	if t.first.same == nil {
		return nil
	}
	if err := t.first.same(ctx); err != nil {
		return errors.Join(&passing{err: err}, t.restart())
	}
	return nil
}

func (t *transfer) tooLarge(found string) error {
	return t.refuse("", found, fmt.Sprintf("at most %d bytes", t.MaxBytes), "raise max_size of the source if it is genuine")
}

// restart throws away what there is.
func (t *transfer) restart() error {
	t.have = 0
	t.sha.Reset()
	t.md5.Reset()
	if err := t.part.Truncate(0); err != nil {
		return err
	}
	_, err := t.part.Seek(0, io.SeekStart)
	return err
}

// copy writes the stream to disk. A stream that stalls is cut by cancel.
func (t *transfer) copy(ctx context.Context, cancel context.CancelCauseFunc, s stream) error {
	stalled := fmt.Errorf("no byte for %s", t.Stall)
	watchdog := time.AfterFunc(t.Stall, func() { cancel(stalled) })
	defer watchdog.Stop()
	release := context.AfterFunc(ctx, func() { s.body.Close() }) // a body that does not heed the context
	defer release()
	block := make([]byte, 256<<10)
	for {
		n, readErr := s.body.Read(block)
		watchdog.Reset(t.Stall)
		if n > 0 {
			if _, err := t.part.Write(block[:n]); err != nil {
				return fmt.Errorf("fetch %s: %w", t.name(), err)
			}
			t.sha.Write(block[:n])
			t.md5.Write(block[:n])
			t.have += int64(n)
			t.Progress(s.name, t.have, max(s.size, 0))
		}
		switch {
		case t.have > t.MaxBytes:
			return t.tooLarge(fmt.Sprintf("%s is longer than %d bytes", s.name, t.MaxBytes))
		case readErr == io.EOF:
			return nil
		case errors.Is(context.Cause(ctx), stalled):
			return &passing{err: stalled}
		case readErr != nil:
			return &passing{err: cut(readErr)}
		}
	}
}

// cut says in words what ended a transfer.
func cut(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the connection ended before the file did")
	}
	return fmt.Errorf("the connection broke: %w", err)
}

// whole judges what there is by what the place said of it.
func (t *transfer) whole() error {
	if t.first.size >= 0 && t.have < t.first.size {
		return &passing{err: fmt.Errorf("%d bytes of %d came", t.have, t.first.size)}
	}
	if t.first.size >= 0 && t.have > t.first.size {
		err := fmt.Errorf("%d bytes came where %d were announced", t.have, t.first.size)
		return errors.Join(&passing{err: err}, t.restart())
	}
	for _, sum := range []struct {
		name      string
		said, got []byte
	}{{"SHA-256", t.first.sha256, t.sha.Sum(nil)}, {"MD5", t.first.md5, t.md5.Sum(nil)}} {
		if sum.said != nil && !bytes.Equal(sum.said, sum.got) {
			err := fmt.Errorf("its %s is %.12s and was announced as %.12s", sum.name, hex.EncodeToString(sum.got), hex.EncodeToString(sum.said))
			return errors.Join(&passing{err: err}, t.restart())
		}
	}
	return nil
}

// finish puts the file where it belongs, on disk for good before it has its
// name, and with the time of its issue.
func (t *transfer) finish() (mark, error) {
	s := t.first
	issued := s.modified
	if issued.IsZero() {
		issued = t.Now()
	}
	issued = issued.UTC().Truncate(time.Second)
	if err := errors.Join(t.part.Sync(), t.part.Close()); err != nil {
		return mark{}, fmt.Errorf("fetch %s: %w", t.name(), err)
	}
	if err := os.Chtimes(t.part.Name(), issued, issued); err != nil {
		return mark{}, fmt.Errorf("fetch %s: %w", t.name(), err)
	}
	if err := os.Rename(t.part.Name(), filepath.Join(t.Dir, s.name)); err != nil {
		return mark{}, fmt.Errorf("fetch %s: %w", t.name(), err)
	}
	return mark{Name: s.name, ETag: s.etag, Modified: s.stamp, Issued: issued, Bytes: t.have, SHA256: hex.EncodeToString(t.sha.Sum(nil))}, nil
}

// fileName makes a name that is safe in a folder of what a stranger wrote: its
// last part, of letters, digits and . _ - alone, with the ending of a table.
func fileName(said, contentType string) string {
	base := said[lastSlash(said)+1:]
	name := make([]rune, 0, len(base))
	for _, r := range base {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-' {
			name = append(name, r)
		} else {
			name = append(name, '_')
		}
	}
	text := string(name)
	for len(text) > 0 && (text[0] == '.' || text[0] == '-') {
		text = text[1:]
	}
	if len(text) > 120 {
		text = text[len(text)-120:]
	}
	if text == "" {
		text = "delivery"
	}
	if !fetch.TableName(text) {
		text += ending(contentType)
	}
	return text
}

func lastSlash(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '/' || s[i] == '\\' {
			return i
		}
	}
	return -1
}

// ending is that of a table's name by its media type; .csv where it says
// nothing, for what a file is its bytes tell.
func ending(contentType string) string {
	switch contentType {
	case "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
		return ".xlsx"
	case "application/zip":
		return ".zip"
	case "application/vnd.apache.parquet":
		return ".parquet"
	case "application/x-ndjson", "application/jsonl":
		return ".jsonl"
	}
	return ".csv"
}

// patiently does what may have to be tried again.
func (b *bringer) patiently(ctx context.Context, do func() error) error {
	wait := firstWait
	for try := 1; ; try++ {
		err := do()
		var p *passing
		if err == nil || ctx.Err() != nil || !errors.As(err, &p) {
			return err
		}
		if try == attempts {
			return b.refuse("", fmt.Sprintf("%v, %d times in a row", p.err, attempts), "a place that answers", "run again later: what is already here stays")
		}
		if err := b.Sleep(ctx, wait); err != nil {
			return err
		}
		wait *= 2
	}
}
