package export

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"osservatorio/queries"
	"osservatorio/queries/disclosure"
	"osservatorio/queries/release"
)

// fillInfo adds to what the instance says of itself what the warehouse knows:
// views, definitions, batches, extraction date, geography.
func (w *writer) fillInfo() error {
	w.info = w.o.Info
	w.info.Format = release.Format
	w.info.Views, w.info.Definitions, w.info.Batches = []release.Header{}, []release.Definition{}, []release.Batch{}
	for _, v := range w.views {
		w.info.Views = append(w.info.Views, v.header)
		id, version, err := splitDefinition(v.header.Definition)
		if err != nil {
			return fmt.Errorf("view %s: %w", v.header.View, err)
		}
		w.info.Definitions = append(w.info.Definitions, release.Definition{ID: id, Version: version, View: v.header.View, SQLHash: v.header.SQLHash})
	}
	for _, step := range []func() error{w.fillBatches, w.fillExtraction, w.fillRegion} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func splitDefinition(definition string) (id string, version int, err error) {
	id, number, _ := strings.Cut(definition, "@")
	version, err = strconv.Atoi(number)
	return id, version, err
}

func (w *writer) fillBatches() error {
	rows, err := w.db.QueryContext(w.ctx, `
		SELECT d.source, d.period, d.sha256, d.rows
		FROM ledger.deliveries d JOIN ledger.current_loads USING (load_id)
		ORDER BY d.source, d.period, d.sha256`)
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var b release.Batch
		if err := rows.Scan(&b.Source, &b.Period, &b.SHA256, &b.Rows); err != nil {
			return fmt.Errorf("read ledger: %w", err)
		}
		w.info.Batches = append(w.info.Batches, b)
	}
	return rows.Err()
}

// fillExtraction takes the earliest of the sources' latest issues, unless the
// instance gives a date itself.
func (w *writer) fillExtraction() error {
	if w.info.ExtractionDate != "" {
		return nil
	}
	rows, err := w.rows(`
		SELECT CAST(CAST(min(issued) AS DATE) AS VARCHAR) FROM (
		  SELECT max(issued_at) AS issued FROM ledger.current_loads GROUP BY source)`)
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	w.info.ExtractionDate = rows[0][0]
	return nil
}

func (w *writer) fillRegion() error {
	rows, err := w.rows(`
		SELECT level, name_it, name_en, plural_it, plural_en, CAST(page AS VARCHAR) FROM reference.geo_levels ORDER BY position`)
	if err != nil {
		return fmt.Errorf("read geography: %w", err)
	}
	w.info.Region.Levels = []release.GeoLevel{}
	for _, r := range rows {
		w.info.Region.Levels = append(w.info.Region.Levels, release.GeoLevel{Code: r[0], Name: release.Text{IT: r[1], EN: r[2]}, Plural: release.Text{IT: r[3], EN: r[4]}})
		if r[5] == "true" && w.info.Region.PageLevel == "" {
			w.info.Region.PageLevel = r[0]
		}
	}
	if len(rows) == 0 || w.info.Region.Root != "" && w.info.Region.Name.IT != "" {
		return nil
	}
	roots, err := w.rows(`SELECT code, name_it, name_en FROM reference.geo WHERE level = ? ORDER BY position LIMIT 1`, rows[0][0])
	if err != nil || len(roots) == 0 {
		return err
	}
	if w.info.Region.Root == "" {
		w.info.Region.Root = roots[0][0]
	}
	if w.info.Region.Name.IT == "" {
		w.info.Region.Name = release.Text{IT: roots[0][1], EN: roots[0][2]}
	}
	return nil
}

func (w *writer) writeInfo() error { return w.json("release.json", w.info) }

// writeNotes writes the notes that rows carry and those that apply to a
// published view.
func (w *writer) writeNotes() error {
	rows, err := w.rows(`SELECT id, text_it, text_en, applies_to FROM reference.notes ORDER BY id`)
	if err != nil {
		return fmt.Errorf("notes.json: %w", err)
	}
	notes := []release.Note{}
	for _, r := range rows {
		note := release.Note{ID: r[0], Text: release.Text{IT: r[1], EN: r[2]}, AppliesTo: []string{}}
		if r[3] != "" {
			note.AppliesTo = strings.Split(r[3], "|")
		}
		if slices.ContainsFunc(w.views, func(v view) bool {
			return slices.Contains(v.summary.notes, note.ID) || slices.Contains(note.AppliesTo, v.header.View)
		}) {
			notes = append(notes, note)
		}
	}
	return w.json("notes.json", notes)
}

// writeDisclosure publishes the report of protection: rules and counts of
// cells, no cell and no list by reason. What is held back for what earlier releases
// told is said as a rule: how often it was, and where, would tell of what.
func (w *writer) writeDisclosure() error {
	report := w.o.Report
	report.Views = slices.DeleteFunc(slices.Clone(report.Views), func(r disclosure.ViewReport) bool {
		return !slices.ContainsFunc(w.views, func(v view) bool { return v.header.View == r.View })
	})
	text, err := readPhrases()
	if err != nil {
		return fmt.Errorf("disclosure.json: %w", err)
	}
	return w.json("disclosure.json", struct {
		disclosure.Report
		Earlier release.Text `json:"earlier_releases"` // what they mean for this one
	}{report, text["protection.earlier"]})
}

// quality is quality.json: what is known of the deliveries, which checks warned
// and which an operator signed, with name and reason.
type quality struct {
	disclosure.Quality
	Warnings  []warning          `json:"warnings"`
	Overrides []queries.Override `json:"overrides"`
}

// warning is a check that found something that does not stop a release; what
// it found is the operator's to see.
type warning struct {
	Check   string `json:"check"`
	Message string `json:"message"`
}

func (w *writer) writeQuality() error {
	judged, err := disclosure.QualityOf(w.ctx, w.db)
	if err != nil {
		return fmt.Errorf("quality.json: %w", err)
	}
	q := quality{Quality: judged, Warnings: []warning{}, Overrides: []queries.Override{}}
	for _, f := range w.o.Findings.Warnings {
		q.Warnings = append(q.Warnings, warning{f.Check, f.Message})
	}
	q.Overrides = append(q.Overrides, w.o.Findings.Signed...)
	return w.json("quality.json", q)
}
