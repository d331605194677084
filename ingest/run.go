package ingest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"osservatorio/ingest/contract"
	"osservatorio/ingest/fetch"
)

// Run brings in what is new of the given sources. A refused delivery does not
// keep others out: the report has what was done, the error all refusals. Each
// delivery is loaded whole or not at all, so a run that was cut short is
// finished by running again.
func Run(ctx context.Context, o Options) (Report, error) {
	var report Report
	if err := Prepare(ctx, o.DB); err != nil {
		return report, err
	}
	if err := sweep(o.Temp); err != nil {
		return report, fmt.Errorf("clear work folder: %w", err)
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	lying, err := fetch.Lying(o.SourceDir)
	errs := []error{err}
	claimed := map[string]bool{}
	for _, s := range o.Sources {
		loads, err := runSource(ctx, o, s)
		report.Loads = append(report.Loads, loads...)
		errs = append(errs, err)
		if ctx.Err() != nil {
			break
		}
	}
	for _, l := range report.Loads {
		claimed[l.File] = true
	}
	for _, name := range lying {
		if !claimed[name] && !slices.Contains(fetch.Blamed(errors.Join(errs...)), name) {
			report.Unclaimed = append(report.Unclaimed, name)
		}
	}
	return report, errors.Join(errs...)
}

func runSource(ctx context.Context, o Options, s Source) ([]Load, error) {
	c, err := contract.Load(s.Contract)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", s.Name, err)
	}
	files, err := find(ctx, o, s)
	var loads []Load
	var errs []error
	if err != nil {
		errs = append(errs, &RefusedError{Source: s.Name, Err: err})
	}
	for _, f := range files {
		l := loader{Options: o, source: s, contract: c, file: f, synthetic: s.Synthetic || f.Synthetic}
		load := l.load(ctx)
		if load.Err != nil {
			errs = append(errs, load.Err)
		}
		loads = append(loads, load)
		if ctx.Err() != nil {
			break
		}
	}
	return loads, errors.Join(errs...)
}

// RefusedError is a delivery of which nothing was loaded.
type RefusedError struct {
	Source string
	Period string // "" if it is not known
	Err    error
}

func (e *RefusedError) Error() string {
	if e.Period == "" {
		return "load " + e.Source + ": " + e.Err.Error()
	}
	return "load " + e.Source + " " + e.Period + ": " + e.Err.Error()
}

func (e *RefusedError) Unwrap() error { return e.Err }

// Hint says what to do, if there is something to say.
func (e *RefusedError) Hint() string {
	var h interface{ Hint() string }
	if errors.As(e.Err, &h) {
		return h.Hint()
	}
	return ""
}

// problem is a refusal of the door's own, with what to do about it.
type problem struct {
	text   string
	advice string
}

func (p *problem) Error() string { return p.text }
func (p *problem) Hint() string  { return p.advice }

func refuse(advice, format string, a ...any) error {
	return &problem{text: fmt.Sprintf(format, a...), advice: advice}
}

// workPrefix begins the name of every work folder.
const workPrefix = "ingest-"

// sweep removes what a run that was killed left in the instance's own work
// folder: it holds rows as they were supplied.
func sweep(temp string) error {
	if temp == "" {
		return nil
	}
	left, err := os.ReadDir(temp) // not Glob: a folder may have [ in its name
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range left {
		if !strings.HasPrefix(e.Name(), workPrefix) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(temp, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// workFolder makes a folder for one delivery's work files.
func workFolder(o Options) (dir string, remove func(), err error) {
	if o.Temp != "" {
		if err := os.MkdirAll(o.Temp, 0o700); err != nil {
			return "", nil, err
		}
	}
	dir, err = os.MkdirTemp(o.Temp, workPrefix)
	return dir, func() { os.RemoveAll(dir) }, err
}
