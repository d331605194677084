package place

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"osservatorio/ingest/fetch"
)

// big is a delivery that does not come in one packet.
var big = []byte("code;value\n" + strings.Repeat("a;1\n", 300_000))

var stamp = time.Date(2026, 10, 20, 8, 0, 0, 0, time.UTC)

// served serves a handler on the loopback address.
func served(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// at is a place that may have a loopback address.
func at(url string) Place { return Place{URL: url, AllowHosts: []string{"127.0.0.1"}} }

// into are options that wait in no time and remember how long they would have.
func into(t *testing.T, waits *[]time.Duration) Options {
	return Options{Dir: t.TempDir(), Now: func() time.Time { return stamp.AddDate(0, 1, 0) }, Sleep: func(_ context.Context, d time.Duration) error {
		if waits != nil {
			*waits = append(*waits, d)
		}
		return nil
	}}
}

// lying are the files of a folder that are not hidden.
func lying(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), partPrefix) {
			t.Errorf("left behind: %s", e.Name())
		}
		if e.Name() != stateName {
			names = append(names, e.Name())
		}
	}
	return names
}

// mustRefuse is the refusal that an error must be.
func mustRefuse(t *testing.T, o Options, err error, words ...string) {
	t.Helper()
	var r *fetch.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("not a refusal: %v", err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error()+" "+r.Hint(), w) {
			t.Errorf("%q is not said: %v (%s)", w, err, r.Hint())
		}
	}
	if names := lying(t, o.Dir); len(names) > 0 {
		t.Errorf("a refused file lies there: %v", names)
	}
}

func TestAFileComesWholeWithTheTimeThatTheServerStates(t *testing.T) {
	url := served(t, func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", stamp, bytes.NewReader(big))
	})
	o := into(t, nil)
	var seen int64
	o.Progress = func(name string, done, total int64) {
		if name != "services.csv" || total != int64(len(big)) {
			t.Errorf("progress of %s: %d", name, total)
		}
		seen = done
	}
	names, err := Bring(t.Context(), at(url+"/a/services.csv?token=secret"), o)
	if err != nil || len(names) != 1 || names[0] != "services.csv" {
		t.Fatal(names, err)
	}
	got, err := os.ReadFile(filepath.Join(o.Dir, "services.csv"))
	if err != nil || !bytes.Equal(got, big) || seen != int64(len(big)) {
		t.Error(len(got), seen, err)
	}
	info, err := os.Stat(filepath.Join(o.Dir, "services.csv"))
	if err != nil || !info.ModTime().Equal(stamp) || info.Mode().Perm() != 0o600 {
		t.Error(info.ModTime(), info.Mode(), err)
	}
}

func TestAnUnchangedFileIsNotFetchedAgainAndAChangedOneIs(t *testing.T) {
	tag, bodies := `"1"`, 0
	url := served(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		bodies++
		fmt.Fprintf(w, "a,b\n%s,2\n", tag)
	})
	o := into(t, nil)
	for i, want := range []int{1, 0, 1, 0} {
		if i == 2 {
			tag = `"2"`
		}
		names, err := Bring(t.Context(), at(url+"/d.csv"), o)
		if err != nil || len(names) != want {
			t.Fatalf("call %d: %v %v", i, names, err)
		}
	}
	if bodies != 2 {
		t.Errorf("%d bodies sent", bodies)
	}
}

// cutting serves big, but ends each of the first connections after some bytes.
func cutting(cuts int, ranges bool, tag func(request int) string) (http.HandlerFunc, *atomic.Int64) {
	var requests atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		n := int(requests.Add(1))
		w.Header().Set("ETag", tag(n))
		from := 0
		if ranges && r.Header.Get("If-Range") == tag(n) {
			fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(big)-from))
		if from > 0 {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(big)-1, len(big)))
			w.WriteHeader(http.StatusPartialContent)
		}
		if n > cuts {
			w.Write(big[from:])
			return
		}
		w.Write(big[from : from+200_000])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}, &requests
}

func one(int) string { return `"one"` }

