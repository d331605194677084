package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Request says where the deliveries of one source lie and what is known of
// them from the configuration.
type Request struct {
	Dir      string    // folder that nothing may lead out of
	Path     string    // file or folder below Dir; "" is Dir itself
	Pattern  string    // file-name pattern, see Pattern; "" takes every table of the folder
	Source   string    // name of the source
	Period   string    // of files that do not say theirs; "" if they must
	IssuedAt time.Time // of files that do not say theirs; zero if they must
	Mode     string    // of files that do not say theirs: full (also "") or incremental

	IssuedByTime bool // a file that nothing else dates was issued at its time of modification
}

// File is one delivery on disk. The period is half-open, [PeriodFrom,
// PeriodTo); both are zero for "all".
type File struct {
	Path       string // with all links resolved
	Base       string
	Bytes      int64
	Period     string
	PeriodFrom time.Time
	PeriodTo   time.Time
	IssuedAt   time.Time
	Mode       string // full or incremental
	Synthetic  bool
}

// tables are the name endings of what a folder may hold for us.
var tables = []string{".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".zip", ".xml"}

// Folder lists the deliveries of one source, sorted by issue, period and
// name. A manifest beside a file decides what it is, else the pattern, else
// the request. Files of another source are left out; a file that is ours but
// does not say what it must is an error. It returns the good files beside the
// joined errors of the bad ones.
func Folder(ctx context.Context, r Request) ([]File, error) {
	w, err := newWalk(r)
	if err != nil {
		return nil, err
	}
	names, err := w.names()
	if err != nil {
		return nil, err
	}
	var files []File
	var errs []error
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return files, err
		}
		f, ours, err := w.file(name)
		switch {
		case err != nil:
			errs = append(errs, &faulty{file: name, err: err})
		case ours:
			files = append(files, f)
		}
	}
	InOrder(files)
	return files, errors.Join(errs...)
}

// InOrder sorts deliveries by issue, period and name.
func InOrder(files []File) {
	slices.SortFunc(files, func(a, b File) int {
		return cmp.Or(a.IssuedAt.Compare(b.IssuedAt), cmp.Compare(a.Period, b.Period), cmp.Compare(a.Base, b.Base))
	})
}

// walk is one look into one folder.
type walk struct {
	request Request
	root    string // Dir with links resolved
	folder  string // where the files lie, with links resolved
	only    string // name of the one file asked for; "" for a folder
	pattern Pattern
}

func newWalk(r Request) (walk, error) {
	if r.Path != "" && !filepath.IsLocal(r.Path) {
		return walk{}, refuse(r.Path, "leads out of "+r.Dir, "a path below the folder", "")
	}
	if _, err := parseMode(r.Mode); err != nil {
		return walk{}, fmt.Errorf("find deliveries of %s: %w", r.Source, err)
	}
	w := walk{request: r}
	if r.Pattern != "" {
		p, err := CompilePattern(r.Pattern, r.Source)
		if err != nil {
			return walk{}, fmt.Errorf("find deliveries of %s: %w", r.Source, err)
		}
		w.pattern = p
	}
	var err error
	if w.root, err = resolve(r.Dir); err != nil {
		return walk{}, err
	}
	at, err := resolve(filepath.Join(w.root, r.Path))
	if err != nil {
		return walk{}, err
	}
	if !w.contains(at) {
		return walk{}, refuse(r.Path, "a link leads out of "+r.Dir, "a file or folder inside it", "")
	}
	info, err := os.Stat(at)
	if err != nil {
		return walk{}, missing(at, err)
	}
	w.folder = at
	if !info.IsDir() {
		w.folder, w.only = filepath.Dir(at), filepath.Base(at)
	} else if TableName(at) && r.Path != "" {
		return walk{}, directory(at)
	}
	return w, nil
}

func (w walk) names() ([]string, error) {
	if w.only != "" {
		return []string{w.only}, nil
	}
	entries, err := os.ReadDir(w.folder)
	if err != nil {
		return nil, missing(w.folder, err)
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, ".") && (TableName(name) || w.cube(name)) {
			names = append(names, name)
		}
	}
	return names, nil
}

// file says what the named file is; ours is false if it belongs to another
// source.
func (w walk) file(name string) (f File, ours bool, err error) {
	link := filepath.Join(w.folder, name)
	s, ours, err := w.statement(name)
	if err != nil || !ours {
		return File{}, false, err
	}
	path, err := resolve(link)
	if err != nil {
		return File{}, false, err
	}
	if !w.contains(path) {
		return File{}, false, refuse(link, "a link leads out of "+w.request.Dir, "a file inside it", "copy the file into the folder")
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return File{}, false, missing(path, err)
	case info.IsDir():
		return File{}, false, directory(link)
	case !info.Mode().IsRegular():
		return File{}, false, refuse(link, "not a regular file ("+info.Mode().Type().String()+")", "a file", "")
	}
	from, to, err := ParsePeriod(s.Period)
	if err != nil {
		return File{}, false, fmt.Errorf("find %s: %w", link, err)
	}
	return File{
		Path: path, Base: name, Bytes: info.Size(),
		Period: s.Period, PeriodFrom: from, PeriodTo: to,
		IssuedAt: s.IssuedAt, Mode: s.Mode, Synthetic: s.Synthetic,
	}, true, nil
}

