package serve

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Live hands out a site that is being written: its pages load again when told,
// and show what stopped the last build. The site on disk knows nothing of it;
// the script is put into a page on its way to the browser.
type Live struct {
	site   http.Handler
	framed []string

	mu      sync.Mutex
	readers map[chan []byte]bool
	last    []byte // the fault that pages must show, nil without one
	closed  bool
}

// Addresses that no site has: a page's first part is a word or a language.
const (
	liveStream = "/-/live"
	liveScript = "/-/live.js"
)

//go:embed live.js
var liveCode []byte

// NewLive makes the pages of a site live, those below framed excepted: they are
// made to load nothing but themselves.
func NewLive(site http.Handler, framed []string) *Live {
	return &Live{site: site, framed: framed, readers: map[chan []byte]bool{}}
}

// Changed makes all open pages load again.
func (l *Live) Changed() { l.tell(nil) }

// Fault shows an error on all open pages until the next change.
func (l *Live) Fault(err error) { l.tell(err) }

func (l *Live) tell(fault error) {
	said := map[string]string{}
	if fault != nil {
		said["fault"] = fault.Error()
	}
	data, _ := json.Marshal(said) // a map of strings has no fault
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = nil
	if fault != nil {
		l.last = data
	}
	for r := range l.readers {
		select {
		case <-r: // what the page has not heard yet no longer holds
		default:
		}
		r <- data
	}
}

// Close ends the streams, for the server to stop.
func (l *Live) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for r := range l.readers {
		close(r)
		delete(l.readers, r)
	}
}

func (l *Live) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == liveStream:
		l.stream(w, r)
	case r.URL.Path == liveScript:
		w.Header().Set("Content-Type", types[".js"])
		w.Write(liveCode)
	case below(l.framed, r.URL.Path):
		l.site.ServeHTTP(w, r)
	default:
		l.page(w, r)
	}
}

func (l *Live) join() (chan []byte, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, false
	}
	r := make(chan []byte, 1)
	if l.last != nil {
		r <- l.last
	}
	l.readers[r] = true
	return r, true
}

func (l *Live) leave(r chan []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.readers, r)
}

// stream sends one event a change for as long as the page is open.
func (l *Live) stream(w http.ResponseWriter, r *http.Request) {
	news, ok := l.join()
	if !ok {
		http.Error(w, "stopped", http.StatusServiceUnavailable)
		return
	}
	defer l.leave(news)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	send := http.NewResponseController(w)
	fmt.Fprint(w, "retry: 500\n\n")
	for {
		if send.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case data, open := <-news:
			if !open {
				return
			}
			fmt.Fprintf(w, "data: %s\n\n", data)
		}
	}
}

// page sends a file; one that is HTML gets the script.
func (l *Live) page(w http.ResponseWriter, r *http.Request) {
	plain := r.Clone(r.Context())
	if strings.HasSuffix(r.URL.Path, "/") || strings.HasSuffix(r.URL.Path, ".html") {
		plain.Header.Del("Accept-Encoding")
		plain.Header.Del("Range")
	}
	held := &holder{ResponseWriter: w, status: http.StatusOK}
	l.site.ServeHTTP(held, plain)
	held.send()
}

// holder keeps an answer that is HTML until it is whole.
type holder struct {
	http.ResponseWriter
	status int
	html   bool
	began  bool
	body   bytes.Buffer
}

func (h *holder) WriteHeader(status int) {
	h.began, h.status = true, status
	head := h.Header()
	h.html = strings.HasPrefix(head.Get("Content-Type"), "text/html") && head.Get("Content-Encoding") == "" && status != http.StatusNotModified
	if !h.html {
		h.ResponseWriter.WriteHeader(status)
	}
}

func (h *holder) Write(data []byte) (int, error) {
	if !h.began {
		h.WriteHeader(http.StatusOK)
	}
	if h.html {
		return h.body.Write(data)
	}
	return h.ResponseWriter.Write(data)
}

func (h *holder) send() {
	if !h.html {
		return
	}
	page := bytes.Replace(h.body.Bytes(), []byte("</head>"), []byte(`<script src="`+liveScript+`" defer></script></head>`), 1)
	h.Header().Set("Content-Length", strconv.Itoa(len(page)))
	h.ResponseWriter.WriteHeader(h.status)
	h.ResponseWriter.Write(page)
}
