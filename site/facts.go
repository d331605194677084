package site

import (
	"fmt"
	"slices"

	"osservatorio/queries/release"
)

// statusCount counts cells by observation status.
type statusCount map[release.Status]int

// Total is the number of all cells.
func (c statusCount) Total() int {
	n := 0
	for _, k := range c {
		n += k
	}
	return n
}

// Of is the number of cells of that status.
func (c statusCount) Of(s string) int { return c[release.Status(s)] }

// Shown is the number of cells that carry their value.
func (c statusCount) Shown() int {
	n := 0
	for s, k := range c {
		if s.Shown() {
			n += k
		}
	}
	return n
}

// viewFacts is what the site says of a published view beside its header.
type viewFacts struct {
	Header   release.Header
	Rows     int
	Statuses statusCount
	First    string // first and last period
	Last     string
	Levels   []string // geo levels present, in order of first row
	Preview  []release.Row
	Files    []download
}

// download is one file offered for a data set. Bytes is -1 where the release
// does not tell.
type download struct {
	Kind  string // parquet, csv, excel, jsonstat, csvw, schema, schemaorg; names its words in the catalogue
	Path  string
	Bytes int64
	SHA   string
}

const previewRows = 8

// readViews reads every published view once, for previews and for the count of
// what is shown and what is not.
func (b *builder) readViews() error {
	b.hidden = map[string]statusCount{}
	for i, h := range b.rel.Info.Views {
		b.opt.Progress("data sets", i, len(b.rel.Info.Views))
		frame, err := b.rel.Frame(b.ctx, h.View)
		if err != nil {
			return fmt.Errorf("read view %s: %w", h.View, err)
		}
		b.views = append(b.views, b.factsOf(frame))
	}
	b.opt.Progress("data sets", len(b.rel.Info.Views), len(b.rel.Info.Views))
	if err := b.readEditions(); err != nil {
		return err
	}
	if err := b.readComparable(); err != nil {
		return err
	}
	if err := b.writeExtracts(); err != nil {
		return err
	}
	b.rel.Forget() // nothing below asks for cells
	return nil
}

func (b *builder) factsOf(f *release.Frame) *viewFacts {
	v := &viewFacts{Header: f.Header, Rows: f.Len(), Statuses: statusCount{}, Files: b.filesOf(f.Header.View)}
	levels := map[string]bool{}
	for r := range f.All() {
		v.Statuses[r.Status]++
		if b.hidden[r.Geo] == nil {
			b.hidden[r.Geo] = statusCount{}
		}
		b.hidden[r.Geo][r.Status]++
		if v.First == "" || r.Period < v.First {
			v.First = r.Period
		}
		v.Last = max(v.Last, r.Period)
		if !levels[r.GeoLevel] {
			levels[r.GeoLevel] = true
			v.Levels = append(v.Levels, r.GeoLevel)
		}
	}
	v.Preview = preview(f)
	return v
}

// preview picks rows spread over the view, the last shown one first of each
// stretch, so that it is not eight times the first territory's first quarter.
func preview(f *release.Frame) []release.Row {
	if f.Len() <= previewRows {
		return cloned(slices.Collect(f.All()))
	}
	out := make([]release.Row, 0, previewRows)
	for i := range previewRows {
		from, to := i*f.Len()/previewRows, (i+1)*f.Len()/previewRows
		at := to - 1
		for at > from && f.Row(at).Value == nil {
			at--
		}
		out = append(out, f.Row(at))
	}
	return cloned(out)
}

// cloned are rows to be kept when their frame is let go.
func cloned(rows []release.Row) []release.Row {
	for i, r := range rows {
		rows[i] = r.Clone()
	}
	return rows
}

// filesOf lists the files of a view: those of the release, in the order a
// reader looks for them.
func (b *builder) filesOf(view string) []download {
	kinds := []struct{ kind, suffix string }{
		{"parquet", ".parquet"}, {"csv", ".csv"}, {"excel", ".excel-it.csv"}, {"jsonstat", ".json"}, {"csvw", ".csv-metadata.json"}, {"schema", ".schema.json"}, {"schemaorg", ".dataset.jsonld"},
	}
	var out []download
	for _, k := range kinds {
		name := "data/" + view + k.suffix
		for _, f := range b.rel.Files {
			if f.Path == name {
				out = append(out, download{k.kind, "/" + name, f.Bytes, f.SHA256})
			}
		}
	}
	return out
}

func (b *builder) factsByView(view string) (*viewFacts, bool) {
	for _, v := range b.views {
		if v.Header.View == view {
			return v, true
		}
	}
	return nil, false
}

// offers tells whether the site has that file of the release.
func (b *builder) offers(name string) bool {
	for _, f := range b.rel.Files {
		if f.Path == name {
			return true
		}
	}
	return false
}
