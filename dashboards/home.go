package dashboards

import "osservatorio/queries/release"

// leading are the measures that may lead the home page, the best first.
func (b *book) leading() []panel {
	return []panel{
		{id: "home-lep", view: timely, measure: timelyMain, reference: b.root()},
		{id: "home-gol-lep", view: "gol_policies", measure: "with_policy_share", reference: b.root()},
		{id: "home-gol-employed", view: "gol_employed", measure: "new_employed_share", reference: b.root()},
		{id: "home-co", view: "co_flows", measure: "balance"},
		{id: "home-flows", view: "flows", measure: "balance"},
	}
}

// keyPanels are the key figures of home and of the profiles, those that matter
// most first: each page shows as many as have a value.
func keyPanels() []panel {
	return []panel{
		{id: "key-timely", view: timely, measure: timelyMain, page: "lep"},
		{id: "key-wait", view: waitView, measure: "agreement_median", page: "lep"},
		{id: "key-employed", view: employed, measure: employedMain, page: "outcomes"},
		{id: "key-job", view: jobView, measure: "job_median", page: "outcomes"},
		{id: "key-measure", view: funnelView, measure: "first_measure", page: "take-up"},
		{id: "key-inclusion", view: inclusionView, measure: inclusionMain, page: "inclusion"},
		{id: "key-stable", view: "out_stable", measure: "stable_365", page: "outcomes"},
		{id: "key-flows", view: "flows", measure: "balance", page: "flows"},
		{id: "key-coverage", view: lepView, measure: "orientamento_base", page: "lep"},
		{id: "key-gol-lep", view: "gol_policies", measure: "with_policy_share", page: "gol-lep"},
		{id: "key-gol-employed", view: "gol_employed", measure: "new_employed_share", page: "gol-employed"},
		{id: "key-gol-individuals", view: "gol_taken_in_charge", measure: "individuals", page: "gol-targets"},
		{id: "key-co", view: "co_flows", measure: "balance", page: "co-flows"},
	}
}

// home answers: how does the region stand, in one view?
func (b *book) home(topics []Page) (Page, error) {
	page := Page{ID: "home", Lang: b.w.Lang, Nav: b.t("home.nav")}
	page.Kicker = b.t("home.kicker", "region", b.regionName(), "release", b.rel.Info.ID)
	page.Headline = b.regionName()
	var err error
	page.Keys, err = b.keys(8, keyPanels()...)
	if err != nil {
		return page, err
	}
	page.KeysNote = b.t("home.keysnote")
	for _, p := range b.leading() {
		p = b.steady(p)
		ref, ok := b.ref(p)
		if !ok {
			continue
		}
		if low, _ := extremes(b.at(p.view, p.measure, ref.Period)); low.Value == nil {
			continue // shown of no place: there is nothing to compare
		}
		b.lead(&page, p, ref)
		where, course := b.shelf(), b.shelf()
		p.id += "-map"
		where.districtMap(p)
		course.trend(panel{id: p.id + "-trend", view: p.view, measure: p.measure})
		page.Sections = sections(b.section("home.where", where), b.section("home.course", course))
		err = firstError(where, course)
		break
	}
	return page, err
}

// lead sets headline and lead of the home page from its leading measure.
func (b *book) lead(page *Page, p panel, ref release.Row) {
	low, high := extremes(b.at(p.view, p.measure, ref.Period))
	switch p.view {
	case timely:
		page.Headline = b.t("home.lep.headline", "share", b.w.Percent(*ref.Value))
		above, same, below := sides(b.at(p.view, p.measure, ref.Period), ref)
		page.Lead = b.t("home.lep.lead", "period", b.w.Period(ref.Period), "low", b.w.Percent(*low.Value), "lowest", b.name(low.Geo),
			"high", b.w.Percent(*high.Value), "highest", b.name(high.Geo), "above", b.places(above), "below", b.w.Int(below), "same", b.w.Int(same))
	case "gol_policies":
		page.Headline = b.t("home.gol.headline", "share", b.w.Percent(*ref.Value))
		page.Lead = b.t("home.gol.lead", "date", b.w.Period(ref.Period), "low", b.w.Percent(*low.Value), "lowest", b.name(low.Geo),
			"high", b.w.Percent(*high.Value), "highest", b.name(high.Geo))
	case "gol_employed":
		page.Headline = b.t("gol-employed.headline", "share", b.w.Percent(*ref.Value))
	case "co_flows":
		page.Headline, page.Lead = b.balanceWords(p.view, "hires", "terminations", ref)
	case "flows":
		page.Headline, page.Lead = b.balanceWords(p.view, "starts", "ends", ref)
	}
}
