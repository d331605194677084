// Package dominance knows when the sum of a few contributions tells one of them
// too closely: hours of a person, euro of a firm. It is arithmetic on one cell
// and must not know tables, files or a database.
package dominance

import (
	"fmt"
	"math"
	"slices"
)

// Cell is a sum and its two largest contributions, none of them negative. What
// one firm or person gave in several parts is one contribution.
type Cell struct {
	Total         float64
	First, Second float64
	Contributors  int // those that gave more than nothing
}

// Of sums up contributions, in any order; an error for one that is negative or
// no number, because shares say nothing of such sums.
func Of(contributions []float64) (Cell, error) {
	var c Cell
	for i, x := range contributions {
		if !(x >= 0) || math.IsInf(x, 1) {
			return Cell{}, fmt.Errorf("sum contributions: number %d: %v: an amount from 0 expected", i+1, x)
		}
		if x == 0 {
			continue
		}
		c.Contributors++
		if x > c.First {
			c.First, c.Second = x, c.First
		} else if x > c.Second {
			c.Second = x
		}
	}
	sorted := slices.Clone(contributions)
	slices.Sort(sorted) // the same amounts in any order give the same bits
	for _, x := range sorted {
		c.Total += x
	}
	return c, nil
}

// noise is how far a sum of decimals may be off, as a share of it. What is at a
// limit, or so close to it, counts as sensitive.
const noise = 1e-12

// Lack is by how much the total would have to be able to differ so that the
// second largest contributor cannot come closer to the largest than p percent
// of it; below 0 when it need not differ.
func (c Cell) Lack(p float64) float64 {
	return p/100*c.First - (c.Total - c.First - c.Second)
}

// PPercent says whether the total tells the largest contribution to within p
// percent to whoever gave the second largest.
func (c Cell) PPercent(p float64) bool {
	return c.First > 0 && c.Lack(p) >= -noise*c.Total
}

// PQ is PPercent for contributors who know all others to within q percent
// beforehand: p of q percent.
func (c Cell) PQ(p, q float64) bool { return c.PPercent(100 * p / q) }

// Dominated says whether the n largest contributions (1 or 2) are more than k
// percent of the total, or as much.
func (c Cell) Dominated(n int, k float64) (bool, error) {
	switch n {
	case 1:
		return c.First >= k/100*c.Total*(1-noise) && c.First > 0, nil
	case 2:
		return c.First+c.Second >= k/100*c.Total*(1-noise) && c.First > 0, nil
	}
	return false, fmt.Errorf("tell dominance: the %d largest: 1 or 2 expected", n)
}

// Few says whether somebody, but fewer than k, contributed.
func (c Cell) Few(k int) bool { return c.Contributors > 0 && c.Contributors < k }

// Need is the total, in units of 1/scale, that a hidden cell must be able to
// hold so that its largest contribution is not told to within p percent: above
// what it holds; 0 when the cell is not sensitive.
func (c Cell) Need(p, scale float64) int64 {
	if !c.PPercent(p) {
		return 0
	}
	holds := int64(math.Round(c.Total * scale))
	return max(holds+1, int64(math.Ceil((c.Total+c.Lack(p))*scale*(1-noise))))
}
