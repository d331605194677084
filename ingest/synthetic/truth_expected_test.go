package synthetic

import (
	"maps"
	"math"
	"testing"
)

// Garwood, Fiducial limits for the Poisson distribution (Biometrika 28, 1936),
// as R's poisson.test gives them.
func TestLimitsOfACountAreThePublishedOnes(t *testing.T) {
	for n, want := range map[uint32][2]float64{0: {0, 3.688879}, 1: {0.02531781, 5.571643}, 5: {1.623486, 11.66833}, 10: {4.795389, 18.39036}, 20: {12.21652, 30.88838}} {
		low, high := poisson(n)
		if math.Abs(low-want[0]) > 1e-6*max(1, want[0]) || math.Abs(high-want[1]) > 1e-6*want[1] {
			t.Errorf("%d: %v to %v, want %v to %v", n, low, high, want[0], want[1])
		}
	}
}

// Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
func TestIntervalsOfSharesAreThePublishedOnes(t *testing.T) {
	for p, want := range map[pair][2]float64{{81, 263}: {25.53, 36.62}, {15, 148}: {6.24, 16.05}, {0, 20}: {0, 16.11}, {1, 29}: {0.61, 17.18}} {
		e, ok := p.share()
		if !ok || math.Abs(*e.low-want[0]) > .00501 || math.Abs(*e.high-want[1]) > .00501 {
			t.Errorf("%v: %v to %v, want %v", p, *e.low, *e.high, want)
		}
	}
	if _, ok := (pair{}).share(); ok {
		t.Error("a share of nobody")
	}
}

// Freireich and others, Blood 21 (1963), the placebo group: remission of 21,
// none censored, so the incidence is a share and its error binomial.
func TestTheErrorOfAnIncidenceWithoutCensoringIsThatOfAShare(t *testing.T) {
	k := newCurve(21, lanesOf([]int{1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23}, nil))
	for day, n := range map[int]float64{1: 2, 5: 9, 8: 13, 17: 19} {
		want := n / 21 * (1 - n/21) / 21
		if got := k.variance(0, day); math.Abs(got-want) > 1e-12 {
			t.Errorf("day %d: variance %v, want %v", day, got, want)
		}
	}
	if _, _, ok := k.limits(0, 23); ok {
		t.Error("limits where all have come to it")
	}
	low, high := k.whenHalf(0) // the published median is 8
	if low == nil || high == nil || *low > 8 || *high <= 8 || k.by[0][7] >= .5 || k.by[0][8] < .5 {
		t.Errorf("the median of 8 lies between %v and %v, %v have come to it by 7 and %v by 8", low, high, k.by[0][7], k.by[0][8])
	}
}

func TestSmallStrataAreJoinedInOrderAndSchemesNever(t *testing.T) {
	of := func(profile, age, sex int8) alike { return alike{1, profile, age, sex} }
	region := map[alike]pair{
		of(4, 0, 0): {d: 100}, of(4, 0, 1): {d: 120}, // each by itself
		of(4, 1, 0): {d: 150}, of(4, 1, 1): {d: 9}, // the two sexes together
		of(4, 2, 0): {d: 60}, of(4, 3, 1): {d: 50}, // small both ways: the ages together
		of(5, 0, 0): {d: 30}, of(6, 4, 1): {d: 80}, // two classes of one scheme together
		of(0, 0, 0): {d: 5}, of(7, 0, 0): {d: 5}, // alone in their schemes: as they are
	}
	want := map[alike]alike{
		of(4, 0, 0): of(4, 0, 0), of(4, 0, 1): of(4, 0, 1),
		of(4, 1, 0): of(4, 1, together), of(4, 1, 1): of(4, 1, together),
		of(4, 2, 0): of(4, together, together), of(4, 3, 1): of(4, together, together),
		of(5, 0, 0): of(-3, together, together), of(6, 4, 1): of(-3, together, together),
		of(0, 0, 0): of(-2, together, together), of(7, 0, 0): of(-4, together, together),
	}
	if got := joined(region, 100); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Gaynor and others (Journal of the American Statistical Association 88, 1993):
// without censoring the variance under competing events is a share's too.
func TestTheErrorUnderCompetingEventsWithoutCensoringIsThatOfAShare(t *testing.T) {
	k := newCurve(20, lanesOf([]int{0, 3, 3, 7, 30, 90, 90}, []int{1, 3, 8, 8, 45, 120, 300}, nil))
	for lane, by := range []map[int]float64{{0: 1, 3: 3, 7: 4, 90: 7, 365: 7}, {1: 1, 8: 4, 120: 6, 365: 7}} {
		for day, n := range by {
			want := n / 20 * (1 - n/20) / 20
			if got := k.variance(lane, day); math.Abs(got-want) > 1e-12 {
				t.Errorf("event %d by day %d: variance %v, want %v", lane, day, got, want)
			}
		}
	}
}
