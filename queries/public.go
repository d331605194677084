package queries

import (
	"context"
	"fmt"

	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// PublicHeader returns what travels with the published view of a cube: its
// header with the hash of its SQL and with its measures, which for a list come
// from the reference tables in their order.
func (p Plan) PublicHeader(ctx context.Context, db *warehouse.DB, cube View) (release.Header, error) {
	h := cube.Header.Header
	h.SQLHash = p.SQLHash(cube.Qualified())
	if h.Breakdowns == nil {
		h.Breakdowns = []string{}
	}
	if h.Caveats == nil {
		h.Caveats = []release.Text{}
	}
	if cube.Header.MeasureList == "" {
		return h, nil
	}
	measures, err := listed(ctx, db, cube.Header.MeasureList)
	if err != nil {
		return h, fmt.Errorf("read measures: %s: %w", cube.Path, err)
	}
	for i := range measures {
		measures[i].Unit = h.Unit
	}
	h.Measures = measures
	return h, nil
}

// measureList is the SELECT of a list of measures: code, labels, position.
func measureList(list string) string {
	if list == "lep" {
		return `SELECT slug AS code, title_it AS label_it, title_en AS label_en, position FROM reference.lep`
	}
	return `SELECT code, label_it, label_en, position FROM reference.codes WHERE list = ` + quote(list)
}

func listed(ctx context.Context, db *warehouse.DB, list string) ([]release.Measure, error) {
	rows, err := db.QueryContext(ctx, `SELECT code, label_it, label_en FROM (`+measureList(list)+`) ORDER BY position, code`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []release.Measure
	for rows.Next() {
		var m release.Measure
		if err := rows.Scan(&m.Code, &m.Label.IT, &m.Label.EN); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("code list %q: no codes in reference", list)
	}
	return out, nil
}

// LevelOf returns the level of a territory, "" where reference.geo has no such
// code.
func LevelOf(ctx context.Context, db *warehouse.DB, geo string) (level string, err error) {
	err = db.QueryRowContext(ctx, `SELECT coalesce(max(level), '') FROM reference.geo WHERE code = ?`, geo).Scan(&level)
	if err != nil {
		return "", fmt.Errorf("find territory: %s: %w", geo, err)
	}
	return level, nil
}

// CodesOf returns the codes of a breakdown in their order, the total last.
func CodesOf(ctx context.Context, db *warehouse.DB, breakdown string) ([]string, error) {
	measures, err := listed(ctx, db, breakdown)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, m := range measures {
		out = append(out, m.Code)
	}
	return append(out, release.Total), nil
}
