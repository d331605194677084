package synthetic

import "bytes"

// chunkPersons is how many persons one worker lives at a time. It is fixed:
// what goes bad depends on it, and must not depend on the machine.
const chunkPersons = 4096

// chunk is the deliveries of some persons: bytes by source and quarter, with
// their counts. Workers fill it, one writer appends it in order.
type chunk struct {
	index   int
	gap     int // one bad row after so many rows of a file; 0 none
	parts   [personal][]part
	turn    [personal]int // the next flaw of each source
	scratch []byte
	second  []byte
}

// part is what a chunk adds to one file.
type part struct {
	text       []byte
	rows       int
	since      int // rows since the last bad one
	superseded int
	flawed     []int // by flaw of the source
}

func newChunk(quarters, gap int) *chunk {
	c := &chunk{gap: gap, scratch: make([]byte, 0, 512), second: make([]byte, 0, 512)}
	for s := range c.parts {
		c.parts[s] = make([]part, quarters)
		for q := range c.parts[s] {
			c.parts[s][q].flawed = make([]int, len(flaws[sourceNames[s]]))
		}
	}
	return c
}

func (c *chunk) reset(index int) {
	c.index = index
	for s := range c.parts {
		c.turn[s] = index * 5
		for q := range c.parts[s] {
			p := &c.parts[s][q]
			p.text, p.rows, p.since, p.superseded = p.text[:0], 0, 0, 0
			clear(p.flawed)
		}
	}
}

// once writes a row. Where a bad row is due it is either this row, corrupted
// (false: it never arrived), or a corrupted copy of it under a new key.
func (c *chunk) once(s source, quarter int, line []byte) (arrived bool) {
	p := &c.parts[s][quarter]
	p.since++
	if c.gap == 0 || p.since <= c.gap {
		p.add(line)
		return true
	}
	p.since = 0
	list := flaws[sourceNames[s]]
	n := c.turn[s]
	c.turn[s]++
	f := n % len(list)
	p.flawed[f]++
	if (n/len(list)+n)%2 == 0 {
		p.add(list[f].corrupt(s.header(), line, false))
		return false
	}
	p.add(line)
	p.add(list[f].corrupt(s.header(), line, true))
	return true
}

// finish gives the files of rare rows their bad ones: where a chunk alone has
// too few rows for one, every so many chunks have a corrupted copy of their
// last row. A file of one chunk has none, so that its share keeps its bound.
func (c *chunk) finish() {
	if c.gap == 0 {
		return
	}
	for s := range c.parts {
		for q := range c.parts[s] {
			p := &c.parts[s][q]
			if p.rows >= c.gap || c.index*p.rows/c.gap == (c.index+1)*p.rows/c.gap {
				continue
			}
			list := flaws[sourceNames[s]]
			f := c.turn[s] % len(list)
			c.turn[s]++
			p.flawed[f]++
			text := bytes.TrimSuffix(p.text, []byte{'\n'})
			p.add(list[f].corrupt(source(s).header(), bytes.Clone(text[bytes.LastIndexByte(text, '\n')+1:]), true))
		}
	}
}

// twice writes two versions of a row in one delivery; the later supersedes.
func (c *chunk) twice(s source, quarter int, earlier, later []byte) {
	p := &c.parts[s][quarter]
	p.add(earlier)
	p.add(later)
	p.superseded++
}

func (p *part) add(line []byte) {
	p.text = append(append(p.text, line...), '\n')
	p.rows++
}

func (s source) header() string { return headers[sourceNames[s]] }

// fields parts a line; no value of ours holds a comma or a quote.
func fields(line []byte) [][]byte { return bytes.Split(line, []byte{','}) }
