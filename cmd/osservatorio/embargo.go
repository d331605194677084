package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"osservatorio/queries/release"
	"osservatorio/site"
)

// PlannedConfig announces a release. It is not public before its time.
type PlannedConfig struct {
	ID      string `toml:"id"`
	TitleIT string `toml:"title_it"`
	TitleEN string `toml:"title_en"` // default: title_it
	At      string `toml:"at"`       // "2026-12-15 10:00", Europe/Rome
}

const plannedForm = "2006-01-02 15:04"

// plannedTime reads the time of an announced release. One that the clocks of
// Rome skip, or show twice, is none: nobody could tell what was announced.
func plannedTime(text string) (time.Time, error) {
	rome, err := time.LoadLocation(zone)
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.ParseInLocation(plannedForm, text, rome)
	if err != nil {
		return time.Time{}, fmt.Errorf(`%q: want day and time in Italy, "2026-12-15 10:00"`, text)
	}
	if t.Format(plannedForm) != text {
		return time.Time{}, fmt.Errorf("%q: the clocks of Italy skip this hour: want another", text)
	}
	for _, other := range []time.Duration{-time.Hour, time.Hour} {
		if t.Add(other).Format(plannedForm) == text {
			return time.Time{}, fmt.Errorf("%q: the clocks of Italy show this hour twice: want another", text)
		}
	}
	return t, nil
}

// validateCalendar holds the announced releases to their form and order.
func (c *Config) validateCalendar(fault func(string, string, ...any)) {
	var last time.Time
	for i, p := range c.Release.Calendar {
		key := fmt.Sprintf("release.calendar[%d].", i)
		if release.CheckID(p.ID) != nil {
			fault(key+"id", "%q: want the month of publication, YYYY-MM, or a revision of it, YYYY-MM.1", p.ID)
		}
		if i > 0 && release.CompareID(p.ID, c.Release.Calendar[i-1].ID) <= 0 {
			fault(key+"id", "%q: want a later id than %q, which stands before it", p.ID, c.Release.Calendar[i-1].ID)
		}
		if strings.TrimSpace(p.TitleIT) == "" {
			fault(key+"title_it", "missing: it is shown in the calendar")
		}
		at, err := plannedTime(p.At)
		switch {
		case err != nil:
			fault(key+"at", "%v", err)
		case !at.After(last):
			fault(key+"at", "%q: want a later time than that of the release before it", p.At)
		default:
			last = at
		}
	}
}

// calendar is what the site announces.
func (c *Config) calendar() []site.Planned {
	var out []site.Planned
	for _, p := range c.Release.Calendar {
		at, _ := plannedTime(p.At) // validated with the configuration
		title := release.Text{IT: p.TitleIT, EN: p.TitleEN}
		if title.EN == "" {
			title.EN = title.IT
		}
		out = append(out, site.Planned{ID: p.ID, Title: title, At: at})
	}
	return out
}

// nextDay is the day of the next release as the site of a time says it: that of
// the calendar, which may have been moved since the release was made; where
// there is none, what the release itself says.
func (c *Config) nextDay(said string, at time.Time) string {
	for _, p := range c.calendar() {
		if p.At.After(at) {
			return p.At.Format(time.DateOnly)
		}
	}
	return said
}

// planned is the time that the calendar has for a release, or for the one that
// it revises: a correction of what is not public yet is not public either.
func (c *Config) planned(id string) (at time.Time, known bool) {
	month, _ := release.SplitID(id)
	for _, p := range c.calendar() {
		switch p.ID {
		case id:
			return p.At, true
		case month:
			at, known = p.At, true
		}
	}
	return at, known
}

// period is the id of the next release, apart from its revision: that of the
// configuration, else of the first one announced whose time is to come, else the
// month after the extraction.
func (in *instance) period(extraction time.Time) string {
	if in.Release.ID != "" {
		return in.Release.ID
	}
	for _, p := range in.calendar() {
		if p.At.After(in.now()) {
			return p.ID
		}
	}
	return time.Date(extraction.Year(), extraction.Month()+1, 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
}

// carried is what release.json says of its release's time and descent.
type carried struct {
	ID         string `json:"id"`
	Embargo    string `json:"embargo"`
	Supersedes string `json:"supersedes"`
}

func carriedIn(folder string) (c carried, err error) {
	raw, err := os.ReadFile(filepath.Join(folder, "release.json"))
	if err != nil {
		return c, fmt.Errorf("read release %s: %w", folder, err)
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return c, hinted(fmt.Errorf("read release %s: release.json: %w", folder, err), "a release is never changed: put the folder back from a backup")
	}
	return c, nil
}

// embargo is what a release about to be made carries. One that stands keeps what
// it has: a date that was moved in the calendar makes no new release.
func (in *instance) embargo(id string) (string, error) {
	c, err := carriedIn(in.folder(id))
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return c.Embargo, err
	}
	if at, known := in.planned(id); known {
		return at.Format(time.RFC3339), nil
	}
	return "", nil
}

