package dashboards

import "osservatorio/queries/release"

const strengtheningView = "strengthening"

// strengthening answers: how far is the plan to strengthen job centres?
func (b *book) strengthening() (*Page, error) {
	assigned, ok := b.last(strengtheningView, "posts_assigned", b.root())
	filled, both := b.row(strengtheningView, "posts_filled", b.root(), assigned.Period)
	if !ok || !both {
		return nil, nil
	}
	page := b.topic("strengthening", "means", release.Text{IT: "potenziamento", EN: "strengthening"}, assigned.Period)
	page.Headline = b.t("strengthening.headline", "filled", b.w.Number(*filled.Value, 0), "assigned", b.w.Number(*assigned.Value, 0))
	page.Lead = b.t("strengthening.lead", "period", b.w.Period(assigned.Period))
	page.Teaser.Number, page.Teaser.Says = b.w.Number(*filled.Value, 0), b.t("strengthening.says")

	posts, money, works, where := b.shelf(), b.shelf(), b.shelf(), b.shelf()
	at := func(id, measure string) panel { return panel{id: id, view: strengtheningView, measure: measure} }
	posts.steps(at("strengthening-posts", ""), false, "", "posts_assigned", "posts_filled", "posts_gap")
	posts.multiples(at("strengthening-posts-course", ""), []string{"posts_assigned", "posts_filled", "posts_gap"})
	posts.breakdowns(at("strengthening-filled", "posts_filled"), "plan_programme")
	posts.trend(at("strengthening-trained-course", "staff_trained"))
	money.steps(at("strengthening-money", ""), false, "", "allocated_eur", "committed_eur", "paid_eur")
	money.breakdowns(at("strengthening-paid", "paid_eur"), "line", "plan_programme")
	money.breakdowns(at("strengthening-allocated", "allocated_eur"), "line")
	works.steps(at("strengthening-works", ""), false, "", "works_planned", "works_completed")
	for _, m := range b.measured("operators_per_1000") {
		where.ranking(panel{id: "strengthening-" + dashed(m) + "-ranking", view: "operators_per_1000", measure: m, reference: b.root()})
	}
	where.ranking(at("strengthening-gap-ranking", "posts_gap"))
	return b.filled(&page, part{key: "posts", shelf: posts, titled: true}, part{key: "money", shelf: money, titled: true}, part{key: "works", shelf: works}, part{key: "where", shelf: where})
}
