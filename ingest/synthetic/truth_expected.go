package synthetic

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// alike is who the model of expected numbers takes for alike: path, class of
// profile, age and sex, each by its place in its list; together where strata
// were joined.
type alike struct{ path, profile, age, sex int8 }

const together int8 = -1

// stratum are those alike of one district in one year.
type stratum struct {
	year, district int
	alike
}

// standing counts a member of the cohort in her stratum of the year.
func (b *books) standing(on day, district int, of alike, reached bool) {
	p := b.strata[stratum{b.w.yearOf(on), district, of}]
	p.d++
	if reached {
		p.n++
	}
	b.strata[stratum{b.w.yearOf(on), district, of}] = p
}

// alike tells which stratum an agreement's person is of.
func (s *simulator) alike(a *account, ag *agreement) alike {
	r := &a.regs[ag.registration]
	return alike{int8(ag.path), int8(s.w.profileClass(r)), int8(ageBand(s.w.yearOf(ag.on) - r.birthYear)), int8(r.sex)}
}

// scheme of profiling: those of 2016, of 2022, none.
func scheme(profile int8) int8 {
	switch {
	case profile < 4:
		return -2
	case profile < 7:
		return -3
	}
	return -4
}

// joined puts small strata of the region together: the two sexes, then ages,
// then the classes of a scheme; it says where each went.
func joined(region map[alike]pair, least uint32) map[alike]alike {
	into := map[alike]alike{}
	for a := range region {
		into[a] = a
	}
	sizes := func() map[alike]uint32 {
		out := map[alike]uint32{}
		for a, p := range region {
			out[into[a]] += p.d
		}
		return out
	}
	move := func(small func(now alike) bool, to func(a alike) alike) {
		for a, now := range into {
			if small(now) {
				into[a] = to(a)
			}
		}
	}
	size := sizes()
	move(func(now alike) bool {
		other := now
		other.sex = 1 - now.sex
		n, is := size[other]
		return size[now] < least || is && n < least
	}, func(a alike) alike { return alike{a.path, a.profile, a.age, together} })
	for _, wider := range []func(a alike) alike{
		func(a alike) alike { return alike{a.path, a.profile, together, together} },
		func(a alike) alike { return alike{a.path, scheme(a.profile), together, together} },
	} {
		size = sizes()
		move(func(now alike) bool { return size[now] < least }, wider)
	}
	return into
}

// expect fills in what each territory would have in a year at the rates of the
// region, to a tenth, by cell.
func (b *books) expect(year int) []float64 {
	w, region := b.w, map[alike]pair{}
	for s, p := range b.strata {
		if s.year == year {
			region[s.alike] = pair{region[s.alike].n + p.n, region[s.alike].d + p.d}
		}
	}
	into, rates := joined(region, uint32(w.parameter["expected_min_stratum"])), map[alike]pair{}
	for a, p := range region {
		rates[into[a]] = pair{rates[into[a]].n + p.n, rates[into[a]].d + p.d}
	}
	out := make([]float64, len(w.districts)+len(w.wider))
	for _, s := range slices.SortedFunc(maps.Keys(b.strata), inOrder) { // the same bits in every run
		if s.year != year {
			continue
		}
		r := rates[into[s.alike]]
		n := float64(b.strata[s].d) * float64(r.n) / float64(r.d)
		out[s.district] += n
		for _, wider := range w.districts[s.district].wider {
			out[len(w.districts)+wider] += n
		}
	}
	for i, n := range out {
		out[i] = math.Floor((n+1e-9)*10+.5) / 10 // a half of a tenth goes up
	}
	return out
}

func inOrder(a, b stratum) int {
	return cmp.Or(cmp.Compare(a.year, b.year), cmp.Compare(a.district, b.district), cmp.Compare(a.path, b.path), cmp.Compare(a.profile, b.profile),
		cmp.Compare(a.age, b.age), cmp.Compare(a.sex, b.sex))
}

// dispersion is how much further than chance the territories with a page and
// enough persons lie from what is expected of them; 1 at least.
func (b *books) dispersion(period int, expected []float64) float64 {
	g, sum, n := &b.grids[viewExpected], 0.0, 0.0
	for d := range b.w.districts {
		p := g.pairs[g.index(0, period, d)]
		if float64(p.d) < b.w.parameter["expected_min_cohort"] || expected[d] <= 0 {
			continue
		}
		off := float64(p.n) - expected[d]
		sum += off * off / expected[d]
		n++
	}
	if n == 0 {
		return 1
	}
	return max(1, sum/n)
}

// model is what is expected of every cell in every year, and the dispersion.
type model struct {
	expected map[int][]float64 // by period
	factor   map[int]float64
}

// models computes the expected numbers of all years, once all persons are
// counted.
func (b *books) models() model {
	m := model{map[int][]float64{}, map[int]float64{}}
	for i, p := range b.periods {
		if p.kind == periodYear {
			m.expected[i] = b.expect(b.w.yearOf(p.first))
			m.factor[i] = b.dispersion(i, m.expected[i])
		}
	}
	return m
}

// of is one of the measures of a cell.
func (m model) of(c *cellValue) (estimate, bool) {
	expected, factor := m.expected[c.period][c.cell], m.factor[c.period]
	if expected <= 0 {
		return estimate{}, false
	}
	funnel := func(z float64) float64 { return 100 * z * math.Sqrt(factor/expected) }
	switch c.measure.name {
	case "ratio":
		low, high := poisson(c.pair.n)
		return between(100*float64(c.pair.n)/expected, 100*low/expected, 100*high/expected), true
	case "expected":
		return alone(expected), true
	case "limit_95_low":
		return alone(max(0, 100-funnel(z))), true
	case "limit_95_high":
		return alone(100 + funnel(z)), true
	case "limit_998_low":
		return alone(max(0, 100-funnel(zFar))), true
	case "limit_998_high":
		return alone(100 + funnel(zFar)), true
	}
	return alone(factor), true
}

// zFar is the 99.9 % quantile of the normal distribution.
const zFar = 3.090232306167813

// poisson are the exact limits at 95 % of a count: the means at which so many
// or more, and so many or fewer, come in 2.5 of 100 cases.
func poisson(n uint32) (low, high float64) {
	if n > 0 {
		low = meanWhere(n, func(mean float64) bool { return 1-upTo(n-1, mean) < .025 })
	}
	return low, meanWhere(n, func(mean float64) bool { return upTo(n, mean) > .025 })
}

// meanWhere halves the way to the mean at which a claim turns false.
func meanWhere(n uint32, holds func(mean float64) bool) float64 {
	low, high := 0.0, 2*float64(n)+20
	for range 100 {
		if middle := (low + high) / 2; holds(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// upTo is the chance of so many events or fewer around a mean.
func upTo(n uint32, mean float64) float64 {
	sum := 0.0
	for k := range n + 1 {
		fact, _ := math.Lgamma(float64(k) + 1)
		sum += math.Exp(float64(k)*math.Log(mean) - mean - fact)
	}
	return sum
}
