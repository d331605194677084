package synthetic

import (
	"fmt"
	"slices"
)

// category is one value of a breakdown.
type category struct{ breakdown, code string }

// The breakdowns that figures are kept by.
const (
	bySex         = "sex"
	byAge         = "age_band"
	byCitizenship = "citizenship"
	byEducation   = "education"
	byDuration    = "duration"
	byProfile     = "profile"
	byPath        = "path"
	byProgramme   = "programme"
	byProvider    = "provider_kind"
	byMeasure     = "measure_received"
	byGroup       = "contract_group"
	bySector      = "sector"
	byOccupation  = "occupation"
	bySexAge      = "sex_age_band" // years only; its codes are "F|15-24"
)

var (
	ageBands  = [...]string{"15-24", "25-34", "35-44", "45-54", "55+"}
	durations = [...]string{"lt6", "6_11", "ge12", "nd"}
	paths     = [...]string{"none", "1", "2", "3", "4", "5"}
)

// notSaid is the code of what a row does not say.
const notSaid = "nd"

// slots number the categories of all breakdowns.
type slots struct {
	list  []category
	begin map[string]int   // first slot of each breakdown
	at    map[category]int // slot of each category
}

func newSlots(r *reference) slots {
	s := slots{begin: map[string]int{}, at: map[category]int{}}
	add := func(breakdown string, codes ...string) {
		s.begin[breakdown] = len(s.list)
		for _, c := range codes {
			s.at[category{breakdown, c}] = len(s.list)
			s.list = append(s.list, category{breakdown, c})
		}
	}
	add(bySex, sexes[:]...)
	add(byAge, ageBands[:]...)
	add(byCitizenship, citizenships[:]...)
	add(byEducation, educations[:]...)
	add(byDuration, durations[:]...)
	add(byProfile, "2016_1", "2016_2", "2016_3", "2016_4", "2022_1", "2022_2", "2022_3", notSaid)
	add(byPath, paths[:]...)
	add(byProgramme, append(slices.Clone(programmes[:]), "none")...)
	add(byProvider, providerKinds[:]...)
	add(byMeasure, r.codes[byMeasure]...)
	add(byGroup, r.codes[byGroup]...)
	add(bySector, r.sectorGroups()...)
	add(byOccupation, r.codes[byOccupation]...)
	var both []string
	for _, sex := range sexes {
		for _, age := range ageBands {
			both = append(both, sex+"|"+age)
		}
	}
	add(bySexAge, both...)
	return s
}

// slot is the place of a code; −1 where its list does not have it.
func (s *slots) slot(breakdown, code string) int {
	if i, ok := s.at[category{breakdown, code}]; ok {
		return i
	}
	return -1
}

// check asks that the code lists have all that the generator writes.
func (s *slots) check(r *reference) error {
	for _, c := range append([]contractCode{{group: groupAgency}}, r.contracts...) {
		if s.slot(byGroup, c.group) < 0 {
			return fmt.Errorf("read reference codes.csv: contract_group %q: missing: expected all groups of contracts.csv", c.group)
		}
	}
	return nil
}

// member is who or what is counted: in which district, in which categories.
type member struct {
	district int
	n        int
	slots    [16]int
}

// in adds a category; a slot below 0 is none.
func (u *member) in(slot int) {
	if slot >= 0 {
		u.slots[u.n] = slot
		u.n++
	}
}

// registered is the person of a registration, for an event of that day.
func (s *simulator) registered(r *registration, on day) member {
	w, p := s.w, &s.p
	u := member{district: w.comuni[r.comune].district}
	b, age := w.slot.begin, ageBand(w.yearOf(on)-r.birthYear)
	u.in(b[bySex] + int(r.sex))
	u.in(b[byAge] + age)
	u.in(b[byCitizenship] + int(p.citizenship))
	u.in(b[byEducation] + int(r.education))
	u.in(b[byDuration] + duration(r.months))
	u.in(b[byProfile] + w.profileClass(r))
	u.in(b[bySexAge] + int(r.sex)*len(ageBands) + age)
	return u
}

// agreed is the person of an agreement.
func (s *simulator) agreed(a *account, ag *agreement) member {
	u := s.registered(&a.regs[ag.registration], ag.on)
	u.in(s.w.slot.begin[byPath] + int(ag.path))
	u.in(s.w.slot.begin[byProgramme] + int(ag.programme))
	return u
}

// profileClass is the place of a registration's scheme and class in the list.
func (w *world) profileClass(r *registration) int {
	switch {
	case r.profiled == none:
		return 7
	case w.profiling(r.profiled) == "2016_4cl":
		return int(r.class) - 1
	}
	return 4 + int(r.class) - 1
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
