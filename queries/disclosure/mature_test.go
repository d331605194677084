package disclosure

import "testing"

func TestOutcomesCanWaitUntilAllOfThemAreObservable(t *testing.T) {
	seen, wait, ripe := region("a", 40.0, 100.0), region("b", nil, nil), region("a", 50.0, 100.0)
	wait.status, ripe.period = "O", "2025-Q2"
	s := newSet(t, "rate", "personal", "-- rules: outcomes\n-- population: cohort\n", seen, wait, ripe)
	statuses := func(policy Policy) string {
		s.protect(t, policy)
		out := ""
		for _, r := range s.published(t) {
			out += r.status
		}
		return out
	}
	if s.protect(t, Policy{}).Mature || !s.protect(t, Policy{Mature: true}).Mature {
		t.Error("the report does not tell whether outcomes waited")
	}
	if got := statuses(Policy{}); got != "AOA" {
		t.Errorf("as it is: got %s", got)
	}
	if got := statuses(Policy{Mature: true}); got != "OOA" {
		t.Errorf("a policy that waits: got %s, want the first quarter left out", got)
	}
	s.exec(t, `INSERT INTO reference.parameters VALUES ('outcomes_at_maturity', 1, 'code', NULL, 'x', 'proposal')`)
	if got := statuses(Policy{}); got != "OOA" {
		t.Errorf("at maturity: got %s, want the first quarter left out", got)
	}
}

// A median that is not reached stands without a value and with the parts it rests on.
func TestTheWaitingPeriodTellsNoPartsOfAMedianThatIsNotReached(t *testing.T) {
	wait := region("b", nil, nil)
	wait.status = "O"
	s := estimates(t, "outcomes\n-- population: cohort", estimate(40.0, 100.0, nil, "O"), wait)
	for waits, want := range map[bool]int{false: 1, true: 0} {
		s.protect(t, Policy{Mature: waits})
		told := 0
		for _, r := range s.published(t) {
			if r.numerator.Valid || r.denominator.Valid {
				told++
			}
		}
		if told != want {
			t.Errorf("outcomes wait: %v: %d rows tell persons, want %d", waits, told, want)
		}
	}
}
