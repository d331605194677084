package chart

import (
	"fmt"

	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// Said is one row of a view in words, as every figure says it.
type Said struct {
	Label    string // of the measure
	Value    string // "77,2%", "1.204 (p)", or the short word for why there is none
	Unit     string // "giorni", "persone"; "" where the value carries it
	Interval string // "76,7–77,7%", "" where there is none
	Why      string // at length, why there is no value; "" where there is one
	Mark     string // as in LegendItem, "" where the value is shown
}

// Say writes a row of a view in the words of the figures: the same number, the
// same sign where it is hidden, never the number behind a sign.
func Say(w *words.Catalogue, rel *release.Release, h release.Header, r release.Row) (Said, error) {
	s, err := newScene(Input{Words: w, Release: rel, Frame: &release.Frame{Header: h}, ID: h.View, Measure: r.Measure, PeriodType: r.PeriodType})
	if err != nil {
		return Said{}, fmt.Errorf("say row of %s: %w", r.Geo, err)
	}
	out := Said{Label: s.label(), Value: s.say(r), Mark: markOf(r).legendMark(), Interval: s.interval(r)}
	switch {
	case markOf(r) != shown:
		out.Why = s.why(markOf(r))
	case !s.percent() && s.measure.Unit != "eur":
		out.Unit = s.unitWord()
	}
	return out, nil
}
