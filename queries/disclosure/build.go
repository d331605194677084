package disclosure

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"osservatorio/queries/disclosure/linked"
)

// builder makes one family of the lines of a population in a span of time.
type builder struct {
	population *population
	span       string
	entries    []*entry
	region     *geography
	lists      []string
	bundle     []int

	variables []*variable
	geo, time int            // places among variables; time −1 where a span has one period
	list      map[string]int // by breakdown
	question  map[int]int    // by number of the question
	cells     map[string]int32
	needs     map[int32]int64 // by cell that one contribution dominates: what it must be able to hold; −1 where it is out
	family    *family
	shared    map[int32]int32 // by cell: its row of lines about other questions
	shapes    map[string]*shape
	order     []string // keys of shapes as they came
	geoNodes  []int32  // by territory
	coded     []map[string]int32
}

func (b *builder) build() (*family, error) {
	b.family = &family{population: b.population, region: b.region, span: b.span}
	b.family.Name = b.population.name + " " + b.span
	b.cells, b.shared, b.shapes = map[string]int32{}, map[int32]int32{}, map[string]*shape{}
	b.needs = map[int32]int64{}
	b.addVariables()
	b.nameNodes()
	for _, e := range b.entries {
		if err := b.addEntry(e); err != nil {
			return nil, err
		}
	}
	if err := b.addAlike(); err != nil {
		return nil, err
	}
	if err := b.addTables(); err != nil {
		return nil, err
	}
	b.addWithin()
	for d, v := range b.variables {
		b.family.Dims = append(b.family.Dims, v.dim)
		b.family.kinds = append(b.family.kinds, b.kind(d))
	}
	return b.family, b.check()
}

func (b *builder) addVariables() {
	b.geo = b.add(b.territoryVariable())
	b.time = -1
	if periods := b.periods(); len(periods) > 1 {
		b.time = b.add(periodVariable(b.span, periods))
	}
	b.list = map[string]int{}
	for _, list := range b.lists {
		b.list[list] = b.add(newVariable(list, b.codes(list)))
	}
	b.question = map[int]int{}
	for _, q := range b.bundle {
		b.question[q] = b.add(answerVariable(b.population, q))
	}
}

func (b *builder) kind(d int) kind {
	switch {
	case d == b.geo:
		return isGeo
	case d == b.time:
		return isTime
	case d < len(b.variables)-len(b.bundle):
		return isList
	}
	return isAnswer
}

func (b *builder) add(v *variable) int {
	b.variables = append(b.variables, v)
	return len(b.variables) - 1
}

// territoryVariable has as its first nodes the finest territories.
func (b *builder) territoryVariable() *variable {
	t := b.region
	finest := make([]string, t.finest)
	for i, leaves := range t.leaves {
		if len(leaves) == 1 && finest[leaves[0]] == "" {
			finest[leaves[0]] = t.codes[i]
		}
	}
	v := newVariable("geo", finest)
	for i, leaves := range t.leaves {
		v.node(t.codes[i], leaves)
	}
	return v
}

// periods are the finest periods of the span: months where there are any, else
// quarters, else the year alone. Where periods do not add up there is one.
func (b *builder) periods() []string {
	finest := "year"
	if b.population.time == "add" {
		for _, e := range b.entries {
			if k := e.line.kind; k == "month" || k == "quarter" && finest == "year" {
				finest = k
			}
		}
	}
	var out []string
	switch finest {
	case "month":
		for m := 1; m <= 12; m++ {
			out = append(out, fmt.Sprintf("%s-%02d", b.span, m))
		}
	case "quarter":
		for q := 1; q <= 4; q++ {
			out = append(out, fmt.Sprintf("%s-Q%d", b.span, q))
		}
	}
	return out
}

// periodVariable has the quarters of a year, also where months are finer.
func periodVariable(year string, periods []string) *variable {
	v := newVariable("time", periods)
	for q := range int32(4) {
		if n := int32(len(periods) / 4); n > 1 {
			var leaves []int32
			for i := range n {
				leaves = append(leaves, q*n+i)
			}
			v.node(fmt.Sprintf("%s-Q%d", year, q+1), leaves)
		}
	}
	return v
}

