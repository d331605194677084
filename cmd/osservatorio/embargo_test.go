package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"osservatorio/queries/release"
	"osservatorio/site"
)

// announcedAt is the time of the calendar that the tests below use; it is in
// summer time.
var announcedAt = time.Date(2026, 9, 15, 8, 0, 0, 0, time.UTC)

const announcement = `
[release]
commitment = true
[[release.calendar]]
id = "2026-09"
title_it = "Secondo trimestre 2026"
title_en = "Second quarter 2026"
at = "2026-09-15 10:00"
[[release.calendar]]
id = "2026-12"
title_it = "Terzo trimestre 2026"
at = "2026-12-15 10:00"
`

// at runs one command line at a time and returns its exit code and what it said.
func at(t *testing.T, now time.Time, dir string, args ...string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	root := command(&app{stdout: &out, stderr: &out, now: func() time.Time { return now }})
	root.SetArgs(append([]string{"--config", filepath.Join(dir, "osservatorio.toml")}, args...))
	root.SetOut(io.Discard)
	root.SetErr(io.Discard)
	err := root.ExecuteContext(t.Context())
	if err != nil {
		report(&out, err)
	}
	return exitCode(err), out.String()
}

func done(t *testing.T, now time.Time, dir string, args ...string) string {
	t.Helper()
	code, said := at(t, now, dir, args...)
	if code != exitDone {
		t.Fatalf("%v at %v: exit code %d:\n%s", args, now, code, said)
	}
	return said
}

// tenDaysBefore the announced time the coming release is made.
var tenDaysBefore = announcedAt.AddDate(0, 0, -10)

var waiting made[string]

// embargoed is an instance that shows release 2026-06 and has 2026-09 waiting,
// made ten days before its time; a number of the latter is 1173.25.
func embargoed(t *testing.T) string {
	t.Helper()
	return sameAs(t, waiting.by(func() string {
		dir := filepath.Join(begun, "embargoed")
		must(t, os.RemoveAll(dir)) // of a test that failed
		must(t, os.CopyFS(dir, os.DirFS(tinyDir)))
		layOutComing(t, dir)
		return dir
	}))
}

func layOutComing(t *testing.T, dir string) {
	t.Helper()
	config := filepath.Join(dir, "osservatorio.toml")
	first, err := os.ReadFile(filepath.Join(dir, "inbox", "co_all_2026-05-11.csv"))
	must(t, err)
	done(t, tenDaysBefore.AddDate(0, -1, 0), dir, "run")
	plain, err := os.ReadFile(config)
	must(t, err)
	must(t, os.WriteFile(config, append(plain, announcement...), 0o600))
	second := bytes.Replace(first, []byte("quarter,2024-Q1,,1100,"), []byte("quarter,2024-Q1,,1173.25,"), 1)
	must(t, os.WriteFile(filepath.Join(dir, "inbox", "co_all_2026-08-11.csv"), second, 0o600))
	done(t, tenDaysBefore, dir, "run")
}

// hashes are those of all files below a folder.
func hashes(t *testing.T, dir string) map[[32]byte]string {
	t.Helper()
	found := map[[32]byte]string{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		found[sha256.Sum256(data)] = strings.TrimPrefix(path, dir)
		return err
	}))
	return found
}

func TestNothingOfAComingReleaseIsBelowThePublicFolder(t *testing.T) {
	t.Parallel()
	dir := embargoed(t)
	public := filepath.Join(dir, "public")
	standing := hashes(t, filepath.Join(dir, "releases", "2026-06"))
	secret := hashes(t, filepath.Join(dir, "releases", "2026-09"))
	for sum, name := range hashes(t, public) {
		if _, was := standing[sum]; secret[sum] != "" && !was {
			t.Errorf("%s is %s of the coming release", name, secret[sum])
		}
	}
	said := map[string]bool{}
	must(t, filepath.WalkDir(public, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name := strings.TrimPrefix(path, public)
		if bytes.Contains(text, []byte("1173.25")) || bytes.Contains(text, []byte("1.173")) && strings.HasSuffix(name, ".html") {
			t.Errorf("%s tells a number of the coming release", name)
		}
		if strings.Contains(name, "2026-09") || bytes.Contains(text, []byte("2026-09")) {
			said[name] = true
		}
		return err
	}))
	for _, name := range []string{"/calendario/index.html", "/en/calendar/index.html", "/rilasci/calendario.ics", "/en/releases/calendar.ics", "/commitment.json"} {
		delete(said, name)
	}
	for name := range said {
		if !regexp.MustCompile(`\.(gz|br)$`).MatchString(name) {
			t.Errorf("%s names the coming release", name)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "public.coming"))
	must(t, err)
	if info.Mode().Perm() != 0o700 || !exists(filepath.Join(dir, "public.coming", "2026-09", "index.html")) {
		t.Errorf("the coming site stands open to %v", info.Mode())
	}
	index, err := os.ReadFile(filepath.Join(dir, "releases", release.IndexFile))
	must(t, err)
	if bytes.Contains(index, []byte("2026-09")) || !bytes.Contains(index, []byte(`"latest": "2026-06"`)) {
		t.Errorf("the index tells of the coming release:\n%s", index)
	}
}

