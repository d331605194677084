// Package serve knows how a built site is handed to browsers: types, ranges,
// compressed twins, caching and security headers. It must not know what the
// pages say. Static hosts do the same from the site's _headers file.
package serve

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// Options says how a folder is served.
type Options struct {
	// Headers are sent with every answer, name and value.
	Headers [][2]string
	// Framed are sent in place of Headers below FramedPaths: to pages that other
	// sites may frame.
	Framed      [][2]string
	FramedPaths []string
	// Types are media types by the end of the path, the longest that fits counts;
	// they go before those known here.
	Types [][2]string
	// Now is the clock by which a reader of a large file has time in proportion to
	// it; nil leaves the server's own limit.
	Now func() time.Time
	// OpenPaths are beginnings of paths that other sites' scripts may read: the
	// data and the images of charts.
	OpenPaths []string
}

// handler serves a folder.
type handler struct {
	site *standing
	opt  Options
}

// Handler serves the site in dir, so that a site swapped in is served at once; no
// request sees two. It sets no limits against readers: Server is for the public.
func Handler(dir string, opt Options) http.Handler { return &handler{&standing{dir: dir}, opt} }

// types are those that systems tend not to know or to know wrongly.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".json": "application/json", ".geojson": "application/geo+json", ".svg": "image/svg+xml", ".csv": "text/csv; charset=utf-8",
	".parquet": "application/vnd.apache.parquet", ".woff2": "font/woff2", ".xml": "application/xml", ".txt": "text/plain; charset=utf-8",
	".md": "text/markdown; charset=utf-8", ".png": "image/png",
	".ttl": "text/turtle; charset=utf-8", ".rdf": "application/rdf+xml", ".jsonld": "application/ld+json", ".ics": "text/calendar; charset=utf-8",
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := asked{r.Method, r.URL.Path, r.URL.RawQuery, false, false}
	if r.Header["Range"] == nil { // parts are of the file itself
		codings := strings.Join(r.Header["Accept-Encoding"], ",")
		q.brotli, q.gzip = accepts(codings, "br"), accepts(codings, "gzip")
	}
	a := h.answer(q)
	maps.Copy(w.Header(), a.header)
	var body io.ReadSeeker = bytes.NewReader(a.data)
	if a.file != nil {
		defer a.file.Close()
		body = a.file
	}
	if a.status == http.StatusOK {
		http.ServeContent(w, r, "", time.Time{}, body)
		return
	}
	if a.status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.FormatInt(a.size, 10))
	}
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, body) // the head is out: a reader who left is no fault of ours
	}
}

// below tells whether a path begins with one of those. It is asked of the path as
// it will be looked up, so that /embed/../x is not taken for an embed.
func below(begins []string, p string) bool {
	clean := path.Clean("/" + p)
	if strings.HasSuffix(p, "/") && clean != "/" {
		clean += "/"
	}
	p = clean
	for _, begin := range begins {
		if strings.HasPrefix(p, begin) {
			return true
		}
	}
	return false
}

// hidden are files that stand in the folder but are not part of the site.
func hidden(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if strings.HasPrefix(part, ".") || part == "_headers" {
			return true
		}
	}
	return false
}

// describe sets what an answer says of its file.
func (h *handler) describe(head http.Header, name, coding string, info fs.FileInfo) {
	head.Set("Content-Type", h.typeOf(name))
	if isText(name) {
		head.Add("Vary", "Accept-Encoding")
	}
	if coding != "" {
		head.Set("Content-Encoding", coding)
	}
	head.Set("ETag", fmt.Sprintf(`"%x-%x%s"`, info.ModTime().UnixNano(), info.Size(), coding))
	head.Set("Cache-Control", caching(name))
}

func caching(name string) string {
	if strings.HasPrefix(name, "assets/") {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache" // keep, but ask first
}

func (h *handler) typeOf(name string) string {
	best := [2]string{"", "application/octet-stream"}
	if t, ok := types[path.Ext(name)]; ok {
		best[1] = t
	}
	for _, t := range h.opt.Types {
		if strings.HasSuffix("/"+name, t[0]) && len(t[0]) > len(best[0]) {
			best = t
		}
	}
	return best[1]
}

func isText(name string) bool {
	switch path.Ext(name) {
	case ".parquet", ".woff2", ".png":
		return false
	}
	return true
}

// accepts tells whether a list of codings has that one.
func accepts(codings, coding string) bool {
	for part := range strings.SplitSeq(codings, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == coding && strings.ReplaceAll(params, " ", "") != "q=0" {
			return true
		}
	}
	return false
}

// portsTried is how many ports Listen tries before it gives up.
const portsTried = 100

// Listen opens the first free port of host from port on.
func Listen(host string, port int) (net.Listener, error) {
	var last error
	for p := port; p < port+portsTried; p++ {
		l, err := net.Listen("tcp", net.JoinHostPort(host, fmt.Sprint(p)))
		if err == nil {
			return l, nil
		}
		last = err
	}
	return nil, fmt.Errorf("listen on %s: ports %d to %d are taken: %w", host, port, port+portsTried-1, last)
}
