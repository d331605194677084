package dashboards

import (
	"osservatorio/dashboards/chart"
	"osservatorio/queries/release"
)

// The main measure of the LEP page: agreements signed within 60 days.
const (
	timely     = "lep_timely"
	timelyMain = "timely_60"
	lepView    = "lep_coverage"
	waitView   = "lep_wait"
)

// personBreakdowns are the characteristics of persons that upper levels are
// broken down by, in the order of the page.
func personBreakdowns() []string {
	return []string{"age_band", "sex", "citizenship", "education", "duration", "profile"}
}

// waiting is the curve of the days from registration to the agreement.
func waiting() chart.CurveInput {
	return chart.CurveInput{Event: "agreement", Competing: []string{"employed", "closed"}, Median: "agreement_median"}
}

// coverage answers: where are the essential levels reached, and how fast?
func (b *book) coverage() (*Page, error) {
	main := b.steady(panel{view: timely, measure: timelyMain, reference: b.root()})
	ref, ok := b.ref(main)
	if !ok {
		return nil, nil
	}
	page := b.topic("lep", "services", release.Text{IT: "lep", EN: "lep"}, ref.Period)
	above, same, below := sides(b.at(timely, timelyMain, ref.Period), ref)
	switch {
	case above+below > 0:
		page.Headline = b.t("lep.headline", "above", b.places(above), "below", b.w.Int(below), "same", b.w.Int(same))
	case same > 1:
		page.Headline = b.t("lep.headline.none", "same", b.places(same), "share", b.w.Percent(*ref.Value))
	default:
		page.Headline = b.t("home.lep.headline", "share", b.w.Percent(*ref.Value))
	}
	page.Lead = b.t("lep.lead", "region", b.regionName(), "n", b.w.Number(*ref.Numerator, 0), "d", b.w.Number(*ref.Denominator, 0), "share", b.w.Percent(*ref.Value))
	page.Teaser.Number, page.Teaser.Says = b.w.Percent(*ref.Value), b.t("lep.says")

	where, leps, places, pace, wait := b.shelf(), b.shelf(), b.shelf(), b.shelf(), b.shelf()
	where.ranking(main.as("lep-timely-ranking"))
	if !main.year {
		where.ranking(main.as("lep-timely-ranking-year").yearly())
		leps.heat(panel{id: "lep-coverage-table", view: lepView}, b.measured(lepView))
	}
	leps.heat(panel{id: "lep-coverage-table-year", view: lepView, year: true}, b.measured(lepView))
	places.districtMap(main.as("lep-timely-map"))
	pace.multiples(panel{id: "lep-timely-course", view: timely}, []string{"timely_30", "timely_60", "timely_90"})
	wait.curve(panel{id: "lep-wait", view: waitView}, waiting())
	wait.curves(panel{id: "lep-wait", view: waitView}, chart.CurvesInput{Event: "agreement", Median: "agreement_median"}, "age_band", "sex")
	wait.ranking(panel{id: "lep-wait-ranking", view: waitView, measure: "agreement_median", reference: b.root(), year: true})
	page.Sections = sections(b.section("lep.where", where), b.section("lep.leps", leps), b.section("lep.map", places), b.section("lep.pace", pace), b.section("lep.wait", wait))
	if err := firstError(where, leps, places, pace, wait); err != nil {
		return nil, err
	}
	return b.coverageByWhom(&page)
}

// coverageByWhom adds who is served, who is missed and by whom it is done.
func (b *book) coverageByWhom(page *Page) (*Page, error) {
	each, who, absent, centres, providers := b.shelf(), b.shelf(), b.shelf(), b.shelf(), b.shelf()
	each.multiples(panel{id: "lep-coverage-course", view: lepView}, b.measured(lepView))
	who.breakdowns(panel{id: "lep-timely", view: timely, measure: timelyMain}, personBreakdowns()...)
	missed := panel{view: "lep_no_show", measure: "no_show", reference: b.root()}
	absent.trend(missed.as("lep-no-show-trend"))
	absent.ranking(missed.as("lep-no-show-ranking").yearly())
	absent.breakdowns(missed.as("lep-no-show"), "age_band", "sex", "citizenship")
	centres.trend(panel{id: "lep-centres-trend", view: "lep_centres_meeting", measure: "centres_all"})
	centres.ranking(panel{id: "lep-centres-ranking", view: "lep_centres_meeting", measure: "lep_met"})
	centres.ranking(panel{id: "lep-centres-ranking-year", view: "lep_centres_meeting", measure: "lep_met", year: true})
	providers.ranking(panel{id: "lep-sites-ranking", view: "provider_sites", measure: "sites_per_10000", reference: b.root()})
	providers.breakdowns(panel{id: "lep-sites", view: "provider_sites", measure: "sites"}, "provider_kind")
	for _, lep := range []string{"orientamento_base", "orientamento_specialistico", "accompagnamento"} {
		providers.breakdowns(panel{id: "lep-activities-" + dashed(lep), view: "lep_activities", measure: lep}, "provider_kind")
	}
	return b.filled(page, part{key: "each", shelf: each}, part{key: "who", shelf: who}, part{key: "absent", shelf: absent, titled: true},
		part{key: "centres", shelf: centres, titled: true, intro: b.standardAsked()}, part{key: "providers", shelf: providers, titled: true})
}

// standardAsked says what the plan asks of job centres, "" where the release
// has no such target.
func (b *book) standardAsked() string {
	for _, t := range b.targets("cpi_meeting_lep") {
		return b.t("lep.standard", "share", t.Extra["value"]+"%", "date", b.w.Date(t.Extra["due_on"]))
	}
	return ""
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
