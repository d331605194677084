package release

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// VerifySums compares every file of a release folder with its manifest. The
// error names every file that is missing, changed or not in the manifest.
func VerifySums(dir string) error {
	files, err := readSums(dir)
	if err != nil {
		return fmt.Errorf("verify release %s: %w", dir, err)
	}
	var faults []error
	listed := map[string]bool{sumsFile: true, sumsFile + SignatureSuffix: true}
	for _, f := range files {
		listed[f.Path] = true
		if err := verifyFile(dir, f); err != nil {
			faults = append(faults, err)
		}
	}
	faults = append(faults, strangers(dir, listed)...)
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("verify release %s: %w", dir, err)
	}
	return nil
}

func verifyFile(dir string, f File) error {
	path := filepath.Join(dir, filepath.FromSlash(f.Path))
	if info, err := os.Lstat(path); err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	} else if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: %s: expected a plain file", f.Path, info.Mode().Type())
	}
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != f.SHA256 {
		return fmt.Errorf("%s: sha256 %s: expected %s", f.Path, got, f.SHA256)
	}
	return nil
}

func strangers(dir string, listed map[string]bool) []error {
	var faults []error
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err == nil && !listed[filepath.ToSlash(name)] {
			faults = append(faults, fmt.Errorf("%s: not in %s", filepath.ToSlash(name), sumsFile))
		}
		return err
	})
	if err != nil {
		faults = append(faults, err)
	}
	return faults
}

// readSums reads the manifest. Paths must stay inside the folder.
func readSums(dir string) ([]File, error) {
	data, err := os.ReadFile(filepath.Join(dir, sumsFile))
	if err != nil {
		return nil, err
	}
	var files []File
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		sum, path, ok := strings.Cut(line, "  ")
		if raw, err := hex.DecodeString(sum); !ok || err != nil || len(raw) != sha256.Size {
			return nil, fmt.Errorf("%s:%d: expected \"<sha256>  <path>\"", sumsFile, i+1)
		}
		if !filepath.IsLocal(filepath.FromSlash(path)) {
			return nil, fmt.Errorf("%s:%d: path %q: expected a file inside the folder", sumsFile, i+1, path)
		}
		files = append(files, File{Path: path, SHA256: sum})
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

// sameSum holds the content of one file to the manifest.
func sameSum(files []File, name string, data []byte) error {
	for _, f := range files {
		if f.Path != name {
			continue
		}
		sum := sha256.Sum256(data)
		if got := hex.EncodeToString(sum[:]); got != f.SHA256 {
			return fmt.Errorf("%s: sha256 %s: expected %s", name, got, f.SHA256)
		}
		return nil
	}
	return fmt.Errorf("%s: not in %s", name, sumsFile)
}
