package dashboards

import "osservatorio/queries/release"

const (
	inclusionView = "inclusion_lr14"
	inclusionMain = "signed_team"
)

// inclusion answers: whom does the law on fragility reach, and with what?
func (b *book) inclusion() (*Page, error) {
	ref, ok := b.last(inclusionView, inclusionMain, b.root())
	if !ok {
		return nil, nil
	}
	page := b.topic("inclusion", "services", release.Text{IT: "inclusione", EN: "inclusion"}, ref.Period)
	page.Headline = b.t("inclusion.headline", "share", b.w.Percent(*ref.Value), "d", b.partOf(ref.Denominator))
	page.Lead = b.t("inclusion.lead", "period", b.w.Period(ref.Period))
	page.Teaser.Number, page.Teaser.Says = b.w.Percent(*ref.Value), b.t("inclusion.says")

	main := panel{view: inclusionView, measure: inclusionMain, reference: b.root()}
	path, where, course := b.shelf(), b.shelf(), b.shelf()
	path.steps(panel{id: "inclusion-steps", view: inclusionView}, false, "", b.measured(inclusionView)...)
	path.steps(panel{id: "inclusion-steps-year", view: inclusionView, year: true}, false, "", b.measured(inclusionView)...)
	where.ranking(main.as("inclusion-ranking").yearly())
	where.heat(panel{id: "inclusion-table", view: inclusionView, year: true}, b.measured(inclusionView))
	course.multiples(panel{id: "inclusion-course", view: inclusionView}, b.measured(inclusionView))
	return b.filled(&page, part{key: "path", shelf: path, intro: b.inclusionPublished()}, part{key: "where", shelf: where}, part{key: "course", shelf: course})
}

// inclusionPublished tells the figures that the region published itself, for
// scale; "" where the release has none.
func (b *book) inclusionPublished() string {
	published := map[string]string{}
	for _, c := range b.rel.Codes["targets"].Codes {
		if c.Extra["geo"] == b.root() {
			published[c.Code] = c.Extra["value"]
		}
	}
	intercepted, ok := published["lr14_intercepted"]
	agreements, both := published["lr14_agreements"]
	if !ok || !both {
		return ""
	}
	return b.t("inclusion.published", "intercepted", b.written(intercepted), "agreements", b.written(agreements))
}
