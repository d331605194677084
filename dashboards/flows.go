package dashboards

import (
	"math"

	"osservatorio/queries/release"
)

// flows answers: does the labour market around create or lose jobs?
func (b *book) flows() (*Page, error) {
	last, ok := b.last("flows", "balance", b.root())
	if !ok {
		return nil, nil
	}
	page := b.topic("flows", release.Text{IT: "lavoro", EN: "labour-market"}, last.Period)
	page.Headline, page.Lead = b.balanceWords("flows", "starts", "ends", last)
	page.Teaser.Number, page.Teaser.Says = b.w.Signed(*last.Value, 0), b.t("flows.says", "period", b.w.Period(last.Period))

	course, where, what := b.shelf(), b.shelf(), b.shelf()
	course.flow(panel{id: "flows-course", view: "flows"})
	where.ranking(panel{id: "flows-balance-ranking", view: "flows", measure: "balance"})
	what.breakdowns(panel{id: "flows-starts", view: "flows", measure: "starts"}, "contract_group", "sector", "occupation")
	page.Sections = sections(b.section("flows.course", course), b.section("flows.where", where), b.section("flows.what", what))
	return &page, firstError(course, where, what)
}

// balanceWords are headline and lead of a page of starts and ends.
func (b *book) balanceWords(view, starts, ends string, last release.Row) (headline, lead string) {
	key := "flows.headline.up"
	if *last.Value < 0 {
		key = "flows.headline.down"
	}
	headline = b.t(key, "n", b.w.Number(math.Abs(*last.Value), 0), "period", b.w.Period(last.Period))
	s, okS := b.row(view, starts, last.Geo, last.Period)
	e, okE := b.row(view, ends, last.Geo, last.Period)
	if okS && okE {
		lead = b.t("flows.lead", "place", b.name(last.Geo), "starts", b.w.Number(*s.Value, 0), "ends", b.w.Number(*e.Value, 0))
	}
	return headline, lead
}
