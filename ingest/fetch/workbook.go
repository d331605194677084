package fetch

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

const (
	// partBytes is how much of a workbook's part is held in memory; larger
	// ones are unpacked to the work folder.
	partBytes = 16 << 20
	// dateMark begins a cell that the workbook says is a date. It is a private
	// character that no text has.
	dateMark = "\uE000"
)

// workbook writes the table of one sheet as CSV: values as stored and not as
// shown (no marks of thousands, nothing rounded), dates as YYYY-MM-DD, of
// formulas what was computed last. Line n of the copy is row n of the sheet
// less what stands above the header.
func (s *sniffer) workbook(ctx context.Context, a *archive) (Table, error) {
	size, err := s.size()
	if err != nil {
		return Table{}, err
	}
	book, err := excelize.OpenFile(s.now, excelize.Options{UnzipSizeLimit: s.limit(size), UnzipXMLSizeLimit: partBytes, TmpDir: s.temp})
	if err != nil {
		return Table{}, s.refuse("", "not readable as a workbook: "+oneLine(err), "an .xlsx as Excel or LibreOffice saves it", "open it, save it anew, or save the sheet as CSV UTF-8")
	}
	defer book.Close()
	if err := plainFormats(book); err != nil {
		return Table{}, s.refuse("", "not readable as a workbook: "+oneLine(err), "", "save it anew")
	}
	w := &sheetWriter{sniffer: s, book: book}
	if w.area, err = parseArea(s.want.Range); err != nil {
		return Table{}, s.refuse("", err.Error(), "a range such as A5:K200, B3 or A:F", "correct range in [source.table]")
	}
	if err := w.choose(ctx); err != nil {
		return Table{}, err
	}
	w.merged = mergedCells(a.File, w.sheet)
	path := filepath.Join(s.temp, "sheet.csv")
	if err := w.write(ctx, path); err != nil {
		return Table{}, err
	}
	s.now, s.headerLine, s.sheet = path, w.headerEnd, true
	head, err := s.head()
	if err != nil {
		return Table{}, err
	}
	t, err := s.plainTable(head)
	if err != nil {
		return Table{}, err
	}
	t.Line = w.headerEnd
	t.Decimal, t.Thousands = ",", s.want.Thousands // a number has a point, so a comma is a number kept as text
	if s.want.Decimal != "" {
		t.Decimal = s.want.Decimal
	}
	s.note("format: workbook, sheet %s, header in row %s, %d rows", told(w.sheet), rowsNamed(w.headerStart, w.headerEnd), w.rows)
	if w.breaks > 0 {
		s.note("line breaks within %d cells became spaces", w.breaks)
	}
	if s.want.Watch != nil && !s.watched {
		return t, s.show(ctx, t.Path)
	}
	return t, nil
}

func rowsNamed(from, to int64) string {
	if from == to {
		return strconv.FormatInt(from, 10)
	}
	return fmt.Sprintf("%d–%d", from, to)
}

// area is a part of a sheet, from 1; 0 is open.
type area struct{ left, top, right, bottom int }

var areaForm = regexp.MustCompile(`^([A-Za-z]{1,3})([0-9]{0,7})(?::([A-Za-z]{1,3})([0-9]{0,7}))?$`)

func parseArea(text string) (area, error) {
	if text == "" {
		return area{}, nil
	}
	m := areaForm.FindStringSubmatch(strings.ReplaceAll(text, "$", ""))
	if m == nil {
		return area{}, fmt.Errorf("range %q", text)
	}
	var a area
	var err error
	if a.left, err = excelize.ColumnNameToNumber(m[1]); err != nil {
		return area{}, fmt.Errorf("range %q", text)
	}
	if m[3] != "" {
		if a.right, err = excelize.ColumnNameToNumber(m[3]); err != nil {
			return area{}, fmt.Errorf("range %q", text)
		}
	}
	a.top, _ = strconv.Atoi(m[2]) // digits or nothing
	a.bottom, _ = strconv.Atoi(m[4])
	if a.right > 0 && a.right < a.left || a.bottom > 0 && a.bottom < a.top {
		return area{}, fmt.Errorf("range %q: ends before it begins", text)
	}
	return a, nil
}

// cut leaves of a row what lies in the area's columns.
func (a area) cut(row []string) []string {
	if a.right > 0 {
		row = row[:min(len(row), a.right)]
	}
	return row[min(len(row), max(a.left-1, 0)):]
}

// sheetWriter is one sheet on its way to CSV.
type sheetWriter struct {
	*sniffer
	book   *excelize.File
	sheet  string
	area   area
	merged []merge

	headerStart, headerEnd int64 // rows of the sheet
	left, width            int   // columns of the table within the area, from 0
	rows, breaks           int64
}

// choose finds the sheet: the configured one by name or number, else the
// first that has the wanted names, else the first that has a table.
func (w *sheetWriter) choose(ctx context.Context) error {
	sheets := w.book.GetSheetList()
	if asked := w.want.Sheet; asked != "" {
		n, err := strconv.Atoi(asked)
		switch {
		case slices.Contains(sheets, asked):
			w.sheet = asked
		case err == nil && n >= 1 && n <= len(sheets):
			w.sheet = sheets[n-1]
		default:
			return w.refuse("", errNoSheet.Error()+" as "+told(asked), "one of "+few(sheets), "correct sheet in [source.table]")
		}
		return w.look(ctx)
	}
	best := ""
	for _, name := range sheets {
		w.sheet = name
		rows, err := w.head(ctx)
		if err != nil {
			return err
		}
		at := headerRow(rows, w.want.Columns)
		if len(rows) == 0 || filled(rows[at]) < 2 && len(rows) < 2 {
			continue
		}
		if best == "" {
			best = name
		}
		if len(w.want.Columns) == 0 || slices.ContainsFunc(rows[at], func(c string) bool { return slices.Contains(w.want.Columns, cell([]string{c}, 0)) }) {
			best = name
			break
		}
	}
	if best == "" {
		return w.refuse("", "no table on any sheet ("+few(sheets)+")", "a header and rows", "name sheet and range in [source.table]")
	}
	w.sheet = best
	return w.look(ctx)
}

