package queries_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osservatorio/queries"
	"osservatorio/queries/querytest"
)

// traps.csv lists what data and definitions are known to go wrong by, each with
// the example that holds it: a txtar of this folder, or a test by its path from
// here. What a row of kind "bad input" names after its colon is the rule.
func readTraps(t *testing.T) [][]string {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "traps.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 60 || len(rows[0]) != 3 {
		t.Fatalf("traps.csv: %d rows, %v: expected kind, trap, example", len(rows), err)
	}
	return rows[1:]
}

func TestEveryTrapHasItsExample(t *testing.T) {
	for _, row := range readTraps(t) {
		path := row[2]
		if strings.HasSuffix(path, ".txtar") {
			path = filepath.Join("testdata", path)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%s: %v", row[1], err)
			continue
		}
		if _, rule, named := strings.Cut(row[1], ": "); row[0] == "bad input" && named && !strings.Contains(string(text), rule) {
			t.Errorf("%s: %s does not name the rule", row[1], row[2])
		}
	}
}

// Each reason by which rows are counted as unusable stands in the list, so that
// none is counted without an example.
func TestEveryReasonOfQualityIsATrap(t *testing.T) {
	listed := map[string]bool{}
	for _, row := range readTraps(t) {
		_, rule, _ := strings.Cut(row[1], ": ")
		listed[rule] = true
	}
	db, plan := querytest.Open(t, house(t))
	if err := queries.Apply(t.Context(), db, plan.Only("marts.quality")); err != nil {
		t.Fatal(err)
	}
	rows, err := db.QueryContext(t.Context(), `SELECT reason FROM marts.quality`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var reason string
		if err := rows.Scan(&reason); err != nil {
			t.Fatal(err)
		}
		if n++; !listed[reason] {
			t.Errorf("%s: counted, but no trap of the list", reason)
		}
	}
	if err := rows.Err(); err != nil || n < 20 {
		t.Errorf("%d reasons, %v: expected 20 or more", n, err)
	}
}
