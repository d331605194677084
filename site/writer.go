package site

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"path"
	"sync/atomic"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"

	"osservatorio/site/output"
)

// Levels of compression: the last percent costs more time than it saves bytes.
const (
	gzipLevel   = 6
	brotliLevel = 5
	tooSmall    = 400 // bytes; below it a compressed twin gains nothing
)

// packingFile holds what the compressors made of a sample: twins that others
// made are not kept.
const packingFile = ".packing"

// keeper is an Output that can take over a file of the site it will replace.
type keeper interface {
	before
	Keep(name string) error
}

// writer hands files on and counts them; text gets its compressed twins. A file
// that stands already, byte for byte, is kept with its twins.
type writer struct {
	out         output.Output
	limit       int
	old         fs.FS // the site that stands, nil where nothing can be kept
	packing     string
	packed      bool // by compressors as these
	files, kept atomic.Int64
	bytes       atomic.Int64
}

func newWriter(out output.Output, workers int) (*writer, error) {
	w := &writer{out: out, limit: workers}
	var err error
	if w.packing, err = packing(); err != nil {
		return nil, err
	}
	k, ok := out.(keeper)
	if !ok {
		return w, nil
	}
	w.old = k.Before()
	was, err := fs.ReadFile(w.old, packingFile)
	w.packed = err == nil && string(was) == w.packing
	return w, nil
}

// packing tells compressors apart by what they make of a sample.
func packing() (string, error) {
	sample := bytes.Repeat([]byte("<p>Persone con patto di servizio entro 60 giorni: 77,2%</p>\n"), 64)
	gz, err := gzipped(sample)
	if err != nil {
		return "", fmt.Errorf("compress sample: %w", err)
	}
	br, err := brotlied(sample)
	if err != nil {
		return "", fmt.Errorf("compress sample: %w", err)
	}
	return fmt.Sprintf("%x\n", sha256.Sum256(append(gz, br...))), nil
}

// put writes a file and, if it is text, its .gz and .br beside it.
func (w *writer) put(name string, data []byte) error {
	twins := isText(name) && len(data) >= tooSmall
	if w.stands(name, data) && (!twins || w.packed && w.has(name+".gz") && w.has(name+".br")) {
		if err := w.keep(name, len(data)); err != nil || !twins {
			return err
		}
		return w.keepTwins(name)
	}
	if err := w.write(name, data); err != nil || !twins {
		return err
	}
	gz, err := gzipped(data)
	if err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	br, err := brotlied(data)
	if err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	if err := w.plain(name+".gz", gz); err != nil {
		return err
	}
	return w.plain(name+".br", br)
}

// plain writes a file as it is, unless it stands already.
func (w *writer) plain(name string, data []byte) error {
	if w.stands(name, data) {
		return w.keep(name, len(data))
	}
	return w.write(name, data)
}

func (w *writer) write(name string, data []byte) error {
	if err := w.out.Write(name, data); err != nil {
		return err
	}
	w.files.Add(1)
	w.bytes.Add(int64(len(data)))
	return nil
}

// stands tells whether the site that stands has that file with those bytes.
func (w *writer) stands(name string, data []byte) bool {
	if w.old == nil {
		return false
	}
	if info, err := fs.Stat(w.old, name); err != nil || info.Size() != int64(len(data)) {
		return false
	}
	was, err := fs.ReadFile(w.old, name)
	return err == nil && bytes.Equal(was, data)
}

func (w *writer) has(name string) bool {
	_, err := fs.Stat(w.old, name)
	return err == nil
}

func (w *writer) keep(name string, size int) error {
	if err := w.out.(keeper).Keep(name); err != nil {
		return err
	}
	w.files.Add(1)
	w.kept.Add(1)
	w.bytes.Add(int64(size))
	return nil
}

func (w *writer) keepTwins(name string) error {
	for _, twin := range []string{name + ".gz", name + ".br"} {
		info, err := fs.Stat(w.old, twin)
		if err != nil {
			return fmt.Errorf("keep %s: %w", twin, err)
		}
		if err := w.keep(twin, int(info.Size())); err != nil {
			return err
		}
	}
	return nil
}

func isText(name string) bool {
	switch path.Ext(name) {
	case ".html", ".css", ".js", ".json", ".svg", ".csv", ".xml", ".txt", ".geojson", ".md", ".ttl", ".rdf", ".jsonld", ".ics":
		return true
	}
	return false
}

func gzipped(data []byte) ([]byte, error) {
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzipLevel)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

func brotlied(data []byte) ([]byte, error) {
	var buf bytes.Buffer
	z := brotli.NewWriterLevel(&buf, brotliLevel)
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
