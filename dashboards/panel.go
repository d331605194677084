package dashboards

import (
	"osservatorio/dashboards/chart"
	"osservatorio/queries/release"
)

// panel names a published view, a measure and where to look: what a form needs
// to answer its question.
type panel struct {
	id        string // of the figure, without the territory
	view      string
	measure   string
	geo       string // "" is the whole region
	reference string // "" compares with nothing
	title     string // "" lets the form compute its headline
	among     bool   // a key figure that shows its place among all, not its course
}

// shelf collects the figures of a section. A panel whose view is not published
// or shows no value yet is passed over; the first fault is kept.
type shelf struct {
	b       *book
	figures []chart.Figure
	err     error
}

func (b *book) shelf() *shelf { return &shelf{b: b} }

func (s *shelf) take(f chart.Figure, err error) {
	if err != nil && s.err == nil {
		s.err = err
	}
	if err == nil {
		s.figures = append(s.figures, f)
	}
}

// input is what every form is told; ok is false where nothing can be drawn.
func (s *shelf) input(p panel, shown release.Select) (chart.Input, bool) {
	f := s.b.frames[p.view]
	if f == nil {
		return chart.Input{}, false
	}
	shown.Measure = p.measure
	period, ok := f.LatestPeriod(shown)
	return chart.Input{Words: s.b.w, Release: s.b.rel, Frame: f, ID: p.id, Measure: p.measure, Period: period, Title: p.title}, ok
}

func (s *shelf) ranking(p panel) {
	if in, ok := s.input(p, release.Select{GeoLevel: s.b.level()}); ok {
		s.take(chart.Ranking(chart.RankingInput{Input: in, Level: s.b.level(), Reference: p.reference}))
	}
}

func (s *shelf) districtMap(p panel) {
	if in, ok := s.input(p, release.Select{GeoLevel: s.b.level()}); ok {
		s.take(chart.DistrictMap(chart.MapInput{Input: in, Level: s.b.level(), Reference: p.reference}))
	}
}

func (s *shelf) trend(p panel) {
	if in, ok := s.input(p, release.Select{Geo: s.place(p)}); ok {
		in.Period = ""
		s.take(chart.Trend(chart.TrendInput{Input: in, Geo: s.place(p), Reference: p.reference}))
	}
}

func (s *shelf) breakdown(p panel, by string) {
	if in, ok := s.input(p, release.Select{Geo: s.place(p)}); ok {
		s.take(chart.Breakdown(chart.BreakdownInput{Input: in, Geo: s.place(p), Breakdown: by}))
	}
}

func (s *shelf) place(p panel) string {
	if p.geo != "" {
		return p.geo
	}
	return s.b.root()
}

// key is a key figure of a place; ok is false where it has no value.
func (b *book) key(p panel, page string) (chart.Key, bool, error) {
	s := b.shelf()
	in, ok := s.input(p, release.Select{Geo: s.place(p)})
	if !ok {
		return chart.Key{}, false, nil
	}
	k, err := chart.Headline(chart.HeadlineInput{Input: in, Geo: s.place(p), Reference: p.reference, Among: p.among})
	k.Page = page
	return k, err == nil, err
}

// keys are the key figures that have a value.
func (b *book) keys(pages []string, panels ...panel) ([]chart.Key, error) {
	var out []chart.Key
	for i, p := range panels {
		k, ok, err := b.key(p, pages[i])
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, k)
		}
	}
	return out, nil
}
