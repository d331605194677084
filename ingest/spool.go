package ingest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"osservatorio/ingest/fetch"
	"osservatorio/ingest/privacy"
	"osservatorio/warehouse"
)

const (
	// blockBytes is how much of a file one worker takes at a time.
	blockBytes = 2 << 20
	// lineLimit is the greatest length of a line in bytes; a longer one means
	// that the file is no table.
	lineLimit = 16 << 20
)

// spoolColumn is one column of the contract: where it stands in the delivery
// and what happens to it at the door.
type spoolColumn struct {
	at        int // place in the delivery, from 0
	pseudonym bool
	number    bool
	key       bool // of the primary key
}

// spooler rewrites a delivery row by row: columns in the contract's order,
// keys turned into our own pseudonyms, missing values made empty, decimal
// signs made points. What is no row of the table is set aside with its line.
type spooler struct {
	table   fetch.Table
	columns []spoolColumn
	missing []string
	key     *privacy.Key // nil if the contract has no pseudonyms
	first   int64        // line of the header: 1 in a CSV file, 0 in a table whose rows are counted
	workers int
	rows    func(done, bytes int64) // told now and then
}

// block is a piece of the file that begins and ends with a record.
type block struct {
	data  []byte
	line  int64 // of its first byte
	last  bool
	out   []byte // good rows
	keys  []keyed
	torn  []byte // line, column, rule, shape of the others
	rows  int64
	bad   int64
	cut   string // how the file ends within a row, on line cutAt; "" if it does not
	cutAt int64
	ready chan struct{}
}

// spool writes the rows of the table to two files in dir, and those
// whose key may come again to a third. The file is read once, in blocks,
// by several workers; memory does not grow with it.
func (s *spooler) spool(ctx context.Context, dir string) (warehouse.Spool, error) {
	sp := warehouse.Spool{Path: filepath.Join(dir, "rows.csv"), Torn: filepath.Join(dir, "torn.csv"), Repeated: filepath.Join(dir, "repeated.csv")}
	in, err := os.Open(s.table.Path)
	if err != nil {
		return sp, fmt.Errorf("read %s: %w", s.table.Path, err)
	}
	defer in.Close()
	out, err := createSpool(sp.Path)
	if err != nil {
		return sp, err
	}
	defer out.Close()
	torn, err := createSpool(sp.Torn)
	if err != nil {
		return sp, err
	}
	defer torn.Close()
	again := &repeats{dir: dir}
	defer again.close()
	var written int64
	err = s.run(ctx, in, func(b *block) error {
		if b.cut != "" {
			return &fetch.Refusal{Op: "read", Path: s.table.Path, Where: "line " + strconv.FormatInt(b.cutAt, 10), Found: b.cut,
				Wanted: "a last row that is whole", Advice: "the file was cut on its way: ask for it again and compare checksums"}
		}
		sp.Rows += b.rows
		sp.TornRow += b.bad
		for i := range b.keys {
			b.keys[i].from += written
		}
		written += int64(len(b.out))
		if _, err := out.Write(b.out); err != nil {
			return err
		}
		if _, err := torn.Write(b.torn); err != nil {
			return err
		}
		return again.add(b.keys)
	})
	if err = errors.Join(err, out.Close(), torn.Close()); err != nil {
		return sp, err
	}
	rows, err := os.Open(sp.Path)
	if err != nil {
		return sp, err
	}
	defer rows.Close()
	sp.RepeatedRows, err = again.write(sp.Repeated, rows)
	return sp, err
}

// createSpool makes a file that only we can read: it holds what a supplier
// sent, as far as the contract takes it.
func createSpool(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
}

// run reads blocks, has them rewritten side by side and hands them to keep in
// the order of the file.
func (s *spooler) run(ctx context.Context, in io.Reader, keep func(*block) error) error {
	seed := maphash.MakeSeed() // one for all: a key has one hash
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	work := make(chan *block)
	order := make(chan *block, 2*s.workers)
	free := make(chan *block, 3*s.workers+2)
	for range cap(free) {
		free <- &block{}
	}
	var workers sync.WaitGroup
	defer workers.Wait()
	for range s.workers {
		workers.Go(func() {
			w := newWorker(s, seed)
			for b := range work {
				w.rewrite(b)
				close(b.ready)
			}
		})
	}
	var readErr error
	go func() {
		defer close(order)
		defer close(work)
		readErr = s.cut(ctx, in, free, func(b *block) bool {
			for _, to := range []chan *block{order, work} {
				select {
				case to <- b:
				case <-ctx.Done():
					return false
				}
			}
			return true
		})
	}()
	var keepErr error
	var rows, read int64
	for b := range order {
		if keepErr != nil || ctx.Err() != nil {
			continue
		}
		select {
		case <-b.ready:
		case <-ctx.Done():
			continue
		}
		if keepErr = keep(b); keepErr != nil {
			cancel()
			continue
		}
		rows, read = rows+b.rows+b.bad, read+int64(len(b.data))
		s.rows(rows, read)
		free <- b
	}
	if keepErr != nil {
		return keepErr
	}
	return readErr
}

// cut reads the file and cuts it where records end.
func (s *spooler) cut(ctx context.Context, in io.Reader, free chan *block, hand func(*block) bool) error {
	reader := bufio.NewReaderSize(in, 64<<10)
	var rest []byte
	line := s.first
	for last := false; !last; {
		var b *block
		select {
		case b = <-free:
		case <-ctx.Done():
			return ctx.Err()
		}
		*b = block{data: append(b.data[:0], rest...), out: b.out[:0], keys: b.keys[:0], torn: b.torn[:0], line: line, ready: make(chan struct{})}
		var end int
		var next int64
		for want := blockBytes; ; want += blockBytes {
			var err error
			if b.data, last, err = fill(reader, b.data, want); err != nil {
				return fmt.Errorf("read %s: %w", s.table.Path, err)
			}
			if end, next = s.boundary(b, last); end > 0 || last {
				break
			}
			if want > lineLimit {
				return &fetch.Refusal{Op: "read", Path: s.table.Path, Where: "line " + strconv.FormatInt(line, 10),
					Found: "the line is longer than 16 MiB", Wanted: "one record a line",
					Advice: "its line ends are lost, or it is no table: have it written anew"}
			}
		}
		rest = append(rest[:0], b.data[end:]...)
		b.data, b.last, line = b.data[:end], last, next
		if !hand(b) {
			return ctx.Err()
		}
	}
	return nil
}

// fill reads until data has want bytes or the file ends.
func fill(in io.Reader, data []byte, want int) (filled []byte, last bool, err error) {
	have := len(data)
	if have >= want {
		return data, false, nil
	}
	if cap(data) < want {
		data = append(make([]byte, 0, want+want/8), data...)
	}
	n, err := io.ReadFull(in, data[have:want])
	data = data[:have+n]
	switch err {
	case nil:
		return data, false, nil
	case io.EOF, io.ErrUnexpectedEOF:
		return data, true, nil
	}
	return data, false, err
}
