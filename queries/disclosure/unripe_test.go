package disclosure

import (
	"testing"

	"osservatorio/queries"
)

// A year waits for its four quarters; a measure that is published by the year
// alone, as most days of a curve, waits for those of the others and no longer.
func TestAYearWaitsForTheQuartersThatAreAskedFor(t *testing.T) {
	v := &masked{}
	v.job.cube.Header.Sums.Counted = queries.Counted{Population: "p", Time: "add"}
	all := &crossing{}
	add := func(measure, kind, period string) {
		v.lines = append(v.lines, line{view: v, measure: measure, kind: kind, period: period, crossing: all})
	}
	for _, q := range []string{"2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2025-Q1"} {
		add("both", "quarter", q)
	}
	for _, measure := range []string{"both", "yearly"} {
		add(measure, "year", "2024")
		add(measure, "year", "2025")
	}
	hideUnripe([]*masked{v})
	for i := range v.lines {
		l := &v.lines[i]
		if want := l.period == "2025"; l.hidden != want || l.unripe != want {
			t.Errorf("%s %s: hidden %t, want %t", l.measure, l.period, l.hidden, want)
		}
	}
}
