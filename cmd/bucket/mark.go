package bucket

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// MarkFile is the object that says what sites brought.
const MarkFile = ".osservatorio.json"

// mark is what a bucket knows of the sites that were carried there.
type mark struct {
	Format  int    `json:"format"`
	Site    string `json:"site"` // its stamp; "" while one is being carried, or since that was cut off
	Release string `json:"release"`
	// Files are the objects that sites brought, with the SHA-256 of what stands
	// there; "" where a carry may have changed or removed it.
	Files map[string]string `json:"files"`
}

const markFormat = 1

func readMark(ctx context.Context, b *blob.Bucket) (m mark, err error) {
	raw, err := b.ReadAll(ctx, MarkFile)
	switch {
	case gcerrors.Code(err) == gcerrors.NotFound:
		return mark{Format: markFormat, Files: map[string]string{}}, nil
	case err != nil:
		return m, fmt.Errorf("read %s: %w", MarkFile, err)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("read %s: %w", MarkFile, err)
	}
	if m.Format != markFormat {
		return m, fmt.Errorf("read %s: format %d: expected %d: newer software wrote it", MarkFile, m.Format, markFormat)
	}
	if m.Files == nil {
		m.Files = map[string]string{}
	}
	return m, nil
}

func (m mark) write(ctx context.Context, b *blob.Bucket) error {
	raw, err := json.Marshal(m)
	if err == nil {
		err = b.WriteAll(ctx, MarkFile, raw, &blob.WriterOptions{ContentType: "application/json", CacheControl: "no-store"})
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", MarkFile, err)
	}
	return nil
}

// Standing is the stamp of the site that stands whole in a bucket, "" for none.
func Standing(ctx context.Context, b *blob.Bucket) (string, error) {
	m, err := readMark(ctx, b)
	return m.Site, err
}

// thing is an object that is there.
type thing struct {
	size int64
	md5  []byte // nil where the provider does not tell
}

func listed(ctx context.Context, b *blob.Bucket) (map[string]thing, error) {
	there := map[string]thing{}
	for iter := b.List(nil); ; {
		o, err := iter.Next(ctx)
		if errors.Is(err, io.EOF) {
			return there, nil
		}
		if err != nil {
			return nil, fmt.Errorf("list: %w", err)
		}
		there[o.Key] = thing{o.Size, o.MD5}
	}
}

// sums are the checksums of a file.
type sums struct {
	size   int64
	md5    []byte
	sha256 string
}

// hashed are the files of a site that a bucket is to have: not those of its
// builder, and not the compressed twins, which a bucket cannot choose from.
func hashed(site fs.FS) (map[string]sums, error) {
	all := map[string]sums{}
	err := fs.WalkDir(site, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || hidden(name) || twin(site, name) {
			return err
		}
		all[name], err = hash(site, name)
		return err
	})
	return all, err
}

func hidden(name string) bool {
	return strings.HasPrefix(path.Base(name), ".") || name == "_headers"
}

func twin(site fs.FS, name string) bool {
	ext := path.Ext(name)
	if ext != ".gz" && ext != ".br" {
		return false
	}
	_, err := fs.Stat(site, strings.TrimSuffix(name, ext))
	return err == nil
}

func hash(site fs.FS, name string) (s sums, err error) {
	f, err := site.Open(name)
	if err != nil {
		return s, err
	}
	defer f.Close()
	short, long := md5.New(), sha256.New()
	if s.size, err = io.Copy(io.MultiWriter(short, long), f); err != nil {
		return s, fmt.Errorf("read %s: %w", name, err)
	}
	s.md5, s.sha256 = short.Sum(nil), hex.EncodeToString(long.Sum(nil))
	return s, nil
}
