package site

import (
	"regexp"
	"strings"
)

// Lengths of a description in letters, as others show it: shorter says nothing,
// longer is cut by them.
const (
	leastDescribed = 25
	mostDescribed  = 200
)

// describe is what others show of a page below its title: its own description,
// cut after a sentence or a word, or with what the site is where it says too little.
func (b *builder) describe(d *doc) string {
	text := strings.TrimSpace(d.Description)
	if len([]rune(text)) < leastDescribed {
		what := b.words[d.Lang].T("site.tagline", "region", b.rel.Info.Region.Name.In(d.Lang))
		text = strings.TrimLeft(strings.TrimRight(text, ".")+". "+what, ". ")
	}
	return shorten(text, mostDescribed)
}

var addressLike = regexp.MustCompile(`^[\pL][\pL\d+.-]*: `)

// asText is a text for an attribute of the head that programs look for addresses
// in: "Umbria: a share of …" begins as one of the scheme "umbria" would.
func asText(text string) string {
	if addressLike.MatchString(text) {
		return strings.Replace(text, ": ", " – ", 1)
	}
	return text
}

// shorten cuts a text to most letters: after a whole sentence if that leaves half
// of it, otherwise after a word.
func shorten(text string, most int) string {
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	cut := string(letters[:most-1])
	if i := strings.LastIndex(cut, ". "); i > len(cut)/2 {
		return cut[:i+1]
	}
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:") + "…"
}
