package main

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"

	"osservatorio/queries/release"
)

// Who knows how many jobs ran at the end of two quarters, and how many ended,
// knows how many began, but for those that ended on the last day of either: of
// these he knows that they are no fewer than none and no more than all that
// ended. He carries what he learns of one last day to the next.

// quarterOfJobs is what a release shows of one place in one period; NaN is hidden.
type quarterOfJobs struct {
	period                 string
	running, began, ended  float64
	trulyBegan, trulyEnded float64
	least, most            float64 // that ended on its last day
}

// stocksAndFlows tries it by territory, kind of period and sector, and for all
// sectors together: no number that is small may be known to be.
func (o *outside) stocksAndFlows(t *testing.T) {
	chains := map[string][]*quarterOfJobs{}
	at := map[string]*quarterOfJobs{}
	read := func(view, measure string, of func(*quarterOfJobs, float64, float64)) {
		h := o.frames[view].Header
		for row := range o.frames[view].All() {
			if row.Measure != measure || row.PeriodType == "month" || codeIn(h, row, "contract_group") != "_T" || codeIn(h, row, "occupation") != "_T" {
				continue
			}
			chain := strings.Join([]string{row.Geo, row.PeriodType, codeIn(h, row, "sector")}, "|")
			key := chain + "|" + row.Period
			if at[key] == nil {
				at[key] = &quarterOfJobs{period: row.Period, running: math.NaN(), began: math.NaN(), ended: math.NaN()}
				chains[chain] = append(chains[chain], at[key])
			}
			shown := math.NaN()
			if row.Value != nil {
				shown = *row.Value
			}
			of(at[key], shown, o.truth[view][keyOfRow(h, row)].value)
		}
	}
	read("positions", "positions", func(q *quarterOfJobs, n, _ float64) { q.running = n })
	read("flows", "starts", func(q *quarterOfJobs, n, truth float64) { q.began, q.trulyBegan = n, truth })
	read("flows", "ends", func(q *quarterOfJobs, n, truth float64) { q.ended, q.trulyEnded = n, truth })
	asked, few := 0, wallRules["flows"].least*o.unit
	for place, chain := range chains {
		slices.SortFunc(chain, func(a, b *quarterOfJobs) int { return cmp.Compare(a.period, b.period) })
		learn(chain)
		for i := 1; i < len(chain); i++ {
			before, q := chain[i-1], chain[i]
			grown := q.running - before.running
			for _, x := range []struct {
				what               string
				shown, truth, most float64
			}{
				{"began", q.began, q.trulyBegan, grown + q.ended + before.most - q.least},
				{"ended", q.ended, q.trulyEnded, q.began - grown + q.most - before.least},
			} {
				if !math.IsNaN(x.shown) || math.IsNaN(x.most) {
					continue
				}
				asked++
				if x.truth > x.most {
					t.Fatalf("%s %s: %v %s, at most %v: stocks and flows do not agree", place, q.period, x.truth, x.what, x.most)
				}
				if x.truth > 0 && x.truth < few && x.most < few {
					t.Errorf("%s %s: %s %v, which stocks and flows tell to be no more than %v", place, q.period, x.what, x.truth/o.unit, x.most/o.unit)
				}
			}
		}
	}
	t.Logf("%d places, %d hidden counts asked for", len(chains), asked)
	if asked < 5 {
		t.Errorf("%d hidden counts between two stocks that are shown: the test shows little", asked)
	}
}

func codeIn(h release.Header, row release.Row, breakdown string) string {
	if i := slices.Index(h.Breakdowns, breakdown); i >= 0 {
		return row.By[i]
	}
	return "_T"
}

// learn carries what is known of last days along a chain until nothing moves.
func learn(chain []*quarterOfJobs) {
	for _, q := range chain {
		q.least, q.most = 0, math.Inf(1)
		if !math.IsNaN(q.ended) {
			q.most = q.ended
		}
	}
	for more := true; more; {
		more = false
		for i := 1; i < len(chain); i++ {
			before, q := chain[i-1], chain[i]
			fewer := q.began - q.ended - (q.running - before.running) // on this last day than on the one before
			if math.IsNaN(fewer) {
				continue
			}
			least, most := max(q.least, before.least-fewer), min(q.most, before.most-fewer)
			more = more || least > q.least || most < q.most
			q.least, q.most = least, most
			least, most = max(before.least, least+fewer), min(before.most, most+fewer)
			more = more || least > before.least || most < before.most
			before.least, before.most = least, most
		}
	}
}
