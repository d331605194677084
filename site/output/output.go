// Package output knows where a built site goes: into a folder that is swapped in
// whole, or into memory. It must not know pages, releases or charts.
package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Output takes the files of a site. Write is safe for concurrent use and refuses
// a path that was written before, so that no page can hide another.
type Output interface {
	Write(path string, data []byte) error
}

// Memory keeps the files of a site; for tests.
type Memory struct {
	mu    sync.Mutex
	files map[string][]byte
}

// NewMemory makes an empty Memory.
func NewMemory() *Memory { return &Memory{files: map[string][]byte{}} }

// Write keeps a file.
func (m *Memory) Write(name string, data []byte) error {
	if err := checkPath(name); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, twice := m.files[name]; twice {
		return fmt.Errorf("write %s: written twice", name)
	}
	m.files[name] = slices.Clone(data)
	return nil
}

// Paths returns the paths written, sorted.
func (m *Memory) Paths() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]string, 0, len(m.files))
	for p := range m.files {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// Read returns a file written before, nil if there is none.
func (m *Memory) Read(name string) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.files[name]
}

// StampFile holds, in a folder, what the site in it was built from.
const StampFile = ".stamp"

// Dir builds beside a folder and swaps the finished site in by rename: readers
// see the old site or the new one, never a half. Close without Commit leaves the
// old site as it was.
type Dir struct {
	target, building string
	public           string // the site that is shown, whose files may be kept; target unless it is a coming one
	keep             int    // sites that Commit leaves to go back to
	mu               sync.Mutex
	written          map[string]bool
	committed        bool
}

// NewDir starts a build that will become folder target. Nothing is on disk before
// the first Write.
func NewDir(target string) (*Dir, error) {
	target, err := filepath.Abs(target)
	if err != nil {
		return nil, fmt.Errorf("open site folder: %w", err)
	}
	if err := Recover(target); err != nil {
		return nil, err
	}
	return &Dir{target: target, building: target + ".building", public: target, written: map[string]bool{}}, nil
}

// NewComing starts a build of a site that will stand in folder target until it
// takes the place of the site in public, of which it keeps what is the same. The
// folder above target is for its owner alone.
func NewComing(target, public string) (*Dir, error) {
	public, err := filepath.Abs(public)
	if err != nil {
		return nil, fmt.Errorf("open site folder: %w", err)
	}
	if err := Recover(public); err != nil { // target may be in a publication that was cut off
		return nil, err
	}
	d, err := NewDir(target)
	if err != nil {
		return nil, err
	}
	d.public = public
	if err := os.MkdirAll(filepath.Dir(d.target), 0o700); err != nil {
		return nil, fmt.Errorf("open folder of the coming site: %w", err)
	}
	return d, os.Chmod(filepath.Dir(d.target), 0o700)
}

// KeepSites has Commit keep the sites that stood in the folder before, at most so
// many; without it none is kept.
func (d *Dir) KeepSites(n int) { d.keep = n }

// Path is the folder that the site will stand in, absolute.
func (d *Dir) Path() string { return d.target }

// Before shows the site that stands now and stays until Commit.
func (d *Dir) Before() fs.FS { return os.DirFS(d.public) }

// Stamp returns what the site now in the folder was built from, "" if there is none.
func (d *Dir) Stamp() string { return StampOf(d.target) }

// Write puts a file into the site under construction.
func (d *Dir) Write(name string, data []byte) error {
	full, err := d.place(name)
	if err != nil {
		return err
	}
	// Exclusive: a file kept from the site that stands is the same file there.
	f, err := os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err == nil {
		_, err = f.Write(data)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// Keep takes a file of the site that stands now into the one under construction
// as it is: the same file with its time of change, so that what copies sites to
// a host sees that nothing changed.
func (d *Dir) Keep(name string) error {
	full, err := d.place(name)
	if err != nil {
		return err
	}
	stands := filepath.Join(d.public, filepath.FromSlash(name))
	if os.Link(stands, full) == nil {
		return nil
	}
	if err := likeness(stands, full); err != nil { // a disk without hard links
		return fmt.Errorf("keep %s: %w", name, err)
	}
	return nil
}

// likeness copies a file with its time of change.
func likeness(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, data, 0o644); err != nil {
		return err
	}
	return os.Chtimes(to, time.Time{}, info.ModTime())
}

// place claims a path and makes the folder that its file will stand in.
func (d *Dir) place(name string) (string, error) {
	if err := checkPath(name); err != nil {
		return "", err
	}
	if err := d.claim(name); err != nil {
		return "", err
	}
	full := filepath.Join(d.building, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	return full, nil
}

// claim marks a path as written and, at the first of them, clears what a build
// that was cut off left behind.
func (d *Dir) claim(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.written) == 0 {
		if err := os.RemoveAll(d.building); err != nil {
			return fmt.Errorf("clear %s: %w", d.building, err)
		}
	}
	if d.written[name] {
		return fmt.Errorf("write %s: written twice", name)
	}
	d.written[name] = true
	return nil
}

// Commit swaps the site in. Where nothing was written the old site stays.
func (d *Dir) Commit() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.written) == 0 || d.committed {
		return nil
	}
	if err := flush(d.building); err != nil {
		return fmt.Errorf("write site %s: %w", d.target, err)
	}
	if d.public != d.target {
		if err := settleComing(d.building, d.target); err != nil {
			return fmt.Errorf("lay out coming site %s: %w", d.target, err)
		}
	} else if err := Publish(d.building, d.target, d.keep); err != nil {
		return err
	}
	d.committed = true
	return nil
}

// Close throws away what was not committed.
func (d *Dir) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.committed || len(d.written) == 0 {
		return nil
	}
	return os.RemoveAll(d.building)
}

func checkPath(name string) error {
	if !fs.ValidPath(name) || name == "." || path.Clean(name) != name {
		return fmt.Errorf("write %q: not a relative slash path", name)
	}
	return nil
}
