package dashboards

import (
	"slices"

	"osservatorio/dashboards/chart"
	"osservatorio/queries/release"
)

// Sheet is a territory on one page of paper: key figures beside the whole and
// beside similar territories, and which figures of its page are drawn small.
type Sheet struct {
	Geo     string
	Rows    []SheetRow
	Figures []string // ids of figures of the page, at most four
	Says    string   // how the columns are to be read
}

// SheetRow is one key figure. Whole and Similar are of the same period; both are
// "" for the whole itself.
type SheetRow struct {
	chart.Said
	ID      string // of the measure: "lep_timely.timely_60"
	Period  string
	Whole   string
	Similar string // "71,2% (64,0–80,3%)": median, lowest and highest shown
	Shown   int    // how many of the similar territories show it
}

// mostSmall is how many small figures fit a sheet below its table.
const mostSmall = 4

// sheet fills the sheet of a territory; figures are its candidates, the best first.
func (b *book) sheet(g release.Geo, near Similar, figures []chart.Figure) (*Sheet, error) {
	sheet := &Sheet{Geo: g.Code}
	for _, p := range keyPanels() {
		p.geo = g.Code
		row, ok, err := b.sheetRow(b.steady(p), near)
		if err != nil {
			return nil, err
		}
		if ok && len(sheet.Rows) < 8 {
			sheet.Rows = append(sheet.Rows, row)
		}
	}
	sheet.Figures = smallOnes(figures)
	switch {
	case g.Code == b.root():
		sheet.Says = b.t("sheet.says.whole")
	case len(near.Geos) == 0:
		sheet.Says = b.t("sheet.says.alone", "region", b.regionName())
	default:
		sheet.Says = b.t("sheet.says", "region", b.regionName(), "places", b.levelWords(g.Level))
	}
	return sheet, nil
}

// smallOnes picks the figures of a sheet: four that are about as high as wide;
// where there are fewer, the steps stand beside two of them, twice as high.
func smallOnes(figures []chart.Figure) []string {
	var even, high []string
	for _, f := range figures {
		switch {
		case f.Narrow.Width == 0:
		case f.Form == "trend" || f.Form == "flow" || f.Form == "curve":
			even = append(even, f.ID)
		case f.Form == "steps":
			high = append(high, f.ID)
		}
	}
	if len(even) >= mostSmall || len(high) == 0 {
		return even[:min(mostSmall, len(even))]
	}
	if len(even) < 2 {
		return append(even, high[0])
	}
	return []string{even[0], high[0], even[1]}
}

// sheetRow is a key figure in its last period with a value at the place; where
// the place never shows one, its sign in the last period of the whole.
func (b *book) sheetRow(p panel, near Similar) (SheetRow, bool, error) {
	own, ok := b.lastOf(p, p.geo)
	ref, whole := b.row(p.view, p.measure, b.root(), own.Period)
	if !ok {
		if ref, whole = b.ref(p); !whole {
			return SheetRow{}, false, nil
		}
		own, ok = b.views[p.view].totals.One(release.Select{Geo: p.geo, Measure: p.measure, Period: ref.Period})
		if !ok {
			return SheetRow{}, false, nil // the view does not speak of this territory
		}
	}
	said, err := b.said(p.view, own)
	if err != nil {
		return SheetRow{}, false, err
	}
	row := SheetRow{Said: said, ID: p.view + "." + p.measure, Period: b.w.Period(own.Period)}
	if p.geo == b.root() {
		return row, true, nil
	}
	if whole {
		says, err := b.said(p.view, ref)
		if err != nil {
			return SheetRow{}, false, err
		}
		row.Whole = says.Value
	}
	return b.beside(row, p, own, near)
}

// beside adds what the similar territories show in the same period: their
// median, lowest and highest, where at least three show a value.
func (b *book) beside(row SheetRow, p panel, own release.Row, near Similar) (SheetRow, bool, error) {
	var shown []release.Row
	for _, code := range near.Geos {
		if r, ok := b.row(p.view, p.measure, code, own.Period); ok {
			shown = append(shown, r)
		}
	}
	row.Shown = len(shown)
	if len(shown) < 3 {
		row.Similar = b.t("sheet.few_similar")
		return row, true, nil
	}
	slices.SortFunc(shown, func(x, y release.Row) int {
		switch {
		case *x.Value < *y.Value:
			return -1
		case *x.Value > *y.Value:
			return 1
		}
		return 0
	})
	var text [3]string
	for i, r := range []release.Row{middle(shown), shown[0], shown[len(shown)-1]} {
		r.Status = release.Normal // "(p)" would stand three times in one cell
		says, err := b.said(p.view, r)
		if err != nil {
			return row, false, err
		}
		text[i] = says.Value
	}
	row.Similar = b.t("sheet.similar", "median", text[0], "low", text[1], "high", text[2])
	return row, true, nil
}

// middle is the middle of sorted rows, the mean of the two middle ones where
// their number is even.
func middle(sorted []release.Row) release.Row {
	m := sorted[len(sorted)/2]
	if len(sorted)%2 == 0 {
		mean := (*sorted[len(sorted)/2-1].Value + *m.Value) / 2
		m.Value, m.Low, m.High = &mean, nil, nil
	}
	return m
}

// said writes a row of a view as the figures do.
func (b *book) said(view string, r release.Row) (chart.Said, error) {
	return chart.Say(b.w, b.rel, b.views[view].totals, r)
}
