package disclosure

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"

	"osservatorio/queries/disclosure/dominance"
)

// dominated hides numbers that tell one contribution too closely: the starts of
// a firm that hires nearly alone, the euro of one person (p % rule: Handbook on
// Statistical Disclosure Control, chapter 4). Whoever made the second largest
// knows his own and takes it away. It notes in Needs what a hidden number must
// be able to hold.
type dominated struct{}

func (dominated) Hide(ctx context.Context, tx *sql.Tx, m Mask) error {
	if m.View.Header.Shares == "" || m.Rules.PPercent == 0 {
		return nil
	}
	needs, err := needsOf(ctx, tx, m)
	if err != nil {
		return fmt.Errorf("read the largest contributions: %w", err)
	}
	for len(needs) > 0 {
		n := min(batch, len(needs))
		if _, err := tx.ExecContext(ctx, "INSERT INTO "+m.Needs+" VALUES "+strings.Join(needs[:n], ", ")); err != nil {
			return err
		}
		needs = needs[n:]
	}
	_, err = tx.ExecContext(ctx, fmt.Sprintf(`INSERT INTO %s SELECT DISTINCT cell FROM %s ON CONFLICT DO NOTHING`, m.Hidden, m.Needs))
	return err
}

// needsOf are the rows of Needs, as SQL writes them.
func needsOf(ctx context.Context, tx *sql.Tx, m Mask) ([]string, error) {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`
		SELECT c.cell, k.part = 'denominator', coalesce(c.numerator, 0), k.contributors, k.total, k.first, k.second
		FROM %s c JOIN marts.%s k ON %s ORDER BY 1, 2`, m.Cells, m.View.Header.Shares, sameCell(m)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var cell int64
		var whole bool // of the denominator
		var n float64
		var of dominance.Cell
		if err := rows.Scan(&cell, &whole, &n, &of.Contributors, &of.Total, &of.First, &of.Second); err != nil {
			return nil, err
		}
		if of.PPercent(m.Rules.PPercent) {
			out = append(out, fmt.Sprintf("(%d, %t, %d)", cell, whole, mustHold(m, of, n)))
		}
	}
	return out, rows.Err()
}

// sameCell joins a cell to its contributions: by its key, without the level
// that its territory tells.
func sameCell(m Mask) string {
	var tests []string
	for _, column := range m.View.Key() {
		if column != "geo_level" {
			tests = append(tests, fmt.Sprintf(`k."%[1]s" = c."%[1]s"`, column))
		}
	}
	return strings.Join(tests, " AND ")
}

// mustHold is what a hidden count must be able to hold so that the largest
// contribution stays open by p percent. Amounts stand beside the count of what
// they were given for, which then must be open by the same share.
func mustHold(m Mask, of dominance.Cell, n float64) int64 {
	if !m.View.Header.Kind.HasParts() || m.View.Header.Unit != "eur" {
		return of.Need(m.Rules.PPercent, 1)
	}
	open := max(of.Lack(m.Rules.PPercent), 0) / of.Total
	return max(int64(n)+1, int64(math.Ceil(n*(1+open))))
}
