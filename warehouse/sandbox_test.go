package warehouse

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sandbox opens a sandbox over a small CSV delivery beside a file that is
// none of its business.
func sandbox(t *testing.T, o Options) (box *Sandbox, dir string) {
	t.Helper()
	dir = t.TempDir()
	write(t, filepath.Join(dir, "delivery.csv"), "code;amount\r\n001;\"12,5\"\r\n002;\r\n")
	write(t, filepath.Join(dir, "secret.csv"), "a,b\n1,2\n")
	table := ForeignTable{Path: filepath.Join(dir, "delivery.csv"), Format: "csv", Delimiter: ";", Quote: `"`, Header: []string{"code", "amount"}}
	box, err := OpenSandbox(t.Context(), table, filepath.Join(dir, "out.parquet"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	return box, dir
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAMappingSeesTextAndWritesItsResult(t *testing.T) {
	box, dir := sandbox(t, Options{})
	header, rows, err := box.Head(t.Context(), 10)
	if err != nil || strings.Join(header, " ") != "code amount" || len(rows) != 2 || rows[0][0] != "001" || rows[0][1] != "12,5" {
		t.Fatalf("%v %v %v", header, rows, err)
	}
	n, err := box.Map(t.Context(), "-- leading zeros stay\nSELECT code, replace(amount, ',', '.')::DOUBLE AS amount\nFROM delivery -- end\n;\n")
	if err != nil || n != 2 {
		t.Fatalf("%d rows, %v", n, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "out.parquet")); err != nil || info.Size() == 0 {
		t.Fatal(err)
	}
}

func TestWholeNumbersInFloatingPointAreReadAsWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "numbers.parquet")
	db, err := opening(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`COPY (SELECT unnest([3, 37006, -2, 0.5, 9007199254740993, 1e300, 'nan', 'infinity', NULL]::DOUBLE[]) AS d,
  unnest([3, 37006, -2, 0.5, 1e10, 1, 'nan', '-infinity', NULL]::FLOAT[]) AS f, '3.0' AS t, 3.00::DECIMAL(9,2) AS c) TO '` + path + `'`); err != nil {
		t.Fatal(err)
	}
	box, err := OpenSandbox(t.Context(), ForeignTable{Path: path, Format: "parquet"}, "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	_, rows, err := box.Head(t.Context(), 20)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"3|3", "37006|37006", "-2|-2", "0.5|0.5", "9007199254740992.0|10000000000", "1e+300|1", "nan|nan", "inf|-inf", "|"} {
		if got := strings.Join(rows[i], "|"); got != want+"|3.0|3.00" {
			t.Errorf("row %d: %s, want %s|3.0|3.00", i+1, got, want)
		}
	}
}

func TestMidnightsAreReadAsDays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "days.parquet")
	db, err := opening(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for sqlType, wants := range map[string][]string{
		"TIMESTAMP":    {"2026-01-15", "2026-01-15 10:00:00", "infinity", ""},
		"TIMESTAMP_NS": {"2026-01-15", "2026-01-15 10:00:00", "infinity", ""},
		"DATE":         {"2026-01-15", "2026-01-15", "infinity", ""},
		"VARCHAR":      {"2026-01-15 00:00:00", "2026-01-15 10:00:00", "infinity", ""},
	} {
		if _, err := db.Exec(`COPY (SELECT unnest(['2026-01-15 00:00:00', '2026-01-15 10:00:00', 'infinity', NULL])::` + sqlType + ` AS d) TO '` + path + `'`); err != nil {
			t.Fatal(err)
		}
		box, err := OpenSandbox(t.Context(), ForeignTable{Path: path, Format: "parquet"}, "", Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, rows, err := box.Head(t.Context(), 9)
		box.Close()
		if err != nil || len(rows) != len(wants) {
			t.Fatalf("%s: %q, %v", sqlType, rows, err)
		}
		for i, want := range wants {
			if rows[i][0] != want {
				t.Errorf("%s: %q, want %q", sqlType, rows[i][0], want)
			}
		}
	}
}

func TestAMappingReachesNothingButItsDelivery(t *testing.T) {
	for name, query := range map[string]string{
		"another file":         "SELECT * FROM read_csv('DIR/secret.csv')",
		"a file by its name":   "SELECT * FROM 'DIR/secret.csv'",
		"text of a file":       "SELECT content FROM read_text('DIR/secret.csv')",
		"bytes of a file":      "SELECT content FROM read_blob('/etc/passwd')",
		"the folder":           "SELECT file FROM glob('DIR/*')",
		"a glob":               "SELECT * FROM read_csv('DIR/*.csv')",
		"up and down":          "SELECT * FROM read_csv('DIR/../../etc/hostname')",
		"the network":          "SELECT * FROM read_csv('https://example.org/x.csv')",
		"another file's shape": "SELECT * FROM sniff_csv('DIR/secret.csv')",
		"attach":               "ATTACH 'DIR/x.duckdb'",
		"copy elsewhere":       "COPY delivery TO 'DIR/x.csv'",
		"install":              "INSTALL httpfs",
		"load":                 "LOAD httpfs",
		"settings":             "SET enable_external_access = true",
		"pragma":               "PRAGMA database_list",
		"two statements":       "SELECT 1; SELECT 2",
		"select, then copy":    "SELECT 1; COPY delivery TO 'DIR/x.csv'",
		"out of its brackets":  "SELECT 1) TO 'DIR/x.csv'; --",
		"nothing":              " -- only a comment",
		"create":               "CREATE TABLE t AS SELECT 1",
		"delete":               "DELETE FROM delivery",
	} {
		t.Run(name, func(t *testing.T) {
			box, dir := sandbox(t, Options{})
			if n, err := box.Map(t.Context(), strings.ReplaceAll(query, "DIR", dir)); err == nil {
				t.Errorf("allowed, %d rows", n)
			} else {
				t.Log(err)
			}
			for _, made := range []string{"x.csv", "x.duckdb"} {
				if _, err := os.Stat(filepath.Join(dir, made)); err == nil {
					t.Errorf("made %s", made)
				}
			}
		})
	}
}

func TestASandboxSpillsOnlyWhereItMay(t *testing.T) {
	const tooMuch = "SELECT md5(i::VARCHAR) AS a, i AS b FROM range(1500000) r(i) ORDER BY a"
	box, _ := sandbox(t, Options{Temp: t.TempDir(), Memory: "60MB", Threads: 1})
	if n, err := box.Map(t.Context(), tooMuch); err != nil || n != 1500000 {
		t.Errorf("with a folder: %d rows, %v", n, err)
	}
	box, _ = sandbox(t, Options{Memory: "60MB", Threads: 1})
	if _, err := box.Map(t.Context(), tooMuch); err == nil {
		t.Error("without a folder it spilled all the same")
	}
}

func TestAnErrorOfASandboxQuotesNoValue(t *testing.T) {
	box, _ := sandbox(t, Options{})
	_, err := box.Map(t.Context(), "SELECT amount::DATE AS d FROM delivery")
	if err == nil || strings.Contains(err.Error(), "12,5") {
		t.Errorf("got %v", err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "d.csv"), "a,b\nRossi,1,Mario\n")
	ragged, err := OpenSandbox(t.Context(), ForeignTable{Path: filepath.Join(dir, "d.csv"), Format: "csv", Delimiter: ",", Quote: `"`, Header: []string{"a", "b"}}, "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer ragged.Close()
	_, _, err = ragged.Head(t.Context(), 5)
	if err == nil || strings.Contains(err.Error(), "Rossi") || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("got %v", err)
	}
}

func TestJSONLinesBecomeColumnsInOrderOfAppearance(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "d.jsonl"), `{"b":"01/02/2024","a":1.50}`+"\n"+`{"a":null,"c/d":{"x":1}}`+"\n")
	box, err := OpenSandbox(t.Context(), ForeignTable{Path: filepath.Join(dir, "d.jsonl"), Format: "jsonl"}, "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	header, rows, err := box.Head(t.Context(), 5)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(header, " ") != "b a c/d" || len(rows) != 2 || rows[0][0] != "01/02/2024" || rows[0][1] != "1.50" && rows[0][1] != "1.5" || rows[1][2] != `{"x":1}` {
		t.Errorf("%v %q", header, rows)
	}
}
