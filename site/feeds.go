package site

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
	"time"

	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

const atomType = "application/atom+xml"

// feedPath is the address of the feed of a page, "" without a public address:
// readers of feeds fetch what they lead to from elsewhere.
func (c composer) feedPath(page string) string {
	if c.opt.BaseURL == "" {
		return ""
	}
	return c.path(page) + "feed.xml"
}

func (c composer) feedLink(path, title string) []alternate {
	if path == "" {
		return nil
	}
	return []alternate{{atomType, path, title}}
}

// publishes makes the files that tell others what is new and what there is:
// feeds, calendar, the map with both languages of each page.
func (b *builder) publishes() error {
	for _, lang := range words.Langs {
		c := composer{b, lang, b.words[lang]}
		for _, step := range []func() error{c.feeds, c.calendar} {
			if err := step(); err != nil {
				return err
			}
		}
	}
	if err := b.commit(); err != nil {
		return err
	}
	return b.alternatesMap()
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Rights  string      `xml:"rights,omitempty"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
}

// feeds writes the feed of the releases and one for each data set.
func (c composer) feeds() error {
	if c.opt.BaseURL == "" {
		return nil
	}
	if err := c.feed(pageReleases, c.w.T("feed.title"), "", ""); err != nil {
		return err
	}
	for _, v := range c.views {
		if err := c.feed("data:"+v.Header.View, v.Header.Title.In(c.lang), v.Header.View, "#versions"); err != nil {
			return err
		}
	}
	return nil
}

// feed writes one feed: an entry for every release, or for every release that
// changed the view.
func (c composer) feed(page, title, view, anchor string) error {
	self, html := c.opt.BaseURL+c.feedPath(page), c.opt.BaseURL+c.path(page)
	f := atomFeed{Lang: c.lang, ID: self, Title: title + " – " + c.w.T("site.name"), Author: c.rel.Info.Publisher.Name,
		Rights: licenceName(c.rel.Info.Publisher.Licence), Links: []atomLink{{"self", atomType, self}, {"alternate", "text/html", html}}}
	for i, e := range c.editions {
		v, tells := viewChanges(e.Changes, view)
		if view != "" && i > 0 && (!tells || v.New+v.Revised+v.Withdrawn == 0) {
			continue
		}
		entry := atomEntry{ID: c.tag(e.ID, view), Title: c.w.T("site.release") + " " + e.ID, Updated: instant(e), Summary: c.summary(e, v, view)}
		if e.Withdrawn != nil {
			entry.Title += " (" + c.w.T("catalogue.withdrawn_short") + ")"
		}
		place := anchor
		if view == "" {
			place = "#" + e.Anchor()
		}
		entry.Link = atomLink{"alternate", "text/html", html + place}
		f.Updated = max(f.Updated, entry.Updated)
		f.Entries = append(f.Entries, entry)
	}
	raw, err := xmlFile(f)
	if err != nil {
		return fmt.Errorf("write feed of %s: %w", page, err)
	}
	return c.builder.make(file(c.feedPath(page)), raw)
}

func xmlFile(v any) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(xml.Header)
	enc := xml.NewEncoder(&out)
	enc.Indent("", " ")
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// tag names an entry for good (RFC 4151): by host, month of publication and id.
func (c composer) tag(id, view string) string {
	host := c.opt.BaseURL
	if u, err := url.Parse(host); err == nil {
		host = u.Hostname()
	}
	month, _ := release.SplitID(id)
	name := "tag:" + host + "," + month + "-01:" + c.lang + "/" + id
	if view != "" {
		name += "/" + view
	}
	return name
}

// instant is when an edition became public as far as it tells: the end of its
// embargo, else its extraction; a withdrawal is news.
func instant(e edition) string {
	at := e.Extracted
	if t, err := time.Parse(time.RFC3339, e.Embargo); err == nil {
		return t.UTC().Format(time.RFC3339)
	}
	if e.Withdrawn != nil {
		at = e.Withdrawn.On
	}
	return at + "T00:00:00Z"
}

func (c composer) summary(e edition, v release.ViewChanges, view string) string {
	text := c.w.T("feed.extracted", "date", c.w.Date(e.Extracted))
	fresh, revised, withdrawn, same := e.Changes.New, e.Changes.Revised, e.Changes.Withdrawn, e.Changes.Unchanged
	if view != "" {
		fresh, revised, withdrawn, same = v.New, v.Revised, v.Withdrawn, v.Unchanged
	}
	if e.Changes.Follows != "" {
		n := func(x int64) string { return c.w.Int(int(x)) }
		text += " " + c.w.T("catalogue.since", "follows", e.Changes.Follows, "new", n(fresh), "revised", n(revised), "withdrawn", n(withdrawn), "unchanged", n(same))
	}
	if e.Withdrawn != nil {
		text += " " + c.w.T("catalogue.withdrawn", "date", c.w.Date(e.Withdrawn.On), "reason", e.Withdrawn.Reason) + "."
	}
	if c.rel.Info.Synthetic {
		text = strings.Join([]string{c.w.T("site.synthetic.tag") + ".", text}, " ")
	}
	return text
}
