package disclosure

import (
	"fmt"
	"slices"
	"strings"

	"osservatorio/queries"
)

// population is whom several views count, with all lines about them. The same
// count in two views is one number.
type population struct {
	name      string
	time      string // add, apart or stock
	questions []question
	steps     map[string]step // by answer
	pairs     []pair
	alike     []pair // of them those that seldom differ
	entries   []entry
	told      map[[2]string]told // by view and measure
}

// question parts a population. Its finest answers are the bands between steps,
// class after class, and those in no class.
type question struct {
	name  string
	bands int  // finest answers, the rest not counted
	whole bool // there is no rest
}

// leaves is the number of finest answers.
func (q question) leaves() int {
	if q.whole {
		return q.bands
	}
	return q.bands + 1
}

// step is an answer: the bands from first up to but without end.
type step struct{ question, first, end int }

// pair is two answers with everybody of the first among the second (or, with
// not, nobody).
type pair struct {
	a, b step
	not  bool
}

// entry is what one line tells of one population.
type entry struct {
	line *line
	sums []sum
}

// sum is one count of an entry, by the answers of those counted.
type sum struct {
	answers []answer
	n       int64
	role    role
	was     func(n, d int64) int64 // the same count from the numbers that a line once showed
}

type role int

const (
	counted role = iota // a count, or a denominator: at least one while hidden
	among               // a numerator
	others              // a denominator less its numerator
	apart               // what a limited denominator leaves out: shown by no line alone
)

// answer is those of a step, or with not those outside it; or a code of a
// breakdown.
type answer struct {
	step       step
	not        bool
	list, code string
}

// populations sorts the lines of all views by whom they count.
type populations struct {
	byName map[string]*population
	names  []string // in the order of first mention
}

func (ps *populations) get(name, time string, v *masked) (*population, error) {
	p := ps.byName[name]
	if p == nil {
		p = &population{name: name, time: time, steps: map[string]step{}, told: map[[2]string]told{}}
		ps.byName[name] = p
		ps.names = append(ps.names, name)
	}
	if p.time != time {
		return nil, fmt.Errorf("%s: time of population %s: %q, and %q in another view", v.job.cube.Path, name, time, p.time)
	}
	return p, nil
}

// gather puts every line to the populations that it tells of. Questions come
// before lines, for a view may ask what another shows.
func gather(views []*masked) (*populations, error) {
	ps := &populations{byName: map[string]*population{}}
	for _, v := range views {
		if err := ps.ask(v); err != nil {
			return nil, err
		}
	}
	for _, v := range views {
		if err := ps.relate(v); err != nil {
			return nil, err
		}
	}
	for _, v := range views {
		for i := range v.lines {
			if err := ps.add(&v.lines[i]); err != nil {
				return nil, err
			}
		}
	}
	return ps, nil
}

// home is the population of a view that its questions are about: that of the
// measures it does not name.
func (ps *populations) home(v *masked) (*population, error) {
	c := v.header().Sums.Of("")
	if c.Population == "" || c.Population == "-" {
		return nil, nil
	}
	return ps.get(c.Population, c.Time, v)
}

func (ps *populations) ask(v *masked) error {
	s := v.header().Sums
	if len(s.Questions) == 0 {
		return nil
	}
	p, err := ps.home(v)
	if err != nil || p == nil {
		return err
	}
	for _, q := range s.Questions {
		at := len(p.questions)
		bands := 0
		for _, class := range q.Classes {
			first := bands
			for _, name := range class {
				bands++
				if _, twice := p.steps[name]; twice {
					return fmt.Errorf("%s: answers: %s: said twice of population %s", v.job.cube.Path, name, p.name)
				}
				p.steps[name] = step{at, first, bands}
			}
		}
		p.questions = append(p.questions, question{name: q.Classes[0][0], bands: bands, whole: q.Whole})
	}
	return nil
}

// step finds an answer, or makes the question "was it so".
func (p *population) step(name string) step {
	if s, ok := p.steps[name]; ok {
		return s
	}
	s := step{len(p.questions), 0, 1}
	p.questions = append(p.questions, question{name: name, bands: 1})
	p.steps[name] = s
	return s
}

func (ps *populations) relate(v *masked) error {
	s := v.header().Sums
	p, err := ps.home(v)
	if err != nil || p == nil {
		return err
	}
	for _, w := range s.Within {
		p.pair(pair{a: p.step(w[0]), b: p.step(w[1])})
	}
	for _, m := range v.job.header.Measures {
		if f := s.Formulas[m.Code]; f.Base != "" {
			p.pair(pair{a: p.step(f.Answer), b: p.step(f.Base), not: f.BaseNot})
		}
	}
	return nil
}

