package queries

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// summed is a cube of cubeHead with more lines in its header.
func summed(t *testing.T, lines ...string) (Sums, error) {
	t.Helper()
	v, err := Parse("cubes/invented.sql", cubeHead+strings.Join(lines, "\n")+"\n\nSELECT 1 AS x;\n")
	return v.Header.Sums, err
}

func TestAHeaderSaysWhatAddsUp(t *testing.T) {
	s, err := summed(t, "-- population: cohort", "-- population.b: other_{measure} / -", "-- time: apart", "-- time.b: add / stock",
		"-- overlap: sex", "-- tied: elsewhere", "-- moved: flows, came, went_away, sex, changed", "-- answers: x < y; c | d = all; a = x of not y; z within x")
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Of("a"); got.Population != "cohort" || got.Denominators != "" || got.Time != "apart" || got.DenominatorTime != "apart" {
		t.Errorf("measure a counts %+v", got)
	}
	if got := s.Of("b"); got.Population != "other_b" || got.Denominators != "-" || got.Time != "add" || got.DenominatorTime != "stock" {
		t.Errorf("measure b counts %+v", got)
	}
	questions := []Question{{Classes: [][]string{{"x", "y"}}}, {Classes: [][]string{{"c"}, {"d"}}, Whole: true}}
	if !reflect.DeepEqual(s.Questions, questions) {
		t.Errorf("questions: got %v, want %v", s.Questions, questions)
	}
	if f := s.Formulas["a"]; f.Answer != "x" || f.Base != "y" || !f.BaseNot {
		t.Errorf("formula of a: got %+v", f)
	}
	if !reflect.DeepEqual(s.Within, [][2]string{{"z", "x"}}) || !reflect.DeepEqual(s.Overlap, []string{"sex"}) || !reflect.DeepEqual(s.Tied, []string{"elsewhere"}) {
		t.Errorf("got %+v", s)
	}
	if want := (Moved{"flows", "came", "went_away", "sex", "changed"}); s.Moved == nil || *s.Moved != want {
		t.Errorf("moved: got %+v, want %+v", s.Moved, want)
	}
	if _, err := summed(t, "-- moved: flows, came"); err == nil || !strings.Contains(err.Error(), "expected a view, its measures of who came and who left") {
		t.Errorf("a stock that is moved by a view and one measure: %v", err)
	}
}

func TestAHeaderWithoutSumsClaimsThatPeriodsAddUp(t *testing.T) {
	s, err := summed(t)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Of("a"); got.Time != "add" || got.Population != "" {
		t.Errorf("got %+v", got)
	}
}

func TestFaultsOfSumsAreToldWithTheirLine(t *testing.T) {
	first := strings.Count(cubeHead, "\n") + 1
	if !strings.HasSuffix(cubeHead, "\n") {
		t.Fatal("cubeHead does not end its last line")
	}
	for line, want := range map[string]string{
		"-- time: yearly":               `value "yearly": expected one of add, apart, stock`,
		"-- population: The Cohort":     `value "The Cohort": expected the name of a population, or -`,
		"-- population.nobody: cohort":  "measure nobody: no measure of this view",
		"-- overlap: shoes":             "overlap shoes: no breakdown of this view",
		"-- answers: nobody = x of y":   "answers: nobody: no measure of this view",
		"-- answers: a = x or y":        `answers "x or y": expected`,
		"-- answers: x < Y y":           `value "Y y": expected an answer`,
		"-- answers: a = x; a = x of y": "answers: measure a: said twice",
	} {
		_, err := summed(t, line)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), fmt.Sprintf("invented.sql:%d:", first)) {
			t.Errorf("%s: got %v, want line %d and %q", line, err, first, want)
		}
	}
}
