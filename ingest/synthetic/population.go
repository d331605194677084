package synthetic

import (
	"math/rand/v2"
	"strconv"
)

// ageShares are invented shares of age bands, women and men together.
var ageShares = []struct {
	band  string
	share float64
	women float64 // share of women in the band
}{
	{"0-14", .122, .485}, {"15-24", .094, .480}, {"25-34", .105, .487}, {"35-44", .125, .497},
	{"45-54", .163, .502}, {"55-64", .148, .510}, {"65+", .243, .562},
}

// residentsPerDistrict is the mean number of invented residents.
const residentsPerDistrict = 117_000

// Population is one cell of the invented resident population.
type Population struct {
	District string
	Year     int
	Sex      string // F, M
	AgeBand  string
	Persons  int
}

// population invents residents by district × year × sex × age band: sizes go
// with the districts' weights, the old grow and the young shrink slowly.
func (w *world) population(year int) []Population {
	rng := rand.New(rand.NewPCG(w.seed, streamWorld+1))
	var out []Population
	before := 0.0
	for d, c := range w.homes {
		size := (c - before) * residentsPerDistrict * float64(len(w.districts))
		before = c
		older := .12 * rng.NormFloat64()
		for i, a := range ageShares {
			tilt := 1 + older*(float64(i)-3)/3 + .004*float64(year-w.firstYear)*(float64(i)-3)/3
			for s, sex := range sexes {
				share := a.women
				if s == 1 {
					share = 1 - a.women
				}
				out = append(out, Population{w.districts[d].code, year, sex, a.band, int(size * a.share * tilt * share)})
			}
		}
	}
	return out
}

func (g *generator) writePopulation(year int) error {
	period, issued := yearPeriod(year)
	f, err := g.create("population", period, issued, modeFull)
	if err != nil {
		return err
	}
	for _, p := range g.world.population(year) {
		line := append([]byte(","), p.District...)
		line = strconv.AppendInt(append(line, ','), int64(p.Year), 10)
		line = append(append(line, ','), p.Sex...)
		line = append(append(line, ','), p.AgeBand...)
		line = strconv.AppendInt(append(line, ','), int64(p.Persons), 10)
		g.addOpen(f, line)
	}
	return g.finish(f)
}
