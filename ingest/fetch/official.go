package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"osservatorio/ingest/jsonstat"
	"osservatorio/ingest/sdmx"
)

// StructureSuffix is the ending of an SDMX structure message that lies beside
// a data message, for labels: rates.xml.structure.xml.
const StructureSuffix = ".structure.xml"

// official reads a message of official statistics; ok is false if the file is
// none. SDMX-ML states its own encoding and is told before any recoding, the
// others after it.
func (s *sniffer) official(ctx context.Context, head []byte, recoded bool) (t Table, ok bool, err error) {
	kind := sdmx.Recognise(head)
	switch {
	case kind != sdmx.Unknown && recoded == (kind == sdmx.CSV):
		t, err = s.converted(ctx, string(kind), func(message io.Reader, path string) (official, error) { return s.sdmx(ctx, message, path) })
	case recoded && jsonstat.Recognise(head):
		t, err = s.converted(ctx, "JSON-stat", func(message io.Reader, path string) (official, error) { return jsonStat(ctx, message, path) })
	default:
		return Table{}, false, nil
	}
	return t, true, err
}

// official is what became of a message.
type official struct {
	rows  int64
	notes []string
}

// converted writes a message as the CSV table that mapping SQL sees.
func (s *sniffer) converted(ctx context.Context, format string, convert func(io.Reader, string) (official, error)) (Table, error) {
	message, err := os.Open(s.now)
	if err != nil {
		return Table{}, fmt.Errorf("read %s: %w", s.given, err)
	}
	defer message.Close()
	path := filepath.Join(s.temp, "official.csv")
	done, err := convert(message, path)
	if err != nil {
		return Table{}, s.refused(err)
	}
	s.now = path
	s.note("format: %s, %d observations", format, done.rows)
	s.notes = append(s.notes, done.notes...)
	head, err := s.head()
	if err != nil {
		return Table{}, err
	}
	t, err := s.plainTable(head)
	if err != nil {
		return Table{}, err
	}
	if s.want.Watch != nil && !s.watched {
		return t, s.show(ctx, t.Path)
	}
	return t, nil
}

// plainTable is a table that we wrote: its dialect is known.
func (s *sniffer) plainTable(head []byte) (Table, error) {
	rows, _ := records(head, ',', '"', sampleRows+1, len(head) < sniffBytes)
	if len(rows) == 0 {
		return Table{}, s.refuse("", "a header of more than a MiB", "a table", "")
	}
	if err := s.checkHeader(rows[0]); err != nil {
		return Table{}, err
	}
	return Table{Path: s.now, Format: "csv", Header: rows[0], Sample: rows[1:],
		Dialect: Dialect{Delimiter: ",", Quote: `"`, Decimal: ".", Encoding: "utf-8"}}, nil
}

func (s *sniffer) sdmx(ctx context.Context, message io.Reader, path string) (official, error) {
	lists, err := s.structures()
	if err != nil {
		return official{}, err
	}
	table, err := sdmx.Create(path, sdmx.Options{Structures: lists})
	if err != nil {
		return official{}, err
	}
	if err := table.Add(ctx, message); err != nil {
		table.Discard()
		return official{}, err
	}
	sum, err := table.Close()
	return official{rows: sum.Rows, notes: sum.Notes}, err
}

// structures reads the structure message beside the delivery, if one lies
// there; a link is none.
func (s *sniffer) structures() (*sdmx.Structures, error) {
	beside := s.given + StructureSuffix
	info, err := os.Lstat(beside)
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil
	}
	message, err := os.Open(beside)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", beside, err)
	}
	defer message.Close()
	lists, err := sdmx.ReadStructures(message)
	var fault *sdmx.Fault
	if errors.As(err, &fault) {
		fault.Path = filepath.Base(beside)
	}
	if err == nil {
		s.note("labels: from %s", filepath.Base(beside))
	}
	return lists, err
}

func jsonStat(ctx context.Context, message io.Reader, path string) (official, error) {
	out, err := os.Create(path)
	if err != nil {
		return official{}, fmt.Errorf("write table: %w", err)
	}
	defer out.Close()
	sum, err := jsonstat.Write(ctx, message, out)
	if err != nil {
		return official{}, err
	}
	return official{rows: sum.Rows, notes: sum.Notes}, out.Close()
}

// refused turns a fault of a message into a refusal of the delivery.
func (s *sniffer) refused(err error) error {
	var message *sdmx.Fault
	if errors.As(err, &message) {
		found := message.Found
		if message.Path != "" {
			found = message.Path + ": " + found
		}
		return s.refuse(message.Where, found, message.Wanted, message.Advice)
	}
	var cube *jsonstat.Fault
	if errors.As(err, &cube) {
		return s.refuse(cube.Where, cube.Found, cube.Wanted, cube.Advice)
	}
	return err
}
