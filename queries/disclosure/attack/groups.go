package attack

// Group is what the counts of a group by category tell of its members.
type Group string

const (
	// Open: nobody learns the category of all others.
	Open Group = "open"
	// OneCategory: everybody learns that all members are in one category.
	OneCategory Group = "all in one category"
	// WithinGroup: a coalition of members in the other categories learns that
	// all others are in one category.
	WithinGroup Group = "within the group"
)

// LearntOf says what the counts of a group (one or more members, by category)
// tell whom, and the category; −1 for Open. The coalition is how many members
// may act together.
func LearntOf(counts []int64, coalition int64) (Group, int) {
	largest, most, all := -1, int64(0), int64(0)
	for i, n := range counts {
		all += n
		if n > most {
			largest, most = i, n
		}
	}
	others := all - most
	switch {
	case all == 0 || others > coalition:
		return Open, -1
	case others == 0:
		return OneCategory, largest
	}
	return WithinGroup, largest
}
