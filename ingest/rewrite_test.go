package ingest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osservatorio/ingest/fetch"
)

// respooled writes a delivery through the spooler and reads what came out.
func respooled(t *testing.T, content string, s *spooler) [][]string {
	t.Helper()
	dir := t.TempDir()
	s.table.Path = filepath.Join(dir, "d.csv")
	if err := os.WriteFile(s.table.Path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	s.first, s.workers, s.missing, s.rows = 1, 2, []string{""}, func(int64, int64) {}
	sp, err := s.spool(t.Context(), dir)
	if err != nil || sp.TornRow > 0 {
		t.Fatal(sp.TornRow, err)
	}
	return records(t, sp.Path, 1+len(s.columns))
}

// A worker remembers keys that come again soon, those of some lengths only, and
// gives up on columns whose keys do not: none of it may show.
func TestEveryKeyHasItsPseudonymWhetherItIsRememberedOrNot(t *testing.T) {
	key := testKey(t)
	var content strings.Builder
	content.WriteString("once,again\n")
	value := func(n, length int) string { return fmt.Sprintf("%0*d", length, n) }
	lengths := []int{1, 7, longestKept - 1, longestKept, longestKept + 1, 90}
	var want [][2]string
	for n := range 3 * looks {
		length := lengths[n%len(lengths)]
		once, again := value(n, 12), value(n%5, length)
		if n%97 == 0 {
			once, again = value(n-1, 12), "" // a key that comes again late, and a missing one
		}
		fmt.Fprintf(&content, "%s,%s\n", once, again)
		want = append(want, [2]string{once, again})
	}
	s := &spooler{key: key, table: fetch.Table{Header: []string{"once", "again"}, Dialect: fetch.Dialect{Delimiter: ",", Quote: `"`}},
		columns: []spoolColumn{{at: 0, pseudonym: true}, {at: 1, pseudonym: true}}}
	rows := respooled(t, content.String(), s)
	if len(rows) != len(want) {
		t.Fatalf("%d rows of %d", len(rows), len(want))
	}
	for i, row := range rows {
		for c, v := range want[i] {
			told := ""
			if v != "" {
				told = key.Pseudonym(v)
			}
			if row[1+c] != told {
				t.Fatalf("line %d: %q became %s, want %s", i+2, v, row[1+c], told)
			}
		}
	}
}

// Whatever a file parts and quotes its cells with, those of the spool are whole.
func TestCellsWithCommasStayWholeInTheSpool(t *testing.T) {
	for _, c := range []struct{ delimiter, quote, content, cell string }{
		{",", "'", "a,b\n'1,5',x\n", "1,5"},
		{";", `"`, "a;b\n1,5;x\n", "1,5"},
		{";", "", "a;b\n1\"5;x\n", `1"5`},
		{",", `"`, "a,b\n\"1\n5\",x\n", "1\n5"},
		{"\t", "'", "a\tb\nit,''s\tx\n", "it,''s"},
		{",", `"`, "a,b\n15,x\n", "15"},
	} {
		s := &spooler{table: fetch.Table{Header: []string{"a", "b"}, Dialect: fetch.Dialect{Delimiter: c.delimiter, Quote: c.quote}}, columns: []spoolColumn{{at: 0}, {at: 1}}}
		if rows := respooled(t, c.content, s); len(rows) != 1 || rows[0][1] != c.cell || rows[0][2] != "x" {
			t.Errorf("%q: %q, want %q", c.content, rows, c.cell)
		}
	}
}
