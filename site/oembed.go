package site

import (
	"encoding/json"
	"fmt"
)

// oembedURL is the address of the description of a figure that content managers
// read to frame it by its address alone.
func oembedURL(lang, id string) string { return "/oembed/" + lang + "/" + id + ".json" }

// oembed is the answer of the "rich" type of oEmbed 1.0. A file cannot honour a
// widest width that was asked for: the frame is as wide as its column.
type oembed struct {
	Version      string `json:"version"`
	Type         string `json:"type"`
	Title        string `json:"title"`
	AuthorName   string `json:"author_name"`
	ProviderName string `json:"provider_name"`
	ProviderURL  string `json:"provider_url"`
	CacheAge     int    `json:"cache_age"` // seconds
	HTML         string `json:"html"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
	ThumbURL     string `json:"thumbnail_url,omitempty"`
	ThumbWidth   int    `json:"thumbnail_width,omitempty"`
	ThumbHeight  int    `json:"thumbnail_height,omitempty"`
}

const (
	oembedAge   = 86400 // a day
	oembedWidth = 800   // pixels of a usual column
)

// writeOEmbed describes every figure; without a public address there is nothing
// that another site could be told.
func (b *builder) writeOEmbed() error {
	if b.opt.BaseURL == "" {
		return nil
	}
	return b.parallel("oembed", len(b.placed), func(i int) error {
		raw, err := json.Marshal(b.oembedOf(b.placed[i]))
		if err != nil {
			return fmt.Errorf("describe figure %s: %w", b.placed[i].fig.ID, err)
		}
		return b.out.put(file(oembedURL(b.placed[i].lang, b.placed[i].fig.ID)), raw)
	})
}

// oembedOfPage is the public address of the description of a page's first
// figure: who pastes the page's address gets that.
func (b *builder) oembedOfPage(d *doc) string {
	body, ok := d.Body.(dashboardBody)
	if !ok || b.opt.BaseURL == "" {
		return ""
	}
	for _, s := range body.Page.Sections {
		if len(s.Figures) > 0 {
			return b.opt.BaseURL + oembedURL(d.Lang, s.Figures[0].ID)
		}
	}
	return ""
}

func (b *builder) oembedOf(f placed) oembed {
	h := helper{b, composer{b, f.lang, b.words[f.lang]}}
	said := oembed{Version: "1.0", Type: "rich", Title: f.fig.Title, AuthorName: b.rel.Info.Publisher.Name,
		ProviderName: b.words[f.lang].T("site.name"), ProviderURL: b.opt.BaseURL + b.routes.path(f.lang, pageHome),
		CacheAge: oembedAge, HTML: h.frame(f.fig, embedPath(f.lang, f.fig.ID)), Width: oembedWidth, Height: frameHeight(f.fig)}
	if b.pictures[f.lang+" "+f.fig.ID] {
		said.ThumbURL, said.ThumbWidth, said.ThumbHeight = b.opt.BaseURL+cardURL(f.lang, f.fig.ID), cardWidth, cardHeight
	}
	return said
}
