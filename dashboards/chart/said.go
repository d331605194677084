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
	Parts    string // of a share: "1.204 su 1.560"
	Change   string // on a year before: "+2,9 punti su un anno prima", "" where it cannot be told
	Why      string // at length, why there is no value; "" where there is one
	Mark     string // as in LegendItem, "" where the value is shown
}

// Say writes a row of a frame in the words of the figures: the same number, the
// same sign where it is hidden, never the number behind a sign.
func Say(w *words.Catalogue, rel *release.Release, f *release.Frame, r release.Row) (Said, error) {
	s, err := newScene(Input{Words: w, Release: rel, Frame: f, ID: f.Header.View, Measure: r.Measure, PeriodType: r.PeriodType, By: categories(f.Header, r)})
	if err != nil {
		return Said{}, fmt.Errorf("say row of %s: %w", r.Geo, err)
	}
	out := Said{Label: s.label(), Value: s.say(r), Mark: markOf(r).legendMark(), Interval: s.interval(r)}
	if markOf(r) != shown {
		out.Why = s.why(markOf(r))
		return out, nil
	}
	out.Change = sentenceCase(s.change(s.history(r.Geo), r))
	if !s.percent() && s.measure.Unit != "eur" {
		out.Unit = s.unitWord()
	}
	if r.Numerator != nil && r.Denominator != nil && s.percent() {
		out.Parts = s.outOf(r)
	}
	return out, nil
}

// categories are the categories of a row that is no total, nil for a total.
func categories(h release.Header, r release.Row) map[string]string {
	var by map[string]string
	for i, code := range r.By {
		if code != release.Total {
			if by == nil {
				by = map[string]string{}
			}
			by[h.Breakdowns[i]] = code
		}
	}
	return by
}
