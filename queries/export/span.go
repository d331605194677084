package export

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"osservatorio/queries/release"
)

// span is the time that a view covers: its first and last day, and the
// shortest kind of period that it has.
type span struct{ first, last, shortest string }

// kinds of period, the shortest first.
var periodKinds = []string{"day", "month", "quarter", "year"}

// spanOf reads the periods of a view.
func (w *writer) spanOf(h release.Header) (span, error) {
	rows, err := w.rows("SELECT DISTINCT period_type, period FROM published." + h.View + " ORDER BY period_type, period")
	if err != nil {
		return span{}, err
	}
	var s span
	for _, r := range rows {
		first, last, err := daysOf(r[1])
		if err != nil {
			return s, fmt.Errorf("view %s: %w", h.View, err)
		}
		if s.first == "" || first < s.first {
			s.first = first
		}
		s.last = max(s.last, last)
		if s.shortest == "" || slices.Index(periodKinds, r[0]) < slices.Index(periodKinds, s.shortest) {
			s.shortest = r[0]
		}
	}
	return s, nil
}

// daysOf returns the first and the last day of a period: 2025, 2025-Q3,
// 2025-03 or 2025-12-31.
func daysOf(period string) (first, last string, err error) {
	year, rest, _ := strings.Cut(period, "-")
	y, err := strconv.Atoi(year)
	if err != nil {
		return "", "", fmt.Errorf("read period %q: expected 2025, 2025-Q3, 2025-03 or 2025-12-31", period)
	}
	quarter, isQuarter := strings.CutPrefix(rest, "Q")
	n, err := strconv.Atoi(quarter)
	switch {
	case rest == "":
		return month(y, 1, 12)
	case err == nil && isQuarter && n >= 1 && n <= 4:
		return month(y, 3*n-2, 3)
	case err == nil && !isQuarter && n >= 1 && n <= 12:
		return month(y, n, 1)
	}
	if _, err := time.Parse(time.DateOnly, period); err != nil {
		return "", "", fmt.Errorf("read period %q: expected 2025, 2025-Q3, 2025-03 or 2025-12-31", period)
	}
	return period, period, nil
}

// month returns the bounds of so many months from the given one on.
func month(year, from, months int) (string, string, error) {
	first := time.Date(year, time.Month(from), 1, 0, 0, 0, 0, time.UTC)
	return first.Format(time.DateOnly), first.AddDate(0, months, -1).Format(time.DateOnly), nil
}
