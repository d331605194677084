package synthetic

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// day is a date as days since 1970-01-01.
type day int32

// none is a date that is not there: an empty field.
const none day = math.MinInt32

const dateLen = len("2006-01-02")

func dayOf(t time.Time) day { return day(t.Unix() / 86400) }

func newDay(year int, month time.Month, d int) day {
	return dayOf(time.Date(year, month, d, 0, 0, 0, 0, time.UTC))
}

func (d day) time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

func (d day) String() string {
	if d == none {
		return ""
	}
	return d.time().Format(time.DateOnly)
}

// calendar answers for each day of a run what would be slow to compute for
// each row: its text, year, month and quarter. Quarters are counted from the
// first one of the run.
type calendar struct {
	from, to  day // first and last day of the run
	zero      day // first day of the tables
	text      []byte
	year      []int16
	month     []int8
	quarter   []int16
	quarters  int
	names     []string // "2022-Q1"
	lastDay   []day
	firstYear int
	lastYear  int
}

// tableFrom and tableYears bound what the tables hold: the oldest spell of
// work and the longest planned end after the run.
const (
	tableFrom  = 1975
	tableYears = 8
)

// newCalendar reads the bounds of a run: months such as "2022-01", the first
// of a quarter and the last of a quarter, because deliveries are quarters.
func newCalendar(from, to string) (*calendar, error) {
	first, err := time.Parse("2006-01", from)
	if err != nil || (first.Month()-1)%3 != 0 {
		return nil, fmt.Errorf("from %q: expected the first month of a quarter such as 2022-01", from)
	}
	last, err := time.Parse("2006-01", to)
	if err != nil || last.Month()%3 != 0 {
		return nil, fmt.Errorf("to %q: expected the last month of a quarter such as 2026-09", to)
	}
	if last.Before(first) || first.Year() < 2009 || last.Year() > 2031 {
		return nil, fmt.Errorf("from %q to %q: expected months in order between 2009 and 2031", from, to)
	}
	c := &calendar{
		from: dayOf(first), to: dayOf(last.AddDate(0, 1, 0)) - 1, zero: newDay(tableFrom, 1, 1),
		firstYear: first.Year(), lastYear: last.Year(),
	}
	c.fill(newDay(last.Year()+tableYears, 1, 1))
	return c, nil
}

func (c *calendar) fill(until day) {
	n := int(until - c.zero)
	c.text = make([]byte, 0, n*dateLen)
	c.year, c.month, c.quarter = make([]int16, n), make([]int8, n), make([]int16, n)
	t := c.zero.time()
	first := c.firstYear*4 + int(c.from.time().Month()-1)/3
	for i := range n {
		c.text = t.AppendFormat(c.text, time.DateOnly)
		c.year[i], c.month[i] = int16(t.Year()), int8(t.Month())
		c.quarter[i] = int16(t.Year()*4 + int(t.Month()-1)/3 - first)
		t = t.AddDate(0, 0, 1)
	}
	c.quarters = c.quarterOf(c.to) + 1
	for q := range c.quarters {
		at := first + q
		c.names = append(c.names, fmt.Sprintf("%d-Q%d", at/4, at%4+1))
		c.lastDay = append(c.lastDay, newDay(at/4, time.Month(at%4*3+4), 1)-1)
	}
}

// append writes a date as YYYY-MM-DD, nothing for none.
func (c *calendar) append(b []byte, d day) []byte {
	if d == none {
		return b
	}
	i := int(d-c.zero) * dateLen
	return append(b, c.text[i:i+dateLen]...)
}

func (c *calendar) yearOf(d day) int  { return int(c.year[d-c.zero]) }
func (c *calendar) monthOf(d day) int { return int(c.month[d-c.zero]) }

// quarterOf counts from the first quarter of the run; negative before it.
func (c *calendar) quarterOf(d day) int { return int(c.quarter[d-c.zero]) }

// counted says whether a day's quarter is among those of the run.
func (c *calendar) counted(d day) (quarter int, ok bool) {
	if d < c.from || d > c.to {
		return 0, false
	}
	return c.quarterOf(d), true
}

// delivery is the quarter in whose delivery a row of that stamp comes; what
// was known before the run comes with the first; false when it is never
// delivered.
func (c *calendar) delivery(stamp day) (quarter int, ok bool) {
	if stamp > c.to {
		return 0, false
	}
	return max(0, c.quarterOf(stamp)), true
}

// issuedAfter is the number of days from a period's end to its delivery.
const issuedAfter = 20

func (c *calendar) issued(quarter int) day { return c.lastDay[quarter] + issuedAfter }

func yearPeriod(year int) (period string, issued day) {
	return strconv.Itoa(year), newDay(year, 1, 1) + issuedAfter
}

// twentieth is day 20 of the month after a day's.
func (c *calendar) twentieth(d day) day {
	return newDay(c.yearOf(d), time.Month(c.monthOf(d)+1), 20)
}
