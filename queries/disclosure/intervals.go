package disclosure

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"osservatorio/queries/disclosure/attack/glpk"
)

// Intervals says how the interval attacker is asked: what each sensitive cell
// can be, given all that is shown. It takes long, so a release may ask it for a
// sample, or not at all.
type Intervals struct {
	Program string        // path of glpsol
	Sample  int           // cells to ask for, over all families; 0: all
	Workers int           // processes at a time
	Scratch string        // folder for its files, which are confidential and removed; empty: the system's
	Timeout time.Duration // for one question; 0: none
}

// IntervalReport is what the interval attacker did. How many sensitive cells
// there were to ask for is not told in public: it would tell how many of the
// hidden ones are small.
type IntervalReport struct {
	Attack   string `json:"attack"`           // "passed" or "not run"
	Why      string `json:"why,omitempty"`    // of "not run"
	Sample   int    `json:"sample,omitempty"` // most cells that were asked for; none: all
	Asked    int    `json:"-"`                // cells
	Families int    `json:"-"`                // that they are from
	Closest  int64  `json:"-"`                // the least by which what a cell can be exceeds what it must be able to be
}

// errNarrow says that a cell is known to be small.
var errNarrow = errors.New("cannot be as large as it must")

// attackIntervals asks for the sensitive cells of families that were judged.
// The sample takes cells at equal distances over the families, the largest
// first: the same release asks for the same cells.
func (c *complement) attackIntervals(ctx context.Context, families []*guarded) (IntervalReport, error) {
	how := c.intervals
	if how == nil {
		return IntervalReport{Attack: "not run", Why: "not asked for"}, nil
	}
	out := IntervalReport{Attack: "passed", Sample: how.Sample, Closest: -1}
	families = slices.Clone(families)
	slices.SortStableFunc(families, func(a, b *guarded) int { return cmp.Compare(len(b.Cells), len(a.Cells)) })
	all := 0
	for _, f := range families {
		all += len(f.hiddenSensitive())
	}
	every := 1
	if how.Sample > 0 {
		every = max(1, (all+how.Sample-1)/how.Sample)
	}
	for at, seen := 0, 0; at < len(families); at++ {
		var cells []int32
		for _, cell := range families[at].hiddenSensitive() {
			if seen%every == 0 {
				cells = append(cells, cell)
			}
			seen++
		}
		if len(cells) == 0 {
			continue
		}
		out.Families++
		if err := c.askIntervals(ctx, families[at], cells, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// hiddenSensitive are the cells of a family that need to be guarded and do not stand.
func (f *guarded) hiddenSensitive() []int32 {
	var cells []int32
	for i, c := range f.Cells {
		if c.Need > 0 && !f.known[i] {
			cells = append(cells, int32(i))
		}
	}
	return cells
}

func (c *complement) askIntervals(ctx context.Context, f *guarded, cells []int32, out *IntervalReport) error {
	how := c.intervals
	found, err := c.judges.intervals(ctx, &f.Family, f.known, cells, glpk.Options{
		Program: how.Program, Workers: how.Workers, Scratch: how.Scratch, Timeout: how.Timeout})
	if err != nil {
		return fmt.Errorf("make release: family %s: interval attacker: %w", f.Name, err)
	}
	small := 0
	for _, i := range found {
		out.Asked++
		if i.Open {
			continue
		}
		above := i.High - f.Cells[i.Cell].Need
		if above < 0 || i.Low == i.High {
			small++
		}
		if out.Closest < 0 || above < out.Closest {
			out.Closest = above
		}
	}
	if small > 0 {
		return &Refused{Family: f.Name, Cells: small, By: "interval attacker", Err: errNarrow}
	}
	return nil
}
