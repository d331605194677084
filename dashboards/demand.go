package dashboards

import "osservatorio/queries/release"

const demandView = "demand"

// demand answers: which jobs are offered, and how many seek them?
func (b *book) demand() (*Page, error) {
	last, ok := b.last(demandView, "vacancies", b.root())
	if !ok {
		return nil, nil
	}
	page := b.topic("demand", "work", release.Text{IT: "domanda", EN: "demand"}, last.Period)
	page.Headline = b.t("demand.headline", "n", b.w.Number(*last.Value, 0), "period", b.w.Period(last.Period))
	page.Lead = b.t("demand.lead")
	if seekers, ok := b.row(demandView, "seekers", b.root(), last.Period); ok {
		page.Lead = b.t("demand.lead.seekers", "n", b.w.Number(*seekers.Value, 0))
	}
	page.Teaser.Number, page.Teaser.Says = b.w.Number(*last.Value, 0), b.t("demand.says")

	what, tight, where, course := b.shelf(), b.shelf(), b.shelf(), b.shelf()
	for _, m := range b.measured(demandView) {
		what.breakdowns(panel{id: "demand-" + dashed(m), view: demandView, measure: m}, "occupation")
		course.trend(panel{id: "demand-" + dashed(m) + "-trend", view: demandView, measure: m})
	}
	for _, m := range b.measured("tightness") {
		tight.breakdowns(panel{id: dashed(m), view: "tightness", measure: m}, "occupation")
		tight.ranking(panel{id: dashed(m) + "-ranking", view: "tightness", measure: m, reference: b.root(), year: true})
		tight.trend(panel{id: dashed(m) + "-trend", view: "tightness", measure: m})
	}
	where.ranking(panel{id: "demand-vacancies-ranking", view: demandView, measure: "vacancies", year: true})
	return b.filled(&page, part{key: "what", shelf: what}, part{key: "tight", shelf: tight, titled: true}, part{key: "where", shelf: where}, part{key: "course", shelf: course})
}
