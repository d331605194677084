package fetch

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"
)

// sniffBytes is how much of a table's beginning decides on its dialect.
const sniffBytes = 1 << 20

var (
	bomUTF8    = []byte{0xef, 0xbb, 0xbf}
	bomUTF16LE = []byte{0xff, 0xfe}
	bomUTF16BE = []byte{0xfe, 0xff}
)

// container names the compression that head shows: "gz", "zst" or "".
func container(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return "gz"
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return "zst"
	}
	return ""
}

func isParquet(head []byte) bool { return bytes.HasPrefix(head, []byte("PAR1")) }

// wideEncoding names the UTF-16 or UTF-32 that head shows, by its mark or by
// the zero bytes that Latin letters leave in it; "" if neither.
func wideEncoding(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe, 0, 0}), bytes.HasPrefix(head, []byte{0, 0, 0xfe, 0xff}):
		return "utf-32"
	case bytes.HasPrefix(head, bomUTF16LE):
		return "utf-16le"
	case bytes.HasPrefix(head, bomUTF16BE):
		return "utf-16be"
	}
	head = head[:min(len(head), 4096)]
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	half := len(head) / 2
	if half < 2 {
		return ""
	}
	switch {
	case zeros[1]*10 >= half*7 && zeros[0]*10 < half:
		return "utf-16le"
	case zeros[0]*10 >= half*7 && zeros[1]*10 < half:
		return "utf-16be"
	}
	return ""
}

// foreign names what head is if it is no table at all; "" if it may be one.
func foreign(head []byte) (found, advice string) {
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(head, bomUTF8), " \t\r\n")
	save := "save the sheet as CSV UTF-8 and deliver that"
	switch {
	case bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return "an empty ZIP archive", "pack the table and send it again"
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}) && bytes.Contains(head, passwordMark):
		return "an Office document with a password", "send it without a password, over a protected way"
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return "an old Excel or Word document", save
	case bytes.HasPrefix(head, []byte("%PDF")):
		return "a PDF document", "deliver the table that it was made from"
	case hasAnyPrefix(head, "\x89PNG", "\xff\xd8\xff", "GIF8", "II*\x00", "MM\x00*"):
		return "a picture", "deliver the table that it was made from"
	case bytes.HasPrefix(head, []byte("SQLite format")):
		return "a SQLite database", "deliver the table as CSV UTF-8"
	case bytes.HasPrefix(head, []byte("PARE")):
		return encryptedParquet()
	case hasAnyPrefix(head, "BZh", "\xfd7zXZ", "7z\xbc\xaf", "Rar!\x1a"):
		return "an archive of another kind", "deliver the table as it is or as .gz or .zst"
	case bytes.HasPrefix(trimmed, []byte("<")):
		return "HTML or XML", "if it is a web page, the address leads to a page and not to the table"
	case bytes.HasPrefix(trimmed, []byte("[")) && json1(trimmed):
		return "one JSON array", "deliver JSON lines: one object a line"
	}
	return "", ""
}

func encryptedParquet() (found, advice string) {
	return "an encrypted Parquet file", "deliver it without encryption"
}

// passwordMark is the name of the part in which Office keeps a document that
// has a password, as it stands in the folder of the file.
var passwordMark = []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")

func hasAnyPrefix(head []byte, marks ...string) bool {
	return slices.ContainsFunc(marks, func(m string) bool { return bytes.HasPrefix(head, []byte(m)) })
}

// json1 tells a JSON array of objects from a CSV header in brackets.
func json1(trimmed []byte) bool {
	rest := bytes.TrimLeft(trimmed[1:], " \t\r\n")
	return len(rest) > 0 && (rest[0] == '{' || rest[0] == ']')
}

// document names a text of JSON objects that is one document and no table of
// a row a line; "" if it may be lines.
func document(head []byte) (found, advice string) {
	if bytes.Contains(head, []byte(`"dataSets"`)) {
		return "an SDMX-JSON message", "ask the service for SDMX-CSV or SDMX-ML instead"
	}
	first, _, more := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte{'\n'})
	if first = bytes.TrimRight(first, " \t\r"); more && len(first) > 0 && bytes.IndexByte([]byte("{[,"), first[len(first)-1]) >= 0 {
		return "one JSON object over several lines", "deliver JSON lines: one object a line"
	}
	return "", ""
}

// wholeParquet checks that a Parquet file ends as one must: a footer of the
// length it states and the magic bytes.
func wholeParquet(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	cut := func(found string) error {
		return &Refusal{Op: "read", Path: path, Found: found, Wanted: "a Parquet file that ends with its footer and PAR1",
			Advice: "the file was cut on its way: ask for it again and compare checksums"}
	}
	const ends = 4 + 8 // magic at the start; footer length and magic at the end
	if info.Size() < ends {
		return cut(fmt.Sprintf("a Parquet file of %d bytes", info.Size()))
	}
	tail := make([]byte, 8)
	if _, err := file.ReadAt(tail, info.Size()-8); err != nil && err != io.EOF {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if !bytes.Equal(tail[4:], []byte("PAR1")) {
		return cut("a Parquet file without its end")
	}
	if footer := int64(binary.LittleEndian.Uint32(tail)); footer == 0 || footer > info.Size()-ends {
		return cut("a Parquet file with a broken footer")
	}
	return nil
}
