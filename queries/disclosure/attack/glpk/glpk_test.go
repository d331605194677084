package glpk

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osservatorio/queries/disclosure/attack"
	"osservatorio/queries/disclosure/attack/attacktest"
	"osservatorio/queries/disclosure/linked"
	"osservatorio/queries/disclosure/linkedtest"
)

// program is glpsol's path; where tests are the gate it must be there.
func program(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("glpsol")
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatal("glpsol is not here: install glpk-utils")
	}
	t.Skip("glpsol is not here: install glpk-utils")
	return ""
}

// shared is the folder of instances, which linkedtest seeks from a folder less
// deep.
func shared(t *testing.T) string {
	t.Helper()
	if os.Getenv("OSSERVATORIO_SHARED") == "" {
		above, err := filepath.Abs(filepath.Join("..", "..", "..", "..", "..", "shared"))
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv("OSSERVATORIO_SHARED", above)
	}
	return linkedtest.Shared(t)
}

func TestEveryIntervalThatASourceStatesIsFound(t *testing.T) {
	glpsol := program(t)
	all, err := linkedtest.Instances(shared(t))
	if err != nil {
		t.Fatal(err)
	}
	stated := 0
	for _, instance := range all {
		for _, p := range instance.Peers {
			f := *instance.Family
			f.Cells = append([]linked.Cell(nil), f.Cells...)
			for i := range f.Cells {
				f.Cells[i].Least = p.Least
			}
			var cells []int32
			for _, b := range p.Bounds {
				cells = append(cells, b.Cell)
			}
			if cells == nil {
				continue
			}
			for _, integer := range []bool{false, true} {
				found, err := Intervals(t.Context(), &f, f.Known(p.Hidden), cells, Options{Program: glpsol, Integer: integer, Scratch: t.TempDir()})
				if err != nil {
					t.Fatalf("%s, %s: %v", instance.Name, p.Name, err)
				}
				for i, b := range p.Bounds {
					stated++
					if got := found[i]; got.Low != b.Low || got.High != b.High || got.Open {
						t.Errorf("%s, %s: %s: between %d and %d stated, %d and %d found (integer %v)", instance.Name, p.Name, attack.Name(&f, b.Cell), b.Low, b.High, got.Low, got.High, integer)
					}
				}
			}
		}
	}
	if stated < 40 {
		t.Errorf("%d stated intervals were asked for: 40 or more expected", stated)
	}
}

func TestIntervalsAreThoseOfAllTablesOfWholeNumbers(t *testing.T) {
	glpsol := program(t)
	compared := 0
	for seed := uint64(1); seed <= 40; seed++ {
		f := linkedtest.Random(seed, 12)
		known := attacktest.SomeHidden(f, seed)
		s := attacktest.Of(f, known)
		low, high, ok := s.Tables(f, known, 8)
		if !ok {
			continue
		}
		whole, err := Intervals(t.Context(), f, known, nil, Options{Program: glpsol, Integer: true, Workers: 2, Scratch: t.TempDir()})
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		any, err := Intervals(t.Context(), f, known, nil, Options{Program: glpsol, Workers: 2, Scratch: t.TempDir()})
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		for i, got := range whole {
			c, name := got.Cell, attack.Name(f, got.Cell)
			compared++
			if open := s.Coverless(int(c), known); got.Open != open {
				t.Errorf("%s: %s: without a bound: %v, found %v", f.Name, name, open, got.Open)
				continue
			}
			if got.Low != low[c] || !got.Open && got.High != high[c] {
				t.Errorf("%s: %s: all tables hold %d to %d, found %d to %d", f.Name, name, low[c], high[c], got.Low, got.High)
			}
			if any[i].Low > got.Low || !any[i].Open && any[i].High < got.High {
				t.Errorf("%s: %s: numbers of any kind are between %d and %d, whole ones between %d and %d", f.Name, name, any[i].Low, any[i].High, got.Low, got.High)
			}
		}
	}
	if compared < 150 {
		t.Fatalf("%d intervals compared: 150 expected, else this shows nothing", compared)
	}
	t.Logf("%d intervals compared", compared)
}