// head reads the beginning of the sheet within the area, blank rows included.
func (w *sheetWriter) head(ctx context.Context) ([][]string, error) {
	var rows [][]string
	err := w.each(ctx, func(row int64, cells []string) bool {
		rows = append(rows, cells)
		return len(rows) < judgeRows
	})
	return rows, err
}

// each calls for the rows of the sheet within the area, until it is told no.
func (w *sheetWriter) each(ctx context.Context, do func(row int64, cells []string) bool) error {
	rows, err := w.book.Rows(w.sheet)
	if err != nil {
		return w.refuse("sheet "+told(w.sheet), "not readable: "+oneLine(err), "a sheet with a table", "choose another with sheet in [source.table]")
	}
	defer rows.Close()
	for at := int64(1); rows.Next(); at++ {
		if at%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		cells, err := rows.Columns()
		if err != nil {
			return w.refuse(fmt.Sprintf("sheet %s, row %d", told(w.sheet), at), "not readable: "+oneLine(err), "", "open the workbook and save it anew")
		}
		if at < int64(w.area.top) {
			continue
		}
		if w.area.bottom > 0 && at > int64(w.area.bottom) || !do(at, w.area.cut(cells)) {
			return nil
		}
	}
	if err := rows.Error(); err != nil {
		return w.refuse("sheet "+told(w.sheet), "not readable to its end: "+oneLine(err), "a whole workbook", "the file was cut on its way: ask for it again and compare checksums")
	}
	return nil
}

// look finds where the header stands.
func (w *sheetWriter) look(ctx context.Context) error {
	rows, err := w.head(ctx)
	if err != nil {
		return err
	}
	if firstFilled(rows) == 0 && (len(rows) == 0 || filled(rows[0]) == 0) {
		return w.refuse("sheet "+told(w.sheet), "nothing in it", "a header and rows", "name sheet and range in [source.table]")
	}
	at := headerRow(rows, w.want.Columns)
	if w.want.SkipRows > 0 {
		at = w.want.SkipRows
	} else if w.area.top > 0 && w.want.Range != "" {
		at = 0
	}
	first := int64(max(w.area.top, 1))
	w.headerStart = first + int64(at)
	w.headerEnd = w.headerStart + int64(max(w.want.HeaderRows, 1)) - 1
	return nil
}

// write writes header and rows.
func (w *sheetWriter) write(ctx context.Context, to string) error {
	if w.want.HeaderRows == 0 {
		w.headerEnd = lastOfHeader(w.merged, w.headerStart)
	}
	file, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	out := bufio.NewWriterSize(file, 1<<20)
	var header [][]string
	var held [][]string // rows that may be the foot of the table
	full := 0           // of these, those that hold something
	var line []byte
	err = w.each(ctx, func(row int64, cells []string) bool {
		switch {
		case row < w.headerStart:
			return true
		case row <= w.headerEnd:
			if header = append(header, slices.Clone(cells)); row == w.headerEnd {
				line = w.line(line[:0], w.header(header))
				out.Write(line)
			}
			return true
		}
		held = append(held, cells)
		if filled(cells) > 0 {
			full++
		}
		for ; full > w.want.Footer; held = held[1:] {
			if filled(held[0]) > 0 {
				full--
			}
			line = w.line(line[:0], w.cells(held[0]))
			out.Write(line)
		}
		return true
	})
	if err != nil {
		return err
	}
	if w.want.Footer > 0 && len(held) > 0 {
		w.note("footer: %d rows left out", full)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", to, err)
	}
	return file.Close()
}

func (w *sheetWriter) header(rows [][]string) []string {
	offset := max(w.area.left, 1)
	var span func(row, column int) int
	if len(w.merged) > 0 {
		span = func(row, column int) int {
			for _, m := range w.merged {
				if int64(m.top) == w.headerStart+int64(row) && m.left == column+offset {
					return m.right - m.left
				}
			}
			return 0
		}
	}
	names := joined(rows, span)
	w.left = max(0, slices.IndexFunc(names, func(n string) bool { return n != "" }))
	w.width = len(names) - w.left
	return names[w.left:]
}

// cells are those of the table in one row, as many as it has columns; more
// only if something stands beyond the last. A blank row has none.
func (w *sheetWriter) cells(row []string) []string {
	row = row[min(w.left, len(row)):]
	n := extent(row)
	if n == 0 {
		return nil
	}
	w.rows++
	cells := make([]string, max(w.width, n))
	for i, text := range row[:n] {
		if strings.HasPrefix(text, dateMark) {
			text = isoDate(text)
		}
		if strings.ContainsAny(text, "\r\n") {
			w.breaks++
			text = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(text)
		}
		cells[i] = text
	}
	return cells
}

// line appends a row as CSV.
func (w *sheetWriter) line(to []byte, cells []string) []byte {
	for i, text := range cells {
		if i > 0 {
			to = append(to, ',')
		}
		if strings.ContainsAny(text, `",`) || text == "" && len(cells) == 1 {
			text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		}
		to = append(to, text...)
	}
	return append(to, '\n')
}
