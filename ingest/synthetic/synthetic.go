// Package synthetic knows how to invent a region: deliveries of every source
// in the form of the contracts, with seasons, delays, corrections and a known
// number of bad rows, and beside them the truth: what happened, and what
// perfect rules yield from what was delivered. It must not know queries, SQL,
// charts, or how deliveries are loaded.
package synthetic

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"sync"
)

// DefaultBadShare is the share of bad rows that a demonstration has.
const DefaultBadShare = 0.004

// MaxBadShare keeps every file below the share at which a delivery is
// refused whole.
const MaxBadShare = 0.0075

// Options say what to invent.
type Options struct {
	Persons       int                   // how many lives, 1 or more
	Seed          uint64                // the same seed gives the same bytes
	From          string                // first month, the first of a quarter: "2022-01"
	To            string                // last month, the last of a quarter: "2026-09"
	Dir           string                // where deliveries go; made if missing
	Reference     fs.FS                 // lep.csv, contracts.csv, parameters.csv, codes.csv
	Geography     fs.FS                 // geo.csv, geo_levels.csv, geo_parent.csv, comuni.csv, cpi.csv
	GeographyName string                // for the truth file
	BadShare      float64               // of the rows of each file; 0 is DefaultBadShare, less is none
	Layout        string                // LayoutContracts (also "") or LayoutSIL
	Workers       int                   // 0 is one per processor; the result does not depend on it
	Progress      func(done, total int) // persons; nil is silent; called from one goroutine at a time
}

func (o Options) validate() error {
	var errs []error
	if o.Persons < 1 {
		errs = append(errs, fmt.Errorf("persons %d: expected 1 or more", o.Persons))
	}
	if o.BadShare > MaxBadShare {
		errs = append(errs, fmt.Errorf("bad share %g: expected %g or less", o.BadShare, MaxBadShare))
	}
	if o.Layout != LayoutContracts && o.Layout != LayoutSIL {
		errs = append(errs, fmt.Errorf("layout %q: expected %q or none", o.Layout, LayoutSIL))
	}
	if o.Dir == "" || o.Reference == nil || o.Geography == nil {
		errs = append(errs, errors.New("folder or reference data: missing: expected a folder, reference lists and a geography"))
	}
	return errors.Join(errs...)
}

// gap is how many rows of a file pass between two bad ones.
func (o Options) gap() int {
	switch {
	case o.BadShare < 0:
		return 0
	case o.BadShare == 0:
		return int(1/DefaultBadShare) - 1
	}
	return int(1/o.BadShare) - 1
}

// Summary says what was written.
type Summary struct {
	Files       int
	Rows        int
	Quarantined int
	Superseded  int
	Bytes       int64
	Deliveries  []Delivery
}

// Generate invents a region and writes its deliveries, their manifests and
// TruthFile into o.Dir. Memory does not grow with o.Persons.
func Generate(ctx context.Context, o Options) (Summary, error) {
	if err := o.validate(); err != nil {
		return Summary{}, fmt.Errorf("generate: %w", err)
	}
	c, err := newCalendar(o.From, o.To)
	if err != nil {
		return Summary{}, fmt.Errorf("generate: %w", err)
	}
	r, err := readReference(o.Reference, o.Geography)
	if err != nil {
		return Summary{}, fmt.Errorf("generate: %w", err)
	}
	w, err := newWorld(r, c, o)
	if err != nil {
		return Summary{}, fmt.Errorf("generate: %w", err)
	}
	if err := os.MkdirAll(o.Dir, 0o750); err != nil {
		return Summary{}, fmt.Errorf("generate: %w", err)
	}
	g := &generator{world: w, dir: o.Dir, gap: o.gap()}
	if err := g.run(ctx, o); err != nil {
		return Summary{}, fmt.Errorf("generate: %w", err)
	}
	if err := g.foreign(o); err != nil {
		return Summary{}, fmt.Errorf("generate: %w", err)
	}
	return g.summary(), nil
}

