package disclosure

import (
	"testing"

	"osservatorio/queries"
)

// A year waits for its four quarters only where the plan asks for quarters of
// that measure: a day of a curve that is published by the year alone gives no
// quarter away.
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
		if want := l.measure == "both" && l.period == "2025"; l.hidden != want || l.unripe != want {
			t.Errorf("%s %s: hidden %t, want %t", l.measure, l.period, l.hidden, want)
		}
	}
}
