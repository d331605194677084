package disclosure

// Work is what is done with a family.
type Work string

// In this order, for each family.
const (
	Hiding    Work = "hide"
	Hidden    Work = "hidden"
	Verifying Work = "verify"
	Attacking Work = "attack"
	Judged    Work = "judged"
)

// Event says that a work on a family begins, and how much there is of it: no
// count of persons.
type Event struct {
	Family    string
	Work      Work
	Cells     int
	Rows      int
	Sensitive int // cells
	Hidden    int // rows; of Verifying and later
	Rungs     int // of detail that was given up
	Given     int // tiers given up since the search took too long
	Done, All int // families that were judged
}

func (c *complement) say(f *guarded, work Work) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if work == Judged {
		c.done++
	}
	if c.tell == nil {
		return
	}
	e := Event{Family: f.Name, Work: work, Cells: len(f.Cells), Rows: len(f.all), Rungs: f.rungs, Given: f.given, Done: c.done, All: len(c.families)}
	for _, cell := range f.Cells {
		if cell.Need > 0 {
			e.Sensitive++
		}
	}
	for r := range f.all {
		if work != Hiding && !f.standsWith(r, func(l *line) bool { return !l.hidden }) {
			e.Hidden++
		}
	}
	c.tell(e)
}
