package disclosure

import (
	"fmt"

	"osservatorio/queries"
)

// checkTiers holds the plan of the instance to what views can be asked: a kind
// of period or a breakdown that is misspelt would publish nothing and say
// nothing of it.
func checkTiers(tiers []Tier, plan queries.Plan) error {
	for _, t := range tiers {
		if _, err := tier([]string{t.PeriodType, fmt.Sprint(t.Finest), t.Breakdown}, plan); err != nil {
			return wrongList{"plan", err}
		}
	}
	return nil
}

// wrongList is a fault in a list of the plan: the instance's own, where it has one.
type wrongList struct {
	list string
	err  error
}

func (e wrongList) Error() string { return fmt.Sprintf("protect: reference.%s: %v", e.list, e.err) }

func (e wrongList) Unwrap() error { return e.err }

// Hint says where the list is mended.
func (e wrongList) Hint() string {
	return fmt.Sprintf("correct %s.csv in the folder of lists (lists in [region]), then the same command again; no release was made", e.list)
}
