package place

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// prepared is how long a service is left to prepare data before it is asked
// for them again.
const prepared = time.Minute

// errUnchanged says that the place has what was fetched before.
var errUnchanged = errors.New("unchanged")

// web fetches the one file of an address, if it changed since.
func (b *bringer) web(ctx context.Context) ([]string, error) {
	client := b.Client()
	defer client.CloseIdleConnections()
	before := b.seen[b.URL]
	m, err := b.keep(ctx, func(ctx context.Context, from int64, version string) (stream, error) {
		return b.get(ctx, client, before, from, version)
	})
	if errors.Is(err, errUnchanged) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b.seen[b.URL] = m
	return []string{m.Name}, b.seen.write(b.Dir)
}

// get asks for the file, or for the rest of it.
func (b *bringer) get(ctx context.Context, client *http.Client, before mark, from int64, version string) (stream, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.URL, nil)
	if err != nil {
		return stream{}, b.refuse("", "not an address", "https://…", "correct url of the source")
	}
	req.Header.Set("User-Agent", "osservatorio")
	req.Header.Set("Accept-Encoding", "identity")
	for _, h := range b.Headers {
		req.Header.Set(h.Name, h.Value)
	}
	switch {
	case from > 0:
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
		req.Header.Set("If-Range", version)
	case before.ETag != "":
		req.Header.Set("If-None-Match", before.ETag)
	case before.Modified != "":
		req.Header.Set("If-Modified-Since", before.Modified)
	}
	res, err := client.Do(req)
	if err != nil {
		return stream{}, b.unreachable(ctx, err)
	}
	s, err := b.answer(res, from)
	if err != nil {
		res.Body.Close()
	}
	return s, err
}

func (b *bringer) unreachable(ctx context.Context, err error) error {
	if r := asRefusal(err); r != nil {
		return r
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // its text repeats the address with its query
	}
	var untrusted *tls.CertificateVerificationError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &untrusted):
		return b.refuse("", "its certificate is not trusted: "+untrusted.Err.Error(), "a certificate of a known authority", "tell the supplier; nothing was sent or fetched")
	}
	return &passing{err: fmt.Errorf("not reached: %w", err)}
}

// answer judges a response and makes it a stream.
func (b *bringer) answer(res *http.Response, from int64) (stream, error) {
	switch code := res.StatusCode; {
	case code == http.StatusNotModified:
		return stream{}, errUnchanged
	case code == http.StatusOK:
		return b.fresh(res), nil
	case code == http.StatusPartialContent && from > 0:
		return b.rest(res)
	case code == http.StatusRequestedRangeNotSatisfiable && from > 0:
		return stream{}, &passing{err: errChanged, anew: true}
	case code == http.StatusTooManyRequests, code == http.StatusRequestTimeout, code == http.StatusTooEarly, code >= 500 && code != http.StatusNotImplemented && code != http.StatusHTTPVersionNotSupported:
		return stream{}, &passing{err: fmt.Errorf("the server answers %s", status(res)), after: b.retryAfter(res.Header.Get("Retry-After"))}
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return stream{}, b.refuse("", "the server answers "+status(res), "the file", "check headers of the source and the token in the environment")
	case code == http.StatusNotFound, code == http.StatusGone:
		return stream{}, b.refuse("", "the server answers "+status(res), "the file", "check url of the source: the supplier may have moved it")
	case code == http.StatusRequestEntityTooLarge:
		// Eurostat's statistics service prepares what is large while it is asked again.
		if head, _ := io.ReadAll(io.LimitReader(res.Body, 4<<10)); bytes.Contains(head, []byte("ASYNCHRONOUS_RESPONSE")) {
			return stream{}, &passing{err: errors.New("the server prepares the data"), after: prepared}
		}
		return stream{}, b.refuse("", "the server answers "+status(res), "the file", "ask for less at a time")
	}
	return stream{}, b.refuse("", "the server answers "+status(res), "the file (200)", "")
}

// status is a code with the name that the standard gives it: the server's own
// words are not repeated.
func status(res *http.Response) string {
	return strings.TrimSpace(strconv.Itoa(res.StatusCode) + " " + http.StatusText(res.StatusCode))
}

func (b *bringer) fresh(res *http.Response) stream {
	s := stream{body: res.Body, size: res.ContentLength, etag: res.Header.Get("ETag"), stamp: res.Header.Get("Last-Modified")}
	s.modified, _ = http.ParseTime(s.stamp)
	s.version = validator(res.Header)
	s.sha256 = digest(res.Header)
	s.name = nameOf(res)
	return s
}

// rest is the remainder of a file that was cut.
func (b *bringer) rest(res *http.Response) (stream, error) {
	s := b.fresh(res)
	var last int64
	if n, err := fmt.Sscanf(res.Header.Get("Content-Range"), "bytes %d-%d/%d", &s.from, &last, &s.size); err != nil || n != 3 {
		return stream{}, b.refuse("", fmt.Sprintf("Content-Range %q", res.Header.Get("Content-Range")), "bytes FROM-TO/SIZE", "the server cannot go on with a cut file")
	}
	if s.version == "" {
		s.version = res.Request.Header.Get("If-Range") // it held, else the answer were 200
	}
	return s, nil
}

// validator is what a Range may be tied to: a strong ETag, or the time of the
// last change.
func validator(h http.Header) string {
	if tag := h.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
		return tag
	}
	return h.Get("Last-Modified")
}

// digest reads the SHA-256 that a server states of the whole file (RFC 9530,
// and RFC 3230 before it).
func digest(h http.Header) []byte {
	for _, value := range append(h.Values("Repr-Digest"), h.Values("Digest")...) {
		for _, one := range strings.Split(value, ",") {
			name, sum, _ := strings.Cut(strings.TrimSpace(one), "=")
			if !strings.EqualFold(name, "sha-256") {
				continue
			}
			if raw, err := base64.StdEncoding.DecodeString(strings.Trim(sum, ":")); err == nil && len(raw) == 32 {
				return raw
			}
		}
	}
	return nil
}

// nameOf is the file's name as the server says it, else as the address does.
func nameOf(res *http.Response) string {
	media, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	_, params, err := mime.ParseMediaType(res.Header.Get("Content-Disposition"))
	if err == nil && params["filename"] != "" {
		return fileName(params["filename"], media)
	}
	return fileName(strings.TrimSuffix(res.Request.URL.Path, "/"), media)
}

func (b *bringer) retryAfter(text string) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, 1<<30)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(b.Now()))
	}
	return 0
}
