package release

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// sumsFile is the manifest of a release folder: one "sha256  path" a line.
const sumsFile = "SHA256SUMS"

// viewName is what a view may be called: it becomes part of a path.
var viewName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Open reads a release folder: what it is, codes, notes, boundaries and the
// list of its files. Views are read from their Parquet files when asked for,
// once, and only if the file is the one of the manifest.
func Open(dir string) (*Release, error) {
	o := opener{dir: dir}
	if err := checkFormat(o.path("release.json"), "release.json"); errors.Is(err, ErrNewer) {
		return nil, fmt.Errorf("open release %s: %w", dir, err)
	}
	r := &Release{dir: dir, Codes: map[string]CodeList{}, boundaries: map[string]json.RawMessage{}}
	o.do(func() error { return o.files(r) })
	o.do(func() error { return o.json("release.json", &r.Info) })
	o.do(func() error { return o.views(r.Info) })
	o.do(func() error { return o.json("notes.json", &r.Notes) })
	o.do(func() error { return o.codes(r) })
	o.do(func() error { return o.readBoundaries(r) })
	if err := errors.Join(o.faults...); err != nil {
		return nil, fmt.Errorf("open release %s: %w", dir, err)
	}
	frames := frames{dir: dir, info: r.Info, files: r.Files, read: map[string]*readOnce{}}
	r.frame, r.forget = frames.frame, frames.forget
	return r, nil
}

type opener struct {
	dir    string
	faults []error
}

func (o *opener) do(step func() error) {
	if err := step(); err != nil {
		o.faults = append(o.faults, err)
	}
}

func (o *opener) path(name string) string { return filepath.Join(o.dir, filepath.FromSlash(name)) }

func (o *opener) files(r *Release) error {
	files, err := readSums(o.dir)
	if err != nil {
		return err
	}
	for i := range files {
		info, err := os.Stat(o.path(files[i].Path))
		if err != nil {
			return fmt.Errorf("%s: %s: %w", sumsFile, files[i].Path, err)
		}
		files[i].Bytes = info.Size()
	}
	r.Files = files
	return nil
}

// json reads a file strictly: a key that this software does not know is an
// error, for it would be lost in silence.
func (o *opener) json(name string, into any) error {
	data, err := os.ReadFile(o.path(name))
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if decoder.More() {
		return fmt.Errorf("%s: text after the end: expected one JSON value", name)
	}
	return nil
}

func (o *opener) views(info Info) error {
	for _, v := range info.Views {
		if !viewName.MatchString(v.View) {
			return fmt.Errorf("release.json: view %q: expected lower case letters, digits and _", v.View)
		}
	}
	return nil
}

func (o *opener) codes(r *Release) error {
	names, err := fs.Glob(os.DirFS(o.path("codes")), "*.csv") // the path itself is no pattern
	if err != nil {
		return err
	}
	for _, name := range names {
		base := strings.TrimSuffix(name, ".csv")
		table, err := readCSV(o.path("codes/" + name))
		if err == nil && base == "geo" {
			r.Geos, err = geosOf(table)
		} else if err == nil {
			r.Codes[base], err = codesOf(base, table)
		}
		if err != nil {
			return fmt.Errorf("codes/%s.csv: %w", base, err)
		}
	}
	if r.Geos == nil {
		return errors.New("codes/geo.csv: no territories")
	}
	return nil
}

func (o *opener) readBoundaries(r *Release) error {
	entries, err := os.ReadDir(o.path("boundaries"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		level, ok := strings.CutSuffix(e.Name(), ".geojson")
		if !ok {
			continue
		}
		data, err := os.ReadFile(o.path("boundaries/" + e.Name()))
		if err != nil {
			return err
		}
		var collection struct {
			Type     string            `json:"type"`
			Features []json.RawMessage `json:"features"`
		}
		if err := json.Unmarshal(data, &collection); err != nil {
			return fmt.Errorf("boundaries/%s: %w", e.Name(), err)
		}
		if collection.Type != "FeatureCollection" {
			return fmt.Errorf("boundaries/%s: type %q: expected FeatureCollection", e.Name(), collection.Type)
		}
		r.boundaries[level] = data
	}
	return nil
}

// frames reads views once each, safe for use by several goroutines.
type frames struct {
	dir   string
	info  Info
	files []File
	mu    sync.Mutex
	read  map[string]*readOnce
}

type readOnce struct {
	once  sync.Once
	frame *Frame
	err   error
}

func (f *frames) frame(ctx context.Context, view string) (*Frame, error) {
	header, ok := f.header(view)
	if !ok {
		return nil, fmt.Errorf("release %s: no view %q", f.info.ID, view)
	}
	f.mu.Lock()
	at := f.read[view]
	if at == nil {
		at = &readOnce{}
		f.read[view] = at
	}
	f.mu.Unlock()
	at.once.Do(func() { at.frame, at.err = f.load(context.WithoutCancel(ctx), header) })
	return at.frame, at.err
}

func (f *frames) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.read = map[string]*readOnce{}
}

func (f *frames) header(view string) (Header, bool) {
	for _, h := range f.info.Views {
		if h.View == view {
			return h, true
		}
	}
	return Header{}, false
}

func (f *frames) load(ctx context.Context, header Header) (*Frame, error) {
	name := "data/" + header.View + ".parquet"
	data, err := os.ReadFile(filepath.Join(f.dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, fmt.Errorf("read view: %w", err)
	}
	if err := sameSum(f.files, name, data); err != nil {
		return nil, fmt.Errorf("read view: %w", err)
	}
	frame, err := ReadParquet(ctx, header, data)
	if err != nil {
		return nil, fmt.Errorf("read view: %s: %w", name, err)
	}
	return frame, nil
}
