package site

import (
	"encoding/xml"
	"fmt"

	"osservatorio/dashboards/words"
)

// alternatesFile is the map of pages with their twins. It stands beside
// sitemap.xml because the published schema of sitemaps admits no element that it
// does not know, and the links to twins are of another vocabulary.
const alternatesFile = "hreflang.xml"

type twinSet struct {
	XMLName xml.Name    `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	XHTML   string      `xml:"xmlns:xhtml,attr"`
	URLs    []twinEntry `xml:"url"`
}

type twinEntry struct {
	Loc   string     `xml:"loc"`
	Twins []twinLink `xml:"xhtml:link"`
}

type twinLink struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

// alternatesMap writes every page with the addresses of all its languages.
func (b *builder) alternatesMap() error {
	if b.opt.BaseURL == "" {
		return nil
	}
	set := twinSet{XHTML: "http://www.w3.org/1999/xhtml"}
	for _, d := range b.docs {
		if d.NoIndex {
			continue
		}
		e := twinEntry{Loc: b.opt.BaseURL + d.Path}
		for _, lang := range words.Langs {
			e.Twins = append(e.Twins, twinLink{"alternate", lang, b.opt.BaseURL + b.routes.path(lang, d.ID)})
		}
		e.Twins = append(e.Twins, twinLink{"alternate", "x-default", b.opt.BaseURL + b.routes.path(words.Langs[0], d.ID)})
		set.URLs = append(set.URLs, e)
	}
	raw, err := xmlFile(set)
	if err != nil {
		return fmt.Errorf("write %s: %w", alternatesFile, err)
	}
	return b.make(alternatesFile, raw)
}
