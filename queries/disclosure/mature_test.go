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
