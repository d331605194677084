package disclosure

import (
	"testing"
)

// tellAllBut makes the last release one that showed every number but those of
// some districts.
func (s set) tellAllBut(t *testing.T, district string) {
	t.Helper()
	s.exec(t, `
		UPDATE released.c AS r SET numerator = c.numerator, denominator = c.denominator, obs_status = 'A', reason = NULL
		FROM raw.cells c
		WHERE (r.geo, r.period, r.sex, r.age_band) = (c.geo, c.period, c.sex, c.age_band) AND r.geo <> '`+district+`'`)
}

// D3 and all that contains D4 were shown as they are now, but not at once: the
// last release had ten more in what contains D4.
func TestAFamilyThatEarlierReleasesLeaveNothingToGuardInStandsAsInTheLast(t *testing.T) {
	s := small(t, "", asIs)
	s.protect(t, across)
	s.publishIt(t)
	s.tellAllBut(t, "D4") // who has them all knows that D4 is two
	s.protect(t, Policy{Together: true})
	s.publishIt(t)
	s.tellAllBut(t, "D4")
	s.exec(t, `UPDATE released.c SET numerator = numerator + 10, denominator = denominator + 20 WHERE release = 2 AND geo IN ('P2', 'R') AND period < '2025-Q3' AND sex <> 'M'`)
	report := s.protect(t, across)
	if len(report.Gate.Withheld) != 1 || report.Gate.Carried != 0 {
		t.Errorf("got %+v, want the one family withheld", report.Gate)
	}
	now := s.keep(t)
	for key, r := range now {
		early, more := r.period < "2025-Q3", int64(0) // D4 is many later
		if early && (r.geo == "P2" || r.geo == "R") && r.sex != "M" {
			more = 10
		}
		if r.shown != (r.geo != "D4" || !early) || r.shown && (r.n != r.trueN+more || r.d != r.trueD+2*more || r.old != (more > 0)) {
			t.Errorf("%s: got %+v, want it as in the last release", key, r)
		}
	}
	if n := breaches(t, now, func(_ string, r keptRow) bool { return r.shown && !r.old }); n > 0 {
		t.Errorf("%d sensitive numbers follow", n)
	}
	s.publishIt(t)
	if report = s.protect(t, across); len(report.Gate.Withheld) != 1 {
		t.Errorf("in the release after: got %+v", report.Gate)
	}
}

func TestAFamilyIsNotWithheldForWhatIsNew(t *testing.T) {
	l := func(hidden, known bool) *line { return &line{hidden: hidden, known: known} }
	for name, tried := range map[string]struct {
		lines []*line
		lost  bool
	}{
		"all hidden, nothing known":   {[]*line{l(true, false)}, false},
		"shown and never shown":       {[]*line{l(false, true), l(false, false)}, false},
		"shown as before":             {[]*line{l(false, true), l(true, false)}, true},
		"hidden now and shown before": {[]*line{l(true, true)}, true},
	} {
		f := &guarded{family: &family{}}
		f.rows = [][]*line{tried.lines}
		if got := f.nothingNew(); got != tried.lost {
			t.Errorf("%s: got %v, want %v", name, got, tried.lost)
		}
	}
}
