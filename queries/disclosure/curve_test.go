package disclosure

import (
	"fmt"
	"testing"
)

// Two groups of a young period: both have reached the median, of one the curve
// can be observed. Where the plan asks for the median alone it stands.
func TestAMedianWaitsForItsCurve(t *testing.T) {
	at := func(sex, measure string, n, d any) cell {
		c := region(measure, n, d)
		c.sex = sex
		if n == nil {
			c.status = "O"
		} else {
			c.value = 12.5
		}
		return c
	}
	s := newSet(t, "estimate", "personal", "-- rules: persons\n-- population: cohort\n-- answers: a < b; c = after\n",
		at("F", "a", nil, nil), at("F", "b", nil, nil), at("F", "c", 40.0, 100.0),
		at("M", "a", 50.0, 100.0), at("M", "b", nil, nil), at("M", "c", 60.0, 100.0),
		at("_T", "c", 100.0, 200.0))
	s.protect(t, Policy{})
	got := map[string]string{}
	for _, r := range s.published(t) {
		got[r.sex+" "+r.measure] = r.status
	}
	if want := "map[F a:O F b:O F c:O M a:A M b:O M c:A _T c:A]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
