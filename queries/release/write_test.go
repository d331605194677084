package release

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
)

// many is a table of several row groups: 40 territories on two levels, with a
// hidden cell in every tenth row.
func many(rows int) *Table {
	h := Header{View: "many", Breakdowns: []string{"sex"}}
	t := &Table{Header: h, Rows: rows}
	for _, name := range h.FileColumns() {
		c := Column{Name: name}
		for i := 0; i < 3 && name != "geo"; i++ {
			c.Words = append(c.Words, fmt.Sprintf("%s %d, \"è\"", name, i))
		}
		for i := range rows {
			hidden := i%10 == 0
			switch {
			case Numeric(name):
				c.Values, c.Null = append(c.Values, float64(i)/4), append(c.Null, hidden)
				if hidden {
					c.Values[i] = 0
				}
			case name == "reason" || name == "note_ids" && hidden:
				c.Codes = append(c.Codes, -1)
			case name == "geo":
				if code := i * 40 / rows; code == len(c.Words) {
					c.Words = append(c.Words, fmt.Sprintf("G%02d", (code+13)%40))
				}
				c.Codes = append(c.Codes, int32(len(c.Words)-1))
			default:
				c.Codes = append(c.Codes, int32(i%3))
			}
		}
		t.Columns = append(t.Columns, c)
	}
	return t
}

func writtenTable(t *testing.T, table *Table) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := WriteParquet(&out, table, [][2]string{{"title", "Molti"}}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestATableReadsBackAsItWasWritten(t *testing.T) {
	for _, rows := range []int{0, 1, 7, pageRows + 1, 3 * groupRows} {
		table := many(rows)
		data := writtenTable(t, table)
		if !bytes.Equal(data, writtenTable(t, many(rows))) {
			t.Errorf("%d rows: the same table gave other bytes", rows)
		}
		back, err := ReadTable(t.Context(), table.Header, data)
		if err != nil {
			t.Fatalf("%d rows: %v", rows, err)
		}
		if back.Rows != rows {
			t.Fatalf("got %d rows, want %d", back.Rows, rows)
		}
		for i := range table.Columns {
			a, b := &table.Columns[i], &back.Columns[i]
			if !slices.Equal(a.Values, b.Values) || !slices.Equal(a.Null, b.Null) {
				t.Errorf("%d rows, column %s: numbers differ", rows, a.Name)
			}
			for row := range a.Codes {
				if a.Text(row) != b.Text(row) || a.Codes[row] < 0 != (b.Codes[row] < 0) {
					t.Fatalf("column %s, row %d: got %q, want %q", a.Name, row, b.Text(row), a.Text(row))
				}
			}
		}
		said, err := ParquetMetadata(data)
		if err != nil || said["title"] != "Molti" {
			t.Errorf("%d rows: the file says %v, %v", rows, said, err)
		}
	}
}

// A reader who wants one territory must find it in one row group, without the
// pages of the others.
func TestAFileServesWhoAsksForOneTerritory(t *testing.T) {
	table := many(3 * groupRows)
	data := writtenTable(t, table)
	reader, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if reader.NumRowGroups() < 2 {
		t.Fatalf("%d row groups", reader.NumRowGroups())
	}
	geo, seen := 1, map[string]int{}
	for g := range reader.NumRowGroups() {
		chunk, err := reader.MetaData().RowGroup(g).ColumnChunk(geo)
		if err != nil {
			t.Fatal(err)
		}
		if chunk.BloomFilterOffset() == 0 {
			t.Errorf("row group %d: no bloom filter of territories", g)
		}
		if len(reader.MetaData().RowGroup(g).SortingColumns()) != 6 {
			t.Errorf("row group %d does not say how it is sorted", g)
		}
		rows := int(reader.MetaData().RowGroup(g).NumRows())
		column, _ := table.Column("geo")
		from := 0
		for before := range g {
			from += int(reader.MetaData().RowGroup(before).NumRows())
		}
		for row := from; row < from+rows; row++ {
			if row == from || column.Codes[row] != column.Codes[row-1] {
				seen[column.Text(row)]++
			}
		}
		pages, err := reader.GetPageIndexReader().RowGroup(g)
		if err != nil || pages == nil {
			t.Fatalf("row group %d: no page index: %v", g, err)
		}
		offsets, err := pages.GetOffsetIndex(geo)
		if err != nil || offsets == nil || len(offsets.GetPageLocations()) < 2 {
			t.Errorf("row group %d: no pages to skip: %v", g, err)
		}
	}
	for code, groups := range seen {
		if groups != 1 {
			t.Errorf("territory %s lies in %d row groups", code, groups)
		}
	}
}

// What the footer says of a column is no more than what its rows show.
func TestFootersTellNothingThatRowsDoNotShow(t *testing.T) {
	table := many(pageRows)
	data := writtenTable(t, table)
	reader, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for i, c := range table.Columns {
		chunk, err := reader.MetaData().RowGroup(0).ColumnChunk(i)
		if err != nil {
			t.Fatal(err)
		}
		stats, err := chunk.Statistics()
		if err != nil {
			t.Fatal(err)
		}
		if chunk.BloomFilterOffset() != 0 {
			t.Errorf("%s: a bloom filter in a file of one row group", c.Name)
		}
		nulls := 0
		for row := range table.Rows {
			if c.Codes != nil && c.Codes[row] < 0 || c.Null != nil && c.Null[row] {
				nulls++
			}
		}
		if stats != nil && stats.NullCount() != int64(nulls) {
			t.Errorf("%s: the footer counts %d NULL of %d", c.Name, stats.NullCount(), nulls)
		}
	}
}

// The place of a NULL may hold anything in memory: not a bit of it may reach
// the file, neither pages nor dictionaries nor statistics.
func TestWhatLiesUnderNULLIsNotWritten(t *testing.T) {
	clean, dirty := many(pageRows+1), many(pageRows+1)
	hidden := 0
	for i := range dirty.Columns {
		c := &dirty.Columns[i]
		for row, null := range c.Null {
			if null {
				c.Values[row] = -7777.25
				hidden++
			}
		}
	}
	if hidden < 1000 {
		t.Fatalf("%d hidden numbers: the test shows little", hidden)
	}
	if !bytes.Equal(writtenTable(t, clean), writtenTable(t, dirty)) {
		t.Error("what lies under NULL changes the file")
	}
}

// Least and greatest values in the footer are values that rows show.
func TestStatisticsAreOfShownValues(t *testing.T) {
	table := many(pageRows)
	reader, err := file.NewParquetReader(bytes.NewReader(writtenTable(t, table)))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	looked := 0
	for i := range table.Columns {
		c := &table.Columns[i]
		chunk, err := reader.MetaData().RowGroup(0).ColumnChunk(i)
		if err != nil {
			t.Fatal(err)
		}
		stats, err := chunk.Statistics()
		if err != nil || stats == nil {
			t.Fatalf("%s: no statistics: %v", c.Name, err)
		}
		numbers, ok := stats.(*metadata.Float64Statistics)
		if !ok {
			continue
		}
		looked++
		for _, v := range []float64{numbers.Min(), numbers.Max()} {
			if at := slices.Index(c.Values, v); at < 0 || c.Null[at] {
				t.Errorf("%s: the footer says %v, which no row shows", c.Name, v)
			}
		}
	}
	if looked != 5 {
		t.Errorf("%d columns of numbers looked at", looked)
	}
}
