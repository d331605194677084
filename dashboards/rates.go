package dashboards

import (
	"osservatorio/dashboards/chart"
	"osservatorio/queries/release"
)

// ratesView holds the official rates of the labour force survey.
const ratesView = "labour_force"

// rates are its measures, the one asked for most first.
func rates() []string { return []string{"unemployment_rate", "employment_rate", "inactivity_rate"} }

// labourForce is the page of a release that has official rates and no flows of
// its own archives.
func (b *book) labourForce() (*Page, error) {
	last, ok := b.lastRate(rates()[0])
	if !ok {
		return nil, nil
	}
	page := b.topic("labour-force", "work", release.Text{IT: "lavoro", EN: "labour-market"}, last.Period)
	page.Headline = b.t("labour-force.headline", "rate", b.w.Percent(*last.Value), "place", b.name(last.Geo))
	page.Lead = b.t("labour-force.lead", "period", b.w.Period(last.Period))
	page.Teaser.Number, page.Teaser.Says = b.w.Percent(*last.Value), b.t("labour-force.says", "period", b.w.Period(last.Period))
	return b.withRates(&page)
}

// withRates adds the official rates to a page about the labour market: their
// course, each level of territories that has them, and who is out of work. It
// leaves the page as it is where the release has none.
func (b *book) withRates(page *Page) (*Page, error) {
	last, ok := b.lastRate(rates()[0])
	if !ok {
		return page, nil
	}
	course, where, who := b.shelf(), b.shelf(), b.shelf()
	for _, m := range rates() {
		p := panel{id: "rates-" + dashed(m), view: ratesView, measure: m}
		course.trend(b.newer(p.as(p.id + "-trend")))
		for _, l := range b.rel.Info.Region.Levels {
			if b.isRootLevel(l.Code) {
				continue
			}
			p := p.as(p.id + "-" + l.Code)
			p.reference = b.root()
			where.rankingAt(l.Code, p)
		}
	}
	who.breakdowns(b.newer(panel{id: "rates-unemployed", view: ratesView, measure: rates()[0]}), "sex", "education", "nationality")
	intro := b.t("rates.intro", "period", b.w.Period(last.Period))
	return b.filled(page, part{key: "rates", shelf: course, titled: true, intro: intro}, part{key: "rates-where", shelf: where, titled: true}, part{key: "rates-who", shelf: who, titled: true})
}

// newer is the panel by whole years where the whole territory has no quarters.
func (b *book) newer(p panel) panel {
	if _, ok := b.ref(p); ok {
		return p
	}
	return p.yearly()
}

// lastRate is the last rate of the whole territory, by quarter or else by year.
func (b *book) lastRate(measure string) (release.Row, bool) {
	p := panel{view: ratesView, measure: measure}
	return b.ref(b.newer(p))
}

func (b *book) isRootLevel(level string) bool {
	g, ok := b.rel.Geo(b.root())
	return ok && g.Level == level
}

// rankingAt is a ranking of the territories of a level, by quarter or, where
// they have none, by year.
func (s *shelf) rankingAt(level string, p panel) {
	for _, one := range []panel{p, p.yearly()} {
		if in, ok := s.input(one, release.Select{GeoLevel: level}); ok {
			s.take(chart.Ranking(chart.RankingInput{Input: in, Level: level, Reference: p.reference}))
			return
		}
	}
}
