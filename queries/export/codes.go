package export

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"osservatorio/queries/release"
)

//go:embed words/*.csv
var words embed.FS

// lists are the code lists that every release carries, as SELECTs. The first
// columns are code, label_it and label_en; a list without labels of its own
// has its code there.
var lists = map[string]string{
	"geo": `SELECT g.code, g.level, g.name_it, g.name_en, g.slug,
		  coalesce((SELECT string_agg(p.parent, '|' ORDER BY up.position DESC, p.parent) FROM reference.geo_parent p JOIN reference.geo up ON up.code = p.parent WHERE p.code = g.code), '') AS parents,
		  CAST(g.tile_x AS VARCHAR) AS tile_x, CAST(g.tile_y AS VARCHAR) AS tile_y, g.short, g.istat,
		  CAST(g.valid_from AS VARCHAR) AS valid_from, CAST(g.valid_to AS VARCHAR) AS valid_to, g.source, g.verification
		FROM reference.geo g ORDER BY g.position, g.code`,
	"geo_level": `SELECT level AS code, name_it AS label_it, name_en AS label_en, plural_it, plural_en, CAST(page AS VARCHAR) AS page
		FROM reference.geo_levels ORDER BY position`,
	"cpi": `SELECT cpi AS code, name AS label_it, name AS label_en, geo, CAST(valid_from AS VARCHAR) AS valid_from, CAST(valid_to AS VARCHAR) AS valid_to, source, verification
		FROM reference.cpi ORDER BY cpi`,
	"comuni": `SELECT comune AS code, name AS label_it, name AS label_en, geo, cpi, CAST(valid_from AS VARCHAR) AS valid_from, CAST(valid_to AS VARCHAR) AS valid_to, source, verification
		FROM reference.comuni ORDER BY comune`,
	"lep": `SELECT slug AS code, title_it AS label_it, title_en AS label_en, letter, beneficiary, entitlement_event, entitlement_rule, measured_by,
		  CAST(window_days AS VARCHAR) AS window_days, CAST(valid_from AS VARCHAR) AS valid_from, CAST(valid_to AS VARCHAR) AS valid_to, source, verification
		FROM reference.lep ORDER BY position, slug`,
	"contracts": `SELECT code, label_it, label_en, contract_group, CAST(qualifying AS VARCHAR) AS qualifying,
		  CAST(valid_from AS VARCHAR) AS valid_from, CAST(valid_to AS VARCHAR) AS valid_to, source, verification
		FROM reference.contracts ORDER BY code`,
	"horizons": `SELECT indicator || '.' || measure AS code, indicator || '.' || measure AS label_it, indicator || '.' || measure AS label_en,
		  indicator, measure, CAST(days AS VARCHAR) AS days, source, verification
		FROM reference.horizons ORDER BY indicator, measure`,
	"breaks": `SELECT list || '.' || break_on AS code, text_it AS label_it, text_en AS label_en, list, CAST(break_on AS VARCHAR) AS break_on, source, verification
		FROM reference.breaks ORDER BY list, break_on`,
	"transformations": `SELECT code, label_it, label_en, CAST(stabilises AS VARCHAR) AS stabilises, CAST(keeps_plan AS VARCHAR) AS keeps_plan,
		  CAST(valid_from AS VARCHAR) AS valid_from, CAST(valid_to AS VARCHAR) AS valid_to, source, verification
		FROM reference.transformations ORDER BY code`,
	"cessations": `SELECT code, label_it, label_en, cessation_group,
		  CAST(valid_from AS VARCHAR) AS valid_from, CAST(valid_to AS VARCHAR) AS valid_to, source, verification
		FROM reference.cessations ORDER BY code`,
	"working_hours": `SELECT code, label_it, label_en,
		  CAST(valid_from AS VARCHAR) AS valid_from, CAST(valid_to AS VARCHAR) AS valid_to, source, verification
		FROM reference.working_hours ORDER BY code`,
	"sectors": `SELECT version || '.' || section AS code, label_it, label_en, version, section, sector,
		  CAST(valid_from AS VARCHAR) AS valid_from, CAST(valid_to AS VARCHAR) AS valid_to, source, verification
		FROM reference.sectors ORDER BY version, section`,
	"occupations": `SELECT version || '.' || code AS code, label_it, label_en, version, code AS occupation,
		  CAST(valid_from AS VARCHAR) AS valid_from, CAST(valid_to AS VARCHAR) AS valid_to, source, verification
		FROM reference.occupations o ORDER BY version, o.code`,
	"parameters": `SELECT name AS code, name AS label_it, name AS label_en, CAST(value AS VARCHAR) AS value, unit,
		  CAST(valid_from AS VARCHAR) AS valid_from, source, verification
		FROM reference.parameters ORDER BY name`,
	"disclosure_rules": `SELECT policy AS code, policy AS label_it, policy AS label_en, CAST(threshold AS VARCHAR) AS threshold,
		  CAST(protect_complement AS VARCHAR) AS protect_complement, CAST(min_denominator AS VARCHAR) AS min_denominator,
		  CAST(p_percent AS VARCHAR) AS p_percent, CAST(r.valid_from AS VARCHAR) AS valid_from, concat_ws('; ', r.source, d.source) AS source, r.verification
		FROM reference.disclosure_rules r LEFT JOIN reference.dominance_rules d USING (policy) ORDER BY policy`,
	"targets": `SELECT target AS code, label_it, label_en, geo, CAST(due_on AS VARCHAR) AS due_on, kind, CAST(value AS VARCHAR) AS value, unit, source, verification
		FROM reference.targets ORDER BY target, geo, due_on NULLS FIRST`,
}