func (p *population) pair(new pair) {
	if !slices.Contains(p.pairs, new) {
		p.pairs = append(p.pairs, new)
	}
}

// add puts one line to its population, or to two where numerators are not among
// denominators.
func (ps *populations) add(l *line) error {
	if l.unripe {
		return nil
	}
	h := l.view.header()
	f := h.Sums.Formulas[l.measure]
	c := l.counts()
	if f.None && !f.AfterOthers || c.Population == "-" && c.Denominators == "" {
		return nil
	}
	if c.Population == "" {
		c.Population = h.View
	}
	if c.Denominators != "" {
		if err := ps.single(l, c.Population, c.Time, theNumerator, nil); err != nil {
			return err
		}
		return ps.single(l, c.Denominators, c.DenominatorTime, theDenominator, h.Sums.Overlap)
	}
	p, err := ps.get(overlapping(c.Population, h.Sums.Overlap, l), c.Time, l.view)
	if err != nil {
		return err
	}
	p.entries = append(p.entries, entry{line: l, sums: p.sums(l, f)})
	return nil
}

// single adds one number that counts everybody of a population.
func (ps *populations) single(l *line, name, time string, of func(n, d int64) int64, overlap []string) error {
	if name == "-" {
		return nil
	}
	p, err := ps.get(overlapping(name, overlap, l), time, l.view)
	if err != nil {
		return err
	}
	p.entries = append(p.entries, entry{line: l, sums: []sum{{n: of(l.n, l.d), role: counted, was: of}}})
	return nil
}

// overlapping names the population of a line whose codes share persons with
// others: each is one of its own.
func overlapping(name string, overlap []string, l *line) string {
	for i, list := range l.crossing.lists {
		if slices.Contains(overlap, list) {
			name += " " + list + "=" + l.crossing.codes[i]
		}
	}
	return name
}

// sums are the counts that a line shows, itself or by subtraction.
func (p *population) sums(l *line, f queries.Formula) []sum {
	switch {
	case f.AfterOthers:
		return []sum{{n: l.d, role: counted, was: theDenominator}}
	case f.ToDate:
		return nil // hidden after the counts it adds up
	}
	told := p.answersOf(l, f)
	if l.isCount() {
		return []sum{{answers: told.yes, n: l.n, role: counted, was: theNumerator}}
	}
	return []sum{
		{answers: told.yes, n: l.n, role: among, was: theNumerator},
		{answers: told.base, n: l.d, role: counted, was: theDenominator},
		{answers: told.no, n: l.d - l.n, role: others, was: theRest},
	}
}

// told is what one measure of a view answers: those it counts, those it counts
// them among, and the rest of these.
type told struct{ yes, base, no []answer }

// answersOf makes the answers of a measure once: all its lines share them.
func (p *population) answersOf(l *line, f queries.Formula) told {
	key := [2]string{l.view.job.header.View, l.measure}
	if t, ok := p.told[key]; ok {
		return t
	}
	count := l.isCount()
	t := told{yes: p.those(l.measure, f, count)}
	if f.Base != "" {
		t.base = []answer{{step: p.step(f.Base), not: f.BaseNot}}
	}
	if !count {
		t.no = append(slices.Clone(t.base), negated(t.yes[0]))
	}
	p.told[key] = t
	return t
}

func (p *population) those(measure string, f queries.Formula, count bool) []answer {
	switch {
	case f.List != "":
		return []answer{{list: f.List, code: f.Code}}
	case f.Answer != "":
		return []answer{{step: p.step(f.Answer)}}
	case count:
		return nil
	}
	return []answer{{step: p.step(measure)}}
}

func negated(a answer) answer {
	a.not = !a.not
	return a
}

// span is the part of time that a line's families share: what lies in two
// spans does not add up.
func (p *population) span(l *line) string {
	switch p.time {
	case "apart":
		return l.period
	case "stock":
		return lastMonth(l.period)
	}
	return l.period[:4]
}

// lastMonth is the month in which a period ends: "2024-12" of "2024" and of
// "2024-Q4".
func lastMonth(period string) string {
	year, rest, _ := strings.Cut(period, "-")
	switch {
	case rest == "":
		return year + "-12"
	case rest[0] == 'Q':
		return fmt.Sprintf("%s-%02d", year, 3*(rest[1]-'0'))
	}
	return period
}
