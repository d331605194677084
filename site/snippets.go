package site

import (
	"fmt"
	"html"

	"osservatorio/dashboards/chart"
)

// embedView is what a figure offers to who wants it on another site.
type embedView struct {
	ID, Title string
	Path      string // the figure alone, as it is now
	Pinned    string // the same, of this release for good
	SVG, PNG  string // pinned images, "" where there are none
	Snippets  []snippet
	// Relative says that the instance has no public address: the snippets begin
	// at the root, and the page's script completes them.
	Relative bool
}

// snippet is a text to be pasted into a page elsewhere. Name is its key in the
// catalogue.
type snippet struct{ Name, ID, Text string }

// embedView makes the snippets of a figure. The title of a frame says what is
// measured and not the headline, which the next release may change; an image
// carries its sentence as alternative text and is therefore pinned.
func (h helper) embedView(f chart.Figure) *embedView {
	lang := h.c.lang
	v := &embedView{ID: f.ID, Title: f.Title, Path: embedPath(lang, f.ID), Relative: h.opt.BaseURL == ""}
	v.Pinned = h.pinned(v.Path)
	v.add("frame", h.frame(f, v.Path)+"\n"+fmt.Sprintf(`<script src="%s" async></script>`, h.public("/embed.js")))
	v.add("plain", h.frame(f, v.Path))
	if drawn(f.Wide) {
		v.SVG = h.pinned(figureURL(lang, f.ID, "svg"))
		if h.pictures[lang+" "+f.ID] {
			v.PNG = h.pinned(figureURL(lang, f.ID, "png"))
		}
		v.add("image", h.image(f, v))
	}
	v.add("pinned", h.frame(f, v.Pinned))
	return v
}

func (v *embedView) add(name, text string) {
	v.Snippets = append(v.Snippets, snippet{name, v.ID + "-embed-" + name, text})
}

// public is the address that others reach; without a public address of the
// instance it begins at the root.
func (b *builder) public(path string) string { return b.opt.BaseURL + path }

func (h helper) frame(f chart.Figure, path string) string {
	title := firstOf(f.Subtitle, f.Title)
	return fmt.Sprintf(`<iframe src="%s" title="%s" width="100%%" height="%d" frameborder="0" loading="lazy" referrerpolicy="no-referrer"></iframe>`,
		h.public(path), html.EscapeString(title), frameHeight(f))
}

func (h helper) image(f chart.Figure, v *embedView) string {
	width, height := standaloneSize(f, h.c.w)
	if v.PNG != "" {
		width, height = pictureSize(f, h.c.w)
	}
	alt := f.Sentence
	if f.Synthetic {
		alt = h.c.w.T("site.synthetic.tag") + ". " + alt
	}
	return fmt.Sprintf(`<a href="%s"><img src="%s" alt="%s" width="%d" height="%d" loading="lazy"></a>`,
		h.public(v.Pinned), h.public(firstOf(v.PNG, v.SVG)), html.EscapeString(alt), width, height)
}
