package serve

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Small files are answered from memory: of a site that stands no file changes,
// since another one takes its place whole.
const (
	smallFile   = 256 << 10 // bytes of a file that is kept
	keptAnswers = 96 << 20  // bytes kept of one site; above it all is let go
)

// asked is what an answer depends on.
type asked struct {
	path         string
	brotli, gzip bool
}

// answer is all that is sent of a small file, ready made.
type answer struct {
	header http.Header // but the length; shared by requests, so never changed
	etag   string
	length []string
	data   []byte
}

// answers are those of one site.
type answers struct {
	mu    sync.RWMutex
	kept  map[asked]*answer
	bytes int
}

func (a *answers) get(q asked) *answer {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.kept[q]
}

func (a *answers) put(q asked, made *answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.kept == nil || a.bytes+len(made.data) > keptAnswers {
		a.kept, a.bytes = map[asked]*answer{}, 0
	}
	if _, there := a.kept[q]; !there {
		a.kept[q] = made
		a.bytes += len(made.data)
	}
}

// read makes an answer of an open file, nil of one that is too large to keep.
func read(f io.Reader, size int64, header http.Header) (*answer, error) {
	if size > smallFile {
		return nil, nil
	}
	data, err := io.ReadAll(io.LimitReader(f, size+1))
	if err != nil || int64(len(data)) != size {
		return nil, err
	}
	return &answer{header.Clone(), header.Get("ETag"), []string{strconv.FormatInt(size, 10)}, data}, nil
}

// send writes the answer. Parts of it and other conditions than the usual one
// are the library's.
func (a *answer) send(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	for name, values := range a.header {
		head[name] = values
	}
	none := r.Header["If-None-Match"]
	switch {
	case len(none) == 1 && none[0] == a.etag:
		delete(head, "Content-Type")
		delete(head, "Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
	case none != nil || r.Header["Range"] != nil || r.Header["If-Match"] != nil:
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.data))
	default:
		head["Content-Length"] = a.length
		if r.Method != http.MethodHead {
			w.Write(a.data)
		}
	}
}
