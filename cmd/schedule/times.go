package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Times are the moments that a cron line names in a time zone. It is the cron
// of gocron, which alone would skip what daylight saving skips, and make once
// what is due every hour of a day that has an hour twice.
//
// Lines with a * for the hour follow the time that passes: none in the hour that
// does not exist, each in both of the hour that comes twice. All others name a
// time of day: one that does not exist comes when the clocks have moved on, one
// that comes twice is the first of both.
type Times struct {
	spec   cron.Schedule // in UTC where it stands for the clock on the wall
	zone   *time.Location
	hourly bool
}

// NewTimes reads a cron line of five fields.
func NewTimes(line string, zone *time.Location) (*Times, error) {
	fields := strings.Fields(line)
	if len(fields) != 5 {
		return nil, fmt.Errorf("found %d", len(fields))
	}
	t := &Times{zone: zone, hourly: fields[1] == "*"}
	specZone := "UTC"
	if t.hourly {
		specZone = zone.String()
	}
	var err error
	if t.spec, err = cron.ParseStandard("CRON_TZ=" + specZone + " " + line); err != nil {
		return nil, err
	}
	if t.spec.Next(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, errors.New("it names no day that comes")
	}
	return t, nil
}

// Next returns the first moment after t, in UTC.
func (t *Times) Next(after time.Time) time.Time {
	if t.hourly {
		return t.spec.Next(after).UTC()
	}
	wall := onWall(after.In(t.zone))
	for {
		if wall = t.spec.Next(wall); wall.IsZero() {
			return wall
		}
		if at := t.moment(wall); at.After(after) {
			return at.UTC()
		}
	}
}

// IsValid is asked by gocron; the line was read by NewTimes.
func (t *Times) IsValid(string, *time.Location, time.Time) error { return nil }

// Missed counts the moments after from, up to and with now, and returns the newest.
func (t *Times) Missed(from, now time.Time) (newest time.Time, n int) {
	for at := t.Next(from); !at.IsZero() && !at.After(now); at = t.Next(at) {
		newest = at
		n++
	}
	return newest, n
}

// onWall writes what the clocks of a place show as if it were UTC, which has no
// gaps and nothing twice.
func onWall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// moment is when the clocks show this: the first of two, the end of the gap
// where they never do.
func (t *Times) moment(wall time.Time) time.Time {
	before, after := t.offset(wall.Add(-24*time.Hour)), t.offset(wall.Add(24*time.Hour))
	for _, offset := range []time.Duration{max(before, after), min(before, after)} { // the larger is the earlier moment
		if at := wall.Add(-offset); onWall(at.In(t.zone)).Equal(wall) {
			return at
		}
	}
	moved, _ := wall.Add(-min(before, after)).In(t.zone).ZoneBounds()
	return moved
}

func (t *Times) offset(at time.Time) time.Duration {
	_, seconds := at.In(t.zone).Zone()
	return time.Duration(seconds) * time.Second
}
