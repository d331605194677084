package fetch

import (
	"encoding/binary"
	"io"
	"os"
)

// encryptionAlgorithm is the field of a Parquet footer that stands there only
// where columns are encrypted and the footer is not.
const encryptionAlgorithm = 8

// largestFooter is read at most to find out why a file cannot be read.
const largestFooter = 64 << 20

// encryptedColumns tells of a Parquet file whose footer says that its columns
// are encrypted. DuckDB calls it invalid data.
func encryptedColumns(path string) bool {
	footer, err := parquetFooter(path)
	if err != nil {
		return false
	}
	c := compact{rest: footer}
	for id := 0; ; {
		kind, ok := c.field(&id)
		if !ok || !c.skip(kind, 0) {
			return false
		}
		if id == encryptionAlgorithm {
			return true
		}
	}
}

// parquetFooter reads what stands before the length and the mark at the end.
func parquetFooter(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	end, err := f.Seek(-8, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	var length [4]byte
	if _, err := io.ReadFull(f, length[:]); err != nil {
		return nil, err
	}
	size := int64(binary.LittleEndian.Uint32(length[:]))
	if size > end || size > largestFooter {
		return nil, io.ErrUnexpectedEOF
	}
	footer := make([]byte, size)
	_, err = f.ReadAt(footer, end-size)
	return footer, err
}

// compact walks over Thrift's compact protocol, in which footers are written,
// and keeps nothing of it. What makes no sense ends the walk.
type compact struct{ rest []byte }

// Kinds of values in the compact protocol.
const (
	kindStop   = 0
	kindTrue   = 1
	kindFalse  = 2
	kindByte   = 3
	kindI64    = 6 // and 4, 5: numbers of any length
	kindDouble = 7
	kindBinary = 8
	kindList   = 9
	kindSet    = 10
	kindMap    = 11
	kindStruct = 12
	deepest    = 32
)

// field reads the head of the next field of a struct; false at its end.
func (c *compact) field(id *int) (kind byte, ok bool) {
	head, ok := c.take(1)
	if !ok || head[0]&15 == kindStop {
		return 0, false
	}
	if delta := int(head[0] >> 4); delta > 0 {
		*id += delta
		return head[0] & 15, true
	}
	n, ok := c.number()
	*id = int(n>>1) ^ -int(n&1)
	return head[0] & 15, ok
}

// skip leaves the value of a field behind.
func (c *compact) skip(kind byte, depth int) bool {
	switch {
	case depth > deepest:
		return false
	case kind == kindTrue || kind == kindFalse:
		return true // it stands in the head
	case kind == kindByte:
		return c.leave(1)
	case kind > kindByte && kind <= kindI64:
		_, ok := c.number()
		return ok
	case kind == kindDouble:
		return c.leave(8)
	case kind == kindBinary:
		n, ok := c.number()
		return ok && c.leave(n)
	case kind == kindList || kind == kindSet:
		return c.skipList(depth)
	case kind == kindMap:
		return c.skipMap(depth)
	case kind == kindStruct:
		for id := 0; ; {
			inner, ok := c.field(&id)
			if !ok {
				return true
			}
			if !c.skip(inner, depth+1) {
				return false
			}
		}
	}
	return false
}

func (c *compact) skipList(depth int) bool {
	head, ok := c.take(1)
	if !ok {
		return false
	}
	n := uint64(head[0] >> 4)
	if n == 15 {
		if n, ok = c.number(); !ok {
			return false
		}
	}
	return c.skipElements(n, depth, head[0]&15)
}

func (c *compact) skipMap(depth int) bool {
	n, ok := c.number()
	if !ok || n == 0 {
		return ok
	}
	kinds, ok := c.take(1)
	return ok && c.skipElements(n, depth, kinds[0]>>4, kinds[0]&15)
}

// skipElements leaves n elements behind, each of the kinds one after the other.
func (c *compact) skipElements(n uint64, depth int, kinds ...byte) bool {
	if n > uint64(len(c.rest)) {
		return false // each takes a byte or more
	}
	for range n {
		for _, kind := range kinds {
			if kind == kindTrue || kind == kindFalse {
				kind = kindByte // of a list they are bytes
			}
			if !c.skip(kind, depth+1) {
				return false
			}
		}
	}
	return true
}

func (c *compact) number() (uint64, bool) {
	n, length := binary.Uvarint(c.rest)
	if length <= 0 {
		return 0, false
	}
	c.rest = c.rest[length:]
	return n, true
}

func (c *compact) take(n uint64) ([]byte, bool) {
	if n > uint64(len(c.rest)) {
		return nil, false
	}
	taken := c.rest[:n]
	c.rest = c.rest[n:]
	return taken, true
}

func (c *compact) leave(n uint64) bool {
	_, ok := c.take(n)
	return ok
}
