package disclosure

import (
	"context"
	"slices"
	"strings"

	"osservatorio/queries/disclosure/attack"
	"osservatorio/queries/disclosure/linked"
)

// block is what all views say of a population for one territory and period.
type block struct {
	population string
	period     string
	geo        int32
	year       bool
	time       string
	released   bool // some line of it was shown
	moved      bool
	held       bool
	lines      []*line
}

// sort puts lines to their blocks.
func (u *union) sort() {
	tied := map[string]bool{}
	for _, v := range u.views {
		for _, name := range v.header().Sums.Tied {
			tied[name] = true
		}
	}
	for _, v := range u.views {
		for i := range v.lines {
			l := &v.lines[i]
			for _, of := range l.populations(tied) {
				u.put(l, of[0], of[1])
			}
		}
	}
}

// populations names those that a line belongs to, each with how its time adds
// up; views that are tied share one of their own.
func (l *line) populations(tied map[string]bool) [][2]string {
	h := l.view.header()
	c := l.counts()
	if c.Population == "" {
		c.Population = h.View
	}
	if c.Population == "-" {
		c.Population = h.View + " (counted by itself)"
	}
	out := [][2]string{{c.Population, c.Time}}
	for _, d := range h.Derived {
		if d.Measure != l.measure {
			continue
		}
		for _, part := range d.Parts { // a balance is held with its parts
			p := h.Sums.Of(part)
			out = append(out, [2]string{p.Population, p.Time})
		}
	}
	if c.Denominators != "" && c.Denominators != "-" {
		out = append(out, [2]string{c.Denominators, c.DenominatorTime})
	}
	for _, name := range h.Sums.Tied {
		out = append(out, [2]string{"tied to " + name, "apart"})
	}
	if tied[h.View] {
		out = append(out, [2]string{"tied to " + h.View, "apart"})
	}
	return out
}

func (u *union) put(l *line, population, time string) {
	period := l.period
	if time == "stock" {
		period = lastMonth(period)
	}
	key := population + "|" + period + "|" + packed([]int32{l.geo})
	b := u.blocks[key]
	if b == nil {
		b = &block{population: population, period: period, geo: l.geo, year: l.kind == "year", time: time}
		u.blocks[key] = b
		u.names = append(u.names, key)
	}
	b.lines = append(b.lines, l)
	l.blocks = append(l.blocks, b)
}

// few says that a line moved by fewer than its policy lets be told.
func (l *line) few() bool {
	if !l.prior.shown || l.view.derived(l.measure) {
		return false // a balance moves with its parts
	}
	k := int64(l.view.mask.Rules.Threshold)
	small := func(by int64) bool { return by != 0 && by < k && by > -k }
	n, d := l.n-l.prior.n, l.d-l.prior.d
	return small(n) || l.parts && (small(d) || l.counts().Denominators == "" && small(d-n))
}

// hold finds the blocks whose old numbers stay: a revision appears only where
// each difference is nothing or many.
func (u *union) hold() {
	for _, name := range u.names {
		b := u.blocks[name]
		for _, l := range b.lines {
			b.released = b.released || l.prior.shown
			b.moved = b.moved || l.prior.shown && !l.same()
			b.held = b.held || l.few() && !u.annual
		}
	}
	u.above()
}

// above holds what contains a held block: with its new number, and those of the
// others in it, the difference would follow.
func (u *union) above() {
	for _, name := range u.names {
		b := u.blocks[name]
		if !b.held || u.geo == nil {
			continue
		}
		for _, other := range u.holding(b) {
			other.held = true
		}
	}
}

// holding are the blocks of territories and periods that contain one.
func (u *union) holding(b *block) []*block {
	var out []*block
	periods := []string{b.period}
	if b.time != "apart" && b.time != "stock" && len(b.period) > 4 {
		periods = append(periods, quarterOf(b.period), b.period[:4])
	}
	for g := range u.geo.codes {
		if !within(u.geo.leaves[b.geo], u.geo.leaves[g]) {
			continue
		}
		for _, p := range periods {
			if other := u.blocks[b.population+"|"+p+"|"+packed([]int32{int32(g)})]; other != nil && other != b && !other.held {
				out = append(out, other)
			}
		}
	}
	return out
}

// quarterOf is the quarter of a month; of other periods themselves.
func quarterOf(period string) string {
	if len(period) != len("2024-01") || period[5] == 'Q' {
		return period
	}
	month := int(period[5]-'0')*10 + int(period[6]-'0')
	return period[:5] + "Q" + string(rune('0'+(month+2)/3))
}

func within(a, b []int32) bool {
	return !slices.ContainsFunc(a, func(l int32) bool { return !slices.Contains(b, l) })
}

// held says whether the old numbers of a line stay.
func (l *line) held() bool {
	return slices.ContainsFunc(l.blocks, func(b *block) bool { return b.held })
}

// mark tells the protection of all views what it may use: a line that is known
// stands whatever the files say; one that is held, or was hidden, is not shown
// with the numbers of now.
func (u *union) mark() {
	u.sticky = 0
	ripe := u.ripe()
	for _, v := range u.views {
		for i := range v.lines {
			l := &v.lines[i]
			l.known, l.keeps = l.prior.known, l.held()
			l.sticks = !l.keeps && !l.toDate() && l.prior.status == "Q" && (ripe[l.yearly()] || l.kind != "year")
			if l.sticks && !l.before {
				u.sticky++
			}
			l.hidden = l.hidden || l.keeps || l.sticks
		}
	}
}

// yearly is the year of a measure of a view.
type yearly struct{ view, measure, year string }

func (l *line) yearly() yearly { return yearly{l.view.job.header.View, l.measure, l.period[:4]} }