func TestACutFileIsGoneOnWithWhereItWasCut(t *testing.T) {
	h, requests := cutting(3, true, one)
	o := into(t, nil)
	var done []int64
	o.Progress = func(_ string, n, _ int64) { done = append(done, n) }
	if _, err := Bring(t.Context(), at(served(t, h)+"/d.csv"), o); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(filepath.Join(o.Dir, "d.csv")); !bytes.Equal(got, big) || requests.Load() != 4 {
		t.Errorf("%d bytes of %d in %d requests", len(got), len(big), requests.Load())
	}
	for i := 1; i < len(done); i++ {
		if done[i] < done[i-1] {
			t.Errorf("begun again: %d after %d", done[i], done[i-1])
		}
	}
}

func TestAServerThatCannotGoOnIsReadFromTheBeginning(t *testing.T) {
	h, _ := cutting(2, false, one)
	o := into(t, nil)
	if _, err := Bring(t.Context(), at(served(t, h)+"/d.csv"), o); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(filepath.Join(o.Dir, "d.csv")); !bytes.Equal(got, big) {
		t.Errorf("%d bytes of %d", len(got), len(big))
	}
}

func TestTwoVersionsOfAFileAreNeverGluedTogether(t *testing.T) {
	url := served(t, func() http.HandlerFunc {
		n := 0
		return func(w http.ResponseWriter, r *http.Request) {
			n++
			body := bytes.Repeat([]byte{byte('0' + n)}, len(big))
			if n == 1 {
				w.Header().Set("ETag", `"1"`)
				w.Header().Set("Content-Length", fmt.Sprint(len(body)))
				w.Write(body[:200_000])
				w.(http.Flusher).Flush()
				panic(http.ErrAbortHandler)
			}
			from := 0 // a server that does not heed If-Range
			fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
			w.Header().Set("ETag", `"2"`)
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(body)-1, len(body)))
			if from > 0 {
				w.WriteHeader(http.StatusPartialContent)
			}
			w.Write(body[from:])
		}
	}())
	o := into(t, nil)
	if _, err := Bring(t.Context(), at(url+"/d.csv"), o); err != nil {
		t.Fatal(err)
	}
	got, _ := os.ReadFile(filepath.Join(o.Dir, "d.csv"))
	if len(got) != len(big) || bytes.ContainsAny(got, "12") {
		t.Errorf("%d bytes, the first %q", len(got), got[:min(4, len(got))])
	}
}

func TestAFileThatChangesForEverIsRefused(t *testing.T) {
	h, _ := cutting(1000, true, func(n int) string { return fmt.Sprintf(`"%d"`, n) })
	o := into(t, nil)
	_, err := Bring(t.Context(), at(served(t, h)+"/d.csv"), o)
	mustRefuse(t, o, err, "/d.csv", "the connection", "run again")
}

func TestAWrongLengthIsRefused(t *testing.T) {
	url := served(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, "a,b\n1,2\n")
	})
	o := into(t, nil)
	_, err := Bring(t.Context(), at(url+"/d.csv"), o)
	mustRefuse(t, o, err, "ended before the file did", "5 times in a row")
}

func TestAWrongChecksumIsRefusedAndARightOneTaken(t *testing.T) {
	body := []byte("a,b\n1,2\n")
	sum := sha256.Sum256(body)
	for _, c := range []struct {
		sum  []byte
		good bool
	}{{sum[:], true}, {make([]byte, 32), false}} {
		url := served(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(c.sum)+":")
			w.Write(body)
		})
		o := into(t, nil)
		_, err := Bring(t.Context(), at(url+"/d.csv"), o)
		if c.good && err != nil {
			t.Error(err)
		}
		if !c.good {
			mustRefuse(t, o, err, "SHA-256", "000000000000")
		}
	}
}

func TestABusyServerIsAskedAgainWhenItSays(t *testing.T) {
	n := 0
	url := served(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		switch n {
		case 1:
			w.Header().Set("Retry-After", "17")
			w.WriteHeader(http.StatusTooManyRequests)
		case 2, 3:
			w.WriteHeader(http.StatusBadGateway)
		default:
			fmt.Fprint(w, "a,b\n1,2\n")
		}
	})
	var waits []time.Duration
	o := into(t, &waits)
	if _, err := Bring(t.Context(), at(url+"/d.csv"), o); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(waits) != "[17s 4s 8s]" {
		t.Error(waits)
	}
}