// codes are those of a breakdown that lines name, in the order of the alphabet.
func (b *builder) codes(list string) []string {
	seen := map[string]bool{}
	for _, e := range b.entries {
		for i, l := range e.line.crossing.lists {
			if l == list {
				seen[e.line.crossing.codes[i]] = true
			}
		}
		for _, s := range e.sums {
			for _, a := range s.answers {
				if a.list == list {
					seen[a.code] = true
				}
			}
		}
	}
	codes := sorted(seen)
	if len(codes) == 1 { // named by an answer alone: the others are one code
		codes = append(codes, "_O")
	}
	return codes
}

func answerVariable(p *population, q int) *variable {
	of := p.questions[q]
	names := make([]string, of.leaves())
	for i := range names {
		names[i] = fmt.Sprintf("%s %d", of.name, i)
	}
	return newVariable(of.name, names)
}

// nameNodes remembers the nodes that lines name.
func (b *builder) nameNodes() {
	for _, leaves := range b.region.leaves {
		b.geoNodes = append(b.geoNodes, b.variables[b.geo].node("", leaves))
	}
	b.coded = make([]map[string]int32, len(b.variables))
	for d, v := range b.variables {
		b.coded[d] = map[string]int32{}
		for i, n := range v.dim.Nodes {
			b.coded[d][n.Code] = int32(i)
		}
	}
}

// at is the place of a line without its answers.
func (b *builder) at(l *line) ([]int32, error) {
	at := make([]int32, len(b.variables))
	for d, v := range b.variables {
		at[d] = v.dim.Total
	}
	at[b.geo] = b.geoNodes[l.geo]
	if b.time >= 0 && l.kind != "year" {
		node, ok := b.coded[b.time][l.period]
		if !ok {
			return nil, fmt.Errorf("period %s: not in %s", l.period, b.span)
		}
		at[b.time] = node
	}
	for i, list := range l.crossing.lists {
		d := b.list[list]
		at[d] = b.coded[d][l.crossing.codes[i]]
	}
	return at, nil
}

// answered narrows a place to those of the answers. It says whether the bundle
// has their questions.
func (b *builder) answered(at []int32, answers []answer) bool {
	for _, a := range answers {
		d, ok := b.variable(a)
		if !ok {
			return false
		}
		node := b.node(d, a)
		if at[d] != b.variables[d].dim.Total && at[d] != node {
			return false // a line by sector and by contract tells of no answer that is a contract
		}
		at[d] = node
	}
	return true
}

func (b *builder) variable(a answer) (int, bool) {
	if a.list != "" {
		d, ok := b.list[a.list]
		return d, ok
	}
	d, ok := b.question[a.step.question]
	return d, ok
}

// node is the node of an answer in its variable.
func (b *builder) node(d int, a answer) int32 {
	v := b.variables[d]
	var n int32
	if a.list != "" {
		n = b.coded[d][a.code]
	} else {
		var bands []int32
		for i := a.step.first; i < a.step.end; i++ {
			bands = append(bands, int32(i))
		}
		n = v.node(fmt.Sprintf("%s to %d", v.dim.Name, a.step.end), bands)
	}
	if a.not {
		return v.complement(n)
	}
	return n
}

// addEntry adds the cells of a line and its row. A line about questions of
// another bundle shows here what it shows of the population.
func (b *builder) addEntry(e *entry) error {
	own := true
	var cells []int32
	for _, s := range e.sums {
		at, err := b.at(e.line)
		if err != nil {
			return err
		}
		if s.n < 0 {
			return fmt.Errorf("view %s: measure %s: a numerator exceeds its denominator", e.line.view.job.header.View, e.line.measure)
		}
		if !b.answered(at, s.answers) {
			own = false
			continue
		}
		c, err := b.cell(at, s, e.line)
		if err != nil {
			return err
		}
		b.family.tell(c, s, e.line)
		cells = append(cells, c)
		b.put(e.line, c, s.answers)
	}
	if len(cells) == 0 {
		return nil
	}
	b.addRow(e, cells, own)
	return nil
}

