package oracle

import (
	"fmt"
	"math"
	"strconv"
	"testing"
)

// workers makes a world of five districts with 120 persons each, all alike,
// of whom so many find work the day after their agreement.
func workers(list lists, placed []int) world {
	var registrations, agreements, placements []row
	for i, district := range list.districts {
		for n := range 120 {
			id := fmt.Sprintf("%d-%03d", i, n)
			registrations = append(registrations, row{"registration_id": "R" + id, "person_id": "P" + id, "registered_on": "2022-02-01", "sex": "F",
				"birth_year": "1990", "citizenship": "it", "education": "low", "cpi": "x", "district": district, "updated_on": "2022-02-01"})
			agreements = append(agreements, row{"agreement_id": "A" + id, "person_id": "P" + id, "registration_id": "R" + id, "signed_on": "2022-03-01",
				"programme": "gol", "path": "1", "updated_on": "2022-03-01"})
			if n < placed[i] {
				placements = append(placements, row{"event_id": "E" + id, "relationship_id": "J" + id, "person_id": "P" + id, "employer_id": "F" + id, "event": "start",
					"event_on": "2022-03-02", "contract": "A.01.00", "workplace_comune": "054001", "form": "UNILAV", "received_on": "2022-03-02"})
			}
		}
	}
	w := newWorld(0, list) // for its deliveries alone
	for i := range w.deliveries {
		w.deliveries[i].rows = nil
	}
	return w.with("registrations", "r", registrations...).with("agreements", "a", agreements...).with("placements", "p", placements...)
}

// The interval of a count is the exact one of Poisson, as R's poisson.test
// gives it and the tables of Garwood (Biometrika 28, 1936): so is that of
// observed to expected, in percent, where all districts expect 7.2.
func TestTheIntervalOfObservedToExpectedIsTheExactOneOfPoisson(t *testing.T) {
	s := newStage(t, "umbria")
	published := []struct {
		observed  int
		low, high float64
	}{
		{0, 0, 3.688879},
		{1, 0.02531781, 5.571643},
		{5, 1.623486, 11.66833},
		{10, 4.795389, 18.39036},
		{20, 12.21652, 30.88838},
	}
	if len(s.list.districts) != len(published) {
		t.Fatalf("%d districts, want one for each of %d counts", len(s.list.districts), len(published))
	}
	var placed []int
	for _, p := range published {
		placed = append(placed, p.observed)
	}
	s.play(workers(s.list, placed), "cubes.out_expected")
	const expected = 36.0 / 5
	for i, p := range published {
		rows := s.rows(`SELECT numerator, denominator, value, low, high FROM cubes.out_expected
			WHERE measure = 'ratio' AND period = '2022' AND geo = '` + s.list.districts[i] + `'`)
		if len(rows) != 1 || rows[0][0] != strconv.Itoa(p.observed) || rows[0][1] != "120" {
			t.Errorf("%d of 120: got %v", p.observed, rows)
			continue
		}
		for j, want := range []float64{float64(p.observed), p.low, p.high} {
			got, err := strconv.ParseFloat(rows[0][2+j], 64)
			if err != nil || math.Abs(got*expected/100-want) > 1e-6*want+1e-9 {
				t.Errorf("%d observed: %s: got %v, want %v", p.observed, []string{"itself", "lower limit", "upper limit"}[j], got*expected/100, want)
			}
		}
	}
}
