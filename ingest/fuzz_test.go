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
// one row of the spool with its cells as the mapping made them.
func FuzzMappingResults(f *testing.F) {
	for _, cell := range []string{"", "x", "a,b", "a\"b", "a\nb", "\r", "'", "NULL", "1.5", " x ", "\u00a0", "è€", "\\", ";"} {
		f.Add(cell, "upper(a)", 3)
		f.Add(cell, "a || b || chr(10)", 1)
	}
	f.Add("x", "NULL", 2)
	f.Add("x", "[a, b]", 2)
	f.Add("x", "{'k': a}", 2)
	f.Fuzz(func(t *testing.T, cell, expression string, rows int) {
		if rows < 1 || rows > 50 || len(cell) > 200 || strings.ContainsAny(expression, ";") || !utf8.ValidString(cell) || strings.ContainsRune(cell, 0) {
			t.Skip()
		}
		dir := t.TempDir()
		var text strings.Builder
		w := csv.NewWriter(&text)
		w.Write([]string{"a", "b"})
		for i := range rows {
			w.Write([]string{cell, strconv.Itoa(i)})
		}
		w.Flush()
		path := filepath.Join(dir, "d.csv")
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		table, err := fetch.Sniff(t.Context(), path, fetch.Want{Temp: dir, Threads: 1, Dialect: fetch.Dialect{Delimiter: ",", Quote: `"`}})
		if err != nil {
			return
		}
		defer table.Close()
		mapped, err := fetch.Map(t.Context(), table, "SELECT b AS n, "+expression+" AS told FROM delivery", dir)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("more than a line: %q", err)
			}
			return
		}
		defer mapped.Close()
		if len(mapped.Header) != 2 {
			return // the expression brought its own columns
		}
		o, err := counted(t.Context(), mapped, dir)
		if err != nil {
			t.Fatal(err)
		}
		if want := "mapping: " + o.rows + " rows"; o.torn != "0" || !slices.Contains(mapped.Notes, want) {
			t.Errorf("%s rows and %s torn of %v", o.rows, o.torn, mapped.Notes)
		}
	})
}

// parsed reads a file of ours with another reader than ours.
func parsed(t *testing.T, path string, cells int) (n int64) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.FieldsPerRecord = cells
	for {
		if _, err := r.Read(); err == io.EOF {
			return n
		} else if err != nil {
			t.Fatal(err)
		}
		n++
	}
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
