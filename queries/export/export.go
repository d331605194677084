// Package export knows how published tables become a release folder: data
// files, code lists, schemas, notes, boundaries and the manifest. It must not
// know charts or pages, and reads no number but from the schema published.
package export

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"osservatorio/queries"
	"osservatorio/queries/disclosure"
	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// Options say what to write and where.
type Options struct {
	Dir        string             // the folder to make, such as releases/2026-10; must not exist with other content
	Info       release.Info       // what the instance says of itself; what the warehouse knows is filled in
	Plan       queries.Plan       // whose cubes were published
	Report     disclosure.Report  // of their protection
	Findings   queries.Findings   // of the checks: warnings and what was signed are published
	Follows    string             // folder of the release that this one follows, "" for the first
	Key        ed25519.PrivateKey // signs the manifest; nil leaves it unsigned
	HighValue  []string           // views that the instance holds as high-value data sets (EU regulation 2023/138)
	Boundaries []string           // operator's TopoJSON or GeoJSON files, searched for the objects of reference.geo.boundary

	afterStep func() error // for tests: what goes wrong after a step
}

// manifestFile lists every other file with its hash.
const manifestFile = "SHA256SUMS"

// ErrExists says that another release stands under the same id.
var ErrExists = errors.New("another release stands there")

// Write makes the release folder beside its place and renames it into it. A
// folder with the same content is left as it is; one with other content is
// ErrExists, for a release is never overwritten. The same warehouse and options
// give the same bytes.
func Write(ctx context.Context, db *warehouse.DB, o Options) error {
	if err := release.CheckID(o.Info.ID); err != nil {
		return fmt.Errorf("write release: %w", err)
	}
	if err := o.checkHighValue(); err != nil {
		return fmt.Errorf("write release %s: %w", o.Info.ID, err)
	}
	partial := filepath.Join(filepath.Dir(o.Dir), "."+filepath.Base(o.Dir)+".partial")
	if err := os.RemoveAll(partial); err != nil {
		return fmt.Errorf("write release %s: %w", o.Info.ID, err)
	}
	defer os.RemoveAll(partial)
	w := &writer{ctx: ctx, db: db, o: o, dir: partial}
	if err := w.all(); err != nil {
		return fmt.Errorf("write release %s: %w", o.Info.ID, err)
	}
	if err := syncTree(partial); err != nil {
		return fmt.Errorf("write release %s: %w", o.Info.ID, err)
	}
	if err := place(partial, o.Dir); err != nil {
		return fmt.Errorf("write release %s: %w", o.Info.ID, err)
	}
	return nil
}

// checkHighValue finds names that are no view's.
func (o Options) checkHighValue() error {
	for _, name := range o.HighValue {
		if !slices.ContainsFunc(o.Plan.Cubes(), func(v queries.View) bool { return v.Header.View == name }) {
			return fmt.Errorf("high-value data sets: view %q: no such view: expected names of published views", name)
		}
	}
	return nil
}

// place moves a finished folder to its place, unless a release stands there.
func place(partial, dir string) error {
	there, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
			return fmt.Errorf("%s: %w, without a manifest", dir, ErrExists)
		}
		os.Remove(dir) // an empty folder may stand in the way
		if err := os.Rename(partial, dir); err != nil {
			return err
		}
		return syncPath(filepath.Dir(dir))
	}
	if err != nil {
		return err
	}
	ours, err := os.ReadFile(filepath.Join(partial, manifestFile))
	if err != nil {
		return err
	}
	if !bytes.Equal(there, ours) {
		return fmt.Errorf("%s: %w: make a revision with an id of its own, such as %s.1", dir, ErrExists, filepath.Base(dir))
	}
	return release.VerifySums(dir)
}

// writer holds one release in the making.
type writer struct {
	ctx   context.Context
	db    *warehouse.DB
	o     Options
	dir   string
	info  release.Info
	views []view
	lists []string // names of the code lists written, sorted

	labels *labels                 // of codes, once they were asked for
	sums   map[string]release.File // of files that were read for their hash
}

// view is one published view with rows.
type view struct {
	cube    queries.View
	header  release.Header
	summary summary
}

func (w *writer) all() error {
	for _, step := range []func() error{
		w.findViews, w.fillInfo, w.writeData, w.writeChanges, w.writeCodes, w.writeBoundaries, w.writeNotes,
		w.writeDisclosure, w.writeQuality, w.writeSchemas, w.writeCSVW, w.writeInfo,
		w.writeCatalogue, w.writeSchemaOrg, w.writeCitation, w.writeDictionary, w.writePackage, w.writeSums, w.writeSignature,
	} {
		if err := step(); err != nil {
			return err
		}
		if w.o.afterStep == nil {
			continue
		}
		if err := w.o.afterStep(); err != nil {
			return err
		}
	}
	return nil
}

// findViews lists the published views that have rows, sorted by name.
func (w *writer) findViews() error {
	for _, cube := range w.o.Plan.Cubes() {
		header, err := w.o.Plan.PublicHeader(w.ctx, w.db, cube)
		if err != nil {
			return err
		}
		s, err := w.summarise(header)
		if err != nil {
			return fmt.Errorf("view %s: %w", header.View, err)
		}
		if s.rows == 0 {
			continue
		}
		header.Measures = slices.DeleteFunc(slices.Clone(header.Measures), func(m release.Measure) bool { return !slices.Contains(s.measures, m.Code) })
		w.views = append(w.views, view{cube: cube, header: header, summary: s})
	}
	if len(w.views) == 0 {
		return errors.New("no published view has rows")
	}
	return nil
}

// create makes a file of the release and the folders above it.
func (w *writer) create(name string, data []byte) error {
	path := w.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

func (w *writer) path(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

// json writes a value with two spaces of indent; letters stay letters.
func (w *writer) json(name string, value any) error {
	data, err := indented(value)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return w.create(name, data)
}

func indented(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(value)
	return out.Bytes(), err
}

func (w *writer) csv(name string, records [][]string) error {
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(records); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return w.create(name, out.Bytes())
}

// files lists what has been written so far, sorted by path.
func (w *writer) files() ([]release.File, error) {
	var files []release.File
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(w.dir, path)
		if err != nil {
			return err
		}
		f, err := w.hashed(filepath.ToSlash(name))
		files = append(files, f)
		return err
	})
	slices.SortFunc(files, func(a, b release.File) int { return strings.Compare(a.Path, b.Path) })
	return files, err
}

// hashed reads a file once: none is written twice.
func (w *writer) hashed(name string) (release.File, error) {
	if f, known := w.sums[name]; known {
		return f, nil
	}
	data, err := os.ReadFile(w.path(name))
	if err != nil {
		return release.File{}, err
	}
	sum := sha256.Sum256(data)
	if w.sums == nil {
		w.sums = map[string]release.File{}
	}
	w.sums[name] = release.File{Path: name, Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
	return w.sums[name], nil
}

func (w *writer) writeSums() error {
	files, err := w.files()
	if err != nil {
		return err
	}
	var out strings.Builder
	for _, f := range files {
		out.WriteString(f.SHA256 + "  " + f.Path + "\n")
	}
	return w.create(manifestFile, []byte(out.String()))
}

// rows runs a query and returns its rows as text, NULL as "".
func (w *writer) rows(query string, args ...any) ([][]string, error) {
	rows, err := w.db.QueryContext(w.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out [][]string
	for rows.Next() {
		cells := make([]*string, len(names))
		into := make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		row := make([]string, len(names))
		for i, cell := range cells {
			if cell != nil {
				row[i] = *cell
			}
		}
		out = append(out, row)
	}
	return out, rows.Err()
}
