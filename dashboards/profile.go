package dashboards

import (
	"slices"

	"osservatorio/dashboards/chart"
	"osservatorio/queries/release"
)

// profiles are the pages of the territories: those of the level that has the
// site's pages first, then every level between it and the whole.
func (b *book) profiles() ([]Page, error) {
	geos := slices.Clone(b.rel.AtLevel(b.level()))
	levels := b.rel.Info.Region.Levels
	above := slices.IndexFunc(levels, func(l release.GeoLevel) bool { return l.Code == b.level() })
	for _, l := range slices.Backward(levels[:max(above, 0)]) {
		geos = append(geos, b.rel.AtLevel(l.Code)...)
	}
	var out []Page
	taken := map[string]bool{}
	for _, g := range geos {
		if g.Code == b.root() {
			continue // its profile is the home page
		}
		id := g.Slug
		if taken[id] {
			id = g.Level + "-" + g.Slug
		}
		taken[id] = true
		page, err := b.profile(g, id)
		if err != nil {
			return nil, err
		}
		if page != nil {
			out = append(out, *page)
		}
	}
	return out, nil
}

// profile answers: how does this territory stand beside the whole? id is its
// part of the ids of page and figures. It is nil where no view knows the territory.
func (b *book) profile(g release.Geo, id string) (*Page, error) {
	if !b.knows(g) {
		return nil, nil
	}
	at := func(figure, view, measure string) panel {
		return panel{id: figure + "-" + id, view: view, measure: measure, geo: g.Code, reference: b.root(), among: true}
	}
	var own []panel
	for _, p := range keyPanels() {
		own = append(own, b.steady(at(p.id, p.view, p.measure).on(p.page)))
	}
	keys, err := b.keys(8, own...)
	if err != nil {
		return nil, err
	}
	page := Page{ID: "profile-" + id, Lang: b.w.Lang, Slug: release.Text{IT: g.Slug, EN: g.Slug}, Geo: g.Code, Keys: keys, Similar: b.similar(g)}
	page.Kicker = b.t("profile.kicker", "region", b.regionName(), "release", b.rel.Info.ID)
	page.KeysNote = b.t("profile.keysnote", "name", g.Name.In(b.w.Lang), "region", b.regionName())
	page.Headline, page.Lead = b.profileWords(g, keys)
	page.Few, page.Centre = b.few(g), b.centre(g)

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
	if err := firstError(lep, path, work, who, gol); err != nil {
		return nil, err
	}
	page.Sheet, err = b.sheet(g, page.Similar, slices.Concat(lep.figures, path.figures, work.figures, gol.figures))
	return &page, err
}

// knows tells whether a view has a row of a territory.
func (b *book) knows(g release.Geo) bool {
	for _, v := range b.views {
		if v.totals.Has(release.Select{Geo: g.Code, AnyBreakdown: true}) {
			return true
		}
	}
	return false
}

// profileWords say where the territory stands on the leading measure: beyond
// doubt above, below, or not distinguishable.
func (b *book) profileWords(g release.Geo, keys []chart.Key) (headline, lead string) {
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
	for _, p := range b.leading() {
		if r, ok := b.lastFew(p, g.Code); ok {
			return b.t("profile.few.headline", "name", name, "label", lowerFirst(b.measureName(p.view, p.measure)), "n", b.partOf(r.Numerator), "d", b.partOf(r.Denominator)),
				b.t("profile.few.lead", "period", b.w.Period(r.Period))
		}
	}
	if len(keys) > 0 {
		return b.t("home.key.headline", "region", name, "label", keys[0].Label, "value", valueOf(keys[0])), b.t("profile.key.lead")
	}
	return b.t("profile.without", "name", name), b.t("profile.without.lead")
}

func deref(x *float64) float64 {
	if x == nil {
		return 0
	}
	return *x
}
