package chart

import (
	"math"

	"osservatorio/queries/release"
)

// strip is the small drawing of where a territory stands among all of its
// level in one period: the others as ticks, the reference as a dark line, the
// territory with its interval. It is nil where the reference or the territory
// shows no share.
func (s scene) strip(row release.Row, reference string) *canvas {
	ref, ok := s.pick(reference, row.Period)
	if !ok || !s.comparable() || markOf(ref) != shown || markOf(row) != shown || row.Geo == reference {
		return nil
	}
	const w, h, edge, y = 270.0, 96.0, 6.0, 46.0
	lo, hi := *row.Value, *row.Value
	see := func(r release.Row) {
		for _, v := range []*float64{r.Value, r.Low, r.High} {
			if v != nil {
				lo, hi = math.Min(lo, *v), math.Max(hi, *v)
			}
		}
	}
	see(row)
	see(release.Row{Value: ref.Value})
	var others []float64
	for _, r := range s.where(release.Select{GeoLevel: row.GeoLevel, Period: row.Period}) {
		if markOf(r) == shown && r.Geo != row.Geo {
			others = append(others, *r.Value)
			see(release.Row{Value: r.Value})
		}
	}
	if hi == lo {
		lo, hi = lo-1, hi+1
	}
	at := scale{lo, hi, edge, w - edge}
	c := &canvas{width: int(w), height: int(h), x: scale{0, w, 0, w}, y: scale{0, h, 0, h}}
	c.rule(0, y, w, y, zGrid, shapeStyle{Stroke: gridline, LineWidth: 1})
	var ticks [][][2]float64
	for _, v := range others {
		ticks = append(ticks, [][2]float64{{tenth(at.at(v)), y - 7}, {tenth(at.at(v)), y + 7}})
	}
	c.lines(ticks, stroke{color: context, width: 1, opacity: .6, z: zBand})
	x := at.at(*ref.Value)
	c.rule(x, y-15, x, y+15, zBand, shapeStyle{Stroke: ink, LineWidth: 2})
	if hasInterval(row) {
		c.lines([][][2]float64{{{tenth(at.at(*row.Low)), y}, {tenth(at.at(*row.High)), y}}}, stroke{color: accent, width: 3, opacity: .6, z: zLine})
	}
	own := at.at(*row.Value)
	c.dots([]point{dot(tenth(own), y, s.tip(s.geoName(row.Geo), row))}, accent, 11)
	c.text(inside(s.geoName(row.Geo), own, w), y-26, s.geoName(row.Geo), bold.colour(accent).center().haloed())
	label := s.refShort(reference) + " " + s.compact(*ref.Value)
	c.text(inside(label, x, w), y+28, label, quiet.center())
	return c
}

// inside moves the middle of a text so that it stays in a drawing of width w.
func inside(text string, x, w float64) float64 {
	half := width(text, textSize) / 2
	return math.Min(math.Max(x, half), w-half)
}
