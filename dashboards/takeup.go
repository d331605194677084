package dashboards

import "osservatorio/queries/release"

const (
	funnelView = "funnel"
	funnelDays = "funnel_days"
	funnelMain = "agreement"
)

// pathSteps are the steps from registration to work, in their order.
func pathSteps() []string {
	return []string{"reception", "did", "profile", "assessment", "agreement", "first_measure", "placement"}
}

// takeUp answers: how far do persons get on the way from registration to work?
func (b *book) takeUp() (*Page, error) {
	ref, ok := b.last(funnelView, funnelMain, b.root())
	if !ok {
		return nil, nil
	}
	page := b.topic("take-up", "services", release.Text{IT: "percorso", EN: "take-up"}, ref.Period)
	page.Headline = b.t("take-up.headline", "share", b.w.Percent(*ref.Value))
	if last, ok := b.row(funnelView, "first_measure", b.root(), ref.Period); ok {
		page.Headline = b.t("take-up.headline.measure", "share", b.w.Percent(*ref.Value), "measure", b.w.Percent(*last.Value))
	}
	page.Lead = b.t("take-up.lead", "d", b.partOf(ref.Denominator), "period", b.w.Period(ref.Period))
	page.Teaser.Number, page.Teaser.Says = b.w.Percent(*ref.Value), b.t("take-up.says")

	path, by, where, course := b.shelf(), b.shelf(), b.shelf(), b.shelf()
	path.steps(panel{id: "take-up-steps", view: funnelView}, false, funnelDays, pathSteps()...)
	for _, programme := range b.rel.Codes["programme"].Codes {
		by.steps(panel{id: "take-up-steps-" + dashed(programme.Code), view: funnelView, year: true, by: map[string]string{"programme": programme.Code},
			whom: b.programmePath(programme)}, false, funnelDays, pathSteps()...)
	}
	where.heat(panel{id: "take-up-table", view: funnelView, year: true}, pathSteps())
	where.ranking(panel{id: "take-up-measure-ranking", view: funnelView, measure: "first_measure", reference: b.root(), year: true})
	where.ranking(panel{id: "take-up-days-ranking", view: funnelDays, measure: "first_measure", reference: b.root(), year: true})
	course.multiples(panel{id: "take-up-course", view: funnelView}, pathSteps())
	return b.filled(&page, part{key: "path", shelf: path}, part{key: "programme", shelf: by}, part{key: "where", shelf: where}, part{key: "course", shelf: course})
}

// programmePath names those with an agreement of a programme, or those with none.
func (b *book) programmePath(programme release.Code) string {
	if programme.Code == "none" {
		return b.t("take-up.programme.none")
	}
	return programme.Label.In(b.w.Lang)
}
