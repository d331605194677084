package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"osservatorio/ingest/synthetic"
	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// asksIntervals is the line of a configuration that asks the interval attacker,
// where its program is installed.
func asksIntervals(cells string) string {
	if _, err := exec.LookPath("glpsol"); err != nil {
		return ""
	}
	return "intervals = \"" + cells + "\""
}

// TestTheSameDeliveriesMakeTheSameBytesOnAnotherMachine builds one release
// twice: in two instances that share nothing but the deliveries, the
// configuration and the key, one with one processor and all deliveries at once,
// the other with two and one source after the other. Persons are protected over
// all views together. It is then made again in place. Every byte must be the
// same, of the signature too.
func TestTheSameDeliveriesMakeTheSameBytesOnAnotherMachine(t *testing.T) {
	t.Parallel()
	territory, err := filepath.Abs("../../ingest/synthetic/testdata/geography")
	must(t, err)
	made := t.TempDir()
	_, err = synthetic.Generate(t.Context(), synthetic.Options{
		Persons: 150, Seed: 8, From: "2025-01", To: "2025-12", Dir: made,
		Reference: warehouse.ReferenceFS(), Geography: os.DirFS(territory), GeographyName: "prova",
	})
	must(t, err)
	config := strings.Replace(fmt.Sprintf(wallConfig, territory), "together = false", "together = true\n"+asksIntervals("30"), 1) + "[release]\nkey = \"secrets/signing.key\"\n"
	var houses [2]string
	for i := range houses {
		houses[i] = t.TempDir()
		must(t, initInstance(houses[i], []byte(config)))
	}
	for _, half := range []string{"signing.key", "signing.pub", "pseudonyms.key"} {
		must(t, os.Remove(filepath.Join(houses[1], "secrets", half)))
		copied(t, filepath.Join(houses[0], "secrets", half), filepath.Join(houses[1], "secrets", half))
	}
	bounded := func(dir string, threads int) {
		text := config + fmt.Sprintf("[limits]\nthreads = %d\n", threads)
		must(t, os.WriteFile(filepath.Join(dir, "osservatorio.toml"), []byte(text), 0o600))
	}
	bounded(houses[0], 1)
	bounded(houses[1], 2)
	runs(t, houses[0], "ingest", "--source-dir", made)
	for _, source := range []string{"vacancies", "placements", "registrations"} {
		runs(t, houses[1], "ingest", source, "--source-dir", made)
	}
	runs(t, houses[1], "ingest", "--source-dir", made)
	var found [2]string
	for i, house := range houses {
		runs(t, house, "release")
		list, err := filepath.Glob(filepath.Join(house, "releases", "*", "release.json"))
		must(t, err)
		if len(list) != 1 {
			t.Fatalf("releases %v, want one", list)
		}
		found[i] = filepath.Dir(list[0])
	}
	differing, files, err := differ(found[0], found[1])
	must(t, err)
	if len(differing) > 0 || files < 150 {
		t.Errorf("%d files; differ: %v", files, differing)
	}
	if report, err := os.ReadFile(filepath.Join(found[0], "disclosure.json")); err != nil || !bytes.Contains(report, []byte(`"exact": "passed"`)) ||
		asksIntervals("30") != "" && !bytes.Contains(report, []byte(`"sample": 30`)) {
		t.Errorf("protection: %v %.400s", err, report)
	}
	bounded(houses[1], 1)
	said, err := child(t, houses[1], "release", "--reproduce", filepath.Base(found[1])).CombinedOutput()
	if err != nil || !bytes.Contains(said, []byte("the same bytes")) {
		t.Errorf("made again: %v\n%s", err, said)
	}
}

// TestADiskThatIsFullShowsNoHalfRelease makes a release on a file system that
// has no room for it, of several sizes, so that writing ends in several places,
// and on one that nobody may write.
func TestADiskThatIsFullShowsNoHalfRelease(t *testing.T) {
	t.Parallel()
	dir := house(t)
	runs(t, dir, "ingest")
	must(t, os.Mkdir(filepath.Join(dir, "releases"), 0o755))
	self, err := exec.LookPath("osservatorio")
	must(t, err)
	for _, size := range []string{"8k", "64k", "160k", "1m,ro"} {
		// What is left is listed before the small file system goes with its owner.
		c := exec.Command("unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
			`mount -t tmpfs -o size=`+size+` tmpfs releases || exit 99; "`+self+`" release; code=$?; ls -A releases; exit $code`)
		c.Dir = dir
		var told bytes.Buffer
		c.Stderr = &told
		left, err := c.Output()
		var exit *exec.ExitError
		if errors.Is(err, exec.ErrNotFound) || errors.As(err, &exit) && (exit.ExitCode() == 99 || bytes.Contains(told.Bytes(), []byte("unshare"))) {
			t.Skip("no small file system can be mounted here: the room's own test fails each step in turn")
		}
		if exit == nil || exit.ExitCode() != exitFault || !bytes.Contains(told.Bytes(), []byte("write release 2026-06")) {
			t.Errorf("on %s: %v\n%s", size, err, &told)
		}
		if len(left) > 0 {
			t.Errorf("on %s: left behind: %s", size, left)
		}
	}
	runs(t, dir, "release")
	if _, err := release.Verify(t.Context(), filepath.Join(dir, "releases", "2026-06"), nil); err != nil {
		t.Error(err)
	}
}

// TestAReleaseThatNobodyRecordedIsTakenIn stands for a run that was killed when
// the folder had its name and the ledger did not know of it yet.
func TestAReleaseThatNobodyRecordedIsTakenIn(t *testing.T) {
	t.Parallel()
	dir := house(t)
	runs(t, dir, "ingest")
	runs(t, dir, "release")
	index := filepath.Join(dir, "releases", release.IndexFile)
	before, err := os.ReadFile(index)
	must(t, err)
	must(t, os.Remove(index))
	forgotten, err := warehouse.Open(t.Context(), warehouse.Options{Path: filepath.Join(dir, "warehouse.duckdb")})
	must(t, err)
	_, err = forgotten.Exec(`DELETE FROM ledger.releases; DELETE FROM ledger.released_views; DROP TABLE released.co_flows`)
	must(t, err)
	must(t, forgotten.Close())
	runs(t, dir, "release")
	after, err := os.ReadFile(index)
	must(t, err)
	if !bytes.Equal(before, after) {
		t.Errorf("index before\n%s\nafter\n%s", before, after)
	}
	db, err := warehouse.Open(t.Context(), warehouse.Options{Path: filepath.Join(dir, "warehouse.duckdb")})
	must(t, err)
	defer db.Close()
	var cells, rows, last int64
	must(t, db.QueryRow(`SELECT v.cells, (SELECT count(*) FROM released.co_flows), r.last_load FROM ledger.released_views v JOIN ledger.releases r ON r.seq = v.release`).Scan(&cells, &rows, &last))
	if cells == 0 || rows != cells || last != 1 {
		t.Errorf("%d cells in %d rows, after delivery %d", cells, rows, last)
	}
}

// allWhole verifies every release that a reader could take.
func allWhole(t *testing.T, dir string) {
	t.Helper()
	found, err := fs.Glob(os.DirFS(dir), "releases/[^.]*/release.json")
	must(t, err)
	for _, f := range found {
		if _, err := release.Verify(t.Context(), filepath.Join(dir, filepath.Dir(f)), nil); err != nil {
			t.Error(err)
		}
	}
}
