package words

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Minus is the sign of negative numbers, U+2212.
const Minus = "−"

// Number writes x with that many decimals: 1.234,5 in Italian, 1,234.5 in
// English, the sign of a negative number as U+2212.
func (c *Catalogue) Number(x float64, decimals int) string {
	s := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	whole, frac, _ := strings.Cut(s, ".")
	out := group(whole, c.thousands())
	if frac != "" {
		out += c.decimal() + frac
	}
	if x < 0 && strings.Trim(s, "0.") != "" {
		out = Minus + out
	}
	return out
}

// Int writes a count.
func (c *Catalogue) Int(n int) string { return c.Number(float64(n), 0) }

// Percent writes x percent with one decimal and the sign attached: 77,2%.
func (c *Catalogue) Percent(x float64) string { return c.Number(x, 1) + "%" }

// Signed writes x with its sign always: +2,9 or −0,4.
func (c *Catalogue) Signed(x float64, decimals int) string {
	s := c.Number(x, decimals)
	if x > 0 && !strings.HasPrefix(s, Minus) {
		return "+" + s
	}
	return s
}

// Period writes a period of the release format: "2025" , "III trim. 2025",
// "marzo 2025", "31 dicembre 2025"; "Q3 2025", "March 2025", "31 December 2025".
func (c *Catalogue) Period(period string) string {
	switch {
	case len(period) == 7 && period[5] == 'Q':
		return c.T("period.quarter."+period[6:], "year", period[:4])
	case len(period) == 7:
		return c.T("month."+period[5:]) + " " + period[:4]
	case len(period) == 10:
		return c.Date(period)
	}
	return period
}

// Date writes a date YYYY-MM-DD in words: "20 novembre 2026".
func (c *Catalogue) Date(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return strconv.Itoa(t.Day()) + " " + c.T("month."+t.Format("01")) + " " + strconv.Itoa(t.Year())
}

func (c *Catalogue) thousands() string {
	if c.Lang == "en" {
		return ","
	}
	return "."
}

func (c *Catalogue) decimal() string {
	if c.Lang == "en" {
		return "."
	}
	return ","
}

func group(digits, sep string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + sep + digits[i:]
	}
	return digits
}
