package disclosure

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"osservatorio/queries/disclosure/linked"
	"osservatorio/queries/disclosure/witness"
)

// guarded is a family with what was found for it.
type guarded struct {
	*family
	all     []linked.Row // rows as built; those of the family are what still stood when it was protected
	pattern linked.Pattern
	wave    int    // families of one population and span follow one another: each learns what those before have hidden
	dropped int    // exposed cells for which a level of detail was given up
	given   int    // tiers that were given up since the search took too long
	rungs   int    // levels of detail that were given up
	loose   bool   // headlines may go too: nothing else guards some cell
	known   []bool // by cell, as the gate has judged it: some line that stands tells it
	carried bool   // all that stands was shown before: it was judged then, and nothing new is told

	withheld bool // it stands as in the last release: see withhold.go
}

// complement is the protection of all views together.
type complement struct {
	views    []*masked
	geo      *geography
	union    *union // nil where no earlier release is asked
	families []*guarded
	salt     string
	steps    int64
	alike    float64 // in how many of a hundred places two answers may differ and still be read off one another
	tell     func(Event)
	mutex    sync.Mutex
	done     int // families that were judged

	intervals     *Intervals // nil: the interval attacker is not asked
	judges        judges     // those nobody named are our own
	checked, sums int        // families that were built, and their cells
}

// run reads what the views show, adds it up to families and hides what
// sensitive counts could be computed from.
func (c *complement) run(ctx context.Context, tx *sql.Tx) error {
	if err := c.build(ctx, tx); err != nil {
		return err
	}
	for wave := range c.waves() {
		var now []*guarded
		for _, f := range c.families {
			if f.wave == wave {
				now = append(now, f)
			}
		}
		if err := c.protect(ctx, now); err != nil {
			return err
		}
	}
	c.follow()
	return nil
}

func (c *complement) waves() int {
	most := 0
	for _, f := range c.families {
		most = max(most, f.wave+1)
	}
	return most
}

func (c *complement) build(ctx context.Context, tx *sql.Tx) error {
	var err error
	if c.alike, err = sameCountPercent(ctx, tx); err != nil {
		return err
	}
	if c.union != nil {
		c.geo = c.union.geo // it has read the lines
		return c.addUp(ctx)
	}
	if c.geo, err = readAll(ctx, tx, c.views); err != nil {
		return err
	}
	return c.addUp(ctx)
}

// readAll reads the territories and the lines of views.
func readAll(ctx context.Context, tx *sql.Tx, views []*masked) (*geography, error) {
	g, p, err := readGeography(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, v := range views {
		if err := p.readLines(ctx, tx, v); err != nil {
			return nil, fmt.Errorf("protect %s: %w", v.job.cube.Path, err)
		}
	}
	return g, nil
}

// addUp builds the families of all lines.
func (c *complement) addUp(ctx context.Context) error {
	hideUnripe(c.views)
	hideStocks(c.views)
	ps, err := gather(c.views)
	if err != nil {
		return fmt.Errorf("protect %w", err)
	}
	built := make([][]*guarded, len(ps.names))
	cells := make([][]int, len(ps.names))
	err = each2(ctx, len(ps.names), func(i int) error {
		p := ps.byName[ps.names[i]]
		p.findAlike(c.alike)
		fs, err := p.families(c.geo)
		if err == nil {
			err = c.union.compareFamilies(ctx, fs)
		}
		wave, span := 0, ""
		for _, f := range fs {
			cells[i] = append(cells[i], len(f.Cells))
			if wave++; f.span != span {
				wave, span = 0, f.span
			}
			if !slices.ContainsFunc(f.Cells, func(c linked.Cell) bool { return c.Need > 0 }) {
				continue // its sums were checked, and there is nothing to guard
			}
			built[i] = append(built[i], &guarded{family: f, all: f.Rows, wave: wave})
		}
		return err
	})
	if err == nil && c.union.holdMore() {
		return c.addUp(ctx) // with more that is not shown
	}
	c.families = slices.Concat(built...)
	c.checked, c.sums = 0, 0
	for _, n := range slices.Concat(cells...) {
		c.checked++
		c.sums += n
	}
	return err
}

// protect guards families that do not wait for one another, then marks the
// lines that their patterns hide.
func (c *complement) protect(ctx context.Context, families []*guarded) error {
	// the longest first, so that none is left alone at the end
	order := slices.Clone(families)
	slices.SortStableFunc(order, func(a, b *guarded) int { return cmp.Compare(len(b.Cells), len(a.Cells)) })
	err := each2(ctx, len(order), func(i int) error {
		c.say(order[i], Hiding)
		defer c.say(order[i], Hidden)
		return order[i].guard(ctx, witness.Options{Salt: c.salt, Steps: c.stepsFor(order[i])})
	})
	for _, f := range families {
		f.mark()
	}
	return err
}

// each2 runs do for 0 to n-1 on all processors and returns the error of the
// smallest number.
func each2(ctx context.Context, n int, do func(i int) error) error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	work := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range work {
				if errs[i] = ctx.Err(); errs[i] == nil {
					errs[i] = do(i)
				}
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
