package chart

import (
	"math"
	"strconv"

	"osservatorio/queries/release"
)

// yearBefore is the same period one year earlier.
func yearBefore(period string) string {
	if len(period) < 4 {
		return ""
	}
	y, err := strconv.Atoi(period[:4])
	if err != nil {
		return ""
	}
	return strconv.Itoa(y-1) + period[4:]
}

// series of one territory, in the order of time.
func (s scene) history(geo string) []release.Row {
	return s.Frame.Where(release.Select{Geo: geo, GeoLevel: s.geoLevel(geo), Measure: s.measure.Code, By: s.By})
}

// change says how a value stands to that of a year before; empty where there
// is none or the series breaks between.
func (s scene) change(rows []release.Row, now release.Row) string {
	if markOf(now) != shown {
		return ""
	}
	before, found := yearBefore(now.Period), (*release.Row)(nil)
	for i, r := range rows {
		if r.Period == before && markOf(r) == shown {
			found = &rows[i]
		}
		if r.Status == release.SeriesBreak && r.Period > before && r.Period <= now.Period {
			return ""
		}
	}
	if found == nil {
		return ""
	}
	if hasInterval(now) && hasInterval(*found) && against(now, *found) == 0 {
		return s.t("change.same")
	}
	diff := s.shownNumber(*now.Value) - s.shownNumber(*found.Value)
	switch {
	case math.Abs(diff) < 1e-9:
		return s.t("change.equal")
	case diff > 0:
		return s.t("change.more", "diff", s.difference(diff))
	}
	return s.t("change.less", "diff", s.difference(-diff))
}

// shownNumber is v as the reader sees it, so that differences can be checked.
func (s scene) shownNumber(v float64) float64 {
	if s.percent() {
		return math.Round(v*10) / 10
	}
	return math.Round(v)
}

func (s scene) difference(d float64) string {
	switch s.measure.Unit {
	case "percent", "points":
		return s.t("change.points", "n", s.Words.Number(d, 1))
	case "eur":
		return s.value(d)
	}
	return s.Words.Number(d, 0)
}
