package disclosure

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// awaitCurve leaves out what is drawn from a curve, such as its median, where no
// point of the curve can be observed yet. While a period is young some groups
// have reached their median and others have not: the counts of the former alone
// are no table, and whoever has the total would learn of the latter.
func awaitCurve(ctx context.Context, tx *sql.Tx, m Mask) error {
	var drawn []string
	for measure, f := range m.View.Header.Sums.Formulas {
		if f.AfterOthers {
			drawn = append(drawn, measure)
		}
	}
	if len(drawn) == 0 || !m.View.Header.Kind.HasParts() {
		return nil
	}
	slices.Sort(drawn)
	var place []string
	for _, column := range m.View.Key() {
		if column != "measure" {
			place = append(place, `"`+column+`"`)
		}
	}
	_, err := tx.ExecContext(ctx, strings.NewReplacer("CELLS", m.Cells, "PLACE", strings.Join(place, ", "), "DRAWN", quoted(drawn)).Replace(`
		UPDATE CELLS SET numerator = NULL, denominator = NULL, value = NULL, low = NULL, high = NULL, obs_status = 'O', reason = 'not_observable'
		WHERE measure IN (DRAWN) AND numerator IS NOT NULL AND (PLACE) IN (
		  SELECT (PLACE) FROM CELLS WHERE measure NOT IN (DRAWN) GROUP BY PLACE HAVING count(numerator) = 0)`))
	if err != nil {
		return fmt.Errorf("leave out medians without a curve: %w", err)
	}
	return nil
}
