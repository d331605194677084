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
			return fmt.Errorf("protect: reference.plan: %w", err)
		}
	}
	return nil
}
