package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"time"

	"osservatorio/dashboards"
	"osservatorio/dashboards/picture"
	"osservatorio/dashboards/render"
	"osservatorio/queries/release"
	"osservatorio/site"
	"osservatorio/site/output"
)

// siteOf builds the site of a release, cold, as the program does, and prints what
// each step of the build took. The site stays in public, or goes where that is "".
func siteOf(ctx context.Context, w io.Writer, folder, public, profile string) (err error) {
	if public == "" {
		dir, err := os.MkdirTemp("", "osservatorio-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		public = filepath.Join(dir, "public")
	}
	laps := &laps{profile: profile}
	if err := laps.begin(); err != nil {
		return err
	}
	start := time.Now()
	report, err := buildSite(ctx, folder, public, laps.hear)
	if err = errors.Join(err, laps.end()); err != nil {
		return err
	}
	now := usage()
	fmt.Fprintf(w, "site     %7.1f s  %7.1f s of processor time  peak %5d MB  %d pages, %d embeds, %d figures, %d files, %d MB\n",
		time.Since(start).Seconds(), now.cpu.Seconds(), now.peak>>20, report.Pages, report.Embeds, report.Figures, report.Files, report.Bytes>>20)
	laps.print(w)
	each := func(what string, of time.Duration, n int) {
		fmt.Fprintf(w, "  %-20s %6.1f ms of processor time\n", what, of.Seconds()*1000/float64(max(1, n)))
	}
	each("a drawing", laps.of("figures"), report.Drawn)
	each("a figure, all sizes", laps.of("figures"), report.Figures)
	each("a picture made", laps.of("pictures"), report.Pictures)
	each("a page, all in all", now.cpu, report.Pages+report.Embeds)
	cores := float64(runtime.GOMAXPROCS(0))
	fmt.Fprintf(w, "  budget of %d figures at %d ms each on %.0f cores and %d s: %.0f s; with all cores free at least %.0f s\n",
		report.Figures, budgetFigure.Milliseconds(), cores, int(budgetRest.Seconds()),
		budgetFigure.Seconds()*float64(report.Figures)/cores+budgetRest.Seconds(), now.cpu.Seconds()/cores)
	fmt.Fprintf(w, "  a page beside Observable Framework's %.0f ms without a drawing\n", framework.Seconds()*1000)
	return nil
}

// What a cold build may take: so much a figure on each core, and the rest. And
// what Observable Framework took of the processor for each of 1,000 pages
// without a chart.
const (
	budgetFigure = 60 * time.Millisecond
	budgetRest   = 20 * time.Second
	framework    = 98 * time.Millisecond
)

// buildSite has figures, pictures and reports as an instance does; nothing is
// taken from an earlier build.
func buildSite(ctx context.Context, folder, public string, hear func(string, int, int)) (report site.Report, err error) {
	rel, err := release.Open(folder)
	if err != nil {
		return report, err
	}
	renderer, err := render.New(render.Options{Boundaries: rel.Boundaries, Workers: runtime.GOMAXPROCS(0)})
	if err != nil {
		return report, err
	}
	pictures, err := picture.New(runtime.GOMAXPROCS(0))
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, pictures.Close(context.WithoutCancel(ctx))) }()
	out, err := output.NewDir(public)
	if err != nil {
		return report, err
	}
	defer out.Close()
	defer site.Roomy()()
	report, err = site.Build(ctx, rel, out, site.Options{
		Renderer: renderer, Picturer: pictures, Pages: dashboards.Pages, Reports: dashboards.Reports, ReleaseDir: os.DirFS(folder),
		BaseURL: "https://osservatorio.example.it", Software: "bench", Progress: hear,
	})
	if err != nil {
		return report, err
	}
	return report, out.Commit()
}

// laps measures the steps of a build from what its progress tells.
type laps struct {
	profile string // folder, "" for none
	cpu     *os.File
	steps   []lap
	last    used
	since   time.Time
	err     error
}

type lap struct {
	what string
	wall time.Duration
	used used
}

// begin starts the clock and, if asked, the profile of the processor.
func (l *laps) begin() (err error) {
	l.last, l.since = usage(), time.Now()
	if l.profile == "" {
		return nil
	}
	if err := os.MkdirAll(l.profile, 0o755); err != nil {
		return err
	}
	if l.cpu, err = os.Create(filepath.Join(l.profile, "cpu.pprof")); err != nil {
		return err
	}
	return pprof.StartCPUProfile(l.cpu)
}

// hear is called by one step of the build after the other, by many goroutines
// within a step but never at once.
func (l *laps) hear(what string, _, _ int) {
	now, at := usage(), time.Now()
	n := len(l.steps)
	if n == 0 || l.steps[n-1].what != what {
		l.steps = append(l.steps, lap{what: what})
		l.keepHeap(what)
		n++
	}
	step := &l.steps[n-1]
	step.wall += at.Sub(l.since)
	step.used.cpu += now.cpu - l.last.cpu
	step.used.peak = now.peak
	l.last, l.since = now, at
}

// keepHeap writes what is held in memory when a step begins.
func (l *laps) keepHeap(step string) {
	if l.profile == "" || l.err != nil {
		return
	}
	f, err := os.Create(filepath.Join(l.profile, fmt.Sprintf("heap-%02d-%s.pprof", len(l.steps), step)))
	if err != nil {
		l.err = err
		return
	}
	runtime.GC()
	l.err = errors.Join(pprof.WriteHeapProfile(f), f.Close())
}

func (l *laps) end() error {
	if l.cpu == nil {
		return l.err
	}
	pprof.StopCPUProfile()
	return errors.Join(l.err, l.cpu.Close())
}

// of is the processor time of a step.
func (l *laps) of(what string) (cpu time.Duration) {
	for _, s := range l.steps {
		if s.what == what {
			cpu += s.used.cpu
		}
	}
	return cpu
}

func (l *laps) print(w io.Writer) {
	for _, s := range l.steps {
		fmt.Fprintf(w, "  %-14s %7.1f s  %7.1f s of processor time  peak %5d MB\n", s.what, s.wall.Seconds(), s.used.cpu.Seconds(), s.used.peak>>20)
	}
}
