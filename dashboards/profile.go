package dashboards

import "osservatorio/queries/release"

// profiles are the pages of the territories that have one each.
func (b *book) profiles() ([]Page, error) {
	var out []Page
	for _, g := range b.rel.AtLevel(b.level()) {
		page, err := b.profile(g)
		if err != nil {
			return nil, err
		}
		if page != nil {
			out = append(out, *page)
		}
	}
	return out, nil
}

// profile answers: how does this territory stand beside the whole? It is nil
// where no view knows the territory.
func (b *book) profile(g release.Geo) (*Page, error) {
	at := func(id, view, measure string) panel {
		return panel{id: id + "-" + g.Slug, view: view, measure: measure, geo: g.Code, reference: b.root(), among: true}
	}
	var own []panel
	for _, p := range keyPanels() {
		own = append(own, b.steady(at(p.id, p.view, p.measure).on(p.page)))
	}
	keys, err := b.keys(8, own...)
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	page := Page{ID: "profile-" + g.Slug, Lang: b.w.Lang, Slug: release.Text{IT: g.Slug, EN: g.Slug}, Geo: g.Code, Keys: keys}
	page.Kicker = b.t("profile.kicker", "region", b.regionName(), "release", b.rel.Info.ID)
	page.KeysNote = b.t("profile.keysnote", "name", g.Name.In(b.w.Lang), "region", b.regionName())
	page.Headline, page.Lead = b.profileWords(g)

	lep, path, work, who, gol := b.shelf(), b.shelf(), b.shelf(), b.shelf(), b.shelf()
	lep.trend(b.steady(at("lep-timely-trend", timely, timelyMain)))
	lep.levels(at("lep-levels", lepView, "").yearly(), b.measured(lepView))
	path.steps(at("take-up-steps", funnelView, "").yearly(), false, funnelDays, pathSteps()...)
	work.trend(b.steady(at("outcomes-trend", employed, employedMain)))
	work.curve(at("outcomes-job", jobView, "").yearly(), toJob())
	work.flow(at("flows-course", "flows", "balance"))
	who.breakdowns(at("outcomes", employed, employedMain).yearly(), "age_band", "sex")
	gol.levels(at("gol-levels", "gol_policies", ""), golLeps())
	gol.trend(at("gol-lep-trend", "gol_policies", "with_policy_share"))
	gol.trend(at("gol-employed-trend", "gol_employed", "new_employed_share"))
	gol.flow(at("co-flows-course", "co_flows", "balance"))
	page.Sections = sections(b.section("profile.lep", lep), b.section("profile.path", path), b.section("profile.work", work), b.section("profile.who", who), b.section("profile.gol", gol))
	return &page, firstError(lep, path, work, who, gol)
}

// profileWords say where the territory stands on the leading measure: beyond
// doubt above, below, or not distinguishable.
func (b *book) profileWords(g release.Geo) (headline, lead string) {
	name := g.Name.In(b.w.Lang)
	for _, p := range b.leading() {
		own, ok := b.lastOf(b.steady(p), g.Code)
		ref, okRef := b.row(p.view, p.measure, b.root(), own.Period)
		if !ok || !okRef {
			continue
		}
		switch p.view {
		case timely:
			above, _, below := sides([]release.Row{own}, ref)
			side := map[[2]int]string{{1, 0}: "above", {0, 1}: "below", {0, 0}: "same"}[[2]int{above, below}]
			return b.t("profile.lep."+side, "name", name, "share", b.w.Percent(*own.Value)),
				b.t("profile.lep.lead", "n", b.partOf(own.Numerator), "d", b.partOf(own.Denominator), "period", b.w.Period(own.Period),
					"region", b.regionName(), "share", b.w.Percent(*ref.Value), "low", b.w.Number(deref(own.Low), 1), "high", b.w.Percent(deref(own.High)))
		case "gol_policies":
			return b.t("profile.gol.headline", "name", name, "share", b.w.Percent(*own.Value)),
				b.t("profile.gol.lead", "date", b.w.Period(own.Period), "country", b.name(b.root()), "share", b.w.Percent(*ref.Value), "n", b.partOf(own.Numerator), "d", b.partOf(own.Denominator))
		}
	}
	return b.t("profile.plain", "name", name), ""
}

func deref(x *float64) float64 {
	if x == nil {
		return 0
	}
	return *x
}
