package disclosure

import (
	"strings"
	"testing"
)

// A view that the list names shows, in each tier of the plan, the measures that
// stand there and no other; a view that it does not name shows all of its own.
func TestAViewShowsTheMeasuresThatItsPlanNames(t *testing.T) {
	sex := region("b", 40.0, 100.0)
	sex.sex = "F"
	s := newSet(t, "rate", "personal", "-- rules: persons\n", region("a", 40.0, 100.0), region("b", 50.0, 100.0), sex)
	for _, step := range []struct{ list, want string }{
		{``, "F/b _T/a _T/b"},
		{`('another', 'quarter', false, '_T', 'a', 'x', 'proposal')`, "F/b _T/a _T/b"},
		{`('c', 'quarter', false, '_T', 'a', 'x', 'proposal')`, "_T/a"},
		{`('c', 'quarter', false, 'sex', 'b', 'x', 'proposal')`, "F/b _T/a"},
		{`('c', 'quarter', false, '_T', '*', 'x', 'proposal')`, "F/b _T/a _T/b"},
	} {
		if step.list != "" {
			if _, err := s.db.Exec(`INSERT INTO reference.plan_measures VALUES ` + step.list); err != nil {
				t.Fatal(err)
			}
		}
		s.protect(t, Policy{})
		var got []string
		for _, r := range s.published(t) {
			got = append(got, r.sex+"/"+r.measure)
		}
		if got := strings.Join(sortedTexts(got), " "); got != step.want {
			t.Errorf("with %s: got %s, want %s", step.list, got, step.want)
		}
	}
}

func TestMeasuresWithATypoPublishNothing(t *testing.T) {
	for typo, want := range map[string]string{
		`('c', 'quarter', false, '_T', 'aa', 'x', 'proposal')`:  `reference.plan_measures: view c: measure "aa": the view has no such measure`,
		`('c', 'year', false, '_T', 'a', 'x', 'proposal')`:      `reference.plan_measures: view c: year, finest false, breakdown _T: expected a line of reference.plan`,
		`('c', 'quarter', true, 'sesso', 'a', 'x', 'proposal')`: `breakdown sesso: expected a line of reference.plan`,
	} {
		s := small(t, "", asIs)
		if _, err := s.db.Exec(`INSERT INTO reference.plan_measures VALUES ` + typo); err != nil {
			t.Fatal(err)
		}
		if _, err := Protect(t.Context(), s.db, s.plan, Policy{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", typo, err, want)
		}
	}
}

func sortedTexts(texts []string) []string {
	seen := map[string]bool{}
	for _, text := range texts {
		seen[text] = true
	}
	return sorted(seen)
}

func TestMeasuresOfAFileAreReadOrRefusedWithTheirLine(t *testing.T) {
	head := "view,period_type,finest,breakdown,measure,source,verification\n"
	got, err := ReadMeasures(strings.NewReader(head+"c,year,false,sex,a,x,proposal\n"), "m.csv")
	want := Asked{View: "c", Tier: Tier{PeriodType: "year", Breakdown: "sex"}, Measure: "a"}
	if err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("got %v, %v", got, err)
	}
	for text, want := range map[string]string{
		"view,measure\n": "m.csv:1: expected view,period_type",
		head + "c,year,perhaps,sex,a,x,proposal\n":                                 `m.csv:2: finest "perhaps"`,
		head + "c,year,true,sex,a,x,proposal\n" + "c,year,true,sex,a,y,proposal\n": "m.csv:3: said twice",
	} {
		if _, err := ReadMeasures(strings.NewReader(text), "m.csv"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}
