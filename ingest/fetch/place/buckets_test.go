package place

import (
	"bytes"
	"crypto/md5"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gocloud.dev/blob/memblob"
	_ "gocloud.dev/blob/s3blob"
)

// s3Server serves a folder as storage that speaks S3 does: keys a few a page,
// ranges, checksums as ETags, times of lists finer than those of files, and
// nothing to who does not sign.
type s3Server struct {
	shelf string
	late  time.Duration // what a list adds to the time of a file, which has whole seconds
	cuts  atomic.Int64  // so many answers end in their middle
	lies  atomic.Bool   // bytes are others than their checksum says

	mu    sync.Mutex
	asked []string // method, key and range
}

func serveS3(t *testing.T) (*s3Server, Place) {
	t.Helper()
	s := &s3Server{shelf: t.TempDir()}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "key of the environment")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret of the environment")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	return s, Place{Bucket: "s3://regione?region=eu-south-1&use_path_style=true&response_checksum_validation=when_required&endpoint=" + server.URL, Prefix: "out"}
}

func (s *s3Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key, ours := strings.CutPrefix(r.URL.Path, "/regione")
	s.mu.Lock()
	s.asked = append(s.asked, r.Method+" "+key+" "+r.Header.Get("Range"))
	s.mu.Unlock()
	switch {
	case !strings.Contains(r.Header.Get("Authorization"), "Credential=key of the environment/"):
		tell(w, http.StatusForbidden, "AccessDenied")
	case !ours:
		tell(w, http.StatusNotFound, "NoSuchBucket")
	case key == "" || key == "/":
		s.list(w, r)
	default:
		s.file(w, r, key)
	}
}

func tell(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, code)
}

type s3Listed struct {
	Key, LastModified, ETag string
	Size                    int
}

type s3List struct {
	XMLName               xml.Name `xml:"ListBucketResult"`
	IsTruncated           bool
	NextContinuationToken string
	Contents              []s3Listed
	CommonPrefixes        []struct{ Prefix string }
}

