package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"osservatorio/warehouse"
)

// sampleRows is how many rows of a table's beginning a Table carries.
const sampleRows = 1000

// Dialect is how a table is written. Empty parts are to be found out.
type Dialect struct {
	Delimiter string // one character
	Quote     string // one character
	Decimal   string // "." or ","
	Thousands string // "", "." , "'" or " "
	Encoding  string // an IANA name: utf-8, windows-1252, iso-8859-1, utf-16le …
	Escape    string // what stands before a quote within quotes: \ or, also if "", the quote itself
}

// Layout is where the table stands in its file. Empty parts are found out, or
// there is nothing to leave out.
type Layout struct {
	Member     string // of an archive: a name or pattern such as services*.csv
	Sheet      string // of a workbook: its name, or its number from 1
	Range      string // of a sheet: A5:K200, B3, A:F
	SkipRows   int    // lines (of a sheet: rows) before the header
	HeaderRows int    // rows that make the header together; 0 is 1, or what merged cells tell
	Footer     int    // last lines (of a sheet: rows) that hold something and are no rows of the table
}

// Want is what a caller knows and allows of a table.
type Want struct {
	Dialect
	Layout
	Columns    []string    // names that the header should have: they help to find the delimiter
	Numbers    []string    // columns that hold decimal numbers: they decide on the decimal sign
	Inspection *Inspection // of this file, if it was inspected already
	Watch      io.Writer   // is given the plain text, unless the inspection has shown it
	Temp       string      // folder for temporary copies; "" is the system's
	MaxBytes   int64       // limit of the plain table in bytes; 0 is 1 TiB
	Memory     string      // DuckDB memory limit of mapping and of reading Parquet and JSON lines; "" leaves DuckDB's own
	Threads    int         // of the same; 0 leaves DuckDB's own
}

// Table is a delivery ready to be read by DuckDB: a plain UTF-8 CSV file or a
// Parquet file. Path is the delivery itself if nothing had to change, else a
// temporary copy, which Close removes.
type Table struct {
	Path   string
	Format string // csv, parquet, jsonl (then Path is Parquet, every column VARCHAR)
	Dialect
	Line       int64 // of the delivery on which the header ends; it is the first line of Path; 0 is 1
	BOM        bool  // the delivery began with a byte order mark
	Header     []string
	Sample     [][]string // rows of the beginning, at most 1000
	Notes      []string   // what was found out, to be reported
	Inspection Inspection

	temp    string
	memory  string
	threads int
}

// Close removes temporary copies.
func (t Table) Close() error {
	if t.temp == "" {
		return nil
	}
	return os.RemoveAll(t.temp)
}

// HeaderLine is the line of the delivery that the first line of Path is.
func (t Table) HeaderLine() int64 { return max(1, t.Line) }

// Parquet reports whether Path is to be read as Parquet.
func (t Table) Parquet() bool { return t.Format != "csv" }

// Sniff finds out what kind of table a file holds and makes it ready to be
// read. It refuses what is no table: an empty file, a folder, a workbook, a
// Parquet file that was cut, text in no known encoding, a header with empty
// or repeated names, a delimiter that leaves one column where want.Columns
// has many. Close the table when it is read.
func Sniff(ctx context.Context, path string, want Want) (Table, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return Table{}, fmt.Errorf("read %s: %w", path, err)
	}
	in := want.Inspection
	if in == nil {
		seen, err := Inspect(ctx, abs, want.Watch, nil)
		if err != nil {
			return Table{}, err
		}
		in = &seen
	}
	temp, err := os.MkdirTemp(want.Temp, "delivery-")
	if err != nil {
		return Table{}, fmt.Errorf("read %s: %w", path, err)
	}
	if temp, err = filepath.Abs(temp); err != nil {
		return Table{}, fmt.Errorf("read %s: %w", path, err)
	}
	s := &sniffer{want: want, given: abs, now: abs, text: in.Text, watched: in.Watched, temp: temp}
	table, err := s.table(ctx)
	if err != nil {
		os.RemoveAll(temp)
		return Table{}, err
	}
	table.Inspection, table.temp, table.Notes = *in, temp, s.notes
	table.memory, table.threads = want.Memory, want.Threads
	if !strings.HasPrefix(table.Path, temp+string(filepath.Separator)) {
		os.RemoveAll(temp)
		table.temp = ""
	}
	return table, nil
}

// sniffer is one file on its way to a table: unpacked, recoded, understood.
type sniffer struct {
	want    Want
	given   string // the delivery
	now     string // the delivery, or its temporary copy as far as it got
	text    Text   // of now
	watched bool   // the watcher has seen the plain text
	temp    string
	notes   []string

	headerLine int64 // of the delivery; 0 is 1
	sheet      bool  // the table stands in a workbook
}

