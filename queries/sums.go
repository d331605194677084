package queries

import (
	"regexp"
	"slices"
	"strings"
)

// Sums is what a protected cube says of how its numbers add up, so that hidden
// ones cannot be computed from shown ones. What a header leaves out is the
// strictest claim: everybody in one population, periods that add up, breakdowns
// that part it. A claim that the data refute stops the release.
type Sums struct {
	Counted   Counted            // of every measure that ByMeasure does not name
	ByMeasure map[string]Counted // by measure
	Overlap   []string           // breakdowns whose codes share persons, as denominators where those are others than numerators
	Questions []Question         // in the order of the header
	Formulas  map[string]Formula // by measure: what it tells of its population, where that is not its own question
	Within    [][2]string        // answers: everybody of the first is among the second
	Tied      []string           // published views that count nearly the same: a line is hidden with that of the same key
	Moved     *Moved             // of a stock: what moved it since the period before; nil where nothing public says so
}

// Moved is the published view that says how a stock came to be from that of the
// period before: its measures of who came and who left, and the breakdown of
// which the code may change meanwhile, with the measure of those who changed it.
type Moved struct{ View, Came, Left, By, Went string }

// Counted is whom the numbers of a measure count: the name of a population,
// which views share, and how its periods relate: a year adds up its quarters, counts on its own (apart), or is that of its last day (stock). {measure} in a name stands for
// the measure's code, "-" for nobody to protect. Denominators have their own
// where numerators are not among them.
type Counted struct {
	Population, Denominators string // "" for Denominators: the same population
	Time, DenominatorTime    string // add, apart or stock; "" stands for add
	line                     int
}

// Question parts a population into classes, each a chain of ever wider
// answers: who is in one step is in all after it. Without Whole there is one
// class more, of those in none.
type Question struct {
	Classes [][]string
	Whole   bool
}

// Formula says which part of its population a measure shows.
type Formula struct {
	Answer      string // those counted: a step of a question, or of another measure; "" for everybody
	Base        string // the answer that the denominator is limited to; "" for everybody
	BaseNot     bool   // or to those outside it
	List, Code  string // those counted are a code of a breakdown instead
	ToDate      bool   // the sum of the measure Answer over all periods up to this one
	None        bool   // adds up with nothing
	AfterOthers bool   // hidden with any other measure of its line, for it is drawn from them
}

var (
	answerName   = regexp.MustCompile(`^[a-z][A-Za-z0-9_]*$`)
	population   = regexp.MustCompile(`^(-|[a-z][a-z0-9_{}]*)$`)
	ofBase       = regexp.MustCompile(`^([a-z][A-Za-z0-9_]*) of (not )?([a-z][A-Za-z0-9_]*)$`)
	ofCode       = regexp.MustCompile(`^([a-z][a-z0-9_]*):(\S+)$`)
	toDate       = regexp.MustCompile(`^([a-z][A-Za-z0-9_]*) to date$`)
	withinAnswer = regexp.MustCompile(`^([a-z][A-Za-z0-9_]*) within ([a-z][A-Za-z0-9_]*)$`)
)

// Of is what a measure counts.
func (s Sums) Of(measure string) Counted {
	c := s.Counted
	if own, ok := s.ByMeasure[measure]; ok {
		if own.Population != "" {
			c.Population, c.Denominators = own.Population, own.Denominators
		}
		if own.Time != "" {
			c.Time, c.DenominatorTime = own.Time, own.DenominatorTime
		}
	}
	c.Population = strings.ReplaceAll(c.Population, "{measure}", measure)
	c.Denominators = strings.ReplaceAll(c.Denominators, "{measure}", measure)
	if c.Time == "" {
		c.Time = "add"
	}
	if c.DenominatorTime == "" {
		c.DenominatorTime = c.Time
	}
	return c
}

