package queries_test

import (
	"encoding/csv"
	"os"
	"slices"
	"strconv"
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

// TestTheHistoryOfDefinitionsHasNoHoles wants every earlier version of a
// definition to stay recorded, and the view to be at its last.
func TestTheHistoryOfDefinitionsHasNoHoles(t *testing.T) {
	recorded := readDefinitions(t)
	views, err := queries.Views()
	if err != nil {
		t.Fatal(err)
	}
	current := map[string]string{}
	for _, v := range views {
		if v.Layer == queries.Cubes {
			current[v.Header.View] = v.Header.Definition
		}
	}
	for _, fault := range historyFaults(recorded, current) {
		t.Error(fault)
	}
	holes := historyFaults(map[[2]string]string{{"a@1", "a"}: "x", {"a@3", "a"}: "y"}, map[string]string{"a": "a@2"})
	if len(holes) != 2 {
		t.Errorf("a hole and a version that went back: got %v", holes)
	}
}

func historyFaults(recorded map[[2]string]string, current map[string]string) []string {
	var out []string
	for key := range recorded {
		id, number, _ := strings.Cut(key[0], "@")
		version, err := strconv.Atoi(number)
		if err != nil {
			out = append(out, key[1]+": definition "+key[0]+": expected id@version")
			continue
		}
		if _, there := recorded[[2]string{id + "@" + strconv.Itoa(version-1), key[1]}]; version > 1 && !there {
			out = append(out, key[1]+": definition "+key[0]+" has no version before it")
		}
		now, newest, _ := strings.Cut(current[key[1]], "@")
		if at, _ := strconv.Atoi(newest); now == id && at < version {
			out = append(out, key[1]+": the view is at "+current[key[1]]+", but "+key[0]+" is recorded")
		}
	}
	return out
}