// cell finds the count of a place, or adds it. Two views that tell it
// differently are an error.
func (b *builder) cell(at []int32, s sum, l *line) (int32, error) {
	key := packed(at)
	c, ok := b.cells[key]
	if !ok {
		c = int32(len(b.family.Cells))
		b.cells[key] = c
		b.family.Cells = append(b.family.Cells, linked.Cell{At: at, N: s.n, Need: -1})
	}
	cell := &b.family.Cells[c]
	if cell.N != s.n {
		return 0, fmt.Errorf("view %s: measure %s, territory %s, period %s, breakdown %s: differs from the same count elsewhere",
			l.view.job.header.View, l.measure, b.region.codes[l.geo], l.period, l.crossing.name())
	}
	b.judge(cell, s, l)
	b.open(c, s, l)
	return c, nil
}

// judge keeps what a line knows of a cell: what everybody knows it to be at
// least while hidden, and what it must be able to hold. Where one policy lets a
// count be published, it is no secret in another.
func (b *builder) judge(cell *linked.Cell, s sum, l *line) {
	if s.role == counted && s.n > 0 {
		cell.Least = 1
	}
	k := int64(l.view.mask.Rules.Threshold)
	if s.role == others && !l.view.mask.Rules.ProtectComplement {
		return
	}
	if s.n == 0 || s.n >= k || l.known {
		k = 0 // what is out is no secret
	}
	switch {
	case cell.Need < 0:
		cell.Need = k
	case k == 0 || cell.Need == 0:
		cell.Need = 0
	default:
		cell.Need = max(cell.Need, k)
	}
}

// open keeps what a cell must be able to hold because one contribution dominates
// it. That is so whatever the policy of another view lets be told of counts,
// but not of what is out.
func (b *builder) open(c int32, s sum, l *line) {
	switch {
	case l.known:
		b.needs[c] = -1
	case s.role != others && b.needs[c] >= 0:
		if need := s.was(l.need[0], l.need[1]); need > 0 {
			// a number that is held back is an older one, and may be above what the new one needs
			b.needs[c] = max(b.needs[c], need, s.n+1)
		}
	}
}

// addRow adds what a line shows. Lines that show one and the same count only
// share a row: it takes all of them to hide it.
func (b *builder) addRow(e *entry, cells []int32, own bool) {
	l := e.line
	if l.hidden && !l.known {
		return
	}
	f := b.family
	zero := true
	for _, c := range cells {
		zero = zero && f.Cells[c].N == 0
	}
	if !own && len(cells) == 1 || len(e.sums) == 1 {
		if r, ok := b.shared[cells[0]]; ok {
			f.rows[r] = append(f.rows[r], l)
			f.Rows[r].Cost += b.worth(l)
			f.Rows[r].Forced = f.Rows[r].Forced || l.known
			f.kept[r] = f.kept[r] || b.region.headline(l)
			return
		}
		b.shared[cells[0]] = int32(len(f.Rows))
	}
	f.Rows = append(f.Rows, linked.Row{Cells: cells, Forced: zero || l.known, Cost: b.worth(l)})
	f.rows = append(f.rows, []*line{l})
	f.kept = append(f.kept, b.region.headline(l))
}

// worth is what readers lose with a line: by the territories it speaks of, for
// more of them look for a province than for a district, twice for a total of all
// breakdowns, and more for many persons than for few.
func (b *builder) worth(l *line) float64 {
	worth := math.Sqrt(float64(max(1, len(b.region.leaves[l.geo]))))
	if len(l.crossing.lists) == 0 {
		worth *= 2
	}
	return worth * (1 + 0.2*math.Log2(float64(max(1, l.n, l.d))))
}

// errSums says that cells are no sums of one another though a header claims it: nothing can be protected on a false claim, so nothing is published.
var errSums = errors.New("numbers do not add up as the headers say (keys population, time, answers, overlap): nothing is published: mend the header of the view or what it counts")

func (b *builder) refuse(what string) error {
	views := map[string]bool{}
	for _, e := range b.entries {
		views[e.line.view.job.header.View] = true
	}
	return fmt.Errorf("views %s: %s: %w", strings.Join(slices.Sorted(keysOf(views)), ", "), what, errSums)
}

func keysOf(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
