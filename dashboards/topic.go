package dashboards

import (
	"osservatorio/dashboards/chart"
	"osservatorio/queries/release"
)

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

// heat is the table of territories by measures.
func (s *shelf) heat(id, view string, measures []string) {
	f := s.b.frames[view]
	if f == nil || len(measures) == 0 {
		return
	}
	in := chart.Input{Words: s.b.w, Release: s.b.rel, Frame: f, ID: id, Measure: measures[0]}
	s.take(chart.HeatTable(chart.TableInput{Input: in, Measures: measures, Level: s.b.level(), Reference: s.b.root()}))
}

// multiples is small trends of several measures of a place on one scale;
// measures without a value there are left out.
func (s *shelf) multiples(id, view, geo string, measures []string) {
	f := s.b.frames[view]
	var have []string
	for _, m := range measures {
		if s.b.latest(view, m, geo) != "" {
			have = append(have, m)
		}
	}
	if f == nil || len(have) == 0 {
		return
	}
	in := chart.Input{Words: s.b.w, Release: s.b.rel, Frame: f, ID: id, Measure: have[0]}
	s.take(chart.SmallMultiples(chart.MultiplesInput{Input: in, Measures: have, Geo: geo}))
}

// flow is starts, ends and balance of a place.
func (s *shelf) flow(id, view, geo string) {
	f := s.b.frames[view]
	if f == nil || s.b.latest(view, "balance", geo) == "" {
		return
	}
	starts, ends := "starts", "ends"
	if _, ok := f.Header.Measure("hires"); ok {
		starts, ends = "hires", "terminations"
	}
	in := chart.Input{Words: s.b.w, Release: s.b.rel, Frame: f, ID: id, Measure: "balance"}
	s.take(chart.Flow(chart.FlowInput{Input: in, Geo: geo, Starts: starts, Ends: ends}))
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
