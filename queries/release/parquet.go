package release

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/parquet/file"
)

// ReadParquet reads the bytes of a published view's Parquet file. Columns must
// be exactly those of the header, in order: text, and numbers as DOUBLE. A cut
// or hostile file gives an error, never a panic.
func ReadParquet(ctx context.Context, header Header, data []byte) (*Frame, error) {
	table, err := ReadTable(ctx, header, data)
	if err != nil {
		return nil, err
	}
	return FrameOf(table), nil
}

// ParquetMetadata returns the key-value metadata of a Parquet file.
func ParquetMetadata(data []byte) (out map[string]string, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, fmt.Errorf("not a readable Parquet file: %v", p)
		}
	}()
	reader, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("not a readable Parquet file: %w", err)
	}
	defer reader.Close()
	out = map[string]string{}
	for _, pair := range reader.MetaData().KeyValueMetadata() {
		if pair.Value != nil {
			out[pair.Key] = *pair.Value
		}
	}
	return out, nil
}

// FileColumns returns the columns of a published view in file order.
func (h Header) FileColumns() []string {
	return slices.Concat([]string{"geo_level", "geo", "period_type", "period"}, h.Breakdowns,
		[]string{"measure", "numerator", "denominator", "value", "unit", "low", "high",
			"obs_status", "conf_status", "reason", "note_ids", "definition"})
}

// Numeric tells whether a column of a published view holds numbers.
func Numeric(column string) bool {
	return slices.Contains([]string{"numerator", "denominator", "value", "low", "high"}, column)
}

// maxRows bounds what a footer may ask us to reserve for one row group.
const maxRows = 2_000_000

func sameColumns(columns []string, reader *file.Reader) error {
	schema := reader.MetaData().Schema
	var got []string
	for i := range schema.NumColumns() {
		got = append(got, schema.Column(i).Path())
	}
	if !slices.Equal(got, columns) {
		return otherColumns(got, columns)
	}
	return nil
}

// otherColumns says which columns a file has too many and which it lacks; where
// only their order differs, both orders.
func otherColumns(got, want []string) error {
	var faults []string
	for _, c := range got {
		if !slices.Contains(want, c) {
			faults = append(faults, "column "+c+": unknown")
		}
	}
	for _, c := range want {
		if !slices.Contains(got, c) {
			faults = append(faults, "column "+c+": missing")
		}
	}
	if len(faults) == 0 {
		return fmt.Errorf("columns %s: expected %s", strings.Join(got, ","), strings.Join(want, ","))
	}
	return errors.New(strings.Join(faults, ", "))
}

// plainChunk opens a column of a row group that is no list and no struct, and
// tells whether its values may be NULL.
func plainChunk(group *file.RowGroupReader, i int) (chunk file.ColumnChunkReader, optional bool, err error) {
	chunk, err = group.Column(i)
	if err != nil {
		return nil, false, err
	}
	if chunk.Descriptor().MaxRepetitionLevel() > 0 || chunk.Descriptor().MaxDefinitionLevel() > 1 {
		return nil, false, errors.New("nested: expected a plain column")
	}
	return chunk, chunk.Descriptor().MaxDefinitionLevel() == 1, nil
}

// batch is how many values are read at once.
const batch = 4096

// eachValue calls set for every value that is not NULL, with the number of its
// row. A column that is shorter than its row group is an error.
func eachValue[T any](read func(int64, []T, []int16, []int16) (int64, int, error), optional bool, rows int, set func(int, T)) error {
	values, levels := make([]T, batch), make([]int16, batch)
	for n := 0; n < rows; {
		total, count, err := read(int64(min(batch, rows-n)), values, levels, nil)
		if err != nil {
			return err
		}
		if total == 0 {
			return fmt.Errorf("ends after %d of %d rows", n, rows)
		}
		at := 0
		for i := range int(total) {
			if optional && levels[i] == 0 {
				continue
			}
			if at >= count {
				return fmt.Errorf("row %d: no value where one was promised", n+i)
			}
			set(n+i, values[at])
			at++
		}
		n += int(total)
	}
	return nil
}
