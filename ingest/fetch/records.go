package fetch

import "bytes"

// records parts the beginning of a CSV text into rows, tolerantly: it is for
// looking, not for loading. At most limit rows; a last row that the text cuts
// off is left out unless whole says that the text ends there. unclosed is the
// line on which a quoted cell began that never ended, else 0.
func records(text []byte, delimiter, quote byte, limit int, whole bool) (rows [][]string, unclosed int64) {
	p := parser{text: text, delimiter: delimiter, quote: quote, line: 1}
	for len(rows) < limit && p.at < len(p.text) {
		row, ended := p.row()
		if !ended && !whole {
			break
		}
		if len(row) > 1 || row[0] != "" {
			rows = append(rows, row)
		}
	}
	return rows, p.unclosed
}

type parser struct {
	text             []byte
	at               int
	delimiter, quote byte
	line             int64
	unclosed         int64
}

// row reads up to the next line end; ended is false if the text ends first.
func (p *parser) row() (cells []string, ended bool) {
	for {
		cells = append(cells, p.cell())
		if p.at >= len(p.text) {
			return cells, false
		}
		b := p.text[p.at]
		p.at++
		switch b {
		case p.delimiter:
			if p.at >= len(p.text) {
				return append(cells, ""), false
			}
		case '\r':
			if p.at < len(p.text) && p.text[p.at] == '\n' {
				p.at++
			}
			p.line++
			return cells, true
		default: // '\n'
			p.line++
			return cells, true
		}
	}
}

// cell reads one cell and stops at what ends it.
func (p *parser) cell() string {
	if p.quote != 0 && p.at < len(p.text) && p.text[p.at] == p.quote {
		return p.quoted()
	}
	start := p.at
	for p.at < len(p.text) && !p.ends(p.text[p.at]) {
		p.at++
	}
	return string(p.text[start:p.at])
}

func (p *parser) ends(b byte) bool { return b == p.delimiter || b == '\n' || b == '\r' }

func (p *parser) quoted() string {
	began := p.line
	p.at++
	var b []byte
	for {
		end := bytes.IndexByte(p.text[p.at:], p.quote)
		if end < 0 {
			b = append(b, p.text[p.at:]...)
			p.at = len(p.text)
			p.unclosed = began
			return string(b)
		}
		p.line += int64(bytes.Count(p.text[p.at:p.at+end], []byte{'\n'}))
		b = append(b, p.text[p.at:p.at+end]...)
		p.at += end + 1
		if p.at < len(p.text) && p.text[p.at] == p.quote {
			b = append(b, p.quote)
			p.at++
			continue
		}
		for p.at < len(p.text) && !p.ends(p.text[p.at]) {
			b = append(b, p.text[p.at])
			p.at++
		}
		return string(b)
	}
}
