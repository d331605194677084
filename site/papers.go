package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Printer prints a page of the site as PDF: it loads the address with a browser
// and returns the file without the time at which it was made. Key names what it
// would print with, for keeping files between builds.
type Printer interface {
	PDF(ctx context.Context, address string) ([]byte, error)
	Key() string
}

// printed tells whether a page is made to be printed.
func printed(id string) bool {
	return strings.HasPrefix(id, sheetID("")) || strings.HasPrefix(id, reportID(""))
}

// paperOf is the address of a page as a file, "" where none is made.
func (c composer) paperOf(id string) string {
	if c.opt.Printer == nil {
		return ""
	}
	return paperPath(c.path(id))
}

// paperPath names the file after the last two parts of the page's address, so
// that it says what it is when it lies among other files.
func paperPath(page string) string {
	parts := strings.Split(strings.Trim(page, "/"), "/")
	return page + strings.Join(parts[max(0, len(parts)-2):], "-") + ".pdf"
}

// papers lists the files that pages are printed to, by the address of the page.
func (b *builder) papers() map[string]string {
	out := map[string]string{}
	if b.opt.Printer == nil {
		return out
	}
	for _, d := range b.docs {
		if printed(d.ID) {
			out[d.Path] = paperPath(d.Path)
		}
	}
	return out
}

// paperPages keeps the pages that will be printed until they are.
type paperPages struct {
	mu   sync.Mutex
	html map[string][]byte // by address; nil for one that is not finished yet
}

// paperPages waits for the pages that have a paper.
func (b *builder) paperPages() {
	b.toPrint.html = map[string][]byte{}
	for address := range b.papers() {
		b.toPrint.html[address] = nil
	}
}

func (p *paperPages) keep(page rendered) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, wanted := p.html[page.path]; wanted {
		p.html[page.path] = page.html
	}
}

// writePapers prints the pages made for it. They are served to the browser from
// memory, because the site itself is not published yet.
func (b *builder) writePapers() error {
	papers := b.papers()
	if len(papers) == 0 {
		return nil
	}
	html := b.toPrint.html
	desk, err := b.openDesk(html)
	if err != nil {
		return err
	}
	defer desk.close()
	order := sortedKeys(papers)
	return b.parallel("papers", len(order), func(i int) error {
		pdf, err := b.paper(desk, order[i], html[order[i]])
		if err != nil {
			return fmt.Errorf("print page %s: %w", order[i], err)
		}
		return b.out.put(file(papers[order[i]]), pdf)
	})
}

// paper prints one page, or takes it from the cache where page, style and
// browser are the same.
func (b *builder) paper(d *desk, page string, html []byte) ([]byte, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, b.opt.Printer.Key(), b.assets.names["style.css"])
	sum.Write(html)
	key := hex.EncodeToString(sum.Sum(nil))
	at := filepath.Join(b.opt.CacheDir, key[:2], key+".pdf")
	if b.opt.CacheDir != "" {
		if pdf, err := os.ReadFile(at); err == nil && strings.HasPrefix(string(pdf), "%PDF-") {
			return pdf, nil
		}
	}
	pdf, err := b.opt.Printer.PDF(b.ctx, d.address+page)
	if err != nil || b.opt.CacheDir == "" {
		return pdf, err
	}
	return pdf, keep(at, pdf)
}

// desk serves finished pages and built assets on this machine while they are printed.
type desk struct {
	address string
	server  *http.Server
	done    chan error
}

func (b *builder) openDesk(html map[string][]byte) (*desk, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("print pages: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		page, ok := html[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page) // a browser that went away asks for nothing more
	})
	mux.HandleFunc("/assets/", func(w http.ResponseWriter, r *http.Request) {
		data, err := fs.ReadFile(b.assets.files, path.Base(r.URL.Path))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		if strings.HasSuffix(r.URL.Path, ".css") {
			w.Header().Set("Content-Type", "text/css; charset=utf-8")
		}
		_, _ = w.Write(data)
	})
	d := &desk{address: "http://" + l.Addr().String(), server: &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}, done: make(chan error, 1)}
	go func() { d.done <- d.server.Serve(l) }()
	return d, nil
}

func (d *desk) close() {
	_ = d.server.Close() // closing a listener that is gone has nothing to say
	<-d.done
}