// statement finds out what the named file is from the best witness there is.
func (w walk) statement(name string) (Statement, bool, error) {
	s, found, err := w.manifest(name)
	if err != nil && w.anothers(name) {
		return Statement{}, false, nil // one source tells of a manifest that cannot be read, not each
	}
	if err != nil {
		return Statement{}, false, err
	}
	if found {
		return s, s.Source == w.request.Source, nil
	}
	var period, issued string
	if w.request.Pattern != "" {
		var ok bool
		if period, issued, ok = w.pattern.parts(name); !ok {
			return Statement{}, false, w.otherName(name)
		}
	}
	if period == "" {
		period = w.request.Period
	}
	if issued == "" && !w.request.IssuedAt.IsZero() {
		issued = w.request.IssuedAt.UTC().Format(time.RFC3339)
	}
	link := filepath.Join(w.folder, name)
	if issued == "" && w.request.IssuedByTime {
		info, err := os.Stat(link)
		if err != nil {
			return Statement{}, false, missing(link, err)
		}
		issued = info.ModTime().UTC().Format(time.RFC3339)
	}
	if period == "" || issued == "" {
		return Statement{}, false, refuse(link, "its period and date of issue are not known",
			"a manifest "+name+ManifestSuffix+", a name such as "+w.request.Source+"_2026-Q3_2026-10-15.csv with a pattern, or period and issued_at of the source in the configuration",
			`a manifest reads {"source": "`+w.request.Source+`", "period": "2026-Q3", "issued_at": "2026-10-15", "mode": "full"}`)
	}
	s, err = statement(w.request.Source, period, issued, w.request.Mode, false)
	if err != nil {
		return Statement{}, false, fmt.Errorf("find %s: %w", link, err)
	}
	return s, true, nil
}

// anothers tells whether a file is another source's as far as its name goes.
func (w walk) anothers(name string) bool {
	if w.only != "" || w.request.Pattern == "" {
		return false
	}
	_, _, ok := w.pattern.parts(name)
	return !ok
}

// otherName judges a name that the pattern does not know: an error if it was
// asked for by name, else a file of another source.
func (w walk) otherName(name string) error {
	if w.only == "" {
		return nil
	}
	return refuse(filepath.Join(w.folder, name), "its name does not have the form "+w.pattern.text,
		"{period} as "+periodForms+" and {issued} as YYYY-MM-DD", "rename the file, or put a manifest beside it")
}

func (w walk) manifest(name string) (Statement, bool, error) {
	link := filepath.Join(w.folder, name+ManifestSuffix)
	if _, err := os.Lstat(link); errors.Is(err, fs.ErrNotExist) {
		return Statement{}, false, nil
	}
	path, err := resolve(link)
	if err != nil {
		return Statement{}, false, err
	}
	if !w.contains(path) {
		return Statement{}, false, refuse(link, "a link leads out of "+w.request.Dir, "a file inside it", "")
	}
	raw, err := os.Open(path)
	if err != nil {
		return Statement{}, false, missing(path, err)
	}
	defer raw.Close()
	s, err := ParseManifest(raw)
	if err != nil {
		return Statement{}, false, fmt.Errorf("read manifest %s: %w", link, err)
	}
	return s, true, nil
}

func (w walk) contains(path string) bool {
	rel, err := filepath.Rel(w.root, path)
	return err == nil && filepath.IsLocal(rel)
}

// cube tells whether a JSON file is meant: only by the source's pattern, since
// manifests, reports and much else are JSON too.
func (w walk) cube(name string) bool {
	return w.request.Pattern != "" && strings.HasSuffix(strings.ToLower(name), ".json") &&
		!strings.HasSuffix(name, ManifestSuffix) && strings.HasSuffix(strings.ToLower(w.request.Pattern), ".json")
}

// TableName tells by its ending whether a file may be a delivery; a structure
// message beside another file is none.
func TableName(name string) bool {
	name = strings.ToLower(name)
	if strings.HasSuffix(name, StructureSuffix) {
		return false
	}
	for _, container := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, container)
	}
	return slices.Contains(tables, filepath.Ext(name))
}

func resolve(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", path, err)
	}
	real, err := filepath.EvalSymlinks(abs)
	if err != nil {
		return "", missing(path, err)
	}
	return real, nil
}

func missing(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return refuse(path, "no such file or folder", "", "check the source's path in the configuration, or --source-dir")
	}
	return fmt.Errorf("find %s: %w", path, err)
}

func directory(path string) error {
	return refuse(path, "is a folder", "a delivery: one file", "put the file itself there")
}

func refuse(path, found, wanted, advice string) error {
	return &Refusal{Op: "find", Path: path, Found: found, Wanted: wanted, Advice: advice}
}
