package disclosure

import (
	"cmp"
	"errors"
	"slices"

	"osservatorio/queries/disclosure/witness"
)

// mostSteps is how many steps the search for the witnesses of one family takes
// where the policy does not say: steps and not seconds, so that the same release
// comes out on every machine.
const mostSteps = 200_000_000

// stepsByCell bounds the steps of small families: what is not found in as many
// for each of its cells is hardly found in more, and there are hundreds of them.
const stepsByCell = 20_000

// stepsFor is how many steps a family may take.
func (c *complement) stepsFor(f *guarded) int64 {
	return min(cmp.Or(c.steps, mostSteps), stepsByCell*int64(len(f.Cells)))
}

// detail is a tier of the plan as one family has it.
type detail struct {
	kind     string
	finest   bool
	crossing string
}

func (f *guarded) detail(l *line) detail {
	return detail{l.kind, f.region.page[l.geo], l.crossing.name()}
}

// coarser gives up detail of a family whose search took too long: whole tiers,
// those first that hold most of what must be guarded, totals last, until what is
// left is about as much as was reached. The family is built again without them,
// as if the plan had not asked for them: so their zeros are not shown either. False where nothing can be given up.
func (f *guarded) coarser(spent *witness.Spent, gone map[*line]bool) (bool, error) {
	weight := map[detail]int{}
	all := 0
	for r := range f.all {
		n := f.sensitive(r)
		for _, l := range f.rows[r] {
			if !l.known {
				weight[f.detail(l)] += n + 1
				all += n + 1
			}
		}
	}
	order := make([]detail, 0, len(weight))
	for d := range weight {
		order = append(order, d)
	}
	slices.SortFunc(order, func(a, b detail) int {
		return cmp.Or(total(a)-total(b), weight[b]-weight[a], cmp.Compare(a.kind, b.kind), cmp.Compare(a.crossing, b.crossing), finest(a)-finest(b))
	})
	aim := all * spent.Reached / max(spent.Cells, 1)
	without := map[detail]bool{}
	for _, d := range order {
		if len(without) > 0 && all <= aim {
			break
		}
		without[d] = true
		all -= weight[d]
	}
	return len(without) > 0, f.without(without, gone)
}

func total(d detail) int {
	if d.crossing == "_T" {
		return 1
	}
	return 0
}

func finest(d detail) int {
	if d.finest {
		return 1
	}
	return 0
}

// sensitive counts the cells of a row that must be guarded.
func (f *guarded) sensitive(row int) int {
	n := 0
	for _, c := range f.all[row].Cells {
		if f.Cells[c].Need > 0 {
			n++
		}
	}
	return n
}

// without builds a family again without some detail, whose lines are gone.
func (f *guarded) without(details map[detail]bool, gone map[*line]bool) error {
	for r := range f.all {
		for _, l := range f.rows[r] {
			if !l.known && details[f.detail(l)] {
				gone[l] = true
			}
		}
	}
	built, err := f.remake(func(l *line) bool { return l.known || !details[f.detail(l)] })
	if err != nil {
		return err
	}
	f.family, f.all = built, built.Rows
	f.given += len(details)
	return nil
}

// spentOn says that a search stopped for its steps.
func spentOn(err error) *witness.Spent {
	var spent *witness.Spent
	errors.As(err, &spent)
	return spent
}
