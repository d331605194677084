package sdmx

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Period is a year, a quarter or a month, as questions are bounded by them.
// The zero Period is no bound.
type Period struct {
	year int
	kind byte // 'A', 'Q' or 'M'
	n    int  // of the quarter or month, from 1
}

var periodForm = regexp.MustCompile(`^([0-9]{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?$`)

// ParsePeriod reads 2024, 2024-Q3 or 2024-09.
func ParsePeriod(text string) (Period, error) {
	m := periodForm.FindStringSubmatch(text)
	if m == nil {
		return Period{}, fmt.Errorf("period %q: want 2024, 2024-Q3 or 2024-09", text)
	}
	year, _ := strconv.Atoi(m[1])
	switch {
	case m[2] != "":
		n, _ := strconv.Atoi(m[2])
		return Period{year, 'Q', n}, nil
	case m[3] != "":
		n, _ := strconv.Atoi(m[3])
		return Period{year, 'M', n}, nil
	}
	return Period{year: year, kind: 'A', n: 1}, nil
}

func (p Period) zero() bool { return p.kind == 0 }

func (p Period) String() string {
	switch p.kind {
	case 'Q':
		return fmt.Sprintf("%04d-Q%d", p.year, p.n)
	case 'M':
		return fmt.Sprintf("%04d-%02d", p.year, p.n)
	}
	return fmt.Sprintf("%04d", p.year)
}

// first and last month of the period, counted from year 0.
func (p Period) first() int {
	switch p.kind {
	case 'Q':
		return p.year*12 + 3*(p.n-1)
	case 'M':
		return p.year*12 + p.n - 1
	}
	return p.year * 12
}

func (p Period) last() int {
	switch p.kind {
	case 'Q':
		return p.first() + 2
	case 'M':
		return p.first()
	}
	return p.first() + 11
}

func (p Period) before(q Period) bool { return p.first() < q.first() }

// split parts [start, end] into two halves at a year if it can, else at a
// quarter, else at a month; ok is false for a single month, or without both
// bounds.
func split(start, end Period) (left, right [2]Period, ok bool) {
	if start.zero() || end.zero() || end.before(start) {
		return left, right, false
	}
	from, to := start.first(), end.last()
	for _, step := range []int{12, 3, 1} {
		middle := (from+to+1)/2 + step/2
		middle -= middle % step
		if middle > from && middle <= to {
			return [2]Period{start, ending(middle - 1)}, [2]Period{beginning(middle), end}, true
		}
	}
	return left, right, false
}

// beginning is the widest period that begins with this month, ending the
// widest that ends with it.
func beginning(month int) Period {
	switch {
	case month%12 == 0:
		return Period{month / 12, 'A', 1}
	case month%3 == 0:
		return Period{month / 12, 'Q', month%12/3 + 1}
	}
	return Period{month / 12, 'M', month%12 + 1}
}

func ending(month int) Period {
	switch {
	case month%12 == 11:
		return Period{month / 12, 'A', 1}
	case month%3 == 2:
		return Period{month / 12, 'Q', month%12/3 + 1}
	}
	return Period{month / 12, 'M', month%12 + 1}
}

// holds tells whether a TIME_PERIOD lies in [start, end]; what cannot be told
// does.
func holds(start, end Period, text string) bool {
	month, ok := monthOf(text)
	if !ok {
		return true
	}
	return (start.zero() || month >= start.first()) && (end.zero() || month <= end.last())
}

// monthOf is the first month of 2024, 2024-Q3, 2024-S2, 2024-09, 2024-09-30.
func monthOf(text string) (int, bool) {
	if len(text) < 4 {
		return 0, false
	}
	year, err := strconv.Atoi(text[:4])
	if err != nil {
		return 0, false
	}
	rest := strings.TrimPrefix(text[4:], "-")
	switch {
	case rest == "" || rest == "A1":
		return year * 12, true
	case rest[0] == 'Q' || rest[0] == 'S':
		n, err := strconv.Atoi(rest[1:])
		months := map[byte]int{'Q': 3, 'S': 6}[rest[0]]
		return year*12 + (n-1)*months, err == nil && n >= 1 && n*months <= 12
	}
	if rest = strings.TrimPrefix(rest, "M"); len(rest) >= 2 {
		n, err := strconv.Atoi(rest[:2])
		return year*12 + n - 1, err == nil && n >= 1 && n <= 12
	}
	return 0, false
}
