package disclosure

import (
	"fmt"
	"slices"
	"strconv"

	"osservatorio/queries/disclosure/linked"
)

// mostVariables is how many variables one family may have: with more, the
// questions of a population are parted into several families that share its
// counts without answers.
const mostVariables = 16

// family is a linked family with the lines behind its rows.
type family struct {
	linked.Family
	population *population
	region     *geography
	span       string
	remake     func(keep func(*line) bool) (*family, error) // builds it again from some of its lines
	rows       [][]*line                                    // by row as built: published lines, shown together or not at all; none where no line is needed to know it
	kinds      []kind                                       // by variable
	told       []was                                        // by earlier releases
	kept       []bool                                       // by row as built: shows a total of the whole region

	standing []int          // by row that was protected: its number as built
	gone     map[*line]bool // given up where nothing guards a cell
}

// standsWith says whether a row as built is still to be read where those lines
// stand that a condition names.
func (f *family) standsWith(row int, stands func(*line) bool) bool {
	return len(f.rows[row]) == 0 || slices.ContainsFunc(f.rows[row], stands)
}

// kind is what a variable of a family tells apart.
type kind int

const (
	isGeo kind = iota
	isTime
	isList
	isAnswer
)

// geography is the finest territories and those above them.
type geography struct {
	codes  []string
	leaves [][]int32 // by territory: numbers of the finest below it
	page   []bool    // by territory: finest as plans call it, at the level of pages or below
	finest int
}

// headline says of a line that it tells of the whole region, without breakdown,
// for a quarter or a year: what everybody looks for first.
func (g *geography) headline(l *line) bool {
	return len(l.crossing.lists) == 0 && l.kind != "month" && len(g.leaves[l.geo]) == g.finest
}

// bundles parts the questions of a population so that no family has too many
// variables. Answers that are held to each other stay together.
func (p *population) bundles(others int) [][]int {
	group := make([]int, len(p.questions))
	for q := range group {
		group[q] = q
	}
	for _, r := range p.pairs {
		a, b := group[r.a.question], group[r.b.question]
		for q := range group {
			if group[q] == b {
				group[q] = a
			}
		}
	}
	asked := p.asked()
	var out [][]int
	for first := range group {
		var together []int
		for q := range group {
			if group[q] == first && asked[q] {
				together = append(together, q)
			}
		}
		if len(together) == 0 {
			continue
		}
		if last := len(out) - 1; last >= 0 && len(out[last])+len(together)+others <= mostVariables {
			out[last] = append(out[last], together...)
		} else {
			out = append(out, together)
		}
	}
	if len(out) == 0 {
		out = [][]int{nil}
	}
	return out
}

// asked says which questions some line answers.
func (p *population) asked() []bool {
	asked := make([]bool, len(p.questions))
	for _, e := range p.entries {
		for _, s := range e.sums {
			for _, a := range s.answers {
				if a.list == "" {
					asked[a.step.question] = true
				}
			}
		}
	}
	return asked
}

// families builds all families of a population, by span of time and bundle of
// questions.
func (p *population) families(t *geography) ([]*family, error) {
	spans := map[string][]*entry{}
	for i := range p.entries {
		e := &p.entries[i]
		s := p.span(e.line)
		spans[s] = append(spans[s], e)
	}
	others := 2 + len(p.lists())
	var out []*family
	for _, s := range sorted(spans) {
		for i, bundle := range p.bundles(others) {
			b := &builder{population: p, span: s, entries: spans[s], region: t, lists: listsOf(spans[s]), bundle: bundle}
			f, err := b.build()
			if err != nil {
				return nil, fmt.Errorf("add up population %s in %s: %w", p.name, s, err)
			}
			if i > 0 {
				f.Name += " " + strconv.Itoa(i+1)
			}
			f.remake = p.remaker(f, *b)
			out = append(out, f)
		}
	}
	return out, nil
}

// remaker builds a family again from some of the lines it was built from.
func (p *population) remaker(f *family, from builder) func(keep func(*line) bool) (*family, error) {
	all, name := from.entries, f.Name
	span, region, bundle := from.span, from.region, from.bundle // and not the builder, which is large
	var again func(keep func(*line) bool) (*family, error)
	again = func(keep func(*line) bool) (*family, error) {
		b := &builder{population: p, span: span, region: region, bundle: bundle}
		for _, e := range all {
			if keep(e.line) {
				b.entries = append(b.entries, e)
			}
		}
		b.lists = listsOf(b.entries)
		built, err := b.build()
		if err != nil {
			return nil, fmt.Errorf("add up population %s in %s: %w", p.name, span, err)
		}
		all = b.entries
		built.Name, built.remake = name, again
		return built, nil
	}
	return again
}

func (p *population) lists() []string {
	all := make([]*entry, len(p.entries))
	for i := range p.entries {
		all[i] = &p.entries[i]
	}
	return listsOf(all)
}

// listsOf are the breakdowns that lines of a population cross, or name.
func listsOf(entries []*entry) []string {
	seen := map[string]bool{}
	for _, e := range entries {
		for _, l := range e.line.crossing.lists {
			seen[l] = true
		}
		for _, s := range e.sums {
			for _, a := range s.answers {
				if a.list != "" {
					seen[a.list] = true
				}
			}
		}
	}
	return sorted(seen)
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// variable is a dimension while nodes are added to it.
type variable struct {
	dim linked.Dim
	by  map[string]int32 // by set of finest codes
}

func newVariable(name string, finest []string) *variable {
	v := &variable{dim: linked.Dim{Name: name}, by: map[string]int32{}}
	all := make([]int32, len(finest))
	for i, code := range finest {
		all[i] = int32(i)
		v.node(code, []int32{int32(i)})
	}
	v.dim.Total = v.node("_T", all)
	return v
}

// node finds the node of a set of finest codes, or adds it.
func (v *variable) node(code string, leaves []int32) int32 {
	key := packed(leaves)
	if at, ok := v.by[key]; ok {
		return at
	}
	at := int32(len(v.dim.Nodes))
	v.dim.Nodes = append(v.dim.Nodes, linked.Node{Code: code, Leaves: leaves})
	v.by[key] = at
	return at
}

// complement is the node of all others.
func (v *variable) complement(node int32) int32 {
	of := v.dim.Nodes[node]
	var rest []int32
	for i := range int32(len(v.dim.Nodes[v.dim.Total].Leaves)) {
		if !slices.Contains(of.Leaves, i) {
			rest = append(rest, i)
		}
	}
	return v.node("not "+of.Code, rest)
}

func packed(numbers []int32) string {
	raw := make([]byte, 0, 4*len(numbers))
	for _, n := range numbers {
		raw = append(raw, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
	return string(raw)
}
