package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// blockBytes is what one read of a file takes in, and all that a pass over a
// file of any size holds of it.
const blockBytes = 1 << 20

// Inspection is what one pass over a file found, and the file's mark, by
// which a later change shows.
type Inspection struct {
	Path     string
	SHA256   string // lower-case hex
	Bytes    int64
	Modified time.Time
	Text     Text
	Watched  bool // the watcher has seen the table's plain text
}

// Inspect reads a file once for its checksum and for the validity of its
// text. watch, if not nil, is given the same bytes as long as they are plain
// text as they stand; a compressed, UTF-16 or Parquet file is not shown here
// but by Sniff. seen, if not nil, is told how many bytes were read so far. A
// file that grows or shrinks while it is read is refused.
func Inspect(ctx context.Context, path string, watch io.Writer, seen func(bytes int64)) (Inspection, error) {
	file, before, err := openFile(path)
	if err != nil {
		return Inspection{}, err
	}
	defer file.Close()
	head := make([]byte, sniffBytes)
	n, err := io.ReadFull(file, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return Inspection{}, fmt.Errorf("read %s: %w", path, err)
	}
	head = head[:n]
	plain := container(head) == "" && !isParquet(head) && !isZip(head) && wideEncoding(head) == ""
	if !plain {
		watch = nil
	}
	in := Inspection{Path: path, Bytes: before.Size(), Modified: before.ModTime(), Watched: watch != nil}
	sum := sha256.New()
	var sofar int64
	read, err := pass(ctx, io.MultiReader(bytes.NewReader(head), file), sum, func(block []byte) error {
		if sofar += int64(len(block)); seen != nil {
			seen(sofar)
		}
		if plain {
			in.Text.add(block)
		}
		if watch == nil {
			return nil
		}
		_, err := watch.Write(block)
		return err
	})
	if err != nil {
		return Inspection{}, fmt.Errorf("read %s: %w", path, err)
	}
	in.Text.end()
	in.SHA256 = hex.EncodeToString(sum.Sum(nil))
	if read != in.Bytes {
		return Inspection{}, in.changed()
	}
	return in, in.Unchanged()
}

// Checksum reads a file for its SHA-256 (lower-case hex) and size in bytes.
func Checksum(ctx context.Context, path string) (sha256hex string, size int64, err error) {
	in, err := Inspect(ctx, path, nil, nil)
	return in.SHA256, in.Bytes, err
}

// Unchanged is an error if the file is no longer what was inspected: another
// size, another time of modification, or gone. Ask it after the last read.
func (in Inspection) Unchanged() error {
	now, err := os.Stat(in.Path)
	if err != nil {
		return in.changed()
	}
	if now.Size() != in.Bytes || !now.ModTime().Equal(in.Modified) {
		return in.changed()
	}
	return nil
}

func (in Inspection) changed() error {
	return &Refusal{Op: "read", Path: in.Path, Found: "the file changed while it was read", Wanted: "a delivery that is complete",
		Advice: "write it under another name and rename it when it is whole, then run again"}
}

// pass reads r to its end in blocks. Each block goes to look and, at the same
// time, to beside, if that is not nil; neither may keep it.
func pass(ctx context.Context, r io.Reader, beside io.Writer, look func([]byte) error) (int64, error) {
	block := make([]byte, blockBytes)
	blocks, written := make(chan []byte), make(chan error)
	if beside != nil {
		go func() {
			for b := range blocks {
				_, err := beside.Write(b)
				written <- err
			}
			close(written)
		}()
		defer func() { close(blocks); <-written }()
	}
	var read int64
	for {
		if err := ctx.Err(); err != nil {
			return read, err
		}
		n, err := fill(r, block)
		read += int64(n)
		if n > 0 && beside != nil {
			blocks <- block[:n]
		}
		var lookErr, besideErr error
		if n > 0 {
			lookErr = look(block[:n])
		}
		if n > 0 && beside != nil {
			besideErr = <-written
		}
		if err := errors.Join(lookErr, besideErr); err != nil {
			return read, err
		}
		if err == io.EOF {
			return read, nil
		}
		if err != nil {
			return read, err
		}
	}
}

// fill reads until block is full. Unlike io.ReadFull it keeps apart the end
// of r and the complaint of r that it was cut.
func fill(r io.Reader, block []byte) (n int, err error) {
	for n < len(block) && err == nil {
		var more int
		more, err = r.Read(block[n:])
		n += more
	}
	return n, err
}

// openFile opens a regular file that holds something.
func openFile(path string) (*os.File, os.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, missing(path, err)
	}
	if info.IsDir() {
		return nil, nil, directory(path)
	}
	if !info.Mode().IsRegular() {
		return nil, nil, &Refusal{Op: "read", Path: path, Found: "not a regular file", Wanted: "a file"}
	}
	if info.Size() == 0 {
		return nil, nil, empty(path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", path, err)
	}
	return file, info, nil
}

func empty(path string) error {
	return &Refusal{Op: "read", Path: path, Found: "the file is empty", Wanted: "a header line at least", Advice: "have it written and sent again"}
}
