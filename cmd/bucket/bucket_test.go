package bucket

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jonboulle/clockwork"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"
)

// first and second are two sites: between them pages change, one goes, one comes.
var (
	first = site("2026-06", map[string]string{
		"index.html": "home 1", "en/index.html": "home 1", "lep/index.html": "<link style.aa.css> 1", "old/index.html": "1", "old/old.svg": "1",
		"assets/style.aa.css": "a", "assets/keep.cc.js": "same", "data/flows.csv": "1", "data/flows.csv.gz": "twin", "index.json": "1", ".stamp": "one", "_headers": "x",
	})
	second = site("2026-09", map[string]string{
		"index.html": "home 2", "en/index.html": "home 2", "lep/index.html": "<link style.bb.css> 2", "new/index.html": "2", "new/new.svg": "2",
		"assets/style.bb.css": "b", "assets/keep.cc.js": "same", "data/flows.csv": "2", "index.json": "2", "notizie/feed.xml": "2", ".stamp": "two", "data/raw.gz": "no twin",
	})
)

func site(release string, files map[string]string) Site {
	tree := fstest.MapFS{}
	for name, text := range files {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Site{Files: tree, Stamp: files[".stamp"], Release: release, Describe: func(name string) (string, string) {
		return "type/of-" + name[strings.LastIndex(name, ".")+1:], "no-cache"
	}}
}

// shown is what of a site a bucket is to have.
func shown(s Site) map[string]string {
	out := map[string]string{}
	for name, f := range s.Files.(fstest.MapFS) {
		if !hidden(name) && name != "data/flows.csv.gz" {
			out[name] = string(f.Data)
		}
	}
	return out
}

// buckets are empty ones of the drivers; the last tells no checksums.
func buckets(t *testing.T) map[string]*blob.Bucket {
	t.Helper()
	open := func(o *fileblob.Options) *blob.Bucket {
		o.NoTempDir = true
		b, err := fileblob.OpenBucket(t.TempDir(), o)
		must(t, err)
		return b
	}
	all := map[string]*blob.Bucket{
		"memory": memblob.OpenBucket(nil), "file": open(&fileblob.Options{}), "file without sums": open(&fileblob.Options{Metadata: fileblob.MetadataDontWrite}),
	}
	for _, b := range all {
		t.Cleanup(func() { b.Close() })
	}
	return all
}

// holds are the objects of a bucket, without the mark.
func holds(t *testing.T, b *blob.Bucket) map[string]string {
	t.Helper()
	there, err := listed(t.Context(), b)
	must(t, err)
	out := map[string]string{}
	for name := range there {
		if name != MarkFile {
			raw, err := b.ReadAll(t.Context(), name)
			must(t, err)
			out[name] = string(raw)
		}
	}
	return out
}

func carry(t *testing.T, b *blob.Bucket, s Site) Report {
	t.Helper()
	r, err := Carry(t.Context(), b, s, clockwork.NewRealClock())
	must(t, err)
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestABucketHoldsTheSiteAndNothingOfTheOneBefore(t *testing.T) {
	for name, b := range buckets(t) {
		must(t, b.WriteAll(t.Context(), "somebody/else.txt", []byte("stays"), nil))
		carry(t, b, first)
		must(t, b.WriteAll(t.Context(), "lep/index.html.18ea779ff6153b84.tmp", []byte("half"), nil)) // of a write that was killed
		r := carry(t, b, second)
		want := shown(second)
		want["somebody/else.txt"] = "stays"
		if got := holds(t, b); !maps.Equal(got, want) {
			t.Errorf("%s holds %v, want %v", name, got, want)
		}
		if r.Removed != 4 || r.Carried != len(shown(second))-1 || r.Unfinished { // all but keep.cc.js
			t.Errorf("%s: %+v", name, r)
		}
		if r = carry(t, b, second); !r.Standing || r.Carried > 0 || r.Files != len(shown(second)) {
			t.Errorf("%s, a second time: %+v", name, r)
		}
		stands, err := Standing(t.Context(), b)
		if must(t, err); stands != "two" {
			t.Errorf("%s says that %q stands", name, stands)
		}
		if name == "file without sums" {
			continue // and without types
		}
		a, err := b.Attributes(t.Context(), "data/flows.csv")
		must(t, err)
		if a.ContentType != "type/of-csv" || a.CacheControl != "no-cache" {
			t.Errorf("%s serves it as %q, %q", name, a.ContentType, a.CacheControl)
		}
	}
}

// steps is a site that breaks when so many files were opened.
type steps struct {
	fs.FS
	breakAt int64
	count   atomic.Int64
}

var errBroken = errors.New("broken")

func (s *steps) Open(name string) (fs.File, error) {
	if n := s.count.Add(1); s.breakAt > 0 && n >= s.breakAt {
		return nil, errBroken
	}
	return s.FS.Open(name)
}

func TestPagesComeAfterWhatTheyShowAndEntrancesLast(t *testing.T) {
	b := memblob.OpenBucket(nil)
	defer b.Close()
	carry(t, b, first)
	written := time.Now()
	carry(t, b, second)
	type at struct {
		name string
		time time.Time
	}
	var order []at
	for iter := b.List(nil); ; {
		o, err := iter.Next(t.Context())
		if err != nil {
			break
		}
		if o.Key != MarkFile && o.ModTime.After(written) {
			order = append(order, at{o.Key, o.ModTime})
		}
	}
	slices.SortFunc(order, func(a, b at) int { return a.time.Compare(b.time) })
	last := -1
	for _, o := range order {
		_, taken := shown(first)[o.name]
		if n := turn(o.name, taken); n < last {
			t.Errorf("%s of turn %d came after one of turn %d: %v", o.name, n, last, order)
		} else {
			last = n
		}
	}
	if len(order) != len(shown(second))-1 || order[0].name != "assets/style.bb.css" || last != entrances {
		t.Errorf("order: %v", order)
	}
}

func TestACarryThatIsCutOffAnywhereIsFinishedByTheNext(t *testing.T) {
	cuts := 0
	for n := int64(1); ; n++ {
		ended := true
		for name, b := range buckets(t) {
			carry(t, b, first)
			cut := second
			cut.Files = &steps{FS: second.Files, breakAt: n}
			_, err := Carry(t.Context(), b, cut, clockwork.NewRealClock())
			if err == nil {
				continue
			}
			if ended, cuts = false, cuts+1; !errors.Is(err, errBroken) {
				t.Fatal(err)
			}
			both(t, fmt.Sprintf("%s cut at %d", name, n), holds(t, b))
			goOn := second
			if n%2 == 0 { // back to the site before, of which the mark once knew all
				goOn = first
			}
			carry(t, b, goOn)
			if got := holds(t, b); !maps.Equal(got, shown(goOn)) {
				t.Errorf("%s cut at %d, then carried: holds %v, want %v", name, n, got, shown(goOn))
			}
		}
		if ended {
			break
		}
	}
	if cuts < 3*len(shown(second)) {
		t.Errorf("only %d cuts", cuts)
	}
}

// both fails if an object is of neither site, or one that both have is missing.
func both(t *testing.T, when string, got map[string]string) {
	t.Helper()
	for name, text := range got {
		if one, two := shown(first)[name], shown(second)[name]; text != one && text != two {
			t.Errorf("%s: %s is %q", when, name, text)
		}
	}
	for name := range shown(first) {
		if _, stays := shown(second)[name]; stays && got[name] == "" {
			t.Errorf("%s: %s is not there", when, name)
		}
	}
}

func TestTheTimeInWhichReadersMayMeetBothSitesIsMeasured(t *testing.T) {
	dir := t.TempDir()
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true})
	must(t, err)
	defer b.Close()
	files := func(v string) map[string]string {
		all := map[string]string{".stamp": v, "index.html": v}
		for n := range 400 {
			all[fmt.Sprintf("p%d/index.html", n)] = v
			all[fmt.Sprintf("new-in-%s/%d.svg", v, n)] = v
		}
		return all
	}
	carry(t, b, site("1", files("1")))
	ctx, stop := context.WithCancel(t.Context())
	seen := make(chan time.Duration)
	go func() { // a reader of the first page changed and of the last
		var from, to time.Time
		for ctx.Err() == nil {
			one, _ := os.ReadFile(dir + "/p0/index.html")
			last, _ := os.ReadFile(dir + "/index.html")
			if string(one) == "2" && string(last) == "1" {
				if from.IsZero() {
					from = time.Now()
				}
				to = time.Now()
			}
		}
		seen <- to.Sub(from)
	}()
	r := carry(t, b, site("2", files("2")))
	stop()
	saw := <-seen
	t.Logf("%d files carried, %d removed in %v; both sites for %v, a reader saw both for %v", r.Carried, r.Removed, r.Duration, r.Mixed, saw)
	if r.Mixed <= 0 || r.Mixed >= r.Duration || saw > r.Mixed+50*time.Millisecond {
		t.Errorf("measured %v of %v, a reader saw both for %v", r.Mixed, r.Duration, saw)
	}
}

func TestABucketOfNewerSoftwareIsLeftAlone(t *testing.T) {
	b := memblob.OpenBucket(nil)
	defer b.Close()
	must(t, b.WriteAll(t.Context(), MarkFile, []byte(`{"format":2}`), nil))
	if _, err := Carry(t.Context(), b, first, clockwork.NewRealClock()); err == nil || !strings.Contains(err.Error(), "newer software wrote it") || len(holds(t, b)) > 0 {
		t.Errorf("%v: %v", err, holds(t, b))
	}
}
