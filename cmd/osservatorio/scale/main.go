// Command scale times all views, from raw tables to cubes, on invented rows
// against bare DuckDB doing by hand the least that the same tables allow:
// spells, who is employed at three horizons, one count. Both sides work on the
// same raw tables of one database, each in a process of its own with the same
// memory limit and threads, so that its peak memory is its own. The bare side runs
// before the views and after them, and counts with the mean of both: the machine's
// memory and clock are not those of a minute ago.
//
//	go run ./cmd/osservatorio/scale -persons 2000000 -services 10000000 -events 20000000
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"osservatorio/ingest"
	"osservatorio/queries"
	"osservatorio/queries/scale"
	"osservatorio/warehouse"
)

const territory = "emilia-romagna"

// settings are the same on both sides.
type settings struct {
	size    scale.Size
	memory  string
	threads int
	dir     string
	side    string // "" is the parent; fill, bare or views is one side
	each    bool   // say of each table how long it took
	bare    bool   // time bare DuckDB too
}

// result is what one side took.
type result struct {
	Seconds, CPU float64 // by the clock, and of processor time
	Peak         int64   // bytes resident at most
	Views        int
}

func main() {
	var s settings
	flag.IntVar(&s.size.Persons, "persons", 200_000, "invented persons")
	flag.IntVar(&s.size.Services, "services", 1_000_000, "invented services")
	flag.IntVar(&s.size.Events, "events", 2_000_000, "invented events of communications, about so many")
	flag.StringVar(&s.memory, "memory", "3GB", "memory limit of DuckDB, on both sides")
	flag.IntVar(&s.threads, "threads", runtime.GOMAXPROCS(0), "threads, on both sides")
	flag.StringVar(&s.dir, "dir", "", "folder for the databases (default: a temporary one)")
	flag.BoolVar(&s.each, "each", false, "say of each table how long it took")
	flag.BoolVar(&s.bare, "bare", true, "time bare DuckDB too; of 100 million events what it spills fills a disk")
	flag.StringVar(&s.side, "side", "", "run one side alone: fill, bare or views (used by the command itself)")
	flag.Parse()
	if err := run(context.Background(), s); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings) error {
	switch s.side {
	case "fill":
		return s.timed(ctx, fill)
	case "bare":
		return s.timed(ctx, func(ctx context.Context, db *warehouse.DB, _ settings) (int, error) { return 0, scale.Bare(ctx, db) })
	case "views":
		return s.timed(ctx, views)
	}
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "osservatorio-scale-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		s.dir = dir
	}
	return compare(ctx, s)
}

func compare(ctx context.Context, s settings) error {
	took := map[string][]result{}
	for _, side := range []string{"fill", "bare", "views", "bare"} {
		if side == "bare" && !s.bare {
			continue
		}
		r, err := child(ctx, s, side)
		if err != nil {
			return fmt.Errorf("%s: %w", side, err)
		}
		took[side] = append(took[side], r)
	}
	all := took["views"][0]
	fmt.Printf("%d persons, %d services, about %d events; memory limit %s, %d threads; raw tables made in %.0f s\n",
		s.size.Persons, s.size.Services, s.size.Events, s.memory, s.threads, took["fill"][0].Seconds)
	for _, bare := range took["bare"] {
		fmt.Printf("bare DuckDB      %7.1f s  %7.1f s of processor time  peak %5d MB\n", bare.Seconds, bare.CPU, bare.Peak>>20)
	}
	fmt.Printf("all %3d views    %7.1f s  %7.1f s of processor time  peak %5d MB\n", all.Views, all.Seconds, all.CPU, all.Peak>>20)
	if s.bare {
		bare := mean(took["bare"])
		fmt.Printf("ratio %.2f (allowed 4.00), of processor time %.2f\n", all.Seconds/bare.Seconds, all.CPU/bare.CPU)
	}
	fmt.Printf("peak memory %d MB (allowed 4096)\n", all.Peak>>20)
	return nil
}

// mean is that of the times; the peak is left out.
func mean(of []result) result {
	var m result
	for _, r := range of {
		m.Seconds += r.Seconds / float64(len(of))
		m.CPU += r.CPU / float64(len(of))
	}
	return m
}

func (s settings) open(ctx context.Context) (*warehouse.DB, error) {
	return warehouse.Open(ctx, warehouse.Options{Path: filepath.Join(s.dir, "warehouse.duckdb"), Memory: s.memory, Threads: s.threads, Temp: s.dir})
}

func (s settings) timed(ctx context.Context, do func(context.Context, *warehouse.DB, settings) (int, error)) error {
	db, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	start := time.Now()
	n, err := do(ctx, db, s)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result{Seconds: time.Since(start).Seconds(), Views: n})
}

func fill(ctx context.Context, db *warehouse.DB, s settings) (int, error) {
	geography, err := warehouse.GeographyFS(territory)
	if err != nil {
		return 0, err
	}
	if err := warehouse.LoadReference(ctx, db, warehouse.ReferenceFS(), geography); err != nil {
		return 0, err
	}
	if err := ingest.Prepare(ctx, db); err != nil {
		return 0, err
	}
	return 0, scale.Fill(ctx, db, s.size)
}

func views(ctx context.Context, db *warehouse.DB, s settings) (int, error) {
	all, err := queries.Views()
	if err != nil {
		return 0, err
	}
	plan, err := queries.NewPlan(ctx, db, all)
	if err != nil {
		return 0, err
	}
	if s.each {
		return len(plan.Views), eachView(ctx, db, plan)
	}
	return len(plan.Views), queries.Apply(ctx, db, plan)
}

// eachView builds the views and says how long each table took.
func eachView(ctx context.Context, db *warehouse.DB, plan queries.Plan) error {
	start, before := time.Now(), processorTime()
	return queries.ApplyTelling(ctx, db, plan, func(v queries.View) {
		now, used := time.Now(), processorTime()
		if took := now.Sub(start); took > 100*time.Millisecond {
			fmt.Fprintf(os.Stderr, "%7.2f s  %7.2f s of processor time  %s\n", took.Seconds(), used-before, v.Path)
		}
		start, before = now, used
	})
}

// processorTime is that of this process so far, in seconds; 0 where the system
// does not tell.
func processorTime() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return secondsOf(&usage)
}

func secondsOf(usage *syscall.Rusage) float64 {
	return (time.Duration(usage.Utime.Nano()) + time.Duration(usage.Stime.Nano())).Seconds()
}

func child(ctx context.Context, s settings, side string) (result, error) {
	var r result
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	cmd := exec.CommandContext(ctx, self, "-side", side, "-dir", s.dir, "-memory", s.memory, "-threads", fmt.Sprint(s.threads),
		"-each="+fmt.Sprint(s.each), "-persons", fmt.Sprint(s.size.Persons), "-services", fmt.Sprint(s.size.Services), "-events", fmt.Sprint(s.size.Events))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(out, &r); err != nil {
		return r, err
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.Peak = usage.Maxrss << 10
		r.CPU = secondsOf(usage)
	}
	return r, nil
}
