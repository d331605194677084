package chart

import (
	"math"
	"strings"

	"osservatorio/queries/release"
)

// HeadlineInput asks for one number as a key figure.
type HeadlineInput struct {
	Input
	Geo       string
	Reference string // geo code to stand against, "" or Geo itself for none
	Among     bool   // draw a share among the others of its level, not over time
}

// Headline makes a key figure: the number, how it stands to a year before and
// to the reference, its interval in words and a small trend.
func Headline(in HeadlineInput) (Key, error) {
	s, err := newScene(in.Input)
	if err != nil {
		return Key{}, err
	}
	period, err := s.latest(release.Select{Geo: in.Geo, GeoLevel: s.geoLevel(in.Geo)})
	if err != nil {
		return Key{}, err
	}
	k := Key{ID: s.ID, Label: s.label(), View: s.header.View, Measure: s.measure.Code}
	if s.Label != "" {
		k.Label = s.Label
	}
	row, ok := s.pick(in.Geo, period)
	if !ok || markOf(row) != shown {
		k.Value = s.say(row)
		k.Interval = s.why(markOf(row))
		k.Alt = s.t("key.alt", "geo", s.geoName(in.Geo), "measure", s.label(), "value", k.Interval, "period", s.Words.Period(period))
	} else {
		s.state(&k, in, row)
	}
	if c := s.strip(row, in.Reference); in.Among && c != nil {
		// A strip has no axis of time that would say when.
		k.Interval = joinShown([]string{k.Interval, s.Words.Period(period)}, ", ")
		k.Alt += " " + s.t("key.alt.strip", "geo", s.geoName(in.Geo), "the", s.refThe(in.Reference))
		k.Spark, err = c.drawing()
		return k, err
	}
	k.Spark, err = sparkline(gatherTrend(s, TrendInput{Geo: in.Geo})).drawing()
	return k, err
}

func (s scene) state(k *Key, in HeadlineInput, row release.Row) {
	k.Value, k.Unit = s.bare(*row.Value), s.keyUnit()
	var parts []string
	if in.Reference != "" && in.Reference != in.Geo {
		parts = append(parts, s.besides(in.Reference, row))
	}
	parts = append(parts, s.change(s.history(in.Geo), row))
	k.Change = sentenceCase(joinShown(parts, ", "))
	switch i := s.interval(row); {
	case i != "":
		k.Interval = s.t("key.interval", "interval", i)
	case !s.percent() && !s.estimated():
		k.Interval = s.t("key.complete")
	}
	k.Alt = s.t("key.alt", "geo", s.geoName(in.Geo), "measure", s.label(), "value", s.say(row), "period", s.Words.Period(row.Period))
	if k.Change != "" {
		k.Alt += " " + k.Change + "."
	}
}

func (s scene) keyUnit() string {
	switch s.measure.Unit {
	case "percent":
		return "%"
	case "eur":
		return "€"
	case "ratio": // the name says of what to what
		return ""
	}
	return s.unitWord()
}

// besides says how a row stands to the reference's in the same period.
func (s scene) besides(reference string, row release.Row) string {
	ref, ok := s.pick(reference, row.Period)
	if !ok || markOf(ref) != shown || !s.comparable() {
		return "" // counts of places of different size do not compare
	}
	if hasInterval(row) && hasInterval(ref) && against(row, ref) == 0 {
		return s.t("key.same", "from", s.refFrom(reference))
	}
	diff := s.shownNumber(*row.Value) - s.shownNumber(*ref.Value)
	than := s.t("than." + s.refKind(reference))
	switch {
	case math.Abs(diff) < 1e-9:
		return s.t("key.equal", "the", s.refThe(reference))
	case diff > 0:
		return s.t("key.above", "diff", s.difference(diff), "than", than)
	}
	return s.t("key.below", "diff", s.difference(-diff), "than", than)
}

func joinShown(parts []string, sep string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, sep)
}

// sparkline is the small trend under a key figure: line, last point, first and
// last value in words.
func sparkline(t *trend) *canvas {
	const w, h, left, right, top, bottom = 270.0, 96.0, 4.0, 206.0, 12.0, 62.0
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, r := range t.own {
		if markOf(r) == shown {
			lo, hi = math.Min(lo, *r.Value), math.Max(hi, *r.Value)
		}
	}
	if math.IsInf(lo, 1) {
		lo, hi = 0, 1
	}
	if hi-lo < math.Abs(hi)*.05 {
		lo, hi = lo-math.Abs(hi)*.03, hi+math.Abs(hi)*.03
	}
	if hi == lo {
		hi = lo + 1
	}
	c := &canvas{width: int(w), height: int(h), x: scale{0, math.Max(1, float64(len(t.periods)-1)), left, right}, y: scale{lo, hi, bottom, top}}
	c.rule(0, bottom+10, w, bottom+10, zGrid, shapeStyle{Stroke: gridline, LineWidth: 1})
	t.line(c, t.own, context, 2.5, 0)
	first, last, ok := t.told()
	if !ok {
		return c
	}
	c.dots([]point{dot(t.at(last.Period), *last.Value, t.periodTip(last))}, accent, 10)
	_, newest, _ := t.ends() // what is provisional is drawn between the point and its number
	x, y, value := c.x.at(t.at(newest.Period))+11, c.y.at(*last.Value), t.compact(*last.Value)
	if over := x + 1.1*width(value, textSize) - w; over > 0 { // a long number stands over or under its point
		x, y = x-over, y-16
		if y < 8 {
			y += 32
		}
	}
	c.text(x, y, value, bold.colour(accent).haloed())
	c.text(0, bottom+24, t.shortPeriod(first.Period)+": "+t.compact(*first.Value), quiet)
	end := t.shortPeriod(last.Period)
	if provisional(last) {
		end += " (p)"
	}
	c.text(w, bottom+24, end, quiet.right())
	return c
}
