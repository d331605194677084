package disclosure

import "testing"

func TestOutcomesCanWaitUntilAllOfThemAreObservable(t *testing.T) {
	seen, wait, ripe := region("a", 40.0, 100.0), region("b", nil, nil), region("a", 50.0, 100.0)
	wait.status, ripe.period = "O", "2025-Q2"
	s := newSet(t, "rate", "personal", "-- rules: outcomes\n-- population: cohort\n", seen, wait, ripe)
	statuses := func() string {
		s.protect(t, Policy{})
		out := ""
		for _, r := range s.published(t) {
			out += r.status
		}
		return out
	}
	if got := statuses(); got != "AOA" {
		t.Errorf("as it is: got %s", got)
	}
	s.exec(t, `INSERT INTO reference.parameters VALUES ('outcomes_at_maturity', 1, 'code', NULL, 'x', 'proposal')`)
	if got := statuses(); got != "OOA" {
		t.Errorf("at maturity: got %s, want the first quarter left out", got)
	}
}
