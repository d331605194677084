package serve

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osservatorio/site/output"
)

// questions are put to both servers, and twice to each.
var questions = [][]string{{"/"}, {"/", "Accept-Encoding", "br"}, {"/", "Accept-Encoding", "gzip"}, {"/data/v.csv"}, {"/assets/style.0a.css"}, {"/lep/"}, {"/lep"}, {"/lep?a=1"},
	{"/data/v.parquet", "Range", "bytes=2-4"}, {"/data/v.parquet", "Range", "bytes=-3"}, {"/data/v.parquet", "Range", "bytes=7-"}, {"/data/v.parquet", "Range", "bytes=99-"},
	{"/data/large.bin"}, {"/data/large.bin", "Range", "bytes=300000-300099"}, {"/data/large.bin", "Range", "bytes=999999999-"},
	{"/data/v.csv", "If-None-Match", `"other"`}, {"/data/v.csv", "If-None-Match", "*"}, {"/data/large.bin", "If-None-Match", "*"}, {"/data/v.csv", "If-Match", `"other"`},
	{"/data/v.parquet", "Range", "bytes=2-4", "If-Range", `"other"`}, {"/", "Accept-Encoding", "br", "Range", "bytes=0-1"}, {"/nothing"}, {"/data/"}, {"/..%2f_headers"}, {"/%6cep/"}}

func TestAFileIsAnsweredAlikeFromDiskAndFromMemoryByBothServers(t *testing.T) {
	s := site(t)
	plain := httptest.NewServer(Handler(s.dir, s.opt))
	defer plain.Close()
	for _, ask := range questions {
		first, body := get(t, s.URL+ask[0], ask[1:]...)
		for _, server := range []string{s.URL, plain.URL} {
			again, same := get(t, server+ask[0], ask[1:]...)
			if first.StatusCode != again.StatusCode || first.StatusCode < 300 && body != same || said(first) != said(again) {
				t.Errorf("%v: first %s %s %.40q, then %s %s %.40q", ask, first.Status, said(first), body, again.Status, said(again), same)
			}
		}
		if first.StatusCode == http.StatusOK && first.ContentLength != int64(len(body)) {
			t.Errorf("%v: says %d bytes, sends %d", ask, first.ContentLength, len(body))
		}
	}
	head, err := http.Head(s.URL + "/")
	if err != nil || head.ContentLength != int64(len("<h1>home</h1>")) {
		t.Errorf("head: %v %v", head, err)
	}
	posted, err := http.Post(s.URL+"/", "text/plain", strings.NewReader("x"))
	if err != nil || posted.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("posted: %v %v", posted, err)
	}
}

// said are the headers that say something of a file; those of an answer without
// one are for people to read.
func said(res *http.Response) string {
	head := res.Header.Clone()
	head.Del("Date")
	if res.StatusCode >= 300 && res.StatusCode != http.StatusNotFound {
		for _, name := range []string{"Content-Type", "Content-Length", "X-Content-Type-Options", "Cache-Control", "Etag", "Accept-Ranges", "Vary"} {
			head.Del(name)
		}
	}
	return fmt.Sprint(head)
}

func TestWhatIsNoRequestIsRefusedAndTheConnectionNotReadOn(t *testing.T) {
	s := site(t)
	for ask, want := range map[string]string{
		"GET / HTTP/1.1\r\nHost: x\r\nX-Fill: " + strings.Repeat("a", 1<<20) + "\r\n\r\n": "431",
		"nonsense\r\n\r\n": "400",
		"GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n":                                                                                 "400",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /data/v.csv HTTP/1.1\r\nHost: x\r\n\r\n": "4",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\nGET /data/v.csv HTTP/1.1\r\nHost: x\r\n\r\n":                                  "413",
	} {
		conn := dial(t, strings.TrimPrefix(s.URL, "http://"))
		fmt.Fprint(conn, ask)
		conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		said, _ := io.ReadAll(conn)
		if !strings.HasPrefix(string(said), "HTTP/1.1 "+want) || strings.Contains(string(said), "a,b") {
			t.Errorf("%.60q: %.200q, want %s and no more", ask, said, want)
		}
		if len(said) > 0 && !strings.Contains(string(said), "default-src 'none'") {
			t.Errorf("%.60q: no policy: %q", ask, said)
		}
	}
}

