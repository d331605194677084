package disclosure

import (
	"strings"
	"testing"
)

func TestAPlanThatAsksTheImpossibleIsRefusedWithItsLine(t *testing.T) {
	s := small(t, "", asIs)
	for row, want := range map[string]string{
		"week,true,_T":           `plan.csv:3: period_type "week": expected month, quarter or year`,
		"year,perhaps,_T":        `plan.csv:3: finest "perhaps": expected true or false`,
		"year,true,sx":           `plan.csv:3: breakdown "sx": no view has it`,
		"year,true,age_band_sex": `plan.csv:3: breakdown "age_band_sex": no view has it`,
		"quarter,true,_T":        `plan.csv:3: said twice`,
	} {
		_, err := ReadPlan(strings.NewReader("period_type,finest,breakdown\nquarter,true,_T\n"+row+"\n"), "plan.csv", s.plan)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", row, err, want)
		}
	}
	tiers, err := ReadPlan(strings.NewReader("period_type,finest,breakdown\nyear,false,sex_age_band\n"), "plan.csv", s.plan)
	if err != nil || len(tiers) != 1 || tiers[0].Breakdown != "sex_age_band" {
		t.Errorf("got %v, %v", tiers, err)
	}
}

func TestAPreviewTellsWhatIsLostAndWritesNothing(t *testing.T) {
	s := small(t, "", asIs)
	alone, err := Preview(t.Context(), s.db, s.plan, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	together, err := Preview(t.Context(), s.db, s.plan, Policy{Together: true})
	if err != nil {
		t.Fatal(err)
	}
	of := func(losses []Loss, level string) Loss {
		for _, l := range losses {
			if l.Level == level {
				return l
			}
		}
		return Loss{}
	}
	if a := of(alone, "district"); a.View != "c" || a.Requested != 16 || a.Hidden != 2 || a.Own != 2 {
		t.Errorf("alone: got %+v, want 2 of 16 lost", a)
	}
	if a := of(together, "district"); a.Requested != 16 || a.Hidden <= 2 || a.Own != 2 {
		t.Errorf("together: got %+v, want more than 2 of 16 lost, 2 for their own numbers", a)
	}
	var n int
	if err := s.db.QueryRow(`SELECT count(*) FROM information_schema.tables WHERE table_schema = 'published'`).Scan(&n); err != nil || n > 0 {
		t.Errorf("%d published tables, %v", n, err)
	}
}
