package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// Input is what every form is told.
type Input struct {
	Words   *words.Catalogue
	Release *release.Release
	Frame   *release.Frame
	ID      string
	Measure string
	Period  string // "" is the last one that shows a value
	// PeriodType is the kind of period to look at: quarter, year, month, day. ""
	// is the quarter where the view has quarters, else the kind of its first row.
	PeriodType string
	By         map[string]string // a category of a breakdown, "" everywhere is the total
	Whom       string            // of whom a figure speaks, before its headline; "" is everybody
	Label      string            // of a key figure, in the place of its measure's; "" is that
}

// scene is an Input with what all forms derive from it.
type scene struct {
	Input
	header  release.Header
	measure release.Measure
}

func newScene(in Input) (scene, error) {
	s := scene{Input: in}
	if in.Words == nil || in.Release == nil || in.Frame == nil {
		return s, fmt.Errorf("draw %s: words, release and frame are needed", in.ID)
	}
	s.header = in.Frame.Header
	m, ok := s.header.Measure(in.Measure)
	if !ok {
		return s, fmt.Errorf("draw %s: view %s: measure %q: not in its header", in.ID, s.header.View, in.Measure)
	}
	s.measure = m
	if s.measure.Unit == "" {
		s.measure.Unit = s.header.Unit
	}
	if s.PeriodType == "" {
		s.PeriodType = PeriodType(in.Frame)
	}
	return s, nil
}

// PeriodType is the kind of period that a view is looked at by unless another
// one is asked for: the quarter where it has quarters, else that of its first
// row; "" where it has none. Quarters and years of one view do not add up (a
// person counts once in each), so that no figure may mix them.
func PeriodType(f *release.Frame) string {
	if f.Has(release.Select{PeriodType: "quarter", AnyBreakdown: true}) {
		return "quarter"
	}
	if f.Len() == 0 {
		return ""
	}
	return f.Row(0).PeriodType
}

// ask completes a selection with the measure, the kind of period and the
// category that the scene is about.
func (s scene) ask(sel release.Select) release.Select {
	sel.Measure, sel.PeriodType, sel.By = s.measure.Code, s.PeriodType, s.By
	return sel
}

// where are the rows of the scene's measure that match.
func (s scene) where(sel release.Select) []release.Row { return s.Frame.Where(s.ask(sel)) }

func (s scene) t(key string, args ...any) string { return s.Words.T("chart."+key, args...) }

// label is the measure's name.
func (s scene) label() string { return s.measure.Label.In(s.Words.Lang) }

// geoName is a territory's name, its code if the release does not know it.
func (s scene) geoName(code string) string {
	if g, ok := s.Release.Geo(code); ok {
		return g.Name.In(s.Words.Lang)
	}
	return code
}

func (s scene) geoLevel(code string) string {
	g, _ := s.Release.Geo(code)
	return g.Level
}

// refKind names the words for a reference: "la regione", "l’Italia".
func (s scene) refKind(code string) string {
	kind := s.geoLevel(code)
	if !s.Words.Has("chart.ref." + kind + ".the") {
		return "other"
	}
	return kind
}

// refThe is the reference as an object: "la regione".
func (s scene) refThe(code string) string {
	return s.t("ref."+s.refKind(code)+".the", "name", s.geoName(code))
}

// refFrom is the reference after "distinguishable": "dalla regione".
func (s scene) refFrom(code string) string {
	return s.t("ref."+s.refKind(code)+".from", "name", s.geoName(code))
}

// refShort is the reference beside its mark: "Regione".
func (s scene) refShort(code string) string {
	return s.t("ref."+s.refKind(code)+".short", "name", s.geoName(code))
}

// count writes "8 distretti", "1 distretto".
func (s scene) count(level string, n int) string {
	return s.Words.Int(n) + " " + s.levelWord(level, n)
}

func (s scene) levelWord(level string, n int) string {
	for _, l := range s.Release.Info.Region.Levels {
		if l.Code != level {
			continue
		}
		if n == 1 {
			return lower(l.Name.In(s.Words.Lang))
		}
		return lower(l.Plural.In(s.Words.Lang))
	}
	return level
}

