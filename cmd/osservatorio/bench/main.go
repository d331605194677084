// Command bench times the whole way on an invented region: deliveries loaded,
// views built, checks run, cells protected, a release written, its site built.
//
//	go run ./cmd/osservatorio/bench -persons 60000
//	go run ./cmd/osservatorio/bench -release releases/2026-10
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"osservatorio/ingest"
	"osservatorio/ingest/contract"
	"osservatorio/ingest/privacy"
	"osservatorio/ingest/synthetic"
	"osservatorio/queries"
	"osservatorio/queries/disclosure"
	"osservatorio/queries/export"
	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

const territory = "emilia-romagna"

func main() {
	persons := flag.Int("persons", 60_000, "invented persons")
	memory := flag.String("memory", "1GB", "memory limit of DuckDB")
	folder := flag.String("release", "", "build the site of this release folder and nothing else")
	profile := flag.String("profile", "", "with -release: folder for profiles of processor and memory")
	keep := flag.String("keep", "", "with -release: new folder in which the site stays, for the checks")
	flag.Parse()
	var err error
	if *folder != "" {
		err = siteOf(context.Background(), os.Stdout, *folder, *keep, *profile)
	} else {
		err = run(context.Background(), *persons, *memory)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, persons int, memory string) (err error) {
	dir, err := os.MkdirTemp("", "osservatorio-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%d persons, memory limit %s, %d threads\n", persons, memory, runtime.GOMAXPROCS(0))
	db, err := warehouse.Open(ctx, warehouse.Options{Path: filepath.Join(dir, "warehouse.duckdb"), Memory: memory, Temp: filepath.Join(dir, "spill")})
	if err != nil {
		return err
	}
	defer db.Close()
	return (&course{db: db, dir: dir, persons: persons}).run(ctx)
}

// course is one run: each step leaves here what the next one takes.
type course struct {
	db      *warehouse.DB
	dir     string
	persons int
	made    synthetic.Summary
	plan    queries.Plan
	report  disclosure.Report
}

func (c *course) run(ctx context.Context) error {
	steps := []struct {
		name string
		do   func(context.Context) (string, error)
	}{
		{"invent", c.invent}, {"ingest", c.ingest}, {"views", c.views}, {"checks", c.checks},
		{"protect", c.protect}, {"export", c.export},
	}
	for _, s := range steps {
		start, before := time.Now(), usage()
		words, err := s.do(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		after := usage()
		fmt.Printf("%-8s %7.1f s  %7.1f s of processor time  peak %5d MB  %s\n",
			s.name, time.Since(start).Seconds(), (after.cpu - before.cpu).Seconds(), after.peak>>20, words)
	}
	return c.site(ctx)
}

// site builds the site in a process of its own, whose peak of memory is not that
// of the steps before.
func (c *course) site(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := c.db.Close(); err != nil {
		return err
	}
	build := exec.CommandContext(ctx, self, "-release", c.release())
	build.Stdout, build.Stderr = os.Stdout, os.Stderr
	return build.Run()
}

func (c *course) inbox() string   { return filepath.Join(c.dir, "inbox") }
func (c *course) release() string { return filepath.Join(c.dir, "release") }

func (c *course) invent(ctx context.Context) (string, error) {
	geography, err := warehouse.GeographyFS(territory)
	if err != nil {
		return "", err
	}
	if err := warehouse.LoadReference(ctx, c.db, warehouse.ReferenceFS(), geography); err != nil {
		return "", err
	}
	c.made, err = synthetic.Generate(ctx, synthetic.Options{
		Persons: c.persons, Seed: 1, From: "2022-01", To: "2026-09", Dir: c.inbox(), BadShare: synthetic.DefaultBadShare,
		Reference: warehouse.ReferenceFS(), Geography: geography, GeographyName: territory,
	})
	return fmt.Sprintf("%d rows in %d files", c.made.Rows, c.made.Files), err
}

func (c *course) ingest(ctx context.Context) (string, error) {
	key, err := privacy.NewKey(filepath.Join(c.dir, "key"))
	if err != nil {
		return "", err
	}
	start := time.Now()
	_, err = ingest.Run(ctx, ingest.Options{
		DB: c.db, Sources: c.sources(), SourceDir: c.inbox(), KeepInbox: true, Key: &key, Temp: c.dir,
		Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	return fmt.Sprintf("%.0f rows/s", float64(c.made.Rows)/time.Since(start).Seconds()), err
}

func (c *course) sources() []ingest.Source {
	var out []ingest.Source
	seen := map[string]bool{}
	for _, d := range c.made.Deliveries {
		if !seen[d.Source] {
			seen[d.Source] = true
			out = append(out, ingest.Source{Name: d.Source, Contract: d.Source, Pattern: "{source}_{period}_{issued}.csv", Synthetic: true})
		}
	}
	return out
}

func (c *course) views(ctx context.Context) (string, error) {
	views, err := queries.Views()
	if err != nil {
		return "", err
	}
	if c.plan, err = queries.NewPlan(ctx, c.db, views); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d views", len(c.plan.Views)), queries.Apply(ctx, c.db, c.plan)
}

func (c *course) checks(ctx context.Context) (string, error) {
	failures, err := queries.Check(ctx, c.db, c.plan)
	if err == nil && len(failures) > 0 {
		err = errors.New(failures[0].String())
	}
	return "", err
}

func (c *course) protect(ctx context.Context) (string, error) {
	contracts := map[string]string{}
	for _, name := range contract.Names() {
		loaded, err := contract.Load(name)
		if err != nil {
			return "", err
		}
		contracts[name] = loaded.Protection
	}
	var err error
	c.report, err = disclosure.Protect(ctx, c.db, c.plan, disclosure.Policy{Contracts: contracts})
	cells := int64(0)
	for _, v := range c.report.Views {
		cells += v.Cells
	}
	return fmt.Sprintf("%d cells", cells), err
}

func (c *course) export(ctx context.Context) (string, error) {
	extraction, err := warehouse.ExtractionDate(ctx, c.db)
	if err != nil {
		return "", err
	}
	return "", export.Write(ctx, c.db, export.Options{Dir: c.release(), Plan: c.plan, Report: c.report, Info: release.Info{
		ID: "2026-10", ExtractionDate: extraction.Format(time.DateOnly), Software: "bench", Synthetic: true,
		Publisher: release.Publisher{Name: "Regione di esempio", Licence: "CC-BY-4.0"},
		Region:    release.Region{Name: release.Text{IT: "Regione di esempio", EN: "Example region"}},
	}})
}

type used struct {
	cpu  time.Duration
	peak int64 // bytes resident at most, so far
}

func usage() used {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return used{}
	}
	return used{cpu: time.Duration(r.Utime.Nano() + r.Stime.Nano()), peak: r.Maxrss << 10}
}
