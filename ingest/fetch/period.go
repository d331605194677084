package fetch

import (
	"fmt"
	"regexp"
	"time"
)

const (
	periodForms = "2026, 2026-Q3, 2026-09, 2026-09-30 or all"
	issuedForms = "YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"
)

var quarterForm = regexp.MustCompile(`^([0-9]{4})-Q([1-4])$`)

// ParsePeriod reads a period: a year, quarter, month, day or "all". It is
// half-open: from is its first day, to the day after its last; both are zero
// for "all".
func ParsePeriod(text string) (from, to time.Time, err error) {
	if text == "all" {
		return from, to, nil
	}
	if m := quarterForm.FindStringSubmatch(text); m != nil {
		first, err := time.Parse("2006", m[1])
		if err != nil {
			return from, to, badPeriod(text)
		}
		from = first.AddDate(0, 3*int(m[2][0]-'1'), 0)
		return from, from.AddDate(0, 3, 0), nil
	}
	for _, unit := range []struct {
		layout              string
		years, months, days int
	}{{"2006", 1, 0, 0}, {"2006-01", 0, 1, 0}, {"2006-01-02", 0, 0, 1}} {
		if len(text) != len(unit.layout) {
			continue
		}
		from, err := time.Parse(unit.layout, text)
		if err != nil {
			return time.Time{}, to, badPeriod(text)
		}
		return from, from.AddDate(unit.years, unit.months, unit.days), nil
	}
	return from, to, badPeriod(text)
}

func badPeriod(text string) error {
	return fmt.Errorf("period %q: expected %s", text, periodForms)
}

// parseIssued reads the moment a delivery was issued, in UTC.
func parseIssued(text string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("issued_at %q: expected %s", text, issuedForms)
}
