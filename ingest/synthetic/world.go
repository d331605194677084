package synthetic

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// world is the invented region: what is the same for all persons. It is made
// once from the seed and only read afterwards, so workers share it.
type world struct {
	*reference
	*calendar
	seed      uint64
	persons   int
	effects   []effect  // by district
	homes     []float64 // cumulative weights of districts
	comuniCum [][]float64
	providers []provider
	bodies    [][]int // accredited bodies with a site, by district
	centres   []int   // provider of each comune's CPI
	groups    map[string][]int
	codesFrom day      // first day of the oldest contract code
	employers int      // per district
	beyond    []string // codes of workplaces outside the region
	slot      slots
	horizon   day // last simulated day
	first     day
	threshold int
	stale     struct {
		before day
		age    int
	}
	lag [personal]day
}

// effect is how one district differs: quality (−1 to 1) moves how many are
// reached and how soon, fortune (−1 to 1) how soon they find work, tourism
// (0 to 1) how seasonal work is.
type effect struct{ quality, fortune, tourism float64 }

// Streams keep random numbers of different purposes apart.
const (
	streamPersons   = 0x9E3779B97F4A7C15
	streamEmployers = 0xC2B2AE3D27D4EB4F
	streamWorld     = 0x165667B19E3779F9
	streamProviders = 0x27D4EB2F165667C5
	streamPlans     = 0x85EBCA77C2B2AE63
)

// followUp is how long life goes on after the run, in days, so that what
// happens to the last cohorts is known in the generator's own books.
const followUp = 400

func newWorld(r *reference, c *calendar, o Options) (*world, error) {
	w := &world{
		reference: r, calendar: c, seed: o.Seed, persons: o.Persons, horizon: c.to + followUp,
		groups: map[string][]int{}, employers: max(4, o.Persons/12/len(r.districts)),
		threshold: int(r.parameter["fragility_threshold"]), first: day(r.parameter["first_agreement_days"]),
	}
	w.stale.before = newDay(int(r.parameter["stale_start_year"]), 1, 1)
	w.stale.age = int(r.parameter["stale_age"])
	for s, name := range sourceNames {
		w.lag[s] = day(r.parameter[name+"_lag_days"])
	}
	if w.root() < 0 {
		return nil, errors.New("read reference geo_parent.csv: no territory contains all districts: expected one")
	}
	w.setBeyond()
	rng := rand.New(rand.NewPCG(o.Seed, streamWorld))
	w.setEffects(rng)
	w.setWeights(rng)
	if err := w.setContracts(); err != nil {
		return nil, err
	}
	w.setProviders(rand.New(rand.NewPCG(o.Seed, streamProviders)))
	w.slot = newSlots(r)
	return w, w.slot.check(r)
}

// setEffects gives neighbours like effects: two smooth waves over the tile
// map, a little noise, stretched so that the extremes are reached.
func (w *world) setEffects(rng *rand.Rand) {
	n := len(w.districts)
	quality, fortune := wave(rng), wave(rng)
	qs, fs := make([]float64, n), make([]float64, n)
	east := 1.0
	for i, d := range w.districts {
		qs[i] = quality(d.tileX, d.tileY) + .45*rng.NormFloat64()
		fs[i] = fortune(d.tileX, d.tileY) + .30*rng.NormFloat64()
		east = max(east, d.tileX)
	}
	stretch(qs)
	stretch(fs)
	w.effects = make([]effect, n)
	for i, d := range w.districts {
		coast := max(0, (d.tileX/east-.72)/.28)
		w.effects[i] = effect{qs[i], fs[i], coast}
	}
}

func wave(rng *rand.Rand) func(x, y float64) float64 {
	a, b := .35+.4*rng.Float64(), .35+.4*rng.Float64()
	p, q := 2*math.Pi*rng.Float64(), 2*math.Pi*rng.Float64()
	return func(x, y float64) float64 { return math.Sin(a*x+p) + math.Cos(b*y+q) }
}

// stretch maps values linearly onto −1 to 1.
func stretch(v []float64) {
	low, high := v[0], v[0]
	for _, x := range v {
		low, high = min(low, x), max(high, x)
	}
	for i := range v {
		if high > low {
			v[i] = 2*(v[i]-low)/(high-low) - 1
		} else {
			v[i] = 0
		}
	}
}

// setWeights makes districts and comuni of unequal size: one large comune per
// district, and cities where a district has few comuni.
func (w *world) setWeights(rng *rand.Rand) {
	var homes []float64
	for _, d := range w.districts {
		homes = append(homes, math.Exp(.35*rng.NormFloat64())*(1+2/float64(len(d.comuni))))
		var comuni []float64
		for i := range d.comuni {
			weight := math.Exp(.8*rng.NormFloat64()) / (1 + .15*float64(i))
			comuni = append(comuni, weight)
		}
		w.comuniCum = append(w.comuniCum, cumulative(comuni))
	}
	w.homes = cumulative(homes)
}

// cumulative turns weights into running sums that end at 1.
func cumulative(weights []float64) []float64 {
	sum := 0.0
	for _, x := range weights {
		sum += x
	}
	out := make([]float64, len(weights))
	run := 0.0
	for i, x := range weights {
		run += x / sum
		out[i] = run
	}
	out[len(out)-1] = 1
	return out
}

