package synthetic

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

var providerKinds = [...]string{"cpi", "accredited"}

func kindOf(accredited bool) int {
	if accredited {
		return 1
	}
	return 0
}

// provider is a CPI or an accredited body with its sites, in the order of
// their codes.
type provider struct {
	code       string
	accredited bool
	sites      []site
	slugs      string
}

type site struct {
	code     string
	comune   int
	from, to day // first and last day; none is open
}

// seat is the comune of the first site open on that day; false if none is.
func (p *provider) seat(d day) (comune int, ok bool) {
	for _, s := range p.sites {
		if s.from <= d && (s.to == none || d <= s.to) {
			return s.comune, true
		}
	}
	return 0, false
}

// setProviders invents sites for each CPI and some accredited bodies. Sites
// open on the first and close on the last day of a year, so that each yearly
// delivery knows all that its year needs.
func (w *world) setProviders(rng *rand.Rand) {
	persons, firms := w.offered(false), w.offered(true)
	at := map[string]int{}
	for _, c := range w.comuni {
		if _, ok := at[c.cpi]; ok {
			continue
		}
		at[c.cpi] = len(w.providers)
		d := w.districts[c.district]
		p := provider{code: c.cpi, slugs: persons + "|" + firms}
		p.sites = append(p.sites, site{siteCode(0), d.comuni[w.largest(c.district)], newDay(2010, 1, 1), none})
		if len(d.comuni) > 4 {
			p.sites = append(p.sites, site{siteCode(1), d.comuni[rng.IntN(len(d.comuni))], newDay(w.firstYear+1, 1, 1), none})
		}
		w.providers = append(w.providers, p)
	}
	for _, c := range w.comuni {
		w.centres = append(w.centres, at[c.cpi])
	}
	w.addBodies(rng, persons, firms)
}

func (w *world) addBodies(rng *rand.Rand, persons, firms string) {
	w.bodies = make([][]int, len(w.districts))
	for n := range len(w.districts) + 2 {
		p := provider{code: fmt.Sprintf("ENTE-%03d", n+1), accredited: true, slugs: persons + "|" + firms}
		home := n % len(w.districts)
		for s := range 1 + rng.IntN(4) {
			d := home
			if s > 0 {
				d = pick(w.homes, rng.Float64())
			}
			p.sites = append(p.sites, w.newSite(rng, s, d))
			if !slices.Contains(w.bodies[d], len(w.providers)) {
				w.bodies[d] = append(w.bodies[d], len(w.providers))
			}
		}
		w.providers = append(w.providers, p)
	}
	for year := w.firstYear + 1; year <= w.lastYear; year++ { // each year a new site, so no two deliveries are the same
		p := &w.providers[len(w.providers)-1-year%len(w.districts)]
		d := pick(w.homes, rng.Float64())
		s := w.newSite(rng, len(p.sites), d)
		s.from = newDay(year, 1, 1)
		p.sites = append(p.sites, s)
	}
}

// siteCode numbers sites so that their order as text is that of opening.
func siteCode(n int) string { return fmt.Sprintf("S%02d", n+1) }

// newSite opens a body's site. The first is there all the time unless a later
// one takes over: some first sites close at the end of the run's first year.
func (w *world) newSite(rng *rand.Rand, n, d int) site {
	s := site{code: siteCode(n), from: newDay(2012, 1, 1), to: none}
	s.comune = w.districts[d].comuni[pick(w.comuniCum[d], rng.Float64())]
	switch {
	case n == 0 && rng.Float64() < .2 && w.lastYear > w.firstYear:
		s.to = newDay(w.firstYear, 12, 31)
	case n > 0 && rng.Float64() < .4:
		s.from = newDay(min(w.firstYear+1, w.lastYear), 1, 1)
	}
	return s
}

func (w *world) largest(d int) int {
	best, at, before := 0.0, 0, 0.0
	for i, c := range w.comuniCum[d] {
		if c-before > best {
			best, at = c-before, i
		}
		before = c
	}
	return at
}

func (w *world) offered(employer bool) string {
	set := uint64(0)
	for i, l := range w.lep {
		if l.employer == employer {
			set |= 1 << i
		}
	}
	return string(w.appendSlugs(nil, set))
}

// writeProviders writes the full delivery of a year: sites open in it or
// before, with their closing once it is known.
func (g *generator) writeProviders(year int) error {
	w := g.world
	period, issued := yearPeriod(year)
	f, err := g.create("providers", period, issued, modeFull)
	if err != nil {
		return err
	}
	for _, p := range w.providers {
		for _, s := range p.sites {
			if s.from > newDay(year, 1, 1) {
				continue
			}
			line := append([]byte(p.code), ',')
			line = append(append(line, providerKinds[kindOf(p.accredited)]...), ',')
			line = append(append(line, s.code...), ',')
			line = append(append(line, w.comuni[s.comune].code...), ',')
			line = append(append(line, p.slugs...), ',')
			line = w.append(line, s.from)
			line = append(line, ',')
			if s.to != none && s.to < newDay(year, 1, 1) {
				line = w.append(line, s.to)
			}
			g.addOpen(f, line)
		}
	}
	return g.finish(f)
}
