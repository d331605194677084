package disclosure

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// estimates is a set of estimates with an interval around each value; a cell
// of status O whose parts are there is a median that is not reached.
func estimates(t *testing.T, policy string, cells ...cell) set {
	t.Helper()
	s := newSet(t, "estimate", "personal", "-- rules: "+policy+"\n", cells...)
	_, err := s.db.Exec(`
		UPDATE raw.cells SET low = value - 1, high = value + 1;
		UPDATE raw.cells SET reason = 'not_reached' WHERE obs_status = 'O' AND numerator IS NOT NULL`)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func estimate(n, d, value, status any) cell {
	c := region("a", n, d)
	c.value, c.status = value, status
	return c
}

func TestAnEstimateIsShownAsThePersonsItRestsOnAllow(t *testing.T) {
	cases := []struct {
		claim, rules string
		cell         cell
		want         string
		parts, value bool
	}{
		{"large parts are shown", "persons", estimate(40.0, 100.0, 12.5, nil), "A", true, true},
		{"more events than persons are shown", "persons", estimate(400.0, 100.0, 12.5, nil), "A", true, true},
		{"two persons are confidential", "persons", estimate(2.0, 100.0, 12.5, nil), "Q", false, false},
		{"a cohort of two is confidential", "persons", estimate(0.0, 2.0, 12.5, nil), "Q", false, false},
		{"all but two are confidential where the policy says so", "outcomes", estimate(98.0, 100.0, 12.5, nil), "Q", false, false},
		{"below thirty there is no estimate", "persons", estimate(10.0, 29.0, 12.5, nil), "U", true, false},
		{"a break stays a break", "persons", estimate(40.0, 100.0, 12.5, "B"), "B", true, true},
		{"provisional stays provisional", "persons", estimate(40.0, 100.0, 12.5, "P"), "P", true, true},
		{"too thin at the end of a curve keeps its parts", "persons", estimate(40.0, 100.0, nil, "U"), "U", true, false},
		{"too thin does not open the confidential", "persons", estimate(2.0, 100.0, nil, "U"), "Q", false, false},
		{"a median beyond the follow-up keeps its parts", "persons", estimate(40.0, 100.0, nil, "O"), "O", true, false},
		{"a median beyond the follow-up of few is confidential", "persons", estimate(2.0, 100.0, nil, "O"), "Q", false, false},
		{"a median beyond the follow-up of twenty is unreliable", "persons", estimate(5.0, 20.0, nil, "O"), "U", true, false},
		{"missing stays missing", "persons", estimate(nil, nil, nil, "O"), "O", false, false},
		{"what cannot exist stays so", "persons", estimate(nil, nil, nil, "M"), "M", false, false},
		{"nobody in the cohort cannot have an estimate", "persons", estimate(0.0, 0.0, 0.0, nil), "M", false, false},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			s := estimates(t, c.rules, c.cell)
			s.protect(t, Policy{})
			got := s.published(t)
			if len(got) != 1 || got[0].status != c.want || got[0].numerator.Valid != c.parts || got[0].denominator.Valid != c.parts || got[0].value.Valid != c.value || got[0].low.Valid != c.value {
				t.Fatalf("got %+v, want status %s, parts %v, value %v", got, c.want, c.parts, c.value)
			}
			if wanted := map[bool]string{true: "not_reached"}[c.want == "O" && c.parts]; wanted != "" && got[0].reason.String != wanted {
				t.Errorf("reason: got %q, want %q", got[0].reason.String, wanted)
			}
		})
	}
}

// auditEstimate tells every number that leaves under a status that hides it,
// and every number that a status should show and does not. It knows the rules
// from the design, not from the SQL.
func auditEstimate(rows []shown, rules Rules) []string {
	small := func(n float64) bool { return n > 0 && n < float64(rules.Threshold) }
	var faults []string
	for _, r := range rows {
		n, d := r.cubeN.Float64, r.cubeD.Float64
		confidential := r.cubeN.Valid && (small(n) || small(d) || rules.ProtectComplement && small(d-n))
		numbers := []bool{r.numerator.Valid, r.denominator.Valid, r.value.Valid, r.low.Valid, r.high.Valid}
		words := r.reason.Valid || r.notes.Valid
		switch {
		case confidential && (r.status != "Q" || r.conf != "C" || slices.Contains(numbers, true) || words):
			faults = append(faults, fmt.Sprintf("%s: %v of %v leaves with status %s and numbers %v", r.key, n, d, r.status, numbers))
		case !confidential && r.status == "Q":
			faults = append(faults, fmt.Sprintf("%s: %v of %v is hidden", r.key, n, d))
		case r.value.Valid != slices.Contains([]string{"A", "P", "B"}, r.status) || r.low.Valid != r.value.Valid || r.high.Valid != r.value.Valid:
			faults = append(faults, fmt.Sprintf("%s: value and interval %v under status %s", r.key, numbers, r.status))
		case r.value.Valid && (r.value != r.cubeV || d < float64(rules.MinDenominator)):
			faults = append(faults, fmt.Sprintf("%s: value %v of %v persons", r.key, r.value.Float64, d))
		case r.numerator.Valid && (r.numerator != r.cubeN || r.denominator != r.cubeD):
			faults = append(faults, r.key+": published parts differ from the cube")
		}
	}
	return faults
}