// comesOut is when the release in a folder becomes public: at the time of the
// calendar, which may have been moved since, else at that which it carries; the
// zero time for one that never waited.
func (c *Config) comesOut(folder string) (time.Time, error) {
	has, err := carriedIn(folder)
	if err != nil {
		return time.Time{}, err
	}
	if at, known := c.planned(has.ID); known {
		return at, nil
	}
	if has.Embargo == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, has.Embargo)
	if err != nil {
		return time.Time{}, fmt.Errorf("read release %s: embargo: %w", has.ID, err)
	}
	return at, nil
}

// outBy are the releases that are public at a time, in their order.
func (in *instance) outBy(at time.Time) ([]string, error) {
	ids, err := in.releases()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, id := range ids {
		comes, err := in.comesOut(in.folder(id))
		if err != nil {
			return nil, err
		}
		if !comes.After(at) {
			out = append(out, id)
		}
	}
	return out, nil
}

// indexAt is the index as it is to be public at a time: what is known of
// releases that are out by then, and nothing of others.
func (in *instance) indexAt(at time.Time) (release.Index, error) {
	known, err := release.ReadIndex(in.path(in.Paths.Releases))
	if err != nil {
		return known, err
	}
	return in.indexFrom(known, at)
}

// indexFrom is indexAt, made from an index with what it says of withdrawals.
func (in *instance) indexFrom(known release.Index, at time.Time) (release.Index, error) {
	out, err := in.outBy(at)
	if err != nil {
		return known, err
	}
	all, err := in.releases()
	if err != nil {
		return known, err
	}
	index := release.Index{Format: known.Format, Releases: []release.Entry{}}
	for _, e := range known.Releases { // withdrawals, and what has lost its folder
		if !slices.Contains(all, e.ID) || slices.Contains(out, e.ID) {
			index = index.With(e)
		}
	}
	for _, id := range out {
		e, _ := index.Entry(id)
		e.ID, e.SupersededBy = id, ""
		if e.Sums, err = release.SumsHash(in.folder(id)); err != nil {
			return index, err
		}
		index = index.With(e)
	}
	for _, id := range out {
		c, err := carriedIn(in.folder(id))
		if err != nil {
			return index, err
		}
		if e, ok := index.Entry(c.Supersedes); ok {
			e.SupersededBy = id
			index = index.With(e)
		}
	}
	return index, nil
}

// latestAt is the folder of the release that is shown at a time: the newest that
// is out by then and was not withdrawn, "" for none.
func (in *instance) latestAt(at time.Time) (string, error) {
	out, err := in.outBy(at)
	if err != nil {
		return "", err
	}
	index, err := release.ReadIndex(in.path(in.Paths.Releases))
	if err != nil {
		return "", err
	}
	for _, id := range slices.Backward(out) {
		if e, _ := index.Entry(id); e.Withdrawn == nil {
			return in.folder(id), nil
		}
	}
	return "", nil
}

// coming is a release that waits for its time.
type coming struct {
	ID string
	At time.Time
}

// comingAfter are the releases that are not out at a time and were not withdrawn,
// the first to come out first.
func (in *instance) comingAfter(at time.Time) ([]coming, error) {
	ids, err := in.releases()
	if err != nil {
		return nil, err
	}
	index, err := release.ReadIndex(in.path(in.Paths.Releases))
	if err != nil {
		return nil, err
	}
	var wait []coming
	for _, id := range ids {
		comes, err := in.comesOut(in.folder(id))
		if err != nil {
			return nil, err
		}
		if e, _ := index.Entry(id); comes.After(at) && e.Withdrawn == nil {
			wait = append(wait, coming{id, comes})
		}
	}
	slices.SortStableFunc(wait, func(a, b coming) int { return a.At.Compare(b.At) })
	return wait, nil
}

// clockIsBack tells whether the site that is public is one whose time is still to
// come: the clock was set back, or its date was moved after it came out. What is
// out stays out, and nothing else is put out by such a clock.
func (in *instance) clockIsBack(now time.Time) (bool, error) {
	id := in.shown()
	if id == "" {
		return false, nil
	}
	at, err := in.comesOut(in.path(in.Paths.Public))
	if err != nil || !at.After(now) {
		return false, err
	}
	index, err := release.ReadIndex(in.path(in.Paths.Releases))
	if err != nil {
		return false, err
	}
	if e, _ := index.Entry(id); e.Withdrawn != nil {
		return false, nil
	}
	in.log.Warn("site stays as it is: it is public, and its time is yet to come", "release", id, "public from", romeTime(at), "now", romeTime(now),
		"expected", "a clock that goes right, and a date in the calendar that stays; or: osservatorio rollback")
	return true, nil
}

// commitments are the hashes of the releases that wait at a time, if the
// instance publishes such.
func (in *instance) commitments(at time.Time) ([]site.Commitment, error) {
	if !in.Release.Commitment {
		return nil, nil
	}
	wait, err := in.comingAfter(at)
	if err != nil {
		return nil, err
	}
	var out []site.Commitment
	for _, w := range wait {
		sums, err := release.SumsHash(in.folder(w.ID))
		if err != nil {
			return nil, err
		}
		out = append(out, site.Commitment{ID: w.ID, Sums: sums})
	}
	return out, nil
}

// romeTime writes a time as the calendar does.
func romeTime(t time.Time) string {
	if rome, err := time.LoadLocation(zone); err == nil {
		t = t.In(rome)
	}
	return t.Format(plannedForm) + " (" + zone + ")"
}
