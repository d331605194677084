package export

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"osservatorio/queries/release"
)

// summary is what a view holds, as far as the other files must know.
type summary struct {
	rows     int64
	measures []string
	statuses []string
	levels   []string
	notes    []string
}

func (w *writer) summarise(h release.Header) (summary, error) {
	var s summary
	query := func(expression string) string {
		return "SELECT coalesce(string_agg(DISTINCT x, ',' ORDER BY x), '') FROM (SELECT " + expression + " AS x FROM published." + h.View + ")"
	}
	if err := w.db.QueryRowContext(w.ctx, "SELECT count(*) FROM published."+h.View).Scan(&s.rows); err != nil {
		return s, err
	}
	for expression, into := range map[string]*[]string{
		"measure": &s.measures, "obs_status": &s.statuses, "geo_level": &s.levels, "unnest(string_split(note_ids, '|'))": &s.notes,
	} {
		var list string
		if err := w.db.QueryRowContext(w.ctx, query(expression)).Scan(&list); err != nil {
			return s, err
		}
		if list != "" {
			*into = strings.Split(list, ",")
		}
	}
	return s, nil
}

// writeData writes each view as Parquet and as CSV, twice.
func (w *writer) writeData() error {
	if err := os.MkdirAll(w.path("data"), 0o755); err != nil {
		return err
	}
	for _, v := range w.views {
		if err := w.writeParquet(v.header); err != nil {
			return fmt.Errorf("data/%s.parquet: %w", v.header.View, err)
		}
		if err := w.writeCSV(v.header); err != nil {
			return fmt.Errorf("data/%s.csv: %w", v.header.View, err)
		}
	}
	return nil
}

// selectOf reads a view in file order.
func selectOf(h release.Header) string {
	columns := h.FileColumns()
	key := columns[:slices.Index(columns, "measure")+1]
	return fmt.Sprintf(`SELECT "%s" FROM published.%s ORDER BY "%s"`, strings.Join(columns, `", "`), h.View, strings.Join(key, `", "`))
}

// writeParquet writes with one thread, for with more the file's pages may fall
// differently each time.
func (w *writer) writeParquet(h release.Header) error {
	conn, err := w.db.Conn(w.ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var threads int
	if err := conn.QueryRowContext(w.ctx, `SELECT current_setting('threads')`).Scan(&threads); err != nil {
		return err
	}
	if _, err := conn.ExecContext(w.ctx, `SET threads = 1`); err != nil {
		return err
	}
	defer conn.ExecContext(w.ctx, fmt.Sprintf(`SET threads = %d`, threads))
	_, err = conn.ExecContext(w.ctx, fmt.Sprintf(`COPY (%s) TO %s (FORMAT parquet, COMPRESSION zstd, KV_METADATA {%s})`,
		selectOf(h), quote(w.path("data/"+h.View+".parquet")), w.metadata(h)))
	return err
}

// metadata is what a Parquet file says of itself, as an SQL struct.
func (w *writer) metadata(h release.Header) string {
	pairs := [][2]string{
		{"title", h.Title.IT}, {"title_en", h.Title.EN}, {"description", h.Description.IT}, {"description_en", h.Description.EN},
		{"unit", string(h.Unit)}, {"definition", h.Definition}, {"sql_sha256", h.SQLHash},
		{"source", h.Source.IT}, {"source_en", h.Source.EN}, {"publisher", w.info.Publisher.Name},
		{"license", w.info.Publisher.Licence}, {"release", w.info.ID}, {"software", w.info.Software},
	}
	if w.info.Synthetic {
		pairs = append(pairs, [2]string{"synthetic", "true"})
	}
	out := make([]string, len(pairs))
	for i, p := range pairs {
		out[i] = p[0] + ": " + quote(p[1])
	}
	return strings.Join(out, ", ")
}

func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// sheetFile is a CSV file in the making.
type sheetFile struct {
	file   *os.File
	buffer *bufio.Writer
	csv    *csv.Writer
}

func createSheet(path string, comma rune, crlf bool, mark string) (*sheetFile, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	buffer := bufio.NewWriter(file)
	buffer.WriteString(mark)
	w := csv.NewWriter(buffer)
	w.Comma, w.UseCRLF = comma, crlf
	return &sheetFile{file: file, buffer: buffer, csv: w}, nil
}

func (s *sheetFile) close() error {
	s.csv.Flush()
	if err := s.csv.Error(); err != nil {
		s.file.Close()
		return err
	}
	if err := s.buffer.Flush(); err != nil {
		s.file.Close()
		return err
	}
	return s.file.Close()
}

// byteOrderMark tells Excel that the file is UTF-8.
const byteOrderMark = "\ufeff"

// writeCSV writes the rows for machines (comma, decimal point) and for an
// Italian Excel (semicolon, decimal comma, byte order mark).
func (w *writer) writeCSV(h release.Header) error {
	plain, err := createSheet(w.path("data/"+h.View+".csv"), ',', false, "")
	if err != nil {
		return err
	}
	defer plain.file.Close()
	excel, err := createSheet(w.path("data/"+h.View+".excel-it.csv"), ';', true, byteOrderMark)
	if err != nil {
		return err
	}
	defer excel.file.Close()
	if err := w.eachRow(h, plain.csv, excel.csv); err != nil {
		return err
	}
	if err := plain.close(); err != nil {
		return err
	}
	return excel.close()
}

func (w *writer) eachRow(h release.Header, plain, excel *csv.Writer) error {
	columns := h.FileColumns()
	if err := plain.Write(columns); err != nil {
		return err
	}
	if err := excel.Write(columns); err != nil {
		return err
	}
	rows, err := w.db.QueryContext(w.ctx, selectOf(h))
	if err != nil {
		return err
	}
	defer rows.Close()
	cells := newCells(columns)
	for rows.Next() {
		if err := rows.Scan(cells.into...); err != nil {
			return err
		}
		if err := plain.Write(cells.plain()); err != nil {
			return err
		}
		if err := excel.Write(cells.excel()); err != nil {
			return err
		}
	}
	return rows.Err()
}

// cells is one row as it comes from the database.
type cells struct {
	texts   []*string
	numbers []*float64
	numeric []bool
	into    []any
	out     []string
}

func newCells(columns []string) *cells {
	c := &cells{texts: make([]*string, len(columns)), numbers: make([]*float64, len(columns)),
		numeric: make([]bool, len(columns)), into: make([]any, len(columns)), out: make([]string, len(columns))}
	for i, name := range columns {
		c.numeric[i] = release.Numeric(name)
		c.into[i] = &c.texts[i]
		if c.numeric[i] {
			c.into[i] = &c.numbers[i]
		}
	}
	return c
}

func (c *cells) plain() []string {
	for i := range c.out {
		c.out[i] = c.cell(i)
	}
	return c.out
}

func (c *cells) excel() []string {
	for i := range c.out {
		c.out[i] = c.cell(i)
		if c.numeric[i] {
			c.out[i] = strings.Replace(c.out[i], ".", ",", 1)
		} else {
			c.out[i] = harmless(c.out[i])
		}
	}
	return c.out
}

func (c *cells) cell(i int) string {
	switch {
	case c.numeric[i] && c.numbers[i] != nil:
		return strconv.FormatFloat(*c.numbers[i], 'f', -1, 64)
	case !c.numeric[i] && c.texts[i] != nil:
		return *c.texts[i]
	}
	return ""
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}
