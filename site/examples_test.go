package site

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"osservatorio/queries/release"
	"osservatorio/site/output"
	"osservatorio/site/sitetest"
)

var printedExample = regexp.MustCompile(`(?s)<pre id="q-([a-z-]+)">(.*?)</pre>`)

// parquetOf writes a view as a release would.
func parquetOf(t *testing.T, f *release.Frame) []byte {
	t.Helper()
	table := &release.Table{Header: f.Header, Rows: f.Len()}
	for _, name := range f.Header.FileColumns() {
		col := release.Column{Name: name}
		for r := range f.All() {
			if columnTypes[name] == "number" {
				x := map[string]*float64{"numerator": r.Numerator, "denominator": r.Denominator, "value": r.Value, "low": r.Low, "high": r.High}[name]
				col.Null, col.Values = append(col.Null, x == nil), append(col.Values, 0)
				if x != nil {
					col.Values[len(col.Values)-1] = *x
				}
				continue
			}
			text := r.Text(f.Header, name, nil)
			at := slices.Index(col.Words, text)
			if at < 0 {
				at = len(col.Words)
				col.Words = append(col.Words, text)
			}
			col.Codes = append(col.Codes, int32(at))
		}
		table.Columns = append(table.Columns, col)
	}
	var out bytes.Buffer
	if err := release.WriteParquet(&out, table, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// answer is one row that an example returns.
type answer struct {
	Geo    string   `json:"geo"`
	Value  *float64 `json:"value"`
	Status string   `json:"obs_status"`
}

// The examples are taken from the finished page as a reader copies them. Those
// whose client is here are run, DuckDB's SQL by the client that wraps it; what
// comes back is held to the release.
func TestTheExamplesOfADataSetReturnWhatTheReleaseHolds(t *testing.T) {
	needAssets(t)
	modules, err := filepath.Abs(filepath.Join("..", "queries", "export", "readers", "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "hyparquet-compressors")); err != nil {
		t.Skip("clients of the examples not here: go test ./queries/export installs them")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("examples not run: install Node.js 20.19 or later")
	}
	rel := sitetest.Release()
	frame, err := rel.Frame(context.Background(), "lep_coverage")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "lep_coverage.parquet"), parquetOf(t, frame), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer server.Close()
	opt, out := options(), output.NewMemory()
	opt.BaseURL = server.URL
	if _, err := Build(context.Background(), rel, out, opt); err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	for _, m := range printedExample.FindAllStringSubmatch(string(out.Read("dati/lep-coverage/index.html")), -1) {
		text[m[1]] = html.UnescapeString(m[2])
	}
	for _, e := range examples {
		if !strings.Contains(text[e.ID], server.URL+"/data/lep_coverage.parquet") {
			t.Errorf("example %s does not read the published file:\n%s", e.ID, text[e.ID])
		}
	}
	// DuckDB fetches a part of itself to read from the web: it reads the same file here.
	local := func(s string) string { return strings.ReplaceAll(s, server.URL, filepath.ToSlash(dir)) }
	wrapped := strings.Replace(text["js-duckdb"], text["js-duckdb"][strings.Index(text["js-duckdb"], "`")+1:strings.LastIndex(text["js-duckdb"], "`")], text["duckdb"], 1)
	for name, script := range map[string]string{"hyparquet": text["js"], "@duckdb/node-api": local(text["js-duckdb"]), "DuckDB (SQL)": local(wrapped)} {
		holds(t, name, runScript(t, dir, script), frame, script)
	}
}

// runScript runs a script in Node; what it would show is taken as JSON.
func runScript(t *testing.T, dir, script string) []answer {
	t.Helper()
	script = strings.Replace(script, "console.log(", "const shown = (", 1) + "\nconsole.log(JSON.stringify(shown))\n"
	if err := os.WriteFile(filepath.Join(dir, "example.mjs"), []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), "node", "example.mjs")
	var faults strings.Builder
	run.Dir, run.Stderr = dir, &faults
	raw, err := run.Output()
	if err != nil {
		t.Fatalf("%v: %s in\n%s", err, faults.String(), script)
	}
	var rows []answer
	if err := json.Unmarshal(raw, &rows); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return rows
}

var askedPeriod = regexp.MustCompile(`period =+ '([^']+)'`)

// holds compares rows with the release: every territory once, with its value.
func holds(t *testing.T, who string, got []answer, frame *release.Frame, script string) {
	t.Helper()
	period := askedPeriod.FindStringSubmatch(script)
	if period == nil {
		t.Fatalf("%s asks for no period:\n%s", who, script)
	}
	want := frame.Where(release.Select{Period: period[1], Measure: "patto_servizio"})
	if len(got) != len(want) || len(want) != 3 {
		t.Errorf("%s: %d rows, the release has %d", who, len(got), len(want))
	}
	for _, a := range got {
		row, ok := frame.One(release.Select{Period: period[1], Measure: "patto_servizio", Geo: a.Geo})
		same := ok && (row.Value == nil) == (a.Value == nil) && (a.Value == nil || *a.Value == *row.Value)
		if !same || a.Status != string(row.Status) {
			t.Errorf("%s: %+v, the release has %+v", who, a, row)
		}
	}
}