// setCounted reads "registered" or "vacancies / jobseekers", of all measures or
// of one, and time in the same way.
func (p *parser) setCounted(key, measure, value string) {
	first, second, two := strings.Cut(value, " / ")
	c := p.header.Sums.ByMeasure[measure]
	if measure == "" {
		c = p.header.Sums.Counted
	}
	c.line = p.line
	if key == "population" {
		c.Population = p.matching(first, population, "the name of a population, or -")
		if two {
			c.Denominators = p.matching(second, population, "the name of a population, or -")
		}
	} else {
		c.Time = p.oneOf(first, "add", "apart", "stock")
		if two {
			c.DenominatorTime = p.oneOf(second, "add", "apart", "stock")
		}
	}
	if measure == "" {
		p.header.Sums.Counted = c
		return
	}
	if p.header.Sums.ByMeasure == nil {
		p.header.Sums.ByMeasure = map[string]Counted{}
	}
	p.header.Sums.ByMeasure[measure] = c
}

// setAnswers reads the items of "answers", parted by ";".
func (p *parser) setAnswers(value string) {
	p.header.Sums.Formulas = map[string]Formula{}
	for item := range strings.SplitSeq(value, ";") {
		item = strings.TrimSpace(item)
		if m := withinAnswer.FindStringSubmatch(item); m != nil {
			p.header.Sums.Within = append(p.header.Sums.Within, [2]string{m[1], m[2]})
			continue
		}
		name, says, equals := strings.Cut(item, " = ")
		if equals && says != "all" {
			p.setFormula(name, says)
			continue
		}
		p.setQuestion(name, equals)
	}
}

func (p *parser) setQuestion(item string, whole bool) {
	q := Question{Whole: whole}
	for class := range strings.SplitSeq(item, "|") {
		var steps []string
		for step := range strings.SplitSeq(class, "<") {
			steps = append(steps, p.matching(strings.TrimSpace(step), answerName, "an answer"))
		}
		q.Classes = append(q.Classes, steps)
	}
	p.header.Sums.Questions = append(p.header.Sums.Questions, q)
}

func (p *parser) setFormula(measure, says string) {
	var f Formula
	switch {
	case says == "-":
		f.None = true
	case says == "after":
		f.None, f.AfterOthers = true, true
	case ofBase.MatchString(says):
		m := ofBase.FindStringSubmatch(says)
		f.Answer, f.BaseNot, f.Base = m[1], m[2] != "", m[3]
	case toDate.MatchString(says):
		f.Answer, f.ToDate = toDate.FindStringSubmatch(says)[1], true
	case ofCode.MatchString(says):
		m := ofCode.FindStringSubmatch(says)
		f.List, f.Code = m[1], m[2]
	case answerName.MatchString(says):
		f.Answer = says
	default:
		p.fault(p.line, "answers %q: expected \"answer\", \"answer of [not] answer\", \"list:code\", \"measure to date\", \"after\" or \"-\"", says)
	}
	if _, twice := p.header.Sums.Formulas[measure]; twice {
		p.fault(p.line, "answers: measure %s: said twice", measure)
	}
	p.header.Sums.Formulas[measure] = f
}

// checkSums holds what the header says of sums to what it says of measures and
// breakdowns.
func (p *parser) checkSums() {
	s := p.header.Sums
	known := func(measure string) bool {
		return p.header.MeasureList != "" || slices.Contains(p.measures, measure)
	}
	for measure, c := range s.ByMeasure {
		if !known(measure) {
			p.fault(c.line, "measure %s: no measure of this view", measure)
		}
	}
	for measure, f := range s.Formulas {
		if !known(measure) {
			p.fault(p.seen["answers"], "answers: %s: no measure of this view", measure)
		}
		if f.List != "" && p.header.Protection == "open" {
			p.fault(p.seen["answers"], "answers: for protected views only")
		}
	}
	for _, b := range s.Overlap {
		if !slices.Contains(p.header.Breakdowns, b) {
			p.fault(p.seen["overlap"], "overlap %s: no breakdown of this view", b)
		}
	}
}

// setMoved takes the view, two measures, a breakdown and a measure.
func (p *parser) setMoved(value string) {
	names := p.names(value)
	if len(names) != 5 {
		p.fault(p.line, "moved %q: expected a view, its measures of who came and who left, a breakdown, and the measure of who changed its code", value)
		return
	}
	p.header.Sums.Moved = &Moved{names[0], names[1], names[2], names[3], names[4]}
}
