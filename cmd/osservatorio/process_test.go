package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"osservatorio/warehouse"
)

// house is a copy of testdata/tiny.
func house(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	must(t, os.CopyFS(dir, os.DirFS(tinyDir)))
	return dir
}

func child(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command("osservatorio", args...)
	c.Dir = dir
	return c
}

func runs(t *testing.T, dir string, args ...string) {
	t.Helper()
	if said, err := child(t, dir, args...).CombinedOutput(); err != nil {
		t.Fatalf("osservatorio %v: %v\n%s", args, err, said)
	}
}

func TestServeAnswersWhereItSaysAndStopsWhenInterrupted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "osservatorio.toml"), []byte("[region]\nname = \"T\"\ngeography = \"italia\"\n"), 0o600))
	must(t, os.Mkdir(filepath.Join(dir, "public"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "public", "index.html"), []byte("<!doctype html><title>prova</title>"), 0o600))

	first, firstURL := served(t, dir)
	second, secondURL := served(t, dir)
	if firstURL == secondURL {
		t.Errorf("both at %s: the second did not take the next free port", firstURL)
	}
	for _, url := range []string{firstURL, secondURL} {
		answer, err := http.Get(url)
		must(t, err)
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		must(t, err)
		if answer.StatusCode != http.StatusOK || !strings.Contains(string(body), "prova") || answer.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %s %v: %s", url, answer.Status, answer.Header, body)
		}
	}
	for _, c := range []*exec.Cmd{first, second} {
		must(t, c.Process.Signal(os.Interrupt))
		if err := c.Wait(); err != nil {
			t.Errorf("interrupted serve: %v", err)
		}
	}
}

// served starts serve and returns it with the address that it prints.
func served(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	c := child(t, dir, "serve", "--port", "18080")
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	t.Cleanup(func() { c.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	url := regexp.MustCompile(`http://localhost:\d+`).FindString(line)
	if url == "" {
		t.Fatalf("no address in %q", line)
	}
	return c, url
}

func TestADemoThatIsStoppedLeavesNothingHalfMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := child(t, dir, "demo", "--persons", "500000", "--no-serve")
	said, err := c.StderrPipe()
	must(t, err)
	must(t, c.Start())
	line, err := bufio.NewReader(said).ReadString('\n')
	must(t, err)
	if !strings.Contains(line, "every number in it is invented") {
		t.Errorf("said first: %s", line)
	}
	time.Sleep(300 * time.Millisecond)
	must(t, c.Process.Signal(os.Interrupt))
	if err := c.Wait(); err == nil {
		t.Error("a stopped demo ended well")
	}
	left, err := os.ReadDir(dir)
	must(t, err)
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// killRounds is how often each of the tests below kills a run.
const killRounds = 4

func TestARunThatIsKilledAnywhereIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	calm := house(t)
	started := time.Now()
	runs(t, calm, "run")
	whole := time.Since(started)
	want := outcome(t, calm)

	random := rand.New(rand.NewPCG(20261122, 1))
	dir := house(t)
	for round := range killRounds {
		// Each round kills within its own part of a run, so that all are hit.
		wait := time.Duration((float64(round) + random.Float64()) / killRounds * float64(whole))
		c := child(t, dir, "run")
		must(t, c.Start())
		time.Sleep(wait)
		c.Process.Kill() // it may be done by now
		c.Wait()
		allWhole(t, dir)
		if public := filepath.Join(dir, "public"); exists(public) && !exists(filepath.Join(public, "index.html")) {
			t.Errorf("killed after %v: a site without its first page", wait)
		}
	}
	runs(t, dir, "run")
	if got := outcome(t, dir); got != want {
		t.Errorf("after %d kills:\n%s\nundisturbed:\n%s", killRounds, got, want)
	}
}

func TestAReleaseHalfWrittenIsNeverTakenForTheNewest(t *testing.T) {
	t.Parallel()
	dir := house(t)
	half := filepath.Join(dir, "releases", ".2026-06.partial")
	must(t, os.MkdirAll(half, 0o700))
	must(t, os.WriteFile(filepath.Join(half, "release.json"), nil, 0o600))
	runs(t, dir, "run")
	said, err := child(t, dir, "status").Output()
	must(t, err)
	if !strings.Contains(string(said), "releases: 2026-06\n") {
		t.Errorf("status:\n%s", said)
	}
	if exists(half) {
		t.Error("the half of a release is still there")
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// outcome is what a run leaves: checksums of its releases, pages of its site,
// counts of its ledger, files of its inbox and archive.
func outcome(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	for _, pattern := range []string{"releases/*", "releases/*/SHA256SUMS", "inbox/*", "archive/*/*/*", "public/*", "*.building"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		must(t, err)
		for _, f := range files {
			fmt.Fprintln(&out, strings.TrimPrefix(f, dir))
			if filepath.Base(f) == "SHA256SUMS" {
				text, err := os.ReadFile(f)
				must(t, err)
				out.Write(text)
			}
		}
	}
	db, err := warehouse.Open(t.Context(), warehouse.Options{Path: filepath.Join(dir, "warehouse.duckdb")})
	must(t, err)
	defer db.Close()
	var deliveries, accepted, raw int64
	must(t, db.QueryRow(`SELECT count(*), sum(accepted), (SELECT count(*) FROM raw.observations) FROM ledger.deliveries`).Scan(&deliveries, &accepted, &raw))
	fmt.Fprintln(&out, "deliveries", deliveries, "accepted", accepted, "rows", raw)
	return out.String()
}

func TestTheExampleOnRealTablesRunsWhole(t *testing.T) {
	t.Parallel()
	root := os.Getenv("OSSERVATORIO_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	tables, err := filepath.Abs(filepath.Join(root, "data", "02-lavoro"))
	must(t, err)
	if !exists(tables) {
		t.Skip("shared data not here: set OSSERVATORIO_SHARED")
	}
	dir := t.TempDir()
	for _, part := range []string{"osservatorio.toml", "mapping", "lists"} {
		copied(t, filepath.Join("examples", "gol", part), filepath.Join(dir, part))
	}
	runs(t, dir, "ingest", "--source-dir", tables)
	runs(t, dir, "release")
	for _, f := range []string{"SHA256SUMS", "data/gol_policies.parquet", "data/co_flows.csv"} {
		if !exists(filepath.Join(dir, "releases", "2026-05", f)) {
			t.Errorf("no %s in the release", f)
		}
	}
	said, err := child(t, dir, "status").Output()
	must(t, err)
	if !regexp.MustCompile(`(?m)^co_flussi +1 +4830 +4830 +0 `).Match(said) || !strings.Contains(string(said), "releases: 2026-05\n") {
		t.Errorf("status:\n%s", said)
	}
}

func copied(t *testing.T, from, to string) {
	t.Helper()
	if info, err := os.Stat(from); err == nil && info.IsDir() {
		must(t, os.CopyFS(to, os.DirFS(from)))
		return
	}
	text, err := os.ReadFile(from)
	must(t, err)
	must(t, os.WriteFile(to, text, 0o600))
}
