package fetch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// placed is a row of a text's beginning and where it starts.
type placed struct {
	cells []string
	at    int   // byte
	line  int64 // from 1
}

// placedRows parts the beginning of a text into rows as records does, blank
// ones included, and tells where each starts.
func placedRows(text []byte, delimiter, quote byte, limit int, whole bool) (rows []placed, unclosed int64) {
	p := parser{text: text, delimiter: delimiter, quote: quote, line: 1}
	for len(rows) < limit && p.at < len(p.text) {
		from, line := p.at, p.line
		cells, ended := p.row()
		if !ended && !whole {
			break
		}
		rows = append(rows, placed{cells, from, line})
	}
	return rows, p.unclosed
}

func cellsOf(rows []placed) [][]string {
	all := make([][]string, len(rows))
	for i, r := range rows {
		all[i] = r.cells
	}
	return all
}

// headerAt is the row of the header among the first rows.
func (s *sniffer) headerAt(rows []placed) int {
	if s.want.SkipRows == 0 {
		return headerRow(cellsOf(rows), s.want.Columns)
	}
	at := slices.IndexFunc(rows, func(r placed) bool { return r.line > int64(s.want.SkipRows) })
	if at < 0 {
		return max(0, len(rows)-1)
	}
	return at
}

// frame is where in a text its table stands.
type frame struct {
	header    []string
	sample    [][]string
	from      int64 // byte of the first row
	line      int64 // on which the header ends
	start     int64 // on which it begins
	untouched bool  // the table is the text
}

// frame finds header and first row in the beginning of a text.
func (s *sniffer) frame(rows []placed) (frame, error) {
	at := s.headerAt(rows)
	end := at + max(s.want.HeaderRows, 1)
	if end > len(rows) {
		return frame{}, s.refuse(line(rows[at].line), fmt.Sprintf("a header of %d rows in a text of %d", s.want.HeaderRows, len(rows)), "rows below it", "correct skip_rows and header_rows in [source.table]")
	}
	f := frame{header: rows[at].cells, start: rows[at].line, untouched: at == 0 && s.want.HeaderRows <= 1}
	if s.want.HeaderRows > 1 {
		f.header = joined(cellsOf(rows[at:end]), nil)
	}
	if filled(f.header) == 0 {
		return frame{}, s.refuse(line(f.start), "blank lines in place of the header", "the names of the columns", "correct skip_rows and header_rows in [source.table]")
	}
	f.line = rows[end-1].line
	f.from = -1 // no rows
	if end < len(rows) {
		f.line, f.from = rows[end].line-1, int64(rows[end].at)
	}
	for _, r := range rows[end:] {
		if filled(r.cells) > 0 {
			f.sample = append(f.sample, r.cells)
		}
	}
	return f, nil
}

// tidy writes the table alone: one line of header, and the rows as they are,
// without what stands above and below.
func (s *sniffer) tidy(ctx context.Context, f frame, delimiter, quote byte, bom int64) (cut int, err error) {
	in, err := os.Open(s.now)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", s.given, err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", s.given, err)
	}
	end, err := s.foot(in, info.Size(), s.want.Footer)
	if err != nil {
		return 0, err
	}
	from := end
	if f.from >= 0 {
		from = min(end, f.from+bom)
	}
	to := filepath.Join(s.temp, "tidy.csv")
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer out.Close()
	if _, err := out.Write(quotedLine(f.header, delimiter, quote)); err != nil {
		return 0, err
	}
	_, err = pass(ctx, io.NewSectionReader(in, from, end-from), nil, func(block []byte) error {
		_, err := out.Write(block)
		return err
	})
	if err = errors.Join(err, out.Close()); err != nil {
		return 0, fmt.Errorf("copy %s: %w", s.given, err)
	}
	s.now = to
	switch {
	case f.start == 2:
		s.note("header: line 2; 1 line before it left out")
	case f.start > 2:
		s.note("header: line %d; %d lines before it left out", f.start, f.start-1)
	}
	if f.line > f.start {
		s.note("header: lines %d to %d make one", f.start, f.line)
	}
	if s.want.Footer > 0 {
		s.note("footer: last %d lines left out", s.want.Footer)
	}
	return s.want.Footer, nil
}