// Safety is told by brute force here. What the exact attacker misses is found.
func TestPublishingAnyHiddenCellOfATightPatternIsFound(t *testing.T) {
	o := Options{Program: program(t), Integer: true, Scratch: t.TempDir()}
	mutations := 0
	for seed := uint64(1); seed <= 150; seed++ {
		f := linkedtest.Random(seed, 12)
		hidden := attacktest.Tight(f, attacktest.Half(f, seed))
		for r := range hidden {
			if !hidden[r] || attacktest.ShowsSensitive(f, f.Rows[r]) {
				continue
			}
			mutations++
			hidden[r] = false
			found, err := Intervals(t.Context(), f, f.Known(hidden), nil, o)
			if err != nil {
				t.Fatal(err)
			}
			if !breached(f, found) {
				t.Errorf("%s: row %d was published, and nothing is found", f.Name, r)
			}
			hidden[r] = true
		}
		if hidden == nil {
			continue
		}
		if found, err := Intervals(t.Context(), f, f.Known(hidden), nil, o); err != nil || breached(f, found) {
			t.Errorf("%s: a safe pattern is called breached (%v)", f.Name, err)
		}
	}
	if mutations < 20 {
		t.Errorf("%d mutations: 20 expected, else this shows nothing", mutations)
	}
}

func breached(f *linked.Family, found []Interval) bool {
	for _, i := range found {
		if !i.Open && (i.High < f.Cells[i.Cell].Need || i.Low == i.High) {
			return true
		}
	}
	return false
}

func TestWithoutASolverNothingIsRunAndItIsSaid(t *testing.T) {
	f := linkedtest.Random(1, 12)
	known := make([]bool, len(f.Cells))
	for _, path := range []string{"", filepath.Join(t.TempDir(), "glpsol")} {
		_, err := Intervals(t.Context(), f, known, nil, Options{Program: path})
		var not *NotRun
		if !errors.As(err, &not) || not.Hint() == "" {
			t.Errorf("path %q: %v: an error of type NotRun expected", path, err)
		}
	}
}

// fake is a program that stands for the solver.
func fake(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "solver")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func asked(t *testing.T) (*linked.Family, []bool) {
	t.Helper()
	for seed := uint64(1); ; seed++ {
		f := linkedtest.Random(seed, 12)
		known := attacktest.SomeHidden(f, seed)
		r, err := attack.Exact(t.Context(), f, known)
		if err != nil {
			t.Fatal(err)
		}
		if r.Unknowns > 3 && len(sensitive(f, known)) > 1 {
			return f, known
		}
	}
}

func TestASolverThatFailsIsNotTakenForAnAnswer(t *testing.T) {
	f, known := asked(t)
	for _, c := range []struct{ name, script, want string }{
		{"ends with an error", "echo out of memory; exit 1", "out of memory"},
		{"writes nothing", "echo fine", "no answer written"},
		{"writes something else", `while [ "$1" != --write ]; do shift; done; echo nonsense > "$2"`, "read solution"},
		{"finds nothing feasible", `while [ "$1" != --write ]; do shift; done; echo "s bas 1 1 n f 0" > "$2"`, "no table fits"},
	} {
		got, err := Intervals(t.Context(), f, known, nil, Options{Program: fake(t, c.script), Scratch: t.TempDir()})
		if err == nil || len(got) > 0 || !strings.Contains(err.Error(), c.want) {
			t.Errorf("a solver that %s: %d intervals and error %v: none and %q expected", c.name, len(got), err, c.want)
		}
	}
}

func TestASolverThatHangsIsStopped(t *testing.T) {
	f, known := asked(t)
	_, err := Intervals(t.Context(), f, known, nil, Options{Program: fake(t, "exec sleep 60"), Timeout: 50 * time.Millisecond, Scratch: t.TempDir()})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v: deadline expected", err)
	}
}

func TestTheSolversFilesAreRemoved(t *testing.T) {
	f, known := asked(t)
	dir := t.TempDir()
	if _, err := Intervals(t.Context(), f, known, nil, Options{Program: program(t), Scratch: dir}); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("%d files left (%v): none expected, they are confidential", len(left), err)
	}
}

// BenchmarkIntervals asks for 20 sensitive cells of a year that hides, beside
// them, one cell in five at random.
func BenchmarkIntervals(b *testing.B) {
	glpsol := program(b)
	f := linkedtest.Made(linkedtest.FullYear, 3, 1)
	known, n := make([]bool, len(f.Cells)), 0
	for i, c := range f.Cells {
		known[i] = c.Need == 0 && (c.N == 0 || i*7919%5 > 0)
		if c.Need > 0 {
			n++
		}
	}
	b.ResetTimer()
	for b.Loop() {
		found, err := Intervals(b.Context(), f, known, nil, Options{Program: glpsol, Every: n/20 + 1, Scratch: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(found)), "intervals")
	}
}
