package ingest

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"strconv"
	"unicode/utf8"

	"osservatorio/ingest/privacy"
)

// boundary finds where the last whole record of a block ends, and the line
// that follows it.
func (s *spooler) boundary(b *block, last bool) (end int, next int64) {
	quote := firstByte(s.table.Quote)
	switch {
	case last:
		end = len(b.data)
	case quote == 0 || bytes.IndexByte(b.data, quote) < 0:
		end = bytes.LastIndexByte(b.data, '\n') + 1
	default:
		sc := scanner{data: b.data, line: b.line, delim: firstByte(s.table.Delimiter), quote: quote}
		for sc.next() {
		}
		end = sc.pos
	}
	return end, b.line + int64(bytes.Count(b.data[:end], []byte{'\n'}))
}

func firstByte(s string) byte {
	if s == "" {
		return 0
	}
	return s[0]
}

const (
	// cacheSize is how many of the latest keys a worker remembers. A key that
	// comes again soon (an employer's, a person's) is not hashed again; one that
	// comes once (an event's) costs less to hash than a table of all would.
	cacheSize = 1 << 15
	// longestKept is the length of the longest key that is remembered. Keys lie
	// in the table itself: to look elsewhere for each took as long as a hash.
	longestKept = 31
	// looks is after how many keys of a column it is known whether they come
	// again; if fewer than one in hitShare do, they are hashed and not looked up.
	looks    = 1 << 14
	hitShare = 16
)

type cached struct {
	length    uint8 // 0 if there is nothing yet
	value     [longestKept]byte
	pseudonym [privacy.PseudonymLength]byte
}

// habit is how often keys of a column came again soon.
type habit struct{ looked, found int }

func (h habit) rare() bool { return h.looked >= looks && h.found < h.looked/hitShare }

// worker rewrites blocks. Each has its own memory.
type worker struct {
	*spooler
	scan   scanner
	hasher *privacy.Hasher
	seed   maphash.Seed
	cache  []cached
	habits []habit // by column
	plain  bool    // no cell of the block under way needs quotes in the spool
	key    []byte  // of the row under way
}

func newWorker(s *spooler, seed maphash.Seed) *worker {
	w := &worker{spooler: s, seed: seed, habits: make([]habit, len(s.columns))}
	if s.key != nil {
		w.hasher, w.cache = s.key.Hasher(), make([]cached, cacheSize)
	}
	return w
}

func (w *worker) rewrite(b *block) {
	sc := &w.scan
	sc.data, sc.pos, sc.line, sc.last = b.data, 0, b.line, true
	sc.delim, sc.quote = firstByte(w.table.Delimiter), firstByte(w.table.Quote)
	clean := utf8.Valid(b.data) && bytes.IndexByte(b.data, 0) < 0
	w.plain = plain(b.data, sc.delim, sc.quote)
	header := b.line == w.first
	for sc.next() {
		if header {
			header = false
			continue
		}
		if rule, shape := w.tear(clean); rule != "" {
			if b.last && rule == "fields" {
				b.cut, b.cutAt = w.ends(), sc.start
			}
			b.torn = tornRow(b.torn, sc.start, rule, shape)
			b.bad++
			continue
		}
		from := len(b.out)
		b.out = w.row(b.out)
		b.rows++
		if len(w.key) > 0 {
			b.keys = append(b.keys, keyed{hash: maphash.Bytes(w.seed, w.key), from: int64(from), size: int64(len(b.out) - from)})
		}
	}
}

// plain tells whether no cell of a block holds what the spool would put in
// quotes, so that none needs to be looked through for it.
func plain(block []byte, delim, quote byte) bool {
	for _, b := range []byte{'"', '\r', quote} {
		if b != 0 && bytes.IndexByte(block, b) >= 0 {
			return false
		}
	}
	return delim == ',' || bytes.IndexByte(block, ',') < 0
}

// tear tells why the record is no row of the table; "" of a good one.
func (w *worker) tear(clean bool) (rule, shape string) {
	sc := &w.scan
	if sc.fault != "" {
		return sc.fault, ""
	}
	if len(sc.fields) != len(w.table.Header) {
		return "fields", "fields(" + strconv.Itoa(len(sc.fields)) + ")"
	}
	if clean {
		return "", ""
	}
	for _, f := range sc.fields {
		if !utf8.Valid(f) || bytes.IndexByte(f, 0) >= 0 {
			return "encoding", ""
		}
	}
	return "", ""
}

