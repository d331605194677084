package export

import (
	"slices"

	"osservatorio/queries/release"
)

// labels are the words of codes: list, code, text. Read once for all views.
type labels struct {
	text  map[string]map[string]release.Text
	order map[string][]string // codes of a list as it has them
}

func (l *labels) add(list, code, it, en string) {
	if l.text[list] == nil {
		l.text[list] = map[string]release.Text{}
	}
	l.text[list][code] = release.Text{IT: it, EN: en}
	l.order[list] = append(l.order[list], code)
}

// of returns the words of a code of a view's column; a code that no list has
// speaks for itself.
func (l *labels) of(h release.Header, column, code string) release.Text {
	if column == "measure" {
		if m, ok := h.Measure(code); ok {
			return m.Label
		}
	}
	if t, ok := l.text[column][code]; ok {
		return t
	}
	return release.Text{IT: code, EN: code}
}

// sorted puts codes of a column in the order of display: as their list or the
// header has them, the total first, strangers last by themselves.
func (l *labels) sorted(h release.Header, column string, codes []string) []string {
	known := l.order[column]
	if column == "measure" {
		known = nil
		for _, m := range h.Measures {
			known = append(known, m.Code)
		}
	}
	place := map[string]int{release.Total: -1}
	for i, code := range known {
		place[code] = i
	}
	out := slices.Clone(codes)
	slices.SortFunc(out, func(a, b string) int { return compareCodes(place, a, b) })
	return out
}

func compareCodes(place map[string]int, a, b string) int {
	at, known := place[a]
	bt, alsoKnown := place[b]
	switch {
	case known && alsoKnown:
		return at - bt
	case known:
		return -1
	case alsoKnown:
		return 1
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// words reads the labels once: territories, their levels, the lists of codes
// and the total, which every breakdown has.
func (w *writer) words() (*labels, error) {
	if w.labels != nil {
		return w.labels, nil
	}
	l := &labels{text: map[string]map[string]release.Text{}, order: map[string][]string{}}
	rows, err := w.rows(`
		SELECT list, code, label_it, label_en FROM (
		  SELECT 'geo' AS list, code, name_it AS label_it, name_en AS label_en, position FROM reference.geo
		  UNION ALL SELECT 'geo_level', level, name_it, name_en, position FROM reference.geo_levels
		  UNION ALL SELECT list, code, label_it, label_en, position FROM reference.codes)
		ORDER BY list, position, code`)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		l.add(r[0], r[1], r[2], r[3])
	}
	columns, err := readColumns()
	if err != nil {
		return nil, err
	}
	total := columns[release.Total]
	for _, v := range w.views {
		for _, b := range v.header.Breakdowns {
			if _, there := l.text[b][release.Total]; !there {
				l.add(b, release.Total, total.titleIT, total.titleEN)
			}
		}
	}
	w.labels = l
	return l, nil
}
