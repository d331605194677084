// Package charttest makes invented releases of a realistic shape for the tests
// of forms, dashboards and the site: every status appears, rates add up from
// district to region, the same call gives the same numbers. Nothing in it
// describes reality.
package charttest

import (
	"math"
	"math/rand/v2"
	"slices"

	"osservatorio/queries/release"
)

// Places of the region with a fixed part in the story: tests may name them.
const (
	Root       = "ITH5"
	Ordinary   = "ER-D33" // above the region, every cell shown
	Below      = "ER-D37" // below the region
	HiddenOne  = "ER-D07" // confidential in the last quarter of lep_coverage
	HiddenTwo  = "ER-D23"
	Few        = "ER-D13" // fewer than thirty persons
	LastShown  = "2026-Q2"
	LastPeriod = "2026-Q3"
)

// quarters of the invented release.
var quarters = []string{
	"2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4", "2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4",
	"2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3",
}

// Region returns an invented release of a region with 38 districts: views
// lep_coverage, lep_timely, out_employed and flows by quarter and year, the
// curves out_time_to_job and lep_wait, out_expected, funnel and funnel_days.
func Region() *release.Release {
	b := newBuilder("region")
	info := release.Info{
		ID: "2026-10", ExtractionDate: "2026-10-31", NextRelease: "2027-02-19", Software: "osservatorio test", Synthetic: true,
		Publisher: release.Publisher{Name: "Regione di prova", IPACode: "r_test", Contact: "osservatorio@example.org", PEC: "pec@example.org",
			AccessibilityURL: "https://example.org/accessibilita", BaseURL: "https://example.org", Licence: "CC-BY-4.0"},
		Region: release.Region{
			Name: text("Emilia-Romagna", "Emilia-Romagna"), Root: Root, PageLevel: "district",
			Levels: []release.GeoLevel{
				{Code: "region", Name: text("Regione", "Region"), Plural: text("Regioni", "Regions")},
				{Code: "ausl", Name: text("AUSL", "Local health authority"), Plural: text("AUSL", "Local health authorities")},
				{Code: "province", Name: text("Provincia", "Province"), Plural: text("Province", "Provinces")},
				{Code: "district", Name: text("Distretto", "District"), Plural: text("Distretti", "Districts")},
			},
		},
		Definitions: []release.Definition{{ID: "lep_coverage", Version: 1, View: "lep_coverage", SQLHash: "00"}},
	}
	r := release.InMemory(info, b.geos, codes(), b.coverage(), b.timely(), b.employed(), b.flows(),
		b.timeToJob(), b.wait(), b.expected(), b.funnel(), b.funnelDays())
	r.Notes = []release.Note{{ID: "profiling-2024", AppliesTo: []string{"lep_coverage"},
		Text: text("Dal II trim. 2024 la profilazione ha nuove classi: i valori prima e dopo non si confrontano.", "From Q2 2024 profiling has new classes: values before and after do not compare.")}}
	return r
}

// builder draws the numbers of one release.
type builder struct {
	rng    *rand.Rand
	geos   []release.Geo
	weight map[string]float64
	codes  map[string]release.CodeList
}

func newBuilder(set string) *builder {
	geos, weight := places(set)
	return &builder{rng: rand.New(rand.NewPCG(2026, 11)), geos: geos, weight: weight, codes: codes()}
}

type cell struct{ n, d float64 }

// grow makes one frame of a rate: numerator and denominator for each district
// and quarter, summed up to every other level; then by breakdown for levels
// above the district.
func (b *builder) grow(h release.Header, m rateMeasure) []release.Row {
	sums := map[string]map[string]cell{} // geo → quarter
	for _, g := range b.level("district") {
		tilt := b.tilt(g.Code)
		for i, q := range quarters {
			d := math.Round(b.weight[g.Code] * m.size * (0.93 + 0.14*b.rng.Float64()))
			p := min(0.97, max(0.03, m.start+(m.end-m.start)*float64(i)/float64(len(quarters)-1)+tilt*m.spread+0.008*b.rng.NormFloat64()))
			n := math.Round(d * p)
			b.add(sums, g.Code, q, cell{n, d})
			for _, parent := range g.Parents {
				b.add(sums, parent, q, cell{n, d})
			}
		}
	}
	var rows []release.Row
	for _, g := range b.geos {
		for i, q := range quarters {
			rows = append(rows, b.rows(h, m, g, q, i, sums[g.Code][q])...)
		}
		for k, year := range years { // a person counts once in the year: fewer than in its quarters together
			var c cell
			for _, q := range quarters[4*k : 4*k+4] {
				c = cell{c.n + sums[g.Code][q].n, c.d + sums[g.Code][q].d}
			}
			rows = append(rows, b.rows(h, m, g, year, 4*k+3, cell{math.Round(c.n * .8), math.Round(c.d * .8)})...)
		}
	}
	return rows
}

