package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"osservatorio/cmd/bucket"
)

// withBucket has the site of an instance carried to a folder beside it, which it
// returns.
func withBucket(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(dir, "bucket")
	must(t, os.MkdirAll(to, 0o755))
	config := filepath.Join(dir, "osservatorio.toml")
	text, err := os.ReadFile(config)
	must(t, err)
	must(t, os.WriteFile(config, append(text, "\n[site]\nbucket = \"file://"+to+"?no_tmp_dir=1&metadata=skip\"\n"...), 0o600))
	return to
}

// shownBy are the files that readers of a folder get, with their checksums: not
// those of the builder, nor compressed twins, nor what marks a bucket.
func shownBy(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	found := map[string][32]byte{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name := d.Name()
		if err != nil || d.IsDir() || strings.HasPrefix(name, ".") || name == "_headers" {
			return err
		}
		if plain := strings.TrimSuffix(strings.TrimSuffix(path, ".gz"), ".br"); plain != path && exists(plain) {
			return nil
		}
		data, err := os.ReadFile(path)
		found[strings.TrimPrefix(path, dir)] = sha256.Sum256(data)
		return err
	}))
	return found
}

// carriedSite is the stamp that a bucket says to have, "" while it has none whole.
func carriedSite(t *testing.T, to string) string {
	t.Helper()
	var m struct{ Site string }
	raw, err := os.ReadFile(filepath.Join(to, bucket.MarkFile))
	must(t, err)
	must(t, json.Unmarshal(raw, &m))
	return m.Site
}

func TestABucketShowsEachSiteThatBecomesPublicAndNoneBefore(t *testing.T) {
	t.Parallel()
	dir := embargoed(t)
	public, to := filepath.Join(dir, "public"), withBucket(t, dir)
	early := announcedAt.Add(-time.Hour)
	said := done(t, early, dir, "publish") // the bucket is behind: it has nothing yet
	if !maps.Equal(shownBy(t, to), shownBy(t, public)) || !strings.Contains(said, `msg="site carried" release=2026-06`) {
		t.Errorf("the bucket is not the site: %s", said)
	}
	if code, said := at(t, early, dir, "publish"); code != exitFault || !strings.Contains(said, "publish 2026-09: not public before") {
		t.Errorf("with nothing left to do: exit code %d: %s", code, said)
	}
	for name := range shownBy(t, to) {
		text, err := os.ReadFile(to + name)
		must(t, err)
		if bytes.Contains(text, []byte("1173.25")) {
			t.Errorf("%s tells a number of the coming release", name)
		}
	}
	before := shownBy(t, to)

	// At the time the bucket is away: this machine's own site does not wait for it.
	must(t, os.Rename(to, to+".away"))
	code, said := at(t, announcedAt, dir, "publish")
	if code != exitFault || !strings.Contains(said, "osservatorio: open bucket of the site: ") || !strings.Contains(said, "→ check bucket in [site]") {
		t.Errorf("without the bucket: exit code %d: %s", code, said)
	}
	if has, err := carriedIn(public); err != nil || has.ID != "2026-09" {
		t.Errorf("this machine shows %s: %v", has.ID, err)
	}
	must(t, os.Rename(to+".away", to))
	said = done(t, announcedAt, dir, "publish")
	if m := regexp.MustCompile(`msg="site carried" release=2026-09 files=\d+ carried=\d+ megabytes=\d+ removed=\d+ both_sites_ms=\d+ .*`).FindString(said); m == "" {
		t.Errorf("publish: %s", said)
	} else {
		t.Log(m)
	}
	if !maps.Equal(shownBy(t, to), shownBy(t, public)) || maps.Equal(shownBy(t, to), before) || carriedSite(t, to) == "" {
		t.Error("after the publication the bucket is not the site")
	}
	if said = done(t, announcedAt.Add(time.Minute), dir, "build"); !strings.Contains(said, `msg="bucket unchanged"`) {
		t.Errorf("a build that changes nothing: %s", said)
	}
	done(t, announcedAt.Add(time.Hour), dir, "rollback")
	if !maps.Equal(shownBy(t, to), before) {
		t.Error("after the rollback the bucket is not the site before")
	}
}

func TestBucketsThatAreNoneAreRefused(t *testing.T) {
	for address, want := range map[string]string{
		"ftp://host/x": "want s3://BUCKET", "s3://key:secret@site": "has a user in it", "file://relative/folder": "from the root on", "file://.": "from the root on", "s3://site?region=eu-south-1": "",
	} {
		c := &Config{Site: SiteConfig{Bucket: address}}
		var said string
		c.validateBucket(func(_ string, format string, _ ...any) { said = format })
		if (said == "") != (want == "") || !strings.Contains(said, want) {
			t.Errorf("%s: %q, want %q", address, said, want)
		}
	}
}
