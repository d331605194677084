package site

import (
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// calendarPath is the address of the calendar of releases, "" where no date of
// the next one is set.
func (c composer) calendarPath() string {
	if _, err := time.Parse(time.DateOnly, c.rel.Info.NextRelease); err != nil {
		return ""
	}
	return c.path(pageReleases) + c.w.T("feed.calendar_file")
}

// calendar writes the next release as an iCalendar file (RFC 5545): one event
// of a whole day.
func (c composer) calendar() error {
	path := c.calendarPath()
	if path == "" {
		return nil
	}
	info := c.rel.Info
	day, err := time.Parse(time.DateOnly, info.NextRelease)
	if err != nil {
		return err
	}
	compact := func(t time.Time) string { return t.Format("20060102") }
	host := "osservatorio"
	lines := []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//osservatorio//" + info.ID + "//" + strings.ToUpper(c.lang), "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
		"X-WR-CALNAME:" + calendarText(c.w.T("feed.calendar_name")), "BEGIN:VEVENT"}
	if u, err := url.Parse(c.opt.BaseURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
		lines = append(lines, "URL:"+c.opt.BaseURL+c.path(pageReleases))
	}
	lines = append(lines, "UID:after-"+info.ID+"@"+host, // the event keeps its name if the date moves
		"DTSTAMP:"+strings.ReplaceAll(info.ExtractionDate, "-", "")+"T000000Z",
		"DTSTART;VALUE=DATE:"+compact(day), "DTEND;VALUE=DATE:"+compact(day.AddDate(0, 0, 1)),
		"SUMMARY:"+calendarText(c.w.T("feed.event", "region", info.Region.Name.In(c.lang))),
		"DESCRIPTION:"+calendarText(c.w.T("site.home.next_says")), "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR")
	var out strings.Builder
	for _, line := range lines {
		out.WriteString(folded(line) + "\r\n")
	}
	return c.builder.make(file(path), []byte(out.String()))
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
