package disclosure

import (
	"strings"
	"testing"
)

func TestAPlanWithATypoPublishesNothing(t *testing.T) {
	for typo, want := range map[string]string{
		`UPDATE reference.plan SET period_type = 'quater' WHERE breakdown = 'sex'`:           `protect: reference.plan: period_type "quater": expected month, quarter or year`,
		`UPDATE reference.plan SET breakdown = 'sesso' WHERE breakdown = 'sex'`:              `protect: reference.plan: breakdown "sesso": no view has it`,
		`UPDATE reference.plan SET breakdown = 'age_band_sex' WHERE breakdown = 'sex'`:       `in the order of the header`,
		`UPDATE reference.disclosure_rules SET policy = 'outcome' WHERE policy = 'outcomes'`: `rules "outcomes": not in reference.disclosure_rules`,
		`UPDATE reference.disclosure_rules SET threshold = -3 WHERE policy = 'outcomes'`:     `threshold -3 protects nobody`,
		`UPDATE reference.disclosure_rules SET threshold = 0 WHERE policy = 'outcomes'`:      `threshold 0 protects nobody`,
		`DELETE FROM reference.plan`: `reference.plan: no rows`,
	} {
		s := small(t, "", asIs)
		if _, err := s.db.Exec(typo); err != nil {
			t.Fatal(err)
		}
		_, err := Protect(t.Context(), s.db, s.plan, Policy{Together: true})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", typo, err, want)
		}
		var tables int
		if err := s.db.QueryRow(`SELECT count(*) FROM information_schema.tables WHERE table_catalog = current_database() AND table_schema = 'published'`).Scan(&tables); err != nil || tables > 0 {
			t.Errorf("%s: %d published tables, %v", typo, tables, err)
		}
	}
}
