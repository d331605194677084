package dashboards

import (
	"strconv"
	"strings"

	"osservatorio/dashboards/chart"
	"osservatorio/queries/release"
)

// The main measure of the outcomes page: at work 180 days after the agreement.
const (
	employed     = "out_employed"
	employedMain = "employed_180"
	jobView      = "out_time_to_job"
)

// toJob is the curve of the days from the agreement to the first job.
func toJob() chart.CurveInput {
	return chart.CurveInput{Event: "job", Competing: []string{"left"}, Median: "job_median"}
}

// outcomes answers: do services lead to work?
func (b *book) outcomes() (*Page, error) {
	main := b.steady(panel{view: employed, measure: employedMain, reference: b.root()})
	ref, ok := b.ref(main)
	if !ok {
		return nil, nil
	}
	page := b.topic("outcomes", "outcomes", release.Text{IT: "esiti", EN: "outcomes"}, ref.Period)
	page.Headline = b.t("outcomes.headline", "share", b.w.Percent(*ref.Value), "period", b.w.Period(ref.Period))
	above, same, below := sides(b.at(employed, employedMain, ref.Period), ref)
	lead := "outcomes.lead"
	switch {
	case above+below+same == 0:
		lead = "outcomes.lead.alone"
	case above+below == 0:
		lead = "outcomes.lead.same"
	}
	page.Lead = b.t(lead, "n", b.w.Number(*ref.Numerator, 0), "d", b.w.Number(*ref.Denominator, 0),
		"above", b.places(above), "below", b.w.Int(below), "same", b.w.Int(same), "all", b.places(same))
	page.Lead += b.ripe(ref.Period)
	page.Teaser.Number, page.Teaser.Says = b.w.Percent(*ref.Value), b.t("outcomes.says")

	where, time, job, who := b.shelf(), b.shelf(), b.shelf(), b.shelf()
	where.ranking(main.as("outcomes-ranking"))
	if !main.year {
		where.ranking(main.as("outcomes-ranking-year").yearly())
	}
	where.districtMap(main.as("outcomes-map"))
	time.curve(panel{id: "outcomes-horizons", view: employed}, chart.CurveInput{Event: "employed", AtTheDay: true})
	time.multiples(panel{id: "outcomes-course", view: employed}, b.measured(employed))
	time.multiples(panel{id: "outcomes-ever-course", view: "out_ever"}, b.measured("out_ever"))
	job.curve(panel{id: "outcomes-job", view: jobView}, toJob())
	job.curves(panel{id: "outcomes-job", view: jobView}, chart.CurvesInput{Event: "job", Median: "job_median"}, "path", "age_band", "sex")
	job.ranking(panel{id: "outcomes-job-ranking", view: jobView, measure: "job_median", reference: b.root(), year: true})
	who.breakdowns(panel{id: "outcomes", view: employed, measure: employedMain}, append([]string{"path", "programme"}, personBreakdowns()...)...)
	page.Sections = sections(b.section("outcomes.where", where), b.section("outcomes.time", time), b.section("outcomes.job", job), b.section("outcomes.who", who))
	if err := firstError(where, time, job, who); err != nil {
		return nil, err
	}
	return b.outcomesBeyond(&page)
}

// ripe says, where a release shows outcomes at maturity, why its newest cohort is
// old and until which day agreements are told; "" where it does not.
func (b *book) ripe(period string) string {
	for _, p := range b.rel.Codes["parameters"].Codes {
		if value, err := strconv.ParseFloat(p.Extra["value"], 64); p.Code == "outcomes_at_maturity" && err == nil && value == 1 {
			return " " + b.t("outcomes.ripe", "date", b.w.Date(lastDay(period)))
		}
	}
	return ""
}

// lastDay is the last day of a year or quarter as YYYY-MM-DD.
func lastDay(period string) string {
	year, part, _ := strings.Cut(period, "-")
	if end, known := map[string]string{"Q1": "03-31", "Q2": "06-30", "Q3": "09-30"}[part]; known {
		return year + "-" + end
	}
	return year + "-12-31"
}

// outcomesBeyond adds what lasts, what follows a measure, what was to be
// expected, and those who worked already.
func (b *book) outcomesBeyond(page *Page) (*Page, error) {
	lasting, exit, expected, twin := b.shelf(), b.shelf(), b.shelf(), b.shelf()
	lasting.multiples(panel{id: "outcomes-stable-course", view: "out_stable"}, b.measured("out_stable"))
	lasting.ranking(panel{id: "outcomes-stable-ranking", view: "out_stable", measure: "stable_365", reference: b.root(), year: true})
	lasting.trend(panel{id: "outcomes-days-trend", view: "out_days", measure: "days_365"})
	lasting.ranking(panel{id: "outcomes-days-ranking", view: "out_days", measure: "days_365", reference: b.root(), year: true})
	exit.breakdowns(panel{id: "outcomes-exit", view: "out_after_exit", measure: "after_exit_180", year: true}, "measure_received")
	exit.multiples(panel{id: "outcomes-exit-course", view: "out_after_exit"}, b.measured("out_after_exit"))
	expected.funnelPlot(panel{id: "outcomes-expected", view: "out_expected", measure: "ratio"})
	twin.multiples(panel{id: "outcomes-inwork-course", view: "out_employed_inwork"}, b.measured("out_employed_inwork"))
	twin.multiples(panel{id: "outcomes-upgrade-course", view: "out_upgrade"}, b.measured("out_upgrade"))
	twin.breakdowns(panel{id: "outcomes-upgrade", view: "out_upgrade", measure: "upgrade_365", year: true}, "age_band", "sex")
	return b.filled(page, part{key: "lasting", shelf: lasting, titled: true}, part{key: "exit", shelf: exit, titled: true},
		part{key: "expected", shelf: expected, titled: true}, part{key: "twin", shelf: twin, titled: true})
}

// funnelPlot is the places of the level by expected and observed.
func (s *shelf) funnelPlot(p panel) {
	if in, ok := s.input(p, release.Select{GeoLevel: s.b.level()}); ok {
		s.take(chart.FunnelPlot(chart.FunnelInput{Input: in, Level: s.b.level(), Geo: s.b.root(), Expected: "expected", Dispersion: "overdispersion", Highlighted: p.geo,
			Limits: chart.FunnelLimits{Low95: "limit_95_low", High95: "limit_95_high", Low998: "limit_998_low", High998: "limit_998_high"}}))
	}
}
