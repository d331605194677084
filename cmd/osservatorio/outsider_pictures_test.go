package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"osservatorio/dashboards/picture"
)

// A PNG tells what it is drawn from and nothing else: each one of the site is
// made from a drawing in which every number was looked at, by a maker that gives
// the same bytes for the same drawing and writes no chunk but the pixels.

// drawn is the maker of pictures that notes from what each is drawn. One in
// every few is drawn in truth, the others are the bytes of the first.
type drawn struct {
	maker *picture.Maker
	mutex sync.Mutex
	of    map[[sha256.Size]byte]sketch // by drawing
	asked int
	made  []byte // the last that was drawn in truth
}

// sketch is a drawing and the size in which it is wanted.
type sketch struct {
	svg   []byte
	width int
	png   []byte // nil where it was not drawn in truth
}

// everyFew is how many pictures there are to one that is drawn in truth: each
// costs as much as all its numbers.
const everyFew = 16

func (d *drawn) Key(svg []byte, width int) string { return d.maker.Key(svg, width) }

func (d *drawn) PNG(ctx context.Context, svg []byte, width int) ([]byte, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	s := sketch{svg: bytes.Clone(svg), width: width}
	if d.asked++; d.asked%everyFew == 1 {
		png, err := d.maker.PNG(ctx, svg, width)
		if err != nil {
			return nil, err
		}
		s.png, d.made = png, png
	}
	d.of[sha256.Sum256(svg)] = s
	return d.made, nil
}

// pictures reads the drawings that pictures were made from, and what the files
// hold beside pixels.
func (o *outside) pictures(t *testing.T, shown map[int64]bool, secret int64) {
	s := &scan{shown: shown, alarms: map[string]int{}}
	files := 0
	for _, one := range o.drawn.of {
		s.text("a picture", one.svg)
		if one.png == nil {
			continue
		}
		files++
		onlyPixels(t, one.png)
		again, err := o.drawn.maker.PNG(t.Context(), one.svg, one.width)
		if err != nil || !bytes.Equal(again, one.png) {
			t.Errorf("a picture that is drawn again is another one: %v", err)
		}
		other := bytes.Replace(one.svg, []byte("</svg>"), []byte(`<text x="40" y="60" font-size="20" fill="#000">`+grouped(secret)+`</text></svg>`), 1)
		if planted, err := o.drawn.maker.PNG(t.Context(), other, one.width); err != nil || bytes.Equal(planted, one.png) {
			t.Errorf("a number that is added to a drawing does not change its picture: the test shows nothing (%v)", err)
		}
	}
	for what, n := range s.alarms {
		t.Errorf("%s (%d times): published nowhere", what, n)
	}
	if files < 5 || s.marked < 100 || s.drawings < len(o.drawn.of) {
		t.Errorf("%d pictures drawn, %d numbers in %d drawings of %d: the test shows little", files, s.marked, s.drawings, len(o.drawn.of))
	}
	of := map[[sha256.Size]byte]bool{}
	for _, one := range o.drawn.of {
		of[sha256.Sum256(one.png)] = true
	}
	found := 0
	must(t, filepath.WalkDir(o.site, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".png" {
			return err
		}
		raw, err := os.ReadFile(path)
		if found++; err == nil && !of[sha256.Sum256(raw)] {
			t.Errorf("%s: a picture that nobody drew from a drawing", path)
		}
		return err
	}))
	if found < files {
		t.Errorf("%d PNG files on the site, %d were drawn", found, files)
	}
	t.Logf("%d drawings behind %d PNG files, %d of them drawn and taken apart", len(o.drawn.of), found, files)
}

// onlyPixels looks at the chunks of a PNG: size, palette, pixels and the end.
func onlyPixels(t *testing.T, raw []byte) {
	t.Helper()
	const signature = 8
	at := signature
	for at+12 <= len(raw) {
		size, kind := int(binary.BigEndian.Uint32(raw[at:])), string(raw[at+4:at+8])
		switch kind {
		case "IHDR", "PLTE", "IDAT", "IEND":
		default:
			t.Errorf("a picture holds a chunk %s of %d bytes", kind, size)
		}
		at += 12 + size
		if kind == "IEND" {
			break
		}
	}
	if at != len(raw) {
		t.Errorf("%d bytes of a picture stand after its end, or are missing", len(raw)-at)
	}
}

// extracts reads the columns of every Parquet file of the site, of territories
// and of views: a marked number in rows or footers must be one that a published
// table shows.
func (o *outside) extracts(t *testing.T, shown map[int64]bool) {
	g := &generated{db: o.db}
	files, marked := 0, 0
	must(t, filepath.WalkDir(o.site, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".parquet" {
			return err
		}
		files++
		name := "'" + strings.ReplaceAll(path, "'", "''") + "'"
		g.read(t, `SELECT DISTINCT x FROM (
			SELECT unnest([numerator, denominator, value, low, high]) AS x FROM read_parquet(`+name+`)
			UNION ALL SELECT unnest([try_cast(stats_min_value AS DOUBLE), try_cast(stats_max_value AS DOUBLE)]) FROM parquet_metadata(`+name+`))
			WHERE x > 0 AND x % `+strconv.Itoa(mark)+` = 0`, func(r record) {
			marked++
			if x, err := strconv.ParseFloat(r["x"], 64); err != nil || !shown[int64(x)] {
				t.Errorf("%s: holds %s: published nowhere", path, r["x"])
			}
		})
		return nil
	}))
	if files < 10 || marked < 500 {
		t.Errorf("%d Parquet files, %d marked numbers: the test shows little", files, marked)
	}
	t.Logf("%d Parquet files of the site, %d marked numbers in rows and footers", files, marked)
}