// foreign writes the deliveries anew in another layout, where one is asked for.
func (g *generator) foreign(o Options) error {
	if o.Layout != LayoutSIL {
		return nil
	}
	l, err := newSIL(o.Reference)
	if err != nil {
		return err
	}
	return l.rewrite(o.Dir, g.delivered)
}

func (g *generator) run(ctx context.Context, o Options) error {
	for year := g.world.firstYear; year <= g.world.lastYear; year++ {
		if err := errors.Join(g.writeProviders(year), g.writePopulation(year)); err != nil {
			return err
		}
	}
	for _, year := range g.world.wholeYears() {
		if err := errors.Join(g.writeCentres(year), g.writeFunding(year)); err != nil {
			return err
		}
	}
	life, seen, err := g.lives(ctx, o)
	if err != nil {
		return err
	}
	return g.writeTruth(o, life, seen)
}

// lives lets workers live the persons, chunk by chunk, and appends the chunks
// to the files in their order.
func (g *generator) lives(ctx context.Context, o Options) (life, seen *books, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := g.open(); err != nil {
		return nil, nil, err
	}
	workers := o.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	chunks := (o.Persons + chunkPersons - 1) / chunkPersons
	workers = min(workers, chunks)
	line := newLine(ctx, chunks, workers, g.world.quarters, g.gap)
	life, seen = newBooks(g.world, false), newBooks(g.world, true)
	var done sync.WaitGroup
	var lock sync.Mutex
	for range workers {
		done.Go(func() {
			myLife, mySeen := newBooks(g.world, false), newBooks(g.world, true)
			s := newSimulator(g.world)
			for c := line.next(); c != nil; c = line.next() {
				s.fill(c, o.Persons, myLife, mySeen)
				line.finished(c)
			}
			lock.Lock()
			defer lock.Unlock()
			life.merge(myLife)
			seen.merge(mySeen)
			g.quality.merge(&s.bad)
		})
	}
	err = g.collect(line, chunks, o)
	cancel()
	done.Wait()
	return life, seen, errors.Join(err, g.close())
}

// collect appends the chunks in their order and tells the progress.
func (g *generator) collect(line *line, chunks int, o Options) error {
	for i := range chunks {
		c, err := line.await(i)
		if err != nil {
			return err
		}
		if err := g.append(c); err != nil {
			return err
		}
		line.give(c)
		if o.Progress != nil {
			o.Progress(min(o.Persons, (i+1)*chunkPersons), o.Persons)
		}
	}
	return nil
}

// fill lives the persons and employers of one chunk.
func (s *simulator) fill(c *chunk, persons int, life, seen *books) {
	low := c.index * chunkPersons
	for n := low; n < min(persons, low+chunkPersons); n++ {
		s.live(uint64(n))
		s.emit(c)
		s.tally(life, seen)
		s.bad.weigh(&s.p)
	}
	s.fillEmployers(c, persons, life, seen)
	c.finish()
}

// fillEmployers lives the share of employers that belongs to the chunk.
func (s *simulator) fillEmployers(c *chunk, persons int, life, seen *books) {
	all := s.w.employers * len(s.w.districts)
	low := c.index * chunkPersons
	from := int(int64(all) * int64(low) / int64(persons))
	to := int(int64(all) * int64(min(persons, low+chunkPersons)) / int64(persons))
	p := &s.p
	for n := from; n < to; n++ {
		s.employerServices(n)
		s.emitServices(c)
		s.employerVacancies(n)
		s.emitVacancies(c)
		s.activities(&account{svcs: p.svcs, books: life})
		s.activities(&account{svcs: p.seen.svcs, svc: p.seen.svc, books: seen})
		s.vacancies(life, p.vacs, nil)
		s.vacancies(seen, p.seen.vacs, p.seen.vac)
	}
}
