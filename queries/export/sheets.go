package export

import (
	"bufio"
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"osservatorio/queries/release"
)

// sheet is how a CSV file is written.
type sheet struct {
	start  string              // before the header line
	comma  byte                // between cells
	point  byte                // of decimals
	end    string              // of a line
	shield func(string) string // of a text, before it is quoted
}

// machines is RFC 4180 but for its line ends, as most tools write it.
func machines() sheet {
	return sheet{comma: ',', point: '.', end: "\n", shield: func(text string) string { return text }}
}

// byteOrderMark tells Excel that the file is UTF-8.
const byteOrderMark = "\ufeff"

// excelIT is what an Italian Excel opens with a double click.
func excelIT() sheet {
	return sheet{start: byteOrderMark, comma: ';', point: ',', end: "\r\n", shield: harmless}
}

// writeCSV writes the rows for machines and for an Italian Excel.
func (w *writer) writeCSV(t *release.Table) error {
	name := "data/" + t.Header.View
	if err := w.stream(name+".csv", func(out *bufio.Writer) error { return machines().write(out, t) }); err != nil {
		return err
	}
	return w.stream(name+".excel-it.csv", func(out *bufio.Writer) error { return excelIT().write(out, t) })
}

func (s sheet) write(out *bufio.Writer, t *release.Table) error {
	line := []byte(s.start)
	words := make([][]string, len(t.Columns)) // of each text column, ready to be written
	for i, c := range t.Columns {
		line = append(s.before(line, i), s.quoted(c.Name)...)
		for _, word := range c.Words {
			words[i] = append(words[i], s.quoted(s.shield(word)))
		}
	}
	line = append(line, s.end...)
	for row := range t.Rows {
		if _, err := out.Write(line); err != nil {
			return err
		}
		line = line[:0]
		for i := range t.Columns {
			line = s.cell(s.before(line, i), &t.Columns[i], words[i], row)
		}
		line = append(line, s.end...)
	}
	_, err := out.Write(line)
	return err
}

// before puts the comma before the i-th cell.
func (s sheet) before(line []byte, i int) []byte {
	if i == 0 {
		return line
	}
	return append(line, s.comma)
}

func (s sheet) cell(line []byte, c *release.Column, words []string, row int) []byte {
	switch {
	case c.Codes != nil && c.Codes[row] >= 0:
		return append(line, words[c.Codes[row]]...)
	case c.Codes != nil || c.Null[row]:
		return line
	}
	return s.number(line, c.Values[row])
}

// number writes a number as short as it can be read back, never with an
// exponent.
func (s sheet) number(line []byte, v float64) []byte {
	from := len(line)
	line = strconv.AppendFloat(line, v, 'f', -1, 64)
	if at := bytes.IndexByte(line[from:], '.'); at >= 0 {
		line[from+at] = s.point
	}
	return line
}

// quoted puts a text in quotation marks where it would be taken for several
// cells or lines.
func (s sheet) quoted(text string) string {
	if !strings.ContainsAny(text, string(s.comma)+"\"\r\n") && !strings.HasPrefix(text, " ") {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// harmless keeps a spreadsheet from taking a text for a formula: by ASCII or by
// the wide letters that some versions take for it.
func harmless(text string) string {
	first, _ := utf8.DecodeRuneInString(text)
	if text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + text
	}
	return text
}
