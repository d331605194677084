package sdmx

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// plainText takes a byte order mark away and turns UTF-16 with one into UTF-8.
func plainText(r io.Reader) *bufio.Reader {
	return bufio.NewReaderSize(transform.NewReader(r, unicode.BOMOverride(transform.Nop)), 1<<16)
}

// plainHead is plainText of a beginning.
func plainHead(head []byte) []byte {
	text, _, _ := transform.Bytes(unicode.BOMOverride(transform.Nop), head[:min(len(head), 1<<13)])
	return text
}

// encodingOf reads the encoding that an XML declaration states. UTF-16 is
// UTF-8 by now.
func encodingOf(label string, r io.Reader) (io.Reader, error) {
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, fmt.Errorf("encoding %q: not known", label)
	}
	if name, _ := htmlindex.Name(e); name == "utf-16le" || name == "utf-16be" || name == "utf-8" {
		return r, nil
	}
	return e.NewDecoder().Reader(r), nil
}

// maxToken bounds what one element, text or comment of a message may be, so
// that no file can fill the memory.
const maxToken = 8 << 20

var errTokenTooLong = errors.New("one element or text of more than 8 MiB")

// bounded ends reading when more than maxToken bytes were read since the last
// renew.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) renew() { b.left = maxToken }

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTokenTooLong
	}
	n, err := b.r.Read(p[:min(len(p), b.left, 1<<16)])
	b.left -= n
	return n, err
}
