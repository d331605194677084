package dashboards

import (
	"cmp"
	"math"
	"slices"

	"osservatorio/queries/release"
)

// howManySimilar is how many territories stand beside one: enough for a median,
// few enough to be named in one line.
const howManySimilar = 5

// Similar is the territories of the same level that are closest to one in size.
// Geos is empty where the release publishes none of the counts; Says tells how
// similar is defined, in the language of the page.
type Similar struct {
	Geos []string
	Says string
}

// sizes are the counts that may tell how large a territory is for the services:
// who seeks work there and what work begins. The first two published count.
func sizes() []panel {
	return []panel{
		{view: demandView, measure: "seekers", year: true},
		{view: "flows", measure: "starts", year: true},
		{view: "gol_taken_in_charge", measure: "individuals"},
		{view: "co_flows", measure: "hires"},
		{view: golView, measure: "taken_in_charge", year: true},
		{view: timely, measure: timelyMain, year: true},
	}
}

// size is one count by territory, as logarithms, with what it is.
type size struct {
	label, period string
	log           map[string]float64
}

// sizesAt are the first two counts that most territories of a level show.
func (b *book) sizesAt(level string) []size {
	var out []size
	for _, p := range sizes() {
		ref, ok := b.ref(p)
		if !ok || len(out) == 2 {
			continue
		}
		s := size{label: lowerFirst(b.measureName(p.view, p.measure)), period: ref.Period, log: map[string]float64{}}
		rows := b.views[p.view].totals.Where(release.Select{GeoLevel: level, Measure: p.measure, Period: ref.Period})
		for _, r := range rows {
			if r.Status.Shown() && r.Value != nil && *r.Value > 0 && r.Unit != "percent" {
				s.log[r.Geo] = math.Log(*r.Value)
			}
		}
		if 2*len(s.log) > len(rows) && len(rows) > howManySimilar {
			out = append(out, s)
		}
	}
	return out
}

// similar finds the territories closest to g: the smallest distance between the
// logarithms of the published counts, so that twice as large is as far as half
// as large. Ties fall to the code. A territory that does not show one of the
// counts is compared with none.
func (b *book) similar(g release.Geo) Similar {
	if _, known := b.sized[g.Level]; !known {
		b.sized[g.Level] = b.sizesAt(g.Level)
	}
	counts := b.sized[g.Level]
	if len(counts) == 0 {
		return Similar{Says: b.t("similar.none")}
	}
	says := b.similarSays(g.Level, counts)
	type other struct {
		code     string
		distance float64
	}
	var others []other
	for _, o := range b.rel.AtLevel(g.Level) {
		if d, ok := distance(counts, g.Code, o.Code); ok && o.Code != g.Code {
			others = append(others, other{o.Code, d})
		}
	}
	if len(others) == 0 {
		return Similar{Says: says + " " + b.t("similar.hidden", "name", g.Name.In(b.w.Lang))}
	}
	slices.SortFunc(others, func(x, y other) int {
		return cmp.Or(cmp.Compare(x.distance, y.distance), cmp.Compare(x.code, y.code))
	})
	s := Similar{Says: says}
	for _, o := range others[:min(howManySimilar, len(others))] {
		s.Geos = append(s.Geos, o.code)
	}
	return s
}

func (b *book) similarSays(level string, counts []size) string {
	args := []any{"n", b.w.Int(howManySimilar), "places", b.levelWords(level), "first", counts[0].label, "period", b.w.Period(counts[0].period)}
	if len(counts) == 1 {
		return b.t("similar.one", args...)
	}
	return b.t("similar.two", append(args, "second", counts[1].label, "period2", b.w.Period(counts[1].period))...)
}

// distance is how far two territories are apart in size; ok is false where a
// count of one of them is not shown.
func distance(counts []size, one, other string) (d float64, ok bool) {
	for _, s := range counts {
		a, shown := s.log[one]
		b, too := s.log[other]
		if !shown || !too {
			return 0, false
		}
		d += (a - b) * (a - b)
	}
	return d, true
}

// levelWords is the plural of a level, as inside a sentence.
func (b *book) levelWords(level string) string {
	for _, l := range b.rel.Info.Region.Levels {
		if l.Code == level {
			return lowerFirst(l.Plural.In(b.w.Lang))
		}
	}
	return level
}
