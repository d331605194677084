package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// inode tells files apart whatever their names.
func inode(info fs.FileInfo) any { return info.Sys().(*syscall.Stat_t).Ino }

// clockJumps runs commands under clocks that were set wrong.
func clockJumps(t *testing.T, f *faulty) {
	x := f.copy(t, "")
	times := 0
	under := func(now time.Time, verb string) (int, string) {
		times++
		c := exec.Command("osservatorio-at", now.Format(time.RFC3339), verb)
		c.Dir = x.dir
		out, _ := c.CombinedOutput()
		return c.ProcessState.ExitCode(), string(out)
	}
	right := torturedTime(x.months).AddDate(0, 0, -7)
	before := x.look()
	for _, now := range []time.Time{right.AddDate(-30, 0, 0), time.Unix(0, 0), right.AddDate(70, 0, 0), right} {
		code, said := under(now, "ingest")
		early := now.Year() < 2026
		if early && (code != exitChecks || !strings.Contains(said, "which is yet to come")) || !early && code != exitDone {
			t.Errorf("ingest in %d: exit code %d: %s", now.Year(), code, said)
		}
		x.count(fmt.Sprintf("ingest in %d", now.Year()), x.delivered-1, x.delivered)
	}
	x.count("the clock was right again", x.delivered, x.delivered)
	// Before its time by a wrong clock nothing is public, and nothing that was is lost.
	x.whole("release")
	x.whole("build")
	waiting := x.look()
	for _, back := range []time.Duration{time.Second, time.Hour, 29 * 24 * time.Hour} {
		if code, said := under(torturedTime(x.months).Add(-back), "publish"); code != exitFault || !strings.Contains(said, "not public before") {
			t.Errorf("publish %v too early: exit code %d: %s", back, code, said)
		}
		x.look().mustBeOf(t, "publish too early", waiting, waiting)
	}
	if waiting.id != before.id {
		t.Errorf("public is %s, was %s", waiting.id, before.id)
	}
	x.whole("publish")
	x.published(x.look())
	// Set back after the publication: what is public stays public.
	public := x.look()
	for _, verb := range []string{"publish", "build"} {
		code, said := under(torturedTime(x.months).Add(-time.Hour), verb)
		x.look().mustBeOf(t, verb+" with the clock set back", public, public)
		if verb == "build" && (code != exitDone || !strings.Contains(said, "it is public, and its time is yet to come")) {
			t.Errorf("%s with the clock set back: exit code %d: %s", verb, code, said)
		}
	}
	x.count("all clocks", x.delivered, x.delivered)
	allWhole(t, x.dir)
	f.tell("clock jumps", times, "periods right; nothing early, nothing twice, what is public stays")
}

// twoAtOnce starts commands in pairs.
func twoAtOnce(t *testing.T, f *faulty) {
	x := f.copy(t, "")
	pairs, waited := 0, 0
	for _, pair := range [][2]string{{"ingest", "ingest"}, {"ingest", "ingest"}, {"ingest", "release"}, {"build", "build"}, {"publish", "publish"}, {"publish", "ingest"}, {"publish", "build"}} {
		pairs++
		one, other := x.command(pair[0]), x.command(pair[1])
		must(t, one.Start())
		must(t, other.Start())
		one.Wait()
		other.Wait()
		codes := [2]int{one.ProcessState.ExitCode(), other.ProcessState.ExitCode()}
		for i, code := range codes {
			if code == exitBusy {
				waited++
			}
			if code != exitDone && code != exitBusy || code == exitBusy && codes[1-i] == exitBusy {
				t.Errorf("%v at once: exit codes %v", pair, codes)
			}
		}
		for i, verb := range pair {
			if codes[i] == exitBusy && pair[1-i] != verb {
				x.whole(verb) // nobody did it
			}
		}
		x.count(fmt.Sprintf("%v at once", pair), x.delivered, x.delivered)
		allWhole(t, x.dir)
		x.look()
	}
	x.published(x.look())
	f.tell("two processes at once", pairs, fmt.Sprintf("one after the other, or the second told to wait (%d)", waited))
}

// moods are what a source's server does to the one file it has; the first of
// each pair tells what it is.
func moods(good []byte) map[string]http.HandlerFunc {
	all := func(w http.ResponseWriter, text []byte) { w.Write(text) }
	return map[string]http.HandlerFunc{
		"slow": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(good)))
			for _, b := range good {
				if _, err := w.Write([]byte{b}); err != nil || r.Context().Err() != nil {
					return
				}
				w.(http.Flusher).Flush()
				time.Sleep(50 * time.Millisecond)
			}
		},
		"silent": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(good)))
			all(w, good[:len(good)/2])
		},
		"wrong length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(good)+100))
			all(w, good)
		},
		"wrong checksum": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Repr-Digest", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")
			all(w, good)
		},
		"a page instead": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			all(w, []byte("<!doctype html><title>Manutenzione</title>"))
		},
		"fault 500":            func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"redirecting for ever": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) },
		"redirecting elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusFound)
		},
		"changing under way": changing(good),
	}
}

// changing cuts every answer and has another version at each question.
func changing(good []byte) http.HandlerFunc {
	n := 0
	return func(w http.ResponseWriter, _ *http.Request) {
		n++
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, n))
		w.Header().Set("Accept-Ranges", "bytes")
		w.Header().Set("Content-Length", fmt.Sprint(len(good)))
		w.Write(good[:len(good)/2])
	}
}

// badServers has a source whose server does all that servers do.
func badServers(t *testing.T, f *faulty) {
	x := f.copy(t, "")
	var mood http.HandlerFunc
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { mood(w, r) }))
	t.Cleanup(s.Close)
	x.whole("ingest") // what lies in the inbox
	config, err := os.OpenFile(filepath.Join(x.dir, "osservatorio.toml"), os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	fmt.Fprintf(config, "\n[[source]]\nname = \"web\"\ncontract = \"observations\"\nperiod = \"all\"\nurl = \"%s/tabella.csv\"\nallow_hosts = [\"%s\"]\ntimeout = \"2s\"\n", s.URL, strings.TrimPrefix(s.URL, "http://"))
	must(t, config.Close())
	x.delivered++ // the one that the server has
	x.delivery = bytes.Replace(x.delivery, []byte(",,1100,"), []byte(",,1999,"), 1)
	times := 0
	for name, bad := range moods(x.delivery) {
		mood = bad
		code, said := x.says("ingest")
		x.mustTell("ingest from a server that is "+name, code, said, []int{exitFault, exitChecks}, "web")
		x.count("a server that is "+name, x.delivered-1, x.delivered-1)
		times++
	}
	mood = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"good"`)
		http.ServeContent(w, r, "tabella.csv", time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), strings.NewReader(string(x.delivery)))
	}
	x.finish("ingest", "ingest") // the second time it is no news
	f.tell("a source's server: slow, silent, cut, wrong, redirecting, changing", times, "told, nothing of it loaded; loaded once when it is well")
}
