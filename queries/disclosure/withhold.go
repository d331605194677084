package disclosure

import (
	"context"
	"errors"
	"slices"
)

// A family can be lost before a release begins: earlier releases showed numbers
// at different times, each safe in its day, and when all of them are right again
// at once, they tell what is now to be hidden. Only who is told so could know
// that they are right again. So the family stands as the last release had it, as
// after a revision of few, and the release goes on: of now it tells nothing.

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

// withhold holds all blocks of the families that are to be withheld, with what
// contains them, and returns their names. For the judges their lines are known
// however they are shown, so that no other family was judged by less.
func (c *complement) withhold() []string {
	var names []string
	for _, f := range c.families {
		if !f.withheld {
			continue
		}
		names = append(names, f.Name)
		for _, l := range slices.Concat(f.rows...) {
			for _, b := range l.blocks {
				b.held = true
			}
		}
	}
	if names != nil {
		c.union.above()
		c.union.mark()
		c.follow()
	}
	return names
}
