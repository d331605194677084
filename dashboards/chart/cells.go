package chart

import "slices"

// Cells names the rows of the published view that a figure was made of, so that
// a reader can ask the published file for the same ones.
type Cells struct {
	Level     string   // every territory of that level, "" for none
	Geos      []string // and these
	Parts     []Part
	Breakdown string            // the column whose categories stand apart; all others are totals
	By        map[string]string // or at this category
	// PeriodType is the kind of period of the rows; Part.Period "" means every
	// period of this kind.
	PeriodType string
}

// Part is one measure in one period, "" for every period.
type Part struct{ Measure, Period string }

// cells are the rows of the scene's measure.
func (s scene) cells(level, period string, geos ...string) Cells {
	c := Cells{Level: level, Parts: []Part{{s.Measure, period}}, By: s.By, PeriodType: s.PeriodType}
	for _, g := range geos {
		if g != "" && !slices.Contains(c.Geos, g) {
			c.Geos = append(c.Geos, g)
		}
	}
	return c
}
