package queries

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed all:staging all:marts all:cubes all:checks
var files embed.FS

// Layer is a folder of SQL files; all but Checks are DuckDB schemas too.
type Layer string

// The layers in the direction of the data. A file reads its own layer and
// those before it; raw is read by staging and checks only.
const (
	Staging Layer = "staging"
	Marts   Layer = "marts"
	Cubes   Layer = "cubes"
	Checks  Layer = "checks"
)

var layers = []Layer{Staging, Marts, Cubes, Checks}

// View is one SQL file: a header and one SELECT. A file of checks has a
// Notice in the place of a header.
type View struct {
	Path   string // "cubes/lep_coverage.sql"
	Layer  Layer
	Name   string // "lep_coverage"
	Header Header
	Notice Notice // checks only
	Select string // the statement without header and trailing semicolon
}

// Qualified is the name of the view in SQL: "cubes.lep_coverage".
func (v View) Qualified() string { return string(v.Layer) + "." + v.Name }

// Views parses the SQL files of the house. The error holds every fault of
// every file with file and line.
func Views() ([]View, error) { return ParseAll(files) }

// ParseAll parses the SQL files below the four layer folders of fsys, in the
// order of their paths. Any other file there is an error.
func ParseAll(fsys fs.FS) ([]View, error) {
	var views []View
	var faults []error
	for _, layer := range layers {
		names, err := sqlFiles(fsys, layer)
		faults = append(faults, err)
		for _, name := range names {
			text, err := fs.ReadFile(fsys, name)
			if err != nil {
				faults = append(faults, fmt.Errorf("read view %s: %w", name, err))
				continue
			}
			view, err := Parse(name, string(text))
			faults = append(faults, err)
			views = append(views, view)
		}
	}
	return views, errors.Join(append(faults, samePublished(views))...)
}

func sqlFiles(fsys fs.FS, layer Layer) ([]string, error) {
	entries, err := fs.ReadDir(fsys, string(layer))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read views: %s: %w", layer, err)
	}
	var names []string
	var faults []error
	for _, e := range entries {
		name := path.Join(string(layer), e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir() || path.Ext(name) != ".sql":
			faults = append(faults, fmt.Errorf("%s: expected a file named <view>.sql", name))
		default:
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, errors.Join(faults...)
}

// samePublished refuses two cubes that would be published under one name.
func samePublished(views []View) error {
	seen := map[string]string{}
	var faults []error
	for _, v := range views {
		if v.Layer != Cubes {
			continue
		}
		if other, ok := seen[v.Header.View]; ok {
			faults = append(faults, fmt.Errorf("%s:1: publish: %q is published by %s already", v.Path, v.Header.View, other))
		}
		seen[v.Header.View] = v.Path
	}
	return errors.Join(faults...)
}

// Parse reads one SQL file. name is its path below queries, with the layer as
// its folder. The error holds every fault as "name:line: fault".
func Parse(name, text string) (View, error) {
	layer := Layer(path.Dir(name))
	view := View{Path: name, Layer: layer, Name: strings.TrimSuffix(path.Base(name), ".sql")}
	if !slices.Contains(layers, layer) {
		return view, fmt.Errorf("%s:1: folder %q: expected one of staging, marts, cubes, checks", name, layer)
	}
	if !identifier.MatchString(view.Name) {
		return view, fmt.Errorf("%s:1: name %q: expected lower case letters, digits and _", name, view.Name)
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	head := 0
	for head < len(lines) && strings.HasPrefix(lines[head], "--") {
		head++
	}
	view.Select = trimStatement(strings.Join(lines[head:], "\n"))
	var err error
	if layer == Checks {
		view.Notice, err = parseNotice(name, lines[:head])
	} else {
		view.Header, err = parseHeader(view, lines[:head])
	}
	if view.Select == "" {
		err = errors.Join(err, fmt.Errorf("%s:%d: no statement: expected one SELECT", name, head+1))
	}
	return view, err
}

func trimStatement(statement string) string {
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(statement), ";"))
}
