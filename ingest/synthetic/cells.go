package synthetic

import (
	"fmt"
	"slices"
)

// pair is a numerator and a denominator; of a count only n is used.
type pair struct{ n, d uint32 }

// grid is one view's figures: by measure, quarter and district, and for the
// region by measure, quarter and slot of a breakdown.
type grid struct {
	quarters, districts, slots int
	byDistrict                 []pair
	bySlot                     []pair
}

func newGrid(measures, quarters, districts, slots int) grid {
	return grid{quarters, districts, slots, make([]pair, measures*quarters*districts), make([]pair, measures*quarters*slots)}
}

func (g *grid) at(measure, quarter, district int) *pair {
	return &g.byDistrict[(measure*g.quarters+quarter)*g.districts+district]
}

func (g *grid) slotAt(measure, quarter, slot int) *pair {
	return &g.bySlot[(measure*g.quarters+quarter)*g.slots+slot]
}

// rate counts one unit of a denominator, and of the numerator if reached.
func (g *grid) rate(measure, quarter, district int, reached bool, slots []int) {
	g.at(measure, quarter, district).add(reached)
	for _, s := range slots {
		g.slotAt(measure, quarter, s).add(reached)
	}
}

func (p *pair) add(reached bool) {
	p.d++
	if reached {
		p.n++
	}
}

// count counts one event.
func (g *grid) count(measure, quarter, district int, slots ...int) {
	g.at(measure, quarter, district).n++
	for _, s := range slots {
		g.slotAt(measure, quarter, s).n++
	}
}

func (g *grid) merge(o *grid) {
	for i, p := range o.byDistrict {
		g.byDistrict[i].n += p.n
		g.byDistrict[i].d += p.d
	}
	for i, p := range o.bySlot {
		g.bySlot[i].n += p.n
		g.bySlot[i].d += p.d
	}
}

// books are the figures of one side: life, or what was observable.
type books struct {
	coverage, activities, timely, employed, inwork, flows grid
}

func newBooks(w *world) *books {
	q, d := w.quarters, len(w.districts)
	measured := 0
	for _, l := range w.lep {
		measured = max(measured, l.measured+1)
	}
	return &books{
		coverage:   newGrid(measured, q, d, w.slot.persons),
		activities: newGrid(len(w.lep), q, d, len(providerKinds)),
		timely:     newGrid(2*len(w.timely), q, d, w.slot.persons),
		employed:   newGrid(len(w.rounds), q, d, w.slot.outcomes),
		inwork:     newGrid(len(w.rounds), q, d, w.slot.outcomes),
		flows:      newGrid(2, q, d, w.slot.flows),
	}
}

func (b *books) merge(o *books) {
	mine, theirs := b.grids(), o.grids()
	for i := range mine {
		mine[i].merge(theirs[i])
	}
}

func (b *books) grids() []*grid {
	return []*grid{&b.coverage, &b.activities, &b.timely, &b.employed, &b.inwork, &b.flows}
}

// category is one value of a breakdown.
type category struct{ breakdown, code string }

// slots number the categories of one-way breakdowns.
type slots struct {
	list     []category // of persons and outcomes
	persons  int        // the first so many are of persons
	outcomes int
	flowList []category
	flows    int
	group    map[string]int // contract group → slot of flows
	sector   [26]int        // section letter → slot of flows
}

// Where each breakdown begins among the slots of persons.
const (
	slotSex         = 0
	slotAge         = 2
	slotCitizenship = 7
	slotEducation   = 10
	slotDuration    = 13
	slotPath        = 17
)

func newSlots(r *reference) slots {
	s := slots{group: map[string]int{}}
	add := func(breakdown string, codes ...string) {
		for _, c := range codes {
			s.list = append(s.list, category{breakdown, c})
		}
	}
	add("sex", sexes[:]...)
	add("age_band", "15-24", "25-34", "35-44", "45-54", "55+")
	add("citizenship", citizenships[:]...)
	add("education", educations[:]...)
	add("duration", "lt6", "6_11", "ge12", "nd")
	s.persons = len(s.list)
	add("path", "none", "1", "2", "3", "4", "5")
	s.outcomes = len(s.list)
	for _, group := range r.codes["contract_group"] {
		if !r.qualifies(group) { // traineeships are never in a view of flows
			continue
		}
		s.group[group] = len(s.flowList)
		s.flowList = append(s.flowList, category{"contract_group", group})
	}
	for _, section := range r.codes["sector"] {
		s.sector[section[0]-'A'] = len(s.flowList)
		s.flowList = append(s.flowList, category{"sector", section})
	}
	s.flows = len(s.flowList)
	return s
}

// check asks that the code lists have all that the generator writes.
func (s *slots) check(r *reference) error {
	for _, c := range append([]contractCode{{group: groupAgency}}, r.contracts...) {
		if _, ok := s.group[c.group]; !ok && (c.qualifying || c.group == groupAgency) {
			return fmt.Errorf("read reference codes.csv: contract_group %q: missing: expected all groups of contracts.csv", c.group)
		}
	}
	for i := range sectors {
		if section := sectors[i].codes[0][:1]; !slices.Contains(r.codes["sector"], section) {
			return fmt.Errorf("read reference codes.csv: sector %q: missing: expected all sections that are invented", section)
		}
	}
	return nil
}

// of fills the slots of a registration's attributes in the year of an event.
func (s *slots) of(to []int, p *person, r *registration, year int) []int {
	return append(to[:0],
		slotSex+int(r.sex),
		slotAge+ageBand(year-r.birthYear),
		slotCitizenship+int(p.citizenship),
		slotEducation+int(r.education),
		slotDuration+duration(r.months))
}

func ageBand(age int) int { return max(0, min(4, (age-15)/10)) }

func duration(months int) int {
	switch {
	case months < 0:
		return 3
	case months < 6:
		return 0
	case months < 12:
		return 1
	}
	return 2
}
