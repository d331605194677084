package dashboards

import (
	"math"

	"osservatorio/queries/release"
)

// flows answers: does the labour market around create or lose jobs?
func (b *book) flows() (*Page, error) {
	last, ok := b.last("flows", "balance", b.root())
	if !ok {
		return b.labourForce()
	}
	page := b.topic("flows", "work", release.Text{IT: "lavoro", EN: "labour-market"}, last.Period)
	page.Headline, page.Lead = b.balanceWords("flows", "starts", "ends", last)
	page.Teaser.Number, page.Teaser.Says = b.w.Signed(*last.Value, 0), b.t("flows.says", "period", b.w.Period(last.Period))

	course, where, what := b.shelf(), b.shelf(), b.shelf()
	course.flow(panel{id: "flows-course", view: "flows"})
	course.flow(panel{id: "flows-course-month", view: "flows", month: true})
	course.flow(panel{id: "flows-course-year", view: "flows", year: true})
	where.ranking(panel{id: "flows-balance-ranking", view: "flows", measure: "balance"})
	where.districtMap(panel{id: "flows-balance-map", view: "flows", measure: "balance", year: true})
	what.breakdowns(panel{id: "flows-starts", view: "flows", measure: "starts"}, "contract_group", "sector", "occupation")
	what.trend(panel{id: "flows-transformations-trend", view: "flows", measure: "transformations"})
	page.Sections = sections(b.section("flows.course", course), b.section("flows.where", where), b.section("flows.what", what))
	if err := firstError(course, where, what); err != nil {
		return nil, err
	}
	if _, err := b.flowsStanding(&page); err != nil {
		return nil, err
	}
	return b.withRates(&page)
}

// flowsStanding adds the jobs that run, and how they are made.
func (b *book) flowsStanding(page *Page) (*Page, error) {
	positions, contracts, durations := b.shelf(), b.shelf(), b.shelf()
	if list := b.measured("positions"); len(list) > 0 {
		main := panel{view: "positions", measure: list[0]}
		positions.trend(main.as("positions-trend"))
		positions.breakdowns(main.as("positions"), "contract_group", "sector")
		positions.ranking(main.as("positions-ranking"))
	}
	mix := b.measured("contract_mix")
	contracts.steps(panel{id: "contract-mix", view: "contract_mix"}, true, "", mix...)
	contracts.multiples(panel{id: "contract-mix-course", view: "contract_mix"}, mix)
	contracts.heat(panel{id: "contract-mix-places", view: "contract_mix", year: true, parts: true}, mix)
	lasted := b.measured("contract_durations")
	durations.steps(panel{id: "contract-durations", view: "contract_durations"}, true, "", lasted...)
	durations.multiples(panel{id: "contract-durations-course", view: "contract_durations"}, lasted)
	return b.filled(page, part{key: "positions", shelf: positions, titled: true}, part{key: "contracts", shelf: contracts, titled: true}, part{key: "durations", shelf: durations, titled: true})
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
