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

func TestAFamilyThatEarlierReleasesLeaveNothingToGuardInIsWithheldWhole(t *testing.T) {
	s := small(t, "", asIs)
	s.protect(t, across)
	s.publishIt(t)
	s.tellAllBut(t, "D4") // who has them all knows that D4 is two
	report := s.protect(t, across)
	if report.Gate.Withheld != 1 || report.Gate.Carried != 0 {
		t.Errorf("got %+v, want the one family withheld", report.Gate)
	}
	for _, r := range s.published(t) {
		if r.numerator.Valid || r.status != "Q" {
			t.Fatalf("%s: got %v with status %s, want nothing told", r.key, r.numerator, r.status)
		}
	}
	s.publishIt(t)
	if report = s.protect(t, across); report.Gate.Withheld != 1 {
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
