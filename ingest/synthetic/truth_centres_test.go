package synthetic

import "testing"

func TestOnlyWhatCanBeToldIsMeasurable(t *testing.T) {
	w := &world{reference: &reference{}}
	w.ofPersons.threshold, w.ofPersons.denominator = 3, 30
	for claim, c := range map[string]struct {
		cell pair
		want bool
	}{
		"enough entitled, both parts large": {pair{20, 40}, true},
		"too few entitled":                  {pair{20, 29}, false},
		"nobody reached":                    {pair{0, 40}, true},
		"everybody reached":                 {pair{40, 40}, true},
		"two reached":                       {pair{2, 40}, false},
		"two not reached":                   {pair{38, 40}, false},
	} {
		if got := w.publishable(c.cell); got != c.want {
			t.Errorf("%s: %v, want %v", claim, got, c.want)
		}
	}
}
