package contract

import (
	"os"
	"strings"
	"testing"
)

func TestEveryContractLoadsAndSaysBothLanguages(t *testing.T) {
	if len(Names()) < 7 {
		t.Fatalf("contracts: %v", Names())
	}
	for _, name := range Names() {
		c, err := Load(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if c.Title == "" || c.TitleEN == "" || c.Description == "" || c.DescriptionEN == "" {
			t.Errorf("%s: a title or description is missing", name)
		}
	}
}

func TestEveryExampleHasTheColumnsOfItsContract(t *testing.T) {
	for _, name := range Names() {
		c, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		example, err := Example(name)
		if err != nil {
			t.Error(err)
		} else if !strings.HasPrefix(example, Template(c)) {
			t.Errorf("%s: the example begins with %q, want %q", name, strings.SplitN(example, "\n", 2)[0], Template(c))
		}
	}
	if _, err := Example("nothing"); err == nil {
		t.Error("there is an example of no contract")
	}
}

func TestAnExampleMovesToAnotherTerritoryWithItsEmptyCells(t *testing.T) {
	c, err := Load("funding")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Relocate(c, "district,kind\nER-D21,paid\n,paid\n", func(table, target string) string { return table + "/" + target })
	if want := "district,kind\ngeo/code,paid\n,paid\n"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestPersonalContractsReKeyTheirPersons(t *testing.T) {
	for _, name := range Names() {
		c, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		_, hasPerson := c.Field("person_id")
		rekeyed := strings.Contains(strings.Join(c.Pseudonyms, " "), "person_id")
		if hasPerson && (c.Protection != "personal" || !rekeyed) {
			t.Errorf("%s: has person_id, but protection %s and pseudonyms %v", name, c.Protection, c.Pseudonyms)
		}
	}
}

func TestTheOrderOfColumnsAndTheirConstraintsAreKept(t *testing.T) {
	c, err := Load("registrations")
	if err != nil {
		t.Fatal(err)
	}
	f, ok := c.Field("birth_year")
	if !ok || f.Type != "integer" || f.Minimum != "1920" || f.Maximum != "2015" || !f.Required {
		t.Errorf("birth_year: %+v", f)
	}
	if got := Template(c); !strings.HasPrefix(got, "registration_id,person_id,registered_on,") || !strings.HasSuffix(got, ",updated_on\n") {
		t.Errorf("template: %q", got)
	}
	if len(c.Rules) != 4 || c.Rules[0].Later != "closed_on" || c.Rules[0].Earlier != "registered_on" {
		t.Errorf("rules: %+v", c.Rules)
	}
	if k := c.ForeignKeys[0]; k != (ForeignKey{Column: "comune", Table: "comuni", Target: "comune"}) {
		t.Errorf("foreign key: %+v", k)
	}
}

func TestAnUnknownNameIsToldWhichNamesThereAre(t *testing.T) {
	for _, name := range []string{"servizi", "", "../contract/services", "services.json"} {
		_, err := Load(name)
		if err == nil || !strings.Contains(err.Error(), "services") || !strings.Contains(err.Error(), "placements") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestAFaultyContractTellsAllItsFaults(t *testing.T) {
	raw, err := os.ReadFile("services.json")
	if err != nil {
		t.Fatal(err)
	}
	faulty := strings.NewReplacer(
		`"type": "number"`, `"type": "decimal"`,
		`"^[A-Z][0-9]{2}$"`, `"^[A-Z"`,
		`"not_before"`, `"never_before"`,
		`"protection": "personal"`, `"protection": "secret"`,
		`"later": "started_on"`, `"later": "begun_on"`,
	).Replace(string(raw))
	_, err = Parse(strings.NewReader(faulty))
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"decimal", "pattern", "never_before", "secret", "begun_on"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no word of %s in:\n%v", want, err)
		}
	}
}

func TestAKeyNobodyKnowsIsAnError(t *testing.T) {
	raw, err := os.ReadFile("services.json")
	if err != nil {
		t.Fatal(err)
	}
	typo := strings.Replace(string(raw), `"latest_by"`, `"lastest_by"`, 1)
	if _, err := Parse(strings.NewReader(typo)); err == nil || !strings.Contains(err.Error(), "lastest_by") {
		t.Errorf("got %v", err)
	}
	if _, err := Parse(strings.NewReader(string(raw) + "{}")); err == nil {
		t.Error("two objects in one file were accepted")
	}
}

func TestTheDescriptionSpeaksTheAskedLanguage(t *testing.T) {
	c, err := Load("services")
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string][]string{
		"it": {"Prestazioni e attività", "obbligatoria", "AAAA-MM-GG", "vale la più recente per: updated_on", "ended_on non prima di started_on", "una sola fra person_id, employer_id", "Note sulle colonne\n  measure: Una delle otto"},
		"en": {"Services and activities", "required", "YYYY-MM-DD", "the latest holds, by: updated_on", "ended_on not before started_on", "exactly one of person_id, employer_id", "Notes on columns\n  measure: One of the eight"},
	} {
		var b strings.Builder
		if err := Describe(&b, c, lang); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(b.String(), "\n") {
			if strings.Contains(line, "  string  ") && len(line) > 160 {
				t.Errorf("%s: a line of %d bytes in the table of columns", lang, len(line))
			}
		}
		for _, s := range append(want, "beneficiary_kind", "person|employer", "→ lep.slug") {
			if !strings.Contains(b.String(), s) {
				t.Errorf("%s: no %q in\n%s", lang, s, b.String())
			}
		}
	}
}