func (b *builder) add(sums map[string]map[string]cell, geo, q string, c cell) {
	if sums[geo] == nil {
		sums[geo] = map[string]cell{}
	}
	s := sums[geo][q]
	sums[geo][q] = cell{s.n + c.n, s.d + c.d}
}

// rows returns the total row and, above the district, the rows by breakdown.
func (b *builder) rows(h release.Header, m rateMeasure, g release.Geo, q string, i int, c cell) []release.Row {
	total := make([]string, len(h.Breakdowns))
	for k := range total {
		total[k] = release.Total
	}
	rows := []release.Row{b.rate(h, m, g, q, i, total, c)}
	if len(q) > 4 && (g.Level == "district" || i < len(quarters)-6) {
		return rows
	}
	for k, name := range h.Breakdowns {
		left := c
		list := b.codes[name].Codes
		for j, code := range list {
			part := cell{d: math.Round(c.d * shares(len(list))[j])}
			part.n = math.Round(part.d * min(0.98, c.n/c.d*(1.08-0.16*float64(j)/float64(len(list)-1))))
			if j == len(list)-1 {
				part = cell{max(0, min(left.n, left.d)), left.d}
			}
			left = cell{left.n - part.n, left.d - part.d}
			by := slices.Clone(total)
			by[k] = code.Code
			rows = append(rows, b.rate(h, m, g, q, i, by, part))
		}
	}
	return rows
}

func shares(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = (1.3 - 0.6*float64(i)/float64(max(1, n-1))) / float64(n)
	}
	return out
}

func (b *builder) rate(h release.Header, m rateMeasure, g release.Geo, q string, i int, by []string, c cell) release.Row {
	r := release.Row{GeoLevel: g.Level, Geo: g.Code, PeriodType: "quarter", Period: q, By: by, Measure: m.code,
		Unit: release.Unit("percent"), Conf: release.Free, Status: release.Normal, Definition: h.Definition}
	if len(q) == 4 {
		r.PeriodType = "year"
	}
	switch {
	case m.noRule:
		r.Status, r.Reason = release.Missing, release.NoRule
	case i > m.last:
		r.Status, r.Reason = release.Missing, release.NotObservable
	case m.hide && i == m.last && (g.Code == HiddenOne || g.Code == HiddenTwo):
		r.Status, r.Conf = release.Confidential, release.Hidden
	case c.d == 0:
		r.Status = release.CannotExist
		r.Numerator, r.Denominator = ptr(0), ptr(0)
	case c.d < 30 || (g.Code == Few && i == m.last):
		d := min(c.d, 27)
		r.Status, r.Numerator, r.Denominator = release.LowReliability, ptr(math.Round(c.n/c.d*d)), ptr(d)
	default:
		low, high := wilson(c.n, c.d)
		r.Numerator, r.Denominator, r.Value, r.Low, r.High = ptr(c.n), ptr(c.d), ptr(100*c.n/c.d), ptr(low), ptr(high)
		switch {
		case m.breakAt != "" && q == m.breakAt:
			r.Status, r.Notes = release.SeriesBreak, []string{"profiling-2024"}
		case i == m.last:
			r.Status = release.Provisional
		}
	}
	return r
}

func (b *builder) level(level string) []release.Geo {
	var out []release.Geo
	for _, g := range b.geos {
		if g.Level == level {
			out = append(out, g)
		}
	}
	return out
}

// tilt is how far a district stands from the region, −1 to 1; fixed for the
// places that tests name.
func (b *builder) tilt(code string) float64 {
	switch code {
	case Ordinary:
		return 0.9
	case Below:
		return -1
	}
	r := rand.New(rand.NewPCG(hash(code), 7))
	return math.Max(-1, math.Min(1, 0.45*r.NormFloat64()))
}

func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range []byte(s) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

// wilson returns the 95 % interval of a share, in percent.
func wilson(n, d float64) (low, high float64) {
	const z = 1.959964
	p := n / d
	mid := (p + z*z/(2*d)) / (1 + z*z/d)
	half := z / (1 + z*z/d) * math.Sqrt(p*(1-p)/d+z*z/(4*d*d))
	return 100 * max(0, mid-half), 100 * min(1, mid+half)
}

func ptr(x float64) *float64 { return &x }

func text(it, en string) release.Text { return release.Text{IT: it, EN: en} }