func TestWhatWillNotPassIsAskedOnce(t *testing.T) {
	for code, word := range map[int]string{401: "token", 403: "token", 404: "moved", 410: "moved", 413: "ask for less", 418: "200"} {
		n := 0
		url := served(t, func(w http.ResponseWriter, r *http.Request) { n++; w.WriteHeader(code) })
		o := into(t, nil)
		_, err := Bring(t.Context(), at(url+"/d.csv?key=hidden"), o)
		mustRefuse(t, o, err, fmt.Sprint(code), word)
		if n != 1 || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%d requests: %v", n, err)
		}
	}
}

func TestAServerThatStallsOrDawdlesIsLeft(t *testing.T) {
	url := served(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "a,b\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	o := into(t, nil)
	o.Stall = 20 * time.Millisecond
	_, err := Bring(t.Context(), at(url+"/d.csv"), o)
	mustRefuse(t, o, err, "no byte for 20ms")
	slow := at(url + "/d.csv")
	slow.Timeout = 50 * time.Millisecond
	o.Stall = time.Minute
	_, err = Bring(t.Context(), slow, o)
	mustRefuse(t, o, err, "not done within 50ms", "timeout")
}

func TestTooLargeAFileIsRefusedWhetherItSaysSoOrNot(t *testing.T) {
	for _, said := range []bool{true, false} {
		url := served(t, func(w http.ResponseWriter, r *http.Request) {
			if said {
				w.Header().Set("Content-Length", fmt.Sprint(len(big)))
			} else {
				w.(http.Flusher).Flush()
			}
			w.Write(big)
		})
		p := at(url + "/d.csv")
		p.MaxBytes = 1000
		o := into(t, nil)
		_, err := Bring(t.Context(), p, o)
		mustRefuse(t, o, err, "at most 1000 bytes", "max_size")
	}
}

func TestRedirectsLeadToAllowedHostsOnlyAndCarryNoHeaders(t *testing.T) {
	var got http.Header
	other := served(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		fmt.Fprint(w, "a,b\n1,2\n")
	})
	other = strings.Replace(other, "127.0.0.1", "localhost", 1)
	url := served(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other+"/else/d.csv?sig=hidden", http.StatusFound)
	})
	p := at(url + "/d.csv")
	p.Headers = []Header{{"X-Api-Key", "secret"}, {"Authorization", "Bearer secret"}}
	o := into(t, nil)
	_, err := Bring(t.Context(), p, o)
	mustRefuse(t, o, err, "a redirect to http://localhost", "allow_hosts")
	if strings.Contains(err.Error(), "hidden") || got != nil {
		t.Error(err, got)
	}
	p.AllowHosts = append(p.AllowHosts, "localhost")
	if names, err := Bring(t.Context(), p, o); err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	if got.Get("X-Api-Key") != "" || got.Get("Authorization") != "" {
		t.Errorf("another host got %v", got)
	}
}

// Whatever an address is dressed as, a redirect does not lead to a host that is
// not named, nor to what is no web address.
func TestRedirectsToInnerAddressesInAnyDressAreRefused(t *testing.T) {
	reached := 0
	inner := strings.TrimPrefix(served(t, func(w http.ResponseWriter, _ *http.Request) { reached++; fmt.Fprint(w, "a,b\n1,2\n") }), "http://127.0.0.1")
	for _, to := range []string{
		"http://localhost" + inner, "http://[::1]" + inner, "http://[::ffff:127.0.0.1]" + inner, "http://[::ffff:7f00:1]" + inner, "http://2130706433" + inner, "http://0x7f000001" + inner,
		"http://0177.0.0.1" + inner, "http://127.1" + inner, "http://127.0.0.1.nip.io" + inner, "http://me:pw@localhost" + inner, "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "file:///etc/passwd", "ftp://127.0.0.1/d.csv", "gopher://127.0.0.1/",
	} {
		url := served(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		})
		o := into(t, nil)
		_, err := Bring(t.Context(), at(url+"/d.csv"), o)
		mustRefuse(t, o, err)
		if err != nil && strings.Contains(err.Error(), "pw@") {
			t.Errorf("a password is told: %v", err)
		}
	}
	if reached > 0 {
		t.Errorf("an inner address was reached %d times", reached)
	}
}