// ownLists are written from this room's own words.
var ownLists = []string{"obs_status", "conf_status", "reason", "change"}

// writeCodes writes the lists of every release and those that its views use.
func (w *writer) writeCodes() error {
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		if err := w.writeList(name, w.inForce(name)); err != nil {
			return fmt.Errorf("codes/%s.csv: %w", name, err)
		}
	}
	for _, name := range w.usedLists() {
		query := `SELECT code, label_it, label_en, source, verification FROM reference.codes WHERE list = ` + quote(name) + ` ORDER BY position, code`
		if err := w.writeList(name, query); err != nil {
			return fmt.Errorf("codes/%s.csv: %w", name, err)
		}
	}
	for _, name := range ownLists {
		data, err := words.ReadFile("words/" + name + ".csv")
		if err != nil {
			return err
		}
		records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			return fmt.Errorf("words/%s.csv: %w", name, err)
		}
		if err := w.csv("codes/"+name+".csv", withValidity(records)); err != nil {
			return err
		}
		w.lists = append(w.lists, name)
	}
	slices.Sort(w.lists)
	return nil
}

// inForce asks for a list as this release was made with it: an instance may show
// outcomes at maturity where the house does not.
func (w *writer) inForce(list string) string {
	if list != "parameters" || !w.o.Report.Mature {
		return lists[list]
	}
	return `SELECT * REPLACE (CASE code WHEN 'outcomes_at_maturity' THEN '1.0' ELSE value END AS value) FROM (` + lists[list] + `) ORDER BY code`
}

// usedLists are the lists of reference.codes that views name, sorted.
func (w *writer) usedLists() []string {
	used := map[string]bool{}
	for _, v := range w.views {
		for _, b := range v.header.Breakdowns {
			used[b] = true
		}
		if list := v.cube.Header.MeasureList; list != "" && lists[list] == "" {
			used[list] = true
		}
	}
	return slices.Sorted(maps.Keys(used))
}

func (w *writer) writeList(name, query string) error {
	rows, err := w.db.QueryContext(w.ctx, query)
	if err != nil {
		return err
	}
	columns, err := rows.Columns()
	rows.Close()
	if err != nil {
		return err
	}
	records, err := w.rows(query)
	if err != nil {
		return err
	}
	w.lists = append(w.lists, name)
	return w.csv("codes/"+name+".csv", withValidity(append([][]string{columns}, records...)))
}

// withValidity gives a list that has no limits of time the columns that say
// so: empty means that nothing limits an entry.
func withValidity(records [][]string) [][]string {
	for _, limit := range []string{"valid_from", "valid_to"} {
		if slices.Contains(records[0], limit) {
			continue
		}
		records[0] = append(slices.Clip(records[0]), limit)
		for i := range records[1:] {
			records[i+1] = append(records[i+1], "")
		}
	}
	return records
}

// column is what the dictionary says of a column.
type column struct{ titleIT, titleEN, textIT, textEN string }

func (c column) title() release.Text { return release.Text{IT: c.titleIT, EN: c.titleEN} }

func readColumns() (map[string]column, error) {
	data, err := words.ReadFile("words/columns.csv")
	if err != nil {
		return nil, err
	}
	records, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil {
		return nil, err
	}
	out := map[string]column{}
	for _, r := range records[1:] {
		out[r[0]] = column{r[1], r[2], r[3], r[4]}
	}
	return out, nil
}

// codeColumns returns the columns of a code list that was written, and whether
// its codes are unique (a target has several dates).
func (w *writer) codeColumns(path string) ([]string, bool) {
	data, err := os.ReadFile(w.path(path))
	if err != nil {
		return nil, false
	}
	records, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil || len(records) == 0 {
		return nil, false
	}
	seen := map[string]bool{}
	for _, r := range records[1:] {
		seen[r[0]] = true
	}
	return records[0], len(seen) == len(records)-1
}
