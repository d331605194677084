package release

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
)

// Table is a published view column by column: what files of data are written
// from and what a Frame reads.
type Table struct {
	Header  Header
	Rows    int
	Columns []Column // in file order
}

// Column is one column of a Table: texts as numbers into Words, or numbers.
type Column struct {
	Name   string
	Words  []string  // the texts that occur, each once, in order of appearance
	Codes  []int32   // of a text column: one a row, place in Words, -1 for NULL
	Values []float64 // of a column of numbers: one a row
	Null   []bool    // of a column of numbers: one a row, true where there is none
}

// Column returns the column of that name and whether the table has it.
func (t *Table) Column(name string) (*Column, bool) {
	i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return nil, false
	}
	return &t.Columns[i], true
}

// Text returns the text of a row, "" for NULL.
func (c *Column) Text(row int) string {
	if c.Codes[row] < 0 {
		return ""
	}
	return c.Words[c.Codes[row]]
}

// ReadTable reads the bytes of a view's Parquet file as columns. Columns must be
// exactly those of the header, in order. A cut or hostile file gives an error,
// never a panic.
func ReadTable(ctx context.Context, header Header, data []byte) (table *Table, err error) {
	defer func() {
		if p := recover(); p != nil {
			table, err = nil, fmt.Errorf("not a readable Parquet file: %v", p)
		}
	}()
	reader, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("not a readable Parquet file: %w", err)
	}
	defer reader.Close()
	names := header.FileColumns()
	if err := sameColumns(names, reader); err != nil {
		return nil, err
	}
	t := &Table{Header: header}
	for _, name := range names {
		t.Columns = append(t.Columns, Column{Name: name})
	}
	fill := filling{table: t, seen: make([]map[string]int32, len(names)), most: int(min(reader.NumRows(), maxRows))}
	for g := range reader.NumRowGroups() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := fill.group(g, reader.RowGroup(g)); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// filling is a table in the making; seen finds the words of each column.
type filling struct {
	table *Table
	seen  []map[string]int32
	most  int // rows to make room for at once
}

func (f *filling) group(number int, group *file.RowGroupReader) error {
	if group.NumRows() > maxRows {
		return fmt.Errorf("row group %d: %d rows: expected at most %d", number, group.NumRows(), int64(maxRows))
	}
	for i := range f.table.Columns {
		if err := f.column(i, group); err != nil {
			return fmt.Errorf("column %s: %w", f.table.Columns[i].Name, err)
		}
	}
	f.table.Rows += int(group.NumRows())
	return nil
}

func (f *filling) column(i int, group *file.RowGroupReader) error {
	c, from, rows := &f.table.Columns[i], f.table.Rows, int(group.NumRows())
	chunk, optional, err := plainChunk(group, i)
	if err != nil {
		return err
	}
	if Numeric(c.Name) {
		numbers, ok := chunk.(*file.Float64ColumnChunkReader)
		if !ok {
			return fmt.Errorf("type %s: expected a double", chunk.Type())
		}
		c.Values, c.Null = slices.Grow(c.Values, max(0, f.most-from)), slices.Grow(c.Null, max(0, f.most-from))
		c.Values, c.Null = append(c.Values, make([]float64, rows)...), append(c.Null, slices.Repeat([]bool{true}, rows)...)
		return eachValue(numbers.ReadBatch, optional, rows, func(n int, v float64) { c.Values[from+n], c.Null[from+n] = v, false })
	}
	texts, ok := chunk.(*file.ByteArrayColumnChunkReader)
	if !ok {
		return fmt.Errorf("type %s: expected a text", chunk.Type())
	}
	c.Codes = slices.Grow(c.Codes, max(0, f.most-from))
	c.Codes = append(c.Codes, slices.Repeat([]int32{-1}, rows)...)
	return eachValue(texts.ReadBatch, optional, rows, func(n int, v parquet.ByteArray) { c.Codes[from+n] = f.code(i, v) })
}

// code is the place of a word among the words of its column.
func (f *filling) code(i int, word []byte) int32 {
	if f.seen[i] == nil {
		f.seen[i] = map[string]int32{}
	}
	code, known := f.seen[i][string(word)]
	if !known {
		c := &f.table.Columns[i]
		code = int32(len(c.Words))
		c.Words = append(c.Words, string(word))
		f.seen[i][c.Words[code]] = code
	}
	return code
}
