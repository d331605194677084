// Package paper prints pages of the site as PDF with an installed Chromium. It
// knows nothing of what stands on them.
package paper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// ErrNoBrowser says that no Chromium was found.
var ErrNoBrowser = errors.New("no Chromium found: looked for " + strings.Join(browsers(), ", "))

func browsers() []string { return []string{"chromium", "chromium-browser", "google-chrome"} }

// Printer prints with one browser. It is safe for concurrent use.
type Printer struct {
	browser string // path of the program
	version string
	day     string
}

// New finds an installed browser. day (YYYY-MM-DD) is the date that every file
// bears, so that the same page gives the same bytes.
func New(ctx context.Context, day string) (*Printer, error) {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return nil, fmt.Errorf("prepare printing: day %q: want YYYY-MM-DD", day)
	}
	for _, name := range browsers() {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		version, err := exec.CommandContext(ctx, path, "--version").Output()
		if err != nil {
			return nil, fmt.Errorf("ask version of %s: %w", path, err)
		}
		return &Printer{browser: path, version: strings.TrimSpace(string(version)), day: day}, nil
	}
	return nil, ErrNoBrowser
}

// Key names the browser and the date that files bear.
func (p *Printer) Key() string { return "pdf " + p.version + " " + p.day }

// slowest is how long one page may take, on a machine busy with others.
const slowest = 3 * time.Minute

// PDF prints the page at an address: tagged for screen readers, with an outline
// of its headings, without what a browser adds at the edges, dated as New was told.
func (p *Printer) PDF(ctx context.Context, address string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "osservatorio-paper-")
	if err != nil {
		return nil, fmt.Errorf("print %s: %w", address, err)
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(ctx, slowest)
	defer cancel()
	file := filepath.Join(dir, "page.pdf")
	args := []string{"--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-extensions",
		"--user-data-dir=" + filepath.Join(dir, "profile"), "--virtual-time-budget=10000",
		"--no-pdf-header-footer", "--export-tagged-pdf", "--generate-pdf-document-outline", "--print-to-pdf=" + file}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // Chromium refuses its sandbox to the superuser; the pages are our own
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, p.browser, append(args, address)...)
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("print %s: %w: %s", address, err, lastLine(said.String()))
	}
	pdf, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("print %s: the browser wrote no file: %s", address, lastLine(said.String()))
	}
	dated, err := date(pdf, p.day)
	if err != nil {
		return nil, fmt.Errorf("print %s: %w", address, err)
	}
	return dated, nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// date overwrites, byte for byte, the times at which Chromium says that it made
// a file.
func date(pdf []byte, day string) ([]byte, error) {
	stamp := []byte(strings.ReplaceAll(day, "-", "") + "000000+00'00'")
	out := bytes.Clone(pdf)
	for _, entry := range []string{"/CreationDate (D:", "/ModDate (D:"} {
		at := bytes.Index(out, []byte(entry))
		if at < 0 {
			return nil, fmt.Errorf("date the file: no %s in it", entry)
		}
		from := at + len(entry)
		if end := bytes.IndexByte(out[from:], ')'); end != len(stamp) {
			return nil, fmt.Errorf("date the file: %s: want a date of %d letters, found %d", entry, len(stamp), end)
		}
		copy(out[from:], stamp)
	}
	return out, nil
}
