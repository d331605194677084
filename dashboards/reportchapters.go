package dashboards

import "osservatorio/queries/release"

// contextChapter is what is around the plan, not part of it.
const contextChapter = "context"

// chapter says what a chapter of the annual report is made of. Views that a
// release does not publish are passed over, so that one list serves the data of
// a region and national tables.
type chapter struct {
	id      string
	says    []saying // the first that has a value is the headline
	keys    []panel
	tables  []yearTable // the first that shows a value stands in the chapter
	figures []string    // ids of figures of the site, the best first
}

// saying is a sentence of the catalogue, report.say.<key>, about the panel's
// number; beside is a second number of the same period, which it needs too.
type saying struct {
	key    string
	panel  panel
	beside panel
}

// yearTable is rows under the caption report.table.<id>.
type yearTable struct {
	id   string
	rows []panel
}

func of(view, measure string) panel { return panel{view: view, measure: measure} }

func say(view, measure string) saying {
	return saying{key: view + "." + measure, panel: of(view, measure)}
}

// chapters are those that the national plan asks for, then the context.
func (b *book) chapters() []chapter {
	return []chapter{b.lepChapter(), b.profilingChapter(), b.strengtheningChapter(), b.measuresChapter(), b.outcomesChapter(), b.fundingChapter(), b.contextChapter()}
}

func (b *book) lepChapter() chapter {
	return chapter{
		id:     "lep",
		says:   []saying{say(timely, timelyMain), say(waitView, "agreement_median"), say("lep_no_show", "no_show"), say("lep_centres_meeting", "centres_all"), say("gol_policies", "with_policy_share")},
		keys:   []panel{of(timely, "timely_30"), of(timely, timelyMain), of(timely, "timely_90"), of(waitView, "agreement_median"), of("lep_no_show", "no_show"), of("lep_centres_meeting", "centres_all"), of("gol_policies", "with_policy_share")},
		tables: []yearTable{{"lep", b.each(lepView)}, {"gol_lep", shares("gol_policies", golLeps())}},
		figures: []string{"lep-timely-course", "lep-timely-ranking-year", "lep-timely-ranking", "lep-timely-map", "lep-centres-trend",
			"gol-lep-ranking", "gol-lep-course"},
	}
}

func (b *book) profilingChapter() chapter {
	return chapter{
		id:      "profiling",
		says:    []saying{say(lepView, "did_profilazione"), say(funnelView, "profile"), say(funnelView, "assessment")},
		keys:    []panel{of(lepView, "did_profilazione"), of(funnelView, "did"), of(funnelView, "profile"), of(funnelView, "assessment"), of(funnelDays, "profile"), of(funnelDays, "assessment")},
		tables:  []yearTable{{"profile", b.byCategory(of(timely, timelyMain), "profile")}, {"path", b.byCategory(of(employed, employedMain), "path")}},
		figures: []string{"take-up-course", "lep-timely-by-profile", "outcomes-by-profile", "gol-taken-by-path"},
	}
}

func (b *book) strengtheningChapter() chapter {
	posts := saying{"strengthening.posts_filled", of(strengtheningView, "posts_filled"), of(strengtheningView, "posts_assigned")}
	works := saying{"strengthening.works_completed", of(strengtheningView, "works_completed"), of(strengtheningView, "works_planned")}
	paid := saying{"strengthening.paid_eur", of(strengtheningView, "paid_eur"), of(strengtheningView, "allocated_eur")}
	return chapter{
		id: "strengthening", says: []saying{posts, works, paid},
		keys:    append(shares(strengtheningView, []string{"posts_assigned", "posts_filled", "posts_gap", "works_planned", "works_completed"}), b.each("operators_per_1000")...),
		tables:  []yearTable{{"strengthening_money", shares(strengtheningView, []string{"allocated_eur", "committed_eur", "paid_eur"})}},
		figures: []string{"strengthening-posts-course", "strengthening-posts", "strengthening-money", "strengthening-works"},
	}
}