// list answers with two keys at a time.
func (s *s3Server) list(w http.ResponseWriter, r *http.Request) {
	prefix, after := r.URL.Query().Get("prefix"), r.URL.Query().Get("continuation-token")
	entries, err := os.ReadDir(filepath.Join(s.shelf, prefix))
	if err != nil {
		tell(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	var l s3List
	for _, e := range entries {
		key := prefix + e.Name()
		switch {
		case key <= after:
		case len(l.Contents)+len(l.CommonPrefixes) == 2:
			l.IsTruncated = true
		case e.IsDir():
			l.CommonPrefixes = append(l.CommonPrefixes, struct{ Prefix string }{key + "/"})
			l.NextContinuationToken = key
		default:
			content, _ := os.ReadFile(filepath.Join(s.shelf, key))
			info, _ := e.Info()
			l.Contents = append(l.Contents, s3Listed{key, info.ModTime().Add(s.late).UTC().Format("2006-01-02T15:04:05.000Z"), etag(content), len(content)})
			l.NextContinuationToken = key
		}
	}
	w.Header().Set("Content-Type", "application/xml")
	xml.NewEncoder(w).Encode(l)
}

func etag(content []byte) string { return fmt.Sprintf(`"%x"`, md5.Sum(content)) }

func (s *s3Server) file(w http.ResponseWriter, r *http.Request, key string) {
	name := filepath.Join(s.shelf, path.Clean("/"+key))
	content, err := os.ReadFile(name)
	if err != nil {
		tell(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	w.Header().Set("ETag", etag(content))
	if s.lies.Load() {
		content[len(content)/2] ^= 1
	}
	info, _ := os.Stat(name)
	if r.Method == http.MethodGet && s.cuts.Add(-1) >= 0 {
		w = &cutAfter{ResponseWriter: w, left: 700_000}
	}
	http.ServeContent(w, r, "", info.ModTime(), bytes.NewReader(content))
}

// cutAfter is an answer that breaks off.
type cutAfter struct {
	http.ResponseWriter
	left int
}

func (c *cutAfter) Write(p []byte) (int, error) {
	if c.left -= len(p); c.left < 0 {
		panic(http.ErrAbortHandler)
	}
	return c.ResponseWriter.Write(p)
}

func TestStorageThatSpeaksS3IsEmptiedOnce(t *testing.T) {
	s, p := serveS3(t)
	aShelfIsEmptiedOnce(t, p, filepath.Join(s.shelf, "out"))
	if !slices.ContainsFunc(s.asked, func(a string) bool { return strings.HasPrefix(a, "GET /out/services_old.csv") }) {
		t.Errorf("asked for: %q", s.asked)
	}
}

// Lists of MinIO and Ceph tell milliseconds, headers of files cannot.
func TestAFileWhoseListTellsTheTimeFinerIsNotTakenForAnother(t *testing.T) {
	s, p := serveS3(t)
	s.late = 123 * time.Millisecond
	lay(t, filepath.Join(s.shelf, "out"), "services.csv", "a,b\n1,2\n")
	o := into(t, nil)
	if names, err := Bring(t.Context(), p, o); err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	if names, err := Bring(t.Context(), p, o); err != nil || len(names) != 0 {
		t.Errorf("again: %v %v", names, err)
	}
}

func TestAFileOfABucketIsGoneOnWithWhereItWasCut(t *testing.T) {
	s, p := serveS3(t)
	s.cuts.Store(1)
	lay(t, filepath.Join(s.shelf, "out"), "services.csv", string(big))
	o := into(t, nil)
	if _, err := Bring(t.Context(), p, o); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(filepath.Join(o.Dir, "services.csv")); !bytes.Equal(got, big) {
		t.Errorf("%d bytes of %d", len(got), len(big))
	}
	if !slices.ContainsFunc(s.asked, func(a string) bool {
		return strings.HasPrefix(a, "GET ") && strings.Contains(a, "bytes=") && !strings.Contains(a, "bytes=0-")
	}) {
		t.Errorf("the rest was not asked for: %q", s.asked)
	}
}

func TestAFileOfABucketThatIsNotWhatItsChecksumSaysIsRefused(t *testing.T) {
	s, p := serveS3(t)
	s.lies.Store(true)
	lay(t, filepath.Join(s.shelf, "out"), "services.csv", "a,b\n1,2\n")
	o := into(t, nil)
	_, err := Bring(t.Context(), p, o)
	mustRefuse(t, o, err, "5 times in a row")
}

func TestABucketThatLetsNobodyInIsRefusedWithoutItsKeys(t *testing.T) {
	_, p := serveS3(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "another")
	o := into(t, nil)
	_, err := Bring(t.Context(), p, o)
	mustRefuse(t, o, err, "access denied", "credentials")
	if strings.Contains(err.Error(), "secret of") {
		t.Error(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "key of the environment")
	p.Bucket = strings.Replace(p.Bucket, "regione", "altra", 1)
	_, err = Bring(t.Context(), p, o)
	mustRefuse(t, o, err, "not there", "check bucket")
}

func TestABucketInMemoryIsEmptiedOnce(t *testing.T) {
	held := memblob.OpenBucket(nil)
	t.Cleanup(func() { held.Close() })
	if err := held.WriteAll(t.Context(), "out/services.csv", []byte("a,b\n1,2\n"), nil); err != nil {
		t.Fatal(err)
	}
	o := into(t, nil)
	o.Progress, o.Stall = func(string, int64, int64) {}, time.Minute
	for try, want := range []int{1, 0} {
		seen, err := readState(o.Dir)
		if err != nil {
			t.Fatal(err)
		}
		b := &bringer{Place: Place{Bucket: "mem://", Prefix: "out", MaxBytes: 100}, Options: o, seen: seen}
		if names, err := b.many(t.Context(), &bucket{b, held}); err != nil || len(names) != want {
			t.Errorf("try %d: %v %v, want %d files", try, names, err, want)
		}
	}
}
