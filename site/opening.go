package site

import (
	"slices"
	"strings"

	"osservatorio/queries/release"
)

// opening is what the page of comparisons shows before a reader chooses.
type opening struct {
	Places []place // heads of columns, with their level
	Chosen []place // as they are chosen
	Says   string
}

// Codes are the territories as the script reads them.
func (o opening) Codes() string {
	codes := make([]string, len(o.Places))
	for i, p := range o.Places {
		codes[i] = p.Code
	}
	return strings.Join(codes, " ")
}

// opening is the two territories that lie most surely apart on the first measure
// that tells any two apart, beside the whole; nil where none does.
func (c composer) opening(groups []compareGroup) *opening {
	geos := c.rel.AtLevel(c.rel.Info.Region.PageLevel)
	for i, g := range groups {
		for _, row := range g.Rows {
			above, below, ok := apart(row, geos)
			if !ok {
				continue
			}
			groups[i].Open = true // of which the page speaks
			pair := []release.Geo{above, below}
			says := c.w.T("compare.opening", "above", above.Name.In(c.lang), "below", below.Name.In(c.lang), "measure", lowerFirst(row.Label), "period", row.Period)
			if root, ok := c.rel.Geo(c.rel.Info.Region.Root); ok && !slices.ContainsFunc(pair, func(g release.Geo) bool { return g.Code == root.Code }) {
				pair = append(pair, root)
			}
			return &opening{Places: c.placesWithLevel(pair), Chosen: c.places(pair), Says: says}
		}
	}
	return nil
}

// apart finds the territory whose interval begins highest and that whose interval
// ends lowest; ok is false where these touch. A value without an interval is one
// that begins and ends with it.
func apart(row compareRow, geos []release.Geo) (above, below release.Geo, ok bool) {
	var begins, ends float64
	for _, g := range geos {
		r, has := row.cells[g.Code]
		if !has || !r.Status.Shown() || r.Value == nil {
			continue
		}
		from, to := *r.Value, *r.Value
		if r.Low != nil && r.High != nil {
			from, to = *r.Low, *r.High
		}
		if above.Code == "" || from > begins {
			begins, above = from, g
		}
		if below.Code == "" || to < ends {
			ends, below = to, g
		}
	}
	return above, below, begins > ends
}
