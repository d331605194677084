package site

import (
	"bytes"
	"fmt"
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

// writer hands files on and counts them; text gets its compressed twins.
type writer struct {
	out   output.Output
	limit int
	files atomic.Int64
	bytes atomic.Int64
}

func newWriter(out output.Output, workers int) *writer { return &writer{out: out, limit: workers} }

// put writes a file and, if it is text, its .gz and .br beside it.
func (w *writer) put(name string, data []byte) error {
	if err := w.plain(name, data); err != nil {
		return err
	}
	if !isText(name) || len(data) < tooSmall {
		return nil
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

func (w *writer) plain(name string, data []byte) error {
	if err := w.out.Write(name, data); err != nil {
		return err
	}
	w.files.Add(1)
	w.bytes.Add(int64(len(data)))
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
