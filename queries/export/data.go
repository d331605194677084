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
	meta, err := w.metadata(t.Header)
	if err != nil {
		return err
	}
	return w.stream("data/"+t.Header.View+".parquet", func(out *bufio.Writer) error {
		return release.WriteParquet(out, t, meta)
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

// metadata is what a Parquet file says of itself, in pairs: texts in Italian
// and, under _en, in English; columns and measures as JSON.
func (w *writer) metadata(h release.Header) ([][2]string, error) {
	said, err := readPhrases()
	if err != nil {
		return nil, err
	}
	columns, measures, err := w.labelsOf(h)
	if err != nil {
		return nil, err
	}
	cite := w.cite(h, said)
	pairs := [][2]string{
		{"title", h.Title.IT}, {"title_en", h.Title.EN}, {"description", h.Description.IT}, {"description_en", h.Description.EN},
		{"universe", h.Universe.IT}, {"universe_en", h.Universe.EN}, {"numerator", h.Numerator.IT}, {"numerator_en", h.Numerator.EN},
		{"denominator", h.Denominator.IT}, {"denominator_en", h.Denominator.EN},
		{"kind", string(h.Kind)}, {"unit", string(h.Unit)}, {"definition", h.Definition}, {"method", h.Method}, {"sql_sha256", h.SQLHash},
		{"columns", columns}, {"measures", measures},
		{"source", h.Source.IT}, {"source_en", h.Source.EN}, {"publisher", w.info.Publisher.Name},
		{"license", w.info.Publisher.Licence}, {"license_url", licencePaths[w.info.Publisher.Licence]}, {"citation", cite.IT}, {"citation_en", cite.EN},
		{"release", w.info.ID}, {"software", w.info.Software},
	}
	if w.info.Synthetic {
		pairs = append(pairs, [2]string{"synthetic", "true"})
	}
	return slices.DeleteFunc(pairs, func(p [2]string) bool { return p[1] == "" }), nil
}

// labelsOf are the words of a view's columns, by name, and its measures.
func (w *writer) labelsOf(h release.Header) (columns, measures string, err error) {
	known, err := readColumns()
	if err != nil {
		return "", "", err
	}
	titles := map[string]release.Text{}
	for _, name := range h.FileColumns() {
		titles[name] = titleOf(h, name, known)
	}
	for _, said := range []struct {
		value any
		into  *string
	}{{titles, &columns}, {h.Measures, &measures}} {
		data, err := compact(said.value)
		if err != nil {
			return "", "", err
		}
		*said.into = strings.TrimSpace(string(data))
	}
	return columns, measures, nil
}

func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