func TestDataThatAServicePreparesAreAskedForAgain(t *testing.T) {
	n := 0
	url := served(t, func(w http.ResponseWriter, _ *http.Request) {
		if n++; n <= 3 {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			fmt.Fprint(w, `{"error":[{"status":413,"id":413,"label":"ASYNCHRONOUS_RESPONSE. Your request will be treated asynchronously. Please try again later."}]}`)
			return
		}
		fmt.Fprint(w, `{"class":"dataset"}`)
	})
	var waits []time.Duration
	o := into(t, &waits)
	if _, err := Bring(t.Context(), at(url+"/data/x?format=JSON"), o); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(waits) != "[1m0s 1m0s 1m0s]" {
		t.Error(waits)
	}
}

func TestRedirectsForEverAreRefused(t *testing.T) {
	n := 0
	url := served(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		http.Redirect(w, r, fmt.Sprintf("/d.csv?n=%d", n), http.StatusFound)
	})
	o := into(t, nil)
	_, err := Bring(t.Context(), at(url+"/d.csv"), o)
	mustRefuse(t, o, err, "more than 5 redirects")
	if n > maxRedirects+1 {
		t.Errorf("%d requests", n)
	}
}

func TestAddressesThatAreNotOnTheOpenNetAreNotDialled(t *testing.T) {
	reached := false
	url := served(t, func(http.ResponseWriter, *http.Request) { reached = true })
	o := into(t, nil)
	_, err := Bring(t.Context(), Place{URL: url + "/d.csv"}, o)
	mustRefuse(t, o, err, "127.0.0.1", "not on the open net", "allow_hosts")
	_, err = Bring(t.Context(), Place{URL: strings.Replace(url, "127.0.0.1", "localhost", 1) + "/d.csv", AllowHosts: []string{"127.0.0.1"}}, o)
	mustRefuse(t, o, err, "localhost", "not on the open net")
	if reached {
		t.Error("a loopback address was reached by a name that is not allowed")
	}
	for _, at := range []string{"10.1.2.3:80", "192.168.1.1:80", "169.254.169.254:80", "[::1]:80", "[fe80::1]:80", "[fd00::1]:80", "[::ffff:10.0.0.1]:80", "100.64.0.1:80", "0.0.0.0:80", "[64:ff9b::a00:1]:80", "224.0.0.1:80"} {
		if public("h", at) == nil {
			t.Errorf("%s may be dialled", at)
		}
	}
	for _, at := range []string{"193.204.90.1:443", "[2a02:26f0::1]:443"} {
		if err := public("h", at); err != nil {
			t.Error(err)
		}
	}
}

func TestNamesOfFilesCannotLeadOutOfTheFolder(t *testing.T) {
	for said, want := range map[string]string{
		`attachment; filename="../../etc/passwd.csv"`: "passwd.csv",
		`attachment; filename="..\\..\\x.csv"`:        "x.csv",
		`attachment; filename=".fetched.json"`:        "fetched.json.csv",
		`attachment; filename=".."`:                   "delivery.csv",
		`attachment; filename="Servizi è.xlsx"`:       "Servizi__.xlsx",
		"":                                            "d.csv",
	} {
		url := served(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Disposition", said)
			fmt.Fprint(w, "a,b\n1,2\n")
		})
		o := into(t, nil)
		if _, err := Bring(t.Context(), at(url+"/d.csv"), o); err != nil {
			t.Fatal(err)
		}
		if got := lying(t, o.Dir); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v: want %s", said, got, want)
		}
	}
}

func TestHeadersAreSent(t *testing.T) {
	url := served(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer x" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		fmt.Fprint(w, "a,b\n1,2\n")
	})
	p := at(url + "/d.csv")
	p.Headers = []Header{{"Authorization", "Bearer x"}}
	if _, err := Bring(t.Context(), p, into(t, nil)); err != nil {
		t.Error(err)
	}
}
