package privacy

import (
	"bytes"
	"strings"
)

const (
	// learnRows is how many rows of the beginning teach a Scanner the columns.
	learnRows = 1000
	// longestLine is what a Scanner keeps of a line that does not end; an
	// identifier is shorter by far.
	longestLine = 1 << 20
)

// Scanner looks through the text of a whole table for tax codes, IBANs and
// e-mail addresses, block by block as it is read; memory is a line. Write it
// the text in order, in UTF-8 or a one-byte encoding, header first. It stops
// with a *Refusal at the first value that leaves no doubt; ask Finish when
// all is written.
type Scanner struct {
	carry     []byte
	lines     int64 // line feeds seen
	learnt    bool
	header    []string
	delimiter byte
	usual     []int // by column: see usualLength
	doubtful  map[doubt]*tally
}

type doubt struct {
	column int
	kind   Kind
}

type tally struct {
	hits  int64
	first *Refusal
}

// Write looks at the next block of text.
func (s *Scanner) Write(block []byte) (int, error) {
	n := len(block)
	if len(s.carry) > 0 {
		cut := bytes.IndexByte(block, '\n') + 1
		if cut == 0 {
			cut = n
		}
		s.carry = append(s.carry, block[:cut]...)
		block = block[cut:]
		if s.carry[len(s.carry)-1] != '\n' && len(s.carry) < longestLine {
			return n, nil
		}
		if err := s.scan(s.carry); err != nil {
			return 0, err
		}
		s.carry = s.carry[:0]
	}
	cut := bytes.LastIndexByte(block, '\n') + 1
	if err := s.scan(block[:cut]); err != nil {
		return 0, err
	}
	s.carry = append(s.carry, block[cut:]...)
	return n, nil
}

// Finish looks at the last line and judges the doubtful: tokens that look
// like identifiers in a column of pseudonyms of that length are chance if
// they are few.
func (s *Scanner) Finish() error {
	if err := s.scan(s.carry); err != nil {
		return err
	}
	s.carry = nil
	for _, t := range s.doubtful {
		if t.hits > 1 && float64(t.hits) > chance*float64(s.lines) {
			return t.first
		}
	}
	return nil
}

func (s *Scanner) scan(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	if !s.learnt {
		s.learn(text)
	}
	if err := s.emails(text); err != nil {
		return err
	}
	if err := s.tokens(text); err != nil {
		return err
	}
	s.lines += int64(bytes.Count(text, []byte{'\n'}))
	return nil
}

func (s *Scanner) emails(text []byte) error {
	for at := 0; ; at++ {
		next := bytes.IndexByte(text[at:], '@')
		if next < 0 {
			return nil
		}
		if at += next; emailAt(text, at) {
			return s.refusal(text, at, Email)
		}
	}
}

// tokens looks at every run of letters and digits that is long enough. It
// steps by the least length: a run that holds none of these places is too
// short to matter.
func (s *Scanner) tokens(text []byte) error {
	for at := ibanShortest - 1; at < len(text); at += ibanShortest {
		if class[text[at]] == 0 {
			continue
		}
		start, end := at, at+1
		for start > 0 && class[text[start-1]] != 0 {
			start--
		}
		for end < len(text) && class[text[end]] != 0 {
			end++
		}
		if kind := tokenKind(text[start:end]); kind != "" {
			if err := s.found(text, start, end-start, kind); err != nil {
				return err
			}
		}
		at = end
	}
	return nil
}

// found judges one token that looks like an identifier.
func (s *Scanner) found(text []byte, start, length int, kind Kind) error {
	r := s.refusal(text, start, kind)
	if i := r.Position - 1; i < 0 || i >= len(s.usual) || s.usual[i] != length {
		return r
	}
	key := doubt{r.Position, kind}
	t := s.doubtful[key]
	if t == nil {
		t = &tally{first: r}
		s.doubtful[key] = t
	}
	t.hits++
	return nil
}

// refusal finds out line and column of a place in text.
func (s *Scanner) refusal(text []byte, at int, kind Kind) *Refusal {
	begin := bytes.LastIndexByte(text[:at], '\n') + 1
	r := &Refusal{Kind: kind, Line: s.lines + int64(bytes.Count(text[:at], []byte{'\n'})) + 1}
	if s.delimiter == 0 {
		return r
	}
	quoted := false
	r.Position = 1
	for _, b := range text[begin:at] {
		switch {
		case b == '"':
			quoted = !quoted
		case b == s.delimiter && !quoted:
			r.Position++
		}
	}
	if r.Line > 1 && r.Position <= len(s.header) {
		r.Column = s.header[r.Position-1]
	}
	return r
}

// learn finds out from the first rows how the columns are parted, what they
// are called and which hold pseudonyms. JSON lines have no such columns.
func (s *Scanner) learn(text []byte) {
	s.learnt = true
	s.doubtful = map[doubt]*tally{}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) {
		return
	}
	first, rest, _ := bytes.Cut(text, []byte{'\n'})
	most := 0
	s.delimiter = ','
	for _, d := range []byte(",;\t|") {
		if n := bytes.Count(first, []byte{d}); n > most {
			s.delimiter, most = d, n
		}
	}
	s.header = s.cells(first)
	var rows [][]string
	for len(rest) > 0 && len(rows) < learnRows {
		var row []byte
		row, rest, _ = bytes.Cut(rest, []byte{'\n'})
		rows = append(rows, s.cells(row))
	}
	s.usual = make([]int, len(s.header))
	for i := range s.header {
		s.usual[i] = usualLength(rows, i)
	}
}

func (s *Scanner) cells(row []byte) []string {
	cells := strings.Split(strings.TrimRight(string(row), "\r"), string(s.delimiter))
	for i, c := range cells {
		cells[i] = strings.Trim(c, `" `)
	}
	return cells
}
