// Package glpk asks a linear programming solver what hidden cells can be. The
// solver is GLPK's program glpsol, started as a separate process on the path
// that it is given; this package knows its files and nothing of how cells were
// hidden.
package glpk

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"sync"
	"time"

	"osservatorio/queries/disclosure/attack"
	"osservatorio/queries/disclosure/linked"
)

// Options say how the solver is run.
type Options struct {
	Program string        // path of glpsol; empty: not run
	Every   int           // ask only for every so-manieth of the cells; 0 and 1: for all
	Integer bool          // counts are whole numbers; else any number from zero, which is never narrower and far quicker
	Finest  int           // finest cells that may be brought in; 0: 2,000, below: none
	Workers int           // processes at a time; 0 stands for 1
	Timeout time.Duration // for one question; 0: none
	Scratch string        // folder for the solver's files; empty: the system's. They are confidential and removed
}

// Interval is what a cell can be in any table that looks the same: the whole
// numbers from Low to High, both reached unless numbers between whole ones
// reached beyond them.
type Interval struct {
	Cell      int32
	Low, High int64
	Open      bool // nothing bounds it from above; High is then −1
	Terms     int  // unknowns that its question holds
}

// mostFinest keeps a region's year to what the solver answers in seconds.
const mostFinest = 2_000

func (o Options) finest() int {
	if o.Finest == 0 {
		return mostFinest
	}
	return max(0, o.Finest)
}

// NotRun says that there is no solver to ask.
type NotRun struct {
	Program string
	Err     error
}

func (e *NotRun) Error() string {
	if e.Err == nil {
		return "run glpsol: no path given: the interval attacker was not run"
	}
	return fmt.Sprintf("run glpsol: %s: %v: the interval attacker was not run", e.Program, e.Err)
}

func (e *NotRun) Unwrap() error { return e.Err }

// Hint says how to have it run.
func (e *NotRun) Hint() string { return "install glpsol (Debian: glpk-utils) and give its path" }

// Intervals finds what cells of a family can be for somebody who sees those
// that known marks; nil asks for all hidden sensitive cells, by number. A cell
// is asked for with the unknowns that hang together with it and no others.
// Intervals that were found before an error are returned with it.
func Intervals(ctx context.Context, f *linked.Family, known []bool, cells []int32, o Options) ([]Interval, error) {
	if o.Program == "" {
		return nil, &NotRun{}
	}
	if _, err := exec.LookPath(o.Program); err != nil {
		return nil, &NotRun{o.Program, err}
	}
	system, err := attack.Equations(ctx, f, known, o.finest())
	if err != nil {
		return nil, err
	}
	if cells == nil {
		cells = sensitive(f, known)
	}
	dir, err := os.MkdirTemp(o.Scratch, "glpk-")
	if err != nil {
		return nil, fmt.Errorf("ask glpsol: %w", err)
	}
	defer os.RemoveAll(dir)
	s := &solver{Options: o, dir: dir, family: f, system: system, parts: split(system)}
	return s.all(ctx, every(cells, o.Every))
}

func sensitive(f *linked.Family, known []bool) []int32 {
	var cells []int32
	for i, c := range f.Cells {
		if c.Need > 0 && !known[i] {
			cells = append(cells, int32(i))
		}
	}
	return cells
}

func every(cells []int32, n int) []int32 {
	if n <= 1 {
		return cells
	}
	var some []int32
	for i := 0; i < len(cells); i += n {
		some = append(some, cells[i])
	}
	return some
}

type solver struct {
	Options
	dir    string
	family *linked.Family
	system *attack.System
	parts  parts
}

// all asks for each cell, in order or several at a time.
func (s *solver) all(ctx context.Context, cells []int32) ([]Interval, error) {
	found, errs := make([]Interval, len(cells)), make([]error, len(cells))
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	next := make(chan int)
	var workers sync.WaitGroup
	for range max(1, s.Workers) {
		workers.Go(func() {
			w := &worker{solver: s, basis: map[int32]string{}}
			for i := range next {
				if errs[i] = ctx.Err(); errs[i] == nil {
					found[i], errs[i] = w.one(ctx, cells[i])
				}
				if errs[i] != nil {
					stop()
				}
			}
		})
	}
	for i := range cells {
		next <- i
	}
	close(next)
	workers.Wait()
	return succeeded(found, errs)
}

// succeeded is what was found, and the first error that is not the end of the
// others.
func succeeded(found []Interval, errs []error) ([]Interval, error) {
	var done []Interval
	var first error
	for i, err := range errs {
		switch {
		case err == nil:
			done = append(done, found[i])
		case first == nil || first == context.Canceled:
			first = err
		}
	}
	return done, first
}

// worker runs one process at a time, and lets each begin where the last one on
// the same part ended: that saves nearly all the work.
type worker struct {
	*solver
	basis map[int32]string // by part: the last solution's file
}

// one finds the interval of a cell.
func (s *worker) one(ctx context.Context, cell int32) (Interval, error) {
	unknown := s.system.Of[cell]
	if unknown < 0 {
		n := s.family.Cells[cell].N
		return Interval{Cell: cell, Low: n, High: n}, nil
	}
	part := s.parts.of[unknown]
	interval := Interval{Cell: cell, Low: s.system.Unknowns[unknown].Least, High: -1, Terms: len(s.parts.unknowns[part])}
	if len(s.parts.equations[part]) == 0 {
		interval.Open = true
		return interval, nil
	}
	low, err := s.end(ctx, part, unknown, minimize)
	if err != nil {
		return Interval{}, fmt.Errorf("least of cell %s: %w", attack.Name(s.family, cell), err)
	}
	high, err := s.end(ctx, part, unknown, maximize)
	if err != nil {
		return Interval{}, fmt.Errorf("greatest of cell %s: %w", attack.Name(s.family, cell), err)
	}
	interval.Low, interval.Open = up(low.value), high.open
	if !high.open {
		interval.High = down(high.value)
	}
	return interval, nil
}

// tolerance is how far the solver's numbers may be off: a count and a
// thousandth are a count.
const tolerance = 1e-3

func up(x float64) int64 { return int64(math.Ceil(x - tolerance)) }

func down(x float64) int64 { return int64(math.Floor(x + tolerance)) }
