package schedule

import (
	"testing"
	"time"
	_ "time/tzdata"
)

func rome(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Rome")
	must(t, err)
	return zone
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// at is a moment of Rome; its offset says which of two.
func at(t *testing.T, s string) time.Time {
	t.Helper()
	moment, err := time.Parse("2006-01-02 15:04 -07", s)
	must(t, err)
	return moment
}

// The clocks of Rome went from 02:00 to 03:00 on 2026-03-29 and from 03:00 to
// 02:00 on 2026-10-25.
func TestTimesFollowTheClockOnTheWallThroughBothChanges(t *testing.T) {
	for _, c := range []struct {
		name, line, after string
		want              []string
	}{
		{"a daily 06:30 stays 06:30 in spring", "30 6 * * *", "2026-03-27 12:00 +01",
			[]string{"2026-03-28 06:30 +01", "2026-03-29 06:30 +02", "2026-03-30 06:30 +02"}},
		{"a daily 06:30 stays 06:30 in autumn", "30 6 * * *", "2026-10-23 12:00 +02",
			[]string{"2026-10-24 06:30 +02", "2026-10-25 06:30 +01", "2026-10-26 06:30 +01"}},
		{"a 02:30 that does not exist comes at 03:00", "30 2 * * *", "2026-03-28 12:00 +01",
			[]string{"2026-03-29 03:00 +02", "2026-03-30 02:30 +02"}},
		{"a 02:30 that comes twice is the first", "30 2 * * *", "2026-10-24 12:00 +02",
			[]string{"2026-10-25 02:30 +02", "2026-10-26 02:30 +01"}},
		{"also for who asks between the two", "30 2 * * *", "2026-10-25 02:10 +01",
			[]string{"2026-10-26 02:30 +01"}},
		{"several times in the gap are one", "0,15,30,45 2,3 * * *", "2026-03-29 01:00 +01",
			[]string{"2026-03-29 03:00 +02", "2026-03-29 03:15 +02"}},
		{"every hour follows the time that passes in spring", "30 * * * *", "2026-03-29 01:00 +01",
			[]string{"2026-03-29 01:30 +01", "2026-03-29 03:30 +02", "2026-03-29 04:30 +02"}},
		{"every hour follows the time that passes in autumn", "30 * * * *", "2026-10-25 01:45 +02",
			[]string{"2026-10-25 02:30 +02", "2026-10-25 02:30 +01", "2026-10-25 03:30 +01"}},
		{"a leap day comes in leap years", "0 5 29 2 *", "2026-01-01 00:00 +01",
			[]string{"2028-02-29 05:00 +01", "2032-02-29 05:00 +01"}},
	} {
		times, err := NewTimes(c.line, rome(t))
		must(t, err)
		from := at(t, c.after)
		for _, want := range c.want {
			from = times.Next(from)
			if !from.Equal(at(t, want)) {
				t.Errorf("%s: %s after %s: %s, want %s", c.name, c.line, c.after, from.In(rome(t)), want)
				break
			}
		}
	}
}

func TestNoTimeIsLostOrDoubledOverTwentyYears(t *testing.T) {
	times, err := NewTimes("30 2 * * *", rome(t))
	must(t, err)
	days := map[string]int{}
	moment, end := at(t, "2020-01-01 00:00 +01"), at(t, "2040-01-01 00:00 +01")
	for moment = times.Next(moment); moment.Before(end); moment = times.Next(moment) {
		days[moment.In(rome(t)).Format(time.DateOnly)]++
	}
	if len(days) != 7305 { // 20 years with 5 leap days
		t.Errorf("%d days", len(days))
	}
	for day, n := range days {
		if n != 1 {
			t.Errorf("%s: %d times", day, n)
		}
	}
}

func TestMissedTimesAreCountedAndTheNewestIsKnown(t *testing.T) {
	times, err := NewTimes("0 6 * * *", rome(t))
	must(t, err)
	newest, n := times.Missed(at(t, "2026-03-26 06:00 +01"), at(t, "2026-03-30 06:00 +02"))
	if n != 4 || !newest.Equal(at(t, "2026-03-30 06:00 +02")) {
		t.Errorf("%d, newest %s", n, newest)
	}
	if _, n = times.Missed(newest, newest); n != 0 {
		t.Errorf("%d missed between a moment and itself", n)
	}
}

func TestALineThatIsNoneIsRefusedInWords(t *testing.T) {
	for line, want := range map[string]string{
		"daily":                  "found 1",
		"* * * * * *":            "found 6",
		"99 * * * *":             "end of range (99) above maximum (59): 99",
		"0 6 30 2 *":             "it names no day that comes",
		"TZ=Asia/Tokyo 30 2 * *": "failed to parse int from TZ=Asia: strconv.Atoi: parsing \"TZ=Asia\": invalid syntax",
	} {
		if _, err := NewTimes(line, rome(t)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}
