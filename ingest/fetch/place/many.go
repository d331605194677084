package place

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"osservatorio/ingest/fetch"
)

// object is one file of a place that has many.
type object struct {
	path     string // at the place
	name     string // its last part
	size     int64
	modified time.Time
	tag      string // changes with the content, if the place has such a thing
	md5      []byte
}

func (o object) version() string {
	return fmt.Sprintf("%d %d %s", o.size, o.modified.UnixNano(), o.tag)
}

// same tells whether two looks saw one file. Lists of some storage (MinIO,
// Ceph) tell milliseconds where the headers of a file tell whole seconds.
func (o object) same(other object) bool {
	if o.modified.Nanosecond() == 0 || other.modified.Nanosecond() == 0 {
		o.modified, other.modified = o.modified.Truncate(time.Second), other.modified.Truncate(time.Second)
	}
	return o.version() == other.version()
}

// shelf is a place that has many files.
type shelf interface {
	list(ctx context.Context) ([]object, error)
	open(ctx context.Context, o object, from int64) (io.ReadCloser, error)
	look(ctx context.Context, path string) (object, error) // at one file anew
}

// many fetches the files of a shelf that are new or changed, each with its
// manifest before it, so that a file never lies here without.
func (b *bringer) many(ctx context.Context, s shelf) ([]string, error) {
	all, err := s.list(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(x, y object) int { return cmp.Compare(x.name, y.name) })
	manifests := map[string]object{}
	for _, o := range all {
		if table, is := strings.CutSuffix(o.name, fetch.ManifestSuffix); is {
			manifests[table] = o
		}
	}
	var names []string
	var errs []error
	for _, o := range all {
		if !fetch.TableName(o.name) || b.Take != nil && !b.Take(o.name) {
			continue
		}
		m, has := manifests[o.name]
		version := o.version() + m.version()
		if b.seen[o.path].ETag == version {
			continue
		}
		if err := b.pair(ctx, s, o, m, has, version); err != nil {
			errs = append(errs, err)
			if ctx.Err() != nil {
				break
			}
			continue
		}
		names = append(names, o.name)
	}
	return names, errors.Join(errs...)
}

// pair fetches a file, after its manifest if it has one.
func (b *bringer) pair(ctx context.Context, s shelf, o, manifest object, has bool, version string) error {
	if o.name != fileName(o.name, "") {
		return b.refuse(fmt.Sprintf("%q", o.name), "a name with characters that a file here may not have", "letters, digits and . _ -", "have the supplier rename it")
	}
	if has {
		if _, err := b.keep(ctx, b.from(s, manifest)); err != nil {
			return err
		}
	}
	m, err := b.keep(ctx, b.from(s, o))
	if err != nil {
		return err
	}
	m.ETag = version
	b.seen[o.path] = m
	return b.seen.write(b.Dir)
}

// from opens one file of a shelf, and looks at its end whether it stood still.
func (b *bringer) from(s shelf, o object) opener {
	return func(ctx context.Context, from int64, _ string) (stream, error) {
		body, err := s.open(ctx, o, from)
		if err != nil {
			return stream{}, err
		}
		same := func(ctx context.Context) error {
			now, err := s.look(ctx, o.path)
			if err == nil && !now.same(o) {
				err = errChanged
			}
			return err
		}
		return stream{body: body, name: o.name, from: from, size: o.size, version: o.version(), modified: o.modified, md5: o.md5, same: same}, nil
	}
}
