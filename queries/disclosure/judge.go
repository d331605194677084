package disclosure

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"osservatorio/queries/disclosure/attack"
	"osservatorio/queries/disclosure/attack/glpk"
	"osservatorio/queries/disclosure/linked"
	"osservatorio/queries/disclosure/verify"
)

// judges are who the gate asks of each family. What any of them finds refuses the
// release, whatever the others say.
type judges struct {
	verifier  func(*linked.Family, linked.Pattern) error
	exact     func(context.Context, *linked.Family, []bool) (attack.Result, error)
	intervals func(context.Context, *linked.Family, []bool, []int32, glpk.Options) ([]glpk.Interval, error)
}

// orOurs puts our own in the place of judges that nobody named.
func (j judges) orOurs() judges {
	if j.verifier == nil {
		j.verifier = verify.Pattern
	}
	if j.exact == nil {
		j.exact = attack.Exact
	}
	if j.intervals == nil {
		j.intervals = glpk.Intervals
	}
	return j
}

// GateReport is what the gate of a release did, without any value. What the
// search for witnesses needed is for the operator alone: how many witnesses there
// are tells how many of the hidden cells are small.
type GateReport struct {
	Families int            `json:"families"` // of numbers that add up, over all views; also those with nobody to guard
	Cells    int            `json:"cells"`    // different sums of them
	Verifier string         `json:"verifier"` // "passed"
	Exact    string         `json:"exact"`    // "passed": nothing that is hidden follows from what is shown
	Interval IntervalReport `json:"interval"`

	Guarded   int `json:"-"` // families with a cell to guard
	Witnesses int `json:"-"` // alternative states that were rebuilt and compared
	GivenUp   int `json:"-"` // families where a level of detail was given up
	TooLong   int `json:"-"` // tiers of the plan given up in a family since the search took too long
	Carried   int `json:"-"` // families of which nothing new is shown: their witnesses are those of earlier releases

	Withheld []string `json:"-"` // families that stand as in the last release: see withhold.go. That they do is not told: it would say which numbers are right again
}

// Refused says that a release would let hidden numbers be computed.
type Refused struct {
	Family string
	Cells  int    // how many
	By     string // who found them
	Err    error
}

func (e *Refused) Error() string {
	text := fmt.Sprintf("make release: family %s: %s: %d hidden numbers are not safe", e.Family, e.By, e.Cells)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives what the verifier said.
func (e *Refused) Unwrap() error { return e.Err }

// Hint says what can be done.
func (e *Refused) Hint() string {
	return "ask for less detail in reference plan.csv for the views of this family (osservatorio disclosure plan tells what a plan loses), or report a fault of the protection"
}

// gate holds every family, with all that is hidden in the end, to two judges
// that share nothing with who hid it.
func (c *complement) gate(ctx context.Context) (*GateReport, error) {
	c.judges = c.judges.orOurs()
	out := &GateReport{Families: c.checked, Cells: c.sums, Guarded: len(c.families), Verifier: "passed", Exact: "passed"}
	err := each2(ctx, len(c.families), func(i int) error { return c.sentence(ctx, c.families[i]) })
	out.Withheld = c.withhold()
	for _, f := range c.families {
		out.Witnesses += len(f.pattern.Witnesses)
		if f.dropped > 0 {
			out.GivenUp++
		}
		out.TooLong += f.given
		if f.carried && !f.withheld {
			out.Carried++
		}
	}
	if err == nil {
		asked := slices.DeleteFunc(slices.Clone(c.families), func(f *guarded) bool { return f.withheld })
		out.Interval, err = c.attackIntervals(ctx, asked)
	}
	return out, err
}

// judge rebuilds the rows as they stand at the end: what other families have
// hidden does not stand here either.
func (c *complement) judge(ctx context.Context, f *guarded) error {
	defer c.say(f, Judged)
	c.say(f, Verifying)
	f.Rows = slices.Clone(f.all)
	pattern := f.pattern
	pattern.Hidden = make([]bool, len(f.all))
	for r := range f.all {
		pattern.Hidden[r] = !f.standsWith(r, func(l *line) bool { return !l.hidden || l.known })
		if pattern.Hidden[r] {
			f.Rows[r].Forced = false
		}
	}
	if len(pattern.Exposed) > 0 {
		return &Refused{Family: f.Name, Cells: len(pattern.Exposed), By: "search for witnesses"}
	}
	if err := c.judges.verifier(&f.Family, pattern); err != nil && !f.carried {
		return &Refused{Family: f.Name, Cells: failures(err), By: "verifier", Err: err}
	}
	c.say(f, Attacking)
	f.known = f.Known(pattern.Hidden)
	found, err := c.judges.exact(ctx, &f.Family, f.known)
	if err != nil {
		return err
	}
	if n := len(found.Breaches()) + len(found.Shown); n > 0 {
		return &Refused{Family: f.Name, Cells: n, By: "exact attacker"}
	}
	return nil
}

// failures is how many cells the verifier found unsafe; all it can say of a
// family that is not sound itself is one.
func failures(err error) int {
	var found *verify.Failures
	if errors.As(err, &found) {
		return found.Count
	}
	return 1
}
