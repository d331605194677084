package site

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"osservatorio/queries/release"
)

// pageCalendar is the page of the planned releases; a site without a calendar
// has none.
const pageCalendar = "calendar"

// Planned is a release that is announced: its id, its title and its time, and
// nothing of what will be in it.
type Planned struct {
	ID    string
	Title release.Text
	At    time.Time // shown in its own location
}

// addressCalendar gives the page its address in one language.
func (b *builder) addressCalendar(lang, root string) error {
	if len(b.opt.Calendar) == 0 {
		return nil
	}
	return b.routes.add(lang, pageCalendar, root+b.words[lang].T("slug."+pageCalendar)+"/")
}

type calendarBody struct {
	Planned     []plannedRow
	File        string // address of the iCalendar file
	Commitments string // address of the hashes told before, "" for none
}

// plannedRow is one line of the calendar; Release is the address of what became
// of it, "" while it is not public.
type plannedRow struct {
	ID, Title, Day, Time, Release string
}

// planned composes the page of the calendar, the first release on top.
func (c composer) planned() error {
	if len(c.opt.Calendar) == 0 {
		return nil
	}
	body := calendarBody{File: c.calendarPath(), Commitments: c.commitmentsPath()}
	for _, p := range c.opt.Calendar {
		row := plannedRow{ID: p.ID, Title: p.Title.In(c.lang), Day: c.w.Date(p.At.Format(time.DateOnly)), Time: p.At.Format("15:04")}
		if i := slices.IndexFunc(c.editions, func(e edition) bool { return e.ID == p.ID }); i >= 0 {
			row.Release = c.path(pageReleases) + "#" + c.editions[i].Anchor()
		}
		body.Planned = append(body.Planned, row)
	}
	c.add(doc{ID: pageCalendar, Template: "calendar", Title: c.w.T("site.title.calendar"),
		Description: c.w.T("calendar.lead"), Nav: pageData, Body: body}, c.crumbTo(pageData))
	return nil
}

// calendarPath is the address of the iCalendar file, "" where no date of a
// release is known.
func (c composer) calendarPath() string {
	if len(c.opt.Calendar) == 0 {
		if _, err := time.Parse(time.DateOnly, c.rel.Info.NextRelease); err != nil {
			return ""
		}
	}
	return c.path(pageReleases) + c.w.T("feed.calendar_file")
}

// calendar writes the planned releases as an iCalendar file (RFC 5545), each at
// its minute; where none is planned, the day of the next as one event.
func (c composer) calendar() error {
	path := c.calendarPath()
	if path == "" {
		return nil
	}
	info := c.rel.Info
	lines := []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//osservatorio//" + info.ID + "//" + strings.ToUpper(c.lang), "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
		"X-WR-CALNAME:" + calendarText(c.w.T("feed.calendar_name"))}
	events, err := c.events()
	if err != nil {
		return err
	}
	var out strings.Builder
	for _, line := range append(append(lines, events...), "END:VCALENDAR") {
		out.WriteString(folded(line) + "\r\n")
	}
	return c.builder.make(file(path), []byte(out.String()))
}

func (c composer) events() ([]string, error) {
	if len(c.opt.Calendar) == 0 {
		return c.nextDay()
	}
	var lines []string
	for _, p := range c.opt.Calendar {
		lines = append(lines, c.event("release-"+p.ID, p.Title.In(c.lang), "DTSTART:"+p.At.UTC().Format("20060102T150405Z"))...)
	}
	return lines, nil
}

// nextDay is one event of a whole day: the day that the release itself tells.
func (c composer) nextDay() ([]string, error) {
	info := c.rel.Info
	day, err := time.Parse(time.DateOnly, info.NextRelease)
	if err != nil {
		return nil, err
	}
	compact := func(t time.Time) string { return t.Format("20060102") }
	return c.event("after-"+info.ID, c.w.T("feed.event", "region", info.Region.Name.In(c.lang)), // the event keeps its name if the date moves
		"DTSTART;VALUE=DATE:"+compact(day), "DTEND;VALUE=DATE:"+compact(day.AddDate(0, 0, 1))), nil
}

// event is one entry; name makes its id, which stays if its time moves.
func (c composer) event(name, title string, when ...string) []string {
	host, lines := "osservatorio", []string{"BEGIN:VEVENT"}
	if u, err := url.Parse(c.opt.BaseURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
		lines = append(lines, "URL:"+c.opt.BaseURL+c.path(pageReleases))
	}
	lines = append(lines, "UID:"+name+"@"+host, "DTSTAMP:"+strings.ReplaceAll(c.rel.Info.ExtractionDate, "-", "")+"T000000Z")
	lines = append(lines, when...)
	return append(lines, "SUMMARY:"+calendarText(title), "DESCRIPTION:"+calendarText(c.w.T("site.home.next_says")), "TRANSP:TRANSPARENT", "END:VEVENT")
}

func calendarText(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(s)
}

// folded breaks a line so that none is longer than 75 octets and no letter is
// cut in two.
func folded(line string) string {
	var out strings.Builder
	room := 75
	for _, r := range line {
		if n := utf8.RuneLen(r); n > room {
			out.WriteString("\r\n ")
			room = 74 - n
		} else {
			room -= n
		}
		out.WriteRune(r)
	}
	return out.String()
}