func (s *sniffer) note(format string, a ...any) { s.notes = append(s.notes, fmt.Sprintf(format, a...)) }

func (s *sniffer) refuse(where, found, wanted, advice string) error {
	return &Refusal{Op: "read", Path: s.given, Where: where, Found: found, Wanted: wanted, Advice: advice}
}

func (s *sniffer) table(ctx context.Context) (Table, error) {
	head, err := s.head()
	if err != nil {
		return Table{}, err
	}
	if kind := container(head); kind != "" {
		if head, err = s.unpack(ctx, kind); err != nil {
			return Table{}, err
		}
	}
	if isZip(head) {
		if table, done, err := s.zipped(ctx); done {
			return table, err
		}
		if head, err = s.head(); err != nil {
			return Table{}, err
		}
	}
	if table, ok, err := s.official(ctx, head, false); ok {
		return table, err
	}
	if found, advice := foreign(head); found != "" {
		return Table{}, s.noTable(found, advice)
	}
	if isParquet(head) {
		return s.parquet(ctx)
	}
	bom, encoding, err := s.recode(ctx, head)
	if err != nil {
		return Table{}, err
	}
	if head, err = s.head(); err != nil {
		return Table{}, err
	}
	all := len(head)
	head = bytes.TrimPrefix(head, bomUTF8)
	if table, ok, err := s.official(ctx, head, true); ok {
		return table, err
	}
	if jsonLines(head) {
		if found, advice := document(head); found != "" {
			return Table{}, s.noTable(found, advice)
		}
		return s.jsonLines(ctx)
	}
	table, err := s.csv(ctx, head, int64(all-len(head)))
	if err != nil {
		return Table{}, err
	}
	table.BOM, table.Encoding = bom, encoding
	if s.want.Watch != nil && !s.watched {
		return table, s.show(ctx, table.Path)
	}
	return table, nil
}

// noTable refuses a file that is something else.
func (s *sniffer) noTable(found, advice string) error {
	return s.refuse("", "the file is "+found, "CSV, Parquet, JSON lines or .xlsx, plain, .gz, .zst or .zip", advice)
}

// head reads the beginning of the file as it stands now.
func (s *sniffer) head() ([]byte, error) {
	file, _, err := openFile(s.now)
	if err != nil {
		var r *Refusal
		if errors.As(err, &r) {
			r.Path = s.given
		}
		return nil, err
	}
	defer file.Close()
	head, err := io.ReadAll(io.LimitReader(file, sniffBytes))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", s.given, err)
	}
	return head, nil
}

func jsonLines(head []byte) bool {
	trimmed := bytes.TrimLeft(head, " \t\r\n")
	if !bytes.HasPrefix(trimmed, []byte("{")) {
		return false
	}
	rest := bytes.TrimLeft(trimmed[1:], " \t\r\n")
	return bytes.HasPrefix(rest, []byte(`"`)) || bytes.HasPrefix(rest, []byte("}"))
}

func (s *sniffer) parquet(ctx context.Context) (Table, error) {
	if err := wholeParquet(s.now); err != nil {
		var r *Refusal
		if errors.As(err, &r) {
			r.Path = s.given
		}
		return Table{}, err
	}
	path, err := s.safeName("table.parquet", ".parquet")
	if err != nil {
		return Table{}, err
	}
	s.note("format: Parquet")
	t := Table{Path: path, Format: "parquet", Dialect: Dialect{Decimal: ".", Encoding: "utf-8"}}
	return t, s.ask(ctx, &t)
}

func (s *sniffer) jsonLines(ctx context.Context) (Table, error) {
	path, err := s.safeName("table.jsonl", ".jsonl", ".ndjson")
	if err != nil {
		return Table{}, err
	}
	s.note("format: JSON lines, every value as text")
	from := Table{Path: path, Format: "jsonl", memory: s.want.Memory, threads: s.want.Threads}
	t := Table{Path: filepath.Join(s.temp, "table.parquet"), Format: "jsonl", Dialect: Dialect{Decimal: ".", Encoding: "utf-8"}}
	box, err := open(ctx, from, t.Path, s.temp)
	if err != nil {
		return Table{}, s.unreadable("JSON lines", err)
	}
	defer box.Close()
	if _, err := box.Rewrite(ctx); err != nil {
		return Table{}, s.unreadable("JSON lines", err)
	}
	return t, s.ask(ctx, &t)
}