// ends tells how the text ends within the record: with some of its cells and
// without a line end. A last line of one cell is a note.
func (w *worker) ends() string {
	sc := &w.scan
	n := len(sc.fields)
	if sc.pos < len(sc.data) || n < 2 || n >= len(w.table.Header) || bytes.ContainsAny(sc.data[len(sc.data)-1:], "\r\n") {
		return ""
	}
	return fmt.Sprintf("the file ends within a row, after %d cells of %d", n, len(w.table.Header))
}

func tornRow(to []byte, line int64, rule, shape string) []byte {
	to = strconv.AppendInt(to, line, 10)
	to = append(append(append(to, ",,"...), rule...), ',')
	return append(append(to, shape...), '\n')
}

// row appends the record in the form of the spool, and leaves its key in w.key.
func (w *worker) row(to []byte) []byte {
	w.key = w.key[:0]
	to = strconv.AppendInt(to, w.scan.start, 10)
	for i, c := range w.columns {
		to = append(to, ',')
		from := len(to)
		to = w.cell(to, i, w.scan.fields[c.at])
		if c.key {
			w.key = append(append(w.key, to[from:]...), ',')
		}
	}
	return append(to, '\n')
}

// cell appends one cell in the form of the spool: nothing of a missing value.
func (w *worker) cell(to []byte, column int, field []byte) []byte {
	switch c := w.columns[column]; {
	case w.isMissing(field):
		return to
	case c.pseudonym:
		return w.pseudonym(to, &w.habits[column], field)
	case w.plain && !c.number:
		return append(to, field...)
	case c.number:
		return appendCell(to, w.point(field))
	}
	return appendCell(to, field)
}

func (w *worker) isMissing(field []byte) bool {
	for _, m := range w.missing {
		if string(field) == m {
			return true
		}
	}
	return false
}

func (w *worker) pseudonym(to []byte, h *habit, field []byte) []byte {
	if len(field) == 0 || len(field) > longestKept || h.rare() {
		return w.hasher.Append(to, field)
	}
	h.looked++
	c := &w.cache[maphash.Bytes(w.seed, field)%cacheSize]
	if string(c.value[:c.length]) == string(field) {
		h.found++
	} else {
		c.length = uint8(copy(c.value[:], field))
		w.hasher.Append(c.pseudonym[:0], field)
	}
	return append(to, c.pseudonym[:]...)
}

// point writes a number of the table's dialect with a decimal point and
// without signs of thousands; what is no such number stays as it is, for the
// rules to find.
func (w *worker) point(field []byte) []byte {
	if w.table.Decimal != "," && w.table.Thousands == "" {
		return field
	}
	text := field
	if t := w.table.Thousands; t != "" {
		text = withoutThousands(text, t[0], firstByte(w.table.Decimal))
	}
	if w.table.Decimal == "," {
		if bytes.IndexByte(text, '.') >= 0 || bytes.Count(text, []byte{','}) > 1 {
			return field
		}
		text = bytes.Replace(text, []byte{','}, []byte{'.'}, 1)
	}
	return text
}

// withoutThousands takes the signs out of 1.234.567,8; a number whose groups
// are not of three stays as it is.
func withoutThousands(field []byte, sign, decimal byte) []byte {
	whole, fraction := field, []byte(nil)
	if i := bytes.IndexByte(field, decimal); i >= 0 {
		whole, fraction = field[:i], field[i:]
	}
	groups := bytes.Split(whole, []byte{sign})
	for i, g := range groups {
		if i > 0 && len(g) != 3 {
			return field
		}
	}
	return append(bytes.Join(groups, nil), fraction...)
}

// appendCell appends one cell of CSV.
func appendCell(to, cell []byte) []byte {
	if bytes.IndexByte(cell, '"') < 0 && bytes.IndexByte(cell, ',') < 0 && bytes.IndexByte(cell, '\n') < 0 && bytes.IndexByte(cell, '\r') < 0 {
		return append(to, cell...)
	}
	to = append(to, '"')
	for _, b := range cell {
		if b == '"' {
			to = append(to, '"')
		}
		to = append(to, b)
	}
	return append(to, '"')
}
