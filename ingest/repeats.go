package ingest

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// keyed is one row: a hash of its key, and where in the spool it stands.
type keyed struct {
	hash uint64
	from int64
	size int64
}

const (
	// repeatParts is in how many parts keys are sorted, each by itself: of a
	// hundred million rows one part takes 19 MB.
	repeatParts = 128
	// partRows is how many rows of a part are held before they go to disk.
	partRows   = 4096
	keyedBytes = 24
)

// repeats finds the rows whose key stands on another line too. Rows are parted
// by hash, kept on disk where they are many, and sorted part by part, so that
// memory does not grow with the table. Two keys of one hash are found as if
// they were one: whoever asks compares the keys of these few rows.
type repeats struct {
	dir   string
	parts [repeatParts]part
}

type part struct {
	held []keyed
	file *os.File // nil if nothing was written
}

// add takes rows in.
func (r *repeats) add(rows []keyed) error {
	for _, k := range rows {
		p := &r.parts[k.hash%repeatParts]
		p.held = append(p.held, k)
		if len(p.held) < partRows {
			continue
		}
		if err := r.flush(p, int(k.hash%repeatParts)); err != nil {
			return fmt.Errorf("keep keys: %w", err)
		}
	}
	return nil
}

// flush writes what a part holds to its file.
func (r *repeats) flush(p *part, n int) error {
	if p.file == nil {
		var err error
		if p.file, err = os.OpenFile(filepath.Join(r.dir, "keys-"+strconv.Itoa(n)), os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600); err != nil {
			return err
		}
	}
	raw := make([]byte, 0, len(p.held)*keyedBytes)
	for _, k := range p.held {
		for _, n := range []uint64{k.hash, uint64(k.from), uint64(k.size)} {
			raw = binary.LittleEndian.AppendUint64(raw, n)
		}
	}
	p.held = p.held[:0]
	_, err := p.file.Write(raw)
	return err
}

// write copies the rows whose key may come again out of the spool, in no order,
// and counts them. What was added is gone afterwards.
func (r *repeats) write(path string, spool io.ReaderAt) (rows int64, err error) {
	out, err := createSpool(path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := bufio.NewWriter(out)
	for i := range r.parts {
		all, err := r.parts[i].take()
		if err != nil {
			return rows, fmt.Errorf("find keys that come again: %w", err)
		}
		slices.SortFunc(all, func(a, b keyed) int { return cmp.Compare(a.hash, b.hash) })
		for j, k := range all {
			if (j == 0 || all[j-1].hash != k.hash) && (j+1 == len(all) || all[j+1].hash != k.hash) {
				continue
			}
			rows++
			if _, err := io.Copy(w, io.NewSectionReader(spool, k.from, k.size)); err != nil {
				return rows, err
			}
		}
	}
	return rows, w.Flush()
}

// take is all rows of a part; its file is gone.
func (p *part) take() ([]keyed, error) {
	all := p.held
	p.held = nil
	if p.file == nil {
		return all, nil
	}
	defer p.close()
	size, err := p.file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	all = slices.Grow(all, int(size/keyedBytes))
	in := bufio.NewReaderSize(io.NewSectionReader(p.file, 0, size), 1<<20)
	var raw [keyedBytes]byte
	for range size / keyedBytes {
		if _, err := io.ReadFull(in, raw[:]); err != nil {
			return nil, err
		}
		at := func(i int) uint64 { return binary.LittleEndian.Uint64(raw[8*i:]) }
		all = append(all, keyed{hash: at(0), from: int64(at(1)), size: int64(at(2))})
	}
	return all, nil
}

// close removes the files that are left.
func (r *repeats) close() {
	for i := range r.parts {
		r.parts[i].close()
	}
}

func (p *part) close() {
	if p.file != nil {
		p.file.Close()
		os.Remove(p.file.Name())
		p.file = nil
	}
}