func TestRequestsSentTogetherAreAnsweredInTheirOrderAlsoToOldBrowsers(t *testing.T) {
	conn := dial(t, strings.TrimPrefix(site(t).URL, "http://"))
	fmt.Fprint(conn, "GET /data/v.csv HTTP/1.1\r\nHost: x\r\n\r\nHEAD /lep/ HTTP/1.1\r\nHost: x\r\n\r\nGET /lep/ HTTP/1.0\r\n\r\n")
	conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	said, _ := io.ReadAll(conn)
	if strings.Count(string(said), " 200 OK") != 3 || strings.Count(string(said), "\r\n\r\na,b") != 1 || !strings.HasSuffix(string(said), "\r\n\r\nlep") {
		t.Errorf("%s", said)
	}
}

func TestSeveralPartsAtOnceAreAnsweredWithAll(t *testing.T) {
	res, body := get(t, site(t).URL+"/data/v.parquet", "Range", "bytes=0-1,4-5")
	if res.StatusCode != http.StatusOK || body != "0123456789" {
		t.Errorf("%s %q", res.Status, body)
	}
}

func TestASiteSwappedInIsServedInAMomentAlsoWhatWasKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "public")
	publish := func(text string) {
		out, err := output.NewDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{out.Write("index.html", []byte(text)), out.Commit()} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	publish("one")
	s := started(t, dir, Options{})
	for _, text := range []string{"one", "two!", "three"} {
		publish(text)
		time.Sleep(2 * freshFor)
		for range 2 {
			if _, body := get(t, s+"/"); body != text {
				t.Errorf("%q, want %q", body, text)
			}
		}
	}
}

// started is the address of a server that waits less long than others.
func started(t *testing.T, dir string, opt Options) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := NewServer(dir, opt)
	server.http.ReadTimeout, server.http.WriteTimeout = 300*time.Millisecond, 300*time.Millisecond
	go server.Serve(l)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		server.Shutdown(ctx)
	})
	return "http://" + l.Addr().String()
}

func TestAReaderWhoTakesHerTimeIsLetGoAndALargeFileHasTime(t *testing.T) {
	dir := t.TempDir()
	for name, data := range map[string][]byte{"index.html": []byte("home"), "large.bin": bytes.Repeat([]byte("x"), 32<<20)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	address := strings.TrimPrefix(started(t, dir, Options{Now: time.Now}), "http://")
	limited := strings.TrimPrefix(started(t, dir, Options{}), "http://")

	slow := dial(t, address) // says half a request and no more
	fmt.Fprint(slow, "GET / HTTP/1.1\r\nHost: x\r\n")
	slow.SetReadDeadline(time.Now().Add(5 * time.Second))
	if n, err := io.Copy(io.Discard, slow); n > 0 && err != nil || isTimeout(err) {
		t.Errorf("a request without end: %d bytes, %v: want it hung up", n, err)
	}
	for _, c := range []struct {
		where string
		whole bool
	}{{address, true}, {limited, false}} {
		conn := dial(t, c.where)
		fmt.Fprint(conn, "GET /large.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		time.Sleep(900 * time.Millisecond) // three times what the server gives any answer
		conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		n, _ := io.Copy(io.Discard, conn)
		if whole := n > 32<<20; whole != c.whole {
			t.Errorf("a large file read slowly: %d bytes: whole %v, want %v", n, whole, c.whole)
		}
	}
	big := dial(t, address)
	fmt.Fprintf(big, "GET / HTTP/1.1\r\nHost: x\r\nX-Fill: %s\r\n\r\n", strings.Repeat("a", 1<<20))
	line, _ := bufio.NewReader(big).ReadString('\n')
	if strings.Contains(line, "200") {
		t.Errorf("a head of a megabyte: %s", line)
	}
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}

func TestNoAnswerSaysWhatServesIt(t *testing.T) {
	s := site(t)
	for _, p := range []string{"/", "/nothing", "/lep", "/data/v.csv", "/%00", "/a\\b"} {
		res, body := get(t, s.URL+p)
		for _, header := range []string{"Server", "X-Powered-By", "Via"} {
			if res.Header.Get(header) != "" {
				t.Errorf("%s: %s: %s", p, header, res.Header.Get(header))
			}
		}
		if strings.Contains(body, "/tmp") || strings.Contains(body, "goroutine") {
			t.Errorf("%s: %q tells of the machine", p, body)
		}
	}
}
