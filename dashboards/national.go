package dashboards

import "osservatorio/queries/release"

// golPolicies answers: which essential levels start after taking in charge?
func (b *book) golPolicies() (*Page, error) {
	const view, main = "gol_policies", "with_policy_share"
	last, ok := b.last(view, main, b.root())
	if !ok {
		return nil, nil
	}
	page := b.topic("gol-lep", "services", release.Text{IT: "gol-lep", EN: "gol-lep"}, last.Period)
	low, high := extremes(b.at(view, main, last.Period))
	page.Headline = b.t("gol-lep.headline", "share", b.w.Percent(*last.Value))
	page.Lead = b.t("gol-lep.lead", "n", b.partOf(last.Numerator), "d", b.partOf(last.Denominator), "date", b.w.Period(last.Period),
		"lowest", b.name(low.Geo), "low", b.w.Percent(*low.Value), "highest", b.name(high.Geo), "high", b.w.Percent(*high.Value))
	page.Teaser.Number, page.Teaser.Says = b.w.Percent(*last.Value), b.t("gol-lep.says")

	where, leps, each := b.shelf(), b.shelf(), b.shelf()
	where.districtMap(panel{id: "gol-lep-map", view: view, measure: main, reference: b.root()})
	where.ranking(panel{id: "gol-lep-ranking", view: view, measure: main, reference: b.root()})
	where.trend(panel{id: "gol-lep-trend", view: view, measure: main})
	leps.heat(panel{id: "gol-lep-table", view: view}, golLeps())
	each.multiples(panel{id: "gol-lep-course", view: view}, golLeps())
	page.Sections = sections(b.section("gol-lep.where", where), b.section("gol-lep.leps", leps), b.section("gol-lep.each", each))
	return &page, firstError(where, leps, each)
}

// golLeps are the essential levels that the national tables count, as shares of
// the individuals reached.
func golLeps() []string {
	return []string{"lep_e_share", "lep_f1_share", "lep_f2_share", "lep_h_share", "lep_j_share", "lep_o_share", "traineeship_share"}
}

// golEmployed answers: how many work after they entered the programme?
func (b *book) golEmployed() (*Page, error) {
	const view, main = "gol_employed", "new_employed_share"
	last, ok := b.last(view, main, b.root())
	if !ok {
		return nil, nil
	}
	page := b.topic("gol-employed", "outcomes", release.Text{IT: "gol-occupati", EN: "gol-employed"}, last.Period)
	page.Headline = b.t("gol-employed.headline", "share", b.w.Percent(*last.Value))
	page.Lead = b.t("gol-employed.lead", "n", b.partOf(last.Numerator), "d", b.partOf(last.Denominator), "date", b.w.Period(last.Period))
	page.Teaser.Number, page.Teaser.Says = b.w.Percent(*last.Value), b.t("gol-employed.says")

	where, paths, course := b.shelf(), b.shelf(), b.shelf()
	where.districtMap(panel{id: "gol-employed-map", view: view, measure: main, reference: b.root()})
	where.ranking(panel{id: "gol-employed-ranking", view: view, measure: main, reference: b.root()})
	paths.breakdowns(panel{id: "gol-employed", view: view, measure: main}, "path")
	course.multiples(panel{id: "gol-employed-course", view: view}, []string{main, "employed_share", "already_employed_share"})
	page.Sections = sections(b.section("gol-employed.where", where), b.section("gol-employed.paths", paths), b.section("gol-employed.course", course))
	return &page, firstError(where, paths, course)
}

// golTargets answers: how many were taken in charge, against what was asked?
func (b *book) golTargets() (*Page, error) {
	last, ok := b.last("gol_taken_in_charge", "individuals", b.root())
	if !ok {
		return nil, nil
	}
	page := b.topic("gol-targets", "services", release.Text{IT: "gol-obiettivi", EN: "gol-targets"}, last.Period)
	page.Headline = b.t("gol-targets.headline", "n", b.w.Number(*last.Value, 0), "date", b.w.Period(last.Period))
	page.Lead = b.t("gol-targets.lead.plain")
	if rate, ok := b.row("gol_targets", "rate_pnrr_2025", b.root(), last.Period); ok && rate.Denominator != nil {
		page.Lead = b.t("gol-targets.lead", "target", b.w.Number(*rate.Denominator, 0), "rate", b.w.Percent(*rate.Value))
	}
	page.Teaser.Number, page.Teaser.Says = b.w.Number(*last.Value, 0), b.t("gol-targets.says")

	targets, taken, paths := b.shelf(), b.shelf(), b.shelf()
	for _, m := range []string{"rate_pnrr_2025", "rate_2023", "rate_pnrr_2022"} {
		targets.trend(panel{id: "gol-" + dashed(m) + "-trend", view: "gol_targets", measure: m})
	}
	for _, m := range []string{"rate_2023", "rate_2022_2023", "rate_pnrr_2022", "rate_national_2022"} {
		targets.ranking(panel{id: "gol-" + dashed(m) + "-ranking", view: "gol_targets", measure: m, reference: b.root()})
	}
	taken.trend(panel{id: "gol-individuals-trend", view: "gol_taken_in_charge", measure: "individuals"})
	taken.ranking(panel{id: "gol-individuals-ranking", view: "gol_taken_in_charge", measure: "individuals"})
	paths.breakdowns(panel{id: "gol-taken", view: "gol_taken_in_charge", measure: "taken_in_charge"}, "path", "entry_year")
	page.Sections = sections(b.section("gol-targets.targets", targets), b.section("gol-targets.taken", taken), b.section("gol-targets.paths", paths))
	return &page, firstError(targets, taken, paths)
}

// coFlows answers: how many jobs begin and end, region by region?
func (b *book) coFlows() (*Page, error) {
	const view = "co_flows"
	last, ok := b.last(view, "balance", b.root())
	if !ok {
		return nil, nil
	}
	page := b.topic("co-flows", "work", release.Text{IT: "comunicazioni-obbligatorie", EN: "compulsory-communications"}, last.Period)
	page.Headline, page.Lead = b.balanceWords(view, "hires", "terminations", last)
	page.Teaser.Number, page.Teaser.Says = b.w.Signed(*last.Value, 0), b.t("flows.says", "period", b.w.Period(last.Period))

	course, where := b.shelf(), b.shelf()
	course.flow(panel{id: "co-flows-course", view: view})
	for _, m := range []string{"balance", "hires", "terminations"} {
		where.ranking(panel{id: "co-" + m + "-ranking", view: view, measure: m})
	}
	where.districtMap(panel{id: "co-balance-map", view: view, measure: "balance"})
	page.Sections = sections(b.section("flows.course", course), b.section("flows.where", where))
	return &page, firstError(course, where)
}

// extremes are the rows with the lowest and the highest value.
func extremes(rows []release.Row) (low, high release.Row) {
	for _, r := range rows {
		if !r.Status.Shown() || r.Value == nil {
			continue
		}
		if low.Value == nil || *r.Value < *low.Value {
			low = r
		}
		if high.Value == nil || *r.Value > *high.Value {
			high = r
		}
	}
	return low, high
}
