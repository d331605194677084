package release

import (
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// Rows of a row group and of a page of the files we write. Both end where a
// territory ends once they hold the lesser number, so that a reader who asks
// for one territory fetches little else, and at the latest at the greater one.
const (
	groupRows, groupRowsMost = 65_536, 131_072
	pageRows, pageRowsMost   = 16_384, 32_768
)

// WriteParquet writes a table as a Parquet file: zstd, in the order of its
// rows, with statistics, page index and what meta says in pairs. Where a file
// has several row groups they get bloom filters of their territories, which
// statistics tell badly where a group spans two levels. The same table and
// meta give the same bytes.
func WriteParquet(out io.Writer, t *Table, meta [][2]string) error {
	said := metadata.NewKeyValueMetadata()
	for _, pair := range meta {
		if err := said.Append(pair[0], pair[1]); err != nil {
			return fmt.Errorf("write Parquet: %s: %w", pair[0], err)
		}
	}
	columns, err := nodesOf(t)
	if err != nil {
		return fmt.Errorf("write Parquet: %w", err)
	}
	groups := t.cuts(0, t.Rows, groupRows, groupRowsMost)
	w, err := file.NewParquetWriterWithError(out, columns,
		file.WithWriterProps(t.properties(len(groups))), file.WithWriteMetadata(said))
	if err != nil {
		return fmt.Errorf("write Parquet: %w", err)
	}
	from := 0
	for _, to := range groups {
		group, err := w.AppendRowGroupChecked()
		if err == nil {
			err = t.writeGroup(group, from, to)
		}
		if err != nil {
			return fmt.Errorf("write Parquet: rows %d to %d: %w", from+1, to, err)
		}
		from = to
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("write Parquet: %w", err)
	}
	return nil
}

// properties: format 1.0 and pages of version 1, which old readers know too.
// Pages end where writeColumn says, never by their size.
func (t *Table) properties(groups int) *parquet.WriterProperties {
	options := []parquet.WriterProperty{
		parquet.WithVersion(parquet.V1_0), parquet.WithDataPageVersion(parquet.DataPageV1), parquet.WithDataPageSize(1 << 30),
		parquet.WithCompression(compress.Codecs.Zstd), parquet.WithStats(true), parquet.WithPageIndexEnabled(true),
	}
	var sorted []parquet.SortingColumn
	for i, c := range t.Columns {
		sorted = append(sorted, parquet.SortingColumn{ColumnIdx: int32(i)})
		if c.Name == "measure" {
			break
		}
	}
	options = append(options, parquet.WithSortingColumns(sorted))
	if geo, ok := t.Column("geo"); ok && groups > 1 {
		options = append(options, parquet.WithBloomFilterEnabledFor("geo", true), parquet.WithBloomFilterNDVFor("geo", int64(len(geo.Words))))
	}
	return parquet.NewWriterProperties(options...)
}

func nodesOf(t *Table) (*schema.GroupNode, error) {
	var fields schema.FieldList
	for _, c := range t.Columns {
		node, err := nodeOf(c.Name)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		fields = append(fields, node)
	}
	return schema.NewGroupNode("schema", parquet.Repetitions.Required, fields, -1)
}

func nodeOf(column string) (schema.Node, error) {
	if Numeric(column) {
		return schema.NewPrimitiveNode(column, parquet.Repetitions.Optional, parquet.Types.Double, -1, -1)
	}
	return schema.NewPrimitiveNodeLogical(column, parquet.Repetitions.Optional, schema.StringLogicalType{}, parquet.Types.ByteArray, 0, -1)
}

// cuts are the ends of the pieces of the rows from..to: where the territory
// changes once a piece has least rows, or at most rows.
func (t *Table) cuts(from, to, least, most int) []int {
	var out []int
	geo, ok := t.Column("geo")
	start := from
	for i := from + 1; i < to; i++ {
		if i-start >= most || ok && i-start >= least && geo.Codes[i] != geo.Codes[i-1] {
			out, start = append(out, i), i
		}
	}
	if to > from {
		out = append(out, to)
	}
	return out
}

func (t *Table) writeGroup(group file.SerialRowGroupWriter, from, to int) error {
	pages := t.cuts(from, to, pageRows, pageRowsMost)
	var buffer pageBuffer
	for i := range t.Columns {
		c := &t.Columns[i]
		chunk, err := group.NextColumn()
		if err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
		start := from
		for _, end := range pages {
			if err := buffer.write(chunk, c, start, end); err != nil {
				return fmt.Errorf("column %s: %w", c.Name, err)
			}
			start = end
		}
		if err := chunk.Close(); err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	return group.Close()
}

// pageBuffer holds the values of one page.
type pageBuffer struct {
	levels  []int16 // 1 where there is a value
	texts   []parquet.ByteArray
	numbers []float64
	words   []parquet.ByteArray // of the column at hand
	column  *Column
}

// write makes one page of the rows from..to of a column.
func (b *pageBuffer) write(chunk file.ColumnChunkWriter, c *Column, from, to int) error {
	b.levels = b.levels[:0]
	switch w := chunk.(type) {
	case *file.Float64ColumnChunkWriter:
		b.fillNumbers(c, from, to)
		if _, err := w.WriteBatch(b.numbers, b.levels, nil); err != nil {
			return err
		}
		return w.FlushCurrentPage()
	case *file.ByteArrayColumnChunkWriter:
		b.fillTexts(c, from, to)
		if _, err := w.WriteBatch(b.texts, b.levels, nil); err != nil {
			return err
		}
		return w.FlushCurrentPage()
	}
	return fmt.Errorf("type %s: expected a text or a double", chunk.Type())
}

func (b *pageBuffer) fillNumbers(c *Column, from, to int) {
	b.numbers = b.numbers[:0]
	for i := from; i < to; i++ {
		if c.Null[i] {
			b.levels = append(b.levels, 0)
			continue
		}
		b.levels, b.numbers = append(b.levels, 1), append(b.numbers, c.Values[i])
	}
}

func (b *pageBuffer) fillTexts(c *Column, from, to int) {
	if b.column != c {
		b.column, b.words = c, b.words[:0]
		for _, w := range c.Words {
			b.words = append(b.words, parquet.ByteArray(w))
		}
	}
	b.texts = b.texts[:0]
	for i := from; i < to; i++ {
		if c.Codes[i] < 0 {
			b.levels = append(b.levels, 0)
			continue
		}
		b.levels, b.texts = append(b.levels, 1), append(b.texts, b.words[c.Codes[i]])
	}
}
