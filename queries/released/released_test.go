package released

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

func open(t *testing.T) *warehouse.DB {
	t.Helper()
	db, err := warehouse.Open(t.Context(), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// view is one view of an invented release: its breakdowns and its rows, each
// "geo|period|breakdowns…|value|status".
type view struct {
	breakdowns []string
	rows       []string
}

// folder writes a release with the files that the ledger reads.
func folder(t *testing.T, db *warehouse.DB, id, follows string, views map[string]view) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "it's [one]", id)
	for _, sub := range []string{"data", "codes"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	info := release.Info{Format: release.Format, ID: id, Supersedes: follows}
	for name, v := range views {
		h := release.Header{View: name, Breakdowns: v.breakdowns, Definition: name + "@1"}
		info.Views = append(info.Views, h)
		var rows []string
		for _, row := range v.rows {
			cells := strings.Split(row, "|")
			n := len(cells)
			by := "'" + strings.Join(cells[2:n-2], "', '") + "', "
			if len(v.breakdowns) == 0 {
				by = ""
			}
			rows = append(rows, fmt.Sprintf(`('g', '%s', 'year', '%s', %s'm', NULL, NULL, CAST(%s AS DOUBLE), 'persons', NULL, NULL, '%s', 'F', NULL, NULL, '%s')`,
				cells[0], cells[1], by, cells[n-2], cells[n-1], h.Definition))
		}
		path := strings.ReplaceAll(filepath.Join(dir, "data", name+".parquet"), "'", "''")
		if _, err := db.Exec(`COPY (SELECT * FROM (VALUES ` + strings.Join(rows, ", ") + `) AS r("` + strings.Join(h.FileColumns(), `", "`) + `")) TO '` + path + `' (FORMAT parquet)`); err != nil {
			t.Fatal(err)
		}
	}
	said, err := json.Marshal(info)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("release.json", string(said))
	write("notes.json", "[]")
	write("codes/geo.csv", "code,level,name_it,name_en,slug,parents,tile_x,tile_y,short\nR,g,T,T,t,,,,T\n")
	var sums strings.Builder
	files, _ := filepath.Glob(strings.ReplaceAll(dir, "[", `\[`) + "/*")
	data, _ := filepath.Glob(strings.ReplaceAll(dir, "[", `\[`) + "/*/*")
	for _, path := range append(files, data...) {
		content, err := os.ReadFile(path)
		if err != nil {
			continue // a folder
		}
		name, _ := filepath.Rel(dir, path)
		sum := sha256.Sum256(content)
		sums.WriteString(hex.EncodeToString(sum[:]) + "  " + filepath.ToSlash(name) + "\n")
	}
	write("SHA256SUMS", sums.String())
	return dir
}

// told writes each version as "release key: value status".
func told(t *testing.T, db *warehouse.DB, view string) []string {
	t.Helper()
	var out []string
	for c, err := range Cells(t.Context(), db, view) {
		if err != nil {
			t.Fatal(err)
		}
		value := "–"
		if c.Value != nil {
			value = fmt.Sprint(*c.Value)
		}
		out = append(out, fmt.Sprintf("%d %s: %s %s", c.Release, strings.Join(c.Key, " "), value, c.Status))
	}
	return out
}

func record(t *testing.T, db *warehouse.DB, dir string) {
	t.Helper()
	if err := Record(t.Context(), db, dir, Made{LastLoad: 7, On: "2026-11-22", Software: "s", Configuration: "c", Lists: "l"}); err != nil {
		t.Fatal(err)
	}
}

func TestTheLedgerKeepsEveryVersionOfACellOnce(t *testing.T) {
	db := open(t)
	record(t, db, folder(t, db, "2026-01", "", map[string]view{
		"flows": {rows: []string{"R|2024|10|A", "R|2025|4|P", "D|2025|NULL|Q"}},
		"stays": {rows: []string{"R|2025|1|A"}},
	}))
	second := folder(t, db, "2026-02", "2026-01", map[string]view{
		"flows": {rows: []string{"R|2024|10|A", "R|2025|5|A", "R|2026|6|P"}},
	})
	record(t, db, second)
	record(t, db, second) // the same again adds nothing
	record(t, db, folder(t, db, "2026-03", "2026-02", map[string]view{
		"flows": {breakdowns: []string{"sex"}, rows: []string{"R|2024|_T|10|A", "R|2024|F|4|A", "D|2025|_T|3|A"}},
		"stays": {rows: []string{"R|2025|1|A"}},
	}))
	want := []string{
		"3 g D year 2025 m _T: 3 A", "1 g D year 2025 m _T: – Q", "2 g D year 2025 m _T: – ",
		"3 g R year 2024 m F: 4 A", "1 g R year 2024 m _T: 10 A",
		"1 g R year 2025 m _T: 4 P", "2 g R year 2025 m _T: 5 A", "3 g R year 2025 m _T: – ",
		"2 g R year 2026 m _T: 6 P", "3 g R year 2026 m _T: – ",
	}
	got := told(t, db, "flows")
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := told(t, db, "stays"); !slices.Equal(got, []string{"1 g R year 2025 m: 1 A", "2 g R year 2025 m: – ", "3 g R year 2025 m: 1 A"}) {
		t.Errorf("a view that went and came back: %v", got)
	}
	if got := told(t, db, "unheard_of"); got != nil {
		t.Errorf("a view that was never released: %v", got)
	}
	entries, err := Entries(t.Context(), db)
	if err != nil || len(entries) != 3 || entries[2].ID != "2026-03" || entries[2].Follows != "2026-02" || entries[2].LastLoad != 7 || entries[2].On != "2026-11-22" {
		t.Errorf("got %+v, %v", entries, err)
	}
}

func TestALedgerTellsWhatAReleaseSaid(t *testing.T) {
	db := open(t)
	record(t, db, folder(t, db, "2026-01", "", map[string]view{"flows": {rows: []string{"R|2024|10|A", "R|2025|4|P"}}}))
	record(t, db, folder(t, db, "2026-02", "2026-01", map[string]view{"flows": {rows: []string{"R|2025|5|A"}}}))
	key, err := Key(t.Context(), db, "flows")
	if err != nil || strings.Join(key, " ") != "geo_level geo period_type period measure" {
		t.Fatalf("key %v, %v", key, err)
	}
	for seq, want := range map[int64]string{0: "", 1: "2024=10,2025=4", 2: "2025=5"} {
		var got *string
		if err := db.QueryRow(`SELECT string_agg(period || '=' || CAST(value AS INTEGER), ',' ORDER BY period) FROM ` + At("flows", key, seq)).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got == nil && want != "" || got != nil && *got != want {
			t.Errorf("as of %d: got %v, want %q", seq, got, want)
		}
	}
}

func TestAnotherReleaseUnderAnIdOfTheLedgerIsRefused(t *testing.T) {
	db := open(t)
	record(t, db, folder(t, db, "2026-01", "", map[string]view{"flows": {rows: []string{"R|2024|10|A"}}}))
	other := folder(t, db, "2026-01", "", map[string]view{"flows": {rows: []string{"R|2024|11|A"}}})
	if err := Record(t.Context(), db, other, Made{}); err == nil || !strings.Contains(err.Error(), "record release 2026-01: the ledger has another of this id") {
		t.Errorf("got %v", err)
	}
	changed := folder(t, db, "2026-02", "", map[string]view{"flows": {rows: []string{"R|2024|11|A"}}})
	if err := os.WriteFile(filepath.Join(changed, "data", "flows.parquet"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Record(t.Context(), db, changed, Made{}); err == nil || !strings.Contains(err.Error(), "view flows: data/flows.parquet: sha256") {
		t.Errorf("got %v", err)
	}
	if entries, _ := Entries(t.Context(), db); len(entries) != 1 || len(told(t, db, "flows")) != 1 {
		t.Errorf("a refused release left something: %v %v", entries, told(t, db, "flows"))
	}
}
