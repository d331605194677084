package disclosure

import (
	"testing"

	"osservatorio/queries"
)

// Fourteen months of a count that began with two persons: the first month and the
// second, which would tell it, are hidden.
func TestARunningTotalStandsWhereThePeriodsThatItAddsUpStand(t *testing.T) {
	sums := queries.Sums{Formulas: map[string]queries.Formula{"total": {Answer: "count", ToDate: true}}}
	v := standing("entries", sums, &crossing{})
	all := &crossing{}
	add := func(measure, kind, period string, n int64, hidden bool) {
		v.lines = append(v.lines, line{view: v, kind: kind, period: period, crossing: all, measure: measure, n: n, hidden: hidden})
	}
	for _, c := range []struct {
		kind, period string
		n, total     int64
		hidden       bool
	}{
		{"month", "2023-01", 2, 2, true}, {"month", "2023-02", 5, 7, true}, {"month", "2023-03", 10, 17, false},
		{"quarter", "2023-Q1", 17, 17, false}, {"month", "2023-04", 20, 37, false}, {"quarter", "2023-Q2", 61, 78, true},
		{"year", "2023", 170, 170, false}, {"quarter", "2024-Q1", 30, 200, false}, {"quarter", "2024-Q2", 1, 201, true}, {"quarter", "2024-Q3", 8, 210, false},
	} {
		add("count", c.kind, c.period, c.n, c.hidden)
		add("total", c.kind, c.period, c.total, false)
	}
	(&complement{views: []*masked{v}}).follow()
	hidden := map[string]bool{"2023-01": true, "2023-02": true, "2023-Q2": true, "2024-Q2": true, "2024-Q3": true}
	for _, l := range v.lines {
		if l.measure == "total" && l.hidden != hidden[l.period] {
			t.Errorf("total up to %s: hidden %v, want %v", l.period, l.hidden, hidden[l.period])
		}
	}
}

// A total that holds more than the counts, such as those of before the first
// period, would tell the difference.
func TestARunningTotalThatIsNotTheSumGoesWithAHiddenCount(t *testing.T) {
	counts := []*line{{period: "2023-Q1", n: 4, hidden: true}, {period: "2023", n: 40}}
	for total, stands := range map[int64]bool{40: true, 42: false} {
		if got := (&line{period: "2023-Q4", n: total}).addsUp(counts); got != stands {
			t.Errorf("%d where 40 were counted: got %v, want %v", total, got, stands)
		}
	}
	if (&line{period: "2023-Q4", n: 0}).addsUp(nil) {
		t.Error("a total of nothing that is shown adds up")
	}
	if late := []*line{{period: "2023-Q1", n: 4, hidden: true}, {period: "2023-Q2", n: 40}}; (&line{period: "2023-Q2", n: 40}).addsUp(late) {
		t.Error("a total whose first quarter is hidden adds up without it")
	}
}
