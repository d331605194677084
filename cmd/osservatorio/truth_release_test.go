package main

import (
	"cmp"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"osservatorio/ingest/synthetic"
	"osservatorio/queries/release"
)

// comparePublished holds what a release shows to the generator's own books:
// parts, values and intervals, rates and Wilson's limits too, to the four
// decimals that are published. What is hidden says nothing here.
func comparePublished(t *testing.T, inbox string, rel *release.Release) {
	t.Helper()
	truth, err := synthetic.ReadTruth(filepath.Join(inbox, synthetic.TruthFile))
	must(t, err)
	books, root := map[cell]synthetic.Indicator{}, ""
	for _, i := range truth.Indicators {
		books[cell{i.View, i.Geo, i.PeriodType, i.Period, i.Measure, i.Breakdown, i.Category}] = i
		if i.Breakdown != "" {
			root = i.Geo
		}
	}
	compared, intervals := 0, map[release.Kind]int{}
	for _, header := range rel.Info.Views {
		if header.Protection == "open" {
			continue
		}
		frame, err := rel.Frame(t.Context(), header.View)
		must(t, err)
		faults := faults{t: t}
		for row := range frame.All() {
			at, told := publishedCell(header, row)
			book, known := books[at]
			switch {
			case row.Value == nil, !told || at.breakdown != "" && at.geo != root, silent[header.View][row.Measure] != "":
			case !known && *row.Value != 0, known && book.Reason != "":
				faults.add("%v: published %v, the books say %q", at, *row.Value, cmp.Or(book.Reason, "nothing"))
			case known && !shownAs(header.Kind, row, book):
				faults.add("%v: published %v [%v, %v] of %v and %v, the books have %+v", at, *row.Value, number(row.Low), number(row.High),
					number(row.Numerator), number(row.Denominator), wanted("estimate", book))
			default:
				compared++
				if row.Low != nil {
					intervals[header.Kind]++
				}
			}
		}
		faults.end()
	}
	if compared < 2000 || intervals[release.Rate] < 300 || intervals[release.Estimate] < 20 {
		t.Errorf("%d figures, %v intervals: too few to compare", compared, intervals)
	}
}

// publishedCell is the cell of the books that a row stands in; they have no
// other crossing than sex with age.
func publishedCell(header release.Header, row release.Row) (at cell, told bool) {
	at = cell{view: header.View, geo: row.Geo, periodType: row.PeriodType, period: row.Period, measure: row.Measure}
	by := map[string]string{}
	for i, b := range header.Breakdowns {
		if row.By[i] != "_T" {
			by[b] = row.By[i]
			at.breakdown, at.code = b, row.By[i]
		}
	}
	if len(by) == 2 && by["sex"] != "" && by["age_band"] != "" {
		at.breakdown, at.code = "sex_age_band", by["sex"]+"|"+by["age_band"]
		return at, true
	}
	return at, len(by) < 2
}

// shownAs says whether a row is what the books have, rounded as published.
func shownAs(kind release.Kind, row release.Row, book synthetic.Indicator) bool {
	want := wanted("estimate", book)
	got := figure{number(row.Numerator), number(row.Denominator), number(row.Value), number(row.Low), number(row.High), "", ""}
	if kind == release.Count {
		return got.value == want.value
	}
	return got.numerator == want.numerator && got.denominator == want.denominator && !slices.ContainsFunc([][2]float64{
		{got.value, want.value}, {got.low, want.low}, {got.high, want.high},
	}, func(n [2]float64) bool { return math.Abs(n[0]-n[1]) > .5001e-4 })
}

// number is 0 where there is none.
func number(of *float64) float64 {
	if of == nil {
		return 0
	}
	return *of
}
