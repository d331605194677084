package dashboards

import "osservatorio/queries/release"

// The main measure of the outcomes page: at work 180 days after the agreement.
const (
	employed     = "out_employed"
	employedMain = "employed_180"
)

// outcomes answers: do services lead to work?
func (b *book) outcomes() (*Page, error) {
	ref, ok := b.last(employed, employedMain, b.root())
	if !ok {
		return nil, nil
	}
	page := b.topic("outcomes", release.Text{IT: "esiti", EN: "outcomes"}, ref.Period)
	page.Headline = b.t("outcomes.headline", "share", b.w.Percent(*ref.Value), "period", b.w.Period(ref.Period))
	above, same, below := sides(b.at(employed, employedMain, ref.Period), ref)
	page.Lead = b.t("outcomes.lead", "n", b.w.Number(*ref.Numerator, 0), "d", b.w.Number(*ref.Denominator, 0),
		"above", b.places(above), "below", b.w.Int(below), "same", b.w.Int(same))
	page.Teaser.Number, page.Teaser.Says = b.w.Percent(*ref.Value), b.t("outcomes.says")

	where, time, who, twin := b.shelf(), b.shelf(), b.shelf(), b.shelf()
	where.ranking(panel{id: "outcomes-ranking", view: employed, measure: employedMain, reference: b.root()})
	where.districtMap(panel{id: "outcomes-map", view: employed, measure: employedMain, reference: b.root()})
	horizons := []string{"employed_90", "employed_180", "employed_365"}
	time.multiples(panel{id: "outcomes-course", view: employed}, horizons)
	who.breakdowns(panel{id: "outcomes", view: employed, measure: employedMain}, append([]string{"path"}, personBreakdowns()...)...)
	twin.multiples(panel{id: "outcomes-inwork-course", view: "out_employed_inwork"}, horizons)
	page.Sections = sections(b.section("outcomes.where", where), b.section("outcomes.time", time), b.section("outcomes.who", who), b.titled("outcomes.twin", twin))
	return &page, firstError(where, time, who, twin)
}
