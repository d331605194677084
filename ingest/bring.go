package ingest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"osservatorio/ingest/fetch"
	"osservatorio/ingest/fetch/place"
)

// find lists the deliveries of a source: those of the inbox, or of its place
// after what is new there was fetched. It returns the good ones beside the
// errors of the others.
func find(ctx context.Context, o Options, s Source) ([]fetch.File, error) {
	r := fetch.Request{Dir: o.SourceDir, Path: s.Path, Pattern: s.Pattern, Source: s.Name, Period: s.Period, IssuedAt: s.IssuedAt, Mode: s.Mode}
	if !s.Place.Remote() || o.KeepInbox {
		return fetch.Folder(ctx, r)
	}
	if o.Spool == "" {
		return nil, fmt.Errorf("fetch %s: no folder for what is fetched", s.Name)
	}
	r.Dir, r.Path, r.IssuedByTime = filepath.Join(o.Spool, s.Name), "", true
	_, err := place.Bring(ctx, s.Place, place.Options{Dir: r.Dir, Take: taken(s), Now: o.Now, Progress: func(name string, done, total int64) {
		if o.Progress != nil {
			o.Progress(Progress{Source: s.Name, File: name, Step: "fetch", Bytes: done, Total: total})
		}
	}})
	files, spoolErr := spooled(ctx, r)
	return files, errors.Join(err, spoolErr)
}

// taken tells by its pattern which files of a shared place are the source's.
func taken(s Source) func(string) bool {
	p, err := fetch.CompilePattern(s.Pattern, s.Name)
	if s.Pattern == "" || err != nil { // the look into the folder tells of the error
		return nil
	}
	return p.Match
}

// spooled lists what lies in a source's own folder, file by file: there is
// nobody else's there, so a name that the pattern does not know is told. A
// refused delivery lies here too, until its place has another.
func spooled(ctx context.Context, r fetch.Request) ([]fetch.File, error) {
	entries, err := os.ReadDir(r.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var files []fetch.File
	var errs []error
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || !fetch.TableName(e.Name()) {
			continue
		}
		r.Path = e.Name()
		found, err := fetch.Folder(ctx, r)
		files, errs = append(files, found...), append(errs, err)
	}
	fetch.InOrder(files)
	return files, errors.Join(errs...)
}
