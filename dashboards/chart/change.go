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
	return s.where(release.Select{Geo: geo, GeoLevel: s.geoLevel(geo)})
}

// change says how a value stands to that of a year before; empty where there
// is none or the series breaks between.
func (s scene) change(rows []release.Row, now release.Row) string {
	if markOf(now) != shown {
		return ""
	}
	found, ok := s.yearBefore(rows, now)
	if !ok {
		return ""
	}
	if hasInterval(now) && hasInterval(found) && against(now, found) == 0 {
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

// yearBefore is the row of a year before that now compares with; ok is false
// where it has no value or the series breaks between.
func (s scene) yearBefore(rows []release.Row, now release.Row) (found release.Row, ok bool) {
	before := yearBefore(now.Period)
	for _, r := range rows {
		if r.Period == before && markOf(r) == shown {
			found, ok = r, true
		}
		if r.Status == release.SeriesBreak && r.Period > before && r.Period <= now.Period {
			return release.Row{}, false
		}
	}
	return found, ok
}

// shownNumber is v as the reader sees it, so that differences can be checked.
func (s scene) shownNumber(v float64) float64 {
	p := math.Pow10(decimals(s.measure.Unit))
	return math.Round(v*p) / p
}

func (s scene) difference(d float64) string {
	switch s.measure.Unit {
	case "percent", "points":
		return s.t("change.points", "n", s.Words.Number(d, 1))
	case "eur":
		return s.compact(d)
	}
	return joinShown([]string{s.Words.Number(d, decimals(s.measure.Unit)), s.differenceUnit()}, " ")
}

// differenceUnit names the unit of a difference where the number alone would
// not say what differs.
func (s scene) differenceUnit() string {
	if s.measure.Unit == "days" {
		return s.unitWord()
	}
	return ""
}
