package fetch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
	if err != nil {
		os.RemoveAll(temp)
		return Table{}, &Refusal{Op: "map", Path: table.Inspection.Path, Found: oneLine(err), Advice: "the mapping is one SELECT over delivery, whose columns are text as in the file"}
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
