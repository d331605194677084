package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"osservatorio/site"
	"osservatorio/site/paper"
)

// A PDF tells what is on the page that it is printed from: the text in it is read
// as anyone can, and each page that is printed is looked at as it is sent to the
// browser.

// printed is the printer that notes what each page holds. A few of them are
// printed in truth, the others are the bytes of the last that was.
type printed struct {
	printer *paper.Printer
	mutex   sync.Mutex
	pages   map[string][]byte // by address
	papers  map[string][]byte // of those printed in truth
	made    []byte
}

// mostPapers is how many pages of a kind are printed in truth: a browser is
// started for each.
const mostPapers = 2

// papers prints with an installed browser, or not at all.
func (o *outside) papers(t *testing.T) site.Printer {
	t.Helper()
	p, err := paper.New(t.Context(), "2026-01-31")
	if errors.Is(err, paper.ErrNoBrowser) {
		return nil
	}
	must(t, err)
	o.printed = &printed{printer: p, pages: map[string][]byte{}, papers: map[string][]byte{}}
	return o.printed
}

func (p *printed) Key() string { return p.printer.Key() }

func (p *printed) PDF(ctx context.Context, address string) ([]byte, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	answer, err := http.Get(address)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if p.pages[address], err = io.ReadAll(answer.Body); err != nil {
		return nil, err
	}
	alike := 0
	for other := range p.papers {
		if kindOf(other) == kindOf(address) {
			alike++
		}
	}
	if alike < mostPapers {
		if p.made, err = p.printer.PDF(ctx, address); err != nil {
			return nil, err
		}
		p.papers[address] = p.made
	}
	return p.made, nil
}

// kindOf is the first part of an address: pages of a kind share it, and those of a language.
func kindOf(address string) string {
	_, path, _ := strings.Cut(strings.TrimPrefix(address, "http://"), "/")
	parts := strings.Split(path, "/")
	return parts[0]
}

// readPapers reads the texts of PDFs: a marked number must be one that a
// published table shows.
func (o *outside) readPapers(t *testing.T, shown map[int64]bool, secret int64) {
	if o.printed == nil {
		t.Skip("Chromium not here: apt-get install --no-install-recommends chromium")
	}
	reader, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext not here: apt-get install --no-install-recommends poppler-utils")
	}
	pages := &scan{shown: shown, alarms: map[string]int{}}
	for address, html := range o.printed.pages {
		pages.text(address, html)
	}
	texts := &scan{shown: shown, alarms: map[string]int{}}
	for address, pdf := range o.printed.papers {
		texts.text(address, textOf(t, reader, pdf))
		if bytes.Contains(pdf, []byte("/EmbeddedFile")) {
			t.Errorf("%s: a file is attached", address)
		}
	}
	for _, s := range []*scan{pages, texts} {
		for what, n := range s.alarms {
			t.Errorf("%s (%d times): published nowhere", what, n)
		}
	}
	if len(o.printed.pages) < 5 || len(o.printed.papers) < 3 || texts.marked < 10 {
		t.Errorf("%d pages, %d of them printed, %d numbers in these: the test shows little", len(o.printed.pages), len(o.printed.papers), texts.marked)
	}
	found := 0
	must(t, filepath.WalkDir(o.site, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".pdf" {
			return err
		}
		found++
		return nil
	}))
	if found != len(o.printed.pages) {
		t.Errorf("%d PDF files on the site, %d pages were printed", found, len(o.printed.pages))
	}
	planted := o.plantedPaper(t, secret)
	s := &scan{shown: shown, alarms: map[string]int{}}
	if s.text("planted", textOf(t, reader, planted)); len(s.alarms) != 1 {
		t.Errorf("a number that is planted on a page is not found in its PDF: %v", s.alarms)
	}
	t.Logf("%d PDF files, %d of them printed and read, %d marked numbers in these, %d in all pages", found, len(o.printed.papers), texts.marked, pages.marked)
}

// plantedPaper is the PDF of a page with a number of a hidden cell.
func (o *outside) plantedPaper(t *testing.T, secret int64) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "planted.html")
	must(t, os.WriteFile(file, []byte("<!DOCTYPE html><title>x</title><p>In tutto "+grouped(secret)+" persone</p>"), 0o600))
	pdf, err := o.printed.printer.PDF(t.Context(), "file://"+file)
	must(t, err)
	return pdf
}

// textOf is the text of a PDF.
func textOf(t *testing.T, reader string, pdf []byte) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), reader, "-layout", "-enc", "UTF-8", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	text, err := cmd.Output()
	must(t, err)
	return text
}
