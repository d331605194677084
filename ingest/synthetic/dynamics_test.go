package synthetic_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"osservatorio/ingest/synthetic"
	"osservatorio/warehouse"
)

func TestWhoIsFarFromWorkFindsItLess(t *testing.T) {
	_, _, truth := region(t, func(o *synthetic.Options) { o.Persons, o.To = 20_000, "2024-12" })
	n, d := map[string]int{}, map[string]int{}
	for _, i := range truth.Indicators {
		if i.View == "out_employed" && i.Measure == "employed_180" && i.Breakdown == "profile" && len(i.Period) == len("2024") && i.Observable != nil {
			n[i.Category] += i.Observable[0]
			d[i.Category] += i.Observable[1]
		}
	}
	rate := func(class string) float64 { return float64(n[class]) / float64(d[class]) }
	for _, pair := range [][2]string{{"2022_1", "2022_2"}, {"2022_2", "2022_3"}} {
		if near, far := rate(pair[0]), rate(pair[1]); !(near > far+.03) || d[pair[0]] < 100 || d[pair[1]] < 100 {
			t.Errorf("%s: %.2f of %d employed, %s: %.2f of %d: want fewer of the second, both of 100 or more",
				pair[0], near, d[pair[0]], pair[1], far, d[pair[1]])
		}
	}
}

func TestTourismStartsInSpringAndSchoolsInSeptember(t *testing.T) {
	dir, _, _ := region(t, func(o *synthetic.Options) { o.Persons, o.BadShare = 12_000, -1 })
	starts := map[string][13]int{}
	for _, e := range latest(t, dir, "placements", "event_id", "received_on") {
		if e["event"] != "start" || e["event_on"] < "2022" || e["planned_end_on"] == "" {
			continue
		}
		month, err := strconv.Atoi(e["event_on"][5:7])
		if err != nil {
			t.Fatal(err)
		}
		by := starts[e["sector"][:1]]
		by[0]++
		by[month]++
		starts[e["sector"][:1]] = by
	}
	share := func(sector string, months ...int) float64 {
		n := 0
		for _, m := range months {
			n += starts[sector][m]
		}
		return float64(n) / float64(starts[sector][0])
	}
	for claim, holds := range map[string]bool{
		"tourism: more than 40 % from April to June": share("I", 4, 5, 6) > .40,
		"schools: more than 30 % in September":       share("P", 9) > .30,
		"industry: less than 15 % in any month":      share("C", 9) < .15 && share("C", 4) < .15,
	} {
		if !holds {
			t.Errorf("%s: starts by month are %v", claim, starts)
		}
	}
}

func TestEveryRuleOfThePlansIsBrokenSomewhere(t *testing.T) {
	geography, err := warehouse.GeographyFS("emilia-romagna")
	if err != nil {
		t.Fatal(err)
	}
	dir, _, truth := region(t, func(o *synthetic.Options) {
		o.Persons, o.From, o.To, o.Geography, o.BadShare = 200, "2018-01", "2025-12", geography, synthetic.MaxBadShare
	})
	found := map[string]bool{}
	for _, d := range truth.Deliveries {
		bad := 0
		for rule, n := range d.Quarantined {
			found[d.Source+" "+rule] = true
			bad += n
		}
		if float64(bad) > .008*float64(d.Rows) {
			t.Errorf("%s: %d of %d rows are bad: want less than 0.8 %%", d.File, bad, d.Rows)
		}
	}
	for _, source := range []string{"centres", "funding"} {
		for _, rule := range readContract(t, source).allRules() {
			if !found[source+" "+rule] {
				t.Errorf("%s: no row breaks %s", source, rule)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "centres_2025_2026-01-21.csv")); err != nil {
		t.Errorf("the accounts of the last year: %v", err)
	}
}