// ask lets DuckDB tell header and sample of a Parquet file, and shows its
// text to a watcher that has not seen it: compressed pages hide it.
func (s *sniffer) ask(ctx context.Context, t *Table) error {
	output := ""
	if s.want.Watch != nil && !s.watched {
		output = filepath.Join(s.temp, "show.csv")
	}
	box, err := open(ctx, Table{Path: t.Path, Format: "parquet", memory: s.want.Memory, threads: s.want.Threads}, output, s.temp)
	if err != nil {
		return s.unreadable("Parquet", err)
	}
	defer box.Close()
	if err := s.bounded(ctx, box, t.Path); err != nil {
		return err
	}
	if t.Header, t.Sample, err = box.Head(ctx, sampleRows); err != nil {
		return s.unreadable("Parquet", err)
	}
	if err := s.checkHeader(t.Header); err != nil {
		return err
	}
	if output == "" {
		return nil
	}
	if _, err := box.WriteText(ctx); err != nil {
		return s.unreadable("Parquet", err)
	}
	defer os.Remove(output)
	return s.show(ctx, output)
}

// bounded refuses a Parquet file whose pages hold more than an archive of its
// size may.
func (s *sniffer) bounded(ctx context.Context, box *warehouse.Sandbox, path string) error {
	plain, err := box.PlainBytes(ctx, path)
	if err != nil {
		return s.unreadable("Parquet", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", s.given, err)
	}
	limit := s.limit(info.Size())
	if plain <= limit {
		return nil
	}
	return s.refuse("", fmt.Sprintf("%d bytes in a Parquet file of %d", plain, info.Size()), fmt.Sprintf("at most %d times its size", maxRatio), "deliver it as CSV if it is genuine")
}

// show gives a whole file to the watcher.
func (s *sniffer) show(ctx context.Context, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", s.given, err)
	}
	defer file.Close()
	_, err = pass(ctx, file, nil, func(block []byte) error {
		_, err := s.want.Watch.Write(block)
		return err
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", s.given, err)
	}
	s.watched = true
	return nil
}

func (s *sniffer) unreadable(format string, err error) error {
	advice := "write it anew: one whole JSON object a line"
	if format == "JSON lines" {
		if where, found := tornJSON(s.now); found != "" {
			return s.refuse(where, found, "one whole JSON object a line", "have it written and sent again")
		}
	}
	if format == "Parquet" {
		if encryptedColumns(s.now) {
			return s.noTable(encryptedParquet())
		}
		advice = "write it anew with plain types, compressed by snappy, gzip or zstd and not encrypted, or deliver it as CSV"
	}
	// What DuckDB calls the file is a name of ours, which nobody else knows.
	told := strings.NewReplacer(s.temp+string(filepath.Separator), "", filepath.Dir(s.given)+string(filepath.Separator), "").Replace(oneLine(err))
	return s.refuse("", "not readable as "+format+": "+told, "", advice)
}

// oneLine keeps the first line of an error: DuckDB adds pictures of the SQL.
func oneLine(err error) string {
	first, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	return first
}

// safeName is a name under which DuckDB takes the file for what it is: with
// an ending that tells no lie and no character that it reads as a pattern. A
// link in the temporary folder costs nothing.
func (s *sniffer) safeName(name string, endings ...string) (string, error) {
	ending := strings.ToLower(filepath.Ext(s.now))
	if slices.Contains(endings, ending) && !strings.ContainsAny(s.now, `*?[]{}`) {
		return s.now, nil
	}
	link := filepath.Join(s.temp, name)
	if err := os.Symlink(s.now, link); err != nil {
		return "", fmt.Errorf("read %s: %w", s.given, err)
	}
	return link, nil
}

// checkHeader refuses empty and repeated names; names differ by more than
// their case, as DuckDB has it.
func (s *sniffer) checkHeader(header []string) error {
	first := map[string]int{}
	place := lineColumn
	if s.sheet {
		place = rowColumn
	}
	for i, name := range header {
		if strings.TrimSpace(name) == "" {
			advice := "name the column; a delimiter at the beginning or the end of each line makes one without a name: leave it out"
			if s.sheet {
				advice = "name the column, or leave it out with range in [source.table]"
			}
			return s.refuse(place(max(1, s.headerLine), i+1), "a column without a name", "a header with a name for each column", advice)
		}
		key := strings.ToLower(name)
		if at, again := first[key]; again {
			found := fmt.Sprintf("the name %q stands in column %d too", name, at)
			if header[at-1] != name {
				found += fmt.Sprintf(", as %q: capital and small letters make no difference", header[at-1])
			}
			return s.refuse(place(max(1, s.headerLine), i+1), found, "a header that has each name once", "rename or leave out one of the two")
		}
		first[key] = i + 1
	}
	return nil
}

// open opens a sandbox on a table.
func open(ctx context.Context, t Table, output, temp string) (*warehouse.Sandbox, error) {
	return warehouse.OpenSandbox(ctx, warehouse.ForeignTable{
		Path: t.Path, Format: t.Format, Delimiter: t.Delimiter, Quote: t.Quote, Header: t.Header,
	}, output, warehouse.Options{Memory: t.memory, Threads: t.threads, Temp: filepath.Join(temp, "spill")})
}
