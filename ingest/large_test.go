package ingest

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osservatorio/ingest/fetch/place"
	"osservatorio/warehouse"
)

var (
	largeBytes = flag.Int64("large", 0, "size in bytes of the large files, which are made while they are sent; 0 is a small one")
	childURL   = flag.String("child-of-large-test", "", "fetch this address, load it in the folder of -child-dir and end")
	childWork  = flag.String("child-dir", "", "folder of the child")
)

const (
	// largeMemory is what DuckDB may hold in these tests.
	largeMemory = "512MB"
	// fullCeiling is what a process may hold of a delivery of any size.
	fullCeiling = 900 << 20
)

// sized is the size to try and the memory that it may take: of a small file
// what it takes without being held as a whole.
func sized(small, ceiling int64) (int64, int64) {
	if *largeBytes > 0 {
		return *largeBytes, fullCeiling
	}
	return small, ceiling
}

// A delivery of any size is fetched, checked, read and judged in the same
// memory: that of DuckDB's limit and some 300 MB beside it. It is made while it
// is sent; go test -run TestMemory ./ingest -args -large 5000000000 tries
// it at full size.
func TestMemoryDoesNotGrowWithADelivery(t *testing.T) {
	for _, c := range []struct {
		name           string
		extra          int // columns that the contract does not have
		small, ceiling int64
	}{{"narrow.csv", 0, 32 << 20, 450 << 20}, {"wide.csv", 40, 128 << 20, 360 << 20}} {
		t.Run(c.name, func(t *testing.T) {
			size, ceiling := sized(c.small, c.ceiling)
			s := newLarge(c.extra, size)
			took, told := largeChild(t, s)
			if want := fmt.Sprintf("accepted %d of %d", s.rows, s.rows); !strings.Contains(told, want) {
				t.Fatalf("%s, want %s", told, want)
			}
			took.check(t, size, ceiling)
		})
	}
}

// A line without end is refused with its line, whether it is the first one or
// comes after good rows, and is never held.
func TestMemoryDoesNotGrowWithALine(t *testing.T) {
	for _, c := range []struct{ name, before, want string }{
		{"one.csv", "", "line 1: no line end in the first 1048576 bytes"},
		{"third.csv", placementsHeader + placement(1), "line 3: the line is longer than 16 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			size, ceiling := sized(256<<20, 200<<20)
			took, told := largeChild(t, &large{size: size, header: []byte(c.before), row: func(b []byte, _ int64) []byte { return append(b, strings.Repeat("x", 4096)...) }})
			if !strings.Contains(told, c.want) {
				t.Errorf("%s, want %q", told, c.want)
			}
			took.check(t, size, ceiling)
		})
	}
}

// large is a file that is made while it is sent; each row is as long as the
// first.
type large struct {
	size   int64
	header []byte
	rows   int64
	row    func(to []byte, n int64) []byte
}

func newLarge(extra int, size int64) *large {
	var names, cells strings.Builder
	for i := range extra {
		fmt.Fprintf(&names, ",extra_%d", i)
		fmt.Fprintf(&cells, ",valore di troppo numero %06d", i)
	}
	header := strings.TrimSuffix(placementsHeader, "\n") + names.String() + "\n"
	tail := strings.TrimSuffix(placement(1), "\n")
	tail = tail[strings.Index(tail, ",D1,"):] + cells.String() + "\n"
	l := &large{header: []byte(header), row: func(to []byte, n int64) []byte {
		return append(fmt.Appendf(to, "E%012d,R%012d,P%012d", n, n/3, n/9), tail...)
	}}
	row := int64(len(l.row(nil, 0)))
	l.rows = (size - int64(len(header))) / row
	l.size = int64(len(header)) + l.rows*row
	return l
}

func (l *large) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/csv")
	w.Header().Set("Content-Length", fmt.Sprint(l.size))
	left := l.size
	send := func(b []byte) bool {
		b = b[:min(int64(len(b)), left)]
		n, err := w.Write(b)
		left -= int64(n)
		return err == nil && left > 0
	}
	if !send(l.header) && len(l.header) > 0 {
		return
	}
	block := make([]byte, 0, 1<<20)
	for n := int64(0); ; {
		for block = block[:0]; len(block) < 1<<19; n++ {
			block = l.row(block, n)
		}
		if !send(block) {
			return
		}
	}
}

