package ingest

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"

	"osservatorio/ingest/fetch"
)

var update = flag.Bool("update", false, "write the golden files anew (refused where CI is set)")

// fileOutcome is what became of one real file.
type fileOutcome struct {
	file, outcome, format string
	columns, rows, torn   string // torn: rows that are none of the table, which end in quarantine
	why                   string // of a refused one: where, found, expected
	hint                  string
}

func (o fileOutcome) record() []string {
	return []string{o.file, o.outcome, o.format, o.columns, o.rows, o.torn, o.why, o.hint}
}

var fileColumns = []string{"file", "outcome", "format", "columns", "rows", "torn", "why", "hint"}

// Each real file, the ugly ones above all, is read or refused as the table in
// testdata says: go test -v -run TestTableOfFiles ./ingest prints it.
func TestTableOfFilesAndOutcomes(t *testing.T) {
	root := os.Getenv("OSSERVATORIO_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	root = filepath.Join(root, "data")
	if _, err := os.Stat(root); err != nil {
		t.Skip("shared data not here: set OSSERVATORIO_SHARED")
	}
	records := [][]string{fileColumns}
	for _, folder := range []string{"02-lavoro/istat-forze-lavoro", "02-lavoro/cob-inps", "03-sdmx", "06-file-cattivi"} {
		for _, path := range tablesBelow(t, filepath.Join(root, folder)) {
			name, err := filepath.Rel(root, path)
			if err != nil {
				t.Fatal(err)
			}
			o := outcomeOf(t, path)
			if o.file = filepath.ToSlash(name); o.outcome == "refused" && (o.why == "" || o.hint == "" && !strings.Contains(o.why, "expected")) {
				t.Errorf("%s: refused without saying what to do: %s", o.file, o.why)
			}
			records = append(records, o.record())
		}
	}
	printTable(t, records)
	compareGolden(t, filepath.Join("testdata", "files.csv"), records)
}

// tablesBelow lists all files of a folder but those that describe it.
func tablesBelow(t *testing.T, dir string) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !slices.Contains([]string{".md", ".yaml"}, filepath.Ext(path)) && !isVariant(path) {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// isVariant tells a fragment of a Parquet value, which is no file of its own.
func isVariant(path string) bool {
	return slices.Contains([]string{".metadata", ".value"}, filepath.Ext(path))
}

func outcomeOf(t *testing.T, path string) fileOutcome {
	t.Helper()
	dir := t.TempDir()
	table, err := fetch.Sniff(t.Context(), path, fetch.Want{Temp: dir, Threads: 1})
	if err == nil {
		defer table.Close()
		var o fileOutcome
		if o, err = counted(t.Context(), table, dir); err == nil {
			return o
		}
	}
	var r *fetch.Refusal
	if !errors.As(err, &r) {
		t.Errorf("%s: an error and no refusal: %v", path, err)
		return fileOutcome{outcome: "fault", why: err.Error()}
	}
	why := strings.TrimPrefix(r.Error(), r.Op+" "+r.Path+": ")
	return fileOutcome{outcome: "refused", why: strings.ReplaceAll(why, filepath.Dir(path)+"/", ""), hint: r.Hint()}
}

// counted reads a table to its end as the door does.
func counted(ctx context.Context, table fetch.Table, dir string) (fileOutcome, error) {
	o := fileOutcome{outcome: "read", format: table.Format, columns: strconv.Itoa(len(table.Header))}
	for _, note := range table.Notes {
		if what, ok := strings.CutPrefix(note, "format: "); ok {
			o.format, _, _ = strings.Cut(what, ",")
		}
	}
	first := table.HeaderLine()
	if table.Parquet() {
		var err error
		if table, err = (&loader{Options: Options{Threads: 1}}).asText(ctx, table, dir); err != nil {
			return o, err
		}
		first = 0
	}
	s := spooler{table: table, first: first, workers: 1, missing: []string{""}, rows: func(int64, int64) {}}
	for i := range table.Header {
		s.columns = append(s.columns, spoolColumn{at: i})
	}
	sp, err := s.spool(ctx, dir)
	o.rows, o.torn = strconv.FormatInt(sp.Rows, 10), strconv.FormatInt(sp.TornRow, 10)
	return o, err
}

func printTable(t *testing.T, records [][]string) {
	t.Helper()
	if !testing.Verbose() {
		return
	}
	count := map[string]int{}
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i, r := range records {
		if i > 0 {
			count[r[1]]++
		}
		w.Write([]byte(strings.Join(r[:7], "\t") + "\n"))
	}
	w.Flush()
	t.Logf("%d files: %d read, %d refused\n%s", len(records)-1, count["read"], count["refused"], b.String())
}

// compareGolden tells of every file whose outcome is another than the table's.
func compareGolden(t *testing.T, path string, records [][]string) {
	t.Helper()
	if *update {
		if os.Getenv("CI") != "" {
			t.Fatal("golden files are not written where CI is set")
		}
		var b bytes.Buffer
		if err := csv.NewWriter(&b).WriteAll(records); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	want, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string][]string{}
	for _, r := range want {
		known[r[0]] = r
	}
	for _, r := range records {
		if !slices.Equal(r, known[r[0]]) {
			t.Errorf("%s: %q, the table says %q", r[0], r[1:], known[r[0]])
		}
		delete(known, r[0])
	}
	for name := range known {
		t.Errorf("%s: in the table and not among the files", name)
	}
}
