package serve

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"sync"

	"github.com/valyala/fasthttp"
)

// Small files are answered from memory: of a site that stands no file changes,
// since another one takes its place whole.
const (
	smallFile   = 256 << 10 // bytes of a file that is kept
	keptAnswers = 96 << 20  // bytes kept of one site; above it all is let go
)

// asked is what an answer depends on.
type asked struct {
	method, path, query string // the path as it is meant, not as it is written
	brotli, gzip        bool
}

// key is what the answer is kept under.
type key struct {
	path         string
	brotli, gzip bool
}

// answer is all that is sent for an address, but what is a condition or a part
// of it. It has no body, one in memory, or one in an open file.
type answer struct {
	status int
	header http.Header              // but the length; shared by requests, so never changed
	head   *fasthttp.ResponseHeader // the same, made ready
	etag   string                   // "" where the answer has no version
	size   int64
	data   []byte
	file   *os.File // of a large one, for one request, which closes it
}

func newAnswer(status int, header http.Header) *answer {
	head := &fasthttp.ResponseHeader{}
	head.SetNoDefaultContentType(true)
	for name, values := range header {
		for _, v := range values {
			head.Add(name, v)
		}
	}
	return &answer{status: status, header: header, head: head, etag: header.Get("ETag")}
}

// says makes an answer of a few words.
func says(status int, header http.Header, words string) *answer {
	if words != "" {
		header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	a := newAnswer(status, header)
	a.data, a.size = []byte(words), int64(len(words))
	return a
}

// answers are those of one site.
type answers struct {
	mu    sync.RWMutex
	kept  map[key]*answer
	bytes int
}

func (a *answers) get(q key) *answer {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.kept[q]
}

func (a *answers) put(q key, made *answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.kept == nil || a.bytes+len(made.data) > keptAnswers {
		a.kept, a.bytes = map[key]*answer{}, 0
	}
	if _, there := a.kept[q]; !there {
		a.kept[q] = made
		a.bytes += len(made.data)
	}
}

// answer finds what is sent for an address.
func (h *handler) answer(q asked) *answer {
	site, err := h.site.look()
	if err != nil {
		return says(http.StatusNotFound, h.common(q.path), "not found\n")
	}
	defer site.done()
	switch q.method {
	case http.MethodGet, http.MethodHead:
		if kept := site.now.answers.get(key{q.path, q.brotli, q.gzip}); kept != nil {
			return kept
		}
		return h.look(site, q)
	case http.MethodOptions:
		header := h.common(q.path)
		header.Set("Access-Control-Allow-Methods", "GET, HEAD")
		header.Set("Access-Control-Allow-Headers", "Range, If-None-Match")
		return says(http.StatusNoContent, header, "")
	}
	header := h.common(q.path)
	header.Set("Allow", "GET, HEAD, OPTIONS")
	return says(http.StatusMethodNotAllowed, header, "method not allowed\n")
}

// common are the headers that every answer of an address carries.
func (h *handler) common(path string) http.Header {
	header := http.Header{}
	headers := h.opt.Headers
	if below(h.opt.FramedPaths, path) {
		headers = h.opt.Framed
	}
	for _, kv := range headers {
		header.Set(kv[0], kv[1])
	}
	if below(h.opt.OpenPaths, path) {
		header.Set("Access-Control-Allow-Origin", "*")
		header.Set("Access-Control-Expose-Headers", "Content-Range, Accept-Ranges, ETag, Content-Length")
		header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	return header
}

// look reads the answer from the site.
func (h *handler) look(site view, q asked) *answer {
	name := strings.TrimPrefix(path.Clean("/"+q.path), "/")
	switch {
	case hidden(name):
		return h.notFound(site, q)
	case name == "" || strings.HasSuffix(q.path, "/"):
		name = path.Join(name, "index.html")
	case site.isFolder(name):
		header := h.common(q.path)
		header.Set("Location", (&url.URL{Path: "/" + name + "/", RawQuery: q.query}).String())
		return says(http.StatusMovedPermanently, header, "moved\n")
	}
	made, err := h.file(site, q, name, http.StatusOK)
	if err != nil {
		return h.notFound(site, q)
	}
	// Other spellings of an address are not worth the room.
	if made.file == nil && (path.Clean(q.path) == strings.TrimSuffix(q.path, "/") || q.path == "/") {
		site.now.answers.put(key{q.path, q.brotli, q.gzip}, made)
	}
	return made
}

// notFound is the site's page for lost readers, with the headers of the address
// that was asked for.
func (h *handler) notFound(site view, q asked) *answer {
	made, err := h.file(site, q, "404.html", http.StatusNotFound)
	if err != nil {
		return says(http.StatusNotFound, h.common(q.path), "not found\n")
	}
	return made
}

// file is the answer of a file or its compressed twin.
func (h *handler) file(site view, q asked, name string, status int) (*answer, error) {
	open, coding := name, ""
	switch {
	case q.brotli && site.isFile(name+".br"):
		open, coding = name+".br", "br"
	case q.gzip && site.isFile(name+".gz"):
		open, coding = name+".gz", "gzip"
	}
	f, err := site.open(open)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fs.ErrNotExist
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	header := h.common(q.path)
	h.describe(header, name, coding, info)
	if status != http.StatusOK {
		header.Del("ETag")
	}
	made := newAnswer(status, header)
	made.size, made.file = info.Size(), f
	if made.size > smallFile {
		return made, nil
	}
	defer f.Close()
	made.file = nil
	made.data, err = io.ReadAll(io.LimitReader(f, made.size+1))
	if err == nil && int64(len(made.data)) != made.size {
		err = fmt.Errorf("read %s: %d bytes: expected %d", name, len(made.data), made.size)
	}
	return made, err
}
