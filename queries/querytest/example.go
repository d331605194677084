package querytest

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

const defaultGeography = "emilia-romagna"

// example is one archive read: what comes in, what must come out.
type example struct {
	geography string
	ledger    table
	raw       map[string]table // by contract
	rawOrder  []string
	reference map[string]table // by table
	where     string
	wants     []want
}

type want struct {
	section int    // of the archive
	view    string // "cubes.x" or "checks.x"
	table   table
}

// table is a CSV section: header and trimmed cells.
type table struct {
	columns []string
	rows    [][]string
}

func (t table) index(column string) int {
	for i, c := range t.columns {
		if c == column {
			return i
		}
	}
	return -1
}

var (
	rawSection       = regexp.MustCompile(`^raw\.([a-z_]+)\.csv$`)
	referenceSection = regexp.MustCompile(`^reference\.([a-z_]+)\.csv$`)
	wantSection      = regexp.MustCompile(`^want ((?:staging|marts|cubes|checks)\.[a-z0-9_]+)\.csv$`)
)

func readExample(a *archive) (*example, error) {
	e := &example{geography: defaultGeography, raw: map[string]table{}, reference: map[string]table{}}
	var faults []error
	if strings.TrimSpace(a.comment) == "" {
		faults = append(faults, errors.New("no claim: expected prose before the first section"))
	}
	for i, f := range a.sections {
		if err := e.take(i, f.name, f.data); err != nil {
			faults = append(faults, fmt.Errorf("section %s: %w", f.name, err))
		}
	}
	if len(e.wants) == 0 {
		faults = append(faults, errors.New("no section \"want <layer>.<view>.csv\""))
	}
	return e, errors.Join(faults...)
}

func (e *example) take(i int, name, data string) error {
	switch name {
	case "geography":
		e.geography = strings.TrimSpace(data)
		return nil
	case "want.where":
		e.where = strings.TrimSpace(data)
		return nil
	}
	content, err := readTable(data)
	if err != nil {
		return err
	}
	if name == "ledger.csv" {
		e.ledger = content
	} else if m := rawSection.FindStringSubmatch(name); m != nil {
		e.raw[m[1]] = content
		e.rawOrder = append(e.rawOrder, m[1])
	} else if m := referenceSection.FindStringSubmatch(name); m != nil {
		e.reference[m[1]] = content
	} else if m := wantSection.FindStringSubmatch(name); m != nil {
		e.wants = append(e.wants, want{section: i, view: m[1], table: content})
	} else {
		return errors.New("unknown; expected ledger.csv, raw.<contract>.csv, reference.<table>.csv, geography, want.where or want <layer>.<view>.csv")
	}
	return nil
}

func readTable(data string) (table, error) {
	reader := csv.NewReader(strings.NewReader(data))
	reader.Comment = '#'
	reader.TrimLeadingSpace = true
	var out table
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return out, err
		}
		for i := range record {
			record[i] = strings.TrimSpace(record[i])
		}
		if out.columns == nil {
			out.columns = record
			continue
		}
		out.rows = append(out.rows, record)
	}
	if out.columns == nil {
		return out, errors.New("empty: expected a header line")
	}
	return out, nil
}
