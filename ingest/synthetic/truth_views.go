package synthetic

import (
	"slices"
	"strconv"
)

// viewID numbers the views of the books.
type viewID int

const (
	viewCoverage viewID = iota
	viewActivities
	viewTimely
	viewEmployed
	viewInwork
	viewEver
	viewStable
	viewDays
	viewTimeToJob
	viewUpgrade
	viewAfterExit
	viewGolStock
	viewWait
	viewNoShow
	viewFunnel
	viewFunnelDays
	viewFlows
	viewPositions
	viewMix
	viewDurations
	viewBenefits
	viewTraining
	viewGOL
	viewVulnerable
	viewCosts
	viewInclusion
	viewDemand
	viewTightness
	viewCentres
	viewExpected
	viewOperators
	views // how many
)

// kind says what the figures of a view are: parts of a rate, a count, or an
// estimate with the persons or events that support it.
type kind int

const (
	kindRate kind = iota
	kindCount
	kindEstimate
)

// view is one view of the books.
type view struct {
	name       string
	kind       kind
	breakdowns []string
	noYears    bool // it is kept by quarter only
	noQuarters bool // it is kept by year only
	months     bool // its totals are kept by month too
	measures   []measure
	sums       bool // amounts are added up
	amounts    bool // the sum is the figure: of nobody it is 0
	lanes      int  // kinds of event whose days are kept
	least      int  // members without whom an estimate is too thin, where no curve tells
	// value computes an estimate of one cell; ok is false where too few
	// support it, and then there is no number to compare.
	value    func(c *cellValue) (estimate, bool)
	modelled bool // its numbers come from the model of the whole region
}

// measure is one measure of a view and when it is known: its window must be
// over by the limit, for all of the period, or for its first day alone.
type measure struct {
	name      string
	window    day
	limit     day
	firm      day // last day after which a period still moves; 0 where only firm ones are told
	fromFirst bool
	level     level
	lane      int // of a curve
	day       day // of a curve
	median    bool
	stock     bool // of the last day alone: the period may begin before the sources do
}

// level says for which territories a measure is kept.
type level int

const (
	everywhere level = iota
	onlyPages        // those of the level that has pages
	onlyAbove        // those that contain them
	onlyRoot         // the one that contains all
)

func (v *view) breaksDown(breakdown string) bool { return slices.Contains(v.breakdowns, breakdown) }

func (m *measure) observable(p *period) bool {
	from := p.last
	if m.fromFirst {
		from = p.first
	}
	return from+m.window <= m.limit
}

// settled is the last day up to which all of these sources are complete and
// their lag is over.
func (w *world) settled(sources ...source) day {
	limit := w.to
	for _, s := range sources {
		limit = min(limit, w.to-w.lag[s])
	}
	return limit
}

// personal breakdowns of a registration, and of an agreement.
var (
	ofPersons    = []string{bySex, byAge, byCitizenship, byEducation, byDuration, byProfile, bySexAge}
	ofAgreements = append(slices.Clone(ofPersons), byPath, byProgramme)
	ofJobs       = []string{byGroup, bySector, byOccupation}
)

// views are all views in the order of their numbers.
func (w *world) views() []view {
	out := make([]view, views)
	w.entitlements(out)
	w.outcomeViews(out)
	w.takeUp(out)
	w.market(out)
	w.programmeViews(out)
	return out
}

func (w *world) entitlements(out []view) {
	coverage := view{name: "lep_coverage", breakdowns: ofPersons}
	activities := view{name: "lep_activities", kind: kindCount, breakdowns: []string{byProvider}}
	for _, l := range w.lep {
		if l.measured >= 0 {
			limit := w.settled(registrations)
			if !l.profiling {
				limit = w.settled(registrations, services)
			}
			if l.rule != ruleEvery {
				limit = min(limit, w.settled(agreements))
			}
			coverage.measures = append(coverage.measures, measure{name: l.slug, window: l.window, limit: limit})
		}
		activities.measures = append(activities.measures, measure{name: l.slug, limit: w.settled(services)})
	}
	timely := view{name: "lep_timely", breakdowns: ofPersons}
	for _, twin := range []string{"", "_atrisk"} {
		for _, h := range w.horizons["lep_timely"] {
			timely.measures = append(timely.measures, measure{name: h.measure + twin, window: h.days, limit: w.settled(registrations, agreements)})
		}
	}
	out[viewCoverage], out[viewActivities], out[viewTimely] = coverage, activities, timely
	centres := view{name: "lep_centres_meeting", measures: []measure{{name: "lep_met", level: onlyPages}, {name: "centres_all", level: onlyAbove}}}
	for i := range centres.measures { // known when every LEP is
		m := &centres.measures[i]
		m.limit = w.to
		for _, l := range coverage.measures {
			m.window, m.limit = max(m.window, l.window), min(m.limit, l.limit)
		}
	}
	out[viewCentres] = centres
}

