package synthetic

import "math"

// curve is the cumulative incidence of each kind of event by each day, with
// what its error is computed from.
type curve struct {
	by     [][dayBins]float64 // by lane and day, a share
	own    [][]uint32         // events by lane and day
	all    [dayBins]int       // events of every lane
	atRisk [dayBins]int
	free   [dayBins]float64 // who met nothing before the day, a share
}

func newCurve(members int, lanes [][]uint32) *curve {
	k := &curve{own: lanes[:len(lanes)-1]}
	k.by, k.atRisk = incidence(members, lanes)
	free := 1.0
	for t := range dayBins {
		k.free[t] = free
		for _, lane := range k.own {
			k.all[t] += int(lane[t])
		}
		if k.all[t] > 0 {
			free *= 1 - float64(k.all[t])/float64(k.atRisk[t])
		}
	}
	return k
}

// variance is that of Greenwood's kind for competing risks, of the incidence
// of one kind of event by a day.
func (k *curve) variance(lane, day int) float64 {
	sum := 0.0
	for t := range day + 1 {
		if k.all[t] == 0 {
			continue
		}
		n, all, own := float64(k.atRisk[t]), float64(k.all[t]), float64(k.own[lane][t])
		ahead := k.by[lane][day] - k.by[lane][t]
		if n > all {
			sum += ahead * ahead * all / (n * (n - all))
		}
		sum += k.free[t] * k.free[t] * own * (n - own) / (n * n * n)
		sum -= 2 * ahead * k.free[t] * own / (n * n)
	}
	return sum
}

// limits are those at 95 % on the log(−log) scale; there are none where the
// incidence is 0 or 1.
func (k *curve) limits(lane, day int) (low, high float64, ok bool) {
	share, variance := k.by[lane][day], k.variance(lane, day)
	if variance <= 0 || share <= 0 || share >= 1-1e-12 {
		return 0, 0, false
	}
	spread := z * math.Sqrt(variance) / (share * math.Log(share))
	return math.Pow(share, math.Exp(-spread)), math.Pow(share, math.Exp(spread)), true
}

// whenHalf are the first days by which the upper limit, and the lower one,
// come to a half; nil where they do not.
func (k *curve) whenHalf(lane int) (low, high *float64) {
	for t := range dayBins {
		if k.own[lane][t] == 0 && k.all[t] == 0 {
			continue // a curve is flat between events
		}
		at := float64(t)
		under, over, ok := k.limits(lane, t)
		if low == nil && (k.by[lane][t] >= .5-1e-12 || ok && over >= .5) {
			low = &at
		}
		if high == nil && ok && under >= .5 {
			return low, &at
		}
	}
	return low, nil
}
