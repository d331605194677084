package serve

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// served is a small site and where it is served.
type served struct {
	dir, URL string
	opt      Options
}

// site writes a small site and serves it.
func site(t *testing.T) served {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"index.html": "<h1>home</h1>", "index.html.br": "brotli", "index.html.gz": "gzip", "404.html": "non c'è",
		"data/v.parquet": "0123456789", "data/v.csv": "a,b", "data/large.bin": strings.Repeat("0123456789", smallFile/8), "lep/index.html": "lep", "assets/style.0a.css": "p{}", ".stamp": "secret", "_headers": "x",
	} {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	opt := Options{Headers: [][2]string{{"Content-Security-Policy", "default-src 'none'"}}, OpenPaths: []string{"/data/"}, Now: time.Now}
	return served{dir, started(t, dir, opt), opt}
}

func get(t *testing.T, url string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	client := http.Client{Transport: &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestABrowserGetsTheSmallestFormItTakes(t *testing.T) {
	s := site(t)
	for accept, want := range map[string]string{"gzip, br": "brotli", "gzip": "gzip", "": "<h1>home</h1>", "br;q=0": "<h1>home</h1>"} {
		res, body := get(t, s.URL+"/", "Accept-Encoding", accept)
		if body != want || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("accepting %q: %q as %q, want %q", accept, body, res.Header.Get("Content-Type"), want)
		}
	}
}

func TestAParquetFileIsReadInRangesFromOtherSites(t *testing.T) {
	res, body := get(t, site(t).URL+"/data/v.parquet", "Range", "bytes=2-4", "Origin", "https://example.org")
	if res.StatusCode != http.StatusPartialContent || body != "234" {
		t.Errorf("range: %d %q", res.StatusCode, body)
	}
	if res.Header.Get("Access-Control-Allow-Origin") != "*" || res.Header.Get("Content-Type") != "application/vnd.apache.parquet" {
		t.Errorf("headers: %v", res.Header)
	}
}

func TestWhatDidNotChangeIsNotSentAgain(t *testing.T) {
	s := site(t)
	first, _ := get(t, s.URL+"/data/v.csv")
	again, body := get(t, s.URL+"/data/v.csv", "If-None-Match", first.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified || body != "" {
		t.Errorf("second request: %d %q", again.StatusCode, body)
	}
}

func TestFoldersAreNotListedAndInnerFilesNotServed(t *testing.T) {
	s := site(t)
	for _, p := range []string{"/data/", "/data", "/.stamp", "/_headers", "/nothing", "/../serve.go"} {
		res, body := get(t, s.URL+p)
		if res.StatusCode != http.StatusNotFound || body != "non c'è" {
			t.Errorf("%s: %d %q", p, res.StatusCode, body)
		}
	}
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	s := site(t)
	for _, p := range []string{"/", "/nothing", "/data/v.csv"} {
		if res, _ := get(t, s.URL+p); res.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: no policy", p)
		}
	}
}

func TestAFolderWithoutSlashLeadsToItsPage(t *testing.T) {
	res, _ := get(t, site(t).URL+"/lep?a=1")
	if res.StatusCode != http.StatusMovedPermanently || res.Header.Get("Location") != "/lep/?a=1" {
		t.Errorf("%d %q", res.StatusCode, res.Header.Get("Location"))
	}
}

func TestNamedAssetsAreKeptForAYear(t *testing.T) {
	s := site(t)
	if res, _ := get(t, s.URL+"/assets/style.0a.css"); !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("asset: %q", res.Header.Get("Cache-Control"))
	}
	if res, _ := get(t, s.URL+"/"); res.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("page: %q", res.Header.Get("Cache-Control"))
	}
}

func TestListenTakesTheNextFreePort(t *testing.T) {
	first, err := Listen("127.0.0.1", 18080)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	taken := first.Addr().(*net.TCPAddr).Port
	second, err := Listen("127.0.0.1", taken)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if got := second.Addr().(*net.TCPAddr).Port; got <= taken {
		t.Errorf("port %d, want one after %d", got, taken)
	}
}