func TestAReleaseCarriesItsTimeAndIsCommittedToBeforeIt(t *testing.T) {
	t.Parallel()
	dir := embargoed(t)
	rel, err := release.Open(filepath.Join(dir, "releases", "2026-09"))
	must(t, err)
	if rel.Info.Embargo != "2026-09-15T10:00:00+02:00" {
		t.Errorf("it carries %q", rel.Info.Embargo)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "public", "commitment.json"))
	must(t, err)
	var said []site.Commitment
	must(t, json.Unmarshal(raw, &said))
	sums, err := release.SumsHash(filepath.Join(dir, "releases", "2026-09"))
	must(t, err)
	if len(said) != 1 || said[0] != (site.Commitment{ID: "2026-09", Sums: sums}) {
		t.Errorf("committed to %v, the manifest is %s", said, sums)
	}
}

func TestPublishRefusesBeforeTheTimeAndSwapsAtIt(t *testing.T) {
	t.Parallel()
	dir := embargoed(t)
	for _, args := range [][]string{{"publish"}, {"publish", "2026-09"}} {
		code, said := at(t, announcedAt.Add(-time.Second), dir, args...)
		if code != exitFault || !strings.Contains(said, "osservatorio: publish 2026-09: not public before 2026-09-15 10:00 (Europe/Rome)\n") {
			t.Errorf("%v a second before: exit code %d: %s", args, code, said)
		}
	}
	said := done(t, announcedAt.Add(-time.Second), dir, "status")
	if !strings.Contains(said, "\ncoming: 2026-09, public from 2026-09-15 10:00 (Europe/Rome): made, its site laid out\ncoming: 2026-12, public from 2026-12-15 10:00 (Europe/Rome): not made yet\n") {
		t.Errorf("status before:\n%s", said)
	}
	saysNext(t, dir, "15 settembre 2026")
	coming, err := os.Stat(filepath.Join(dir, "public.coming", "2026-09"))
	must(t, err)
	done(t, announcedAt, dir, "publish")
	public, err := os.Stat(filepath.Join(dir, "public"))
	must(t, err)
	if !os.SameFile(coming, public) || exists(filepath.Join(dir, "public.coming")) {
		t.Error("the public folder is not the one that was laid out")
	}
	text, err := os.ReadFile(filepath.Join(dir, "public", "calendario", "index.html"))
	must(t, err)
	if !bytes.Contains(text, []byte(`#r-2026-09">pubblicato`)) || exists(filepath.Join(dir, "public", "commitment.json")) {
		t.Error("the new site does not know that it is public")
	}
	saysNext(t, dir, "15 dicembre 2026")
	if said = done(t, announcedAt, dir, "status"); strings.Contains(said, "coming: 2026-09") || !strings.Contains(said, "coming: 2026-12") {
		t.Errorf("status after:\n%s", said)
	}
	index, err := release.ReadIndex(filepath.Join(dir, "releases"))
	must(t, err)
	if e, _ := index.Entry("2026-06"); index.Latest != "2026-09" || e.SupersededBy != "2026-09" {
		t.Errorf("the index says %+v", index)
	}
	if said := done(t, announcedAt.Add(time.Minute), dir, "run"); !strings.Contains(said, "release unchanged") || !strings.Contains(said, "site unchanged") {
		t.Errorf("run makes something anew after the publication:\n%s", said)
	}
	code, said := at(t, announcedAt.Add(time.Hour), dir, "publish")
	if code != exitDone || !strings.Contains(said, "site unchanged") {
		t.Errorf("a second publication: exit code %d: %s", code, said)
	}
}

// saysNext holds the first page to the day of the next release.
func saysNext(t *testing.T, dir, day string) {
	t.Helper()
	home, err := os.ReadFile(filepath.Join(dir, "public", "index.html"))
	must(t, err)
	if m := regexp.MustCompile(`Prossimo rilascio</h2><p class="?big"?>(.*?)</p>`).FindSubmatch(home); m == nil || !strings.Contains(string(m[1]), day) {
		t.Errorf("the first page says %q, want %s", m, day)
	}
}

