package serve

import (
	"bufio"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func liveSite(t *testing.T) (*Live, *httptest.Server) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"index.html": "<head></head>", "index.html.br": "br", "404.html": "<head></head>lost", "site.css": "p{}", "embed/x/index.html": "<head></head>"} {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	live := NewLive(Handler(dir, Options{}), []string{"/embed/"})
	s := httptest.NewServer(live)
	t.Cleanup(s.Close)
	t.Cleanup(live.Close)
	return live, s
}

func TestOnlyPagesOfALiveSiteGetTheScript(t *testing.T) {
	_, s := liveSite(t)
	for path, want := range map[string]bool{"/": true, "/nowhere": true, "/site.css": false, "/embed/x/": false} {
		res, body := get(t, s.URL+path, "Accept-Encoding", "br")
		if strings.Contains(body, `src="/-/live.js"`) != want {
			t.Errorf("%s: %q, script: want %v", path, body, want)
		}
		if res.ContentLength >= 0 && int(res.ContentLength) != len(body) {
			t.Errorf("%s: %d bytes, says %d", path, len(body), res.ContentLength)
		}
	}
	if res, _ := get(t, s.URL+"/nowhere"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a page that is not there: %d", res.StatusCode)
	}
}

// heard reads the next event of a stream.
func heard(t *testing.T, events *bufio.Scanner) string {
	t.Helper()
	line := make(chan string, 1)
	go func() {
		for events.Scan() {
			if data, ok := strings.CutPrefix(events.Text(), "data: "); ok {
				line <- data
				return
			}
		}
		line <- "the end"
	}()
	select {
	case l := <-line:
		return l
	case <-time.After(5 * time.Second):
		t.Fatal("heard nothing")
		return ""
	}
}

func stream(t *testing.T, url string) *bufio.Scanner {
	t.Helper()
	res, err := http.Get(url + "/-/live")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return bufio.NewScanner(res.Body)
}

func TestOpenPagesHearOfEachBuildAndOfWhatStoppedIt(t *testing.T) {
	live, s := liveSite(t)
	open := stream(t, s.URL)
	live.Changed()
	if got := heard(t, open); got != "{}" {
		t.Errorf("after a build: %s", got)
	}
	live.Fault(errors.New("about.md:3: link"))
	if got := heard(t, open); got != `{"fault":"about.md:3: link"}` {
		t.Errorf("after a fault: %s", got)
	}
	late := stream(t, s.URL)
	if got := heard(t, late); got != `{"fault":"about.md:3: link"}` {
		t.Errorf("a page opened after the fault: %s", got)
	}
	live.Close()
	if got := heard(t, open); got != "the end" {
		t.Errorf("after the stop: %s", got)
	}
}
