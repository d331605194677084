package synthetic

import (
	"math"
	"testing"
)

// lanes makes a lane of each list of days, the last of those who are gone
// from their day on.
func lanesOf(days ...[]int) [][]uint32 {
	out := make([][]uint32, len(days))
	for i, list := range days {
		out[i] = make([]uint32, dayBins)
		for _, d := range list {
			out[i][d]++
		}
	}
	return out
}

func TestIncidenceOfOneEventIsOneLessTheProductLimit(t *testing.T) {
	// Ten persons: events on days 1, 3, 3 and 6; one is not seen after day 2,
	// so from day 3 on. By hand: 1/10; 1−(9/10)(6/8); then 1/6 of what is left.
	by, atRisk := incidence(10, lanesOf([]int{1, 3, 3, 6}, []int{3}))
	for day, want := range map[int]float64{0: 0, 1: .1, 2: .1, 3: 1 - .9*.75, 5: 1 - .9*.75, 6: 1 - .9*.75*5/6, 365: 1 - .9*.75*5/6} {
		if got := by[0][day]; math.Abs(got-want) > 1e-12 {
			t.Errorf("day %d: %v, want %v", day, got, want)
		}
	}
	for day, want := range map[int]int{0: 10, 1: 10, 2: 9, 3: 8, 4: 6, 7: 5} {
		if atRisk[day] != want {
			t.Errorf("at risk on day %d: %d, want %d", day, atRisk[day], want)
		}
	}
}

// The 35 patients of Scrucca, Santucci and Aversa (Bone Marrow Transplantation
// 40, 2007), relapses and deaths of the transplant, as the tests of
// scikit-survival publish their incidences. Who is censored on a day is gone
// from the next on.
func TestIncidencesUnderCompetingEventsAreThePublishedOnes(t *testing.T) {
	by, _ := incidence(35, lanesOf([]int{1, 3, 4, 4, 3, 3, 8, 0, 12}, []int{13, 7, 8, 9, 5, 1, 10, 7, 22, 2, 0, 4, 14, 26, 3},
		[]int{73, 68, 71, 5, 8, 69, 36, 36, 3, 9, 33}))
	for day, want := range map[int][2]float64{0: {.02857143, .02857143}, 3: {.14581281, .11527094}, 4: {.20492611, .14482759}, 8: {.23771164, .27050544},
		12: {.27283899, .34076015}, 26: {.27283899, .48126955}, 365: {.27283899, .48126955}} {
		for k := range want {
			if got := by[k][day]; math.Abs(got-want[k]) > 5e-9 {
				t.Errorf("event %d by day %d: %.8f, want %.8f", k+1, day, got, want[k])
			}
		}
	}
}

func TestWithoutCensoringIncidencesAreShares(t *testing.T) {
	by, _ := incidence(8, lanesOf([]int{0, 2, 2, 9}, []int{2, 5}, nil))
	for day, want := range map[int][2]float64{0: {1. / 8, 0}, 2: {3. / 8, 1. / 8}, 5: {3. / 8, 2. / 8}, 9: {4. / 8, 2. / 8}} {
		for k := range want {
			if math.Abs(by[k][day]-want[k]) > 1e-12 {
				t.Errorf("event %d by day %d: %v, want %v", k, day, by[k][day], want[k])
			}
		}
	}
}

func TestWhatComesFirstCountsAndTiesGoInOrder(t *testing.T) {
	for claim, c := range map[string]struct {
		until  day
		events []day
		lane   int // 2 is not seen any more
		at     int
	}{
		"the earlier event":                 {400, []day{20, 10}, 1, 10},
		"of two on one day the first":       {400, []day{10, 10}, 0, 10},
		"an event on the last day seen":     {10, []day{10, never}, 0, 10},
		"what comes later is not seen":      {9, []day{10, never}, 2, 10},
		"who was never seen is at no risk":  {-30, []day{0, never}, 2, 0},
		"nothing within the year is no end": {400, []day{390, never}, -1, 0},
	} {
		w := &world{reference: &reference{districts: []district{{}}}}
		b := &books{w: w, views: []view{{lanes: 3}}, periods: make([]period, 1)}
		b.grids = []grid{newGrid(w, &b.views[0], 1)}
		b.grids[0].support(&b.views[0])
		b.course(0, 0, &member{}, c.until, c.events...)
		for lane := range 3 {
			for at, n := range b.grids[0].lane(0, 0, lane) {
				want := uint32(0)
				if lane == c.lane && at == c.at {
					want = 1
				}
				if n != want {
					t.Errorf("%s: lane %d has %d on day %d, want %d", claim, lane, n, at, want)
				}
			}
		}
	}
}

func TestMedianOfAnEvenNumberIsBetweenTheMiddleDays(t *testing.T) {
	for want, days := range map[float64][]int{7: {7}, 4.5: {9, 1, 4, 5}, 3: {3, 3, 3, 100}, 10: {2, 10, 30}} {
		if got := medianBin(lanesOf(days)[0]); got != want {
			t.Errorf("median of %v: %v, want %v", days, got, want)
		}
	}
}