// lower sets the first letter low, but leaves acronyms: "GOL", "L.R. 14/2015".
func lower(s string) string {
	r := []rune(s)
	if len(r) > 1 && unicode.IsUpper(r[0]) && !unicode.IsUpper(r[1]) && r[1] != '.' {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

// value writes a number in the measure's unit: "77,2%", "1.204".
func (s scene) value(v float64) string { return s.inUnit(v, s.measure.Unit) }

func (s scene) inUnit(v float64, unit release.Unit) string {
	switch unit {
	case "percent":
		return s.Words.Percent(v)
	case "points":
		return s.Words.Signed(v, 1)
	case "eur":
		return s.Words.Number(v, 0) + " €"
	}
	return s.Words.Number(v, decimals(unit))
}

// decimals is how many a value of that unit is written with.
func decimals(unit release.Unit) int {
	switch unit {
	case "percent", "points", "per_1000", "per_10000", "index":
		return 1
	case "ratio":
		return 2
	}
	return 0
}

// compact is a value for where there is little room: millions of euro are
// written as such.
func (s scene) compact(v float64) string {
	if s.measure.Unit != "eur" || math.Abs(v) < 1e6 {
		return s.value(v)
	}
	return s.t("million.eur", "n", s.Words.Number(v/1e6, 1))
}

// bare is value without its unit, for a key figure.
func (s scene) bare(v float64) string {
	return strings.TrimSuffix(strings.TrimSuffix(s.compact(v), "%"), " €")
}

// axisValue writes a tick of an axis.
func (s scene) axisValue(v float64, withUnit bool) string {
	switch {
	case s.measure.Unit == "percent" && withUnit:
		return s.Words.Number(v, 0) + "%"
	case math.Abs(v) >= 1e6:
		return s.t("million", "n", s.Words.Number(v/1e6, 1))
	case v != math.Trunc(v) && decimals(s.measure.Unit) > 0:
		return s.Words.Number(v, decimals(s.measure.Unit))
	}
	return s.Words.Number(v, 0)
}

// unitWord is the unit in words: "%", "persone".
func (s scene) unitWord() string {
	key := "unit." + string(s.measure.Unit)
	if !s.Words.Has("chart." + key) {
		return string(s.measure.Unit)
	}
	return s.t(key)
}

func (s scene) percent() bool { return s.measure.Unit == "percent" }

// estimated tells whether values stand on persons or events counted beside
// them, and may have an interval: rates and estimates, not complete counts.
func (s scene) estimated() bool {
	return s.header.Kind.HasParts()
}

// published tells whether the scene's values are rates of another source, which
// gives no interval here: of a sample or of a complete count, we cannot say.
func (s scene) published() bool {
	return s.header.Kind == release.Observation && s.measure.Unit == "percent"
}

// comparable tells whether values of places of different size stand beside each
// other: shares, means and ratios do, counts and sums do not.
func (s scene) comparable() bool {
	switch s.measure.Unit {
	case "percent", "points", "index", "ratio", "per_1000", "per_10000":
		return true
	case "days":
		return s.estimated()
	}
	return false
}

// figure starts a Figure with what does not depend on the form.
func (s scene) figure(form, geo string) Figure {
	return Figure{
		ID: s.ID, Form: form, Lang: s.Words.Lang,
		Unit: s.unitWord(), Source: s.header.Source.In(s.Words.Lang), Extracted: s.Words.Date(s.Release.Info.ExtractionDate),
		View: s.header.View, Measure: s.measure.Code, Geo: geo, Method: s.header.Method, Synthetic: s.Release.Info.Synthetic,
	}
}

// titled sets headline, subtitle and sentence.
func (s scene) titled(f *Figure, title, area, sentence string) {
	f.Title = title
	if s.Whom != "" {
		f.Title = s.t("title.whom", "whom", s.Whom, "title", lower(title))
	}
	f.Sentence = sentence
	f.Subtitle = s.t("subtitle", "measure", s.label(), "area", area, "period", f.Period)
}

// visibleNotes is how many notes of rows stand under a figure; the rest is for
// who asks.
const visibleNotes = 2

// noted adds the notes that the shown rows carry, then the definition and the
// view's caveats.
func (s scene) noted(f *Figure, rows []release.Row) {
	f.About = append(f.About, s.definition()...)
	f.Sentence = strings.TrimSpace(f.Sentence + " " + s.signsSaid(rows))
	for _, flag := range flagged[2:] {
		if slices.ContainsFunc(rows, flag.is) {
			f.Notes = append(f.Notes, s.t("flag."+flag.name+".note"))
		}
	}
	most := len(f.Notes) + visibleNotes
	var rest []string
	seen := map[string]bool{}
	for _, r := range rows {
		for _, id := range r.Notes {
			if seen[id] {
				continue
			}
			seen[id] = true
			for _, n := range s.Release.Notes {
				switch {
				case n.ID != id:
				case len(f.Notes) < most:
					f.Notes = append(f.Notes, n.Text.In(s.Words.Lang))
				default:
					rest = append(rest, n.Text.In(s.Words.Lang))
				}
			}
		}
	}
	f.About = append(f.About, rest...)
	for _, c := range s.header.Caveats {
		f.About = append(f.About, c.In(s.Words.Lang))
	}
}

// definition says what is counted: numerator and denominator of a rate, else
// whom the view covers.
func (s scene) definition() []string {
	n, d := s.header.Numerator.In(s.Words.Lang), s.header.Denominator.In(s.Words.Lang)
	if s.estimated() && n != "" && d != "" {
		return []string{s.t("about.numerator", "text", n), s.t("about.denominator", "text", d)}
	}
	if u := s.header.Universe.In(s.Words.Lang); u != "" {
		return []string{s.t("about.universe", "text", u)}
	}
	return nil
}

// pick returns the only row of a territory and period, and whether it is there.
func (s scene) pick(geo, period string) (release.Row, bool) {
	return s.Frame.One(s.ask(release.Select{Geo: geo, GeoLevel: s.geoLevel(geo), Period: period}))
}

// latest is the period asked for, else the last that shows a value at level,
// else the last of which more is known than that nothing is known yet: counts
// too few for a rate, or that they are confidential.
func (s scene) latest(sel release.Select) (string, error) {
	if s.Period != "" {
		return s.Period, nil
	}
	sel = s.ask(sel)
	p, ok := s.Frame.LatestPeriod(sel)
	if ok {
		return p, nil
	}
	for _, r := range s.Frame.Where(sel) {
		if r.Status != release.Missing {
			p = max(p, r.Period)
		}
	}
	if p != "" {
		return p, nil
	}
	periods := s.Frame.Periods(s.PeriodType)
	if len(periods) == 0 {
		return "", fmt.Errorf("draw %s: view %s: no period", s.ID, s.header.View)
	}
	return periods[len(periods)-1], nil
}
