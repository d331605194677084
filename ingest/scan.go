package ingest

import "bytes"

// recordLimit is the greatest size of one record in bytes. A quote that is
// opened and not closed within it is a fault of that line, not of the rest of
// the file.
const recordLimit = 64 << 10

// scanner cuts CSV text into records and fields. A record that is none (a
// quote never closed, text after a closing quote) ends at the end of its
// first line, so that one stray quote costs one row.
type scanner struct {
	data  []byte
	pos   int
	line  int64 // of data[pos], from 1
	last  bool  // data ends where the file ends
	delim byte
	quote byte // 0 if nothing is quoted

	fields [][]byte // of the record, unquoted; valid until the next call
	start  int64    // line on which the record begins
	fault  string   // why the record is none: quote, long; "" of a good one
	plain  []byte   // room for fields with doubled quotes
}

// next reads a record. It is false at the end of data, or when the last
// record of data may go on in what follows; pos then stands at its beginning.
func (s *scanner) next() bool {
	for {
		rest := s.data[s.pos:]
		if len(rest) == 0 {
			return false
		}
		end := bytes.IndexByte(rest, '\n')
		if end < 0 && !s.last {
			return false
		}
		line := rest
		if end >= 0 {
			line = rest[:end]
		} else {
			end = len(rest) - 1
		}
		s.start, s.fault, s.fields = s.line, "", s.fields[:0]
		if len(bytes.TrimSuffix(line, []byte{'\r'})) == 0 {
			s.step(end + 1)
			continue
		}
		return s.record(rest, line, end+1)
	}
}

// record reads the record that begins with line; step leads to the next line.
func (s *scanner) record(rest, line []byte, step int) bool {
	if len(line) > recordLimit {
		s.fault = "long"
		s.step(step)
		return true
	}
	if s.quote == 0 || bytes.IndexByte(line, s.quote) < 0 {
		s.split(bytes.TrimSuffix(line, []byte{'\r'}))
		s.step(step)
		return true
	}
	s.plain = s.plain[:0]
	n, state := s.quoted(rest[:min(len(rest), recordLimit)])
	switch {
	case state == whole:
		s.step(n)
	case state == open && !s.last && len(rest) < recordLimit:
		return false
	default:
		s.fault = "quote"
		s.step(step)
	}
	return true
}

// step moves on by n bytes and counts their lines.
func (s *scanner) step(n int) {
	s.line += int64(bytes.Count(s.data[s.pos:s.pos+n], []byte{'\n'}))
	s.pos += n
}

func (s *scanner) split(line []byte) {
	for {
		i := bytes.IndexByte(line, s.delim)
		if i < 0 {
			s.fields = append(s.fields, line)
			return
		}
		s.fields = append(s.fields, line[:i])
		line = line[i+1:]
	}
}

// What reading a quoted record came to.
const (
	whole  = iota // a record
	open          // text ended within quotes
	broken        // text after a closing quote
)

// quoted reads a record with quotes from the beginning of text and returns
// its length with its line end.
func (s *scanner) quoted(text []byte) (n, state int) {
	for {
		field, size, state := s.field(text[n:])
		if state != whole {
			return 0, state
		}
		s.fields = append(s.fields, field)
		n += size
		if n == len(text) {
			return n, s.ended(len(text))
		}
		switch {
		case text[n] == s.delim:
			n++
			if n == len(text) {
				s.fields = append(s.fields, nil)
				return n, s.ended(len(text))
			}
		case text[n] == '\n':
			return n + 1, whole
		default: // \r\n
			return n + 2, whole
		}
	}
}

// ended judges a record that ends where text ends.
func (s *scanner) ended(size int) int {
	if s.last && s.pos+size == len(s.data) {
		return whole
	}
	return open
}

// field reads one field; size leads to what ends it: a delimiter, \n, \r\n or
// the end of text.
func (s *scanner) field(text []byte) (field []byte, size, state int) {
	if len(text) == 0 || text[0] != s.quote {
		for i, b := range text {
			if b == s.delim || b == '\n' {
				return text[:i], i, whole
			}
			if b == '\r' && i+1 < len(text) && text[i+1] == '\n' {
				return text[:i], i, whole
			}
		}
		return text, len(text), whole
	}
	from := len(s.plain)
	doubled := false
	for i := 1; i < len(text); {
		q := bytes.IndexByte(text[i:], s.quote)
		if q < 0 {
			return nil, 0, open
		}
		i += q
		if i+1 < len(text) && text[i+1] == s.quote {
			doubled = true
			i += 2
			continue
		}
		field, size = text[1:i], i+1
		if doubled {
			s.plain = undouble(s.plain, field, s.quote)
			field = s.plain[from:]
		}
		return field, size, s.after(text[size:])
	}
	return nil, 0, open
}

// after judges what follows a closing quote.
func (s *scanner) after(text []byte) int {
	switch {
	case len(text) == 0 || text[0] == s.delim || text[0] == '\n':
		return whole
	case text[0] == '\r' && len(text) == 1:
		return open
	case text[0] == '\r' && text[1] == '\n':
		return whole
	}
	return broken
}

// undouble appends field with each doubled quote made one.
func undouble(to, field []byte, quote byte) []byte {
	for {
		i := bytes.IndexByte(field, quote)
		if i < 0 {
			return append(to, field...)
		}
		to = append(to, field[:i+1]...)
		field = field[i+2:]
	}
}