func quotedLine(cells []string, delimiter, quote byte) []byte {
	var line []byte
	for i, text := range cells {
		if i > 0 {
			line = append(line, delimiter)
		}
		q := string(quote)
		line = append(line, quote)
		line = append(line, strings.ReplaceAll(text, q, q+q)...)
		line = append(line, quote)
	}
	return append(line, '\n')
}

// footBytes is how much of a text's end is searched for its foot.
const footBytes = 1 << 20

// foot is the byte at which the last n lines that hold something begin; the
// end of the text for none.
func (s *sniffer) foot(in io.ReaderAt, size int64, n int) (int64, error) {
	from := max(0, size-footBytes)
	tail := make([]byte, size-from)
	if _, err := in.ReadAt(tail, from); err != nil && err != io.EOF {
		return 0, fmt.Errorf("read %s: %w", s.given, err)
	}
	end := len(tail)
	for found := 0; found < n; {
		body := bytes.TrimRight(tail[:end], " \t\r\n;,")
		start := bytes.LastIndexByte(body, '\n') + 1
		if start == 0 && from > 0 || len(body) == 0 {
			return 0, s.refuse("", fmt.Sprintf("no %d last lines within %d bytes", n, len(tail)), "notes below the table", "correct footer in [source.table]")
		}
		end = start
		found++
	}
	return from + int64(end), nil
}

// totals notes a last line that calls itself a total, if nothing is said of
// the foot.
func (s *sniffer) totals() error {
	if s.want.Footer > 0 {
		return nil
	}
	in, err := os.Open(s.now)
	if err != nil {
		return fmt.Errorf("read %s: %w", s.given, err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return fmt.Errorf("read %s: %w", s.given, err)
	}
	tail := make([]byte, min(info.Size(), 64<<10))
	if _, err := in.ReadAt(tail, info.Size()-int64(len(tail))); err != nil && err != io.EOF {
		return fmt.Errorf("read %s: %w", s.given, err)
	}
	body := bytes.TrimRight(tail, " \t\r\n;,")
	last := bytes.ToLower(bytes.TrimLeft(body[bytes.LastIndexByte(body, '\n')+1:], `"' `))
	for _, word := range []string{"totale", "total"} {
		if bytes.HasPrefix(last, []byte(word)) {
			s.note("the last line begins with %q: it is read as a row; if it is a sum, leave it out with footer", word)
			break
		}
	}
	return nil
}

// unescape makes of quotes behind a backslash doubled ones, in a copy.
func (s *sniffer) unescape(ctx context.Context, quote byte) error {
	in, _, err := openFile(s.now)
	if err != nil {
		return err
	}
	defer in.Close()
	s.text = Text{}
	to := filepath.Join(s.temp, "doubled.csv")
	err = s.copyTo(ctx, to, &doubler{r: bufio.NewReaderSize(in, blockBytes), quote: quote}, nil)
	if err != nil {
		return fmt.Errorf("copy %s: %w", s.given, err)
	}
	s.now = to
	s.note(`escape: \ before %c`, quote)
	return nil
}

// doubler reads a CSV text with backslashes before quotes as one with doubled
// quotes.
type doubler struct {
	r      *bufio.Reader
	quote  byte
	inside bool
	more   []byte
}

func (d *doubler) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(d.more) > 0 {
			p[n], d.more = d.more[0], d.more[1:]
			n++
			continue
		}
		b, err := d.r.ReadByte()
		if err != nil {
			return n, err
		}
		if b == '\\' && d.inside {
			next, err := d.r.ReadByte()
			switch {
			case err != nil: // the last byte of the text
			case next == d.quote:
				d.more = append(d.more[:0], next)
				b = next
			case next != '\\':
				d.more = append(d.more[:0], next)
			}
		} else if b == d.quote {
			d.inside = !d.inside
		}
		p[n] = b
		n++
	}
	return n, nil
}
