package main

import (
	"crypto/sha256"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// audience are readers of a real site that know every name of the coming one,
// and ask for all of them without pause.
type audience struct {
	t           *testing.T
	url         string
	old, coming map[string][32]byte // by address, of what a server sends for it
	names       []string            // of both, and guesses

	begun, ended, seen          atomic.Bool // the publication; an answer of the new site
	asked, guessed, early, late atomic.Int64
}

// addresses are those of the files of a site, with the checksums of what is sent.
func addresses(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	found := map[string][32]byte{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") || d.Name() == "_headers" {
			return err
		}
		data, err := os.ReadFile(path)
		found["/"+strings.TrimSuffix(filepath.ToSlash(strings.TrimPrefix(path, dir+"/")), "index.html")] = sha256.Sum256(data)
		return err
	}))
	return found
}

// guesses are addresses at which somebody might hope to find what is coming.
func guesses(id string) (all []string) {
	for _, begin := range []string{"", "/..", "/%2e%2e", "/..%2f", "/.%2e", "/public", "/x/../.."} {
		for _, folder := range []string{"/public.coming/" + id, "/public.building", "/releases/" + id, "/releases/." + id + ".partial", "/" + id, "/r/" + id, "/data/" + id} {
			for _, name := range []string{"/", "/index.html", "/release.json", "/SHA256SUMS", "/data/co_flows.csv"} {
				all = append(all, begin+folder+name)
			}
		}
	}
	return append(all, "/public.swap", "/warehouse.duckdb", "/osservatorio.toml", "/state/figures.json", "/.stamp", "/.order")
}

// visit asks for one address and holds the answer to the site that is public.
func (a *audience) visit(client *http.Client, name string) {
	new := a.seen.Load() || a.ended.Load()
	answer, err := client.Get(a.url + name)
	if err != nil {
		a.t.Errorf("%s: %v", name, err)
		return
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	begun := a.begun.Load()
	a.asked.Add(1)
	if err != nil {
		a.t.Errorf("%s: cut: %v", name, err)
		return
	}
	sum := sha256.Sum256(body)
	isOld, isNew := a.is(a.old, name, answer.StatusCode, sum), a.is(a.coming, name, answer.StatusCode, sum)
	switch {
	case !isOld && !isNew:
		a.t.Errorf("%s: %s and %d bytes, which are of neither site: %.60q", name, answer.Status, len(body), body)
	case !isOld && !begun:
		a.t.Errorf("%s: %s before its time", name, answer.Status)
	case !isNew && new:
		a.t.Errorf("%s: of the site before, after one of the new: %s", name, answer.Status)
	case isNew && !isOld:
		a.seen.Store(true)
		a.late.Add(1)
	case isOld && !isNew:
		a.early.Add(1)
	}
	if _, standing := a.old[name]; !standing {
		a.guessed.Add(1)
	}
}

// is tells whether a site answers so.
func (a *audience) is(site map[string][32]byte, name string, status int, sum [32]byte) bool {
	want, there := site[name]
	if there {
		return status == http.StatusOK && sum == want
	}
	return status == http.StatusNotFound && sum == site["/404.html"] || status == http.StatusBadRequest
}

// wait until they have asked so many times more.
func (a *audience) wait(more int64) {
	for until := a.asked.Load() + more; a.asked.Load() < until && !a.t.Failed(); {
		time.Sleep(time.Millisecond)
	}
}

// TestWhoAsksWithoutPauseMeetsNothingEarlyAndNothingMixed publishes a release as
// an operator does, by a process of its own, while another one serves the site to
// readers who know all names of what is coming.
func TestWhoAsksWithoutPauseMeetsNothingEarlyAndNothingMixed(t *testing.T) {
	t.Parallel()
	dir := embargoed(t)
	a := &audience{t: t, old: addresses(t, filepath.Join(dir, "public")), coming: addresses(t, filepath.Join(dir, "public.coming", "2026-09"))}
	only := 0
	for name := range a.coming {
		if _, both := a.old[name]; !both {
			only++
		}
		a.names = append(a.names, name)
	}
	for name := range a.old {
		if _, both := a.coming[name]; !both {
			a.names = append(a.names, name)
		}
	}
	a.names = append(a.names, guesses("2026-09")...)
	var server *exec.Cmd
	server, a.url = served(t, dir)

	var stop atomic.Bool
	var readers sync.WaitGroup
	for n := range 6 {
		client := &http.Client{Transport: &http.Transport{DisableCompression: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		random := rand.New(rand.NewPCG(20261122, uint64(n)))
		readers.Go(func() {
			defer client.CloseIdleConnections()
			for !stop.Load() && !t.Failed() {
				a.visit(client, a.names[random.IntN(len(a.names))])
			}
		})
	}
	publish := func(now time.Time) int {
		c := exec.Command("osservatorio-at", now.Format(time.RFC3339), "publish")
		c.Dir = dir
		c.CombinedOutput()
		return c.ProcessState.ExitCode()
	}
	passes := int64(2 * len(a.names))
	a.wait(passes)
	if code := publish(announcedAt.Add(-time.Second)); code != exitFault {
		t.Errorf("published a second early: exit code %d", code)
	}
	a.wait(passes)
	a.begun.Store(true)
	if code := publish(announcedAt); code != exitDone {
		t.Errorf("publish: exit code %d", code)
	}
	time.Sleep(100 * time.Millisecond) // the server looks for another site a hundred times a second
	a.ended.Store(true)
	a.wait(passes)
	stop.Store(true)
	readers.Wait()
	must(t, server.Process.Signal(syscall.SIGTERM))
	must(t, server.Wait())
	if only < 5 || a.early.Load() == 0 || a.late.Load() == 0 {
		t.Errorf("%d names are of the coming site alone, %d answers of the site before alone, %d of the new: this test sees nothing", only, a.early.Load(), a.late.Load())
	}
	t.Logf("%d requests, %d of them for what was not public at first (%d names of the coming site alone, %d guesses); %d answers that only the site before has, %d only the new",
		a.asked.Load(), a.guessed.Load(), only, len(guesses("2026-09")), a.early.Load(), a.late.Load())
}
