package disclosure

import "testing"

// A search that may take no steps gives up all detail, and what is left passes
// the gate: nothing is published without a witness.
func TestASearchCutShortPublishesLess(t *testing.T) {
	s := small(t, "", asIs)
	hidden := map[int64]int64{}
	for _, steps := range []int64{0, 1} {
		report, err := Protect(t.Context(), s.db, s.plan, Policy{Together: true, Steps: steps})
		if err != nil {
			t.Fatalf("%d steps: %v", steps, err)
		}
		hidden[steps] = report.Views[0].ByStatus["Q"]
		if gave := report.Gate.TooLong > 0; gave != (steps == 1) {
			t.Errorf("%d steps: tiers given up: got %d", steps, report.Gate.TooLong)
		}
	}
	if hidden[1] <= hidden[0] {
		t.Errorf("hidden: got %d of a search cut short and %d of a whole one, want more", hidden[1], hidden[0])
	}
}

// A territory of a higher level that holds one district goes with its level: what
// would be left of the tier says nothing of the rest of the region.
func TestATierGoesWithAllTerritoriesOfItsLevels(t *testing.T) {
	s := small(t, "", asIs)
	for _, statement := range []string{
		`UPDATE reference.geo_levels SET position = 3 WHERE level = 'district'`,
		`INSERT INTO reference.geo (code, level, name_it, name_en, slug, short, position, source) VALUES ('P4', 'province', 'P4', 'P4', 'p4', 'P4', 1, 'x')`,
		`INSERT INTO reference.geo_parent VALUES ('D4', 'P4'), ('P4', 'R')`,
	} {
		if _, err := s.db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	c := protected(t, s)
	f := c.families[0]
	for g, code := range c.geo.codes {
		of := f.detail(&line{geo: int32(g), crossing: &crossing{}})
		if want := code[0] == 'D'; of.finest != want {
			t.Errorf("%s: finest: got %v, want %v", code, of.finest, want)
		}
	}
}