// pick finds the place of u (0 ≤ u < 1) among running sums.
func pick(cum []float64, u float64) int {
	low, high := 0, len(cum)-1
	for low < high {
		mid := (low + high) / 2
		if u < cum[mid] {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}

// setContracts orders codes by group and asks that the run's last day has one
// of each group that work needs.
func (w *world) setContracts() error {
	w.codesFrom = w.to
	for i, c := range w.contracts {
		if c.from != none {
			w.codesFrom = min(w.codesFrom, c.from)
		}
		w.groups[c.group] = append(w.groups[c.group], i)
	}
	for _, group := range []string{groupOpen, groupFixed} {
		for _, d := range []day{w.from, w.to} {
			if w.contractAt(group, d, 0) < 0 {
				return fmt.Errorf("read reference contracts.csv: no contract of group %q valid on %s: expected one or more", group, d)
			}
		}
	}
	return nil
}

const (
	groupOpen       = "open_ended"
	groupFixed      = "fixed_term"
	groupTrainee    = "traineeship"
	groupAgency     = "agency"
	groupApprentice = "apprenticeship"
)

// contractAt is a contract of the group that is valid on the day: the first
// for most, another for some (u decides); −1 if there is none.
func (w *world) contractAt(group string, d day, u float64) int {
	d = max(d, w.codesFrom) // older work was given the codes of the first list
	var valid [16]int
	n := 0
	for _, i := range w.groups[group] {
		c := &w.contracts[i]
		if (c.from == none || c.from <= d) && (c.to == none || d <= c.to) && n < len(valid) {
			valid[n] = i
			n++
		}
	}
	switch {
	case n == 0:
		return -1
	case u < .8 || n == 1:
		return valid[0]
	}
	return valid[1+int((u-.8)/.2*float64(n-1))%(n-1)]
}

// mix is a small fixed hash: attributes of an employer come from it, so that
// no table of employers is kept.
func mix(a, b uint64) uint64 {
	z := a ^ b*0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

func unit(h uint64) float64 { return float64(h>>11) / (1 << 53) }

// workplace is where and what an employer is: a pure function of its number.
// Employer n sits in district n mod the number of districts.
func (w *world) workplace(employer int) (comune int, sector, occupation string) {
	d := employer % len(w.districts)
	h := mix(w.seed, uint64(employer)+streamEmployers)
	comune = w.districts[d].comuni[pick(w.comuniCum[d], unit(h))]
	s := sectorOf(unit(mix(h, 1)), w.effects[d].tourism)
	return comune, s.codes[mix(h, 2)%uint64(len(s.codes))], s.occupations[mix(h, 3)%uint64(len(s.occupations))]
}

// sectorMix is one ATECO section with its weight inland and on the coast.
type sectorMix struct {
	inland, coast float64
	codes         []string
	occupations   []string
}

var sectors = []sectorMix{
	{.07, .08, []string{"A01.1", "A01.2"}, []string{"6.4.1.1", "8.3.1.1"}},
	{.24, .08, []string{"C10.5", "C25.6", "C28.2", "C23.3"}, []string{"6.2.1.4", "7.2.1.1", "7.1.7.1"}},
	{.01, .01, []string{"E38.1"}, []string{"8.1.4.5"}},
	{.07, .06, []string{"F41.2", "F43.2"}, []string{"6.1.2.1", "6.1.3.7"}},
	{.13, .14, []string{"G47.1", "G46.3"}, []string{"5.1.2.2", "4.3.1.2"}},
	{.08, .04, []string{"H49.4", "H52.2"}, []string{"7.4.2.3", "8.1.3.1"}},
	{.08, .35, []string{"I55.1", "I56.1"}, []string{"5.2.2.3", "5.2.2.1", "8.1.4.2"}},
	{.03, .01, []string{"J62.0", "J58.1"}, []string{"2.1.1.4", "3.1.2.1"}},
	{.01, .01, []string{"K64.1"}, []string{"3.3.2.2"}},
	{.01, .01, []string{"L68.2"}, []string{"3.3.4.1"}},
	{.04, .02, []string{"M69.2", "M71.1"}, []string{"4.1.1.2", "3.1.3.5"}},
	{.08, .07, []string{"N81.2", "N82.9"}, []string{"8.1.4.3", "4.1.2.1"}},
	{.01, .01, []string{"O84.1"}, []string{"4.1.1.1"}},
	{.06, .05, []string{"P85.3", "P85.2"}, []string{"2.6.3.2", "2.6.4.1"}},
	{.05, .04, []string{"Q87.1", "Q88.1"}, []string{"5.3.1.1", "3.2.1.1"}},
	{.01, .03, []string{"R93.1"}, []string{"5.4.1.3"}},
	{.02, .02, []string{"S96.0"}, []string{"5.4.3.1"}},
	{.02, .02, []string{"T97.0"}, []string{"8.2.2.1"}},
}

func sectorOf(u, tourism float64) *sectorMix {
	total := 0.0
	for i := range sectors {
		total += sectors[i].inland*(1-tourism) + sectors[i].coast*tourism
	}
	u *= total
	for i := range sectors {
		u -= sectors[i].inland*(1-tourism) + sectors[i].coast*tourism
		if u < 0 {
			return &sectors[i]
		}
	}
	return &sectors[len(sectors)-1]
}
