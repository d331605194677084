package fetch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// alike are endings of what suppliers send though it is no table for us.
var alike = []string{".xls", ".ods", ".dat"}

// Lying lists the files of a folder that a supplier may have meant as
// deliveries, by name: tables, what is often sent instead of one, and manifests
// without their file. A folder that is not there has none.
func Lying(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", dir, err)
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || e.IsDir() {
			continue
		}
		if TableName(name) || looksMeant(name) || alone(dir, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// alone tells of a manifest beside which there is no delivery.
func alone(dir, name string) bool {
	delivery, manifest := strings.CutSuffix(name, ManifestSuffix)
	if !manifest {
		return false
	}
	_, err := os.Lstat(filepath.Join(dir, delivery))
	return errors.Is(err, fs.ErrNotExist)
}

func looksMeant(name string) bool {
	name = strings.ToLower(name)
	for _, ending := range alike {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}

// faulty is what is wrong with one file of a folder.
type faulty struct {
	file string
	err  error
}

func (f *faulty) Error() string { return f.err.Error() }
func (f *faulty) Unwrap() error { return f.err }

// Blamed lists the files that the errors of Folder are about, by name.
func Blamed(err error) []string {
	switch e := err.(type) {
	case *faulty:
		return []string{e.file}
	case interface{ Unwrap() []error }:
		var all []string
		for _, one := range e.Unwrap() {
			all = append(all, Blamed(one)...)
		}
		return all
	case interface{ Unwrap() error }:
		return Blamed(e.Unwrap())
	}
	return nil
}
