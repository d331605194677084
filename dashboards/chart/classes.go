package chart

import (
	"math"
	"slices"
)

// classes are the five steps of the sequential scale, with round limits chosen
// from the values shown: below limits[0] is the first, from limits[3] the last.
type classes struct {
	limits [4]float64
	step   float64
}

// classify finds round limits so that the middle three classes hold the bulk
// of the values; single far values fall into the open ends.
func classify(values []float64) classes {
	if len(values) == 0 {
		return classes{limits: [4]float64{20, 40, 60, 80}, step: 20}
	}
	v := slices.Sorted(slices.Values(values))
	lo, hi := v[len(v)/10], v[len(v)-1-len(v)/10]
	step := roundStep(math.Max(hi-lo, math.Max(1, math.Abs(hi)*.02)) / 5)
	first := math.Round(((lo+hi)/2-1.5*step)/step) * step
	if lo >= 0 && first < step {
		first = step // no class under zero where nothing is
	}
	for first > step && first+3*step >= v[len(v)-1]-1e-9 {
		first -= step // the last class must have room above its limit
	}
	return classes{limits: [4]float64{first, first + step, first + 2*step, first + 3*step}, step: step}
}

// of is the class of a value as shown, 0 to 4.
func (k classes) of(v float64) int {
	for i, limit := range k.limits {
		if v < limit-1e-9 {
			return i
		}
	}
	return 4
}

func (s scene) classLabel(k classes, i int) string {
	decimals := 0
	if k.step < 1 {
		decimals = 1
	}
	write := func(v float64) string {
		out := s.Words.Number(v, decimals)
		if s.percent() {
			out += "%"
		}
		return out
	}
	switch i {
	case 0:
		return s.t("class.under", "to", write(k.limits[0]))
	case 4:
		return s.t("class.over", "from", write(k.limits[3]))
	}
	return s.t("class.between", "from", s.Words.Number(k.limits[i-1], decimals), "to", write(k.limits[i]))
}