// spent is what a child took.
type spent struct {
	cpu  time.Duration
	wall time.Duration
	peak int64 // bytes resident at most
}

func (s spent) check(t *testing.T, size, ceiling int64) {
	t.Helper()
	t.Logf("%d MB: %.1f s of processor time, %.1f s by the clock, at most %d MB of memory", size/1e6, s.cpu.Seconds(), s.wall.Seconds(), s.peak>>20)
	if s.peak > ceiling {
		t.Errorf("at most %d MB of memory, want %d MB", s.peak>>20, ceiling>>20)
	}
}

// largeChild has another process fetch and load the file, and tells what it
// said and took.
func largeChild(t *testing.T, file http.Handler) (spent, string) {
	t.Helper()
	server := httptest.NewServer(file)
	defer server.Close()
	began := time.Now()
	child := exec.Command(os.Args[0], "-test.run", "^TestChildOfLargeTest$", "-child-of-large-test", server.URL+"/placements.csv", "-child-dir", t.TempDir())
	out, err := child.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	said, held, _ := strings.Cut(string(out), "VmHWM:")
	var peak int64
	if _, err := fmt.Sscan(held, &peak); err != nil {
		t.Fatalf("the child does not say what it held: %s", out)
	}
	return spent{child.ProcessState.UserTime() + child.ProcessState.SystemTime(), time.Since(began), peak << 10}, said
}

// tellPeak prints what this process held at most. The system tells the parent
// more: what the parent itself held when it made the child.
func tellPeak(t *testing.T) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, held, _ := strings.Cut(string(status), "VmHWM:")
	line, _, _ := strings.Cut(held, "\n")
	fmt.Println("VmHWM:" + line)
}

func TestChildOfLargeTest(t *testing.T) {
	if *childURL == "" {
		return // its parents give it work
	}
	defer tellPeak(t)
	dir := *childWork
	db, err := warehouse.Open(t.Context(), warehouse.Options{Path: filepath.Join(dir, "w.duckdb"), Memory: largeMemory, Threads: 2, Temp: filepath.Join(dir, "spill")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	h := &house{t: t, db: db}
	h.exec(`INSERT INTO reference.comuni VALUES ('037006', 'Bologna', 'ER-D01', NULL, NULL, NULL, 'invented', 'proposal')`)
	h.exec(`INSERT INTO reference.contracts VALUES ('A.01.00', 'a', 'a', 'open_ended', true, NULL, NULL, 'invented', 'proposal')`)
	source := Source{Name: "placements", Contract: "placements", Period: "all", Synthetic: true, Place: place.Place{URL: *childURL, AllowHosts: []string{"127.0.0.1"}}}
	h.options = Options{DB: db, Sources: []Source{source}, SourceDir: dir, Spool: filepath.Join(dir, "spool"), Key: testKey(t), Temp: filepath.Join(dir, "temp"), Workers: 2, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	r, err := h.run()
	if err != nil {
		fmt.Println("refused:", err)
		return
	}
	o := r.Loads[0].Outcome
	fmt.Printf("accepted %d of %d\n", o.Accepted, o.Rows)
}

// What is made is what a reader of CSV expects: rows of one length, all keys
// different.
func TestTheLargeFileIsATable(t *testing.T) {
	server := httptest.NewServer(newLarge(2, 100_000))
	defer server.Close()
	res, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	lines := bytes.Split(bytes.TrimSuffix(raw, []byte("\n")), []byte("\n"))
	for _, line := range lines {
		if n := bytes.Count(line, []byte(",")); n != 22 {
			t.Fatalf("%d delimiters: %s", n, line)
		}
		seen[string(line[:13])] = true
	}
	if len(seen) != len(lines) || len(lines) < 300 {
		t.Errorf("%d keys in %d lines", len(seen), len(lines))
	}
}
