package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"osservatorio/queries"
	"osservatorio/queries/disclosure"
	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// secretCube reads its numbers from a table, so that two truths share their
// SQL. Rows of 2025-Q1 are to be hidden; the others stand in public.
const secretCube = `
SELECT 'region' AS geo_level, 'R' AS geo, 'quarter' AS period_type, period, sex, 'a' AS measure, numerator, denominator,
  CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high, CAST(NULL AS VARCHAR) AS obs_status,
  CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS note_ids
FROM reference.invented`

// secretWorld is the invented world with one more view, whose hidden cell is
// so many of so many.
func secretWorld(t *testing.T, numerator, denominator float64) (*warehouse.DB, Options) {
	t.Helper()
	db, o := world(t)
	_, err := db.Exec(`CREATE TABLE reference.invented AS SELECT * FROM (VALUES
		('2025-Q1', '_T', CAST(? AS DOUBLE), CAST(? AS DOUBLE)), ('2025-Q2', '_T', 123, 4567), ('2025-Q3', '_T', 5000, 5600)) v(period, sex, numerator, denominator)`,
		numerator, denominator)
	if err != nil {
		t.Fatal(err)
	}
	text := cubeText("secrets", "rate", "personal", "percent", "persons", "(NULL)")
	cube, err := queries.Parse("cubes/secrets.sql", text[:strings.Index(text, "\nSELECT")]+secretCube)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := queries.NewPlan(t.Context(), db, append(slices.Clone(o.Plan.Views), cube))
	if err != nil {
		t.Fatal(err)
	}
	if err := queries.Apply(t.Context(), db, plan); err != nil {
		t.Fatal(err)
	}
	report, err := disclosure.Protect(t.Context(), db, plan, disclosure.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	o.Plan, o.Report = plan, report
	if err := os.MkdirAll(filepath.Dir(o.Dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), db, o); err != nil {
		t.Fatal(err)
	}
	return db, o
}

// Whoever holds the folder learns nothing of a hidden cell from any of its
// bytes: not from sizes, order, footers, statistics, sums or reports. For
// another truth under the same mask gives the same folder.
func TestTwoTruthsUnderOneMaskGiveOneFolder(t *testing.T) {
	_, first := secretWorld(t, 1, 40)
	_, second := secretWorld(t, 2, 777777)
	a, b := tree(t, first.Dir), tree(t, second.Dir)
	if !strings.Contains(string(a["data/secrets.csv"]), "region,R,quarter,2025-Q1,_T,a,,,,percent,,,Q,C,,,secrets@1\n") {
		t.Fatalf("the cell is not hidden: %s", a["data/secrets.csv"])
	}
	names := slices.Sorted(maps.Keys(a))
	if !slices.Equal(names, slices.Sorted(maps.Keys(b))) {
		t.Fatalf("other files: %v and %v", names, slices.Sorted(maps.Keys(b)))
	}
	for _, name := range names {
		if strings.HasPrefix(filepath.Base(name), ".") {
			t.Errorf("%s: left behind", name)
		}
		if !bytes.Equal(a[name], b[name]) {
			t.Errorf("%s tells the two truths apart", name)
		}
	}
}

// So it is with the report of changes of a release that follows another: it is
// made of what both show. In the second release the hidden cell is another one,
// one more is hidden, and what was shown moves.
func TestTheReportOfChangesTellsTwoTruthsNotApart(t *testing.T) {
	var folders []map[string][]byte
	for _, truth := range []struct{ before, after, gone float64 }{{1, 2, 1}, {2, 1, 777777}} {
		db, first := secretWorld(t, truth.before, 40)
		_, err := db.Exec(`
			UPDATE reference.invented SET numerator = CASE period WHEN '2025-Q1' THEN CAST(? AS DOUBLE) WHEN '2025-Q2' THEN 2 ELSE 5010 END,
			  denominator = CASE period WHEN '2025-Q2' THEN CAST(? AS DOUBLE) ELSE denominator END`, truth.after, truth.gone)
		if err != nil {
			t.Fatal(err)
		}
		report, err := disclosure.Protect(t.Context(), db, first.Plan, disclosure.Policy{})
		if err != nil {
			t.Fatal(err)
		}
		first.Report = report
		second := follow(t, db, first, "2026-02", "SELECT 1")
		folders = append(folders, tree(t, second.Dir))
		if c := readChanges(t, second.Dir); c.Revised != 2 {
			t.Errorf("got %+v, want one number revised and one hidden", c)
		}
	}
	for name, data := range folders[0] {
		if !bytes.Equal(data, folders[1][name]) {
			t.Errorf("%s tells the two truths apart: %s and %s", name, data, folders[1][name])
		}
	}
	for _, name := range []string{"changes.json", "CHANGES.md"} {
		if len(folders[0][name]) == 0 || len(folders[0]) != len(folders[1]) {
			t.Errorf("%s is not there, or other files than in the other folder", name)
		}
	}
}

// number finds what could be a figure: digits that are part of no word, date,
// code or address.
var number = regexp.MustCompile(`(^|[^\pL\d_./:@%#?=+~-])(-?\d+(?:[.,]\d+)?)($|[^\pL\d_/:@%-])`)

// This test reads the folder as anyone has it.
// In files of data each number must be one of a published table; in all others
// what looks like a figure must be one, too, or be said by the words of a view,
// by a code list or by a file about itself: its sizes, rows and versions.
func TestEveryFigureOfAFolderIsAPublishedOne(t *testing.T) {
	db, o := secretWorld(t, 2, 777777)
	files := tree(t, o.Dir)
	shown := publishedNumbers(t, db, o)
	if shown["777777"] || !shown["4567"] || len(shown) < 10 {
		t.Fatalf("published numbers: %v", shown)
	}
	// the versions of a licence, of CITATION.cff and of XML, and the year of the citation
	structural := map[string]bool{"4.0": true, "1.2": true, "1.0": true, "2025": true}
	for name, data := range files {
		structural[strconv.Itoa(len(data))] = true
		if strings.HasPrefix(name, "codes/") || strings.HasSuffix(name, ".csv-metadata.json") {
			addNumbers(structural, string(data))
		}
	}
	for _, v := range o.Plan.Views {
		words, err := json.Marshal(v.Header)
		if err != nil {
			t.Fatal(err)
		}
		addNumbers(structural, string(words))
	}
	for name, file := range map[string]string{"columns": "words/columns.csv", "phrases": "words/phrases.csv"} {
		data, err := words.ReadFile(file)
		if err != nil {
			t.Fatal(name, err)
		}
		addNumbers(structural, string(data))
	}
	looked := 0
	for name, data := range files {
		switch {
		case strings.HasSuffix(name, ".parquet"):
			looked += checkParquet(t, name, data, shown, structural)
		case strings.HasPrefix(name, "data/") && strings.HasSuffix(name, ".csv"):
			looked += checkSheet(t, name, data, shown)
		case strings.HasPrefix(name, "data/") && cubeFile(name):
			looked += checkCube(t, name, data, shown)
		default:
			for _, n := range numbersOf(string(data)) {
				if small, err := strconv.Atoi(n); err == nil && small < 100 && small >= 0 {
					continue // counts of cells, limits and versions
				}
				if !shown[n] && !structural[n] {
					t.Errorf("%s says %s, which is published nowhere", name, n)
				}
				looked++
			}
		}
	}
	if looked < 100 {
		t.Errorf("%d numbers looked at: the test shows little", looked)
	}
}

func cubeFile(name string) bool {
	return strings.HasSuffix(name, ".json") && !strings.HasSuffix(name, ".schema.json") && !strings.HasSuffix(name, ".csv-metadata.json")
}

func plainNumber(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func numbersOf(text string) []string {
	var out []string
	for at := number.FindStringSubmatchIndex(text); at != nil; at = number.FindStringSubmatchIndex(text) {
		out = append(out, text[at[4]:at[5]])
		text = text[at[5]:]
	}
	return out
}

func addNumbers(into map[string]bool, text string) {
	for _, n := range numbersOf(text) {
		into[n] = true
	}
}

// publishedNumbers are all numbers of the published tables, as they are
// written.
func publishedNumbers(t *testing.T, db *warehouse.DB, o Options) map[string]bool {
	t.Helper()
	shown := map[string]bool{}
	for _, cube := range o.Plan.Cubes() {
		for _, column := range []string{"numerator", "denominator", "value", "low", "high"} {
			rows, err := db.Query(fmt.Sprintf("SELECT DISTINCT %s FROM published.%s WHERE %[1]s IS NOT NULL", column, cube.Header.View))
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var v float64
				if err := rows.Scan(&v); err != nil {
					t.Fatal(err)
				}
				shown[plainNumber(v)] = true
			}
			rows.Close()
		}
	}
	return shown
}

func checkSheet(t *testing.T, name string, data []byte, shown map[string]bool) (looked int) {
	t.Helper()
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	excel := strings.HasSuffix(name, ".excel-it.csv")
	if excel {
		reader.Comma = ';'
	}
	records, err := reader.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, r := range records[1:] {
		for i, column := range records[0] {
			if !release.Numeric(column) || r[i] == "" {
				continue
			}
			looked++
			if excel {
				r[i] = strings.Replace(r[i], ",", ".", 1)
			}
			if !shown[r[i]] || r[slices.Index(records[0], "obs_status")] == "Q" {
				t.Errorf("%s: %s %s is published nowhere", name, column, r[i])
			}
		}
	}
	return looked
}

func checkCube(t *testing.T, name string, data []byte, shown map[string]bool) int {
	t.Helper()
	var doc struct{ Value map[string]*float64 }
	if err := json.Unmarshal(data, &doc); err != nil || len(doc.Value) == 0 {
		t.Fatalf("%s: %v", name, err)
	}
	for _, v := range doc.Value {
		if v != nil && !shown[plainNumber(*v)] {
			t.Errorf("%s: %v is published nowhere", name, *v)
		}
	}
	return len(doc.Value)
}

// checkParquet reads the rows, holds their order to their keys alone, and what
// the file says of itself to the words of the view.
func checkParquet(t *testing.T, name string, data []byte, shown, structural map[string]bool) (looked int) {
	t.Helper()
	header := release.Header{View: strings.TrimSuffix(filepath.Base(name), ".parquet"), Breakdowns: []string{"sex"}}
	table, err := release.ReadTable(t.Context(), header, data)
	if err != nil {
		t.Fatal(err)
	}
	last := ""
	for row := range table.Rows {
		key := ""
		for i := range table.Columns {
			c := &table.Columns[i]
			switch {
			case c.Null != nil && !c.Null[row]:
				looked++
				if !shown[plainNumber(c.Values[row])] {
					t.Errorf("%s: %s %v is published nowhere", name, c.Name, c.Values[row])
				}
			case i <= 5:
				key += c.Text(row) + "\x00"
			}
		}
		if key <= last {
			t.Errorf("%s: row %d is not where its key belongs", name, row+1)
		}
		last = key
	}
	said, err := release.ParquetMetadata(data)
	if err != nil {
		t.Fatal(err)
	}
	for key, text := range said {
		for _, n := range numbersOf(text) {
			if !structural[n] {
				t.Errorf("%s: %s says %s", name, key, n)
			}
		}
	}
	return looked
}
