package place

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"osservatorio/ingest/fetch"
	"osservatorio/ingest/sdmx"
)

// Statistics is a question to a service of official statistics (SDMX REST).
type Statistics struct {
	Query     sdmx.Query
	Structure bool          // ask for the structure too, for labels
	Pause     time.Duration // between two questions; 0 is none
}

// asks tells whether the place is such a service.
func (s Statistics) asks() bool { return s.Query.Flow != "" }

// statistics asks the service and keeps the answer as one table, <flow>.csv.
// Limits, retries, redirects and addresses are those of any web address; the
// question for the whole is conditional.
func (b *bringer) statistics(ctx context.Context) ([]string, error) {
	client := b.Client()
	defer client.CloseIdleConnections()
	q := b.Statistics.Query
	a := &answers{bringer: b, client: client, whole: q.URL()}
	asker := sdmx.Asker{Get: a.get, Pause: b.Statistics.Pause, Wait: b.Sleep, Temp: b.Dir, Structure: b.Statistics.Structure}
	name := strings.ToLower(fileName(q.Flow, "text/csv"))
	part := filepath.Join(b.Dir, partPrefix+name)
	sum, err := asker.Fetch(ctx, q, part)
	var fault *sdmx.Fault
	switch {
	case errors.Is(err, sdmx.ErrUnchanged):
		return nil, nil
	case errors.As(err, &fault):
		return nil, b.refuse(fault.Where, fault.Found, fault.Wanted, fault.Advice)
	case err != nil:
		return nil, err
	}
	b.Progress(name, sum.Rows, sum.Rows)
	m, err := b.settled(ctx, part, name, a.last)
	if err != nil {
		return nil, err
	}
	b.seen[a.whole] = m
	return []string{m.Name}, b.seen.write(b.Dir)
}

// settled gives the table its name. One with the bytes of the last stays as old
// as that, so that nothing new is told where nothing is new.
func (b *bringer) settled(ctx context.Context, part, name string, said mark) (mark, error) {
	sum, size, err := fetch.Checksum(ctx, part)
	if err != nil {
		return mark{}, err
	}
	m := mark{Name: name, ETag: said.ETag, Modified: said.Modified, Issued: said.Issued, Bytes: size, SHA256: sum}
	if before := b.seen[b.Statistics.Query.URL()]; before.SHA256 == sum {
		m.Issued = before.Issued
	}
	if m.Issued.IsZero() {
		m.Issued = b.Now().UTC().Truncate(time.Second)
	}
	if err := os.Chtimes(part, m.Issued, m.Issued); err != nil {
		return mark{}, fmt.Errorf("fetch %s: %w", b.name(), err)
	}
	if err := os.Rename(part, filepath.Join(b.Dir, name)); err != nil {
		return mark{}, fmt.Errorf("fetch %s: %w", b.name(), err)
	}
	return m, nil
}

// answers fetches the answers to one question and its parts.
type answers struct {
	*bringer
	client *http.Client
	whole  string // address of the question for the whole
	last   mark   // what the answer to it says of its version
}

// get is sdmx.Get: an answer that says no with words is an answer too.
func (a *answers) get(ctx context.Context, address string, header http.Header, file string) (sdmx.Response, error) {
	one := *a.bringer
	one.URL, one.Dir = address, filepath.Dir(file)
	var answer sdmx.Response
	m, err := one.keep(ctx, func(ctx context.Context, _ int64, _ string) (stream, error) {
		s, r, err := a.question(ctx, address, header)
		answer = r
		return s, err
	})
	if errors.Is(err, errUnchanged) {
		return sdmx.Response{Status: http.StatusNotModified}, nil
	}
	if err != nil {
		return sdmx.Response{}, err
	}
	switch {
	case answer.Status != http.StatusOK:
	case address == a.whole:
		a.last = m
	default: // data came from elsewhere: what the first answer says of its version is not theirs
		a.last.ETag, a.last.Modified = "", ""
	}
	return answer, os.Rename(filepath.Join(one.Dir, m.Name), file)
}

// question asks once. The answer is never gone on with from the middle.
func (a *answers) question(ctx context.Context, address string, header http.Header) (stream, sdmx.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return stream{}, sdmx.Response{}, a.refuse("", "not an address", "https://…", "correct the question of the source")
	}
	req.Header = header.Clone()
	req.Header.Set("User-Agent", "osservatorio")
	for _, h := range a.Headers {
		req.Header.Set(h.Name, h.Value)
	}
	if before := a.seen[address]; address == a.whole && before.ETag != "" {
		req.Header.Set("If-None-Match", before.ETag)
	} else if address == a.whole && before.Modified != "" {
		req.Header.Set("If-Modified-Since", before.Modified)
	}
	res, err := a.client.Do(req)
	if err != nil {
		return stream{}, sdmx.Response{}, a.unreachable(ctx, err)
	}
	answer := sdmx.Response{Status: res.StatusCode, ContentType: res.Header.Get("Content-Type")}
	switch code := res.StatusCode; {
	case code == http.StatusNotModified:
		res.Body.Close()
		return stream{}, answer, errUnchanged
	case code == http.StatusTooManyRequests, code >= 500 && code != http.StatusNotImplemented:
		res.Body.Close()
		return stream{}, answer, &passing{err: fmt.Errorf("the server answers %s", status(res)), after: a.retryAfter(res.Header.Get("Retry-After"))}
	}
	s := a.fresh(res)
	s.name, s.version = "answer.csv", ""
	if res.StatusCode != http.StatusOK { // the body is a message and no delivery
		s.modified, s.etag, s.stamp = time.Time{}, "", ""
	}
	return s, answer, nil
}
