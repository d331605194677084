package warehouse

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"
)

var largeFile = flag.Int64("torngb", 2, "GB of the database file of BenchmarkATornBlockInALargeFile, as much again of the disk, in -torndir")
var largeDir = flag.String("torndir", "", "folder of the files of BenchmarkATornBlockInALargeFile; default: one of the system")

// What a mending costs where there is much to read: it reads every row once.
func BenchmarkATornBlockInALargeFile(b *testing.B) {
	for range b.N {
		b.StopTimer()
		path, torn := tornLarge(b)
		o := Options{Path: path, Threads: 2, Memory: "1GB"}
		peak := peakFrom(b)
		began, cpu := time.Now(), processorTime(b)
		b.StartTimer()
		db, err := Open(b.Context(), o)
		b.StopTimer()
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(peak())/1024, "peak_MB")
		b.ReportMetric(processorTime(b)-cpu, "processor_s")
		b.ReportMetric(float64(torn), "torn_blocks")
		var rows int64
		if err := db.QueryRow(`SELECT count(*) FROM raw.visits`).Scan(&rows); err != nil {
			b.Fatal(err)
		}
		db.Close()
		size, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		b.Logf("%d MB, %d rows: mended and opened in %.1f s by the clock", size.Size()>>20, rows, time.Since(began).Seconds())
	}
}

// tornLarge is a database file of -torngb whose process was killed while it wrote
// over blocks of the catalogue, as stopped makes a small one.
func tornLarge(b *testing.B) (path string, torn int) {
	dir, err := os.MkdirTemp(*largeDir, "torn")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	o := Options{Path: filepath.Join(dir, "w.duckdb"), Threads: 2, Memory: "2GB"}
	db, err := Open(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	if err := CreateRaw(b.Context(), db, []TableSpec{visits}); err != nil {
		b.Fatal(err)
	}
	if _, err := visit(b, db, 1, "v1 p1"); err != nil {
		b.Fatal(err)
	}
	for at := 0; sizeOf(b, o.Path) < *largeFile<<30; at += 4_000_000 {
		if _, err := db.Exec(`INSERT INTO raw.visits SELECT v.* REPLACE (md5(CAST(n AS VARCHAR)) AS visit_id, md5(CAST(-n AS VARCHAR)) AS person_id)
  FROM (FROM raw.visits LIMIT 1) v, range(` + strconv.Itoa(at) + `, ` + strconv.Itoa(at+4_000_000) + `) r(n)`); err != nil {
			b.Fatal(err)
		}
		if _, err := db.Exec(`CHECKPOINT`); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := db.Exec(`UPDATE ledger.deliveries SET accepted = n, "rows" = n FROM (SELECT count(*) AS n FROM raw.visits)`); err != nil {
		b.Fatal(err)
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	if db, err = Open(b.Context(), o); err != nil {
		b.Fatal(err)
	}
	if _, err := visit(b, db, 2, "w1 p1, w2 p2"); err != nil {
		b.Fatal(err)
	}
	path = filepath.Join(dir, "torn.duckdb")
	copyFile(b, o.Path, path)
	log := filepath.Join(dir, "log")
	copyFile(b, o.Path+".wal", log)
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	torn = tearCatalogue(b, path, o.Path)
	if torn == 0 {
		b.Fatal("no block in use was written over: this sees nothing")
	}
	if err := os.Rename(log, path+".wal"); err != nil {
		b.Fatal(err)
	}
	os.Remove(o.Path)
	return path, torn
}

// tearCatalogue lays the first half of each catalogue block of after over that of before.
func tearCatalogue(b *testing.B, before, after string) (torn int) {
	blocks, err := catalogueBlocks(b.Context(), Options{Path: before, ReadOnly: true})
	if err != nil {
		b.Fatal(err)
	}
	old, err := os.OpenFile(before, os.O_RDWR, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer old.Close()
	new, err := os.Open(after)
	if err != nil {
		b.Fatal(err)
	}
	defer new.Close()
	for _, block := range blocks {
		at := firstBlock + block*blockBytes
		was, is := make([]byte, blockBytes), make([]byte, blockBytes)
		if _, err := old.ReadAt(was, at); err != nil {
			continue
		}
		if _, err := new.ReadAt(is, at); err != nil || string(was[blockBytes/2:]) == string(is[blockBytes/2:]) {
			continue // as it was, or its second half
		}
		if _, err := old.WriteAt(is[:blockBytes/2], at); err != nil {
			b.Fatal(err)
		}
		torn++
	}
	return torn
}

func sizeOf(b *testing.B, path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

func copyFile(b *testing.B, from, to string) {
	in, err := os.Open(from)
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		b.Fatal(err)
	}
	if err := out.Close(); err != nil {
		b.Fatal(err)
	}
}

var highest = regexp.MustCompile(`VmHWM:\s*(\d+) kB`)

// peakFrom begins to look at the memory of this process; kB at most since then.
func peakFrom(b *testing.B) func() int {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Skipf("the peak of memory cannot be measured here: %v", err)
	}
	return func() int {
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			b.Fatal(err)
		}
		kb, _ := strconv.Atoi(highest.FindStringSubmatch(string(status))[1])
		return kb
	}
}

func processorTime(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
