package export

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"

	"osservatorio/queries/release"
)

// summary is what a view holds, as far as the other files must know.
type summary struct {
	rows     int64
	measures []string
	statuses []string
	levels   []string
	notes    []string
}

func (w *writer) summarise(h release.Header) (summary, error) {
	var s summary
	query := func(expression string) string {
		return "SELECT coalesce(string_agg(DISTINCT x, ',' ORDER BY x), '') FROM (SELECT " + expression + " AS x FROM published." + h.View + ")"
	}
	if err := w.db.QueryRowContext(w.ctx, "SELECT count(*) FROM published."+h.View).Scan(&s.rows); err != nil {
		return s, err
	}
	for expression, into := range map[string]*[]string{
		"measure": &s.measures, "obs_status": &s.statuses, "geo_level": &s.levels, "unnest(string_split(note_ids, '|'))": &s.notes,
	} {
		var list string
		if err := w.db.QueryRowContext(w.ctx, query(expression)).Scan(&list); err != nil {
			return s, err
		}
		if list != "" {
			*into = strings.Split(list, ",")
		}
	}
	return s, nil
}

// writeData writes each view as Parquet, as CSV twice and, where it is small
// enough, as a cube. All of them come from one reading of the view.
func (w *writer) writeData() error {
	if err := os.MkdirAll(w.path("data"), 0o755); err != nil {
		return err
	}
	for _, v := range w.views {
		table, err := w.read(v.header)
		if err != nil {
			return fmt.Errorf("read %s: %w", v.header.View, err)
		}
		for _, write := range []func(*release.Table) error{w.writeParquet, w.writeCSV, w.writeCube} {
			if err := write(table); err != nil {
				return fmt.Errorf("data/%s: %w", v.header.View, err)
			}
		}
	}
	return nil
}

// selectOf reads a view in file order.
func selectOf(h release.Header) string {
	columns := h.FileColumns()
	key := columns[:slices.Index(columns, "measure")+1]
	return fmt.Sprintf(`SELECT "%s" FROM published.%s ORDER BY "%s"`, strings.Join(columns, `", "`), h.View, strings.Join(key, `", "`))
}

// read reads a view by way of a file that DuckDB writes and we throw away: row
// by row through the driver it takes several times as long. That file's bytes
// depend on DuckDB's version and threads; ours do not.
func (w *writer) read(h release.Header) (*release.Table, error) {
	passing := w.path("." + h.View + ".parquet")
	defer os.Remove(passing)
	if _, err := w.db.ExecContext(w.ctx, fmt.Sprintf(`COPY (%s) TO %s (FORMAT parquet, COMPRESSION snappy)`, selectOf(h), quote(passing))); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(passing)
	if err != nil {
		return nil, err
	}
	return release.ReadTable(w.ctx, h, data)
}

func (w *writer) writeParquet(t *release.Table) error {
	return w.stream("data/"+t.Header.View+".parquet", func(out *bufio.Writer) error {
		return release.WriteParquet(out, t, w.metadata(t.Header))
	})
}

// stream makes a file of the release that is too large to be held in memory.
func (w *writer) stream(name string, write func(*bufio.Writer) error) error {
	file, err := os.Create(w.path(name))
	if err != nil {
		return err
	}
	defer file.Close()
	out := bufio.NewWriterSize(file, 1<<18)
	if err := write(out); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return file.Close()
}

// metadata is what a Parquet file says of itself, in pairs.
func (w *writer) metadata(h release.Header) [][2]string {
	pairs := [][2]string{
		{"title", h.Title.IT}, {"title_en", h.Title.EN}, {"description", h.Description.IT}, {"description_en", h.Description.EN},
		{"unit", string(h.Unit)}, {"definition", h.Definition}, {"sql_sha256", h.SQLHash},
		{"source", h.Source.IT}, {"source_en", h.Source.EN}, {"publisher", w.info.Publisher.Name},
		{"license", w.info.Publisher.Licence}, {"release", w.info.ID}, {"software", w.info.Software},
	}
	if w.info.Synthetic {
		pairs = append(pairs, [2]string{"synthetic", "true"})
	}
	return pairs
}

func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
