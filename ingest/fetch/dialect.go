package fetch

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// delimiters are those that are tried, the likelier first.
var delimiters = []byte{',', ';', '\t', '|'}

// judgeRows is how many rows decide on the delimiter.
const judgeRows = 200

// csv finds out the dialect of a UTF-8 text by its beginning.
func (s *sniffer) csv(ctx context.Context, head []byte, bom int64) (Table, error) {
	whole := len(head) < sniffBytes-len(bomUTF8)
	if err := s.isText(head, whole); err != nil {
		return Table{}, err
	}
	head, err := s.lineFeeds(ctx, head, bom)
	if err != nil {
		return Table{}, err
	}
	quote, err := s.quote(head)
	if err != nil {
		return Table{}, err
	}
	if s.want.Escape == `\` {
		if err := s.unescape(ctx, quote); err != nil {
			return Table{}, err
		}
		if head, err = s.head(); err != nil {
			return Table{}, err
		}
		head = head[min(bom, int64(len(head))):]
	}
	delimiter, err := s.delimiter(head, quote, whole)
	if err != nil {
		return Table{}, err
	}
	rows, unclosed := placedRows(head, delimiter, quote, sampleRows+1+lookRows+s.want.SkipRows, whole)
	if len(rows) == 0 {
		return Table{}, s.refuse(line(max(unclosed, 1)), "a quoted cell that does not end", "a second "+string(quote), "the quotes of the file are not in pairs")
	}
	f, err := s.frame(rows)
	if err != nil {
		return Table{}, err
	}
	s.headerLine = f.line
	if f.untouched {
		s.headerLine = f.start
	}
	if err := s.fits(f.header, delimiter); err != nil {
		return Table{}, err
	}
	s.trim(f.header)
	if err := s.checkHeader(f.header); err != nil {
		return Table{}, err
	}
	if err := s.totals(); err != nil {
		return Table{}, err
	}
	if !f.untouched || s.want.Footer > 0 {
		cut, err := s.tidy(ctx, f, delimiter, quote, bom)
		if err != nil {
			return Table{}, err
		}
		if whole {
			f.sample = f.sample[:max(0, len(f.sample)-cut)]
		}
	}
	path, err := s.safeName("table.csv", ".csv", ".txt", ".tsv")
	if err != nil {
		return Table{}, err
	}
	t := Table{Path: path, Format: "csv", Header: f.header, Sample: f.sample[:min(len(f.sample), sampleRows)], Line: s.headerLine}
	t.Delimiter, t.Quote = string(delimiter), string(quote)
	s.note("delimiter: %s", delimiterName(delimiter))
	s.numbers(&t)
	return t, nil
}

// isText refuses what has no lines to be rows.
func (s *sniffer) isText(head []byte, whole bool) error {
	if len(bytes.TrimSpace(head)) == 0 {
		return empty(s.given)
	}
	if !whole && !bytes.ContainsAny(head, "\r\n") {
		return s.refuse("line 1", fmt.Sprintf("no line end in the first %d bytes", len(head)), "rows on lines of their own", "the file is not a table")
	}
	if n := controls(head); n > len(head)/100 {
		return s.refuse("", fmt.Sprintf("%d control characters in the first %d bytes", n, len(head)), "a table of text", "the file is not a table")
	}
	if s.want.SkipRows == 0 && (head[0] == '\n' || head[0] == '\r') {
		return s.refuse("line 1", "an empty line", "the header", "delete the lines before the header, or leave them out with skip_rows in [source.table]")
	}
	return nil
}

// lineFeeds makes line feeds of the carriage returns that end the lines of an
// old text, and of line ends that were written twice, in a copy.
func (s *sniffer) lineFeeds(ctx context.Context, head []byte, bom int64) ([]byte, error) {
	ends := bytes.Count(head, []byte{'\n'})
	alone := ends == 0 && bytes.IndexByte(bytes.TrimRight(head, "\r"), '\r') >= 0
	twice := ends > 0 && 2*bytes.Count(head, []byte("\r\r\n")) > ends
	if !alone && !twice {
		return head, nil
	}
	to, err := evenLines(ctx, s.now, s.temp, alone)
	if err != nil {
		return nil, fmt.Errorf("copy %s: %w", s.given, err)
	}
	s.now = to
	if alone {
		s.note("line ends: carriage returns alone, made line feeds")
	} else {
		s.note("line ends: a carriage return too many, left out")
	}
	if head, err = s.head(); err != nil {
		return nil, err
	}
	return head[min(bom, int64(len(head))):], nil
}

func controls(head []byte) int {
	n := 0
	for _, b := range head {
		if b < ' ' && b != '\n' && b != '\r' && b != '\t' || b == 0x7f {
			n++
		}
	}
	return n
}

func (s *sniffer) quote(head []byte) (byte, error) {
	if q := s.want.Quote; q != "" {
		return oneByte("quote", q)
	}
	if bytes.IndexByte(head, '"') >= 0 || !apostrophes(head) {
		return '"', nil
	}
	s.note("quote: '")
	return '\'', nil
}

// apostrophes reports whether the header's cells stand in apostrophes: a text
// with "L'Aquila" in it is no such thing.
func apostrophes(head []byte) bool {
	first, _, _ := bytes.Cut(head, []byte{'\n'})
	first = bytes.TrimRight(first, "\r")
	for _, d := range delimiters {
		cells := bytes.Split(first, []byte{d})
		if len(cells) > 1 && !slices.ContainsFunc(cells, func(c []byte) bool {
			return len(c) < 2 || c[0] != '\'' || c[len(c)-1] != '\''
		}) {
			return true
		}
	}
	return false
}

func oneByte(what, text string) (byte, error) {
	if len(text) != 1 || text[0] >= 0x80 || text[0] == '\n' || text[0] == '\r' {
		return 0, fmt.Errorf("%s %q: expected one character such as , or ;", what, text)
	}
	return text[0], nil
}

// delimiter takes the asked one, else the one under which the header has most
// of the wanted columns, and then the one under which the rows are widest and
// of one width.
func (s *sniffer) delimiter(head []byte, quote byte, whole bool) (byte, error) {
	if d := s.want.Delimiter; d != "" {
		if d == `\t` {
			d = "\t"
		}
		return oneByte("delimiter", d)
	}
	best, bestScore := delimiters[0], -1.0
	for _, d := range delimiters {
		placed, _ := placedRows(head, d, quote, judgeRows+s.want.SkipRows, whole)
		rows := cellsOf(placed)
		if len(rows) > 0 {
			rows = rows[s.headerAt(placed):]
		}
		if score := s.score(rows); score > bestScore {
			best, bestScore = d, score
		}
	}
	return best, nil
}

// score is 1000 a wanted column found, and below that the share of rows as
// wide as the header, times a slow growth with the width.
func (s *sniffer) score(rows [][]string) float64 {
	if len(rows) == 0 || len(rows[0]) < 2 {
		return 0
	}
	width := len(rows[0])
	same := 0
	for _, row := range rows {
		if len(row) == width {
			same++
		}
	}
	found := 0
	for _, name := range rows[0] {
		if slices.Contains(s.want.Columns, strings.TrimSpace(name)) {
			found++
		}
	}
	share := float64(same) / float64(len(rows))
	return 1000*float64(found) + 100*share*share + min(float64(width), 50)/10
}

// fits refuses a header of one column where many are wanted.
func (s *sniffer) fits(header []string, delimiter byte) error {
	if len(header) > 1 || len(s.want.Columns) < 2 {
		return nil
	}
	missing := 0
	for _, name := range s.want.Columns {
		if !strings.Contains(header[0], name) {
			missing++
		}
	}
	if strings.IndexByte(header[0], delimiter) >= 0 && missing < len(s.want.Columns) {
		return s.refuse(line(max(1, s.headerLine)), "the whole line stands in quotes, as one cell", "quotes round single cells, or none", "write the file without the quotes round its lines")
	}
	found := "one column, read with delimiter " + delimiterName(delimiter)
	wanted := fmt.Sprintf("%d columns (%s, …) parted by comma, semicolon, tab or |", len(s.want.Columns), s.want.Columns[0])
	if missing < len(s.want.Columns) {
		if other := between(header[0], s.want.Columns); other != "" {
			found += fmt.Sprintf("; its header is parted by %q", other)
		}
	}
	return s.refuse(line(max(1, s.headerLine)), found, wanted, "write the file with one of these delimiters, and a header line")
}

// between finds what stands between two wanted names that follow each other
// in a header: the delimiter that it was written with.
func between(header string, names []string) string {
	for i := 1; i < len(names); i++ {
		at := strings.Index(header, names[i-1])
		if at < 0 {
			continue
		}
		rest := header[at+len(names[i-1]):]
		if next := strings.Index(rest, names[i]); next > 0 && next <= 3 {
			return rest[:next]
		}
	}
	return ""
}

func (s *sniffer) trim(header []string) {
	trimmed := 0
	for i, name := range header {
		header[i] = strings.TrimSpace(name)
		if header[i] != name {
			trimmed++
		}
	}
	if trimmed > 0 {
		s.note("header: spaces around %d names left out", trimmed)
	}
}

func delimiterName(d byte) string {
	switch d {
	case ',':
		return "comma"
	case ';':
		return "semicolon"
	case '\t':
		return "tab"
	}
	return fmt.Sprintf("%q", string(d))
}

var (
	commaDecimal  = regexp.MustCompile(`^[+-]?[0-9]+,[0-9]+$`)
	pointDecimal  = regexp.MustCompile(`^[+-]?[0-9]+\.[0-9]+$`)
	pointGroups   = regexp.MustCompile(`^[+-]?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?$`)
	certainGroups = regexp.MustCompile(`^[+-]?[0-9]{1,3}((\.[0-9]{3}){2,}(,[0-9]+)?|\.[0-9]{3},[0-9]+)$`)
	commaGroups   = regexp.MustCompile(`^[+-]?[0-9]{1,3}((,[0-9]{3}){2,}(\.[0-9]+)?|,[0-9]{3}\.[0-9]+)$`)
)

// numbers finds out the decimal sign and the mark of thousands by the cells
// of the sample. A comma is taken for decimal if some cell can be nothing
// else; the default is a point and no thousands.
func (s *sniffer) numbers(t *Table) {
	comma, point, groups, anglo, unsure := s.count(t)
	t.Decimal, t.Thousands = ".", ""
	switch {
	case groups > 0 || comma > point:
		t.Decimal = ","
	case anglo > 0:
		t.Thousands = ","
	}
	if groups > 0 || t.Decimal == "," && unsure > 0 {
		t.Thousands = "."
	}
	if d := s.want.Decimal; d != "" {
		t.Decimal = d
	}
	if d := s.want.Thousands; d != "" {
		t.Thousands = d
	}
	if t.Decimal == "," {
		s.note("decimal sign: comma")
	}
	if t.Thousands != "" {
		s.note("mark of thousands: %q", t.Thousands)
	}
	if comma > 0 && point > unsure && t.Thousands == "" {
		s.note("decimal sign: both comma (%d cells) and point (%d cells) in the first rows", comma, point)
	}
}

// count counts cells: with a decimal comma, with a decimal point, surely with
// points between thousands, surely with commas between thousands, and those
// whose point may be either.
func (s *sniffer) count(t *Table) (comma, point, groups, anglo, unsure int) {
	for _, row := range t.Sample {
		for i, cell := range row {
			if i >= len(t.Header) || len(s.want.Numbers) > 0 && !slices.Contains(s.want.Numbers, t.Header[i]) {
				continue
			}
			cell = strings.TrimSpace(cell)
			switch {
			case certainGroups.MatchString(cell):
				groups++
			case commaGroups.MatchString(cell):
				anglo++
			case commaDecimal.MatchString(cell):
				comma++
			case pointGroups.MatchString(cell):
				unsure++
				point++
			case pointDecimal.MatchString(cell):
				point++
			}
		}
	}
	return comma, point, groups, anglo, unsure
}
