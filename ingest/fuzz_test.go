package ingest

import (
	"bufio"
	"context"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"osservatorio/ingest/fetch"
)

// Whatever a supplier's rows are, each becomes one row of the spool with a
// cell for each column, or one torn row; their lines rise.
func FuzzRows(f *testing.F) {
	for _, seed := range []string{"a,b,c\n1,2,3\n", "a,b,c\r\n\"x\ny\",\"q\"\"q\",1.5\r\n", "a,b,c\n1,2\n\"open,2,3\n1,2,3", "a,b,c\n,,\n\n1,2,3,4\n", "a,b,c\n\x00,\xff,3\n", "a,b,c\n\"1\"x,2,3\n", "a,b,c\n1.234,5;2,\"\"\n"} {
		f.Add([]byte(seed), ",")
		f.Add([]byte(seed), ";")
	}
	f.Fuzz(func(t *testing.T, content []byte, delimiter string) {
		if len(delimiter) != 1 || strings.ContainsAny(delimiter, "\"\r\n") || len(content) > 1<<16 {
			t.Skip()
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "d.csv")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s := &spooler{first: 1, workers: 2, missing: []string{""}, rows: func(int64, int64) {},
			table:   fetch.Table{Path: path, Header: []string{"a", "b", "c"}, Dialect: fetch.Dialect{Delimiter: delimiter, Quote: `"`, Decimal: ",", Thousands: "."}},
			columns: []spoolColumn{{at: 2}, {at: 0, number: true}, {at: 1}}}
		sp, err := s.spool(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if n := parsed(t, sp.Path, 4); n != sp.Rows {
			t.Errorf("%d rows in the spool, %d counted", n, sp.Rows)
		}
		if n := parsed(t, sp.Torn, 4); n != sp.TornRow {
			t.Errorf("%d torn rows written, %d counted", n, sp.TornRow)
		}
	})
}

// Whatever a mapping yields from whatever a supplier wrote, each row of it is
// one row of the spool with its cells as the mapping made them. A try takes
// some 50 ms, most of it for opening three databases, so each has many cells:
// those of a row are as wide as is said, one after the other out of one text.
func FuzzMappingResults(f *testing.F) {
	cells := strings.Join([]string{"x", "a,b", "a\"b", "a\nb", "\r", "'", "NULL", "1.5", " x ", "\u00a0", "è€", "\\", ";", "\r\n", "#", "\t"}, "")
	for _, expression := range []string{"upper(a)", "a || b || chr(10)", "NULL", "[a, b]", "{'k': a}", "a::DOUBLE", "unnest([a, a])"} {
		f.Add(cells, expression, 1)
		f.Add(cells, expression, 3)
	}
	f.Fuzz(func(t *testing.T, cells, expression string, width int) {
		if width < 1 || width > 40 || len(cells) > 1000 || strings.ContainsAny(expression, ";") || !utf8.ValidString(cells) || strings.ContainsRune(cells, 0) {
			t.Skip()
		}
		written := pieces(cells, width)
		dir := t.TempDir()
		table, err := fetch.Sniff(t.Context(), twoColumns(t, dir, written), fetch.Want{Temp: dir, Threads: 1, Dialect: fetch.Dialect{Delimiter: ",", Quote: `"`}})
		if err != nil {
			return
		}
		defer table.Close()
		mapped, err := fetch.Map(t.Context(), table, "SELECT b AS n, a AS same, "+expression+" AS told FROM delivery", dir)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("more than a line: %q", err)
			}
			return
		}
		defer mapped.Close()
		if len(mapped.Header) != 3 {
			return // the expression brought its own columns
		}
		o, err := counted(t.Context(), mapped, dir)
		if err != nil {
			t.Fatal(err)
		}
		if want := "mapping: " + o.rows + " rows"; o.torn != "0" || !slices.Contains(mapped.Notes, want) {
			t.Errorf("%s rows and %s torn of %v", o.rows, o.torn, mapped.Notes)
		}
		for _, row := range records(t, filepath.Join(dir, "rows.csv"), 4) {
			n, err := strconv.Atoi(row[1])
			if err != nil || n >= len(written) {
				return // the expression brought a FROM of its own
			}
			if got, want := oneEnd(row[2]), oneEnd(written[n]); got != want {
				t.Errorf("cell %d is %q in the spool, the supplier wrote %q", n, got, want)
			}
		}
	})
}

// pieces cuts a text into cells of so many letters, at most 50.
func pieces(text string, width int) []string {
	var all []string
	for piece := range slices.Chunk([]rune(text), width) {
		if all = append(all, string(piece)); len(all) == 50 {
			break
		}
	}
	return all
}

// twoColumns writes a delivery of the cells, each with its number.
func twoColumns(t *testing.T, dir string, cells []string) string {
	t.Helper()
	var text strings.Builder
	w := csv.NewWriter(&text)
	w.Write([]string{"a", "b"})
	for i, cell := range cells {
		w.Write([]string{cell, strconv.Itoa(i)})
	}
	w.Flush()
	path := filepath.Join(dir, "d.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// oneEnd makes every line end a line feed: readers of CSV do so within cells.
func oneEnd(cell string) string {
	return strings.ReplaceAll(strings.ReplaceAll(cell, "\r\n", "\n"), "\r", "\n")
}

// parsed counts the records of a file of ours with another reader than ours.
func parsed(t *testing.T, path string, cells int) int64 {
	t.Helper()
	return int64(len(records(t, path, cells)))
}

func records(t *testing.T, path string, cells int) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.FieldsPerRecord = cells
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// endless is one line of a length.
type endless struct{ left int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), e.left))
	for i := range p[:n] {
		p[i] = 'x'
	}
	e.left -= int64(n)
	return n, nil
}

func TestALineWithoutEndIsLeftAfter16MiB(t *testing.T) {
	s := &spooler{first: 1, table: fetch.Table{Path: "stream", Header: []string{"a", "b"}, Dialect: fetch.Dialect{Delimiter: ",", Quote: `"`}}}
	in := &endless{left: 2 << 30}
	free := make(chan *block, 1)
	free <- &block{}
	err := s.cut(context.Background(), bufio.NewReader(in), free, func(*block) bool { return true })
	if err == nil || !strings.Contains(err.Error(), "longer than 16 MiB") {
		t.Errorf("%v", err)
	}
	if read := 2<<30 - in.left; read > 32<<20 {
		t.Errorf("%d bytes of it were read", read)
	}
}
