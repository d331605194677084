package site

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/flate"

	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// extractRoot is where the files of territories stand, named by their code.
const extractRoot = "/territory/"

// extract is all that the release says of one territory, as two files: a CSV in
// a ZIP, which opens everywhere by a double click, and a Parquet for programs.
type extract struct {
	Geo          string
	Zip, Parquet string // addresses
	Rows         int
}

// extractHeader stands for the columns of the files of a territory: those of
// every published view, with the name of the view and what breaks it down in
// place of its own breakdowns, since each view has others ("sex=F;age_band=15-24",
// "_T" for all).
func extractHeader() release.Header {
	return release.Header{View: "territory", Breakdowns: []string{"view", "breakdown"}}
}

func extractColumns() []string { return extractHeader().FileColumns() }

// extractRow is one published cell as a line of such a file, a text a column.
type extractRow []string

// writeExtracts writes the files of every territory that has a page. It reads
// the published cells and nothing else, so a hidden value is hidden here too.
func (b *builder) writeExtracts() error {
	var geos []string
	for _, p := range b.dashboards[words.Langs[0]] {
		if p.Geo != "" && p.ID != pageHome {
			geos = append(geos, p.Geo)
		}
	}
	done := make([]extract, len(geos))
	err := b.parallel("extracts", len(geos), func(i int) error {
		var err error
		done[i], err = b.writeExtract(geos[i])
		return err
	})
	b.extracts = map[string]extract{}
	for _, e := range done {
		b.extracts[e.Geo] = e
	}
	return err
}

func (b *builder) writeExtract(geo string) (extract, error) {
	e := extract{Geo: geo, Zip: extractRoot + geo + ".zip", Parquet: extractRoot + geo + ".parquet"}
	rows, err := b.extractRows(geo)
	if err != nil {
		return e, fmt.Errorf("extract %s: %w", geo, err)
	}
	e.Rows = len(rows)
	for _, f := range []struct {
		at   string
		fill func(io.Writer) error
	}{
		{e.Zip, func(w io.Writer) error { return zipCSV(w, geo+".csv", rows) }},
		{e.Parquet, func(w io.Writer) error { return b.extractParquet(w, geo, rows) }},
	} {
		var file bytes.Buffer
		if err := f.fill(&file); err != nil {
			return e, fmt.Errorf("extract %s: %w", geo, err)
		}
		if err := b.out.plain(strings.TrimPrefix(f.at, "/"), file.Bytes()); err != nil {
			return e, err
		}
	}
	return e, nil
}

func (b *builder) extractParquet(w io.Writer, geo string, rows []extractRow) error {
	table, err := extractTable(rows)
	if err != nil {
		return err
	}
	return release.WriteParquet(w, table, b.extractMeta(geo))
}

// extractRows are the published cells of a territory, ordered by their columns
// from the first to the measure.
func (b *builder) extractRows(geo string) ([]extractRow, error) {
	var out []extractRow
	columns := extractColumns()
	for _, h := range b.rel.Info.Views {
		frame, err := b.rel.Frame(b.ctx, h.View)
		if err != nil {
			return nil, err
		}
		for _, r := range frame.Where(release.Select{Geo: geo, AnyBreakdown: true}) {
			out = append(out, extractRowOf(columns, h, r))
		}
	}
	key := slices.Index(columns, "measure") + 1
	slices.SortStableFunc(out, func(a, b extractRow) int { return slices.Compare(a[:key], b[:key]) })
	return out, nil
}

func extractRowOf(columns []string, h release.Header, r release.Row) extractRow {
	row := make(extractRow, len(columns))
	for i, column := range columns {
		switch column {
		case "view":
			row[i] = h.View
		case "breakdown":
			row[i] = brokenBy(h, r)
		default:
			row[i] = r.Text(h, column, plainNumber)
		}
	}
	return row
}

// brokenBy writes what breaks a cell down, in the order of the view's columns.
func brokenBy(h release.Header, r release.Row) string {
	var parts []string
	for i, code := range r.By {
		if code != release.Total {
			parts = append(parts, h.Breakdowns[i]+"="+code)
		}
	}
	if len(parts) == 0 {
		return release.Total
	}
	return strings.Join(parts, ";")
}

// plainNumber writes a number as the files of the release do, "" where there is none.
func plainNumber(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', -1, 64)
}

// zipCSV writes the rows as the one file of an archive. It bears no time, so that
// the same rows give the same bytes.
func zipCSV(w io.Writer, name string, rows []extractRow) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, gzipLevel) })
	file, err := z.Create(name)
	if err != nil {
		return err
	}
	lines := csv.NewWriter(file)
	if err := lines.Write(extractColumns()); err != nil {
		return err
	}
	for _, row := range rows {
		if err := lines.Write(row); err != nil {
			return err
		}
	}
	lines.Flush()
	if err := lines.Error(); err != nil {
		return err
	}
	return z.Close()
}

// extractTable is the rows as a Parquet file wants them; "" is no text.
func extractTable(rows []extractRow) (*release.Table, error) {
	t := &release.Table{Header: extractHeader(), Rows: len(rows)}
	for at, name := range extractColumns() {
		c := release.Column{Name: name}
		fill := textColumn
		if release.Numeric(name) {
			fill = numberColumn
		}
		if err := fill(&c, at, rows); err != nil {
			return nil, err
		}
		t.Columns = append(t.Columns, c)
	}
	return t, nil
}

func textColumn(c *release.Column, at int, rows []extractRow) error {
	places := map[string]int32{"": -1}
	c.Codes = make([]int32, len(rows))
	for i, row := range rows {
		text := row[at]
		place, known := places[text]
		if !known {
			place = int32(len(c.Words))
			places[text] = place
			c.Words = append(c.Words, text)
		}
		c.Codes[i] = place
	}
	return nil
}

func numberColumn(c *release.Column, at int, rows []extractRow) error {
	c.Values, c.Null = make([]float64, len(rows)), make([]bool, len(rows))
	for i, row := range rows {
		if c.Null[i] = row[at] == ""; c.Null[i] {
			continue
		}
		x, err := strconv.ParseFloat(row[at], 64)
		if err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
		c.Values[i] = x
	}
	return nil
}

// extractMeta is what the Parquet file says of itself.
func (b *builder) extractMeta(geo string) [][2]string {
	g, _ := b.rel.Geo(geo)
	return [][2]string{
		{"title", g.Name.In(words.Langs[0])}, {"territory", geo}, {"release", b.rel.Info.ID}, {"extraction_date", b.rel.Info.ExtractionDate},
		{"publisher", b.rel.Info.Publisher.Name}, {"license", b.rel.Info.Publisher.Licence}, {"software", b.rel.Info.Software},
	}
}

// extractColumns is the dictionary of the files of a territory.
func (c composer) extractColumns() []column {
	var out []column
	for _, name := range extractColumns() {
		out = append(out, column{Name: name, Says: c.w.T("site.column." + name)})
	}
	return out
}
