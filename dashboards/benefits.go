package dashboards

import "osservatorio/queries/release"

const benefitsView = "benefits_stock"

// benefits answers: how many live on income support, and on which?
func (b *book) benefits() (*Page, error) {
	main, ok := b.largest(benefitsView)
	if !ok {
		return nil, nil
	}
	page := b.topic("benefits", "services", release.Text{IT: "sostegno-al-reddito", EN: "income-support"}, main.Period)
	kind := b.measureName(benefitsView, main.Measure)
	page.Headline = b.t("benefits.headline", "n", b.w.Number(*main.Value, 0), "kind", kind, "period", b.w.Period(main.Period))
	page.Lead = b.t("benefits.lead")
	page.Teaser.Number, page.Teaser.Says = b.w.Number(*main.Value, 0), b.t("benefits.says", "kind", kind)

	kinds, where, who := b.shelf(), b.shelf(), b.shelf()
	kinds.steps(panel{id: "benefits-kinds", view: benefitsView}, true, "", b.measured(benefitsView)...)
	kinds.multiples(panel{id: "benefits-course", view: benefitsView}, b.measured(benefitsView))
	where.ranking(panel{id: "benefits-ranking", view: benefitsView, measure: main.Measure})
	where.districtMap(panel{id: "benefits-map", view: benefitsView, measure: main.Measure})
	who.breakdowns(panel{id: "benefits", view: benefitsView, measure: main.Measure}, "age_band", "sex")
	return b.filled(&page, part{key: "kinds", shelf: kinds}, part{key: "where", shelf: where}, part{key: "who", shelf: who})
}

// largest is the last row of the measure with the highest last value.
func (b *book) largest(view string) (release.Row, bool) {
	var out release.Row
	for _, m := range b.measured(view) {
		if r, ok := b.last(view, m, b.root()); ok && (out.Value == nil || *r.Value > *out.Value) {
			out = r
		}
	}
	return out, out.Value != nil
}

// measureName is the label of a measure of a view.
func (b *book) measureName(view, code string) string {
	for _, m := range b.measuresOf(view) {
		if m.Code == code {
			return m.Label.In(b.w.Lang)
		}
	}
	return code
}
