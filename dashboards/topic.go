package dashboards

import (
	"strconv"

	"osservatorio/queries/release"
)

// topic begins a page about a theme: its words stand in the catalogue under its
// id; one with a word for the menu stands in it.
func (b *book) topic(id, group string, slug release.Text, period string) Page {
	nav := ""
	if b.w.Has("dash." + id + ".nav") {
		nav = b.t(id + ".nav")
	}
	return Page{
		ID: id, Lang: b.w.Lang, Slug: slug, Nav: nav, Group: group,
		Kicker: b.t("topic.kicker", "topic", b.t(id+".title"), "period", b.w.Period(period)),
		Teaser: Teaser{Title: b.t(id + ".title"), Question: b.t(id + ".question")},
	}
}

// filled sets the sections of a page from its shelves, in order; keys name their
// titles in the catalogue. A section without a figure is left out.
func (b *book) filled(page *Page, parts ...part) (*Page, error) {
	for _, p := range parts {
		if p.shelf.err != nil {
			return nil, p.shelf.err
		}
		s := b.section(page.ID+"."+p.key, p.shelf)
		if p.titled {
			s.Title = b.t("section." + page.ID + "." + p.key)
		}
		if p.intro != "" {
			s.Intro = p.intro
		}
		page.Sections = append(page.Sections, sections(s)...)
	}
	if len(page.Sections) == 0 {
		return nil, nil
	}
	return page, nil
}

// part is one section to be: titled even over one figure where the figure alone
// would not say whom it is about; intro replaces that of the catalogue.
type part struct {
	key    string
	shelf  *shelf
	titled bool
	intro  string
}

// section is a shelf's figures under the title of the catalogue; one figure
// alone speaks for itself.
func (b *book) section(key string, s *shelf) Section {
	out := Section{ID: lastPart(key), Figures: s.figures}
	if len(s.figures) > 1 {
		out.Title = b.t("section." + key)
	}
	if b.w.Has("dash.section." + key + ".intro") {
		out.Intro = b.t("section." + key + ".intro")
	}
	return out
}

func lastPart(key string) string {
	for i := len(key) - 1; i >= 0; i-- {
		if key[i] == '.' {
			return key[i+1:]
		}
	}
	return key
}

func firstError(shelves ...*shelf) error {
	for _, s := range shelves {
		if s.err != nil {
			return s.err
		}
	}
	return nil
}

// places writes "8 districts" with the words of the level that has pages.
func (b *book) places(n int) string {
	for _, l := range b.rel.Info.Region.Levels {
		if l.Code != b.level() {
			continue
		}
		word := l.Plural
		if n == 1 {
			word = l.Name
		}
		return b.w.Int(n) + " " + lowerFirst(word.In(b.w.Lang))
	}
	return b.w.Int(n)
}

func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 0 && r[0] >= 'A' && r[0] <= 'Z' && (len(r) == 1 || r[1] < 'A' || r[1] > 'Z') {
		r[0] += 'a' - 'A'
	}
	return string(r)
}

// partOf writes a count that may be missing.
func (b *book) partOf(x *float64) string {
	if x == nil {
		return b.t("unknown")
	}
	return b.w.Number(*x, 0)
}

// written is a number of the reference data as a reader writes it.
func (b *book) written(number string) string {
	x, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return number
	}
	return b.w.Number(x, 0)
}
