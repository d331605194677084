package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Map runs the operator's mapping over a table: one SELECT over the view
// delivery, whose columns are all VARCHAR as read and have the names of the
// header. It runs in a database of its own that reaches nothing but the
// delivery. The result is a Parquet table in tempDir ("" is the system's);
// the given table stays open and stays the caller's to close.
func Map(ctx context.Context, table Table, sqlText, tempDir string) (Table, error) {
	temp, err := os.MkdirTemp(tempDir, "mapped-")
	if err != nil {
		return Table{}, fmt.Errorf("map %s: %w", table.Inspection.Path, err)
	}
	mapped, err := mapInto(ctx, table, sqlText, temp)
	if err != nil && !table.Parquet() && strings.Contains(err.Error(), "invalid state") {
		// DuckDB's reader wants one kind of line end throughout a file.
		if table.Path, err = evenLines(ctx, table.Path, temp, false); err == nil {
			table.Notes = append(slices.Clone(table.Notes), "line ends: of two kinds, made one")
			mapped, err = mapInto(ctx, table, sqlText, temp)
		}
	}
	if err != nil {
		os.RemoveAll(temp)
		return Table{}, notMapped(table, err)
	}
	return mapped, nil
}

func mapInto(ctx context.Context, table Table, sqlText, temp string) (Table, error) {
	abs, err := filepath.Abs(filepath.Join(temp, "mapped.parquet"))
	if err != nil {
		return Table{}, err
	}
	from := table
	if table.Parquet() {
		from.Format = "parquet"
	}
	box, err := open(ctx, from, abs, temp)
	if err != nil {
		return Table{}, err
	}
	defer box.Close()
	rows, err := box.Map(ctx, sqlText)
	if err != nil {
		return Table{}, err
	}
	mapped := Table{
		Path: abs, Format: "parquet", Dialect: Dialect{Decimal: ".", Encoding: "utf-8"},
		Inspection: table.Inspection, temp: temp, memory: table.memory, threads: table.threads,
		Notes: append(slices.Clone(table.Notes), fmt.Sprintf("mapping: %d rows", rows)),
	}
	result, err := open(ctx, mapped, "", temp)
	if err != nil {
		return Table{}, err
	}
	defer result.Close()
	mapped.Header, mapped.Sample, err = result.Head(ctx, sampleRows)
	return mapped, err
}

// evenLines copies a text with every line end a line feed; alone makes one of
// a carriage return without a line feed too.
func evenLines(ctx context.Context, path, temp string, alone bool) (string, error) {
	in, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer in.Close()
	to := filepath.Join(temp, "even.csv")
	file, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	defer file.Close()
	held := false // a carriage return that ended the last block
	var text []byte
	write := func(text []byte) error {
		even := bytes.ReplaceAll(text, []byte("\r\n"), []byte{'\n'})
		if alone {
			even = bytes.ReplaceAll(even, []byte{'\r'}, []byte{'\n'})
		}
		_, err := file.Write(even)
		return err
	}
	_, err = pass(ctx, in, nil, func(block []byte) error {
		if text = text[:0]; held {
			text = append(text, '\r')
		}
		text = append(text, block...)
		if held = bytes.HasSuffix(text, []byte{'\r'}); held {
			text = text[:len(text)-1]
		}
		return write(text)
	})
	if err == nil && held {
		err = write([]byte{'\r'})
	}
	return to, errors.Join(err, file.Close())
}

// lineTold is how the sandbox tells of a row that is none.
var lineTold = regexp.MustCompile(`line ([0-9]+): (.*)`)

// notMapped tells of a fault by the line of the delivery: what lies before the
// header is not in the copy that was read.
func notMapped(table Table, err error) error {
	r := &Refusal{Op: "map", Path: table.Inspection.Path, Found: oneLine(err), Advice: "the mapping is one SELECT over delivery, whose columns are text as in the file"}
	m := lineTold.FindStringSubmatch(r.Found)
	if m == nil {
		return r
	}
	if n, err := strconv.ParseInt(m[1], 10, 64); err == nil {
		r.Where, r.Found = line(n+table.HeaderLine()-1), m[2]
		r.Advice = "if it is a note or a total below the table, leave it out with footer in [source.table]; else all rows must be of one width"
	}
	return r
}
