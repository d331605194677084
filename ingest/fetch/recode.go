package fetch

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

const (
	// defaultMaxBytes is the greatest plain table that is unpacked: 1 TiB.
	defaultMaxBytes = 1 << 40
	// freeBytes is what an archive may hold without regard to its ratio.
	freeBytes = 64 << 20
	// maxRatio is how many bytes of table one byte of an archive may become.
	// Tables of codes and dates reach 20 to 60; a bomb reaches 1000.
	maxRatio = 250
	// maxWindow bounds the memory that a .zst may ask for: 128 MiB.
	maxWindow = 128 << 20
)

// unpack writes the plain content of a container to a temporary file and
// returns its beginning.
func (s *sniffer) unpack(ctx context.Context, kind string) ([]byte, error) {
	file, info, err := openFile(s.now)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	plain, stop, err := decompressor(kind, file)
	if err != nil {
		return nil, s.refuse("", "a broken ."+kind+": "+err.Error(), "a whole archive", "have it written and sent again")
	}
	defer stop()
	limit := s.limit(info.Size())
	bounded := &limited{r: plain, left: limit}
	peek := bufio.NewReaderSize(bounded, 8192)
	head, _ := peek.Peek(8192)
	if container(head) != "" {
		return nil, s.refuse("", "an archive within the ."+kind, "one table in it", "unpack it once and deliver that")
	}
	watch := s.want.Watch
	if s.watched || isParquet(head) || isZip(head) || wideEncoding(head) != "" {
		watch = nil
	}
	s.text = Text{}
	to := filepath.Join(s.temp, "plain")
	if err := s.copyTo(ctx, to, peek, watch); err != nil {
		if errors.Is(err, errTooLarge) {
			return nil, s.refuse("", fmt.Sprintf("more than %d bytes in a .%s of %d", limit, kind, info.Size()), fmt.Sprintf("at most %d times its size", maxRatio), "deliver it unpacked if it is genuine")
		}
		if ctx.Err() != nil || errors.As(err, new(*os.PathError)) {
			return nil, fmt.Errorf("unpack %s: %w", s.given, err)
		}
		return nil, s.refuse("", "a broken ."+kind+": "+err.Error(), "a whole archive", "the file was cut on its way: ask for it again and compare checksums")
	}
	s.watched = s.watched || watch != nil
	s.note("container: .%s", kind)
	s.now = to
	return s.head()
}

func decompressor(kind string, r io.Reader) (io.Reader, func(), error) {
	if kind == "gz" {
		z, err := gzip.NewReader(bufio.NewReaderSize(r, blockBytes))
		return z, func() {}, err
	}
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, nil, err
	}
	return z, z.Close, nil
}

var errTooLarge = errors.New("too large")

// limited reads at most left bytes and then fails, where io.LimitReader would
// end quietly.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// copyTo writes r to a new file, counting its text and showing it to watch.
func (s *sniffer) copyTo(ctx context.Context, to string, r io.Reader, watch io.Writer) error {
	file, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = pass(ctx, r, nil, func(block []byte) error {
		s.text.add(block)
		if watch != nil {
			if _, err := watch.Write(block); err != nil {
				return err
			}
		}
		_, err := file.Write(block)
		return err
	})
	s.text.end()
	if err != nil {
		return err
	}
	return file.Close()
}

// recode makes the text UTF-8, in a temporary copy if it is not. It returns
// whether there was a byte order mark, and the encoding found.
func (s *sniffer) recode(ctx context.Context, head []byte) (bom bool, name string, err error) {
	name = wideEncoding(head)
	bom = bytes.HasPrefix(head, bomUTF8) || bytes.HasPrefix(head, bomUTF16LE) || bytes.HasPrefix(head, bomUTF16BE)
	switch {
	case name == "utf-32":
		return false, "", s.refuse("", "the text is UTF-32", "UTF-8, Windows-1252, Latin-1 or UTF-16", "save it as UTF-8")
	case name != "":
		s.note("encoding: %s", name)
		return bom, name, s.decode(ctx, wide(name))
	case s.text.Zero > 0:
		return false, "", s.refuse(line(s.text.ZeroLine), "a byte of value 0", "text", "the file is not a table, or was damaged on its way")
	}
	if asked := s.want.Encoding; asked != "" {
		name, err = s.asked(ctx, asked)
		return bom, name, err
	}
	if s.text.UTF8() {
		if bom {
			s.note("encoding: utf-8 with byte order mark")
		} else {
			s.note("encoding: utf-8")
		}
		return bom, "utf-8", nil
	}
	name, err = s.western()
	if err != nil {
		return bom, "", err
	}
	s.note("encoding: %s", name)
	return bom, name, s.decode(ctx, charmap.Windows1252)
}

// asked recodes from the encoding that the configuration names.
func (s *sniffer) asked(ctx context.Context, label string) (string, error) {
	enc, err := htmlindex.Get(label)
	if err != nil {
		return "", s.refuse("", fmt.Sprintf("encoding %q is not known", label), "a name such as utf-8, windows-1252, iso-8859-1 or utf-16le", "correct the source's encoding in the configuration")
	}
	name, err := htmlindex.Name(enc)
	if err != nil {
		name = strings.ToLower(label)
	}
	s.note("encoding: %s, as configured", name)
	if name == "utf-8" {
		if !s.text.UTF8() {
			return "", s.notUTF8("UTF-8, as configured")
		}
		return name, nil
	}
	if s.text.UTF8() && s.text.Wide > 0 {
		s.note("encoding: the file is also valid UTF-8: look at its accents")
	}
	return name, s.decode(ctx, enc)
}

// western names the one-byte encoding of a text that is not UTF-8, or refuses
// it: a text with both kinds of letters was glued together or damaged.
func (s *sniffer) western() (string, error) {
	switch {
	case s.text.Undefined > 0:
		return "", s.notUTF8("UTF-8, Windows-1252, Latin-1 or UTF-16")
	case s.text.Wide > s.text.Invalid:
		return "", s.notUTF8("UTF-8 throughout, as most of the file is")
	case s.text.Windows > 0:
		return "windows-1252", nil
	}
	return "iso-8859-1", nil
}

func (s *sniffer) notUTF8(wanted string) error {
	return s.refuse(lineByte(s.text.BadLine, s.text.BadColumn), "the text is not UTF-8", wanted, "save it as UTF-8, or set the source's encoding in the configuration")
}

func wide(name string) encoding.Encoding {
	order := unicode.LittleEndian
	if name == "utf-16be" {
		order = unicode.BigEndian
	}
	return unicode.UTF16(order, unicode.UseBOM)
}

// decode writes the text as UTF-8 to a temporary file.
func (s *sniffer) decode(ctx context.Context, enc encoding.Encoding) error {
	file, _, err := openFile(s.now)
	if err != nil {
		return err
	}
	defer file.Close()
	watch := s.want.Watch
	if s.watched {
		watch = nil
	}
	s.text = Text{}
	to := filepath.Join(s.temp, "utf8.csv")
	r := transform.NewReader(bufio.NewReaderSize(file, blockBytes), enc.NewDecoder())
	if err := s.copyTo(ctx, to, r, watch); err != nil {
		return fmt.Errorf("recode %s: %w", s.given, err)
	}
	s.watched = s.watched || watch != nil
	s.now = to
	if s.text.Zero > 0 {
		return s.refuse(line(s.text.ZeroLine), "a character of value 0", "text", "the file is not a table, or was damaged on its way")
	}
	return nil
}
