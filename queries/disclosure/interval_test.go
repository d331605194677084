package disclosure

import "testing"

// The interval of a rate is that of Wilson without correction for continuity,
// as tables publish it.
func TestIntervalsAreThosePublishedForWilsonsMethod(t *testing.T) {
	for _, published := range []struct {
		source           string
		n, d             float64
		value, low, high float64
	}{
		// R.G. Newcombe, Two-sided confidence intervals for the single proportion,
		// Statistics in Medicine 17 (1998), table I, method 3, in four decimals of a share.
		{"Newcombe 1998", 81, 263, 30.7985, 25.53, 36.62},
		{"Newcombe 1998", 15, 148, 10.1351, 6.24, 16.05},
		{"Newcombe 1998", 0, 20, 0, 0, 16.11},
		{"Newcombe 1998", 1, 29, 3.4483, 0.61, 17.18},
	} {
		s := newSet(t, "rate", "personal", "-- rules: persons\n", region("a", published.n, published.d))
		if _, err := s.db.Exec(`UPDATE reference.disclosure_rules SET threshold = 0, min_denominator = 0`); err != nil { // the examples are small
			t.Fatal(err)
		}
		s.protect(t, Policy{})
		got := s.published(t)[0]
		near := func(a, b float64) bool { return a-b < 0.00501 && b-a < 0.00501 }
		if !near(got.value.Float64, published.value) || !near(got.low.Float64, published.low) || !near(got.high.Float64, published.high) {
			t.Errorf("%s: %v of %v: got %v [%v, %v], want %v [%v, %v]", published.source, published.n, published.d,
				got.value.Float64, got.low.Float64, got.high.Float64, published.value, published.low, published.high)
		}
	}
}
