package serve

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fasthttp"
)

// A reader has as long as anyAnswer for any answer, and for a large file as much
// more as slowestBytes a second take.
const (
	anyRequest   = 5 * time.Second // from its first byte to its last
	anyAnswer    = 30 * time.Second
	anySilence   = time.Minute // of a connection
	slowestBytes = 16 << 10
	largestHead  = 16 << 10
	largestBody  = 4 << 10 // nobody has anything to send
)

// Server serves a site to the public, with limits against readers who take their
// time: of a request, of a whole answer, of a connection that says nothing.
type Server struct {
	site *handler
	http fasthttp.Server
}

// NewServer serves the site in dir like Handler; one swapped in within freshFor.
func NewServer(dir string, opt Options) *Server {
	s := &Server{site: &handler{&standing{dir: dir, fresh: freshFor}, opt}}
	s.http = fasthttp.Server{Handler: s.answer, ErrorHandler: s.refuse, Logger: silent{},
		ReadTimeout: anyRequest, WriteTimeout: anyAnswer, IdleTimeout: anySilence, ReadBufferSize: largestHead, MaxRequestBodySize: largestBody,
		NoDefaultServerHeader: true, NoDefaultContentType: true, DisablePreParseMultipartForm: true, CloseOnShutdown: true}
	return s
}

// silent hears what readers do wrong, which is nothing to tell.
type silent struct{}

func (silent) Printf(string, ...any) {}

// Serve answers until Shutdown, or until the listener fails.
func (s *Server) Serve(l net.Listener) error { return s.http.Serve(l) }

// Shutdown takes no more requests and waits for those under way.
func (s *Server) Shutdown(ctx context.Context) error { return s.http.ShutdownWithContext(ctx) }

// answer sends what is found for a request. A fault of ours is that of one
// answer, not the end of the server: the library leaves that to its user.
func (s *Server) answer(c *fasthttp.RequestCtx) {
	defer func() {
		if recover() != nil {
			c.Response.Reset()
			s.send(c, says(http.StatusInternalServerError, s.site.common("/"), "fault\n"))
		}
	}()
	q, ok := ask(c)
	if !ok {
		s.send(c, says(http.StatusBadRequest, s.site.common("/"), "bad request\n"))
		return
	}
	s.send(c, s.site.answer(q))
}

// ask reads what is asked for.
func ask(c *fasthttp.RequestCtx) (q asked, ok bool) {
	head := &c.Request.Header
	q.method, q.path, q.query = string(head.Method()), string(c.URI().PathOriginal()), string(c.URI().QueryString())
	if q.path == "" {
		q.path = "/"
	}
	if strings.Contains(q.path, "%") {
		plain, err := url.PathUnescape(q.path)
		if err != nil {
			return q, false
		}
		q.path = plain
	}
	if head.Peek(fasthttp.HeaderRange) == nil { // parts are of the file itself
		codings := string(head.Peek(fasthttp.HeaderAcceptEncoding))
		q.brotli, q.gzip = accepts(codings, "br"), accepts(codings, "gzip")
	}
	return q, true
}

// send sends an answer, a part of it, or that it need not be sent.
func (s *Server) send(c *fasthttp.RequestCtx, a *answer) {
	a.head.CopyTo(&c.Response.Header)
	from, size, status := int64(0), a.size, a.status
	if status == http.StatusOK {
		c.Response.Header.Set(fasthttp.HeaderAcceptRanges, "bytes")
		from, size, status = wanted(&c.Request.Header, a)
	}
	c.Response.SetStatusCode(status)
	switch status {
	case http.StatusPartialContent:
		c.Response.Header.Set(fasthttp.HeaderContentRange, "bytes "+strconv.FormatInt(from, 10)+"-"+strconv.FormatInt(from+size-1, 10)+"/"+strconv.FormatInt(a.size, 10))
	case http.StatusRequestedRangeNotSatisfiable:
		c.Response.Header.Set(fasthttp.HeaderContentRange, "bytes */"+strconv.FormatInt(a.size, 10))
	case http.StatusNotModified:
		c.Response.Header.Del(fasthttp.HeaderContentType)
		c.Response.Header.Del(fasthttp.HeaderContentEncoding)
	}
	switch {
	case a.file == nil:
		c.Response.SetBodyRaw(a.data[from : from+size])
	case size == 0:
		a.file.Close()
	default:
		s.stream(c, a, from, size)
	}
}

// stream sends size bytes of a large file. The library closes it.
func (s *Server) stream(c *fasthttp.RequestCtx, a *answer, from, size int64) {
	if _, err := a.file.Seek(from, io.SeekStart); err != nil {
		a.file.Close()
		c.SetStatusCode(http.StatusInternalServerError)
		return
	}
	if now := s.site.opt.Now; now != nil {
		_ = c.SetWriteDeadline(now().Add(s.http.WriteTimeout + time.Duration(size/slowestBytes)*time.Second)) // a connection that is gone tells when written to
	}
	c.Response.SetBodyStream(a.file, int(size))
}

// wanted is which bytes of a whole answer are to be sent, and with which status:
// all, a part, or none because the reader has them or asks for what is not there.
// Several parts at once are answered with all.
func wanted(head *fasthttp.RequestHeader, a *answer) (from, size int64, status int) {
	if list := head.Peek(fasthttp.HeaderIfMatch); list != nil && !lists(string(list), a.etag, false) {
		return 0, 0, http.StatusPreconditionFailed
	}
	if list := head.Peek(fasthttp.HeaderIfNoneMatch); list != nil && lists(string(list), a.etag, true) {
		return 0, 0, http.StatusNotModified
	}
	span, of := head.Peek(fasthttp.HeaderRange), head.Peek(fasthttp.HeaderIfRange)
	if span == nil || !strings.HasPrefix(string(span), "bytes=") || strings.Contains(string(span), ",") || of != nil && string(of) != a.etag {
		return 0, a.size, http.StatusOK
	}
	first, last, err := fasthttp.ParseByteRange(span, int(a.size))
	if err != nil {
		return 0, 0, http.StatusRequestedRangeNotSatisfiable
	}
	return int64(first), int64(last-first) + 1, http.StatusPartialContent
}

// lists tells whether a list of versions has that one; weak ones count for
// If-None-Match alone.
func lists(list, etag string, weak bool) bool {
	for one := range strings.SplitSeq(list, ",") {
		one = strings.TrimSpace(one)
		if weak {
			one = strings.TrimPrefix(one, "W/")
		}
		if one == etag || one == "*" {
			return true
		}
	}
	return false
}

// refuse answers what is no request.
func (s *Server) refuse(c *fasthttp.RequestCtx, err error) {
	status := http.StatusBadRequest
	var small *fasthttp.ErrSmallBuffer
	var late net.Error
	switch {
	case errors.As(err, &small):
		status = http.StatusRequestHeaderFieldsTooLarge
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		status = http.StatusRequestEntityTooLarge
	case errors.As(err, &late) && late.Timeout():
		status = http.StatusRequestTimeout
	}
	s.send(c, says(status, s.site.common("/"), strings.ToLower(http.StatusText(status))+"\n"))
}
