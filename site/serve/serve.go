// Package serve knows how a built site is handed to browsers: types, ranges,
// compressed twins, caching and security headers. It must not know what the
// pages say. Static hosts do the same from the site's _headers file.
package serve

import (
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path"
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

// A reader has as long as the server gives for any answer, and for a large file
// as much more as this many bytes a second take.
const (
	anyAnswer    = 30 * time.Second
	slowestBytes = 16 << 10
)

// GarbagePercent is how much a process that only serves may let its memory grow
// before it is collected: requests leave little, files are kept apart.
const GarbagePercent = 400

// allow gives a reader more time for a large file.
func (o Options) allow(w http.ResponseWriter, size int64) {
	if o.Now == nil {
		return
	}
	until := o.Now().Add(anyAnswer + time.Duration(size/slowestBytes)*time.Second)
	_ = http.NewResponseController(w).SetWriteDeadline(until) // a writer of a test has none
}

// Server is a server of h with limits against readers who take their time: of
// the head of a request, of a whole answer, of a connection that says nothing.
func Server(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: anyAnswer,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
}

// handler serves a folder.
type handler struct {
	site *standing
	opt  Options
}

// Handler serves the site in dir, read from disk at each request, so that a site
// swapped in is served at once; no request sees two.
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
	site, err := h.site.look()
	if err != nil {
		h.setCommon(w.Header(), r.URL.Path)
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	defer site.done()
	q := asked{r.URL.Path, accepts(r, "br"), accepts(r, "gzip")}
	if r.Header["Range"] != nil {
		q.brotli, q.gzip = false, false // parts are of the file itself
	}
	if ready := site.now.answers.get(q); ready != nil && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		ready.send(w, r)
		return
	}
	h.setCommon(w.Header(), r.URL.Path)
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		h.serve(w, r, site, q)
	case http.MethodOptions:
		w.Header().Set("Access-Control-Allow-Methods", "GET, HEAD")
		w.Header().Set("Access-Control-Allow-Headers", "Range, If-None-Match")
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Allow", "GET, HEAD, OPTIONS")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	}
}

// setCommon sets what every answer of an address carries.
func (h *handler) setCommon(head http.Header, path string) {
	headers := h.opt.Headers
	if below(h.opt.FramedPaths, path) {
		headers = h.opt.Framed
	}
	for _, kv := range headers {
		head.Set(kv[0], kv[1])
	}
	if below(h.opt.OpenPaths, path) {
		head.Set("Access-Control-Allow-Origin", "*")
		head.Set("Access-Control-Expose-Headers", "Content-Range, Accept-Ranges, ETag, Content-Length")
		head.Set("Cross-Origin-Resource-Policy", "cross-origin")
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

func (h *handler) serve(w http.ResponseWriter, r *http.Request, site view, q asked) {
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if hidden(name) {
		h.notFound(w, r, site, q)
		return
	}
	if name == "" || strings.HasSuffix(r.URL.Path, "/") {
		name = path.Join(name, "index.html")
	} else if site.isFolder(name) {
		target := "/" + name + "/"
		if r.URL.RawQuery != "" {
			target += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, target, http.StatusMovedPermanently)
		return
	}
	if err := h.file(w, r, site, q, name, http.StatusOK); err != nil {
		h.notFound(w, r, site, q)
	}
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

// notFound sends the site's page for lost readers.
func (h *handler) notFound(w http.ResponseWriter, r *http.Request, site view, q asked) {
	if err := h.file(w, r, site, q, "404.html", http.StatusNotFound); err != nil {
		http.Error(w, "not found", http.StatusNotFound)
	}
}

// file sends a file or its compressed twin.
func (h *handler) file(w http.ResponseWriter, r *http.Request, site view, q asked, name string, status int) error {
	open, coding := name, ""
	switch {
	case q.brotli && site.isFile(name+".br"):
		open, coding = name+".br", "br"
	case q.gzip && site.isFile(name+".gz"):
		open, coding = name+".gz", "gzip"
	}
	f, err := site.open(open)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return fs.ErrNotExist
	}
	h.describe(w, name, coding, info)
	if status != http.StatusOK {
		w.Header().Del("ETag")
		return sendStatus(w, r, f, info, status)
	}
	ready, err := read(f, info.Size(), w.Header())
	if err != nil {
		return err
	}
	if ready != nil {
		if path.Clean(q.path) == strings.TrimSuffix(q.path, "/") || q.path == "/" { // other spellings of an address are not worth the room
			site.now.answers.put(q, ready)
		}
		ready.send(w, r)
		return nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	h.opt.allow(w, info.Size())
	http.ServeContent(w, r, name, time.Time{}, f)
	return nil
}

func (h *handler) describe(w http.ResponseWriter, name, coding string, info fs.FileInfo) {
	head := w.Header()
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

// sendStatus sends a whole file under another status than 200.
func sendStatus(w http.ResponseWriter, r *http.Request, f *os.File, info fs.FileInfo, status int) error {
	w.Header().Set("Content-Length", fmt.Sprint(info.Size()))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	_, _ = io.Copy(w, f) // the head is out: a reader who left is no fault of ours
	return nil
}

// accepts tells whether the browser takes that coding.
func accepts(r *http.Request, coding string) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
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
