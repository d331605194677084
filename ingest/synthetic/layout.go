package synthetic

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// Layouts in which deliveries can be written.
const (
	LayoutContracts = ""    // the columns of the contracts
	LayoutSIL       = "sil" // extracts of a regional labour information system
)

//go:embed sil/columns.csv sil/codes.csv
var silFiles embed.FS

// foreignColumn is one column of an extract and what it holds of ours.
type foreignColumn struct {
	ours, theirs, kind string
}

// foreignFile is one extract: the source that it takes the place of.
type foreignFile struct {
	name    string
	columns []foreignColumn
}

// layout writes deliveries anew as the extracts of another system: other
// names of files and columns, the codes of the ministry's dictionaries, days
// as 31/12/2025, decimal commas, semicolons, CRLF, Windows-1252.
type layout struct {
	files map[string]*foreignFile      // by source
	codes map[string]map[string]string // kind → ours → theirs
}

// newSIL reads the layout; lep.csv gives the letters of the LEP.
func newSIL(reference fs.FS) (*layout, error) {
	l := &layout{files: map[string]*foreignFile{}, codes: map[string]map[string]string{}}
	columns, err := foreignRows(silFiles, "sil/columns.csv")
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		if l.files[c["source"]] == nil {
			l.files[c["source"]] = &foreignFile{name: c["file"]}
		}
		f := l.files[c["source"]]
		f.columns = append(f.columns, foreignColumn{ours: c["ours"], theirs: c["theirs"], kind: c["kind"]})
	}
	codes, err := foreignRows(silFiles, "sil/codes.csv")
	if err != nil {
		return nil, err
	}
	for _, c := range codes {
		l.code(c["kind"], c["ours"], c["theirs"])
	}
	leps, err := foreignRows(reference, "lep.csv")
	if err != nil {
		return nil, err
	}
	for _, lep := range leps {
		l.code("lep", lep["slug"], lep["letter"])
	}
	return l, nil
}

func (l *layout) code(kind, ours, theirs string) {
	if l.codes[kind] == nil {
		l.codes[kind] = map[string]string{}
	}
	l.codes[kind][ours] = theirs
}

func foreignRows(from fs.FS, name string) ([]map[string]string, error) {
	text, err := fs.ReadFile(from, name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			row[column] = record[i]
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// rewrite writes the deliveries of a folder anew where the layout has an
// extract for their source, and removes those. Torn rows, which no database
// writes, are left out.
func (l *layout) rewrite(dir string, deliveries []Delivery) error {
	for _, d := range deliveries {
		f := l.files[d.Source]
		if f == nil {
			continue
		}
		to := f.name + strings.TrimPrefix(d.File, d.Source)
		if err := l.rewriteFile(f, filepath.Join(dir, d.File), filepath.Join(dir, to)); err != nil {
			return fmt.Errorf("write %s: %w", to, err)
		}
		if err := renameManifest(dir, d.File, to, f.name); err != nil {
			return fmt.Errorf("write %s: %w", to, err)
		}
		if err := os.Remove(filepath.Join(dir, d.File)); err != nil {
			return err
		}
	}
	return nil
}

func (l *layout) rewriteFile(f *foreignFile, from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := bufio.NewWriterSize(transform.NewWriter(out, charmap.Windows1252.NewEncoder()), 1<<16)
	names := make([]string, len(f.columns))
	for i, c := range f.columns {
		names[i] = c.theirs
	}
	w.WriteString(strings.Join(names, ";") + "\r\n")
	rows := bufio.NewScanner(in)
	rows.Scan() // the header
	for rows.Scan() {
		values := strings.Split(rows.Text(), ",")
		if len(values) != len(f.columns) {
			continue
		}
		for i, c := range f.columns {
			values[i] = l.value(c.kind, values[i])
		}
		w.WriteString(strings.Join(values, ";") + "\r\n")
	}
	return errors.Join(rows.Err(), w.Flush())
}

var (
	isoDay = regexp.MustCompile(`^(\d{4})-(\d{2})-(\d{2})$`)
	point  = regexp.MustCompile(`^(-?\d+)\.(\d+)$`)
)

// value is what the other system writes for a value of ours. What it has no
// word for, as a bad row has it, stays.
func (l *layout) value(kind, ours string) string {
	switch kind {
	case "text":
		return ours
	case "date":
		return isoDay.ReplaceAllString(ours, "$3/$2/$1")
	case "number":
		return point.ReplaceAllString(ours, "$1,$2")
	case "lep_list":
		parts := strings.Split(ours, "|")
		for i, p := range parts {
			parts[i] = l.value("lep", p)
		}
		return strings.Join(parts, " ")
	}
	if theirs, known := l.codes[kind][ours]; known {
		return theirs
	}
	return ours
}

// renameManifest gives the new file its manifest, under the extract's name.
func renameManifest(dir, from, to, source string) error {
	text, err := os.ReadFile(filepath.Join(dir, from+".manifest.json"))
	if err != nil {
		return err
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		return err
	}
	m["source"] = source
	if text, err = json.MarshalIndent(m, "", "  "); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, to+".manifest.json"), append(text, '\n'), 0o640); err != nil {
		return err
	}
	return os.Remove(filepath.Join(dir, from+".manifest.json"))
}
