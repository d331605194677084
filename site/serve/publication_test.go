package serve

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"osservatorio/site/output"
)

// editionText is a file that says on each of its lines which edition it is of.
func editionText(n, lines int) []byte {
	return bytes.Repeat([]byte(fmt.Sprintf("edition %06d\n", n)), lines)
}

func pageText(n int) []byte {
	return append([]byte(fmt.Sprintf("style.%06d.css\n", n)), editionText(n, 200)...)
}

const (
	publicationPages = 20
	largeLines       = 10_000
)

// layOut writes edition n of a site: pages with twins, a large file, style named
// by content, and a page that no other edition has.
func layOut(t *testing.T, out output.Output, n int) {
	t.Helper()
	put := func(name string, data []byte) {
		if err := out.Write(name, data); err != nil {
			t.Error(err)
		}
	}
	page := pageText(n)
	for i := range publicationPages {
		put(fmt.Sprintf("p%d/index.html", i), page)
		if n%2 == 0 { // a twin that only every second edition has
			put(fmt.Sprintf("p%d/index.html.br", i), page)
		}
	}
	put("index.html", page)
	put("404.html", []byte("not here"))
	put("data/large.csv", editionText(n, largeLines))
	put(fmt.Sprintf("assets/style.%06d.css", n), editionText(n, 10))
	put(fmt.Sprintf("only/%d/index.html", n), page)
}

// reader asks for files without pause and holds every answer to what was public.
type reader struct {
	t      *testing.T
	url    string
	client *http.Client
	begun  *atomic.Int64 // newest edition whose publication has begun
	seen   *atomic.Int64 // newest edition that any reader has had
	asked  *atomic.Int64
}

func (r reader) get(path string, header ...string) (int, []byte) {
	r.asked.Add(1)
	req, err := http.NewRequest(http.MethodGet, r.url+path, nil)
	if err != nil {
		r.t.Error(err)
		return 0, nil
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := r.client.Do(req)
	if err != nil {
		r.t.Error(err)
		return 0, nil
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Errorf("%s: cut: %v", path, err)
	}
	return res.StatusCode, body
}

// whole asks for a file that every edition has and holds it to what one of them
// has there, to the byte.
func (r reader) whole(path string, want func(n int) []byte, header ...string) []byte {
	floor := r.seen.Load()
	status, body := r.get(path, header...)
	top := r.begun.Load()
	if status != http.StatusOK && status != http.StatusPartialContent {
		r.t.Errorf("%s: status %d: no site", path, status)
		return nil
	}
	n := floor
	for n <= top+1 && !bytes.Equal(body, want(int(n))) {
		n++
	}
	switch {
	case n == top+1:
		r.t.Errorf("%s: edition %d before it was published", path, n)
	case n > top:
		r.t.Errorf("%s: %d bytes that are no edition from %d to %d: a half, a mixed or an old one: %.40s …", path, len(body), floor, top, body)
	}
	for had := r.seen.Load(); n > had && n <= top && !r.seen.CompareAndSwap(had, n); had = r.seen.Load() {
	}
	return body
}

func (r reader) visit() {
	before := r.begun.Load()
	page := r.whole(fmt.Sprintf("/p%d/", rand.N(publicationPages)), pageText, "Accept-Encoding", "br")
	if page == nil {
		return
	}
	style, _, _ := bytes.Cut(page, []byte("\n"))
	status, _ := r.get("/assets/" + string(style))
	if status != http.StatusOK && r.begun.Load()-before < 2 {
		r.t.Errorf("%s: status %d: a page without its style", style, status)
	}
	const line = len("edition 000000\n")
	r.whole("/data/large.csv", func(n int) []byte { return editionText(n, largeLines) })
	r.whole("/data/large.csv", func(n int) []byte { return editionText(n, 100) }, "Range", fmt.Sprintf("bytes=%d-%d", 50*line, 150*line-1))
	next := r.begun.Load() + 1
	for _, path := range []string{fmt.Sprintf("/only/%d/", next), fmt.Sprintf("/..%%2fpublic.coming/%d/index.html", next), fmt.Sprintf("/../public.coming/%d/index.html", next), "/.order"} {
		if status, body := r.get(path); status != http.StatusNotFound && r.begun.Load() < next {
			r.t.Errorf("%s: status %d before its publication: %.40s", path, status, body)
		}
	}
}

func TestReadersUnderLoadNeverSeeAHalfAMixedOrAnEarlySite(t *testing.T) {
	public := filepath.Join(t.TempDir(), "public")
	first, err := output.NewDir(public)
	if err != nil {
		t.Fatal(err)
	}
	layOut(t, first, 1)
	if err := first.Commit(); err != nil {
		t.Fatal(err)
	}
	address := started(t, public, Options{})
	var begun, seen, asked atomic.Int64
	begun.Store(1)

	var stop atomic.Bool
	var readers sync.WaitGroup
	for range 8 {
		r := reader{t, address, &http.Client{Transport: &http.Transport{DisableCompression: true}}, &begun, &seen, &asked}
		readers.Go(func() {
			defer r.client.CloseIdleConnections()
			for !stop.Load() && !t.Failed() {
				r.visit()
			}
		})
	}
	const editions = 12
	for n := 2; n <= editions && !t.Failed(); n++ {
		coming := filepath.Join(public+".coming", strconv.Itoa(n))
		out, err := output.NewComing(coming, public)
		if err != nil {
			t.Fatal(err)
		}
		layOut(t, out, n)
		if err := out.Commit(); err != nil {
			t.Fatal(err)
		}
		wait(t, &asked, 80) // readers go on while the coming site lies there
		begun.Store(int64(n))
		if err := output.Publish(coming, public, 1); err != nil {
			t.Fatal(err)
		}
		wait(t, &asked, 40)
	}
	stop.Store(true)
	readers.Wait()
	if seen.Load() != editions {
		t.Errorf("the last edition seen is %d of %d", seen.Load(), editions)
	}
	t.Logf("%d requests over %d publications", asked.Load(), editions-1)
}

// wait until readers have asked so many times more.
func wait(t *testing.T, asked *atomic.Int64, more int64) {
	for until := asked.Load() + more; asked.Load() < until && !t.Failed(); {
		time.Sleep(time.Millisecond)
	}
}

func TestALinkOutOfTheSiteIsNotFollowed(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret.txt")
	site := filepath.Join(dir, "public")
	for _, err := range []error{os.WriteFile(secret, []byte("secret"), 0o600), os.Mkdir(site, 0o700), os.Symlink(secret, filepath.Join(site, "link.txt"))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	address := started(t, site, Options{})
	if res, body := get(t, address+"/link.txt"); res.StatusCode != http.StatusNotFound || strings.Contains(body, "secret") {
		t.Errorf("answered %s: %s", res.Status, body)
	}
}
