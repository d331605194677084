package synthetic

import "math"

// never is later than any day that is asked for.
const never day = math.MaxInt16

// course keeps what came first to a unit of a view that follows time: one of
// the events, in the order in which they win on the same day, or the end of
// what is seen, on which events still count. Days count from the unit's own.
func (b *books) course(v viewID, period int, u *member, until day, events ...day) {
	at, lane := until, len(events)
	for i := len(events) - 1; i >= 0; i-- {
		if events[i] <= at {
			at, lane = events[i], i
		}
	}
	if lane == len(events) { // not at risk from the day after on
		b.event(v, period, u, lane, max(0, at+1))
	} else {
		b.event(v, period, u, lane, at)
	}
	for n, m := range b.views[v].measures {
		b.rate(v, n, period, u, lane == m.lane && at <= m.day)
	}
}

// incidence is the cumulative incidence of each kind of event by each day
// after Aalen and Johansen, as a share, and how many are at risk on each day.
// The last lane is that of those who are not at risk from a day on.
func incidence(members int, lanes [][]uint32) (by [][dayBins]float64, atRisk [dayBins]int) {
	events := lanes[:len(lanes)-1]
	by = make([][dayBins]float64, len(events))
	survival, at := 1.0, members
	for t := range dayBins {
		at -= int(lanes[len(lanes)-1][t])
		atRisk[t] = at
		left := 0
		for k, lane := range events {
			n := int(lane[t])
			left += n
			if t > 0 {
				by[k][t] = by[k][t-1]
			}
			if n > 0 {
				by[k][t] += survival * float64(n) / float64(at)
			}
		}
		if left > 0 {
			survival *= 1 - float64(left)/float64(at)
		}
		at -= left
	}
	return by, atRisk
}

// medianBin is the middle day of those counted in a lane, the mean of the two
// middle ones where they are even.
func medianBin(lane []uint32) float64 {
	total := 0
	for _, n := range lane {
		total += int(n)
	}
	rank := func(k int) int { // k-th smallest, from 0
		for t, n := range lane {
			if k -= int(n); k < 0 {
				return t
			}
		}
		return 0
	}
	return float64(rank((total-1)/2)+rank(total/2)) / 2
}
