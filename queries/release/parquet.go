package release

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
)

// ReadParquet reads the bytes of a published view's Parquet file. Columns must
// be exactly those of the header, in order: text, and numbers as DOUBLE. A cut
// or hostile file gives an error, never a panic.
func ReadParquet(ctx context.Context, header Header, data []byte) (*Frame, error) {
	f := &Frame{Header: header}
	err := eachGroup(ctx, header, data, func(rows []Row) error {
		f.Rows = append(f.Rows, rows...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// eachGroup calls do with the rows of each row group in turn.
func eachGroup(ctx context.Context, header Header, data []byte, do func([]Row) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("not a readable Parquet file: %v", p)
		}
	}()
	reader, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("not a readable Parquet file: %w", err)
	}
	defer reader.Close()
	return groupsOf(ctx, header, reader, do)
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

func groupsOf(ctx context.Context, header Header, reader *file.Reader, do func([]Row) error) error {
	columns := header.FileColumns()
	if err := sameColumns(columns, reader); err != nil {
		return err
	}
	intern := map[string]string{}
	for g := range reader.NumRowGroups() {
		if err := ctx.Err(); err != nil {
			return err
		}
		group := reader.RowGroup(g)
		if group.NumRows() > maxRows {
			return fmt.Errorf("row group %d: %d rows: expected at most %d", g, group.NumRows(), int64(maxRows))
		}
		rows := make([]Row, group.NumRows())
		for i := range rows {
			rows[i].By = make([]string, len(header.Breakdowns))
		}
		for i, name := range columns {
			if err := readColumn(group, i, name, header, rows, intern); err != nil {
				return fmt.Errorf("column %s: %w", name, err)
			}
		}
		if err := do(rows); err != nil {
			return err
		}
	}
	return nil
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
		return fmt.Errorf("columns %s: expected %s", strings.Join(got, ","), strings.Join(columns, ","))
	}
	return nil
}

func readColumn(group *file.RowGroupReader, i int, name string, header Header, rows []Row, intern map[string]string) error {
	chunk, optional, err := plainChunk(group, i)
	if err != nil {
		return err
	}
	if Numeric(name) {
		numbers, ok := chunk.(*file.Float64ColumnChunkReader)
		if !ok {
			return fmt.Errorf("type %s: expected a double", chunk.Type())
		}
		return eachValue(numbers.ReadBatch, optional, len(rows), func(n int, v float64) { *numberOf(&rows[n], name) = &v })
	}
	texts, ok := chunk.(*file.ByteArrayColumnChunkReader)
	if !ok {
		return fmt.Errorf("type %s: expected a text", chunk.Type())
	}
	by := slices.Index(header.Breakdowns, name)
	return eachValue(texts.ReadBatch, optional, len(rows), func(n int, v parquet.ByteArray) {
		value, known := intern[string(v)]
		if !known {
			value = string(v)
			intern[value] = value
		}
		setText(&rows[n], name, by, value)
	})
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

func numberOf(r *Row, column string) **float64 {
	switch column {
	case "numerator":
		return &r.Numerator
	case "denominator":
		return &r.Denominator
	case "low":
		return &r.Low
	case "high":
		return &r.High
	}
	return &r.Value
}

// setText puts a text where it belongs; by is its place among the breakdowns.
func setText(r *Row, column string, by int, value string) {
	if by >= 0 {
		r.By[by] = value
		return
	}
	switch column {
	case "geo_level":
		r.GeoLevel = value
	case "geo":
		r.Geo = value
	case "period_type":
		r.PeriodType = value
	case "period":
		r.Period = value
	case "measure":
		r.Measure = value
	case "unit":
		r.Unit = Unit(value)
	case "obs_status":
		r.Status = Status(value)
	case "conf_status":
		r.Conf = ConfStatus(value)
	case "reason":
		r.Reason = value
	case "note_ids":
		r.Notes = strings.Split(value, "|")
	case "definition":
		r.Definition = value
	}
}

// Check tells whether a frame keeps the promise of its statuses: no number
// stands under a status that hides it, and every shown value is there.
func (f *Frame) Check() error {
	var faults []error
	for i, r := range f.Rows {
		numbers := r.Numerator != nil || r.Denominator != nil || r.Value != nil || r.Low != nil || r.High != nil
		switch {
		case f.notReached(r) && (r.Value != nil || r.Low != nil || r.High != nil):
			faults = append(faults, fmt.Errorf("row %d: a value under reason %s", i+1, r.Reason))
		case slices.Contains([]Status{Confidential, CannotExist, Missing}, r.Status) && numbers && !f.notReached(r):
			faults = append(faults, fmt.Errorf("row %d: a number under status %s", i+1, r.Status))
		case r.Status == LowReliability && f.Header.Kind.HasParts() && (r.Value != nil || r.Low != nil || r.High != nil):
			faults = append(faults, fmt.Errorf("row %d: a value under status %s", i+1, r.Status))
		case r.Status.Shown() && r.Value == nil:
			faults = append(faults, fmt.Errorf("row %d: no value under status %s", i+1, r.Status))
		case (r.Status == Confidential) != (r.Conf == Hidden):
			faults = append(faults, fmt.Errorf("row %d: obs_status %s with conf_status %s", i+1, r.Status, r.Conf))
		}
		if len(faults) == 10 {
			break
		}
	}
	return errors.Join(faults...)
}

// notReached tells whether a row is an estimate that lies beyond what has been
// observed, such as a median that half of the cohort has not reached: it has
// no value, but the persons it rests on are known.
func (f *Frame) notReached(r Row) bool {
	return f.Header.Kind == Estimate && r.Status == Missing && r.Reason == NotReached
}
