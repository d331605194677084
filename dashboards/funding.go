package dashboards

import "osservatorio/queries/release"

const (
	fundingView = "funding_execution"
	costsView   = "standard_costs"
)

// funding answers: how much of the money is committed and paid?
func (b *book) funding() (*Page, error) {
	paid, ok := b.last(fundingView, "paid_share", b.root())
	if !ok {
		return nil, nil
	}
	page := b.topic("funding", "means", release.Text{IT: "risorse", EN: "funding"}, paid.Period)
	page.Headline = b.t("funding.headline", "share", b.w.Percent(*paid.Value), "period", b.w.Period(paid.Period))
	page.Lead = b.t("funding.lead")
	if allocated, ok := b.row(fundingView, "allocated", b.root(), paid.Period); ok {
		page.Lead = b.t("funding.lead.allocated", "n", b.w.Number(*allocated.Value, 0))
	}
	page.Teaser.Number, page.Teaser.Says = b.w.Percent(*paid.Value), b.t("funding.says")

	way, where, costs := b.shelf(), b.shelf(), b.shelf()
	way.steps(panel{id: "funding-way", view: fundingView}, false, "", "allocated", "committed", "paid")
	for _, m := range []string{"committed_share", "paid_share"} {
		way.breakdowns(panel{id: "funding-" + dashed(m), view: fundingView, measure: m}, "plan_programme")
	}
	way.breakdowns(panel{id: "funding-allocated", view: fundingView, measure: "allocated"}, "plan_programme")
	where.ranking(panel{id: "funding-paid-ranking", view: fundingView, measure: "paid_share"})
	where.ranking(panel{id: "funding-allocated-ranking", view: fundingView, measure: "allocated"})
	costs.steps(panel{id: "funding-costs", view: costsView}, true, "", b.measured(costsView)...)
	if main, ok := b.largest(costsView); ok {
		costs.breakdowns(panel{id: "funding-costs", view: costsView, measure: main.Measure}, "provider_kind", "path")
		costs.ranking(panel{id: "funding-costs-ranking", view: costsView, measure: main.Measure, year: true})
	}
	return b.filled(&page, part{key: "way", shelf: way}, part{key: "where", shelf: where}, part{key: "costs", shelf: costs, titled: true})
}
