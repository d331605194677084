package sdmx

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

var componentID = regexp.MustCompile(`^[A-Za-z0-9_@$-]+$`)

// csvColumn is a column of an SDMX-CSV message.
type csvColumn struct {
	name     string
	labelled bool // cells read "code: label"
}

// addCSV reads SDMX-CSV 1.0 (DATAFLOW first) or 2.0 (STRUCTURE, STRUCTURE_ID,
// ACTION). With labels=both headers and cells read "code: label" and are taken
// apart. Brackets that mark cells of several values fall from the name; the
// cells stay as they are.
func (t *Table) addCSV(ctx context.Context, text *bufio.Reader) error {
	r := csv.NewReader(text)
	head, _ := text.Peek(1 << 12)
	r.Comma, r.ReuseRecord = delimiter(head), true
	header, err := r.Read()
	if err != nil {
		return csvFault(err)
	}
	columns := make([]csvColumn, len(header))
	seen := map[string]bool{}
	for i, h := range header {
		columns[i] = csvHeader(h)
		if seen[columns[i].name] {
			return &Fault{Op: "read", Where: at(1, i+1), Found: fmt.Sprintf("the name %q stands twice", columns[i].name), Wanted: "each component once"}
		}
		seen[columns[i].name] = true
	}
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		record, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return csvFault(err)
		}
		if err := t.csvRow(columns, record); err != nil {
			return err
		}
	}
}

// delimiter is what follows the first name of the header.
func delimiter(head []byte) rune {
	line, _, _ := strings.Cut(string(head), "\n")
	for _, r := range line {
		if r == ';' && !strings.HasPrefix(line, "STRUCTURE[;]") || r == ',' || r == '\t' {
			return r
		}
	}
	return ','
}

func csvHeader(text string) csvColumn {
	id, _, labelled := strings.Cut(strings.TrimSpace(text), ":")
	if at := strings.IndexByte(id, '['); at > 0 && strings.HasSuffix(id, "]") {
		id = id[:at]
	}
	if !componentID.MatchString(id) {
		return csvColumn{name: strings.TrimSpace(text)}
	}
	return csvColumn{name: id, labelled: labelled || id == "DATAFLOW" || id == "STRUCTURE_ID"}
}

func (t *Table) csvRow(columns []csvColumn, record []string) error {
	for i, c := range columns {
		value, label := record[i], ""
		if c.labelled {
			value, label = parted(value)
		}
		if err := t.set(c.name, value, true); err != nil {
			return err
		}
		if label == "" {
			continue
		}
		if err := t.set(c.name+"_label", label, true); err != nil {
			return err
		}
	}
	return t.end()
}

// parted takes "A: Annual" apart. Text with a colon of its own stays whole: a
// code has no space.
func parted(cell string) (code, label string) {
	code, label, found := strings.Cut(cell, ": ")
	if !found || strings.ContainsAny(code, " \t") || code == "" {
		return cell, ""
	}
	return code, label
}

func csvFault(err error) error {
	if err == io.EOF {
		return &Fault{Op: "read", Found: "an empty message", Wanted: "a header of SDMX-CSV"}
	}
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return &Fault{Op: "read", Where: at(parse.Line, parse.Column), Found: parse.Err.Error(), Wanted: "SDMX-CSV with as many fields in each row as in the header",
			Advice: "the message may have been cut on its way: ask for it again"}
	}
	return fmt.Errorf("read SDMX-CSV: %w", err)
}