// after are the measures of a view's horizons.
func (w *world) after(view string, limit day) []measure {
	var out []measure
	for _, h := range w.horizons[view] {
		out = append(out, measure{name: h.measure, window: h.days, limit: limit})
	}
	return out
}

func (w *world) outcomeViews(out []view) {
	limit := w.settled(placements, agreements, registrations)
	cohort := func(name string, measures []measure) view {
		return view{name: name, breakdowns: ofAgreements, measures: measures}
	}
	out[viewEmployed] = cohort("out_employed", w.after("out_employed", limit))
	out[viewInwork] = cohort("out_employed_inwork", w.after("out_employed", limit))
	out[viewEver] = cohort("out_ever", w.after("out_ever", limit))
	stable := w.after("out_stable", limit)
	out[viewStable] = cohort("out_stable", append(stable, measure{name: "stable_placed", window: stable[0].window, limit: limit}))
	out[viewDays] = cohort("out_days", w.after("out_days", limit))
	out[viewDays].kind, out[viewDays].sums = kindEstimate, true
	out[viewDays].value = meanShare
	out[viewUpgrade] = cohort("out_upgrade", w.after("out_upgrade", limit))
	out[viewAfterExit] = view{
		name: "out_after_exit", breakdowns: []string{byMeasure, bySex, byAge, bySexAge},
		measures: w.after("out_after_exit", w.settled(placements, services, registrations)),
	}
	expected := view{name: "out_expected", kind: kindEstimate, noQuarters: true, modelled: true, least: int(w.parameter["expected_min_cohort"])}
	for _, name := range []string{"ratio", "expected", "limit_95_low", "limit_95_high", "limit_998_low", "limit_998_high"} {
		expected.measures = append(expected.measures, measure{name: name, window: expectedAfter, limit: limit})
	}
	expected.measures = append(expected.measures, measure{name: "overdispersion", window: expectedAfter, limit: limit, level: onlyRoot})
	out[viewExpected] = expected
	out[viewTimeToJob] = w.curve("out_time_to_job", []string{bySex, byAge, byPath}, limit, "job", "left")
	out[viewGolStock] = view{name: "gol_stock", breakdowns: []string{byPath}, noYears: true, measures: []measure{
		{name: "employed_after_entry", limit: limit}, {name: "employed_before_entry", limit: limit},
	}}
}

// curve is a view that follows time: events by their names, at the days of
// the horizons, and the median of the first.
func (w *world) curve(name string, breakdowns []string, limit day, events ...string) view {
	v := view{name: name, kind: kindEstimate, breakdowns: breakdowns, lanes: len(events) + 1, value: w.onCurve}
	for lane, event := range events {
		for _, h := range w.horizons[name] {
			if h.measure == event+"_"+strconv.Itoa(int(h.days)) {
				v.measures = append(v.measures, measure{name: h.measure, window: h.days, limit: limit, fromFirst: true, lane: lane, day: h.days})
			}
		}
	}
	v.measures = append(v.measures, measure{name: events[0] + "_median", limit: limit, fromFirst: true, day: dayBins - 1, median: true})
	return v
}

func (w *world) takeUp(out []view) {
	out[viewWait] = w.curve("lep_wait", []string{bySex, byAge, bySexAge}, w.settled(registrations, agreements), "agreement", "employed", "closed")
	out[viewNoShow] = view{
		name: "lep_no_show", breakdowns: []string{bySex, byAge, byCitizenship, bySexAge},
		measures: []measure{{name: "no_show", limit: w.settled(convocations, registrations)}},
	}
	limit := w.settled(registrations, services, agreements, placements)
	out[viewFunnel] = view{name: "funnel", breakdowns: []string{byProgramme}}
	out[viewFunnelDays] = view{name: "funnel_days", kind: kindEstimate, breakdowns: []string{byProgramme}, lanes: int(steps), value: w.medianStep}
	for step, name := range stepNames {
		m := measure{name: name, window: day(w.parameter["funnel_days"]), limit: limit, lane: step}
		out[viewFunnel].measures = append(out[viewFunnel].measures, m)
		out[viewFunnelDays].measures = append(out[viewFunnelDays].measures, m)
	}
}

