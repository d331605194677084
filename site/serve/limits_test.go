package serve

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osservatorio/site/output"
)

func TestAFileIsAnsweredAlikeFromDiskAndFromMemory(t *testing.T) {
	s := site(t)
	for _, ask := range [][]string{{"/"}, {"/", "Accept-Encoding", "br"}, {"/", "Accept-Encoding", "gzip"}, {"/data/v.csv"}, {"/assets/style.0a.css"}, {"/lep/"},
		{"/data/v.parquet", "Range", "bytes=2-4"}, {"/data/v.parquet", "Range", "bytes=99-"}, {"/data/v.csv", "If-None-Match", `"other"`}, {"/data/v.csv", "If-None-Match", "*"},
		{"/data/v.csv", "If-Match", `"other"`}, {"/", "Accept-Encoding", "br", "Range", "bytes=0-1"}, {"/nothing"}} {
		first, body := get(t, s.URL+ask[0], ask[1:]...)
		again, same := get(t, s.URL+ask[0], ask[1:]...)
		first.Header.Del("Date")
		again.Header.Del("Date")
		if first.StatusCode != again.StatusCode || body != same || fmt.Sprint(first.Header) != fmt.Sprint(again.Header) {
			t.Errorf("%v: first %s %v %q, then %s %v %q", ask, first.Status, first.Header, body, again.Status, again.Header, same)
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

func TestASiteSwappedInIsServedAtOnceAlsoWhatWasKept(t *testing.T) {
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
	s := started(t, Handler(dir, Options{}))
	for _, text := range []string{"one", "two!", "three"} {
		publish(text)
		for range 2 {
			if _, body := get(t, s+"/"); body != text {
				t.Errorf("%q, want %q", body, text)
			}
		}
	}
}

// started is the address of a handler behind the limits of Server.
func started(t *testing.T, h http.Handler) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := Server(h)
	server.ReadHeaderTimeout, server.WriteTimeout = 300*time.Millisecond, 300*time.Millisecond
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return "http://" + l.Addr().String()
}

func TestAReaderWhoTakesHerTimeIsLetGoAndALargeFileHasTime(t *testing.T) {
	dir := t.TempDir()
	for name, data := range map[string][]byte{"index.html": []byte("home"), "large.bin": bytes.Repeat([]byte("x"), 32<<20)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	address := strings.TrimPrefix(started(t, Handler(dir, Options{Now: time.Now})), "http://")
	limited := strings.TrimPrefix(started(t, Handler(dir, Options{})), "http://")

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
