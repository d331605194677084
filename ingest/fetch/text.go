package fetch

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// Text says what the bytes of a file are as text, counted over the whole
// file in one streaming pass.
type Text struct {
	Lines     int64 // line feeds
	Wide      int64 // well-formed UTF-8 sequences of two bytes or more
	Invalid   int64 // bytes that belong to no UTF-8 sequence
	Windows   int64 // of these, bytes 80–9F that Windows-1252 gives a character
	Undefined int64 // of these, bytes that neither Windows-1252 nor Latin-1 prints
	Zero      int64 // bytes of value 0
	BadLine   int64 // line of the first invalid byte; 0 if none
	BadColumn int64 // byte within that line, from 1
	ZeroLine  int64 // line of the first zero byte; 0 if none

	carry     []byte // an unfinished sequence at the end of a block
	lineBytes int64  // bytes of the current line so far
}

// UTF8 reports whether the whole text is valid UTF-8.
func (t *Text) UTF8() bool { return t.Invalid == 0 }

// add looks at the next block.
func (t *Text) add(block []byte) {
	if len(t.carry) > 0 {
		if block = t.joined(block); len(block) == 0 {
			return
		}
	}
	cut := unfinished(block)
	block, rest := block[:len(block)-cut], block[len(block)-cut:]
	if ascii(block) {
		t.skip(block)
	} else {
		t.runes(block)
	}
	t.carry = append(t.carry[:0], rest...)
}

// joined completes the sequence that the last block left unfinished. The few
// bytes are looked at alone, so that the block need not be copied.
func (t *Text) joined(block []byte) []byte {
	need := 0
	for need < len(block) && need < utf8.UTFMax && !utf8.RuneStart(block[need]) {
		need++
	}
	seam := append(append([]byte{}, t.carry...), block[:need]...)
	if need == len(block) && !utf8.FullRune(seam) {
		t.carry = seam
		return nil
	}
	t.carry = t.carry[:0]
	t.runes(seam)
	return block[need:]
}

// end closes the text: a sequence still unfinished is invalid.
func (t *Text) end() {
	if len(t.carry) > 0 {
		t.runes(t.carry)
		t.carry = nil
	}
}

// skip counts what an all-ASCII block has to count.
func (t *Text) skip(block []byte) {
	t.zeros(block)
	t.Lines += int64(bytes.Count(block, []byte{'\n'}))
	if at := bytes.LastIndexByte(block, '\n'); at >= 0 {
		t.lineBytes = int64(len(block) - at - 1)
	} else {
		t.lineBytes += int64(len(block))
	}
}

// runes looks at a block that is not all ASCII, sequence by sequence; runs of
// ASCII within it go at full speed.
func (t *Text) runes(block []byte) {
	for len(block) > 0 {
		n := asciiRun(block)
		t.skip(block[:n])
		block = block[n:]
		for len(block) > 0 && block[0] >= utf8.RuneSelf {
			r, size := utf8.DecodeRune(block)
			if r == utf8.RuneError && size == 1 {
				t.invalid(block[0])
			} else {
				t.Wide++
			}
			t.lineBytes += int64(size)
			block = block[size:]
		}
	}
}

func (t *Text) invalid(b byte) {
	t.Invalid++
	if t.BadLine == 0 {
		t.BadLine, t.BadColumn = t.Lines+1, t.lineBytes+1
	}
	if b >= 0x80 && b <= 0x9f {
		t.Windows++
	}
	switch b {
	case 0x81, 0x8d, 0x8f, 0x90, 0x9d:
		t.Undefined++
	}
}

func (t *Text) zeros(block []byte) {
	at := bytes.IndexByte(block, 0)
	if at < 0 {
		return
	}
	if t.ZeroLine == 0 {
		t.ZeroLine = t.Lines + 1 + int64(bytes.Count(block[:at], []byte{'\n'}))
	}
	t.Zero += int64(bytes.Count(block, []byte{0}))
}

const highBits = 0x8080808080808080

func ascii(block []byte) bool { return asciiRun(block) == len(block) }

// asciiRun is the length of the run of ASCII that block begins with. It looks
// at 32 bytes a step.
func asciiRun(block []byte) int {
	n := 0
	for len(block)-n >= 32 {
		b := block[n : n+32]
		all := binary.NativeEndian.Uint64(b) | binary.NativeEndian.Uint64(b[8:]) |
			binary.NativeEndian.Uint64(b[16:]) | binary.NativeEndian.Uint64(b[24:])
		if all&highBits != 0 {
			break
		}
		n += 32
	}
	for n < len(block) && block[n] < utf8.RuneSelf {
		n++
	}
	return n
}

// unfinished is the number of bytes at the end of block that begin a UTF-8
// sequence which the next block may complete.
func unfinished(block []byte) int {
	for back := 1; back < utf8.UTFMax && back <= len(block); back++ {
		b := block[len(block)-back]
		if b < utf8.RuneSelf {
			return 0
		}
		if utf8.RuneStart(b) {
			if utf8.FullRune(block[len(block)-back:]) {
				return 0
			}
			return back
		}
	}
	return 0
}
