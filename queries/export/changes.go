package export

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

//go:embed compare.sql
var compareSQL string

// side is one of the two files of a view that are compared.
type side struct {
	header release.Header
	from   string // a table or table function
}

// Diff compares two release folders by their Parquet files. It needs no
// instance: db may be a database in memory.
func Diff(ctx context.Context, db *warehouse.DB, before, after string) (release.Changes, error) {
	id, earlier, err := sidesOf(before)
	if err != nil {
		return release.Changes{}, err
	}
	later, sides, err := sidesOf(after)
	if err != nil {
		return release.Changes{}, err
	}
	return changes(ctx, db, comparison{follows: id, id: later, before: earlier, after: sides})
}

// sidesOf are the id of a release and its Parquet files, each held to the
// manifest.
func sidesOf(dir string) (id string, sides []side, err error) {
	r, err := release.Open(dir)
	if err != nil {
		return "", nil, err
	}
	for _, h := range r.Info.Views {
		path, err := r.Path("data/" + h.View + ".parquet")
		if err != nil {
			return "", nil, fmt.Errorf("compare with release %s: %w", r.Info.ID, err)
		}
		sides = append(sides, side{h, "read_parquet(" + quote(noPattern.Replace(path)) + ")"})
	}
	return r.Info.ID, sides, nil
}

// noPattern keeps DuckDB from taking a letter of a path for a wildcard.
var noPattern = strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]")

// comparison is what is compared; follows is "" where a first release has
// nothing before it.
type comparison struct {
	follows, id   string
	before, after []side
}

func changes(ctx context.Context, db *warehouse.DB, c comparison) (release.Changes, error) {
	out := release.Changes{Format: release.Format, Release: c.id, Follows: c.follows, Views: []release.ViewChanges{}}
	for _, name := range c.views() {
		v, err := c.view(ctx, db, name)
		if err != nil {
			return out, fmt.Errorf("compare view %s: %w", name, err)
		}
		out.New, out.Revised = out.New+v.New, out.Revised+v.Revised
		out.Withdrawn, out.Unchanged = out.Withdrawn+v.Withdrawn, out.Unchanged+v.Unchanged
		out.Views = append(out.Views, v)
	}
	return out, nil
}

func (c comparison) views() []string {
	var names []string
	for _, s := range slices.Concat(c.before, c.after) {
		names = append(names, s.header.View)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (c comparison) view(ctx context.Context, db *warehouse.DB, name string) (release.ViewChanges, error) {
	v := release.ViewChanges{View: name, Reasons: []release.Change{}, Revisions: []release.Revision{}}
	is := func(s side) bool { return s.header.View == name }
	b, a := slices.IndexFunc(c.before, is), slices.IndexFunc(c.after, is)
	if b >= 0 {
		v.DefinitionBefore = c.before[b].header.Definition
	}
	if a >= 0 {
		v.Definition = c.after[a].header.Definition
	}
	var err error
	switch {
	case a < 0:
		v.Only = c.follows
		v.Withdrawn, err = count(ctx, db, c.before[b])
		v.Reasons = append(v.Reasons, release.Change{Kind: release.WithdrawnCell, Reason: "view_gone", Cells: v.Withdrawn})
	case b < 0:
		v.Only = c.id
		reason := "new_view"
		if c.follows == "" {
			reason = "first_release"
		}
		v.New, err = count(ctx, db, c.after[a])
		v.Reasons = append(v.Reasons, release.Change{Kind: release.NewCell, Reason: reason, Cells: v.New})
	default:
		err = compare(ctx, db, c.before[b], c.after[a], &v)
	}
	return v, err
}

func count(ctx context.Context, db *warehouse.DB, s side) (n int64, err error) {
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM "+s.from).Scan(&n)
	return n, err
}

// compare fills in what differs between two files of one view.
func compare(ctx context.Context, db *warehouse.DB, b, a side, v *release.ViewChanges) error {
	breakdowns := slices.Concat(b.header.Breakdowns, a.header.Breakdowns)
	slices.Sort(breakdowns)
	breakdowns = slices.Compact(breakdowns)
	key := slices.Concat([]string{"geo_level", "geo", "period_type", "period"}, breakdowns, []string{"measure"})
	statement := strings.NewReplacer("(BEFORE)", "("+b.selectOf(breakdowns)+")", "(AFTER)", "("+a.selectOf(breakdowns)+")",
		"KEY", `"`+strings.Join(key, `", "`)+`"`).Replace(compareSQL)
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := addChange(rows, v); err != nil {
			return err
		}
	}
	return rows.Err()
}

// selectOf reads a file with the breakdowns of both: one that a file does not
// have is not broken down there.
func (s side) selectOf(breakdowns []string) string {
	columns := []string{"*"}
	for _, b := range breakdowns {
		if !slices.Contains(s.header.Breakdowns, b) {
			columns = append(columns, quote(release.Total)+` AS "`+b+`"`)
		}
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + s.from
}

// addChange reads one line of compare.sql: a count of cells by kind and reason,
// or how far a measure moved.
func addChange(rows *sql.Rows, v *release.ViewChanges) error {
	var a string
	var b *string
	var cells int64
	var median, largest *float64
	var below1, below5 *int64
	if err := rows.Scan(&a, &b, &cells, &median, &largest, &below1, &below5); err != nil {
		return err
	}
	if largest != nil {
		v.Revisions = append(v.Revisions, release.Revision{Measure: a, Unit: release.Unit(*b), Cells: cells, Median: *median, Largest: *largest,
			Below1: *below1, Below5: *below5, Above5: cells - *below1 - *below5})
		return nil
	}
	switch a {
	case release.NewCell:
		v.New += cells
	case release.RevisedCell:
		v.Revised += cells
	case release.WithdrawnCell:
		v.Withdrawn += cells
	default:
		v.Unchanged += cells
		return nil
	}
	v.Reasons = append(v.Reasons, release.Change{Kind: a, Reason: *b, Cells: cells})
	return nil
}

// writeChanges writes what differs from the release that this one follows, for
// machines and for people.
func (w *writer) writeChanges() error {
	c := comparison{id: w.info.ID}
	for _, v := range w.views {
		c.after = append(c.after, side{v.header, "published." + v.header.View})
	}
	if w.o.Follows != "" {
		var err error
		if c.follows, c.before, err = sidesOf(w.o.Follows); err != nil {
			return err
		}
	}
	found, err := changes(w.ctx, w.db, c)
	if err != nil {
		return err
	}
	if err := w.json("changes.json", found); err != nil {
		return err
	}
	text, err := Report(found)
	if err != nil {
		return err
	}
	return w.create("CHANGES.md", []byte(text))
}
