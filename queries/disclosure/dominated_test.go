package disclosure

import (
	"fmt"
	"strings"
	"testing"

	"osservatorio/queries"
)

// given is what contributed to one number of an invented cube.
type given struct {
	geo, part     string
	contributors  int
	total         float64
	first, second float64
}

// shared is a set whose header names the contributions to its numbers.
func shared(t *testing.T, kind, policy string, cells []cell, parts ...given) set {
	t.Helper()
	s := newSet(t, kind, "personal", "-- rules: persons\n", cells...)
	s.exec(t, `
		INSERT INTO reference.disclosure_rules VALUES ('employers', 3, false, 0, NULL, 'x', 'proposal');
		INSERT INTO reference.dominance_rules VALUES ('employers', 10, NULL, 'x', 'proposal');
		CREATE TABLE raw.parts (geo VARCHAR, part VARCHAR, contributors BIGINT, total DOUBLE, first DOUBLE, second DOUBLE)`)
	for _, p := range parts {
		if _, err := s.db.Exec(`INSERT INTO raw.parts VALUES (?, ?, ?, ?, ?, ?)`, p.geo, p.part, p.contributors, p.total, p.first, p.second); err != nil {
			t.Fatal(err)
		}
	}
	text := fmt.Sprintf(head, "personal", kind, "-- shares: m\n-- rules: "+policy+"\n")
	views := []queries.View{
		mustParse(t, "staging/s.sql", "SELECT * FROM raw.cells"),
		mustParse(t, "staging/k.sql", "SELECT * FROM raw.parts"),
		mustParse(t, "marts/m.sql", "-- title.it: M\n-- title.en: M\n-- description.it: M\n-- description.en: M\n-- grain: geo, part\n\n"+
			"SELECT geo, 'quarter' AS period_type, '2025-Q1' AS period, '_T' AS sex, '_T' AS age_band, 'a' AS measure, part, contributors, total, first, second FROM staging.k"),
		mustParse(t, "cubes/c.sql", strings.Replace(text, "raw.cells", "staging.s", 1)),
	}
	var err error
	if s.plan, err = queries.NewPlan(t.Context(), s.db, views); err != nil {
		t.Fatal(err)
	}
	if err := queries.Apply(t.Context(), s.db, s.plan); err != nil {
		t.Fatal(err)
	}
	return s
}

func counted50() cell {
	c := region("a", nil, nil)
	c.value = 50.0
	return c
}

func TestANumberThatOneFirmMakesNearlyAloneIsConfidential(t *testing.T) {
	for _, c := range []struct {
		claim, policy, want string
		first, second       float64
	}{
		{"a firm that is alone", "employers", "Q", 50, 0},
		{"two firms: each knows the other", "employers", "Q", 25, 25},
		{"others that make a tenth of the largest, the limit itself", "employers", "Q", 40, 6},
		{"others that make more than a tenth of the largest", "employers", "A", 40, 5},
		{"a policy without the rule", "persons", "A", 50, 0},
	} {
		t.Run(c.claim, func(t *testing.T) {
			s := shared(t, "count", c.policy, []cell{counted50()}, given{"R", "value", 3, 50, c.first, c.second})
			s.protect(t, Policy{})
			if got := s.published(t)[0].status; got != c.want {
				t.Errorf("status %s, want %s", got, c.want)
			}
		})
	}
}

func TestARateGoesWithEachOfItsPartsThatOneFirmDominates(t *testing.T) {
	for _, part := range []string{"numerator", "denominator"} {
		s := shared(t, "rate", "employers", []cell{region("a", 40.0, 100.0)}, given{"R", part, 2, 40, 38, 2})
		s.protect(t, Policy{})
		if got := s.published(t)[0].status; got != "Q" {
			t.Errorf("a firm in the %s: status %s, want Q", part, got)
		}
	}
}

// district is the count of everybody in one of the territories of territoriesOf.
func district(level, geo string, n float64) cell {
	return cell{level: level, geo: geo, period: "2025-Q1", sex: "_T", age: "_T", measure: "a", value: n}
}

func TestWhatOneFirmDominatesDoesNotFollowFromSums(t *testing.T) {
	s := shared(t, "count", "employers", []cell{
		district("region", "R", 200), district("province", "P1", 90), district("province", "P2", 110),
		district("district", "D1", 50), district("district", "D2", 40), district("district", "D3", 60), district("district", "D4", 50),
	}, given{"D1", "value", 2, 50, 48, 2})
	territoriesOf(t, s.db)
	s.exec(t, `INSERT INTO reference.plan VALUES ('quarter', true, '_T') ON CONFLICT DO NOTHING`)
	c := protected(t, s)
	if _, err := c.gate(t.Context()); err != nil {
		t.Fatal(err)
	}
	hidden := map[string]bool{}
	for i := range c.views[0].lines {
		l := &c.views[0].lines[i]
		hidden[c.geo.codes[l.geo]] = l.hidden
	}
	if !hidden["D1"] || !hidden["D2"] && !hidden["P1"] {
		t.Errorf("hidden: %v: the firm's district is the rest of its province", hidden)
	}
	need := int64(0)
	for _, f := range c.families {
		for _, cell := range f.Cells {
			need = max(need, cell.Need)
		}
	}
	if need != 55 { // 50 and a tenth of 48, rounded up
		t.Errorf("a hidden 50 must be able to hold %d, want 55: the largest made 48 of it", need)
	}
}

func TestSharesThatNoViewMakesAreRefused(t *testing.T) {
	s := newSet(t, "count", "personal", "-- rules: persons\n", counted50())
	text := fmt.Sprintf(head, "personal", "count", "-- shares: nowhere\n-- rules: persons\n")
	_, err := queries.NewPlan(t.Context(), s.db, []queries.View{
		mustParse(t, "staging/s.sql", "SELECT * FROM raw.cells"), mustParse(t, "cubes/c.sql", strings.Replace(text, "raw.cells", "staging.s", 1)),
	})
	if want := "cubes/c.sql: key shares: marts.nowhere: no such view"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
