// Command bench times a full load of invented placement rows against bare
// DuckDB on the same file in the same run: CREATE TABLE AS SELECT … FROM
// read_csv(typed) into a database on disk, plus the SHA-256 of the file. Each
// side runs in a process of its own with the same memory limit and threads,
// so that its peak memory is its own.
//
//	go run ./ingest/bench -rows 10000000
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"osservatorio/ingest"
	"osservatorio/ingest/contract"
	"osservatorio/ingest/fetch"
	"osservatorio/ingest/privacy"
	"osservatorio/warehouse"
)

// settings are the same on both sides.
type settings struct {
	rows    int
	memory  string
	threads int
	dir     string
	side    string // "" is the parent; bare or load is one side
	times   int
}

// result is what one side took.
type result struct {
	Seconds  float64
	CPU      float64 // seconds of processor time
	Peak     int64   // bytes resident at most
	Database int64   // bytes on disk
	Outcome  warehouse.Outcome
}

func main() {
	var s settings
	flag.IntVar(&s.rows, "rows", 10_000_000, "placement rows to load")
	flag.StringVar(&s.memory, "memory", "1500MB", "memory limit of DuckDB, on both sides")
	flag.IntVar(&s.threads, "threads", runtime.GOMAXPROCS(0), "threads, on both sides")
	flag.StringVar(&s.dir, "dir", "", "folder for file and databases (default: a temporary one)")
	flag.IntVar(&s.times, "times", 1, "how often each side runs; the fastest counts")
	flag.StringVar(&s.side, "side", "", "run one side alone: bare or load (used by the command itself)")
	flag.Parse()
	if err := run(context.Background(), s); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings) error {
	switch s.side {
	case "bare":
		return report(bare(ctx, s))
	case "load":
		return report(load(ctx, s))
	}
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "ingest-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		s.dir = dir
	}
	start := time.Now()
	bytes, err := generate(s.file(), s.rows)
	if err != nil {
		return err
	}
	fmt.Printf("%d placement rows, %d MB of CSV, made in %.1f s; memory limit %s, %d threads\n",
		s.rows, bytes>>20, time.Since(start).Seconds(), s.memory, s.threads)
	bareResult, err := best(ctx, s, "bare")
	if err != nil {
		return err
	}
	loadResult, err := best(ctx, s, "load")
	if err != nil {
		return err
	}
	o := loadResult.Outcome
	print("bare DuckDB + SHA-256", s, bareResult)
	print("full load", s, loadResult)
	fmt.Printf("%d accepted + %d quarantined + %d superseded = %d rows\n", o.Accepted, o.Quarantined, o.Superseded, o.Rows)
	fmt.Printf("ratio %.2f (allowed 2.50, aimed at 1.50), of processor time %.2f; peak memory %d MB (allowed 2048)\n",
		loadResult.Seconds/bareResult.Seconds, loadResult.CPU/bareResult.CPU, loadResult.Peak>>20)
	return nil
}

func print(what string, s settings, r result) {
	fmt.Printf("%-22s %7.1f s  %7.1f s of processor time  %8.0f rows/s  peak %5d MB  database %5d MB\n",
		what, r.Seconds, r.CPU, float64(s.rows)/r.Seconds, r.Peak>>20, r.Database>>20)
}

func (s settings) inbox() string { return filepath.Join(s.dir, "inbox") }
func (s settings) file() string  { return filepath.Join(s.inbox(), "placements_2026_2027-01-15.csv") }

// best runs one side in child processes and keeps the fastest.
func best(ctx context.Context, s settings, side string) (result, error) {
	var all []result
	for range s.times {
		r, err := child(ctx, s, side)
		if err != nil {
			return result{}, fmt.Errorf("%s: %w", side, err)
		}
		all = append(all, r)
	}
	return slices.MinFunc(all, func(a, b result) int {
		switch {
		case a.Seconds < b.Seconds:
			return -1
		case a.Seconds > b.Seconds:
			return 1
		}
		return 0
	}), nil
}

func child(ctx context.Context, s settings, side string) (result, error) {
	var r result
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	cmd := exec.CommandContext(ctx, self, "-side", side, "-dir", s.dir, "-memory", s.memory, "-threads", fmt.Sprint(s.threads))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(out, &r); err != nil {
		return r, err
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return r, errors.New("no resource usage on this system")
	}
	r.Peak = usage.Maxrss << 10 // Linux tells it in KiB
	r.CPU = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	return r, nil
}

func report(r result, err error) error {
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// open makes a fresh warehouse on disk.
func (s settings) open(ctx context.Context, name string) (*warehouse.DB, string, error) {
	path := filepath.Join(s.dir, name+".duckdb")
	for _, old := range []string{path, path + ".wal"} {
		if err := os.Remove(old); err != nil && !os.IsNotExist(err) {
			return nil, "", err
		}
	}
	db, err := warehouse.Open(ctx, warehouse.Options{Path: path, Memory: s.memory, Threads: s.threads, Temp: filepath.Join(s.dir, name+"-spill")})
	return db, path, err
}

func bare(ctx context.Context, s settings) (result, error) {
	c, err := contract.Load("placements")
	if err != nil {
		return result{}, err
	}
	db, path, err := s.open(ctx, "bare")
	if err != nil {
		return result{}, err
	}
	start := time.Now()
	if err := warehouse.Bare(ctx, db, ingest.Table(c), s.file()); err != nil {
		return result{}, err
	}
	if _, _, err := fetch.Checksum(ctx, s.file()); err != nil {
		return result{}, err
	}
	return finish(db, path, start, warehouse.Outcome{})
}

func load(ctx context.Context, s settings) (result, error) {
	db, path, err := s.open(ctx, "load")
	if err != nil {
		return result{}, err
	}
	if err := prepare(ctx, db); err != nil {
		return result{}, err
	}
	key, err := privacy.NewKey(filepath.Join(s.dir, fmt.Sprintf("key-%d", os.Getpid())))
	if err != nil {
		return result{}, err
	}
	start := time.Now()
	r, err := ingest.Run(ctx, ingest.Options{
		DB: db, SourceDir: s.inbox(), KeepInbox: true, Key: &key, Temp: s.dir, Workers: s.threads, Now: time.Now,
		Log:     slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Sources: []ingest.Source{{Name: "placements", Contract: "placements", Pattern: "placements_{period}_{issued}.csv", Synthetic: true}},
	})
	if err != nil {
		return result{}, err
	}
	return finish(db, path, start, r.Loads[0].Outcome)
}

// finish closes the database before the clock stops, so that all is on disk.
func finish(db *warehouse.DB, path string, start time.Time, o warehouse.Outcome) (result, error) {
	if err := db.Close(); err != nil {
		return result{}, err
	}
	r := result{Seconds: time.Since(start).Seconds(), Outcome: o}
	info, err := os.Stat(path)
	if err != nil {
		return r, err
	}
	r.Database = info.Size()
	return r, nil
}

// prepare loads the lists that the rows are looked up in.
func prepare(ctx context.Context, db *warehouse.DB) error {
	geography, err := warehouse.GeographyFS("emilia-romagna")
	if err != nil {
		return err
	}
	return warehouse.LoadReference(ctx, db, warehouse.ReferenceFS(), geography)
}
