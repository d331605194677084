package dashboards

import (
	"slices"
	"strings"

	"osservatorio/dashboards/chart"
)

// figuresOf are the drawn figures of the themes as a year left them, by id: their
// courses end with it, their headlines speak of it, and those that have no value
// of it are not among them. They are filled as the figures of the site are, from
// views that end with the year.
func (b *book) figuresOf(year string) (map[string]chart.Figure, error) {
	then := b.until(year)
	out := map[string]chart.Figure{}
	for _, build := range then.builders() {
		page, err := build()
		if err != nil {
			return nil, err
		}
		if page == nil {
			continue
		}
		for _, s := range page.Sections {
			for _, f := range s.Figures {
				if len(f.Wide.Option) > 0 && showsYear(f, year) {
					out[f.ID] = f
				}
			}
		}
	}
	return out, nil
}

// until is the book that ends with a year.
func (b *book) until(year string) *book {
	then := *b
	then.year, then.views = year, map[string]view{}
	then.thin, then.built, then.sized = map[string]bool{}, map[string]bool{}, map[string][]size{}
	for name, v := range b.views {
		then.views[name] = viewOf(v.whole.Until(year))
	}
	return &then
}

// showsYear tells whether every period that a figure names lies in a year; one
// over time names none.
func showsYear(f chart.Figure, year string) bool {
	return !slices.ContainsFunc(f.Cells.Parts, func(p chart.Part) bool { return p.Period != "" && !liesIn(p.Period, year) })
}

// liesIn tells whether a period is a year or a part of it.
func liesIn(period, year string) bool {
	return period == year || strings.HasPrefix(period, year+"-")
}
