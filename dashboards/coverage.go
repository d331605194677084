package dashboards

import "osservatorio/queries/release"

// The main measure of the LEP page: agreements signed within 60 days.
const (
	timely     = "lep_timely"
	timelyMain = "timely_60"
	lepView    = "lep_coverage"
)

// personBreakdowns are the characteristics of persons that upper levels are
// broken down by, in the order of the page.
func personBreakdowns() []string {
	return []string{"age_band", "sex", "citizenship", "education", "duration"}
}

// coverage answers: where are the essential levels reached, and how fast?
func (b *book) coverage() (*Page, error) {
	ref, ok := b.last(timely, timelyMain, b.root())
	if !ok {
		return nil, nil
	}
	page := b.topic("lep", release.Text{IT: "lep", EN: "lep"}, ref.Period)
	above, same, below := sides(b.at(timely, timelyMain, ref.Period), ref)
	page.Headline = b.t("lep.headline", "above", b.places(above), "below", b.w.Int(below), "same", b.w.Int(same))
	page.Lead = b.t("lep.lead", "region", b.regionName(), "n", b.w.Number(*ref.Numerator, 0), "d", b.w.Number(*ref.Denominator, 0), "share", b.w.Percent(*ref.Value))
	page.Teaser.Number, page.Teaser.Says = b.w.Percent(*ref.Value), b.t("lep.says")

	where, leps, places, pace, who, each := b.shelf(), b.shelf(), b.shelf(), b.shelf(), b.shelf(), b.shelf()
	where.ranking(panel{id: "lep-timely-ranking", view: timely, measure: timelyMain, reference: b.root()})
	leps.heat(panel{id: "lep-coverage-table", view: lepView}, b.measured(lepView))
	places.districtMap(panel{id: "lep-timely-map", view: timely, measure: timelyMain, reference: b.root()})
	pace.multiples(panel{id: "lep-timely-course", view: timely}, []string{"timely_30", "timely_60", "timely_90"})
	each.multiples(panel{id: "lep-coverage-course", view: lepView}, b.measured(lepView))
	who.breakdowns(panel{id: "lep-timely", view: timely, measure: timelyMain}, personBreakdowns()...)
	page.Sections = sections(b.section("where", where), b.section("leps", leps), b.section("map", places), b.section("pace", pace), b.section("each", each), b.section("who", who))
	return &page, firstError(where, leps, places, pace, each, who)
}

// measured are the measures of a view that show a value somewhere.
func (b *book) measured(view string) []string {
	var out []string
	for _, m := range b.measuresOf(view) {
		if b.latest(view, m.Code, b.root()) != "" {
			out = append(out, m.Code)
		}
	}
	return out
}

// measuresOf are the measures of a view, none where it is not published.
func (b *book) measuresOf(view string) []release.Measure {
	if v, ok := b.views[view]; ok {
		return v.whole.Header.Measures
	}
	return nil
}
