package queries

import (
	"reflect"
	"strings"
	"testing"

	"osservatorio/queries/release"
)

// cubeHead is a complete header of an invented cube.
const cubeHead = `-- title.it: Titolo
-- title.en: Title
-- description.it: Descrizione
-- description.en: Description
-- grain: geo_level, geo, period_type, period, sex, measure
-- materialize: table
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: invented@2
-- method: invented
-- universe.it: Tutti
-- universe.en: Everybody
-- numerator.it: Raggiunti
-- numerator.en: Reached
-- denominator.it: Aventi diritto
-- denominator.en: Entitled
-- source.it: Fonte
-- source.en: Source
-- breakdowns: sex
-- rules: persons
-- caveat.it.1: Attenzione
-- caveat.en.1: Beware
-- measure.b.it: Bi
-- measure.b.en: Bee
-- measure.a.it: A
-- measure.a.en: Ay
-- measure.a.unit: persons
`

func TestAHeaderIsReadWhole(t *testing.T) {
	v, err := Parse("cubes/invented.sql", cubeHead+"\nSELECT 1 AS x;\n")
	if err != nil {
		t.Fatal(err)
	}
	if v.Select != "SELECT 1 AS x" || !v.Header.Table || v.Header.View != "invented" || v.Header.Definition != "invented@2" {
		t.Errorf("got %+v", v)
	}
	want := []release.Measure{
		{Code: "b", Label: release.Text{IT: "Bi", EN: "Bee"}, Unit: "percent"},
		{Code: "a", Label: release.Text{IT: "A", EN: "Ay"}, Unit: "persons"},
	}
	if !reflect.DeepEqual(v.Header.Measures, want) {
		t.Errorf("measures: got %v, want %v", v.Header.Measures, want)
	}
}

func TestEveryFaultOfAHeaderIsToldWithItsLine(t *testing.T) {
	cases := []struct{ claim, from, to, want string }{
		{"an unknown key", "-- method:", "-- methd:", "cubes/x.sql:11: key methd: unknown"},
		{"a missing key", "-- method: invented\n", "", "cubes/x.sql:1: key method: missing"},
		{"a key said twice", "-- unit: percent", "-- kind: rate", "cubes/x.sql:9: key kind: said on line 8 already"},
		{"an empty value", "-- method: invented", "-- method:", "cubes/x.sql:11: key method: no value"},
		{"a value outside its list", "-- kind: rate", "-- kind: ratio", `cubes/x.sql:8: value "ratio": expected one of rate, count, observation`},
		{"a definition without version", "invented@2", "invented", "cubes/x.sql:10: value \"invented\": expected id@version"},
		{"a line that is no key", "-- method: invented", "-- method = invented", "cubes/x.sql:11: \"-- method = invented\": expected"},
		{"a text in one language only", "-- title.en: Title\n", "", "cubes/x.sql:1: key title.en: missing"},
		{"a caveat in one language only", "-- caveat.en.1: Beware\n", "", "cubes/x.sql:1: key caveat 1: no English text"},
		{"a language that is not spoken here", "title.en", "title.fr", "key title.fr: unknown"},
		{"a grain that forgets a breakdown", "period, sex, measure", "period, measure", "cubes/x.sql:5: grain: expected geo_level"},
		{"a measure without a label", "-- measure.a.it: A\n", "", "cubes/x.sql:1: key measure.a: no Italian text"},
		{"a kind of period that no plan has", "-- rules: persons\n", "-- rules: persons\n-- periods: week\n", `value "week": expected one of month, quarter, year`},
		{"rules on an open view", "protection: personal", "protection: open", "an open view has none"},
		{"no rules on a personal view", "-- rules: persons\n", "", "cubes/x.sql:1: key rules: missing"},
		{"a rate without its denominator", "-- denominator.it: Aventi diritto\n", "", "key denominator.it: missing"},
		{"a derived measure of unknown parts", "-- rules: persons", "-- rules: persons\n-- derived: a = b - c", `derived a: "c" is no measure of this view`},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			head := strings.Replace(cubeHead, c.from, c.to, 1)
			_, err := Parse("cubes/x.sql", head+"\nSELECT 1")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestAllFaultsOfAFileAreToldAtOnce(t *testing.T) {
	_, err := Parse("cubes/x.sql", "-- kind: ratio\n-- colour: red\n")
	for _, want := range []string{"cubes/x.sql:1: value", "cubes/x.sql:2: key colour", "key grain: missing", "no statement"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v\nwant also %s", err, want)
		}
	}
}

func TestACheckSpeaksToTheOperator(t *testing.T) {
	v, err := Parse("checks/x.sql", "-- Two districts of one name.\n\nSELECT 1")
	if err != nil || v.Notice.Message != "Two districts of one name." {
		t.Errorf("got %+v, %v", v.Notice, err)
	}
	if _, err := Parse("checks/x.sql", "SELECT 1"); err == nil {
		t.Error("a check without a message was accepted")
	}
}
