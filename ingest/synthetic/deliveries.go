package synthetic

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	modeFull        = "full"
	modeIncremental = "incremental"
)

// generator writes the files of one run.
type generator struct {
	world     *world
	dir       string
	gap       int
	files     [personal][]*file
	delivered []Delivery
	bytes     int64
	quality   quality
}

// file is one delivery while it is written.
type file struct {
	*bufio.Writer
	f      *os.File
	source string
	period string
	issued day
	mode   string
	rows   int
	bad    []int // by flaw
	later  int
	since  int
	turn   int
}

func fileName(source, period string, issued day) string {
	return source + "_" + period + "_" + issued.String() + ".csv"
}

func (g *generator) create(source, period string, issued day, mode string) (*file, error) {
	f, err := os.Create(filepath.Join(g.dir, fileName(source, period, issued)))
	if err != nil {
		return nil, fmt.Errorf("create delivery: %w", err)
	}
	d := &file{Writer: bufio.NewWriterSize(f, 1<<16), f: f, source: source, period: period, issued: issued, mode: mode}
	d.bad = make([]int, len(flaws[source]))
	d.WriteString(headers[source])
	d.WriteByte('\n')
	return d, nil
}

func (g *generator) open() error {
	w := g.world
	for s := range personal {
		for q := range w.quarters {
			f, err := g.create(sourceNames[s], w.names[q], w.issued(q), modeIncremental)
			if err != nil {
				return errors.Join(err, g.close())
			}
			g.files[s] = append(g.files[s], f)
		}
	}
	return nil
}

// append adds a chunk to the files.
func (g *generator) append(c *chunk) error {
	for s := range c.parts {
		for q := range c.parts[s] {
			p, f := &c.parts[s][q], g.files[s][q]
			if _, err := f.Write(p.text); err != nil {
				return fmt.Errorf("write delivery %s: %w", f.f.Name(), err)
			}
			f.rows += p.rows
			f.later += p.superseded
			for i, n := range p.flawed {
				f.bad[i] += n
			}
		}
	}
	return nil
}

// addOpen writes a row of an open source, and where one is due a corrupted
// copy under a key of its own.
func (g *generator) addOpen(f *file, line []byte) {
	write := func(b []byte) {
		f.Write(b)
		f.WriteByte('\n')
		f.rows++
	}
	write(line)
	f.since++
	if g.gap == 0 || f.since < g.gap {
		return
	}
	f.since = 0
	n := (f.turn + int(f.issued)) % len(f.bad)
	f.turn++
	f.bad[n]++
	write(flaws[f.source][n].corrupt(headers[f.source], line, true))
}

func (g *generator) close() error {
	var errs []error
	for s := range g.files {
		for _, f := range g.files[s] {
			errs = append(errs, g.finish(f))
		}
		g.files[s] = nil
	}
	return errors.Join(errs...)
}

// finish closes a delivery, writes its manifest and books it.
func (g *generator) finish(f *file) error {
	if err := errors.Join(f.Flush(), f.f.Close()); err != nil {
		return fmt.Errorf("write delivery %s: %w", f.f.Name(), err)
	}
	d := Delivery{File: filepath.Base(f.f.Name()), Source: f.source, Period: f.period, Rows: f.rows, Quarantined: map[string]int{}, Superseded: f.later}
	for i, n := range f.bad {
		if n > 0 {
			d.Quarantined[flaws[f.source][i].rule] += n
		}
	}
	if info, err := os.Stat(f.f.Name()); err == nil {
		g.bytes += info.Size()
	}
	g.delivered = append(g.delivered, d)
	return writeManifest(f)
}

func writeManifest(f *file) error {
	text, err := json.MarshalIndent(struct {
		Source    string `json:"source"`
		Period    string `json:"period"`
		IssuedAt  string `json:"issued_at"`
		Mode      string `json:"mode"`
		Synthetic bool   `json:"synthetic"`
	}{f.source, f.period, f.issued.time().Format(time.RFC3339), f.mode, true}, "", "  ")
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	if err := os.WriteFile(f.f.Name()+".manifest.json", append(text, '\n'), 0o640); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	return nil
}

func (g *generator) summary() Summary {
	s := Summary{Files: len(g.delivered), Bytes: g.bytes, Deliveries: g.delivered}
	for _, d := range g.delivered {
		s.Rows += d.Rows
		s.Superseded += d.Superseded
		for _, n := range d.Quarantined {
			s.Quarantined += n
		}
	}
	return s
}