func (w *world) market(out []view) {
	defer w.firm(out)
	out[viewFlows] = view{name: "flows", kind: kindCount, months: true, breakdowns: ofJobs, measures: []measure{
		{name: "starts", limit: w.to}, {name: "ends", limit: w.to}, {name: "transformations", limit: w.to},
	}}
	out[viewPositions] = view{name: "positions", kind: kindCount, breakdowns: ofJobs, measures: []measure{{name: "positions", limit: w.to, stock: true}}}
	mix := view{name: "contract_mix", breakdowns: []string{bySector, byOccupation}}
	for _, group := range w.codes[byGroup] {
		if w.qualifies(group) {
			mix.measures = append(mix.measures, measure{name: group, limit: w.to})
		}
	}
	length := view{name: "contract_durations", breakdowns: ofJobs}
	for _, c := range durationClasses {
		length.measures = append(length.measures, measure{name: c.code, limit: w.to})
	}
	out[viewMix], out[viewDurations] = mix, length
	out[viewDemand] = view{name: "demand", kind: kindCount, breakdowns: []string{byOccupation}, measures: []measure{
		{name: "vacancies", limit: w.to}, {name: "starts", limit: w.to}, {name: "seekers", limit: w.to, stock: true},
	}}
	out[viewTightness] = view{name: "tightness", kind: kindEstimate, breakdowns: []string{byOccupation}, value: ratio, measures: []measure{
		{name: "tightness", limit: w.to},
	}}
}

// firm tells of the views that show what is not settled yet when it will be.
func (w *world) firm(out []view) {
	for _, v := range []viewID{viewFlows, viewPositions, viewMix, viewDurations, viewDemand, viewTightness} {
		for i := range out[v].measures {
			m := &out[v].measures[i]
			m.firm = w.settled(placements)
			switch m.name {
			case "vacancies":
				m.firm = w.settled(vacancies)
			case "seekers":
				m.firm = w.settled(registrations, placements)
			case "tightness":
				m.firm = w.settled(registrations, placements, vacancies)
			}
		}
	}
}

func (w *world) programmeViews(out []view) {
	benefit := view{name: "benefits_stock", kind: kindCount, breakdowns: []string{bySex, byAge, bySexAge}}
	for _, name := range benefitKinds {
		benefit.measures = append(benefit.measures, measure{name: name, limit: w.settled(benefits, registrations), stock: true})
	}
	out[viewBenefits] = benefit
	out[viewTraining] = view{name: "training_completion", breakdowns: []string{bySex, byAge, byCitizenship, byEducation, byProgramme, bySexAge}, measures: []measure{
		{name: "training_completed", window: dayBins - 1, limit: w.settled(training, registrations)},
		{name: "training_employed_180", window: afterTraining, limit: w.settled(training, placements, registrations)},
	}}
	gol := view{name: "programme_gol", kind: kindCount, breakdowns: []string{byPath, bySex, byAge, bySexAge}}
	for _, twin := range []string{"", "_total"} {
		for n, name := range golNames {
			m := measure{name: name + twin, limit: w.settled(agreements, registrations)}
			if n != golTaken {
				m.limit = w.settled(training, registrations)
			}
			gol.measures = append(gol.measures, m)
		}
	}
	out[viewGOL] = gol
	vulnerable := view{name: "programme_gol_vulnerable"}
	for _, name := range vulnerableNames {
		vulnerable.measures = append(vulnerable.measures, measure{name: name, limit: w.settled(agreements, registrations)})
	}
	out[viewVulnerable] = vulnerable
	costs := view{name: "standard_costs", kind: kindEstimate, breakdowns: []string{byProvider, byPath}, sums: true, amounts: true, value: totalEuro}
	for _, l := range w.lep {
		if l.employer {
			break // the catalogue ends with them; they cost nothing
		}
		costs.measures = append(costs.measures, measure{name: l.slug, limit: w.settled(services, registrations)})
	}
	out[viewCosts] = costs
	out[viewInclusion] = w.inclusionView()
	told := w.accountedTo()
	out[viewOperators] = view{name: "operators_per_1000", kind: kindEstimate, noQuarters: true, value: perThousand, measures: []measure{
		{name: "operators_per_1000", limit: min(told, w.settled(registrations)), firm: told - day(w.parameter["centres_lag_days"])},
	}}
}

func (w *world) inclusionView() view {
	now, later := w.settled(agreements, registrations), w.settled(agreements, registrations, services, placements)
	v := view{name: "inclusion_lr14", measures: []measure{
		{name: "profiled", limit: now}, {name: "above_threshold", limit: now}, {name: "signed_team", limit: now},
	}}
	for m := measureLR14Training; m <= measureLR14Support; m++ {
		v.measures = append(v.measures, measure{name: "measure_" + measures[m], window: lawWindow, limit: later})
	}
	v.measures = append(v.measures, measure{name: "placed", window: lawWindow, limit: later})
	return v
}
