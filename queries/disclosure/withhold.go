package disclosure

import (
	"context"
	"errors"
	"slices"
)

// A family can be lost before a release begins: earlier releases showed numbers
// at different times, each safe in its day, and when all of them are right again
// at once, they tell what is now to be hidden. Only who is told so could know
// that they are right again. So the release says nothing of that family, not even
// what was shown before, and goes on: it tells no more than its readers had.

// sentence judges a family; one that fails by what earlier releases told alone is
// to be withheld.
func (c *complement) sentence(ctx context.Context, f *guarded) error {
	err := c.judge(ctx, f)
	var refused *Refused
	if errors.As(err, &refused) && f.nothingNew() {
		f.withheld = true
		return nil
	}
	return err
}

// nothingNew says that every number of a family that stands was shown before, and
// that there is one.
func (f *guarded) nothingNew() bool {
	known := false
	for _, lines := range f.rows {
		for _, l := range lines {
			if !l.hidden && !l.known {
				return false
			}
			known = known || l.known
		}
	}
	return known
}

// withhold hides all lines of the families that are to be withheld and what goes
// with them, and returns how many families. For the judges these lines are known
// however they are shown, so that no other family was judged by less.
func (c *complement) withhold() int {
	families := 0
	for _, f := range c.families {
		if !f.withheld {
			continue
		}
		families++
		for _, l := range slices.Concat(f.rows...) {
			l.hidden, l.keeps = true, false
		}
	}
	if families > 0 {
		c.follow()
	}
	return families
}