// ripe are the years that the last release could have shown: one whose quarters
// were not all there was hidden for that alone.
func (u *union) ripe() map[yearly]bool {
	quarters := map[yearly]map[string]bool{}
	out := map[yearly]bool{}
	for _, v := range u.views {
		for i := range v.lines {
			l := &v.lines[i]
			at := l.yearly()
			if l.counts().Time != "add" {
				out[at] = true
			}
			if l.kind == "quarter" && l.prior.status != "" && l.prior.status != "O" {
				if quarters[at] == nil {
					quarters[at] = map[string]bool{}
				}
				quarters[at][l.period] = true
				out[at] = out[at] || len(quarters[at]) == 4
			}
		}
	}
	return out
}

// compareFamilies finds in families what sums of revisions would tell of few.
// They may be asked at once.
func (u *union) compareFamilies(ctx context.Context, families []*family) error {
	if u == nil || u.annual {
		return nil
	}
	for _, f := range families {
		cells, err := f.betrayed(ctx)
		if err != nil {
			return err
		}
		u.mutex.Lock()
		for _, c := range cells {
			u.betrayed = append(u.betrayed, betrayed{f, c})
		}
		u.mutex.Unlock()
	}
	return nil
}

// betrayed is a cell of which revisions elsewhere tell how few moved.
type betrayed struct {
	family *family
	cell   int32
}

func (f *family) betrayed(ctx context.Context) ([]int32, error) {
	var cells []int32
	k := f.threshold()
	for _, of := range f.vintages() {
		by, known := f.moves(of)
		if !slices.ContainsFunc(by, func(n int64) bool { return n != 0 }) {
			continue
		}
		found, err := attack.Differences(ctx, &f.Family, by, known)
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			if d.By < k && d.By > -k {
				cells = append(cells, d.Cell)
			}
		}
	}
	return cells, nil
}

// holdMore holds what is around betrayed cells, and says whether there were any.
func (u *union) holdMore() bool {
	if u == nil {
		return false
	}
	more := false
	for _, b := range u.betrayed {
		more = u.holdAround(b.family, b.cell) || more
	}
	u.betrayed = nil
	if more {
		u.mark()
	}
	return more
}

func (f *family) threshold() int64 {
	k := int64(0)
	for _, e := range f.population.entries {
		k = max(k, int64(e.line.view.mask.Rules.Threshold))
	}
	return k
}

// was is what a line told of a cell of the family.
type was struct {
	cell int32
	n    int64
	line *line
}

// vintages are those of the numbers that lines of the family showed last, the
// newest first.
func (f *family) vintages() []int64 {
	var out []int64
	for _, w := range f.told {
		if !slices.Contains(out, w.line.prior.of) {
			out = append(out, w.line.prior.of)
		}
	}
	slices.Sort(out)
	return out
}

// moves is how far cells moved from the numbers of one vintage, where both are
// shown.
func (f *family) moves(of int64) ([]int64, []bool) {
	by, known := make([]int64, len(f.Cells)), make([]bool, len(f.Cells))
	for _, w := range f.told {
		if w.line.prior.of == of && !w.line.hidden {
			by[w.cell], known[w.cell] = f.Cells[w.cell].N-w.n, true
		}
	}
	return by, known
}

// holdAround holds all blocks of the population in the periods of a cell: what
// told its difference is among them.
func (u *union) holdAround(f *family, cell int32) bool {
	more := false
	for _, w := range f.told {
		if !f.meets(f.Cells[cell].At, f.Cells[w.cell].At) {
			continue
		}
		for _, b := range w.line.blocks {
			if !b.held {
				b.held, more = true, true
			}
		}
	}
	u.above()
	return more
}

// meets says whether two places share a period.
func (f *family) meets(a, b []int32) bool {
	for d, kind := range f.kinds {
		if kind == isTime && !slices.ContainsFunc(f.Dims[d].Nodes[a[d]].Leaves, func(l int32) bool { return slices.Contains(f.Dims[d].Nodes[b[d]].Leaves, l) }) {
			return false
		}
	}
	return true
}

// tell remembers what earlier releases said of a cell. It is called for every
// line, shown now or not.
func (f *family) tell(cell int32, s sum, l *line) {
	if l.prior.shown && l.prior.status != "Q" && s.was != nil {
		f.told = append(f.told, was{cell, s.was(l.prior.n, l.prior.d), l})
	}
}

// report counts blocks by population.
func (u *union) report() *AcrossReport {
	out := &AcrossReport{Releases: u.count, Annual: u.annual, Hidden: u.sticky}
	at := map[string]int{}
	for _, name := range u.names {
		b := u.blocks[name]
		if !b.released {
			continue
		}
		i, ok := at[b.population]
		if !ok {
			i = len(out.Blocks)
			at[b.population] = i
			out.Blocks = append(out.Blocks, BlockReport{Population: b.population})
		}
		r := &out.Blocks[i]
		r.Blocks++
		if b.moved {
			r.Moved++
		}
		if b.held {
			r.Held++
		}
	}
	slices.SortFunc(out.Blocks, func(a, b BlockReport) int { return strings.Compare(a.Population, b.Population) })
	return out
}

// allKnown says that every row of a family stands already.
func (f *guarded) allKnown() bool {
	return !slices.ContainsFunc(f.all, func(r linked.Row) bool { return !r.Forced })
}

// stands says that the number of a line is there to be seen.
func (l *line) stands(gone map[*line]bool) bool { return l.known || !l.hidden && !gone[l] }

func theNumerator(n, _ int64) int64   { return n }
func theDenominator(_, d int64) int64 { return d }
func theRest(n, d int64) int64        { return d - n }
