package ingest

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"osservatorio/ingest/contract"
	"osservatorio/ingest/fetch"
	"osservatorio/ingest/privacy"
	"osservatorio/warehouse"
)

// GiveBack writes the rows of a delivery that were put aside, for the supplier
// who sent them: CSV with line, column and rule before the delivery's own
// columns as they came (of a mapped source: the contract's, numbered from 1).
// A record that is no row of the table stands whole in the first column.
//
// The ledger keeps shapes and no values, so the rows are read again: from the
// file from, or if that is "" from the archive. Its checksum must be that of
// the delivery, the one of the source whose SHA-256 begins with prefix.
func GiveBack(ctx context.Context, o Options, s Source, prefix, from string, to io.Writer) (rows int, err error) {
	delivery, err := onlyDelivery(ctx, o.DB, s.Name, prefix)
	if err != nil {
		return 0, err
	}
	l := &loader{Options: o, source: s}
	l.Workers = cmp.Or(o.Workers, 1)
	if l.contract, err = contract.Load(s.Contract); err != nil {
		return 0, err
	}
	if from == "" {
		if from, err = archived(o.Archive, delivery); err != nil {
			return 0, err
		}
	}
	l.file = fetch.File{Path: from, Base: filepath.Base(from), Period: delivery.Period, IssuedAt: delivery.IssuedAt}
	guard := &privacy.Scanner{}
	if l.seen, err = fetch.Inspect(ctx, from, guard, nil); err != nil {
		return 0, err
	}
	if l.seen.SHA256 != delivery.SHA256 {
		return 0, refuse("give the very file that was delivered, decrypted if it comes from the archive",
			"give back rows of %s: %s: checksum %.12s: expected %.12s", delivery.File, from, l.seen.SHA256, delivery.SHA256)
	}
	faults, err := o.DB.Faults(ctx, delivery.LoadID)
	if err != nil {
		return 0, err
	}
	dir, remove, err := workFolder(o)
	if err != nil {
		return 0, fmt.Errorf("make work folder: %w", err)
	}
	defer remove()
	return l.giveBack(ctx, dir, guard, faults, to)
}

// onlyDelivery finds the one delivery that a prefix of its checksum names.
func onlyDelivery(ctx context.Context, db *warehouse.DB, source, prefix string) (warehouse.Known, error) {
	known, err := db.Deliveries(ctx, source, prefix)
	if err != nil {
		return warehouse.Known{}, err
	}
	if len(known) != 1 {
		return warehouse.Known{}, refuse("osservatorio quarantine "+source+" lists the checksums",
			"give back rows of %s: %d deliveries whose checksum begins with %q: expected one", source, len(known), prefix)
	}
	return known[0], nil
}

// archived finds a delivery in the archive, in plain text.
func archived(archive string, d warehouse.Known) (string, error) {
	paths := copies(archive, d)
	path := paths[0]
	_, err := os.Stat(path)
	if err == nil {
		return path, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("give back rows of %s: %w", d.File, err)
	}
	if _, err := os.Stat(paths[1]); err == nil {
		return "", refuse("decrypt it where the private key is (age -d) or take the supplier's own file, and give it with --from FILE",
			"give back rows of %s: its copy in the archive is encrypted, and the key to it is not kept here", d.File)
	}
	return "", refuse("take the supplier's own file and give it with --from FILE",
		"give back rows of %s: no copy of it in %s", d.File, archive)
}

func (l *loader) giveBack(ctx context.Context, dir string, guard *privacy.Scanner, faults map[int64]warehouse.Fault, to io.Writer) (int, error) {
	table, err := l.open(ctx, dir, guard)
	if err != nil {
		return 0, err
	}
	defer table.Close()
	first := table.HeaderLine()
	if table.Parquet() {
		if table, err = l.asText(ctx, table, dir); err != nil {
			return 0, err
		}
		first = 0
	}
	in, err := os.Open(table.Path)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", table.Path, err)
	}
	defer in.Close()
	out := csv.NewWriter(to)
	if err := out.Write(append([]string{"line", "column", "rule"}, table.Header...)); err != nil {
		return 0, err
	}
	rows := 0
	s := &spooler{table: table, first: first, workers: 1}
	err = s.records(ctx, in, func(line int64, cells []string, text string) error {
		fault, ok := faults[line]
		if !ok {
			return nil
		}
		rows++
		if cells == nil {
			cells = append([]string{text}, make([]string, len(table.Header)-1)...)
		}
		return out.Write(append([]string{strconv.FormatInt(line, 10), fault.Column, fault.Rule}, cells...))
	})
	out.Flush()
	if err := errors.Join(err, out.Error()); err != nil {
		return rows, err
	}
	if rows != len(faults) {
		return rows, fmt.Errorf("give back rows of %s: %d of %d lines found", l.file.Base, rows, len(faults))
	}
	return rows, l.seen.Unchanged()
}

// records calls each for every record of the file in order: its first line,
// its cells, or nil and the record's text where it is no row of the table.
func (s *spooler) records(ctx context.Context, in io.Reader, each func(line int64, cells []string, text string) error) error {
	free := make(chan *block, 1)
	free <- &block{}
	var failed error
	err := s.cut(ctx, in, free, func(b *block) bool {
		sc := scanner{data: b.data, line: b.line, last: true, delim: firstByte(s.table.Delimiter), quote: firstByte(s.table.Quote)}
		for from := 0; sc.next(); from = sc.pos {
			var cells []string
			if sc.fault == "" && len(sc.fields) == len(s.table.Header) {
				for _, f := range sc.fields {
					cells = append(cells, strings.ToValidUTF8(string(f), "\uFFFD"))
				}
			}
			text := strings.ToValidUTF8(strings.Trim(string(b.data[from:sc.pos]), "\r\n"), "\uFFFD")
			if failed = each(sc.start, cells, text); failed != nil {
				return false
			}
		}
		free <- b
		return true
	})
	return errors.Join(failed, err)
}