func (b *book) measuresChapter() chapter {
	return chapter{
		id: "measures",
		says: []saying{say(golView, golMain), say(funnelView, "first_measure"), say(trainingView, trainingMain), say(inclusionView, inclusionMain),
			say("gol_taken_in_charge", "individuals")},
		keys: []panel{of(golView, "taken_in_charge"), of(golView, golMain), of(golView, "trained"), of(golView, "trained_total"), of(golView, "trained_digital_total"),
			of(funnelView, "first_measure"), of(trainingView, trainingMain), of(inclusionView, inclusionMain),
			of("gol_taken_in_charge", "individuals"), of("gol_taken_in_charge", "taken_in_charge"), of("gol_targets", "rate_pnrr_2025"), of("gol_targets", "rate_2023"), of("gol_targets", "rate_pnrr_2022")},
		tables:  []yearTable{{"activities", b.each("lep_activities")}, {"gol_path", b.byCategory(of("gol_taken_in_charge", "taken_in_charge"), "path")}},
		figures: []string{"gol-course", "take-up-steps", "training-course", "inclusion-course", "gol-total-trend", "gol-individuals-trend", "gol-individuals-ranking"},
	}
}

func (b *book) outcomesChapter() chapter {
	return chapter{
		id: "outcomes",
		says: []saying{say(employed, employedMain), say(jobView, "job_median"), say("out_stable", "stable_365"), say("out_after_exit", "after_exit_180"),
			say("gol_employed", "new_employed_share")},
		keys: []panel{of(employed, "employed_90"), of(employed, employedMain), of(employed, "employed_365"), of("out_ever", "ever_365"), of(jobView, "job_median"),
			of("out_stable", "stable_365"), of("out_days", "days_365"), of("out_after_exit", "after_exit_180"), of("out_upgrade", "upgrade_365"),
			of("gol_employed", "new_employed_share"), of("gol_employed", "employed_share"), of("gol_employed", "already_employed_share")},
		tables:  []yearTable{{"outcomes_path", b.byCategory(of(employed, employedMain), "path")}, {"gol_employed_path", b.byCategory(of("gol_employed", "new_employed_share"), "path")}},
		figures: []string{"outcomes-course", "outcomes-ranking-year", "outcomes-ranking", "outcomes-expected", "outcomes-job", "outcomes-stable-course", "gol-employed-course", "gol-employed-ranking"},
	}
}

func (b *book) fundingChapter() chapter {
	return chapter{
		id: "funding",
		says: []saying{{"funding_execution.paid_share", of(fundingView, "paid_share"), of(fundingView, "allocated")},
			say(fundingView, "committed_share")},
		keys:    shares(fundingView, []string{"allocated", "committed", "paid", "committed_share", "paid_share"}),
		tables:  []yearTable{{"funding_programme", b.byCategory(of(fundingView, "paid_share"), "plan_programme")}, {"costs", b.each(costsView)}},
		figures: []string{"funding-way", "funding-paid-share-by-plan-programme", "funding-costs"},
	}
}

func (b *book) contextChapter() chapter {
	return chapter{
		id: contextChapter,
		says: []saying{{"flows.balance", of("flows", "balance"), of("flows", "starts")}, {"co_flows.balance", of("co_flows", "balance"), of("co_flows", "hires")},
			{"demand.vacancies", of(demandView, "vacancies"), of(demandView, "seekers")}},
		keys: []panel{of("flows", "starts"), of("flows", "ends"), of("flows", "balance"), of(demandView, "vacancies"), of(demandView, "seekers"),
			of("co_flows", "hires"), of("co_flows", "terminations"), of("co_flows", "balance")},
		tables:  []yearTable{{"benefits", b.each(benefitsView)}},
		figures: []string{"flows-course", "flows-course-year", "co-flows-course"},
	}
}

// each is one panel a measure of a view.
func (b *book) each(view string) []panel {
	var out []panel
	for _, m := range b.measuresOf(view) {
		out = append(out, of(view, m.Code))
	}
	return out
}

// shares is one panel a measure of a view, of those named.
func shares(view string, measures []string) []panel {
	var out []panel
	for _, m := range measures {
		out = append(out, of(view, m))
	}
	return out
}

// byCategory is one panel a category of a breakdown, named after it; none where
// the view does not have the breakdown.
func (b *book) byCategory(p panel, breakdown string) []panel {
	v, ok := b.views[p.view]
	if !ok {
		return nil
	}
	var out []panel
	for _, has := range v.whole.Header.Breakdowns {
		if has != breakdown {
			continue
		}
		for _, code := range b.rel.Codes[breakdown].Codes {
			if code.Code != release.Total {
				one := p
				one.by, one.whom = map[string]string{breakdown: code.Code}, code.Label.In(b.w.Lang)
				out = append(out, one)
			}
		}
	}
	return out
}
