package queries_test

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"osservatorio/queries"
	"osservatorio/queries/querytest"
)

const definitionsFile = "definitions.csv"

var definitionsHeader = []string{"definition", "view", "sql_sha256"}

// TestADefinitionChangesOnlyWithItsVersion holds the SQL of every cube to the
// hash recorded for its definition and version.
func TestADefinitionChangesOnlyWithItsVersion(t *testing.T) {
	_, plan := querytest.Open(t, house(t))
	recorded := readDefinitions(t)
	current := map[[2]string]string{}
	for _, cube := range plan.Cubes() {
		current[[2]string{cube.Header.Definition, cube.Header.View}] = plan.SQLHash(cube.Qualified())
	}
	if querytest.Updating(t) {
		writeDefinitions(t, recorded, current)
		return
	}
	for _, advice := range definitionFaults(recorded, current) {
		t.Error(advice)
	}
}

func definitionFaults(recorded, current map[[2]string]string) []string {
	var out []string
	for key, hash := range current {
		switch was, known := recorded[key]; {
		case !known:
			out = append(out, key[1]+": definition "+key[0]+" is not recorded: run go test ./queries -run Definition -update")
		case was != hash:
			out = append(out, key[1]+": the SQL of definition "+key[0]+" changed: if its numbers may change, raise the version in the header; then run go test ./queries -run Definition -update")
		}
	}
	slices.Sort(out)
	return out
}

func readDefinitions(t *testing.T) map[[2]string]string {
	t.Helper()
	out := map[[2]string]string{}
	content, err := os.ReadFile(definitionsFile)
	if os.IsNotExist(err) {
		return out
	}
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(content))).ReadAll()
	if err != nil || len(rows) == 0 || !slices.Equal(rows[0], definitionsHeader) {
		t.Fatalf("%s: expected columns %v: %v", definitionsFile, definitionsHeader, err)
	}
	for _, row := range rows[1:] {
		out[[2]string{row[0], row[1]}] = row[2]
	}
	return out
}

// writeDefinitions adds the current hashes to those of earlier versions.
func writeDefinitions(t *testing.T, recorded, current map[[2]string]string) {
	t.Helper()
	for key, hash := range current {
		recorded[key] = hash
	}
	rows := make([][]string, 0, len(recorded))
	for key, hash := range recorded {
		rows = append(rows, []string{key[0], key[1], hash})
	}
	slices.SortFunc(rows, slices.Compare)
	file, err := os.Create(definitionsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := csv.NewWriter(file).WriteAll(append([][]string{definitionsHeader}, rows...)); err != nil {
		t.Fatal(err)
	}
}

func TestLayoutAndCommentsDoNotChangeADefinition(t *testing.T) {
	hash := func(sql string) string {
		v, err := queries.Parse("marts/a.sql", "-- grain: x\n\n"+sql)
		if err != nil {
			t.Fatal(err)
		}
		return queries.Plan{Views: []queries.View{v}}.SQLHash("marts.a")
	}
	base := hash("SELECT 'a  b' AS x, 1 AS y")
	if got := hash("-- why\n\nSELECT 'a  b'   AS x, /* one */ 1\n  AS y;"); got != base {
		t.Error("layout changed the hash")
	}
	for _, other := range []string{"SELECT 'a b' AS x, 1 AS y", "SELECT 'a  b' AS x, 2 AS y", "SELECT '--a  b' AS x, 1 AS y"} {
		if hash(other) == base {
			t.Errorf("%s has the hash of another statement", other)
		}
	}
}

func TestChangedSQLWithoutANewVersionIsTold(t *testing.T) {
	recorded := map[[2]string]string{{"a@1", "a"}: "old"}
	if got := definitionFaults(recorded, map[[2]string]string{{"a@1", "a"}: "new"}); len(got) != 1 || !strings.Contains(got[0], "raise the version") {
		t.Errorf("got %v", got)
	}
	if got := definitionFaults(recorded, map[[2]string]string{{"a@1", "a"}: "old"}); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}