func TestAHiddenEstimateNeverLeavesValueIntervalOrParts(t *testing.T) {
	for _, policy := range []string{"persons", "outcomes"} {
		for seed := range uint64(15) {
			s := estimates(t, policy, randomEstimates(seed)...)
			s.protect(t, Policy{})
			rows := s.published(t)
			if faults := auditEstimate(rows, ruleSet(policy)); len(faults) > 0 || len(rows) != 27 {
				t.Errorf("policy %s, seed %d, %d rows:\n%s", policy, seed, len(rows), strings.Join(faults, "\n"))
			}
		}
	}
	s := estimates(t, "outcomes", randomEstimates(1)...)
	if _, err := protect(t.Context(), s.db, s.plan, Policy{}, nil); err != nil {
		t.Fatal(err)
	}
	if faults := auditEstimate(s.published(t), ruleSet("outcomes")); len(faults) == 0 {
		t.Error("estimates without primary rules passed the audit")
	}
}

// randomEstimates gives the cells of randomCells values and all the statuses
// that an estimate may have.
func randomEstimates(seed uint64) []cell {
	r := rand.New(rand.NewPCG(seed, 2))
	cells := randomCells(seed)
	for i := range cells {
		if cells[i].status != nil {
			continue
		}
		cells[i].status = []any{nil, nil, "P", "B", "U", "O"}[r.IntN(6)]
		if cells[i].status != "U" && cells[i].status != "O" {
			cells[i].value = float64(r.IntN(400)) / 4
		}
	}
	return cells
}

func TestAPolicyWithoutAThresholdHasNoOtherRule(t *testing.T) {
	s := newSet(t, "rate", "personal", "-- rules: centres\n", region("a", 1.0, 2.0))
	set := func(rules string) error {
		if _, err := s.db.Exec(`INSERT OR REPLACE INTO reference.disclosure_rules VALUES ('centres', ` + rules + `, NULL, 'x', 'proposal')`); err != nil {
			t.Fatal(err)
		}
		_, err := Protect(t.Context(), s.db, s.plan, Policy{})
		return err
	}
	if err := set("0, false, 30"); err == nil || !strings.Contains(err.Error(), "protects nobody") {
		t.Errorf("a threshold of 0 beside another rule: got %v", err)
	}
	if err := set("-1, false, 0"); err == nil {
		t.Error("a threshold below 0 was taken")
	}
	if err := set("0, false, 0"); err != nil {
		t.Fatal(err)
	}
	if got := s.published(t); got[0].status != "A" || got[0].value.Float64 != 50 {
		t.Errorf("got %+v", got[0])
	}
}

func TestThePlanIsThatOfTheReference(t *testing.T) {
	year, crossed := region("a", 40.0, 100.0), region("a", 40.0, 100.0)
	crossed.sex, crossed.age = "F", "15-24"
	crossed.period, year.sex = "2025-Q2", "F"
	s := newSet(t, "rate", "personal", "-- rules: persons\n", year, crossed, region("b", 40.0, 100.0))
	if _, err := s.db.Exec(`DELETE FROM reference.plan; INSERT INTO reference.plan VALUES ('quarter', false, 'sex_age_band'), ('quarter', true, '_T'), ('year', false, 'sex')`); err != nil {
		t.Fatal(err)
	}
	report := s.protect(t, Policy{})
	if got := s.published(t); len(got) != 1 || got[0].key != "region/R/2025-Q2/F/15-24/a" || report.Views[0].LeftOut != 2 {
		t.Errorf("got %+v", got)
	}
	if _, err := s.db.Exec(`DELETE FROM reference.plan`); err != nil {
		t.Fatal(err)
	}
	if _, err := Protect(t.Context(), s.db, s.plan, Policy{}); err == nil || !strings.Contains(err.Error(), "reference.plan: no rows") {
		t.Errorf("without a plan: got %v", err)
	}
}

func TestALookAtACellLeavesEverythingAsItWas(t *testing.T) {
	s := newSet(t, "rate", "personal", "-- rules: persons\n", region("a", 2.0, 100.0), region("b", 40.0, 100.0))
	s.protect(t, Policy{})
	before := fmt.Sprint(s.published(t))
	key := map[string]string{"geo_level": "region", "geo": "R", "period_type": "quarter", "period": "2025-Q1", "sex": "_T", "age_band": "_T", "measure": "a"}
	look := func(column, code string) Cell {
		t.Helper()
		asked := maps.Clone(key)
		asked[column] = code
		cell, err := Look(t.Context(), s.db, s.plan, Policy{Contracts: map[string]string{"cells": "personal"}}, s.plan.Cubes()[0], asked)
		if err != nil {
			t.Fatal(err)
		}
		return cell
	}
	hidden := look("measure", "a")
	if !hidden.Computed || !hidden.Requested || hidden.Status != "Q" || !hidden.Primary || hidden.Shown != (Numbers{}) || *hidden.Cube.Numerator != 2 || hidden.Rules.Threshold != 3 {
		t.Errorf("hidden: got %+v", hidden)
	}
	if shown := look("measure", "b"); shown.Status != "A" || shown.Primary || *shown.Shown.Value != 40 {
		t.Errorf("shown: got %+v", shown)
	}
	if none := look("geo", "nowhere"); none.Computed || none.Requested {
		t.Errorf("no such cell: got %+v", none)
	}
	if after := fmt.Sprint(s.published(t)); after != before {
		t.Error("looking changed what is published")
	}
}
