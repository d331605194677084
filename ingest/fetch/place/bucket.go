package place

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file:///folder; the clouds' own are cmd's to bring
	"gocloud.dev/gcerrors"
)

// bucket fetches what is new in object storage. Keys and passwords are those
// that the provider's own library finds, as on any machine of that cloud.
func (b *bringer) bucket(ctx context.Context) ([]string, error) {
	opened, err := blob.OpenBucket(ctx, b.Bucket)
	if err != nil {
		return nil, b.refuse("", "not opened: "+firstLine(err), "s3://BUCKET?region=…, gs://BUCKET, azblob://CONTAINER or file:///FOLDER", "check bucket of the source")
	}
	defer opened.Close()
	return b.many(ctx, &bucket{b, opened})
}

type bucket struct {
	*bringer
	*blob.Bucket
}

func (s *bucket) list(ctx context.Context) (all []object, err error) {
	err = s.patiently(ctx, func() error { all, err = s.page(ctx); return err })
	return all, err
}

func (s *bucket) page(ctx context.Context) ([]object, error) {
	prefix := strings.Trim(s.Prefix, "/")
	if prefix != "" {
		prefix += "/"
	}
	var all []object
	iter := s.List(&blob.ListOptions{Prefix: prefix, Delimiter: "/"})
	for {
		o, err := iter.Next(ctx)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, s.fault("list "+prefix, err)
		}
		if !o.IsDir {
			all = append(all, object{path: o.Key, name: path.Base(o.Key), size: o.Size, modified: o.ModTime, tag: hex.EncodeToString(o.MD5), md5: o.MD5})
		}
	}
}

func (s *bucket) open(ctx context.Context, o object, from int64) (io.ReadCloser, error) {
	r, err := s.NewRangeReader(ctx, o.path, from, -1, nil)
	if err != nil {
		return nil, s.fault(o.path, err)
	}
	if r.Size() != o.size {
		r.Close()
		return nil, &passing{err: errChanged}
	}
	return r, nil
}

func (s *bucket) look(ctx context.Context, key string) (object, error) {
	a, err := s.Attributes(ctx, key)
	if err != nil {
		return object{}, s.fault(key, err)
	}
	return object{path: key, name: path.Base(key), size: a.Size, modified: a.ModTime, tag: hex.EncodeToString(a.MD5)}, nil
}

// fault says what the provider said, and whether it may pass.
func (s *bucket) fault(where string, err error) error {
	switch gcerrors.Code(err) {
	case gcerrors.NotFound:
		return s.refuse(where, "not there", "a bucket and a file that are", "check bucket and path of the source")
	case gcerrors.PermissionDenied:
		return s.refuse(where, "access denied", "a key that may read it", "check the credentials of this machine")
	case gcerrors.InvalidArgument, gcerrors.Unimplemented, gcerrors.FailedPrecondition:
		return s.refuse(where, firstLine(err), "", "check bucket of the source")
	case gcerrors.Canceled, gcerrors.DeadlineExceeded:
		return fmt.Errorf("fetch %s: %w", s.name(), err)
	}
	return &passing{err: errors.New(firstLine(err))}
}

func firstLine(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}
