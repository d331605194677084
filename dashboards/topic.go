package dashboards

import "osservatorio/queries/release"

// topic begins a page of the menu: its words stand in the catalogue under its id.
func (b *book) topic(id string, slug release.Text, period string) Page {
	return Page{
		ID: id, Lang: b.w.Lang, Slug: slug, Nav: b.t(id + ".nav"),
		Kicker: b.t("topic.kicker", "topic", b.t(id+".title"), "period", b.w.Period(period)),
		Teaser: Teaser{Title: b.t(id + ".title"), Question: b.t(id + ".question")},
	}
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

// titled is a section whose title is needed even over one figure: without it
// the figure would not say whom it is about.
func (b *book) titled(key string, s *shelf) Section {
	out := b.section(key, s)
	out.Title = b.t("section." + key)
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