func TestPreviewShowsTheComingSiteToThisMachineAlone(t *testing.T) {
	t.Parallel()
	now := tenDaysBefore
	dir := embargoed(t)
	must(t, os.RemoveAll(filepath.Join(dir, "public.coming"))) // it is laid out anew
	c, err := LoadConfig(filepath.Join(dir, "osservatorio.toml"))
	must(t, err)
	a := &app{stderr: io.Discard, stdout: io.Discard, now: func() time.Time { return now }, logFormat: "text", config: filepath.Join(dir, "osservatorio.toml")}
	in, err := a.load()
	must(t, err)
	in.Config = c
	when, err := in.previewTime("")
	must(t, err)
	folder, err := in.previewed(t.Context(), when)
	must(t, err)
	out, lines := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serveFolder(ctx, lines, folder, 18200) }()
	said := make([]byte, 200)
	n, err := out.Read(said)
	must(t, err)
	url := regexp.MustCompile(`http://localhost:\d+`).FindString(string(said[:n]))
	answer, err := http.Get(url + "/data/co_flows.csv")
	must(t, err)
	body, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	must(t, err)
	if !bytes.Contains(body, []byte("1173.25")) {
		t.Errorf("the preview at %s shows another release: %s", url, answer.Status)
	}
	stop()
	must(t, <-ended)
	if folder, err = in.previewed(t.Context(), announcedAt.AddDate(0, 0, -1)); err != nil || folder != filepath.Join(dir, "public") {
		t.Errorf("as at the day before it shows %s: %v", folder, err)
	}
}

func TestRollbackShowsTheSiteBeforeAndRunLeavesIt(t *testing.T) {
	t.Parallel()
	dir := embargoed(t)
	done(t, announcedAt, dir, "publish")
	if said := done(t, announcedAt.Add(time.Hour), dir, "rollback"); said != "site of 2026-09 taken back; public is that of 2026-06\n" {
		t.Errorf("rollback: %s", said)
	}
	if said := done(t, announcedAt.Add(2*time.Hour), dir, "run"); !strings.Contains(said, "this one was taken back") {
		t.Errorf("run: %s", said)
	}
	shown := func() string {
		has, err := carriedIn(filepath.Join(dir, "public"))
		must(t, err)
		return has.ID
	}
	if shown() != "2026-06" {
		t.Errorf("after a run public is %s", shown())
	}
	done(t, announcedAt.Add(3*time.Hour), dir, "build")
	if shown() != "2026-09" {
		t.Errorf("after a build public is %s", shown())
	}
	for code := exitDone; code == exitDone; {
		var said string
		if code, said = at(t, announcedAt.Add(4*time.Hour), dir, "rollback"); code != exitDone && !strings.Contains(said, "no earlier site is kept") {
			t.Errorf("rollback with none left: %s", said)
		}
	}
}

func TestAMovedDateMovesThePublicationAndMakesNoNewRelease(t *testing.T) {
	t.Parallel()
	dir := embargoed(t)
	config := filepath.Join(dir, "osservatorio.toml")
	text, err := os.ReadFile(config)
	must(t, err)
	must(t, os.WriteFile(config, bytes.Replace(text, []byte("2026-09-15 10:00"), []byte("2026-09-22 10:00"), 1), 0o600))
	if code, said := at(t, announcedAt, dir, "publish"); code != exitFault || !strings.Contains(said, "not public before 2026-09-22 10:00") {
		t.Errorf("at the old time: exit code %d: %s", code, said)
	}
	done(t, announcedAt, dir, "run")
	if exists(filepath.Join(dir, "releases", "2026-09.1")) {
		t.Error("a moved date made a revision")
	}
	done(t, announcedAt.AddDate(0, 0, 7), dir, "publish", "2026-09")
}

func TestAWithdrawnComingReleaseNeverComesOut(t *testing.T) {
	t.Parallel()
	dir := embargoed(t)
	done(t, announcedAt.AddDate(0, 0, -9), dir, "withdraw", "2026-09", "--reason", "errore nella fonte")
	done(t, announcedAt.AddDate(0, 0, 1), dir, "build")
	has, err := carriedIn(filepath.Join(dir, "public"))
	must(t, err)
	if has.ID != "2026-06" || exists(filepath.Join(dir, "public.coming")) {
		t.Errorf("public is %s", has.ID)
	}
}

func TestTimesThatTheClocksOfItalySkipOrRepeatAreRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2027-03-28 02:30": "skip this hour", "2026-10-25 02:30": "show this hour twice", "2026-12-15": "want day and time", "2026-10-25 03:00": "", "2027-03-28 03:00": "",
	} {
		_, err := plannedTime(text)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	summer, _ := plannedTime("2026-10-25 03:00")
	if summer.UTC().Format(time.TimeOnly) != "02:00:00" {
		t.Errorf("after the clocks went back: %v", summer.UTC())
	}
}
