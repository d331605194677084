package disclosure

import (
	"cmp"
	"slices"
)

// A stock is that of the period before, and who came since, less who left. Whoever
// leaves on the last day of a period is still there that day, and among those who
// left it: of each period a reader does not know how many these are, only that
// they are no fewer than none and no more than those who left. Where hardly
// anybody leaves, that is enough to read a hidden few off two stocks. From there
// on the stock is hidden, and guarded like the few themselves.

// free is more than any count.
const free = int64(1) << 53

// move is what one period tells of a stock and of what moved it; a line is nil
// where the plan does not ask for it.
type move struct {
	stock, came, left, went *line
	parted                  bool  // by a code that may change: who came under it may leave under another
	low, high               int64 // those who left on the last day: as far as a reader knows
}

// chained says where a stock stands, whatever the period.
type chained struct {
	geo      int32
	crossing string
	kind     string
}

// hideStocks hides what would tell a hidden movement, in all views of which the
// header says by what they are moved.
func hideStocks(views []*masked) {
	for _, v := range views {
		of := v.header().Sums.Moved
		if of == nil {
			continue
		}
		for _, by := range views {
			if by.job.header.View == of.View {
				v.hideStock(by)
			}
		}
	}
}

func (m *masked) hideStock(by *masked) {
	of := m.header().Sums.Moved
	chains := map[chained]map[string]*move{}
	at := func(l *line) *move {
		key := chained{l.geo, l.crossing.text, l.kind}
		if chains[key] == nil {
			chains[key] = map[string]*move{}
		}
		if chains[key][l.period] == nil {
			chains[key][l.period] = &move{parted: slices.Contains(l.crossing.lists, of.By)}
		}
		return chains[key][l.period]
	}
	for i := range m.lines {
		at(&m.lines[i]).stock = &m.lines[i]
	}
	for i := range by.lines {
		switch l := &by.lines[i]; l.measure {
		case of.Came:
			at(l).came = l
		case of.Left:
			at(l).left = l
		case of.Went:
			at(l).went = l
		}
	}
	for _, periods := range chains {
		hideFrom(m, firstTold(periods))
	}
}

// firstTold is the first period of which a movement is known to be too few,
// nil where none is.
func firstTold(periods map[string]*move) *line {
	var order []*move
	for _, m := range periods {
		if m.stock != nil {
			order = append(order, m)
		}
	}
	slices.SortFunc(order, func(a, b *move) int { return cmp.Compare(a.stock.period, b.stock.period) })
	bound(order)
	for i := 1; i < len(order); i++ {
		if l := order[i].tells(order[i-1]); l != nil {
			return l
		}
	}
	return nil
}

// secret says that a line is hidden for its own number.
func (l *line) secret() bool { return l != nil && l.before && !l.known && l.n > 0 }

// stood says that a reader has the number of a line, or is taken to have it.
func (l *line) stood() bool { return l != nil && !l.secret() }

// shift is how many more left on the last day of the period before than on that
// of this one; false where a reader does not know it.
func (m *move) shift(before *move) (int64, bool) {
	if !m.stock.stood() || !before.stock.stood() || !m.came.stood() || !m.left.stood() || m.parted {
		return 0, false
	}
	return m.came.n - m.left.n - (m.stock.n - before.stock.n), true
}

// bound narrows what a reader knows of last days, from one period to the next and back.
func bound(order []*move) {
	for _, m := range order {
		m.low, m.high = 0, free
		if m.left.stood() {
			m.high = m.left.n
		}
	}
	for narrower := true; narrower; {
		narrower = false
		for i := 1; i < len(order); i++ {
			before, m := order[i-1], order[i]
			shift, ok := m.shift(before)
			if !ok {
				continue
			}
			low, high := max(m.low, before.low-shift), min(m.high, before.high-shift)
			was, high2 := max(before.low, low+shift), min(before.high, high+shift)
			narrower = narrower || low != m.low || high != m.high || was != before.low || high2 != before.high
			m.low, m.high, before.low, before.high = low, high, was, high2
		}
	}
}

// tells is the secret line that a reader would know to be too few.
func (m *move) tells(before *move) *line {
	if !m.stock.stood() || !before.stock.stood() || m.came == nil || m.left == nil {
		return nil
	}
	grown, went := m.stock.n-before.stock.n, int64(0)
	if m.parted && m.went != nil {
		went = m.went.n
	}
	switch {
	case m.came.secret() && m.left.stood() && !(m.parted && m.went.secret()): // who changes code stays in what is not parted by it
		return m.came.unless(grown + m.left.n + before.high - m.low + went)
	case m.left.secret() && m.came.stood() && !m.parted:
		return m.left.unless(m.came.n - grown + m.high - before.low)
	case m.went.secret() && m.came.stood() && m.parted:
		return m.went.unless(m.came.n - grown)
	}
	return nil
}

// unless is the line, unless it can be as much as it must be able to be. A most
// that is below what it is says that codes were changed into this one.
func (l *line) unless(most int64) *line {
	if most >= l.n && most < l.guard() {
		return l
	}
	return nil
}

// guard is what a secret line must be able to hold.
func (l *line) guard() int64 { return max(int64(l.view.mask.Rules.Threshold), l.need[0]) }

// hideFrom hides a stock from the period of a line on.
func hideFrom(m *masked, l *line) {
	if l == nil {
		return
	}
	for i := range m.lines {
		stock := &m.lines[i]
		if stock.geo != l.geo || stock.crossing.text != l.crossing.text || stock.n == 0 || stock.known || lastMonth(stock.period) < lastMonth(l.period) {
			continue
		}
		stock.hidden = true
		stock.need[0] = max(stock.need[0], stock.n+l.guard())
	}
}
